"""What a schema states and a writer cannot express, or a source cannot state: counted and named by walking the facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from schema_bridge.ir import Name, Node, Schema, facts, leading_to

Silence = Mapping[str, str]
"""`Class` or `Class.field` of the IR -> why (a writer's DROPS, a reader's SILENT)."""
Parents = tuple[Node, ...]


class Loss(msgspec.Struct, frozen=True):
    """One kind of thing that is lost: `what` is `Class` or `Class.field`, `why` the reason, `names` the objects."""

    what: str
    why: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{len(self.names)} {words(self.what, len(self.names))}"


def dropped(schema: Schema, drops: Silence) -> tuple[Loss, ...]:
    """What this schema states of that which `drops` names, in the order of the names."""
    found: dict[str, list[str]] = {}
    if drops:
        _Search(frozenset(drops), found).look((schema,), "")
    return tuple(Loss(what, drops[what], tuple(sorted(names))) for what, names in sorted(found.items()))


def label(nodes: Parents) -> str:
    """The dotted name of an object in its table: `images.images_status_check`, `public` left out."""
    return ".".join(_own_label(node) for node in nodes)


def _within(place: str, node: Node) -> str:
    return f"{place}.{_own_label(node)}" if place else _own_label(node)


def _own_label(node: Node) -> str:
    first, *rest = node.key
    if node.KEY == ("name",):
        return str(first)
    if not rest:
        return _text(first)
    return _text(first) + f"({', '.join(_text(part) for part in rest if part is not None)})"


def _text(part: object) -> str:
    if isinstance(part, tuple):
        return ", ".join(_text(item) for item in part)
    if isinstance(part, (str, Name)):
        return " ".join(str(part).split())[:80]
    if isinstance(part, msgspec.Struct):
        named = getattr(part, "name", None)
        kind = f"{part.kind} " if hasattr(part, "kind") else ""
        return f"{kind}{named}" + ("[]" if getattr(part, "dimensions", 0) else "")
    return str(part)


def words(what: str, count: int = 1) -> str:
    """`ForeignKey.on_delete` in words: `foreign key: on delete`, and of several `foreign keys: on delete`."""
    cls, _, field = what.partition(".")
    if cls == "Schema":
        return (field if count != 1 else field.removesuffix("s")).replace("_", " ")
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in cls).strip()
    if count != 1:
        spaced = _plurals().get(cls, f"{spaced}s")
    return f"{spaced}: {field.replace('_', ' ')}" if field else spaced


@cache
def _plurals() -> dict[str, str]:
    """The plural of a class's name: that of the lists which hold it."""
    found: dict[str, str] = {}
    for cls in (Schema, *sorted(_classes(Schema), key=lambda cls: cls.__name__)):
        for fact in facts(cls):
            if fact.items is not None and issubclass(fact.items, Node):
                found.setdefault(fact.items.__name__, _plural(fact.items.__name__, fact.name))
    return found


def _plural(cls: str, of_list: str) -> str:
    """The columns of a view are `view columns`."""
    name, plural = re.findall(r"[A-Z][a-z]*", cls), of_list.split("_")
    return " ".join([*name[: -len(plural)], *plural]).lower()


_Fact = tuple[str, str, Any, bool]
"""The name of a field, what a loss of it is called, its default, and whether it lists nodes."""


class _Plan(msgspec.Struct, frozen=True):
    """What a search does in a struct of one class: whether the class is meant, which fields are, which lead further.

    Notes are never meant: they are no part of the schema.
    """

    whole: bool
    meant: tuple[_Fact, ...]
    further: tuple[str, ...]


@cache
def _plan(cls: type[msgspec.Struct], keys: frozenset[str]) -> _Plan:
    compared = [fact for fact in facts(cls) if fact.compare != "never"]
    meant = tuple(
        (
            fact.name,
            f"{cls.__name__}.{fact.name}",
            fact.default,
            fact.items is not None and issubclass(fact.items, Node),
        )
        for fact in compared
        if f"{cls.__name__}.{fact.name}" in keys
    )
    wanted = {key.partition(".")[0] for key in keys}
    leading = leading_to(cls, frozenset(c for c in _classes(cls) if c.__name__ in wanted))
    return _Plan(cls.__name__ in keys, meant, tuple(fact.name for fact in compared if fact.name in leading))


@cache
def _classes(cls: type[msgspec.Struct]) -> frozenset[type[msgspec.Struct]]:
    """The struct classes that stand, at any depth, inside one."""
    inner = frozenset(held for fact in facts(cls) if (held := fact.items or fact.struct) is not None)
    return inner.union(*(_classes(held) for held in inner))


class _Search(msgspec.Struct, frozen=True):
    """One walk for all that is silenced, through those fields alone that lead to it."""

    keys: frozenset[str]
    found: dict[str, list[str]]

    def look(self, structs: tuple[msgspec.Struct, ...], outer: str) -> None:
        """Notes what is meant of structs of one class and of those in them, at the place `outer`."""
        plan = _plan(type(structs[0]), self.keys)
        for struct in structs:
            stated = [fact for fact in plan.meant if getattr(struct, fact[0]) != fact[2]]
            if not (plan.whole or stated or plan.further):
                continue
            place = _within(outer, struct) if isinstance(struct, Node) else outer
            if plan.whole:
                self._note(type(struct).__name__, place)
            for fact in stated:
                self._note_fact(fact, getattr(struct, fact[0]), place)
            for name in plan.further:
                if value := getattr(struct, name):
                    self.look(value if isinstance(value, tuple) else (value,), place)

    def _note_fact(self, fact: _Fact, value: Any, place: str) -> None:
        _, what, _, listed = fact
        for item in value if listed else ():
            self._note(what, _within(place, item))
        if not listed:
            self._note(what, place)

    def _note(self, what: str, place: str) -> None:
        self.found.setdefault(what, []).append(place)
