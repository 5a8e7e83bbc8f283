"""One schema laid over another: what they agree on is one, what only one states is kept, what contradicts is a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from schema_bridge import expressions, ir
from schema_bridge.comparison import EXISTS, ORDERED, Difference, SourceInfo, class_name, compare
from schema_bridge.comparison.pairing import matched
from schema_bridge.hanging import hanging
from schema_bridge.ir import Column, Fact, Name, Node, Schema, Table, facts
from schema_bridge.losses import Loss
from schema_bridge.normal_context import Context
from schema_bridge.precedence import OVERLAY, TABLES, UNSETTLED, Precedence, kind_of

T = TypeVar("T", bound=msgspec.Struct)
N = TypeVar("N", bound=Node)
NOTHING: Mapping[str, str] = {}


class Layer(msgspec.Struct, frozen=True):
    """A schema with what its kind of source cannot state (a reader's SILENT): there the other one speaks."""

    schema: Schema
    silent: Mapping[str, str] = NOTHING
    info: SourceInfo = SourceInfo("")


class Conflict(msgspec.Struct, frozen=True):
    """A fact that both sources state differently, or a column of a table of both that one lacks. `hanging` names what
    would go with the column if it were dropped."""

    row: Difference
    hanging: tuple[str, ...] = ()

    @property
    def settled_by(self) -> str:
        """The key of a precedence that says which source counts."""
        return self.row.kind if self.row.fact == EXISTS else f"{self.row.kind}.{self.row.fact}"


class Merged(msgspec.Struct, frozen=True):
    """The merged schema, and what no precedence settles: there it holds what the one laid over says."""

    schema: Schema
    conflicts: tuple[Conflict, ...]


def merge(under: Layer, over: Layer, precedence: Precedence = UNSETTLED) -> Merged:
    """Lay one schema over another.

    A table that one source makes and the other only hangs triggers or policies on is one table. A fact that a source
    cannot state is the other's; of two that both state, and that differ in meaning, the precedence says which is kept.
    A column that only one of two makers of a table has is such a fact; all else that only one states is kept.
    """
    schemas = {
        TABLES: _at_home(under.schema, over.schema),
        OVERLAY: _at_home(over.schema, under.schema),
    }
    contexts = {source: expressions.context_of(schema) for source, schema in schemas.items()}
    silent = {TABLES: under.silent, OVERLAY: over.silent}
    merged = _Walk(silent, precedence).struct(schemas[TABLES], schemas[OVERLAY], contexts)
    infos = [replace(layer.info, name=layer.info.name or name) for layer, name in ((under, TABLES), (over, OVERLAY))]
    rows = compare(schemas[TABLES], schemas[OVERLAY], sources=infos).differences
    stated = [row for row in rows if _contradicts(row, schemas, {*under.silent, *over.silent})]
    return Merged(merged, tuple(_conflicts(stated, merged, [info.name for info in infos], precedence)))


def _at_home(schema: Schema, other: Schema) -> Schema:
    """The schema with those of its external tables among its own that the other one makes."""
    made = {table.name for table in other.tables}
    home = [table for table in schema.external_tables if table.name in made]
    rest = tuple(table for table in schema.external_tables if table.name not in made)
    return replace(schema, tables=_sorted((*schema.tables, *home)), external_tables=rest) if home else schema


def _contradicts(row: Difference, schemas: Mapping[str, Schema], silent: set[str]) -> bool:
    """Whether both sources state the fact, or could: a table that says nothing of one of its own facts leaves it open, and
    so does whatever bears no comment."""
    cls = class_name(row.kind)
    if row.fact == "order" or {cls, f"{cls}.{row.fact}"} & silent or (row.fact == EXISTS and row.kind != "column"):
        return False
    if row.fact == "comment" and None in row.values.values():
        return False
    if row.kind not in ("table", "column"):
        return True
    name = Name(row.schema or "", row.name if row.kind == "table" else str(row.table))
    tables = [_table(schema, name) for schema in schemas.values()]
    if not all(table and table.columns for table in tables):
        return False
    return row.kind == "column" or all(not _unsaid(table, row.fact) for table in tables)


def _table(schema: Schema, name: Name) -> Table | None:
    return next((table for table in schema.tables if table.name == name), None)


def _unsaid(node: Any, field: str) -> bool:
    """A table leaves open what it does not say of itself: row security, storage, a comment."""
    return isinstance(node, Table) and getattr(node, field) == next(f.default for f in facts(Table) if f.name == field)


def _conflicts(
    rows: Iterable[Difference], merged: Schema, names: list[str], precedence: Precedence
) -> Iterator[Conflict]:
    """Those that are not settled: also where a column is to be dropped on which something hangs."""
    for row in rows:
        winner = precedence.of(row.kind, row.fact)
        if row.kind != "column" or row.fact != EXISTS:
            if winner is None:
                yield Conflict(row)
            continue
        name = Name(row.schema or "", str(row.table))
        hangs = hanging(merged, name, row.name)
        dropped = winner is not None and row.values[names[0 if winner == TABLES else 1]] is None
        if winner is None or (dropped and hangs):
            yield Conflict(row, hangs)


class _Walk(msgspec.Struct, frozen=True):
    """The walk through both schemas at once; `silent` is what each cannot state."""

    silent: Mapping[str, Mapping[str, str]]
    precedence: Precedence

    def struct(self, one: T, two: T, contexts: Mapping[str, Context]) -> T:
        inner = contexts
        if isinstance(one, Table) and isinstance(two, Table):
            tables = {TABLES: one, OVERLAY: two}
            inner = {source: context.inside(tables[source]) for source, context in contexts.items()}
        changes: dict[str, Any] = {}
        for fact in facts(type(one)):
            mine, theirs = getattr(one, fact.name), getattr(two, fact.name)
            if mine == theirs:
                continue
            if (
                fact.items is Column
                and isinstance(one, Table)
                and isinstance(two, Table)
                and one.columns
                and two.columns
            ):
                changes[fact.name] = self._columns(mine, theirs, inner)
            elif fact.items is not None and issubclass(fact.items, Node):
                changes[fact.name] = self._nodes(fact.items, mine, theirs, inner)
            elif isinstance(mine, Node) and isinstance(theirs, Node):
                changes[fact.name] = self.struct(mine, theirs, inner)
            elif self._over_speaks(fact, one, two):
                changes[fact.name] = theirs
        return replace(one, **changes) if changes else one

    def _over_speaks(self, fact: Fact, one: msgspec.Struct, two: msgspec.Struct) -> bool:
        what = f"{type(one).__name__}.{fact.name}"
        mine, theirs = getattr(one, fact.name), getattr(two, fact.name)
        if fact.compare == "never" or theirs is None or mine is None and isinstance(theirs, Node):
            return mine is None
        if what in self.silent[OVERLAY] or _unsaid(two, fact.name):
            return False
        if what in self.silent[TABLES] or _unsaid(one, fact.name):
            return True
        return self.precedence.of(kind_of(type(one)), fact.name) != TABLES

    def _columns(self, one: Any, two: Any, contexts: Mapping[str, Context]) -> tuple[Node, ...]:
        """The columns of a table that both make; where the precedence knows a winner, only those that this one has."""
        winner = self.precedence.of("column", EXISTS)
        kept = {column.name for column in (one if winner == TABLES else two)}
        found = self._nodes(Column, one, two, contexts)
        return found if winner is None else tuple(node for node in found if node.key[0] in kept)

    def _nodes(self, cls: type[Node], one: Any, two: Any, contexts: Mapping[str, Context]) -> tuple[Node, ...]:
        """The nodes of both, those that are one object merged; an order that means something is that of the first."""
        found = [
            self.struct(pair[TABLES], pair[OVERLAY], contexts)
            if None not in pair.values()
            else pair[TABLES] or pair[OVERLAY]
            for pair in matched(cls, {TABLES: one, OVERLAY: two}, contexts)
        ]
        if not issubclass(cls, ORDERED):
            return _sorted(found)
        by_key = {node.key: node for node in found}
        return tuple(by_key[key] for key in dict.fromkeys(node.key for node in (*one, *two)))


def alone(kept: Layer, merged: Schema) -> tuple[Loss, ...]:
    """What the schema of one layer does not hold of a merged one, counted by kind and named, with the reason."""
    found: dict[str, list[str]] = {}
    for row in compare(kept.schema, merged, sources=[SourceInfo("kept"), SourceInfo("merged")]).differences:
        cls = class_name(row.kind)
        if row.fact not in ("order", "name") and _says_nothing(row, cls):
            place = ".".join(p for p in (row.schema if row.schema != "public" else None, row.table, row.name) if p)
            found.setdefault(cls if row.fact == EXISTS else f"{cls}.{row.fact}", []).append(place)
    return tuple(Loss(what, _why(kept.silent, what), tuple(names)) for what, names in sorted(found.items()))


def _says_nothing(row: Difference, cls: str) -> bool:
    """Whether the kept source has no such object, or not more than a fact's default."""
    defaults = {fact.name: fact.default for fact in facts(getattr(ir, cls))}
    value = row.values["kept"]
    return value is None or (row.fact != EXISTS and value in (defaults[row.fact], str(defaults[row.fact]).lower()))


def _why(silent: Mapping[str, str], what: str) -> str:
    return silent.get(what) or silent.get(what.partition(".")[0]) or "it is stated there alone"


def _sorted(nodes: Iterable[N]) -> tuple[N, ...]:
    return tuple(sorted(nodes, key=lambda node: tuple(map(_comparable, node.key))))


def _comparable(part: Any) -> tuple[str, str]:
    if isinstance(part, Name):
        return part.schema, part.name
    if part is None or isinstance(part, str):
        return "", part or ""
    return msgspec.json.encode(part).decode(), ""
