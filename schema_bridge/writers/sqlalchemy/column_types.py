"""Data types: the Python annotation of a column and the SQLAlchemy type that renders as the very same SQL type."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from schema_bridge import pgtypes
from schema_bridge.emit import sql
from schema_bridge.emit.python import Call, Code, call, keyword, string
from schema_bridge.ir import Name, Type
from schema_bridge.writers.sqlalchemy.context import Context

INET = "Inet"
CIDR = "Cidr"

PLAIN: dict[str, tuple[str, str]] = {
    "bigint": ("int", "sa.BigInteger"),
    "boolean": ("bool", "sa.Boolean"),
    "bytea": ("bytes", "sa.LargeBinary"),
    "cidr": (CIDR, "pg.CIDR"),
    "date": ("dt.date", "sa.Date"),
    "datemultirange": ("list[pg.Range[dt.date]]", "pg.DATEMULTIRANGE"),
    "daterange": ("pg.Range[dt.date]", "pg.DATERANGE"),
    "double precision": ("float", "sa.Double"),
    "inet": (INET, "pg.INET"),
    "int4multirange": ("list[pg.Range[int]]", "pg.INT4MULTIRANGE"),
    "int4range": ("pg.Range[int]", "pg.INT4RANGE"),
    "int8multirange": ("list[pg.Range[int]]", "pg.INT8MULTIRANGE"),
    "int8range": ("pg.Range[int]", "pg.INT8RANGE"),
    "integer": ("int", "sa.Integer"),
    "interval": ("dt.timedelta", "sa.Interval"),
    "json": ("Any", "pg.JSON"),
    "jsonb": ("Any", "pg.JSONB"),
    "macaddr": ("str", "pg.MACADDR"),
    "macaddr8": ("str", "pg.MACADDR8"),
    "money": ("str", "pg.MONEY"),
    "numeric": ("Decimal", "sa.Numeric"),
    "nummultirange": ("list[pg.Range[Decimal]]", "pg.NUMMULTIRANGE"),
    "numrange": ("pg.Range[Decimal]", "pg.NUMRANGE"),
    "oid": ("int", "pg.OID"),
    "real": ("float", "sa.REAL"),
    "regclass": ("str", "pg.REGCLASS"),
    "smallint": ("int", "sa.SmallInteger"),
    "text": ("str", "sa.Text"),
    "time without time zone": ("dt.time", "sa.Time"),
    "timestamp without time zone": ("dt.datetime", "sa.DateTime"),
    "tsmultirange": ("list[pg.Range[dt.datetime]]", "pg.TSMULTIRANGE"),
    "tsquery": ("str", "pg.TSQUERY"),
    "tsrange": ("pg.Range[dt.datetime]", "pg.TSRANGE"),
    "tstzmultirange": ("list[pg.Range[dt.datetime]]", "pg.TSTZMULTIRANGE"),
    "tstzrange": ("pg.Range[dt.datetime]", "pg.TSTZRANGE"),
    "tsvector": ("str", "pg.TSVECTOR"),
    "uuid": ("UUID", "sa.Uuid"),
    "character varying": ("str", "sa.String"),
    "time with time zone": ("dt.time", "sa.Time(timezone=True)"),
    "timestamp with time zone": ("dt.datetime", "sa.DateTime(timezone=True)"),
    "bit varying": ("str", "pg.BIT(varying=True)"),
}
"""Types without modifiers. (`character` and `bit` without one are of length 1 to PostgreSQL.)"""

EXTENSION_TYPES = {
    "citext": ("str", "pg.CITEXT"),
    "hstore": ("dict[str, str | None]", "pg.HSTORE"),
}
"""Types of extensions that SQLAlchemy knows; it writes them without their schema."""

_WORDS = frozenset({"Any", "Decimal", "UUID", INET, CIDR})

STRINGS = {"character varying": "sa.String", "character": "sa.CHAR", "text": "sa.Text"}

_names = re.compile(r"\w+").findall
_plain_collation = re.compile(r"[\w.\-@ ]+").fullmatch


def annotated(context: Context, type: Type, collation: Name | None = None) -> tuple[str, Code]:
    """The annotation and the type expression of a mapped column; notes what they need."""
    annotation, code = _column_type(context, type, collation)
    _need_for(context, code)
    names = _names(annotation)
    context.need(*_WORDS.intersection(names), *context.enum_names.intersection(names))
    context.need(*(module for module in ("dt", "pg") if f"{module}." in annotation))
    return annotation, code


def column_type(context: Context, type: Type, collation: Name | None = None) -> Code:
    """The type expression alone."""
    _, code = _column_type(context, type, collation)
    _need_for(context, code)
    return code


def _need_for(context: Context, code: Code) -> None:
    context.need(*(module for module in ("pg", "sa") if _uses(code, f"{module}.")))


def _uses(code: Code, module: str) -> bool:
    if isinstance(code, str):
        return code.startswith(module)
    return code.head.startswith(module) or any(_uses(item, module) for item in code.items)


def _column_type(context: Context, type: Type, collation: Name | None) -> tuple[str, Code]:
    if collation is not None:
        return _collated(context, type, collation)
    if type.dimensions:
        return _array(context, type)
    if type.schema == "pg_catalog":
        if not type.modifiers and type.name in PLAIN:
            return PLAIN[type.name]
        if type.modifiers and (found := _with_modifiers(type)) is not None:
            return found
        return unknown(context, type)
    name = Name(type.schema, type.name)
    if (enum := context.model.of_enum(name)) is not None:
        context.need(context.enum_variables[name])
        return enum.name if context.has_name(enum) else "str", context.enum_variables[name]
    if name in context.domains:
        # What the domain is made of is imported where it is defined.
        (annotation, _), _ = context.noted(lambda: _column_type(context, context.domains[name].type, None))
        context.need(context.domain_variables[name])
        return annotation, context.domain_variables[name]
    if type.schema in ("", "public") and type.name in EXTENSION_TYPES and not type.modifiers:
        return EXTENSION_TYPES[type.name]
    return unknown(context, type)


def unknown(context: Context, type: Type, tail: str = "", annotation: str = "Any") -> tuple[str, Code]:
    """A type that SQLAlchemy has no word for, by its SQL spelling."""
    context.need("SQLType")
    return annotation, call("SQLType", string(pgtypes.render(type) + tail))


def _array(context: Context, type: Type) -> tuple[str, Code]:
    annotation, code = _column_type(context, msgspec.structs.replace(type, dimensions=0), None)
    for _ in range(type.dimensions):
        annotation = f"list[{annotation}]"
    items: list[Code] = [code]
    if type.dimensions > 1:
        items.append(f"dimensions={type.dimensions}")
    if Name(type.schema, type.name) not in context.domains:
        return annotation, call("pg.ARRAY", *items)
    # pg.DOMAIN says nothing of its values' type, and an array of it would be one of unknowns.
    context.need("Any")
    return annotation, call("pg.ARRAY[Any]", *items)


def _collated(context: Context, type: Type, collation: Name) -> tuple[str, Code]:
    built_in = collation.schema in ("", "pg_catalog", "public") and _plain_collation(collation.name)
    if type.schema == "pg_catalog" and type.name in STRINGS and built_in and not type.dimensions:
        arguments = [*map(str, type.modifiers), f"collation={string(collation.name)}"]
        if type.name != "character" or type.modifiers:
            return "str", call(STRINGS[type.name], *arguments)
    annotation, _ = _column_type(context, type, None)
    return unknown(context, type, f" COLLATE {sql.name(collation)}", annotation)


def _with_modifiers(type: Type) -> tuple[str, Code] | None:
    make = _MODIFIED.get(type.name)
    return None if make is None else make(type.modifiers)


Modifiers = tuple[int | str, ...]


def _numbers(annotation: str, head: str) -> Callable[[Modifiers], tuple[str, Code] | None]:
    def make(modifiers: Modifiers) -> tuple[str, Code] | None:
        return annotation, Call(head, tuple(map(str, modifiers)))

    return make


def _numeric(modifiers: Modifiers) -> tuple[str, Code]:
    return "Decimal", Call("sa.Numeric", tuple(map(str, modifiers)))


def _moment(annotation: str, head: str, *zone: str) -> Callable[[Modifiers], tuple[str, Code] | None]:
    def make(modifiers: Modifiers) -> tuple[str, Code] | None:
        return annotation, call(head, f"precision={modifiers[0]}", *zone)

    return make


def _interval(modifiers: Modifiers) -> tuple[str, Code]:
    """The fields come first, then the precision."""
    arguments: list[Code] = []
    for value in modifiers:
        arguments.append(keyword("fields", string(value)) if isinstance(value, str) else f"precision={value}")
    return "dt.timedelta", call("pg.INTERVAL", *arguments)


def _bit_varying(modifiers: Modifiers) -> tuple[str, Code]:
    return "str", call("pg.BIT", str(modifiers[0]), "varying=True")


_MODIFIED: dict[str, Callable[[Modifiers], tuple[str, Code] | None]] = {
    "bit": _numbers("str", "pg.BIT"),
    "bit varying": _bit_varying,
    "character": _numbers("str", "sa.CHAR"),
    "character varying": _numbers("str", "sa.String"),
    "interval": _interval,
    "numeric": _numeric,
    "time with time zone": _moment("dt.time", "pg.TIME", "timezone=True"),
    "time without time zone": _moment("dt.time", "pg.TIME"),
    "timestamp with time zone": _moment("dt.datetime", "pg.TIMESTAMP", "timezone=True"),
    "timestamp without time zone": _moment("dt.datetime", "pg.TIMESTAMP"),
}
