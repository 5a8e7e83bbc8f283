"""Readers and writers by name: ours from the tables below, strangers' through entry points; loaded when asked for.

A reader is a module with `SILENT`, `recognises` and `read`; a writer is a module with `Options`, `DROPS`, `write` and
`unexpressed`. The protocols below are their contracts. `SILENT` and `DROPS` are keyed by `Class` or `Class.field` of
the IR (`Table.tablespace`) and say why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any, Protocol, cast

import msgspec

from schema_bridge.errors import Finding, OptionError
from schema_bridge.ir import Schema

READERS = {
    "database": "schema_bridge.readers.database",
    "ir": "schema_bridge.readers.ir_json",
    "drizzle": "schema_bridge.readers.drizzle.dump",
    "sqlalchemy": "schema_bridge.readers.sqlalchemy",
    "drizzle-snapshot": "schema_bridge.readers.drizzle",
    "drizzle-snapshot-6": "schema_bridge.readers.drizzle.old",
    "sql": "schema_bridge.readers.sql",
}
"""In the order in which they are asked whether a source is theirs: those that are imported fastest first."""

WRITERS = {
    "sqlalchemy": "schema_bridge.writers.sqlalchemy",
    "sqlmodel": "schema_bridge.writers.sqlalchemy.sqlmodel",
    "pydantic": "schema_bridge.writers.pydantic",
    "validation": "schema_bridge.writers.validation",
    "ddl": "schema_bridge.writers.ddl",
    "ir_json": "schema_bridge.writers.ir_json",
}


class SourceFile(msgspec.Struct, frozen=True):
    """A file as it was read: `path` as it is shown in origins and errors (posix), and its bytes; `folder` is the folder
    of migrations in which it was found, empty where the file itself was named."""

    path: str
    data: bytes
    folder: str = ""


class Source(msgspec.Struct, frozen=True):
    """What a reader is given. `name` is what the user wrote, the URL of a database too; `files` are in the order in
    which they apply, those of one folder in any order. `around` is what another source makes, where this one adds to that. `variables` are psql's, given from outside; `include` reads a
    file that a file names (raises SourceMissing), and is None where nothing else may be read."""

    name: str
    files: tuple[SourceFile, ...]
    variables: Mapping[str, str] = {}
    include: Callable[[str], SourceFile] | None = None
    around: Schema | None = None


class Reading(msgspec.Struct, frozen=True):
    """What a reader gives: the schema, what it wants said, how many statements of each kind it stepped over because
    they are data or session settings (`INSERT`: 3), what this very source cannot state beyond its reader's `SILENT`,
    and the major version of the server that told it."""

    schema: Schema
    findings: tuple[Finding, ...] = ()
    skipped: dict[str, int] = {}
    silent: Mapping[str, str] = {}
    server: int | None = None


class Reader(Protocol):
    SILENT: Mapping[str, str]

    def recognises(self, source: Source) -> bool:
        """Whether this source is of the reader's kind: cheap, from names and first bytes; never raises."""
        ...

    def read(self, source: Source) -> Reading:
        """SourceError with an origin where the input is bad."""
        ...


class Writer(Protocol):
    Options: type[Any]
    DROPS: Mapping[str, str]

    def write(self, schema: Schema, options: Any) -> dict[str, str]:
        """Relative posix path -> text, LF line ends, one final newline. Pure: no file, clock or environment."""
        ...

    def unexpressed(self, schema: Schema, options: Any) -> tuple[Finding, ...]:
        """What this very schema holds and this writer leaves out beyond `DROPS`, one finding each, sorted."""
        ...


def reader(name: str) -> Reader:
    """The reader of that name; OptionError naming the nearest known one."""
    return cast(Reader, _load(name, READERS, "reader"))


def writer(name: str) -> Writer:
    """The writer of that name; OptionError naming the nearest known one."""
    return cast(Writer, _load(name, WRITERS, "writer"))


def write_and_tell(writer: Writer, schema: Schema, options: Any) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """What `write` and `unexpressed` give; a writer whose two are one work offers both in a function of this name."""
    both = getattr(writer, "write_and_tell", None)
    if both is not None:
        return cast(tuple[dict[str, str], tuple[Finding, ...]], both(schema, options))
    return writer.write(schema, options), writer.unexpressed(schema, options)


def _load(name: str, known: Mapping[str, str], kind: str) -> Any:
    if name in known:
        return import_module(known[name])
    from importlib.metadata import entry_points  # 20 ms, and strangers are rare

    points = {point.name: point for point in entry_points(group=f"schema_bridge.{kind}s")}
    if name in points:
        return points[name].load()
    names = sorted({*known, *points})
    near = get_close_matches(name, names, n=1)
    meant = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(names)}"
    raise OptionError(f"no {kind} is called {name}{meant}")
