"""Values for columns of any type, near the edges of what they take; and how psycopg sends and returns them."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from decimal import Decimal
from enum import Enum as PythonEnum
from ipaddress import ip_interface, ip_network
from itertools import repeat
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace
from psycopg.types.json import Json, Jsonb
from psycopg.types.range import Range
from pydantic import BaseModel

from schema_bridge.ir import Domain, Enum, Name, Schema, Type
from schema_bridge.pgtypes import INTEGER_BOUNDS

Values = st.SearchStrategy[Any]
Constants = tuple[str, ...]
_LITERAL = re.compile(r"'((?:[^']|'')*)'|(?<![\w.])(\d+(?:\.\d+)?)")
_DAY = dt.date(2024, 1, 2)


def constants(*expressions: str) -> Constants:
    """The literals of some expressions."""
    found = (match for text in expressions for match in _LITERAL.findall(text))
    return tuple(dict.fromkeys(number or text.replace("''", "'") for text, number in found))


def values(schema: Schema, type_: Type, near: Constants) -> Values | None:
    """Values of a type, good ones and bad ones, many of them near constants; None for a type that Python has not."""
    if type_.dimensions:
        item = values(schema, replace(type_, dimensions=type_.dimensions - 1), near)
        return None if item is None else st.lists(item, max_size=3)
    name = Name(type_.schema, type_.name)
    for node in (*schema.enums, *schema.domains):
        if node.name == name:
            return _own(schema, node, near)
    return _built_in(type_, near)


def _own(schema: Schema, node: Enum | Domain, near: Constants) -> Values | None:
    if isinstance(node, Enum):
        return st.sampled_from([*node.labels, "none of them"])
    return values(schema, node.type, (*near, *constants(*(check.expression for check in node.checks))))


def _built_in(type_: Type, near: Constants) -> Values | None:
    name, modifiers = type_.name, tuple(m for m in type_.modifiers if isinstance(m, int))
    if name in ("character varying", "character", "text", "name", "char", "bpchar"):
        return _texts(near, modifiers[0] if modifiers else 63)
    if name in INTEGER_BOUNDS:
        return _integers(near, INTEGER_BOUNDS[name])
    if name == "oid":
        return _integers(near, (0, 2**32 - 1))
    if name == "numeric":
        return _decimals(near, modifiers)
    if name in ("bit", "bit varying"):
        return st.text("01", max_size=9) | st.just("1" * (modifiers[0] if modifiers else 1))
    if name.endswith("range") and not name.endswith("multirange"):
        return _ranges(name.removesuffix("range"))
    known = _SIMPLE.get(name)
    return None if known is None else known(near)


def _numbers(near: Constants) -> list[Decimal]:
    return [Decimal(text) for text in near if re.fullmatch(r"\d+(\.\d+)?", text)]


def _integers(near: Constants, bounds: tuple[int, int]) -> Values:
    edges = [bounds[0], bounds[1], bounds[0] - 1, bounds[1] + 1, 0, 1]
    edges += [int(number) + step for number in _numbers(near) for step in (-1, 0, 1)]
    return st.sampled_from(edges) | st.integers(-9, 99)


def _decimals(near: Constants, modifiers: tuple[int, ...]) -> Values:
    places = modifiers[1] if len(modifiers) > 1 else 0 if modifiers else 3
    step = Decimal(1).scaleb(-places)
    edges = [number + shift for number in _numbers(near) for shift in (-step, 0, step, step / 10)]
    if modifiers:
        top = Decimal(1).scaleb(modifiers[0] - places)
        edges += [top, top - step, -top, step - top, step / 10]
    limits = {"allow_nan": False, "allow_infinity": False}
    return st.sampled_from([*edges, Decimal(0), Decimal("1E+2"), Decimal("1.50")]) | st.decimals(
        -99, 99, places=max(places, 0), **limits
    )


def _texts(near: Constants, length: int) -> Values:
    edges = [
        "",
        " ",
        "a",
        "A",
        "Ab",
        "a" * length,
        "a" * (length + 1),
        "é" * length,
        "a\0",
        "\ud800",
        "a@b.c",
        "a b",
        "AB1",
    ]
    edges += [text for constant in near for text in (constant, f"{constant} ", constant.replace("%", "x").strip("_"))]
    patterns = [compiled for constant in near if (compiled := _compiled(constant)) is not None]
    found = st.sampled_from(edges) | st.text("aB1 -_.é", max_size=12)
    return st.one_of(found, *(st.from_regex(pattern) for pattern in patterns))


def _compiled(text: str) -> re.Pattern[str] | None:
    """A constant as a regular expression, where it looks like one."""
    if not set("[]^$+*\\") & set(text):
        return None
    try:
        return re.compile(text, re.ASCII)
    except re.error:
        return None


def _ranges(of: str) -> Values | None:
    ends: dict[str, Values] = {
        "int4": st.integers(-9, 9),
        "int8": st.integers(-9, 9),
        "num": st.decimals(-9, 9, places=1),
        "date": st.dates(_DAY, _DAY + dt.timedelta(days=9)),
        "ts": st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 9)),
        "tstz": st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 9), timezones=st.just(dt.UTC)),
    }
    if of not in ends:
        return None
    end = ends[of]
    bounds = st.sampled_from(["[)", "(]", "[]", "()"])
    return st.fixed_dictionaries({"lower": end | st.none(), "upper": end | st.none(), "bounds": bounds})


def _json(near: Constants) -> Values:
    keys = st.sampled_from([*near, "a", "b"])
    scalar = (
        st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from([0.5, 1e300, float("nan"), "a", "é", "\ud800"])
    )
    some = st.recursive(scalar, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner), max_leaves=5)
    return some.filter(lambda value: value is not None)


def _dates(near: Constants) -> Values:
    known = [dt.date.fromisoformat(text) for text in near if re.fullmatch(r"\d{4}-\d\d-\d\d", text)]
    edges = [dt.date.min, dt.date.max, _DAY, *known, *(day + dt.timedelta(days=1) for day in known)]
    return st.sampled_from(edges) | st.dates()


_OFFSETS = st.integers(-17 * 60, 17 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
_SECONDS = (0, 500_000, 123_000, 1)
_FLOATS = [0.0, 0.1, 0.5, -1.0, 100.0, 1e-50, 1e300, 16777217.0, float("inf")]
_SIMPLE: dict[str, Callable[[Constants], Values]] = {
    "boolean": lambda _: st.booleans(),
    "real": lambda near: st.sampled_from([*_FLOATS, *map(float, _numbers(near))]) | st.floats(-9, 9, width=32),
    "double precision": lambda near: st.sampled_from([*_FLOATS, *map(float, _numbers(near))]) | st.floats(-9, 9),
    "uuid": lambda _: st.uuids(),
    "bytea": lambda _: st.binary(max_size=9),
    "date": _dates,
    "time without time zone": lambda _: st.times() | st.times(timezones=_OFFSETS),
    "time with time zone": lambda _: st.times() | st.times(timezones=_OFFSETS),
    "timestamp without time zone": lambda _: _moments(st.none()) | _moments(_OFFSETS),
    "timestamp with time zone": lambda _: _moments(_OFFSETS) | _moments(st.none()),
    "interval": lambda _: st.sampled_from([dt.timedelta(days=1, microseconds=at) for at in _SECONDS]) | st.timedeltas(),
    # The server keeps half a surrogate pair in json as it was written; Python cannot write it as UTF-8.
    "json": lambda near: _json(near).filter(lambda value: "\\ud800" not in json.dumps(value)),
    "jsonb": lambda near: _json((*near, "\0")),
    "inet": lambda _: st.ip_addresses(),
    "cidr": lambda _: st.ip_addresses(v=4).map(lambda address: ip_network(f"{address}/32")),
    "macaddr": lambda _: st.from_regex(r"\A[0-9a-fA-F]{2}([:-][0-9a-f]{2}){5}\Z"),
    "macaddr8": lambda _: st.from_regex(r"\A[0-9a-f]{2}(:[0-9a-f]{2}){7}\Z"),
}


def _moments(zones: Values) -> Values:
    """Moments that Python can hold in any zone, some with few digits behind their seconds."""
    some = st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=zones)
    return some | st.builds(lambda moment, past: moment.replace(microsecond=past), some, st.sampled_from(_SECONDS))


# On the way to the server and back


def sent(type_: Type, value: Any, nullable: bool = True) -> Any:
    """A value as psycopg takes it for a column."""
    if value is None and nullable:
        return None
    if isinstance(value, list) and type_.dimensions:
        return [sent(replace(type_, dimensions=0), item) for item in value]
    if type_.name in ("json", "jsonb"):
        return (Json if type_.name == "json" else Jsonb)(value)
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, dict):
        return Range(value["lower"], value["upper"], value["bounds"])
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC)
    return value.value if isinstance(value, PythonEnum) else value


def same(type_: Type, given: Any, back: Any) -> bool:
    """Whether the server gave back what it got; ranges of whole numbers and days in whatever form they have."""
    if isinstance(given, list) and isinstance(back, list) and type_.dimensions:
        item = replace(type_, dimensions=type_.dimensions - 1)
        return len(given) == len(back) and all(map(same, repeat(item), given, back))
    if isinstance(given, Json | Jsonb):
        return bool(_decimal(given.obj) == _decimal(back))
    if isinstance(given, Range) and isinstance(back, Range):
        return _canonical(given) == _canonical(back)
    if type_.name == "inet" and given is not None:
        return ip_interface(str(given)) == ip_interface(str(back))
    return bool(given == back)


def _decimal(value: Any) -> Any:
    """A JSON value with its numbers by their text: the server writes `1e22` in full."""
    return json.loads(json.dumps(value), parse_int=Decimal, parse_float=Decimal)


def _canonical(of: Range[Any]) -> tuple[Any, ...]:
    lower, upper, ends = of.lower, of.upper, (of.lower_inc, of.upper_inc)
    step = {int: 1, dt.date: dt.timedelta(days=1)}.get(type(upper if lower is None else lower))
    if step is not None:
        lower = lower if lower is None or of.lower_inc else lower + step
        upper = upper if upper is None or not of.upper_inc else upper + step
        ends = (lower is not None, False)
    empty = of.isempty or (lower is not None and lower == upper and ends != (True, True))
    return () if empty else (lower, upper, *ends)
