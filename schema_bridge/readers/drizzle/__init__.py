"""Drizzle's snapshots: `migrations/meta/` by its journal, or one `…_snapshot.json`, of PostgreSQL in version 7."""

from __future__ import annotations

from typing import Any

from schema_bridge.readers.drizzle import journal
from schema_bridge.readers.drizzle.document import Document
from schema_bridge.readers.drizzle.reading import schema_of
from schema_bridge.readers.drizzle.silent import SILENT
from schema_bridge.readers.drizzle.snapshot import Snapshot, decode
from schema_bridge.readers.drizzle.versions import brought_to_7
from schema_bridge.registry import Reading, Source

__all__ = ["SILENT", "read", "recognises"]

_OTHER_DIALECTS = ("mysql", "sqlite", "turso", "singlestore", "gel")


def recognises(source: Source) -> bool:
    """Whether the files are drizzle-kit's, also those of a dialect or version that `read` refuses; the SQL of its
    migrations may stand beside."""
    files = [file for file in source.files if not (file.folder and file.path.endswith(".sql"))]
    return bool(files) and all(journal.is_journal(file) or journal.is_snapshot(file) for file in files)


def read(source: Source) -> Reading:
    """The schema of the newest snapshot.

    SourceSyntax where it is no JSON; SourceMeaning where it is of another dialect or version, is not as drizzle-kit
    writes it, or holds a text that cannot be what its author meant; SourceMissing where the journal names another.
    """
    document = journal.newest(source)
    value = document.json()
    _refuse_strangers(document, value)
    schema = schema_of(document, decode(document, brought_to_7(value), Snapshot))
    return Reading(schema=schema, findings=document.said())


def _refuse_strangers(document: Document, value: Any) -> None:
    """Fail on what is no snapshot, or one of another dialect or version."""
    if not isinstance(value, dict) or "version" not in value or "dialect" not in value:
        document.fail("this is not a snapshot of drizzle-kit")
    dialect, version = value["dialect"], value["version"]
    if dialect in _OTHER_DIALECTS:
        document.fail(f"this is a snapshot of {dialect}; only PostgreSQL's can be read", "dialect")
    if (dialect, version) != ("postgresql", "7"):
        upgrade = "run `drizzle-kit up` with drizzle-kit 0.31 to bring it to version 7"
        document.fail(
            f"this is a snapshot of version {version} ({dialect}); only version 7 (postgresql) can be read",
            "version",
            hint=upgrade if dialect in ("pg", "postgresql") else None,
        )
