"""Values for columns of any type, as the texts that the server reads, near what the checks ask for."""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from decimal import Decimal
from random import Random
from uuid import UUID

import msgspec

from schema_bridge.ir import Composite, Domain, Enum, Name, Range, Schema, Type
from schema_bridge.pgtypes import INTEGER_BOUNDS
from schema_bridge.probe.strings import matching
from schema_bridge.probe.wishes import Wish, wish

_TEXTS = frozenset({"text", "character varying", "character", "bpchar", "name", "citext", "varchar"})
_WORDS: dict[str, str] = {
    "json": "{}", "jsonb": "{}", "xml": "<a/>", "bytea": "\\x00", "tsvector": "a", "tsquery": "a", "hstore": "",
    "ltree": "a", "interval": "1 hour", "money": "1", "point": "(0,0)", "line": "{1,1,1}", "lseg": "[(0,0),(1,1)]",
    "box": "(1,1),(0,0)", "path": "((0,0),(1,1))", "polygon": "((0,0),(1,1),(1,0))", "circle": "<(0,0),1>",
    "oid": "0", "regclass": "pg_class", "regtype": "integer", "char": "a", "jsonpath": "$", "pg_lsn": "0/1",
    "int4range": "[1,9)", "int8range": "[1,9)", "numrange": "[1,9)", "daterange": "[2024-01-01,2024-02-01)",
    "tsrange": "[2024-01-01,2024-02-01)", "tstzrange": "[2024-01-01 00:00+00,2024-02-01 00:00+00)",
}  # fmt: skip
_JSON = {"array": "[]", "object": "{}", "string": '"a"', "number": "1", "boolean": "true", "null": "null"}
_ALPHABET = string.ascii_lowercase + string.digits


def value(schema: Schema, type_: Type, asked: Wish, random: Random) -> str | None:
    """One text of the type; None for a type of which nothing is known."""
    if type_.dimensions:
        element = msgspec.structs.replace(type_, dimensions=0)
        inner = Wish(choices=asked.elements)
        one = value(schema, element, inner, random) if asked.shortest or asked.elements else None
        return "{}" if one is None else "{" + json.dumps(one) + "}"
    if asked.choices:
        return random.choice(asked.choices)
    own = _own_types(schema).get(Name(type_.schema, type_.name))
    return _built_in(type_, asked, random) if own is None else _own(schema, own, random)


def _own_types(schema: Schema) -> dict[Name, Enum | Domain | Composite | Range]:
    own: list[Enum | Domain | Composite | Range] = [
        *schema.enums, *schema.domains, *schema.composites, *schema.ranges,
    ]  # fmt: skip
    return {node.name: node for node in own}


def _own(schema: Schema, node: Enum | Domain | Composite | Range, random: Random) -> str | None:
    if isinstance(node, Enum):
        return random.choice(node.labels) if node.labels else None
    if isinstance(node, Domain):
        return value(schema, node.type, wish([check.expression for check in node.checks], "value"), random)
    if isinstance(node, Composite):
        return "(" + "," * (len(node.attributes) - 1) + ")"
    return "empty"


def _built_in(type_: Type, asked: Wish, random: Random) -> str | None:
    name = type_.name
    if name in _TEXTS:
        return _text(type_, asked, random)
    if name in INTEGER_BOUNDS:
        low, high = INTEGER_BOUNDS[name]
        return str(_whole(asked, max(low, 1), min(high, 2**31 - 1), random))
    if name in _MAKERS:
        return _MAKERS[name](random)
    if name in ("numeric", "real", "double precision"):
        return _decimal(type_, asked, random)
    if name in ("json", "jsonb") and asked.json:
        return _JSON.get(asked.json)
    if name in ("bit", "bit varying"):
        return "0" * _length(type_, 1)
    if name in ("vector", "halfvec"):
        return "[" + ",".join(["0.5"] * _length(type_, 3)) + "]"
    if name in ("geometry", "geography"):
        return _shape(type_)
    return _WORDS.get(name)


_MAKERS: dict[str, Callable[[Random], str]] = {
    "boolean": lambda random: random.choice(("true", "false")),
    "uuid": lambda random: uuid(random),
    "date": lambda random: f"2024-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
    "timestamp with time zone": lambda random: f"{_day(random)}+00",
    "timestamp without time zone": lambda random: _day(random),
    "time without time zone": lambda random: f"{random.randint(0, 23):02}:00",
    "time with time zone": lambda random: f"{random.randint(0, 23):02}:00+00",
    "inet": lambda random: f"192.0.2.{random.randint(1, 254)}",
    "cidr": lambda random: f"192.0.2.{random.randint(1, 254)}/32",
    "macaddr": lambda random: f"02:00:00:00:00:{random.randint(0, 255):02x}",
    "macaddr8": lambda random: f"02:00:00:00:00:00:00:{random.randint(0, 255):02x}",
}


def uuid(random: Random) -> str:
    """One of version 4."""
    return str(UUID(int=random.getrandbits(128), version=4))


def _day(random: Random) -> str:
    return f"2024-{random.randint(1, 12):02}-{random.randint(1, 28):02} {random.randint(0, 23):02}:00"


def _length(type_: Type, usual: int) -> int:
    return next((m for m in type_.modifiers if isinstance(m, int)), usual)


def _shape(type_: Type) -> str:
    """PostGIS: `(Point, 4326)`."""
    shapes = {"point": "POINT(0 0)", "linestring": "LINESTRING(0 0,1 1)", "polygon": "POLYGON((0 0,1 0,1 1,0 0))"}
    kind = next((m.lower() for m in type_.modifiers if isinstance(m, str)), "point")
    srid = next((m for m in type_.modifiers if isinstance(m, int)), 0)
    return (f"SRID={srid};" if srid else "") + shapes.get(kind, f"{kind.upper()} EMPTY")


def _text(type_: Type, asked: Wish, random: Random) -> str | None:
    if asked.regexes:
        return matching(asked.regexes[0], random)
    if asked.like is not None:
        return asked.like.replace("%", "".join(random.choices(_ALPHABET, k=8))).replace("_", "a")
    limit = min(_length(type_, 63), 63 if asked.longest is None else asked.longest)
    size = min(max(asked.shortest, 10), limit)
    text = "".join(random.choices(_ALPHABET, k=max(size, asked.shortest)))
    if asked.containing:
        text = text[: max(size - 2 - len(asked.containing), 1)] + asked.containing + "aa"
    return text


def _whole(asked: Wish, low: int, high: int, random: Random) -> int:
    least = low if asked.least is None else int(asked.least)
    most = high if asked.most is None else int(asked.most)
    return random.randint(least, max(least, most))


def _decimal(type_: Type, asked: Wish, random: Random) -> str:
    """A number between the bounds, with no more digits than may stand before the point."""
    digits = [m for m in type_.modifiers if isinstance(m, int)]
    high = 10 ** max(digits[0] - (digits[1] if len(digits) > 1 else 0), 0) - 1 if digits else 999
    above = Decimal(min(0, (asked.below or 1) - 1) if asked.above is None else asked.above)
    below = Decimal(max(high, above + 1) if asked.below is None else asked.below)
    return str(above + (below - above) * Decimal(random.randint(1, 99)) / 100)
