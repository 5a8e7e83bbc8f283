"""The law of comparing: whichever single fact of the IR is changed, there is a row; made from the structs themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest
from msgspec.structs import replace

from schema_bridge.comparison import compare
from schema_bridge.comparison.meaning import LEFT_OPEN
from schema_bridge.ir import Fact, Schema, facts
from support.hints import bare

Path = tuple[tuple[type[msgspec.Struct], Fact], ...]


def paths(cls: type[msgspec.Struct], above: Path = ()) -> Iterator[tuple[type[msgspec.Struct], Path]]:
    """Every struct class inside a schema, with the fields that lead to it."""
    yield cls, above
    for fact in facts(cls):
        inner = fact.items or fact.struct
        if inner is not None and fact.compare != "never":
            yield from paths(inner, (*above, (cls, fact)))


def sample(hint: Any, text: str = "x") -> Any:
    """A value of a type."""
    hint = bare(hint)
    if get_origin(hint) is tuple:
        return (sample(get_args(hint)[0], text),)
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        hints = get_type_hints(hint, include_extras=True)
        required = [field.name for field in msgspec.structs.fields(hint) if field.required]
        return hint(**{name: sample(hints[name], text) for name in required})
    return {bool: True, int: 7, float: 7.5, str: text}[hint]


def changed(hint: Any, value: Any) -> Any:
    """Another value of the type."""
    kind = bare(hint)
    if isinstance(value, bool):
        return not value
    if get_origin(kind) is Literal:
        return next(arg for arg in get_args(kind) if arg != value)
    if isinstance(value, str):
        return f"{value}y"
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, msgspec.Struct):
        first = next(fact for fact in facts(kind) if fact.compare != "never")
        inner = get_type_hints(kind, include_extras=True)[first.name]
        return replace(value, **{first.name: changed(inner, getattr(value, first.name))})
    return sample(hint, "y") if value in (None, ()) else ()


def inside(path: Path, struct: msgspec.Struct) -> Schema:
    """A schema that holds the struct at the end of the path, and nothing else that is not required."""
    for cls, fact in reversed(path):
        hints = get_type_hints(cls, include_extras=True)
        required = {f.name: sample(hints[f.name]) for f in facts(cls) if f.default is msgspec.NODEFAULT}
        struct = cls(**{**required, fact.name: (struct,) if fact.items else struct})
    assert isinstance(struct, Schema)
    return struct


NOT_COMPARED = (
    # What a table that is not ours is made of, and one of which nothing is said.
    "external_tables.columns",
    "external_tables.primary_key",
    "external_tables.name",
    "external_tables",
    # A routine takes types without their length.
    *(
        f"{kind}.{types}.modifiers"
        for kind in ("functions", "aggregates")
        for types in ("arguments.type", "order_by.type")
    ),
    "functions.returns.modifiers",
)


def name(path: Path, fact: Fact) -> str:
    return ".".join([*(f.name for _, f in path), fact.name])


def is_compared(place: str) -> bool:
    return place not in NOT_COMPARED and not place.startswith(
        ("external_tables.columns.", "external_tables.primary_key.", "external_tables.name.")
    )


CHANGES = [
    pytest.param(cls, path, fact, id=f"{cls.__name__}-{name(path, fact)}")
    for cls, path in paths(Schema)
    for fact in facts(cls)
    if fact.compare != "never" and fact.name not in LEFT_OPEN
]


@pytest.mark.parametrize(("cls", "path", "fact"), CHANGES)
def test_a_changed_fact_is_a_row(cls: type[msgspec.Struct], path: Path, fact: Fact) -> None:
    hints = get_type_hints(cls, include_extras=True)
    struct = sample(cls)
    other = replace(struct, **{fact.name: changed(hints[fact.name], getattr(struct, fact.name))})
    one, two = inside(path, struct), inside(path, other)
    assert compare(one, one).differences == compare(two, two).differences == ()
    assert bool(compare(one, two).differences) is is_compared(name(path, fact))
