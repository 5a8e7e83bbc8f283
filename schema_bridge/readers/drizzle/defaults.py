"""Column defaults in the forms drizzle-kit gives them: SQL text, or the JavaScript value that it could not spell."""

from __future__ import annotations

import json
import re
from typing import Any

from schema_bridge import expressions
from schema_bridge.emit import sql
from schema_bridge.errors import SourceSyntax
from schema_bridge.ir import Type
from schema_bridge.readers.drizzle import texts
from schema_bridge.readers.drizzle.document import Document

_NUMBER = re.compile(r"'([+-]?(?:\d+(?:\.\d*)?|\.\d+))'")
_FRAMED = re.compile(r"'(.*)'(::jsonb?)?", re.DOTALL)
_FIELDS = {"point": ("x", "y"), "line": ("a", "b", "c")}
_BRACKETS = {"point": "()", "line": "{}", "vector": "[]", "halfvec": "[]"}


def default(document: Document, value: Any, type: Type, *keys: str) -> str | None:
    """The expression of a column's default; None for NULL, which is the same as none.

    Fails at the key where the text is no expression, or where the value says nothing certain for the type.
    """
    if isinstance(value, str):
        return _text(document, value, type, *keys)
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return json.dumps(value)
    spelled = _spelled(value, type)
    if spelled is None:
        document.fail(
            f"the default {json.dumps(value)} says nothing certain for a column of type {type.name}",
            *keys,
            hint="state it in schema.ts as sql`…`",
        )
    return spelled


def _text(document: Document, value: str, type: Type, *keys: str) -> str | None:
    if type.name == "numeric" and not type.dimensions and (number := _NUMBER.fullmatch(value)):
        return number[1]  # Drizzle holds numeric values as strings; the quotes are JavaScript's
    if value.strip().upper() == "NULL":
        return None
    return texts.expression(document, _escaped(document, value, *keys), None, *keys)


def _escaped(document: Document, value: str, *keys: str) -> str:
    """The text with its inner quotes doubled, where drizzle-kit forgot that (JSON and arrays, all before version 7)."""
    framed = _FRAMED.fullmatch(value)
    if framed is None or "'" not in framed[1]:
        return value
    try:
        expressions.parse(value)
    except SourceSyntax:
        document.warn(
            "drizzle-kit left a quote unescaped in this default; it is read as the value that was meant", *keys
        )
        return sql.literal(framed[1]) + (framed[2] or "")
    return value


def _spelled(value: Any, type: Type) -> str | None:
    """A list or an object as a constant of the type, where there is but one way to read it."""
    if type.dimensions:
        return sql.literal(_array(value)) if isinstance(value, list) else None
    if type.name in ("json", "jsonb"):
        return f"{sql.literal(json.dumps(value, ensure_ascii=False, separators=(',', ':')))}::{type.name}"
    brackets = _BRACKETS.get(type.name)
    numbers = _numbers(value, _FIELDS.get(type.name, ()))
    if brackets is None or numbers is None:
        return None
    return sql.literal(brackets[0] + ",".join(map(json.dumps, numbers)) + brackets[1])


def _numbers(value: Any, fields: tuple[str, ...]) -> list[float] | None:
    if isinstance(value, dict):
        if value.keys() != set(fields):
            return None
        value = [value[field] for field in fields]
    if not isinstance(value, list) or (fields and len(value) != len(fields)):
        return None
    return value if all(isinstance(item, int | float) for item in value) else None


def _array(items: list[Any]) -> str:
    """An array constant's text (manual, 8.15.2 Array Value Input)."""
    return "{" + ",".join(map(_item, items)) + "}"


def _item(item: Any) -> str:
    if isinstance(item, list):
        return _array(item)
    if item is None:
        return "NULL"
    if isinstance(item, bool | int | float):
        return json.dumps(item)
    text = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
