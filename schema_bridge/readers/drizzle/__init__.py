"""Drizzle's snapshots: `migrations/meta/` by its journal, or one `…_snapshot.json`, of PostgreSQL in versions 5 to 9."""

from __future__ import annotations

from typing import Any

from schema_bridge.readers.drizzle import flat, journal, versions
from schema_bridge.readers.drizzle.document import Document
from schema_bridge.readers.drizzle.reading import schema_of
from schema_bridge.readers.drizzle.silent import SILENT
from schema_bridge.readers.drizzle.snapshot import Snapshot, decode
from schema_bridge.registry import Reading, Source

__all__ = ["SILENT", "read", "recognises"]

_OTHER_DIALECTS = ("mysql", "sqlite", "turso", "singlestore", "gel")
_DIALECTS = {"5": "pg", "6": "postgresql", "7": "postgresql", "8": "postgres", "9": "postgres"}
"""What PostgreSQL is called, by version."""


def recognises(source: Source) -> bool:
    """Whether the files are drizzle-kit's, also those of a dialect or version that `read` refuses; the SQL of its
    migrations may stand beside. Those that `old` reads are not meant."""
    return of_drizzle_kit(source) and not journal.all_old(source)


def of_drizzle_kit(source: Source) -> bool:
    """Whether all files are drizzle-kit's journals and snapshots, and SQL of its migrations."""
    files = [file for file in source.files if not (file.folder and file.path.endswith(".sql"))]
    ours = bool(files) and all(journal.is_journal(file) or journal.is_snapshot(file) for file in files)
    return ours and not journal.in_steps(source)


def read(source: Source) -> Reading:
    """The schema of the newest snapshot.

    SourceSyntax where it is no JSON; SourceMeaning where it is of another dialect or version, is not as drizzle-kit
    writes it, or holds a text that cannot be what its author meant; SourceMissing where the journal names another.
    """
    document = journal.newest(source)
    value = document.json()
    _refuse_strangers(document, value)
    if value["version"] in ("8", "9"):
        document = flat.Flat(document)
        entries = flat.brought_to_7(document, value)
    else:
        entries = versions.brought_to_7(value)
    schema = schema_of(document, decode(document, entries, Snapshot))
    return Reading(schema=schema, findings=document.said())


def _refuse_strangers(document: Document, value: Any) -> None:
    """Fail on what is no snapshot, or one of another dialect or version."""
    if not isinstance(value, dict) or "version" not in value or "dialect" not in value:
        document.fail("this is not a snapshot of drizzle-kit")
    dialect, version = value["dialect"], value["version"]
    if dialect in _OTHER_DIALECTS:
        document.fail(f"this is a snapshot of {dialect}; only PostgreSQL's can be read", "dialect")
    if _DIALECTS.get(version) != dialect:
        document.fail(
            f"this is a snapshot of version {version} ({dialect}); PostgreSQL's of versions 5 to 9 can be read",
            "version",
            hint="dump the schema itself: schema-bridge dump",
        )
