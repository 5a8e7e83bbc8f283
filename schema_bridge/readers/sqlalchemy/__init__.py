"""SQLAlchemy and SQLModel models: the DDL that their own metadata makes, read as any other SQL.

So there is one understanding of SQL in the house. `program.py` gets the DDL, in the Python of the models.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from msgspec.structs import replace

from schema_bridge.errors import SourceSyntax
from schema_bridge.ir import Column, ColumnNotes, Node, Origin, Schema, Table, facts
from schema_bridge.readers import sql
from schema_bridge.registry import Reading, Source, SourceFile

FORMAT = "schema_bridge.metadata"
SILENT: Mapping[str, str] = {}
"""What the models at hand say nothing of is found out when they are read: listeners may make anything."""

WHY = "models say it only through listeners, and these have none for it"
_STATED = frozenset({"tables", "enums", "domains", "sequences", "unmodelled", "external_tables"})
"""The lists of a schema that SQLAlchemy makes without listeners."""
_HUNG = ("policies", "triggers", "rules")
_SAID_OF_TABLES = ("row_security", "force_row_security", "owner")


def recognises(source: Source) -> bool:
    """One file whose beginning names the format."""
    return len(source.files) == 1 and f'"{FORMAT}"'.encode() in source.files[0].data[:200]


def read(source: Source) -> Reading:
    """The schema that models state; SourceError where their DDL cannot be understood."""
    file = source.files[0]
    try:
        dump = json.loads(file.data)
        text = "".join(f"{statement};\n" for statement in dump["statements"])
    except (ValueError, KeyError, TypeError) as error:
        raise SourceSyntax(f"this is not what models state: {error}", origin=Origin(file.path, 1)) from error
    reading = sql.read(Source(source.name, (SourceFile(file.path, text.encode()),)))
    lines = list(accumulate((statement.count("\n") + 1 for statement in dump["statements"]), initial=1))
    schema = _moved(reading.schema, _Lines(file.path, lines, dump["stated_at"]))
    schema = replace(schema, tables=tuple(_placed(table, dump) for table in schema.tables))
    return replace(reading, schema=schema, silent=_silent(schema))


class _Lines(NamedTuple):
    """The lines of the DDL at which its statements begin, and where each of these really comes from."""

    file: str
    begins: Sequence[int]
    places: Sequence[str | None]

    def home(self, origin: Origin | None) -> Origin:
        """The place in the models; the file alone where that is not known."""
        place = self.places[bisect_right(self.begins, origin.line) - 1] if origin is not None else None
        return _origin(place) or Origin(self.file, 0)


def _moved(schema: Schema, lines: _Lines) -> Schema:
    """The schema with its objects at their places in the models, not in the DDL that these make."""
    changed = {
        fact.name: tuple(replace(node, origin=lines.home(node.origin)) for node in getattr(schema, fact.name))
        for fact in facts(Schema)
        if fact.items is not None and issubclass(fact.items, Node)
    }
    return replace(schema, **changed)


def _placed(table: Table, dump: Mapping[str, Any]) -> Table:
    """The table with the places of its class and attributes, and with what Python does for its columns."""
    places = dump["places"]
    keys = [f"{table.name.schema}.{table.name.name}", table.name.name]
    key = next((key for key in keys if key in places), keys[-1] if table.name.schema == "public" else keys[0])
    home = _origin(places.get(key)) or table.origin
    changed: dict[str, Any] = {"origin": home}
    for fact in facts(Table):
        value = getattr(table, fact.name)
        if fact.name == "columns":
            changed["columns"] = tuple(_placed_column(column, f"{key}.{column.name}", home, dump) for column in value)
        elif isinstance(value, tuple) and value and hasattr(value[0], "origin"):
            changed[fact.name] = tuple(replace(node, origin=home) for node in value)
        elif hasattr(value, "origin"):
            changed[fact.name] = replace(value, origin=home)
    return replace(table, **changed)


def _placed_column(column: Column, key: str, home: Origin | None, dump: Mapping[str, Any]) -> Column:
    origin = _origin(dump["places"].get(key)) or home
    client, update = key in dump["client_defaults"], key in dump["on_update"]
    if not (client or update):
        return replace(column, origin=origin)
    return replace(column, origin=origin, notes=ColumnNotes(client_default=client, on_update=update))


def _origin(place: str | None) -> Origin | None:
    if place is None:
        return None
    file, _, line = place.rpartition(":")
    return Origin(file, int(line))


def _silent(schema: Schema) -> dict[str, str]:
    """What no listener of these models makes."""
    silent = {
        fact.items.__name__: WHY
        for fact in facts(Schema)
        if fact.items is not None and fact.name not in _STATED and not getattr(schema, fact.name)
    }
    for fact in facts(Table):
        if fact.name in _HUNG and fact.items and not any(getattr(table, fact.name) for table in schema.tables):
            silent[fact.items.__name__] = WHY
        elif fact.name in _SAID_OF_TABLES and all(getattr(t, fact.name) == fact.default for t in schema.tables):
            silent[f"Table.{fact.name}"] = WHY
    return silent
