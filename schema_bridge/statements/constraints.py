"""Keys, checks, foreign keys and exclusions: as an element of CREATE TABLE and as ALTER TABLE … ADD."""

from __future__ import annotations

from functools import cache
from typing import assert_never

from schema_bridge.emit.sql import ident, name, operator, options
from schema_bridge.ir import Check, Exclusion, ForeignKey, Name, PrimaryKey, Unique
from schema_bridge.statements.indexes import part
from schema_bridge.statements.objects import Constraint


def definition(constraint: Constraint) -> str:
    """`CONSTRAINT name …` with all that the constraint says."""
    return f"CONSTRAINT {ident(constraint.name)} {body(constraint)}"


def add(table: Name, constraint: Constraint) -> str:
    return f"ALTER TABLE {name(table)} ADD {definition(constraint)}"


def add_only(table: Name, constraint: Constraint) -> str:
    """As `add`, on a partitioned table alone: its partitions' own are attached one by one."""
    return f"ALTER TABLE ONLY {name(table)} ADD {definition(constraint)}"


def drop(table: Name, constraint: Constraint) -> str:
    return f"ALTER TABLE {name(table)} DROP CONSTRAINT {ident(constraint.name)}"


def body(constraint: Constraint) -> str:
    """What follows the constraint's name."""
    match constraint:
        case Check():
            return check(constraint)
        case ForeignKey():
            return _foreign_key(constraint)
        case PrimaryKey() | Unique():
            return _key(constraint)
        case Exclusion():
            return _exclusion(constraint)
        case _:
            assert_never(constraint)


def check(constraint: Check) -> str:
    """CHECK (…) with its flags, for tables and domains."""
    text = f"CHECK ({constraint.expression})"
    if constraint.no_inherit:
        text += " NO INHERIT"
    if constraint.not_enforced:
        text += " NOT ENFORCED"
    elif constraint.not_valid:
        text += " NOT VALID"
    return text


@cache
def _columns(columns: tuple[str, ...], last: str = "", first: str = "") -> str:
    *others, final = columns
    return f"({''.join([ident(other) + ', ' for other in others])}{first}{ident(final)}{last})"


def _key(key: PrimaryKey | Unique) -> str:
    text = "UNIQUE " if isinstance(key, Unique) else "PRIMARY KEY "
    if isinstance(key, Unique) and key.nulls_not_distinct:
        text += "NULLS NOT DISTINCT "
    text += _columns(key.columns, last=" WITHOUT OVERLAPS" if key.without_overlaps else "")
    return text + _index_words(key) + _deferrable(key)


def _index_words(key: PrimaryKey | Unique | Exclusion) -> str:
    text = f" INCLUDE {_columns(key.include)}" if key.include else ""
    if key.options:
        text += f" WITH ({options(key.options)})"
    if key.tablespace is not None:
        text += f" USING INDEX TABLESPACE {ident(key.tablespace)}"
    return text


def _deferrable(constraint: PrimaryKey | Unique | ForeignKey | Exclusion) -> str:
    if not constraint.deferrable:
        return ""
    return " DEFERRABLE INITIALLY DEFERRED" if constraint.initially_deferred else " DEFERRABLE"


def _foreign_key(key: ForeignKey) -> str:
    period = "PERIOD " if key.period else ""
    text = f"FOREIGN KEY {_columns(key.columns, first=period)} REFERENCES {name(key.table)}"
    if key.referenced_columns:
        text += f" {_columns(key.referenced_columns, first=period)}"
    if key.match != "simple":
        text += f" MATCH {key.match.upper()}"
    if key.on_update != "no action":
        text += f" ON UPDATE {key.on_update.upper()}"
    if key.on_delete != "no action":
        text += f" ON DELETE {key.on_delete.upper()}"
        if key.set_columns:
            text += f" {_columns(key.set_columns)}"
    text += _deferrable(key)
    if key.not_enforced:
        text += " NOT ENFORCED"
    elif key.not_valid:
        text += " NOT VALID"
    return text


def _exclusion(exclusion: Exclusion) -> str:
    parts = ", ".join(f"{part(p.part)} WITH {operator(p.operator)}" for p in exclusion.parts)
    text = f"EXCLUDE USING {ident(exclusion.method)} ({parts})" + _index_words(exclusion)
    if exclusion.where is not None:
        text += f" WHERE ({exclusion.where})"
    return text + _deferrable(exclusion)
