"""Tables and columns that are one under different names: said only where nothing else could be meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from schema_bridge.comparison import meaning
from schema_bridge.hanging import hanging
from schema_bridge.ir import Column, Name, Schema, Table
from schema_bridge.normal_context import UNKNOWN

Schemas = Mapping[str, Schema]
"""By source, in the order of the sources."""


class Rename(msgspec.Struct, frozen=True):
    """A table, or a column of one, by the name that the first source gives it, and what each source calls it.

    `hanging` is what hangs on a column, `generated` the names of the table's parts that tools gave, by the old names too.
    """

    table: Name
    column: str | None
    names: Mapping[str, str]
    hanging: tuple[str, ...] = ()
    generated: frozenset[str] = frozenset()

    def old_names(self) -> Iterator[tuple[str, str]]:
        """The sources that say something else than the first one, with what they say."""
        first = self.column or self.table.name
        return ((source, name) for source, name in self.names.items() if name != first)


class _Group(msgspec.Struct, frozen=True):
    """What goes by one name: the nodes by source."""

    name: Any
    nodes: Mapping[str, Any]


Fit = Callable[[_Group, _Group], bool]


def of_tables(schemas: Schemas) -> tuple[Rename, ...]:
    """Tables that hold the same columns of the same types, in sources that each lack the other's name."""
    groups = _groups({source: [t for t in schema.tables if _stands_alone(t)] for source, schema in schemas.items()})
    every = {source: {table.name for table in schema.tables} for source, schema in schemas.items()}
    partial = [group for group in groups if any(group.name not in names for names in every.values())]
    return tuple(
        Rename(_first(pair, schemas), None, {s: t.name.name for group in pair for s, t in group.nodes.items()})
        for pair in _pairs(partial, _same_columns)
        if pair[0].name.schema == pair[1].name.schema
    )


def of_columns(schemas: Schemas) -> tuple[Rename, ...]:
    """Columns of one definition at one place among the columns of their table, or under the same foreign key, in sources
    that each lack the other's name."""
    found = []
    for group in _groups({source: schema.tables for source, schema in schemas.items()}):
        tables: Mapping[str, Table] = group.nodes
        columns = _groups({source: [c for c in t.columns if not c.inherited] for source, t in tables.items()})
        partial = [column for column in columns if len(column.nodes) < len(tables)]
        for pair in _pairs(partial, _Fitting(tables)):
            names = {source: column.name for one in pair for source, column in one.nodes.items()}
            hangs = {what for s, old in names.items() for what in hanging(schemas[s], group.name, old)}
            found.append(Rename(group.name, _first(pair, schemas), names, tuple(sorted(hangs))))
    return tuple(found)


def _groups(lists: Mapping[str, Iterable[Any]]) -> list[_Group]:
    by_name: dict[Any, dict[str, Any]] = {}
    for source, nodes in lists.items():
        for node in nodes:
            by_name.setdefault(node.name, {})[source] = node
    return [_Group(name, nodes) for name, nodes in by_name.items()]


def _pairs(groups: Sequence[_Group], fit: Fit) -> Iterator[tuple[_Group, _Group]]:
    """The groups that fit each other and nothing else."""
    fitting: dict[int, list[int]] = {}
    for at, one in enumerate(groups):
        for after, other in enumerate(groups[at + 1 :], at + 1):
            if not one.nodes.keys() & other.nodes.keys() and fit(one, other):
                fitting.setdefault(at, []).append(after)
                fitting.setdefault(after, []).append(at)
    for at, others in fitting.items():
        if len(others) == 1 and at < others[0] and fitting[others[0]] == [at]:
            yield groups[at], groups[others[0]]


def _first(pair: tuple[_Group, _Group], schemas: Schemas) -> Any:
    """The name that the first of the sources gives."""
    return next(group.name for source in schemas for group in pair if source in group.nodes)


def _stands_alone(table: Table) -> bool:
    """Not one of many alike, as partitions are."""
    return table.partition is None and not table.inherits and len(table.columns) > 1


def _same_columns(one: _Group, other: _Group) -> bool:
    tables = (*one.nodes.values(), *other.nodes.values())
    return len({frozenset((c.name, _type(c)) for c in table.columns) for table in tables}) == 1


def _type(column: Column) -> Any:
    return meaning.form(column.type, "value", UNKNOWN)


class _Fitting(msgspec.Struct, frozen=True):
    """Whether two columns of a table, which it has in different sources, are one."""

    tables: Mapping[str, Table]

    def __call__(self, one: _Group, other: _Group) -> bool:
        columns = (*one.nodes.values(), *other.nodes.values())
        if len({(_type(c), c.not_null, c.identity is None, c.generated is None) for c in columns}) > 1:
            return False
        return any(
            self._neighbours(first, second, names) or self._keys(first, second, names)
            for first in one.nodes
            for second in other.nodes
            for names in [(one.name, other.name)]
        )

    def _neighbours(self, one: str, other: str, names: tuple[str, str]) -> bool:
        """Whether the columns stand after or before the same one."""
        orders = [[column.name for column in self.tables[source].columns] for source in (one, other)]
        common = set(orders[0]) & set(orders[1])
        around = []
        for order, name in zip(orders, names, strict=True):
            at = order.index(name)
            before, after = [c for c in order[:at] if c in common], [c for c in order[at:] if c in common]
            around.append((before[-1:], after[:1]))
        return around[0][0] == around[1][0] or around[0][1] == around[1][1]

    def _keys(self, one: str, other: str, names: tuple[str, str]) -> bool:
        """Whether each is a foreign key to the same columns."""
        targets = [
            {(key.table, key.referenced_columns) for key in self.tables[source].foreign_keys if key.columns == (name,)}
            for source, name in zip((one, other), names, strict=True)
        ]
        return bool(targets[0] & targets[1])
