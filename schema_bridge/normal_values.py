"""Typed values of the normal form: constants in one spelling, casts that change nothing, types that meet in an operator.

Sources: manual, 4.1.2 (Constants), 8.5.4 (Interval Input), 10.2 (Operators), 10.5 (UNION, CASE, and Related).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from schema_bridge.ir import Type
from schema_bridge.pgtypes import SYNTAX, interval_modifiers, make

Form = Any
"""Nested tuples of text: equal for equal meaning."""

NUMBERS: Final = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
"""In the order in which PostgreSQL turns one into the next by itself."""
TEXTS: Final = frozenset({"text", "character varying", "character", "name"})
TIMES: Final = frozenset({
    "date", "interval", "timestamp with time zone", "timestamp without time zone",
    "time with time zone", "time without time zone",
})  # fmt: skip
_STAMPS = frozenset({"timestamp with time zone", "timestamp without time zone"})
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?))? ?(Z|[+-]\d\d(?::?\d\d)?)?")
_MINUTES = re.compile(r"\d\d:\d\d")
_TRUE, _FALSE = {"t", "true", "y", "yes", "on", "1"}, {"f", "false", "n", "no", "off", "0"}
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_SPAN = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*([A-Za-z]+)|\s*([+-]?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?")
_ELEMENT = r'"(?:[^"\\]|\\.)*"|[^\s{}",\\](?:[^{}",\\]*[^\s{}",\\])?'
_ELEMENTS = re.compile(rf"\{{(?:(?:{_ELEMENT})(?:,(?:{_ELEMENT}))*)?\}}", re.DOTALL)
_one_element = re.compile(_ELEMENT, re.DOTALL)
_escaped = re.compile(r"\\(.)", re.DOTALL)
_MICROSECONDS = {"hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000, "millisecond": 1000}
_UNITS = {
    "h": "hour", "hr": "hour", "m": "minute", "min": "minute", "s": "second", "sec": "second", "ms": "millisecond",
    "d": "day", "w": "week", "mon": "month", "y": "year", "yr": "year", "millennium": "millennium",
    "century": "century", "decade": "decade",
}  # fmt: skip
_MONTHS = {"month": 1, "year": 12, "decade": 120, "century": 1200}


class Value(NamedTuple):
    """A part of an expression: its form; its type, where that is known (`text`, `integer[]`, `app.mood`); what sort it
    is; for a cast what was cast, for an array its elements, for a literal or number its text."""

    form: Form
    type: str | None = None
    sort: str = "other"
    inner: Value | None = None
    items: tuple[Value, ...] = ()
    text: str = ""


def type_name(type: Type) -> str:
    """A type without its modifiers; `public` and an unknown schema are left out, and every array is one."""
    named = type.name if type.schema in ("", "public", "pg_catalog") else f"{type.schema}.{type.name}"
    return named + ("[]" if type.dimensions else "")


def type_of_tree(node: Mapping[str, Any]) -> Type:
    """The type of a `TypeName` in a tree."""
    names = [name["String"].get("sval", "") for name in node.get("names", ())]
    modifiers = tuple(_modifier(mod) for mod in node.get("typmods", ()))
    schema = names[-2] if len(names) > 1 else None
    dimensions = 1 if node.get("arrayBounds") else 0
    if schema is None and names[-1] in ("bpchar", "char", "bit") and not modifiers:  # quoted: without a length
        return Type(name="character" if names[-1] == "bpchar" else names[-1], dimensions=dimensions)
    if schema == "public":
        schema = None
    if schema is None and names[-1] in SYNTAX:
        return Type(name=names[-1], schema="", modifiers=modifiers, dimensions=dimensions)
    if names[-1] == "interval" and modifiers and isinstance(modifiers[0], int):
        modifiers = interval_modifiers(modifiers)
    return make(schema, names[-1], modifiers, dimensions)


def _modifier(tree: Mapping[str, Any]) -> int | str:
    const = tree.get("A_Const", {})
    if "ival" in const:
        return int(const["ival"].get("ival", 0))
    if "sval" in const:
        return str(const["sval"].get("sval", ""))
    fields = tree.get("ColumnRef", {}).get("fields", ())
    return str(fields[0]["String"]["sval"]) if fields else json.dumps(tree)


# Constants


def number(text: str, type: str | None = None) -> Value:
    """A numeric constant without exponent, its scale kept; its type is by its size and its point unless given."""
    plain = format(Decimal(text), "f")
    if type is None:
        size = None if "." in plain or "e" in text.lower() else abs(int(plain))
        type = "numeric" if size is None or size >= 2**63 else "integer" if size < 2**31 else "bigint"
    return Value(("#", plain), type, "number", text=plain)


def literal(text: str, type: str | None = None) -> Value:
    """A quoted constant, as the value of its type where that is known."""
    if type == "boolean" and text.strip().lower() in _TRUE | _FALSE:
        return Value((text.strip().lower() in _TRUE,), type)
    if type in NUMBERS and _NUMBER.fullmatch(text.strip()) and _keeps(text, type):
        return number(text.strip(), type)
    if type and type.endswith("[]") and _ELEMENTS.fullmatch(text):
        words = _one_element.findall(text)
        if not any(word.upper() == "NULL" for word in words):
            return array([literal(_unquoted(word), type[:-2]) for word in words], type)
    return Value(("'", _spelled(text, type)), type, "literal", text=text)


def _unquoted(element: str) -> str:
    """An element of an array constant without its quotes (manual, 8.15.2)."""
    return _escaped.sub(r"\1", element[1:-1]) if element.startswith('"') else element


def _keeps(text: str, type: str | None) -> bool:
    """Whether a number in text is the same number in that type."""
    try:
        whole = Decimal(text.strip()) == int(Decimal(text.strip()))
    except InvalidOperation:
        return False
    return whole or type in ("numeric", "double precision")


def _spelled(text: str, type: str | None) -> str:
    if type == "uuid":
        return text.lower()
    if type == "jsonb":
        return _json(text)
    if type == "interval":
        return _interval(text) or text
    if type in _STAMPS:
        return _stamp(text, type) or text
    if type == "time without time zone" and _MINUTES.fullmatch(text):
        return f"{text}:00"
    if type == "regclass":
        return relation_name(text)
    return text


def _json(text: str) -> str:
    try:
        parsed = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
        return json.dumps(parsed, sort_keys=True, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return text


def _no_constant(word: str) -> Any:
    raise ValueError(word)


def _stamp(text: str, type: str) -> str | None:
    """A date and time in its plain ISO form, a moment as of UTC; None where it is anything else (manual, 8.5.1).

    A moment without a zone depends on who writes it: it is taken as of UTC, which most servers run in.
    """
    found = _STAMP.fullmatch(text.strip())
    if found is None:
        return None
    date, time, offset = found.groups()
    try:
        stamp = datetime.fromisoformat(f"{date}T{time or '00:00:00'}")
        if offset and type.endswith("with time zone"):
            zone = offset if len(offset) != 3 else f"{offset}00"
            stamp -= datetime.strptime(zone, "%z").utcoffset() or timedelta()
    except (ValueError, OverflowError):
        return None
    return stamp.isoformat(" ")


def _interval(text: str) -> str | None:
    """Months, days and microseconds of a plain interval; None where it is not plain (manual, 8.5.4)."""
    months = days = micros = Decimal(0)
    at = 0
    stripped = text.strip()
    while at < len(stripped):
        found = _SPAN.match(stripped, at)
        if found is None:
            return None
        at = found.end()
        amount, word, sign, hours, minutes, seconds = found.groups()
        if word is None:
            clock = int(hours) * 3600 + int(minutes) * 60 + Decimal(seconds or 0)
            micros += (-clock if sign == "-" else clock) * 1_000_000
            continue
        unit = _UNITS.get(word.lower(), word.lower())
        unit = _UNITS.get(unit.removesuffix("s"), unit.removesuffix("s"))
        value = Decimal(amount)
        if unit in _MICROSECONDS:
            micros += value * _MICROSECONDS[unit]
        elif value != int(value):
            return None
        elif unit in _MONTHS:
            months += value * _MONTHS[unit]
        elif unit in ("day", "week"):
            days += value * (7 if unit == "week" else 1)
        else:
            return None
    return f"{int(months)} {int(days)} {int(micros)}" if stripped else None


def relation_name(text: str) -> str:
    """The name in a `regclass` literal: `public` and needless quotes left out."""
    parts = re.findall(r'"(?:[^"]|"")*"|[^".\s]+', text)
    names = [part[1:-1].replace('""', '"') if part.startswith('"') else part.lower() for part in parts]
    return ".".join(names[1:] if len(names) > 1 and names[0] in ("public", "pg_catalog") else names)


def null(type: str | None = None) -> Value:
    return Value(("null",), type, "null")


def array(items: Sequence[Value], type: str | None = None) -> Value:
    """ARRAY[…]; without elements it is known by its type alone."""
    if type is None:
        element = meeting(items)
        items = [meet(item, element) for item in items]
        type = f"{element or 'text'}[]" if items else None
    form = ("array", *(item.form for item in items)) if items else ("array", type)
    return Value(form, type, "array", items=tuple(items))


def is_constant(value: Value) -> bool:
    return value.sort in ("number", "literal", "null") or value.form in ((True,), (False,))


# Casts


def cast(value: Value, to: Type) -> Value:
    """A value turned into a type: a constant becomes one of that type, any other keeps the cast to be judged later."""
    name = type_name(to)
    if not to.modifiers:
        if value.sort == "literal" and (value.type is None or {value.type, name} <= TEXTS):
            return literal(value.text, name)
        if value.sort == "number" and name in NUMBERS and _keeps(value.text, name):
            return number(value.text, name)
        if value.sort == "null":
            return null(name)
        if value.sort == "array" and name.endswith("[]"):
            return array([cast(item, element_type(to)) for item in value.items], name)
        if value.type == name and value.sort != "literal":
            return value
    return Value(("::", name, to.modifiers, bare(value).form), name, "cast", inner=value)


def element_type(type: Type) -> Type:
    """The element type of an array type."""
    return Type(name=type.name, schema=type.schema, modifiers=type.modifiers)


def bare(value: Value) -> Value:
    """A constant whose type has to stay visible, as a cast; anything else as it is."""
    if value.sort == "literal" and value.type is not None:
        return value._replace(form=("::", value.type, (), value.form))
    if value.sort == "number" and value.type != number(value.text).type:
        return value._replace(form=("::", value.type, (), value.form))
    return value


# Values that meet: the operands of an operator, the branches of a CASE


def meeting(values: Iterable[Value]) -> str | None:
    """The type in which values meet: that of those that are no plain constants, the widest of numbers."""
    known = [core(value).type for value in values if not (value.sort in ("literal", "null"))]
    numbers = [type for type in known if type in NUMBERS]
    if numbers and len(numbers) == len(known):
        return max(numbers, key=NUMBERS.index)
    return next((type for type in known if type is not None and type not in NUMBERS), None)


def core(value: Value) -> Value:
    """The value without a cast that PostgreSQL adds by itself: between texts, and to a wider number."""
    if value.sort == "number":
        return number(value.text)
    inner = value.inner
    if value.sort != "cast" or inner is None or value.form[2]:
        return value
    widened = value.type in NUMBERS and inner.type in NUMBERS and NUMBERS.index(inner.type) < NUMBERS.index(value.type)
    relabelled = value.type == "text" and (inner.type in TEXTS or inner.type is None)
    return core(inner) if widened or relabelled else value


def meet(value: Value, type: str | None) -> Value:
    """A value beside one of `type`: its own type is left out where the other's gives it."""
    if value.sort == "null":
        return null()
    if value.sort == "number":
        return number(value.text) if type is None or type in NUMBERS else bare(value)
    if value.sort == "array" and type is not None and type.endswith("[]"):
        return array([meet(item, type[:-2]) for item in value.items], type)
    if value.sort != "literal":
        return core(value)
    if value.type is None:
        return literal(value.text, "text" if type in TEXTS else type) if type else value
    same = value.type == type or (value.type in TEXTS and (type is None or type in TEXTS))
    if same or (type is None and value.type not in TIMES and value.type not in NUMBERS):
        return value
    return bare(value)
