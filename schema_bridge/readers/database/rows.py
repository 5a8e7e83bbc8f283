"""A row of a catalog query as a node of the IR: driven by the struct's facts, NULL stands for the default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec

from schema_bridge import pgtypes
from schema_bridge.ir import Fact, Name, Type, facts
from schema_bridge.readers.sql import lexer

S = TypeVar("S", bound=msgspec.Struct)
Row = Mapping[str, Any]


def struct(cls: type[S], row: Row, **stated: Any) -> S:
    """The struct that a row, or an object in a row's JSON, describes; `stated` goes before what the row says."""
    for name, make in _makers(cls):
        value = row.get(name)
        if value is not None and name not in stated:
            stated[name] = make(value)
    return cls(**stated)


@cache
def _makers(cls: type[msgspec.Struct]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    return tuple((fact.name, _maker(fact)) for fact in facts(cls) if fact.name not in ("origin", "notes"))


def _maker(fact: Fact) -> Callable[[Any], Any]:
    if fact.items is not None:
        inner = _of(fact.items)
        return lambda values: tuple(map(inner, values))
    if fact.struct is not None:
        return _of(fact.struct)
    if fact.compare == "expression":
        return without_brackets
    return lambda value: tuple(value) if isinstance(value, list) else value


def _of(cls: type[msgspec.Struct]) -> Callable[[Any], Any]:
    if cls is Type:
        return pgtypes.parse
    if cls is Name:
        return lambda value: Name(value["schema"], value["name"])
    return lambda value: struct(cls, value)


def without_brackets(text: str) -> str:
    """An expression without the round brackets that the server puts around all of it, and blanks."""
    text = text.strip()
    if not text.startswith("("):
        return text
    data = text.encode()
    while data.startswith(b"(") and lexer.bracket(data, 0, len(data))[1] == len(data) - 1:
        data = data[1:-1].strip()
    return data.decode()
