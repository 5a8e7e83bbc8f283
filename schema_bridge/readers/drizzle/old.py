"""Drizzle's snapshots of versions 5 and 6 (drizzle-kit 0.20 and 0.21), which know far less than those of version 7."""

from __future__ import annotations

from schema_bridge.readers import drizzle
from schema_bridge.readers.drizzle import journal
from schema_bridge.readers.drizzle.silent import SILENT_OLD as SILENT
from schema_bridge.registry import Reading, Source

__all__ = ["SILENT", "read", "recognises"]


def recognises(source: Source) -> bool:
    """Whether the files are drizzle-kit's and the snapshots of PostgreSQL are of these versions."""
    return drizzle.of_drizzle_kit(source) and journal.all_old(source)


def read(source: Source) -> Reading:
    """The schema of the newest snapshot, with the errors of the newer ones."""
    return drizzle.read(source)
