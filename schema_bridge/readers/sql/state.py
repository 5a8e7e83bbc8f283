"""The schema while it is read: frozen nodes in dictionaries, replaced as statements change them; sorted at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeVar, assert_never

import msgspec

from schema_bridge import ir
from schema_bridge.ir import ColumnRef, Name, Schema, Table, Type

N = TypeVar("N", bound=ir.Node)
Relation = ir.Table | ir.View | ir.MaterializedView
FunctionKey = tuple[Name, tuple[Type, ...]]

replace = msgspec.structs.replace


class State:
    """What the statements so far have made. Values are immutable; only the dictionaries change."""

    def __init__(self) -> None:
        self.namespaces: dict[str, ir.Namespace] = {}
        self.extensions: dict[str, ir.Extension] = {}
        self.roles: dict[str, ir.Role] = {}
        self.enums: dict[Name, ir.Enum] = {}
        self.domains: dict[Name, ir.Domain] = {}
        self.composites: dict[Name, ir.Composite] = {}
        self.ranges: dict[Name, ir.Range] = {}
        self.sequences: dict[Name, ir.Sequence] = {}
        self.tables: dict[Name, Table] = {}
        self.external_tables: dict[Name, Table] = {}
        self.views: dict[Name, ir.View] = {}
        self.materialized_views: dict[Name, ir.MaterializedView] = {}
        self.functions: dict[FunctionKey, ir.Function] = {}
        self.aggregates: dict[FunctionKey, ir.Aggregate] = {}
        self.event_triggers: dict[str, ir.EventTrigger] = {}
        self.publications: dict[str, ir.Publication] = {}
        self.statistics: dict[Name, ir.Statistics] = {}
        self.privileges: dict[tuple[Any, ...], ir.Privileges] = {}
        self.default_privileges: dict[tuple[Any, ...], ir.DefaultPrivileges] = {}
        self.unmodelled: list[ir.Unmodelled] = []
        self.indexes: dict[Name, Name] = {}
        """The table of each index, those of constraints included."""
        self.identity_sequences: dict[Name, ColumnRef] = {}
        self.constraint_names: Counter[Name] = Counter()
        self.function_names: Counter[Name] = Counter()
        self.other_types: set[Name] = set()
        """Types that only an `Unmodelled` statement makes."""
        self.other_tables: set[Name] = set()
        """Tables that only an `Unmodelled` statement makes."""
        self.renamed_tables: set[Name] = set()
        """The names of tables that had another one, after which the server named their not-null constraints."""
        self.children: dict[Name, list[Name]] = {}
        """The partitions and heirs of a table, in the order in which they came."""

    def relation(self, name: Name) -> Relation | None:
        return (
            self.tables.get(name)
            or self.external_tables.get(name)
            or self.views.get(name)
            or self.materialized_views.get(name)
        )

    def put(self, relation: Relation) -> None:
        """A new version of a relation in the place of the old one."""
        match relation:
            case ir.View():
                self.views[relation.name] = relation
            case ir.MaterializedView():
                self.materialized_views[relation.name] = relation
            case ir.Table():
                where = self.external_tables if relation.name in self.external_tables else self.tables
                where[relation.name] = relation
            case _:
                assert_never(relation)

    def relation_exists(self, name: Name) -> bool:
        """Whether a table, view, index, sequence or composite type has this name: they share one namespace."""
        return (
            name in self.tables
            or name in self.indexes
            or name in self.sequences
            or name in self.identity_sequences
            or (bool(self.other_tables) and name in self.other_tables)
            or (bool(self.views) and name in self.views)
            or (bool(self.materialized_views) and name in self.materialized_views)
            or (bool(self.composites) and name in self.composites)
        )

    def type_exists(self, name: Name) -> bool:
        """Whether a type has this name; each relation has its row type."""
        return (
            name in self.enums
            or name in self.domains
            or name in self.composites
            or name in self.ranges
            or name in self.other_types
            or name in self.tables
            or name in self.views
            or name in self.materialized_views
        )

    def index_name_taken(self, schema: str, *, constraint: bool) -> Any:
        """The test that a default name of an index must fail (`ChooseRelationName`)."""

        def taken(text: str) -> bool:
            name = Name(schema, text)
            return self.relation_exists(name) or (constraint and self.constraint_names.get(name, 0) > 0)

        return taken

    def constraint_name_taken(self, schema: str, others: Iterable[str] = ()) -> Any:
        """The test for a default constraint name: free in the whole namespace (`ChooseConstraintName`)."""
        return lambda text: text in others or self.constraint_names.get(Name(schema, text), 0) > 0

    def has_function(self, name: Name) -> bool:
        return self.function_names.get(name, 0) > 0

    def put_function(self, function: ir.Function) -> None:
        key = (function.name, function.signature)
        if key not in self.functions:
            self.function_names[function.name] += 1
        self.functions[key] = function

    def drop_function(self, function: ir.Function) -> None:
        del self.functions[function.name, function.signature]
        self.function_names[function.name] -= 1

    def copy(self) -> State:
        """Another state with the same values: they are immutable, so only the containers are copied."""
        other = State()
        for field, value in vars(self).items():
            setattr(other, field, value.copy())
        other.children = {name: list(heirs) for name, heirs in self.children.items()}
        return other

    def node_kinds(self) -> tuple[str, ...]:
        """The fields that hold nodes; the others are derived from them."""
        return (*_PLAIN_KINDS, *_RELATION_KINDS, "unmodelled")

    def derive(self) -> None:
        """Build what follows from the nodes anew."""
        self.indexes, self.identity_sequences, self.children = {}, {}, {}
        self.constraint_names, self.function_names = Counter(), Counter()
        for table in (*self.tables.values(), *self.external_tables.values()):
            self._derive_from(table)
        for view in self.materialized_views.values():
            self.indexes.update({Name(view.name.schema, index.name): view.name for index in view.indexes})
        for domain in self.domains.values():
            self.constraint_names.update(Name(domain.name.schema, check.name) for check in domain.checks)
        self.function_names.update(name for name, _ in self.functions)

    def _derive_from(self, table: Table) -> None:
        name, schema = table.name, table.name.schema
        with_index = [key.name for key in table.uniques] + [key.name for key in table.exclusions]
        if table.primary_key is not None:
            with_index.append(table.primary_key.name)
        self.indexes.update({Name(schema, text): name for text in with_index})
        self.indexes.update({Name(schema, index.name): name for index in table.indexes})
        others = [check.name for check in table.checks] + [key.name for key in table.foreign_keys]
        self.constraint_names.update(Name(schema, text) for text in (*with_index, *others))
        for column in table.columns:
            if column.identity is not None:
                self.identity_sequences[column.identity.sequence] = ColumnRef(table=name, column=column.name)
        parents = (*table.inherits, *((table.partition.parent,) if table.partition else ()))
        for parent in parents:
            self.children.setdefault(parent, []).append(name)

    def forget(self, kind: str, name: Name) -> None:
        """The privileges on an object that is gone, and what was kept as text about it."""
        for key in [k for k in self.privileges if k[0].kind == kind and k[0].name == name]:
            del self.privileges[key]
        self.unmodelled[:] = [u for u in self.unmodelled if u.creates or u.opaque or name not in u.mentions]

    def forget_routine(self, function: ir.Function) -> None:
        for key in [k for k in self.privileges if k[0].name == function.name]:
            if key[0].arguments == function.signature:
                del self.privileges[key]

    def schemas_made(self) -> set[str]:
        return {"public", *self.namespaces}

    def freeze(self) -> Schema:
        """The schema, every list sorted by the keys of its nodes."""
        plain: dict[str, Any] = {kind: ordered(getattr(self, kind).values()) for kind in _PLAIN_KINDS}
        return Schema(
            tables=ordered(self._frozen_table(t) for t in self.tables.values()),
            external_tables=ordered(self._frozen_table(t) for t in self.external_tables.values()),
            views=ordered(
                replace(v, triggers=ordered(v.triggers), rules=ordered(v.rules)) for v in self.views.values()
            ),
            materialized_views=ordered(
                replace(v, indexes=ordered(v.indexes)) for v in self.materialized_views.values()
            ),
            unmodelled=ordered(_distinct(self.unmodelled)),
            **plain,
        )

    def _frozen_table(self, table: Table) -> Table:
        changes: dict[str, Any] = {}
        for kind in _TABLE_PARTS:
            parts = getattr(table, kind)
            if len(parts) > 1:
                changes[kind] = ordered(parts)
        return replace(table, **changes) if changes else table


_PLAIN_KINDS = (
    "namespaces",
    "extensions",
    "roles",
    "enums",
    "domains",
    "composites",
    "ranges",
    "sequences",
    "functions",
    "aggregates",
    "event_triggers",
    "publications",
    "statistics",
    "privileges",
    "default_privileges",
)
_RELATION_KINDS = ("tables", "external_tables", "views", "materialized_views")
_TABLE_PARTS = tuple(
    fact.name for fact in ir.facts(Table) if fact.items and issubclass(fact.items, ir.Node) and fact.name != "columns"
)


def ordered(nodes: Iterable[N]) -> tuple[N, ...]:
    return tuple(sorted(nodes, key=_order))


def _order(node: ir.Node) -> Any:
    if len(node.KEY) == 1:
        return getattr(node, node.KEY[0])
    return tuple(map(_comparable, node.key))


def _comparable(value: Any) -> Any:
    if value is None:
        return ("", "")
    if isinstance(value, Name):
        return (value.schema, value.name)
    if isinstance(value, str):
        return ("", value)
    return (msgspec.json.encode(value).decode(), "")


def _distinct(statements: Iterable[ir.Unmodelled]) -> Iterable[ir.Unmodelled]:
    """One of each text: the key is the statement itself."""
    return {s.sql: s for s in statements}.values()
