"""One schema laid over another: what they agree on is one, what only one states is kept, what contradicts is a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from schema_bridge.comparison import EXISTS, ORDERED, Difference, SourceInfo, class_name, compare
from schema_bridge.ir import Fact, Name, Node, Schema, Table, facts

N = TypeVar("N", bound=Node)
T = TypeVar("T", bound=msgspec.Struct)
NOTHING: Mapping[str, str] = {}


class Merged(msgspec.Struct, frozen=True):
    """The merged schema, and the facts that both sources state differently: there the one laid over has won."""

    schema: Schema
    conflicts: tuple[Difference, ...]


class Layer(msgspec.Struct, frozen=True):
    """A schema with what its kind of source cannot state (a reader's SILENT): there the other one speaks."""

    schema: Schema
    silent: Mapping[str, str] = NOTHING
    info: SourceInfo = SourceInfo("")


def merge(under: Layer, over: Layer) -> Merged:
    """Lay one schema over another.

    A table that one source makes and the other only hangs triggers or policies on is one table. A fact that a source
    cannot state is the other's; of two that both state, and that differ in meaning, the one of `over` is kept.
    """
    one, two = _at_home(under.schema, over.schema), _at_home(over.schema, under.schema)
    infos = [replace(layer.info, name=layer.info.name or name) for layer, name in ((under, "under"), (over, "over"))]
    silent = under.silent.keys() | over.silent.keys()
    stubs = {table.name for table in (*under.schema.external_tables, *over.schema.external_tables)}
    conflicts = tuple(
        row
        for row in compare(one, two, sources=infos).differences
        if row.fact not in (EXISTS, "order")
        and not {class_name(row.kind), f"{class_name(row.kind)}.{row.fact}"} & silent
        and not (row.kind == "table" and Name(row.schema or "", row.name) in stubs)
    )
    return Merged(_Walk(over.silent).struct(one, two), conflicts)


def _at_home(schema: Schema, other: Schema) -> Schema:
    """The schema with those of its external tables among its own that the other one makes."""
    made = {table.name for table in other.tables}
    home = [table for table in schema.external_tables if table.name in made]
    rest = tuple(table for table in schema.external_tables if table.name not in made)
    return replace(schema, tables=_sorted((*schema.tables, *home)), external_tables=rest) if home else schema


class _Walk(msgspec.Struct, frozen=True):
    """The walk through both schemas at once; `silent` is what the one laid over cannot state."""

    silent: Mapping[str, str]

    def struct(self, one: T, two: T) -> T:
        changes: dict[str, Any] = {}
        for fact in facts(type(one)):
            mine, theirs = getattr(one, fact.name), getattr(two, fact.name)
            if mine == theirs:
                continue
            if fact.items is not None and issubclass(fact.items, Node):
                changes[fact.name] = self.nodes(mine, theirs)
            elif isinstance(mine, Node) and isinstance(theirs, Node):
                changes[fact.name] = self.struct(mine, theirs)
            elif self._over_speaks(fact, one, two):
                changes[fact.name] = theirs
        return replace(one, **changes) if changes else one

    def _over_speaks(self, fact: Fact, one: msgspec.Struct, two: msgspec.Struct) -> bool:
        what = f"{type(one).__name__}.{fact.name}"
        mine, theirs = getattr(one, fact.name), getattr(two, fact.name)
        if fact.compare == "never":
            return mine is None
        return what not in self.silent and theirs not in (None, ()) and not (_is_stub(two) and theirs == fact.default)

    def nodes(self, one: tuple[Node, ...], two: tuple[Node, ...]) -> tuple[Node, ...]:
        """The nodes of both by their keys; an order that means something is that of the first."""
        theirs = {node.key: node for node in two}
        found = [self.struct(node, theirs.pop(node.key)) if node.key in theirs else node for node in one]
        found += theirs.values()
        return tuple(found) if isinstance(found[0], ORDERED) else _sorted(found)


def _is_stub(node: msgspec.Struct) -> bool:
    """A table of which a source knows no more than that something hangs on it."""
    return isinstance(node, Table) and not node.columns


def _sorted(nodes: Iterable[N]) -> tuple[N, ...]:
    return tuple(sorted(nodes, key=lambda node: tuple(map(_comparable, node.key))))


def _comparable(part: Any) -> tuple[str, str]:
    if isinstance(part, Name):
        return part.schema, part.name
    if part is None or isinstance(part, str):
        return "", part or ""
    return msgspec.json.encode(part).decode(), ""
