"""What is known where an expression stands: the columns around it, with their types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from schema_bridge.ir import Domain, Schema, Table, Type
from schema_bridge.normal_values import type_name

Tree = Mapping[str, Any]
Columns = Mapping[str, Type]
"""The columns of a relation with their types."""
Outputs = Mapping[str, str | None]
"""The columns of anything that a query reads from, with the names of their types where these are known."""


class Context(msgspec.Struct, frozen=True):
    """`table` is the table (or routine) that expressions stand in and `types` its columns (or arguments); `relations`
    are the columns of all relations by name (`users`, `auth.users`), `views` what gives the tree of a view's query and
    the names stated for its columns, `keys` the types of partition keys, `parameters` the names of `$1`, `$2`, `domains`
    the types beneath domains."""

    table: str | None = None
    types: Columns = {}
    relations: Mapping[str, Columns] = {}
    views: Mapping[str, Callable[[], tuple[Tree, tuple[str, ...]]]] = {}
    keys: Mapping[str, tuple[Type | None, ...]] = {}
    parameters: tuple[str | None, ...] = ()
    domains: Columns = {}
    derived: dict[str, Outputs | None] = msgspec.field(default_factory=dict)
    """What has been found out of relations so far."""

    def beneath(self, type: Type | None) -> Type | None:
        """A type, or what a domain is made of."""
        return type if type is None or not self.domains else self.domains.get(type_name(type), type)

    def inside(self, table: Table | Domain) -> Context:
        """The context of a table's own expressions, or of a domain's."""
        if isinstance(table, Domain):
            return msgspec.structs.replace(self, types={"value": self.beneath(table.type) or table.type})
        columns = self.relations.get(str(table.name)) or {column.name: column.type for column in table.columns}
        return msgspec.structs.replace(self, table=table.name.name, types=columns)

    @classmethod
    def of(cls, schema: Schema) -> Context:
        """The context of a schema: what its tables are made of. An operator takes a domain as the type beneath."""
        made = {type_name(Type(name=d.name.name, schema=d.name.schema)): d.type for d in schema.domains}
        domains = {name: _base(type, made) for name, type in made.items()}
        relations = {
            str(table.name): {c.name: domains.get(type_name(c.type), c.type) for c in table.columns}
            for table in (*schema.external_tables, *schema.tables)
            if table.columns
        }
        keys = {
            str(table.name): tuple(
                relations[str(table.name)].get(part.column or "") for part in table.partition_by.parts
            )
            for table in schema.tables
            if table.partition_by is not None and table.columns
        }
        return cls(relations=relations, keys=keys, domains=domains)


def _base(type: Type, domains: Columns) -> Type:
    """What a domain is made of at last."""
    for _ in domains:
        type = domains.get(type_name(type), type)
    return type


UNKNOWN = Context()
