"""What a dump of a Drizzle schema holds: a snapshot's entries, with what drizzle-kit leaves out.

`serialize.json_schema(Dump)` describes the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from schema_bridge.readers.drizzle.snapshot import ColumnEntry, Entries, Entry, TableEntry, ViewEntry


class DumpColumn(ColumnEntry, frozen=True, kw_only=True):
    """`values` are those of `text({ enum })`, `typescript_type` what stands in `$type<…>`."""

    property: str
    values: tuple[str, ...] = ()
    client_default: bool = False
    on_update: bool = False
    mode: str | None = None
    data_type: str | None = None
    typescript_type: str | None = None


class DumpRelation(Entry, frozen=True, kw_only=True):
    """One side of a relation; `target` is the key of a table."""

    property: str
    target: str
    many: bool = False
    columns: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    relation_name: str | None = None


class DumpTable(TableEntry, frozen=True, kw_only=True):
    """`types` are the exported types that are inferred from the table."""

    columns: Mapping[str, DumpColumn]
    types: tuple[str, ...] = ()
    relations: tuple[DumpRelation, ...] = ()


class DumpView(ViewEntry, frozen=True, kw_only=True):
    columns: Mapping[str, DumpColumn] = {}
    types: tuple[str, ...] = ()


class Dump(Entries, frozen=True, kw_only=True):
    """The whole file. `files` are those the schema was loaded from, as seen from this one's folder, with SHA-256.

    `left_out` counts the tables and views that the filters of drizzle.config leave out; `stubbed` are packages that
    were not installed where the dump was made.
    """

    format: Literal["schema_bridge.drizzle"]
    version: Literal[1]
    drizzle_orm: str
    casing: str | None
    files: dict[str, str]
    left_out: int = 0
    stubbed: tuple[str, ...] = ()
    tables: Mapping[str, DumpTable]
    views: Mapping[str, DumpView] = {}
