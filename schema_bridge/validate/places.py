"""Where in the sources of a schema that stands which a validation is about: results by the names of their objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from schema_bridge.ir import Aggregate, Function, Node, Origin, Schema, Table, View, facts
from schema_bridge.statements.objects import types
from schema_bridge.validate.results import Result, Verdict


def placed(verdict: Verdict, places: Mapping[str, Origin]) -> Verdict:
    """The verdict with the origin of each object that is not as it should be."""
    results = tuple(
        result if result.problem == "none" else msgspec.structs.replace(result, origin=_origin(result, places))
        for result in verdict.results
    )
    return msgspec.structs.replace(verdict, results=results)


def _origin(result: Result, places: Mapping[str, Origin]) -> Origin | None:
    """The object's own; else that of what it hangs on: `x on t`, `t.c`, `row security of t`, `t in p`."""
    name = result.object
    if name in places:
        return places[name]
    for word in (" on ", " in ", " of "):
        before, found, after = name.rpartition(word)
        if found:
            return places.get(after) or places.get(before) or places.get(after.rpartition(".")[0])
    return places.get(name.rpartition(".")[0])


def places(schema: Schema) -> dict[str, Origin]:
    """The origin of each object, as reports call it."""
    return {name: node.origin for name, node in _named(schema) if node.origin is not None}


def _named(schema: Schema) -> Iterator[tuple[str, Node]]:
    for fact in facts(Schema):
        for node in getattr(schema, fact.name) if fact.items is not None and issubclass(fact.items, Node) else ():
            if isinstance(node, Function | Aggregate):
                yield _routine(node), node
            elif hasattr(node, "name"):
                yield str(node.name), node
            if isinstance(node, Table | View):
                yield from _parts(node)


def _routine(node: Function | Aggregate) -> str:
    return f"{node.name}({types(node.signature)})"


def _parts(owner: Table | View) -> Iterator[tuple[str, Node]]:
    """What hangs on it: columns as `t.c`, all else as `x on t`."""
    for fact in facts(type(owner)):
        value = getattr(owner, fact.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Node) and hasattr(part, "name"):
                yield (f"{owner.name}.{part.name}" if fact.name == "columns" else f"{part.name} on {owner.name}"), part
