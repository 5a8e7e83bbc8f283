"""Where schemas differ: one row per fact, with the value and the origin in each source, driven by the structs.

(The package is not called `compare` because `schema_bridge.compare` is the function.)
"""

from __future__ import annotations

from collections import Counter, abc
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from schema_bridge import expressions, weights
from schema_bridge.comparison.meaning import same
from schema_bridge.comparison.pairing import DEFINITIONS, matched, names_differ
from schema_bridge.comparison.renames import Rename
from schema_bridge.comparison.serials import implied_by_serials
from schema_bridge.ir import (
    Attribute,
    Column,
    Domain,
    Fact,
    Name,
    Node,
    Schema,
    Sequence,
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
    unstated: tuple[str, ...]
    """The sources that cannot state such a thing by their kind: they have no part in the difference."""


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
    """Where in the schemas the comparison is: the parents, and how each source's names are to be understood; what the
    sources cannot state, and how much was left out for that."""

    parents: tuple[Node, ...] = ()
    contexts: Mapping[str, Context] = {}
    external: bool = False
    exact_names: bool = False
    silent: Mapping[str, Silence] = {}
    left_out: Counter[str] = msgspec.field(default_factory=Counter)
    implied: frozenset[Name] = frozenset()
    """The sequences that the default of a serial column says all of."""
    renamed: Mapping[tuple[Name, str | None], Rename] = {}
    """By table, or by table and column."""


def compare(*schemas: Schema, sources: abc.Sequence[SourceInfo] = (), exact_names: bool = False) -> Report:
    """Every fact in which the schemas differ, in meaning, not in spelling.

    `sources` names them, in order; without it two are called `old` and `new`, more of them by number. Two names that
    tools gave to one constraint or index are no difference, unless `exact_names`.
    """
    infos = sources or numbered(len(schemas))
    return stated(dict(zip(infos, schemas, strict=True)), exact_names=exact_names)[0]


def numbered(count: int) -> tuple[SourceInfo, ...]:
    """What so many sources without names are called."""
    names = ("old", "new") if count == 2 else tuple(str(i + 1) for i in range(count))
    return tuple(map(SourceInfo, names))


def stated(
    schemas: Mapping[SourceInfo, Schema],
    silent: Mapping[str, Silence] | None = None,
    exact_names: bool = False,
    renamed: Iterable[Rename] = (),
) -> tuple[Report, Mapping[str, int]]:
    """The same, without what a source only lacks because its kind cannot state it (`silent`, by the source's name), and
    how many facts that were, by what they are about (`Trigger`, `Table.comment`). What was `renamed` has one name in all
    of the schemas, and a row."""
    values: Values = {source.name: schema for source, schema in schemas.items()}
    place = _Place(
        contexts={source: expressions.context_of(schema) for source, schema in values.items()},
        exact_names=exact_names,
        silent=silent or {},
        implied=implied_by_serials(schemas.values()),
        renamed={(rename.table, rename.column): rename for rename in renamed},
    )
    report = of_rows(tuple(schemas), tuple(_facts(Schema, values, place)))
    return report, dict(sorted(place.left_out.items()))


def of_rows(sources: tuple[SourceInfo, ...], differences: tuple[Difference, ...]) -> Report:
    """A report of these rows, counted."""
    kinds, weighed = Counter(row.kind for row in differences), Counter(row.weight for row in differences)
    return Report(sources, differences, Summary(dict(sorted(kinds.items())), dict(sorted(weighed.items()))))


def class_name(kind: str) -> str:
    """The IR's class of a row's kind: `ForeignKey` of `foreign_key`."""
    return "".join(word.capitalize() for word in kind.split("_"))


def _facts(cls: type[msgspec.Struct], found: Values, place: _Place) -> Iterator[Difference]:
    """The differences in the fields of one struct, which all of these sources have."""
    first, *rest = found.values()
    for fact in _compared(cls, place.external):
        value = getattr(first, fact.name)
        named = bool(place.renamed) and fact.items in (Table, Column)  # under other names what is equal differs
        if not named and all(getattr(other, fact.name) == value for other in rest):
            continue
        values = {source: getattr(node, fact.name) for source, node in found.items()}
        if fact.items is not None and issubclass(fact.items, Node):
            yield from _nodes(fact.items, values, replace(place, external=fact.name == "external_tables"))
            if fact.items in ORDERED:
                yield from _order(fact.name, found, place)
        elif fact.struct is not None and issubclass(fact.struct, Node):
            yield from _only_node(fact.struct, values, place)
        elif not same(fact, found, place.contexts):
            yield from _said(fact, found, place)


def _said(fact: Fact, found: Values, place: _Place) -> Iterator[Difference]:
    """The row of a fact, if those sources differ in it that can state it."""
    cls = type(next(iter(found.values()))).__name__
    what = f"{cls}.{fact.name}"
    saying = {s: node for s, node in found.items() if not {cls, what} & place.silent.get(s, {}).keys()}
    if len(saying) == len(found) or (len(saying) > 1 and not same(fact, saying, place.contexts)):
        yield _row(fact.name, found, {s: _shown(getattr(node, fact.name)) for s, node in saying.items()}, place)
    else:
        place.left_out[what] += 1


@cache
def _compared(cls: type[msgspec.Struct], external: bool) -> tuple[Fact, ...]:
    """The facts that are compared: not those that say which object it is, and not what a table that is not ours is
    made of."""
    left_out = {*getattr(cls, "KEY", ()), *(("columns", "primary_key") if external else ())}
    return tuple(fact for fact in facts(cls) if fact.compare != "never" and fact.name not in left_out)


def _nodes(cls: type[Node], lists: Values, place: _Place) -> Iterator[Difference]:
    """Objects that a source lacks, and the facts of the others."""
    for found in matched(cls, lists, place.contexts):
        if cls is Sequence and next(node for node in found.values() if node is not None).name in place.implied:
            continue
        yield from _node(cls, found, place)
        if cls in DEFINITIONS:
            yield from _renamed(found, place)
        elif place.renamed and cls in (Table, Column):
            yield from _other_names(found, place)


def _node(cls: type[Node], found: Values, place: _Place) -> Iterator[Difference]:
    """An object that a source lacks; and in which facts those differ that have it, be they two of three."""
    if place.external and cls is Table and None in found.values():
        # Not made by any of the sources: one that says nothing of it has an empty one.
        name = next(node for node in found.values() if node is not None).name
        found = {s: node or Table(name=name) for s, node in found.items()}
    here = {source: node for source, node in found.items() if node is not None}
    if len(here) < len(found):
        known = _beyond_key(here.values())
        saying = {
            s: n for s, n in found.items() if n is not None or not _is_silent(place.silent.get(s, {}), cls, known)
        }
        if len(here) < len(saying):
            yield _row(EXISTS, found, {s: None if n is None else _shown(n) for s, n in saying.items()}, place)
        else:
            place.left_out[cls.__name__] += 1
    if len(here) > 1:
        yield from _facts(cls, here, _inside(here, place))


def _beyond_key(nodes: Iterable[Node]) -> frozenset[str]:
    """The facts that some of the nodes state, beside which object it is."""
    return frozenset(
        fact.name for node in nodes for fact in _compared(type(node), False) if getattr(node, fact.name) != fact.default
    )


def _is_silent(silence: Silence, cls: type[Node], stated: frozenset[str]) -> bool:
    """Whether a source of that silence cannot state such an object, or any of what is known of this one."""
    return cls.__name__ in silence or (bool(stated) and all(f"{cls.__name__}.{fact}" in silence for fact in stated))


def _only_node(cls: type[Node], found: Values, place: _Place) -> Iterator[Difference]:
    """A node that stands alone, such as a primary key."""
    if all(node is None for node in found.values()):
        return
    yield from _node(cls, found, place)
    yield from _renamed(found, place)


def _renamed(found: Values, place: _Place) -> Iterator[Difference]:
    owner = place.parents[-1] if place.parents else None
    here = {source: node for source, node in found.items() if node is not None}
    given = [rename.generated for (table, _), rename in place.renamed.items() if table == getattr(owner, "name", None)]
    if names_differ(here, owner, place.exact_names, frozenset().union(*given)):
        yield _row("name", found, {source: node.name for source, node in here.items()}, place)


def _other_names(found: Values, place: _Place) -> Iterator[Difference]:
    """The row of a table or column that goes by different names."""
    node = next(node for node in found.values() if node is not None)
    owner: Any = place.parents[-1] if place.parents else None
    rename = place.renamed.get((node.name, None) if isinstance(node, Table) else (owner.name, node.name))
    if rename is not None:
        row = _row("name", found, {s: rename.names.get(s) for s in found}, place)
        yield replace(row, why=f"on it hang {', '.join(rename.hanging)}") if rename.hanging else row


def _order(field: str, owners: Values, place: _Place) -> Iterator[Difference]:
    names = {source: [node.name for node in getattr(owner, field)] for source, owner in owners.items()}
    common = set.intersection(*(set(listed) for listed in names.values()))
    orders = {source: ", ".join(name for name in listed if name in common) for source, listed in names.items()}
    if len(set(orders.values())) > 1:
        yield _row("order", owners, {**orders}, place)


def _inside(found: Values, place: _Place) -> _Place:
    """The place inside a node: of a table's expressions, the table's columns are the names, of a domain's, VALUE."""
    first = next(iter(found.values()))
    contexts = place.contexts
    if isinstance(first, Table | Domain):
        contexts = {**contexts, **{source: contexts[source].inside(table) for source, table in found.items()}}
    return replace(place, parents=(*place.parents, first), contexts=contexts)


# Rows


def _row(fact: str, found: Values, values: dict[str, str | None], place: _Place) -> Difference:
    # Inside a node its own place is the last parent; beside it (an absent object) it is not there yet.
    node = next(node for node in found.values() if node is not None)
    parents = tuple(parent for parent in place.parents if parent is not node)
    schema, table, name = _names(node, parents)
    saying = values
    values = {source: values.get(source) for source in place.contexts}
    weight, why = weights.of(type(node), fact, saying, found)
    return Difference(
        kind=_kind(type(node)),
        schema=schema,
        table=table,
        name=name,
        fact=fact,
        weight=weight,
        why=why,
        values=values,
        origins={source: _origin(found.get(source)) for source in place.contexts},
        unstated=tuple(
            source
            for source in values
            if source not in saying and (source in found or type(node).__name__ in place.silent.get(source, {}))
        ),
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
