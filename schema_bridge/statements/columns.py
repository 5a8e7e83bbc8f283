"""Columns: the line in CREATE TABLE, and the ALTERs for what that line cannot say."""

from __future__ import annotations

from schema_bridge import pgtypes
from schema_bridge.emit.sql import default, foreign_options, ident, name, options
from schema_bridge.ir import Column, Identity, Name
from schema_bridge.statements import sequences


def definition(table: Name, column: Column, key: str = "") -> str:
    """`name type …` with everything that CREATE TABLE can state of a column but its checks; `key` is PRIMARY KEY or
    UNIQUE, where that stands beside the column."""
    words = [ident(column.name), pgtypes.declared(column.type)]
    if column.compression is not None:
        words.append(f"COMPRESSION {ident(column.compression)}")
    if column.foreign_options:
        words.append(foreign_options(column.foreign_options))
    return " ".join([*words, *constraints(table, column, key)])


def constraints(table: Name, column: Column, key: str = "") -> list[str]:
    """What follows the type: collation, NOT NULL, default and generation."""
    words = []
    if column.collation is not None:
        words.append(f"COLLATE {name(column.collation)}")
    stated = not_null(column)
    if stated and (key != "PRIMARY KEY" or column.not_null_constraint is not None):
        words.append(stated)
    if key:
        words.append(key)
    if column.default is not None:
        words.append(f"DEFAULT {default(column.default)}")
    if column.generated is not None:
        kind = "STORED" if column.generated.stored else "VIRTUAL"
        words.append(f"GENERATED ALWAYS AS ({column.generated.expression}) {kind}")
    if column.identity is not None:
        words.append(identity(table, column.name, column.identity))
    return words


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


def settings(table: Name, column: Column) -> list[str]:
    """The ALTERs for storage, statistics, options, and a not-null constraint that is not validated."""
    constraint = column.not_null_constraint
    if constraint is None and column.storage is None and column.statistics is None and not column.options:
        return []
    alter = f"ALTER TABLE ONLY {name(table)} ALTER COLUMN {ident(column.name)}"
    found = []
    if column.storage is not None:
        found.append(f"{alter} SET STORAGE {column.storage.upper()}")
    if column.statistics is not None:
        found.append(f"{alter} SET STATISTICS {column.statistics}")
    if column.options:
        found.append(f"{alter} SET ({options(column.options)})")
    if constraint is not None and constraint.not_valid:
        named = f"CONSTRAINT {ident(constraint.name)} " if constraint.name else ""
        inherit = " NO INHERIT" if constraint.no_inherit else ""
        found.append(f"ALTER TABLE {name(table)} ADD {named}NOT NULL {ident(column.name)}{inherit} NOT VALID")
    return found


def add(table: Name, column: Column) -> str:
    return f"ALTER TABLE {name(table)} ADD COLUMN {definition(table, column)}"


def drop(table: Name, column: str) -> str:
    return f"ALTER TABLE {name(table)} DROP COLUMN {ident(column)}"


def set_default(table: Name, column: str, expression: str) -> str:
    """The default of this very table's column: partitions and children keep their own."""
    return f"ALTER TABLE ONLY {name(table)} ALTER COLUMN {ident(column)} SET DEFAULT {default(expression)}"
