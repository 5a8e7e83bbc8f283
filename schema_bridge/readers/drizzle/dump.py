"""The dump of a Drizzle schema, as `schema-bridge dump` makes it: what the loaded module and its text state."""

from __future__ import annotations

import posixpath
from typing import Any

from schema_bridge.ir import Origin
from schema_bridge.readers.drizzle.document import Document
from schema_bridge.readers.drizzle.dump_entries import Dump
from schema_bridge.readers.drizzle.notes import with_notes
from schema_bridge.readers.drizzle.reading import schema_of
from schema_bridge.readers.drizzle.silent import SILENT_DUMP as SILENT
from schema_bridge.readers.drizzle.snapshot import decode
from schema_bridge.registry import Reading, Source, SourceFile

__all__ = ["SILENT", "Dump", "parse", "read", "recognises"]

FORMAT = "schema_bridge.drizzle"
VERSION = 1


class _Dumped(Document):
    """A dump while it is read: its entries know their places in the files of TypeScript."""

    def __init__(self, file: SourceFile) -> None:
        super().__init__(file)
        self.value: Any = self.json()

    def origin(self, *keys: str) -> Origin:
        """Where the entry stands in its own file, or the nearest around it that is known."""
        value, place = self.value, None
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
            place = value.get("at", place) if isinstance(value, dict) else place
        file, _, line = str(place).rpartition(":")
        if not line.isdigit():
            return super().origin(*keys)
        return Origin(posixpath.normpath(posixpath.join(posixpath.dirname(self.path), file)), int(line))


def recognises(source: Source) -> bool:
    """One JSON file whose beginning names the format."""
    return len(source.files) == 1 and f'"{FORMAT}"'.encode() in source.files[0].data[:200]


def read(source: Source) -> Reading:
    """The schema of one dump; SourceSyntax or SourceMeaning, mostly at a line of TypeScript, where it is not one."""
    document, dump = _parsed(source.files[0])
    for package in dump.stubbed:
        document.warn(f"package {package} was not installed where the dump was made: what it states is unknown")
    return Reading(schema=with_notes(schema_of(document, dump), dump, document), findings=document.said())


def parse(file: SourceFile) -> Dump:
    """The dump in a file, as it stands."""
    return _parsed(file)[1]


def _parsed(file: SourceFile) -> tuple[_Dumped, Dump]:
    document = _Dumped(file)
    version = document.value.get("version") if isinstance(document.value, dict) else None
    if version != VERSION:
        document.fail(
            f"this is version {version} of a dump, and version {VERSION} is read here",
            "version",
            hint="make it again: schema-bridge dump",
        )
    return document, decode(document, document.value, Dump)
