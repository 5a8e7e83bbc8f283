"""Columns: the line in CREATE TABLE, and the ALTERs for what that line cannot say."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from schema_bridge import pgtypes
from schema_bridge.emit.sql import default, foreign_options, ident, name, options
from schema_bridge.ir import Column, Identity, Name, Type
from schema_bridge.statements import sequences


def definition(table: Name, column: Column, key: str = "") -> str:
    """`name type …` with everything that CREATE TABLE can state of a column but its checks; `key` is PRIMARY KEY or
    UNIQUE, where that stands beside the column."""
    if (
        column.identity is None
        and column.generated is None
        and column.collation is None
        and column.compression is None
        and column.not_null_constraint is None
        and not column.foreign_options
    ):
        return _common(column.name, column.type, column.default, (column.not_null, key))
    return _definition(table, column, key)


@cache
def _common(name: str, type: Type, value: str | None, not_null_and_key: tuple[bool, str]) -> str:
    """Most columns say no more, and many tables have the very same (`created_at timestamptz NOT NULL DEFAULT now()`)."""
    not_null, key = not_null_and_key
    return _definition(Name("", ""), Column(name=name, type=type, default=value, not_null=not_null), key)


def _definition(table: Name, column: Column, key: str) -> str:
    text = f"{ident(column.name)} {pgtypes.declared(column.type)}"
    if column.compression is not None:
        text += f" COMPRESSION {ident(column.compression)}"
    if column.foreign_options:
        text += f" {foreign_options(column.foreign_options)}"
    return text + constraints(table, column, key)


def constraints(table: Name, column: Column, key: str = "") -> str:
    """What follows the type, each after a blank: collation, NOT NULL, default and generation."""
    text = "" if column.collation is None else f" COLLATE {name(column.collation)}"
    stated = not_null(column)
    if stated and (key != "PRIMARY KEY" or column.not_null_constraint is not None):
        text += f" {stated}"
    if key:
        text += f" {key}"
    if column.default is not None:
        text += f" DEFAULT {default(column.default)}"
    if column.generated is not None:
        kind = "STORED" if column.generated.stored else "VIRTUAL"
        text += f" GENERATED ALWAYS AS ({column.generated.expression}) {kind}"
    if column.identity is not None:
        text += f" {identity(table, column.name, column.identity)}"
    return text


def not_null(column: Column) -> str:
    """NOT NULL with its own name; nothing for one that is NOT VALID, which only ALTER can state, or that an identity
    brings with it."""
    constraint = column.not_null_constraint
    if constraint is None:
        return "NOT NULL" if column.not_null and column.identity is None else ""
    if constraint.not_valid:
        return ""
    named = f"CONSTRAINT {ident(constraint.name)} " if constraint.name else ""
    return f"{named}NOT NULL{' NO INHERIT' if constraint.no_inherit else ''}"


def identity(table: Name, column: str, value: Identity) -> str:
    """GENERATED … AS IDENTITY, with what differs from the sequence that PostgreSQL makes by itself."""
    own = Name(table.schema, f"{table.name}_{column}_seq")
    words = [] if value.sequence == own and _fits(own) else [f"SEQUENCE NAME {name(value.sequence, public=True)}"]
    if value.persistence == "unlogged":
        words.append("UNLOGGED")
    words += sequences.options(value.options)
    kind = "ALWAYS" if value.always else "BY DEFAULT"
    return f"GENERATED {kind} AS IDENTITY" + (f" ({' '.join(words)})" if words else "")


def _fits(value: Name) -> bool:
    return len(value.name.encode()) <= 63


def settings(table: Name, columns: Iterable[Column]) -> list[str]:
    """The ALTERs for storage, statistics, options, and a not-null constraint that is not validated; most columns need
    none."""
    spoken = [
        column
        for column in columns
        if column.storage is not None
        or column.statistics is not None
        or column.options
        or column.not_null_constraint is not None
    ]
    return [statement for column in spoken for statement in _settings(table, column)]


def _settings(table: Name, column: Column) -> list[str]:
    alter = f"ALTER TABLE ONLY {name(table)} ALTER COLUMN {ident(column.name)}"
    constraint = column.not_null_constraint
    found = []
    if column.storage is not None:
        found.append(f"{alter} SET STORAGE {column.storage.upper()}")
    if column.statistics is not None:
        found.append(f"{alter} SET STATISTICS {column.statistics}")
    if column.options:
        found.append(f"{alter} SET ({options(column.options)})")
    if constraint is not None and constraint.not_valid:
        found.append(f"{add_not_null(table, column)} NOT VALID")
    return found


def add_not_null(table: Name, column: Column) -> str:
    """The ALTER that adds a not-null constraint that is a fact of its own; nothing where there is none."""
    constraint = column.not_null_constraint
    if constraint is None:
        return ""
    named = f"CONSTRAINT {ident(constraint.name)} " if constraint.name else ""
    inherit = " NO INHERIT" if constraint.no_inherit else ""
    return f"ALTER TABLE {name(table)} ADD {named}NOT NULL {ident(column.name)}{inherit}"


def add(table: Name, column: Column) -> str:
    return f"ALTER TABLE {name(table)} ADD COLUMN {definition(table, column)}"


def drop(table: Name, column: str) -> str:
    return f"ALTER TABLE {name(table)} DROP COLUMN {ident(column)}"


def set_default(table: Name, column: str, expression: str) -> str:
    """The default of this very table's column: partitions and children keep their own."""
    return f"ALTER TABLE ONLY {name(table)} ALTER COLUMN {ident(column)} SET DEFAULT {default(expression)}"
