"""One change carried through everything that is known so far: names, types and the texts of expressions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from schema_bridge.ir import Aggregate, Function, Name, ObjectRef, Type, Unmodelled, facts
from schema_bridge.readers.sql.respell import respelled
from schema_bridge.readers.sql.state import State

replace = msgspec.structs.replace

_ROUTINE_FIELDS = frozenset({"function", "canonical", "subtype_diff", "support"})
_LOOSE_FIELDS = frozenset({"collation", "opclass", "operator"})
_ROUTINE_KINDS = frozenset({"function", "procedure", "routine", "aggregate"})
_TEXTS = frozenset({"expression", "query", "statement"})


class Change(msgspec.Struct, frozen=True):
    """What becomes of names (`relation` stands for types too, which share their namespace), and of texts.

    `word` is a text without which nothing in a node can be concerned.
    """

    word: str
    relation: Callable[[Name], Name] = lambda name: name
    routine: Callable[[Name], Name] = lambda name: name
    loose: Callable[[Name], Name] = lambda name: name
    text: Callable[[str, str], str] = lambda text, kind: text


def everywhere(state: State, change: Change) -> None:
    """Carry the change through all nodes, and rebuild what is derived from them."""
    word = msgspec.json.encode(change.word)[1:-1]
    for kind in state.node_kinds():
        nodes = getattr(state, kind)
        values = nodes.values() if isinstance(nodes, dict) else nodes
        new = [node if word not in msgspec.json.encode(node) else changed(node, change) for node in values]
        if isinstance(nodes, dict):
            setattr(state, kind, {_key(node): node for node in new})
        else:
            nodes[:] = new
    state.other_types = {change.relation(name) for name in state.other_types}
    state.derive()


def _key(node: Any) -> Any:
    key = node.key
    return key[0] if len(key) == 1 else key


@cache
def _fields(cls: type[msgspec.Struct]) -> tuple[tuple[str, str], ...]:
    return tuple((fact.name, fact.compare) for fact in facts(cls))


def changed(node: Any, change: Change) -> Any:
    """The same value with the change carried through it."""
    if isinstance(node, Unmodelled):
        node = respelled(node, lambda name: change.routine(change.relation(name)))
    if isinstance(node, Type):
        name = change.relation(Name(node.schema, node.name))
        return replace(node, schema=name.schema, name=name.name)
    changes: dict[str, Any] = {}
    cls: type[msgspec.Struct] = type(node)
    for field, compare in _fields(cls):
        value = getattr(node, field)
        if value is None or value == ():
            continue
        new = _value(node, field, value, (change, compare))
        if new is not value:
            changes[field] = new
    return replace(node, **changes) if changes else node


def _value(node: Any, field: str, value: Any, how: tuple[Change, str]) -> Any:
    change, compare = how
    if isinstance(value, Name):
        return _name_change(node, field, change)(value)
    if isinstance(value, str):
        return change.text(value, compare) if compare in _TEXTS and change.word in value else value
    if isinstance(value, msgspec.Struct):
        return changed(value, change) if field != "origin" else value
    if isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
        return tuple(_value(node, field, item, how) for item in value)
    return value


def _name_change(node: Any, field: str, change: Change) -> Callable[[Name], Name]:
    routine = field in _ROUTINE_FIELDS or (field == "name" and isinstance(node, Function | Aggregate))
    if routine or (isinstance(node, ObjectRef) and node.kind in _ROUTINE_KINDS):
        return change.routine
    return change.loose if field in _LOOSE_FIELDS else change.relation
