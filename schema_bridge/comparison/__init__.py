"""Where schemas differ: one row per fact, with the value and the origin in each source, driven by the structs.

(The package is not called `compare` because `schema_bridge.compare` is the function.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from schema_bridge import expressions, weights
from schema_bridge.comparison.meaning import same
from schema_bridge.comparison.pairing import DEFINITIONS, matched, names_differ
from schema_bridge.ir import (
    Attribute,
    Column,
    Fact,
    Name,
    Node,
    Schema,
    Table,
    Type,
    ViewColumn,
    facts,
)
from schema_bridge.losses import Silence, label
from schema_bridge.normal_context import Context
from schema_bridge.pgtypes import render
from schema_bridge.weights import Weight

FORMAT: Literal["schema_bridge.comparison"] = "schema_bridge.comparison"
VERSION = 1

ORDERED: tuple[type[Node], ...] = (Column, Attribute, ViewColumn)
"""Nodes whose order in their list the server keeps and nothing else depends on: one row, cosmetic."""

EXISTS = "exists"
"""The fact of a row that says: the whole object is absent from a source."""


class SourceInfo(msgspec.Struct, frozen=True):
    """One of the compared: the name its values go by, its kind (the reader's name) and its path."""

    name: str
    kind: str = ""
    path: str = ""


class Difference(msgspec.Struct, frozen=True):
    """One fact that differs. `table` is the table, view, domain or publication that the object belongs to; `values` are
    text as the sources state it, null where the source has no such object or states nothing; `origins` `file:line`."""

    kind: str
    schema: str | None
    table: str | None
    name: str
    fact: str
    weight: Weight
    why: str | None
    values: dict[str, str | None]
    origins: dict[str, str | None]


class Summary(msgspec.Struct, frozen=True):
    kinds: dict[str, int]
    weights: dict[str, int]


class Report(msgspec.Struct, frozen=True):
    """The differences of any number of sources, in the order of the IR's fields and the objects' names."""

    sources: tuple[SourceInfo, ...]
    differences: tuple[Difference, ...]
    summary: Summary
    format: Literal["schema_bridge.comparison"] = FORMAT
    version: int = VERSION

    def __bool__(self) -> bool:
        return bool(self.differences)


Values = dict[str, Any]
"""By source; None where the source has no such thing."""


class _Place(msgspec.Struct, frozen=True):
    """Where in the schemas the comparison is: the parents, and how each source's names are to be understood."""

    parents: tuple[Node, ...] = ()
    contexts: Mapping[str, Context] = {}
    external: bool = False
    exact_names: bool = False


def compare(*schemas: Schema, sources: Sequence[SourceInfo] = (), exact_names: bool = False) -> Report:
    """Every fact in which the schemas differ, in meaning, not in spelling.

    `sources` names them, in order; without it two are called `old` and `new`, more of them by number. Two names that
    tools gave to one constraint or index are no difference, unless `exact_names`.
    """
    if not sources:
        names = ("old", "new") if len(schemas) == 2 else tuple(str(i + 1) for i in range(len(schemas)))
        sources = tuple(SourceInfo(name) for name in names)
    values: Values = {source.name: schema for source, schema in zip(sources, schemas, strict=True)}
    place = _Place(
        contexts={source: expressions.context_of(schema) for source, schema in values.items()}, exact_names=exact_names
    )
    return of_rows(tuple(sources), tuple(_facts(Schema, values, place)))


def of_rows(sources: tuple[SourceInfo, ...], differences: tuple[Difference, ...]) -> Report:
    """A report of these rows, counted."""
    kinds, weighed = Counter(row.kind for row in differences), Counter(row.weight for row in differences)
    return Report(sources, differences, Summary(dict(sorted(kinds.items())), dict(sorted(weighed.items()))))


def without_silent(report: Report, silent: Mapping[str, Silence]) -> tuple[Report, Mapping[str, int]]:
    """The report without the rows in which a source differs only because its kind cannot state such a thing, and how
    many those were, by what they are about (`Trigger`, `Table.comment`). `silent` is by source."""
    kept: list[Difference] = []
    left_out: Counter[str] = Counter()
    for row in report.differences:
        cls = class_name(row.kind)
        what = cls if row.fact == EXISTS else f"{cls}.{row.fact}"
        speaking = [value for source, value in row.values.items() if not {cls, what} & silent.get(source, {}).keys()]
        if len(speaking) == len(row.values) or len(set(speaking)) > 1:
            kept.append(row)
        else:
            left_out[what] += 1
    return of_rows(report.sources, tuple(kept)), dict(sorted(left_out.items()))


def class_name(kind: str) -> str:
    """The IR's class of a row's kind: `ForeignKey` of `foreign_key`."""
    return "".join(word.capitalize() for word in kind.split("_"))


def _facts(cls: type[msgspec.Struct], found: Values, place: _Place) -> Iterator[Difference]:
    """The differences in the fields of one struct, which every source has."""
    first, *rest = found.values()
    for fact in _compared(cls, place.external):
        value = getattr(first, fact.name)
        if all(getattr(other, fact.name) == value for other in rest):
            continue
        values = {source: getattr(node, fact.name) for source, node in found.items()}
        if fact.items is not None and issubclass(fact.items, Node):
            yield from _nodes(fact.items, values, replace(place, external=fact.name == "external_tables"))
            if fact.items in ORDERED:
                yield from _order(fact.name, found, place)
        elif fact.struct is not None and issubclass(fact.struct, Node):
            yield from _only_node(fact.struct, values, place)
        elif not same(fact, found, place.contexts):
            yield _row(fact.name, found, {s: _shown(v) for s, v in values.items()}, place)


@cache
def _compared(cls: type[msgspec.Struct], external: bool) -> tuple[Fact, ...]:
    """The facts that are compared: not those that say which object it is, and not what a table that is not ours is
    made of."""
    left_out = {*getattr(cls, "KEY", ()), *(("columns", "primary_key") if external else ())}
    return tuple(fact for fact in facts(cls) if fact.compare != "never" and fact.name not in left_out)


def _nodes(cls: type[Node], lists: Values, place: _Place) -> Iterator[Difference]:
    """Objects that a source lacks, and the facts of the others."""
    for found in matched(cls, lists, place.contexts):
        yield from _node(cls, found, place)
        if None not in found.values() and cls in DEFINITIONS:
            yield from _renamed(found, place)


def _node(cls: type[Node], found: Values, place: _Place) -> Iterator[Difference]:
    if None not in found.values():
        yield from _facts(cls, found, _inside(found, place))
    elif place.external and cls is Table:
        # Not made by any of the sources: one that says nothing of it has an empty one.
        name = next(node for node in found.values() if node is not None).name
        yield from _node(cls, {s: node or Table(name=name) for s, node in found.items()}, place)
    else:
        yield _row(EXISTS, found, {s: None if n is None else _shown(n) for s, n in found.items()}, place)


def _only_node(cls: type[Node], found: Values, place: _Place) -> Iterator[Difference]:
    """A node that stands alone, such as a primary key."""
    if all(node is None for node in found.values()):
        return
    yield from _node(cls, found, place)
    if None not in found.values():
        yield from _renamed(found, place)


def _renamed(found: Values, place: _Place) -> Iterator[Difference]:
    owner = place.parents[-1] if place.parents else None
    if names_differ(found, owner, place.exact_names):
        yield _row("name", found, {source: node.name for source, node in found.items()}, place)


def _order(field: str, owners: Values, place: _Place) -> Iterator[Difference]:
    names = {source: [node.name for node in getattr(owner, field)] for source, owner in owners.items()}
    common = set.intersection(*(set(listed) for listed in names.values()))
    orders = {source: ", ".join(name for name in listed if name in common) for source, listed in names.items()}
    if len(set(orders.values())) > 1:
        yield _row("order", owners, {**orders}, place)


def _inside(found: Values, place: _Place) -> _Place:
    """The place inside a node: of a table's expressions, the table's columns are the names."""
    first = next(iter(found.values()))
    contexts = place.contexts
    if isinstance(first, Table):
        contexts = {source: contexts[source].inside(table) for source, table in found.items()}
    return replace(place, parents=(*place.parents, first), contexts=contexts)


# Rows


def _row(fact: str, found: Values, values: dict[str, str | None], place: _Place) -> Difference:
    # Inside a node its own place is the last parent; beside it (an absent object) it is not there yet.
    node = next(node for node in found.values() if node is not None)
    parents = tuple(parent for parent in place.parents if parent is not node)
    schema, table, name = _names(node, parents)
    weight, why = weights.of(type(node), fact, values)
    return Difference(
        kind=_kind(type(node)),
        schema=schema,
        table=table,
        name=name,
        fact=fact,
        weight=weight,
        why=why,
        values=values,
        origins={source: _origin(n) for source, n in found.items()},
    )


def _names(node: Any, parents: tuple[Node, ...]) -> tuple[str | None, str | None, str]:
    """The namespace of an object, what it belongs to, and its own name."""
    if not isinstance(node, Node):
        return None, None, ""
    named = getattr((*parents, node)[0], "name", None)
    schema = named.schema if isinstance(named, Name) else None
    prefix = f"{schema}." if schema else ""
    return schema, label(parents).removeprefix(prefix) or None, label((node,)).removeprefix("" if parents else prefix)


def _origin(node: Any) -> str | None:
    origin = getattr(node, "origin", None)
    return None if origin is None else str(origin)


def _kind(cls: type[msgspec.Struct]) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in cls.__name__).strip("_")


def _shown(value: Any) -> str | None:
    """A value as a person reads it; null where nothing is stated."""
    if value is None or value == ():
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(label((item,)) if isinstance(item, Node) else str(_shown(item)) for item in value)
    if isinstance(value, Type):
        return render(value)
    if isinstance(value, msgspec.Struct) and not isinstance(value, Name):
        return _shown_struct(value)
    return str(value)


def _shown_struct(struct: msgspec.Struct) -> str:
    parts = []
    for fact in facts(type(struct)):
        value = getattr(struct, fact.name)
        if fact.compare == "never" or value == fact.default or fact.name == "name":
            continue
        shown = _shown(value)
        plain = fact.default is msgspec.NODEFAULT or fact.compare == "expression" and fact.name != "default"
        words = fact.name.replace("_", " ")
        parts.append(words if value is True else str(shown) if plain else f"{words} {shown}")
    return " ".join(parts) or _kind(type(struct))
