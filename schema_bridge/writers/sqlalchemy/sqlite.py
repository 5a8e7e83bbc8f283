"""What SQLite has in place of PostgreSQL's types and defaults, where models are to work on both, and what it has not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schema_bridge.emit import sql
from schema_bridge.emit.python import Call, Chained, Code, call, string
from schema_bridge.errors import Finding
from schema_bridge.ir import Column, Name, Table, Type
from schema_bridge.writers.sqlalchemy.column_types import STRINGS, column_type
from schema_bridge.writers.sqlalchemy.context import Context, schema_of
from schema_bridge.writers.sqlalchemy.sql_texts import argument, text

INTEGERS = ("smallint", "integer", "bigint")
_TEXTS = (*STRINGS, "json", "jsonb", "uuid")
_CLOCK = re.compile(
    r"\(?(?:now\(\)|current_timestamp|localtimestamp|(?:transaction|statement|clock)_timestamp\(\))\)?", re.IGNORECASE
).fullmatch
_TODAY = re.compile(r"\(?(?:current_date|now\(\)::date)\)?", re.IGNORECASE).fullmatch
_NUMBER = re.compile(r"\(?'?(-?\d+(?:\.\d+)?)'?\)?(?:::[\w ]+(?:\([\d, ]+\))?)?").fullmatch
_QUOTED = re.compile(r"('(?:[^']|'')*')(?:::[\w. \"]+(?:\([\d, ]+\))?(?:\[\])*)?").fullmatch
_LIST = re.compile(r"ARRAY\[((?:'[^'\"\\]*'(?:, *)?)*)\](?:::[\w ]+\[\])?", re.IGNORECASE).fullmatch


def type_on_both(context: Context, table: Table, column: Column, code: Code) -> Code:
    """The type, with the one that SQLite takes instead where it has no such type."""
    other = _other_type(context, table, column, code)
    if other is None:
        return code
    if other == "UTCDateTime()":
        context.need("UTCDateTime")
    if isinstance(code, str):
        return call(f"{made(context, code)}.with_variant", other, string("sqlite"))
    return Chained("with_variant", (other, string("sqlite")), first=code)


def made(context: Context, type: Code) -> Code:
    """An object of a type: calls, and the variables of enums and domains, are such already."""
    if not isinstance(type, str):
        return type
    variables = (*context.domain_variables.values(), *context.enum_variables.values())
    return type if "(" in type or type in variables else f"{type}()"


def default_on_both(context: Context, column: Column) -> Code:
    """The server's default, with another text for SQLite where it differs there."""
    own = sql.default(column.default or "")
    other = _other_default(context, column) or "NULL"
    escaped = argument(own)
    if other == own or isinstance(escaped, Call):
        return text(own)
    context.need("Either")
    return call("Either", escaped, string(other))


def findings(context: Context) -> Iterator[Finding]:
    """What SQLite does without."""
    for table in context.tables.values():
        if schema_of(table.name) is not None:
            yield Finding(f"SQLite has no schemas: {table.name} needs a schema_translate_map there", table.origin)
        for column in table.columns:
            where = f"{table.name}.{column.name}"
            if _is_text(context, column):
                yield Finding(f"on SQLite {where} is text", column.origin)
            if _needs_value(context, table, column):
                yield Finding(f"on SQLite {where} has no default", column.origin)


def _needs_value(context: Context, table: Table, column: Column) -> bool:
    if not column.not_null or column.default is None or is_random(column) or _is_key(table, column):
        return False
    return _other_default(context, column) is None


_RANDOM = re.compile(r"\(?(?:\w+\.)?(?:gen_random_uuid|uuid_generate_v4)\(\)\)?(?:::[\w ]+)?", re.IGNORECASE).fullmatch


def is_random(column: Column) -> bool:
    """Whether the database fills the column with random UUIDs."""
    return column.default is not None and _RANDOM(column.default) is not None


def _other_type(context: Context, table: Table, column: Column, code: Code) -> str | None:
    base = _base(context, column.type)
    if base.dimensions or (base.name in ("json", "jsonb") and context.style == "sqlmodel"):
        return "sa.JSON(none_as_null=True)"
    if base.name in ("json", "jsonb"):
        return "sa.JSON()"
    if base.name == "timestamp with time zone":
        return "UTCDateTime()"
    if _is_key(table, column) and base.name in INTEGERS:
        return "sa.Integer()" if base.name != "integer" or base != column.type else None
    if _is_text(context, column):
        return "sa.String()"
    if base != column.type or column.collation is not None:
        plain = made(context, column_type(context, base))
        return plain if isinstance(plain, str) else str(plain.flat)
    if base.name == "interval" and base.modifiers:
        return "sa.Interval()"
    return None if _is_known(code) else "sa.String()"


def _is_text(context: Context, column: Column) -> bool:
    """Whether SQLite keeps the values as text, although they are none to Python."""
    base = _base(context, column.type)
    if base.dimensions or base.name in ("json", "jsonb", "interval"):
        return False
    return context.model.of_enum(Name(base.schema, base.name)) is None and not _is_known(column_type(context, base))


def _is_known(code: Code) -> bool:
    head = code if isinstance(code, str) else code.head
    return not head.startswith(("pg.", "SQLType")) or head in ("pg.TIME", "pg.TIMESTAMP")


def _base(context: Context, type: Type) -> Type:
    """What a domain is made of in the end."""
    while not type.dimensions and (domain := context.domains.get(Name(type.schema, type.name))) is not None:
        type = domain.type
    return type


def _is_key(table: Table, column: Column) -> bool:
    return table.primary_key is not None and table.primary_key.columns == (column.name,)


def _other_default(context: Context, column: Column) -> str | None:
    """The default as SQLite has it; None where it has none."""
    stated, base = (column.default or "").strip(), _base(context, column.type)
    if base.name.startswith("timestamp") and _CLOCK(stated):
        return "CURRENT_TIMESTAMP"
    if base.name == "date" and (_TODAY(stated) or _CLOCK(stated)):
        return "CURRENT_DATE"
    if base.dimensions:
        return _other_list(stated)
    if stated.lower() in ("true", "false"):
        return "1" if stated.lower() == "true" else "0"
    is_enum = context.model.of_enum(Name(base.schema, base.name)) is not None
    if (quoted := _QUOTED(stated)) and (is_enum or base.name in _TEXTS):
        return quoted[1]
    number = _NUMBER(stated) if base.name in (*INTEGERS, "numeric", "real", "double precision") else None
    return number[1] if number else None


def _other_list(stated: str) -> str | None:
    """A default of an array, as the JSON that is kept instead."""
    quoted = _QUOTED(stated)
    if quoted and quoted[1] == "'{}'":
        return "'[]'"
    found = _LIST(stated)
    return None if found is None else "'[" + found[1].replace("'", '"') + "]'"
