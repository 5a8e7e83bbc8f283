"""What is known where an expression stands: the columns around it, with their types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from schema_bridge.ir import Schema, Table, Type
from schema_bridge.normal_values import type_name

Tree = Mapping[str, Any]
Columns = Mapping[str, Type]
"""The columns of a relation with their types."""
Outputs = Mapping[str, str | None]
"""The columns of anything that a query reads from, with the names of their types where these are known."""


class Context(msgspec.Struct, frozen=True):
    """`table` is the table (or routine) that expressions stand in and `types` its columns (or arguments); `relations`
    are the columns of all relations by name (`users`, `auth.users`), `views` what gives the tree of a view's query and
    the names stated for its columns, `keys` the types of partition keys, `parameters` the names of `$1`, `$2`."""

    table: str | None = None
    types: Columns = {}
    relations: Mapping[str, Columns] = {}
    views: Mapping[str, Callable[[], tuple[Tree, tuple[str, ...]]]] = {}
    keys: Mapping[str, tuple[Type | None, ...]] = {}
    parameters: tuple[str | None, ...] = ()
    derived: dict[str, Outputs | None] = msgspec.field(default_factory=dict)
    """What has been found out of relations so far."""

    def inside(self, table: Table) -> Context:
        """The context of a table's own expressions."""
        columns = self.relations.get(str(table.name)) or {column.name: column.type for column in table.columns}
        return msgspec.structs.replace(self, table=table.name.name, types=columns)

    @classmethod
    def of(cls, schema: Schema) -> Context:
        """The context of a schema: what its tables are made of. An operator takes a domain as the type beneath."""
        domains = {type_name(Type(name=d.name.name, schema=d.name.schema)): d.type for d in schema.domains}
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
        return cls(relations=relations, keys=keys)


UNKNOWN = Context()
