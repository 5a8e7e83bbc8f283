"""Functions and procedures, with their settings in the spelling of the SQL reader."""

from __future__ import annotations

from collections.abc import Iterator

from schema_bridge.emit.sql import literal
from schema_bridge.ir import Function, Option
from schema_bridge.readers.database.told import Told
from schema_bridge.readers.sql.routines import LIST_SETTINGS


def functions(told: Told) -> Iterator[Function]:
    """Every function, window function and procedure."""
    for row in told.rows("functions"):
        settings = tuple(_setting(item["name"], item["value"]) for item in row["settings"] or ())
        yield told.node(Function, row, settings=settings)


def _setting(name: str, value: str) -> Option:
    """The server keeps the names of a list as identifiers, any other value bare."""
    if name.lower() in LIST_SETTINGS:
        return Option(name=name, value=value.replace('""', "''"))
    return Option(name=name, value=literal(value))
