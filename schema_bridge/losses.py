"""What a schema states and a writer cannot express, or a source cannot state: counted and named by walking the facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import msgspec

from schema_bridge.ir import Fact, Name, Node, Schema, facts

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
        for parents, node in _walk(schema, ()):
            own = (*parents, node) if isinstance(node, Node) else parents
            for what, inner in _stated(node, drops):
                found.setdefault(what, []).extend(label((*own, *nodes)) for nodes in inner)
    return tuple(Loss(what, drops[what], tuple(sorted(names))) for what, names in sorted(found.items()))


def losses(kept: Schema, beside: Schema, silent: Silence) -> tuple[Loss, ...]:
    """What `beside` states of that which the source of `kept` cannot say, and `kept` indeed does not hold.

    A fact that `kept` holds for the same object, whatever its value, is not lost: that is a difference.
    """
    held = {(loss.what, name) for loss in dropped(kept, silent) for name in loss.names}
    found = (
        Loss(loss.what, loss.why, tuple(name for name in loss.names if (loss.what, name) not in held))
        for loss in dropped(beside, silent)
    )
    return tuple(loss for loss in found if loss.names)


def label(nodes: Parents) -> str:
    """The dotted name of an object in its table: `images.images_status_check`, `public` left out."""
    return ".".join(_own_label(node) for node in nodes)


def _own_label(node: Node) -> str:
    first, *rest = (getattr(node, field) for field in node.KEY)
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
        return field.replace("_", " ")
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in cls).strip()
    if count != 1:
        spaced = (
            spaced.removesuffix("y") + "ies" if spaced.endswith("cy") else spaced + ("es" if spaced[-1] == "x" else "s")
        )
    return f"{spaced}: {field.replace('_', ' ')}" if field else spaced


@cache
def _silent_facts(cls: type[msgspec.Struct], keys: frozenset[str]) -> tuple[Fact, ...]:
    """The facts of a class that are silenced; notes are not among them: they are no part of the schema."""
    return tuple(f for f in facts(cls) if f.compare != "never" and f"{cls.__name__}.{f.name}" in keys)


def _stated(node: msgspec.Struct, silent: Silence) -> Iterator[tuple[str, tuple[Parents, ...]]]:
    """What a node states of that which is silenced, and the nodes in it that are meant: of a list each, else itself."""
    cls = type(node)
    if cls.__name__ in silent:
        yield cls.__name__, ((),)
    for fact in _silent_facts(cls, frozenset(silent)):
        value = getattr(node, fact.name)
        if value != fact.default:
            listed = fact.items is not None and issubclass(fact.items, Node)
            yield f"{cls.__name__}.{fact.name}", tuple((item,) for item in value) if listed else ((),)


def _walk(node: msgspec.Struct, parents: Parents) -> Iterator[tuple[Parents, msgspec.Struct]]:
    yield parents, node
    inner = (*parents, node) if isinstance(node, Node) else parents
    for name in node.__struct_fields__:
        value = getattr(node, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, msgspec.Struct):
                yield from _walk(item, inner)
