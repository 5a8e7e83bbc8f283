"""Chooses among the sources of a repository the one to generate from, and tells how far the others agree with it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from schema_bridge import project
from schema_bridge.comparison import Report
from schema_bridge.errors import SchemaBridgeError, SourceMissing
from schema_bridge.project import comparing, stale, truth
from schema_bridge.project.comparing import Named
from schema_bridge.project.discovery import Candidate, Kind

_ORDER: Sequence[Kind] = ("drizzle", "dump", "snapshot", "migrations", "sql", "models")
"""What states a schema best comes first: who is written by hand before who follows."""

_WHY: Mapping[Kind, str] = {
    "drizzle": "the Drizzle schema itself",
    "dump": "a dump of the Drizzle schema, which says all that the schema does",
    "snapshot": "the newest snapshot of drizzle-kit",
    "migrations": "a folder of migrations, what was really applied",
    "sql": "the SQL file that creates most",
    "models": "models, because nothing else states a schema",
}


class Read(msgspec.Struct, frozen=True):
    """A source that was read, and what it states."""

    candidate: Candidate
    named: Named


class Beside(msgspec.Struct, frozen=True):
    """Another source, and in which facts it differs: from the chosen one, or from another that agrees with that."""

    read: Read
    against: Read
    report: Report


class Unread(msgspec.Struct, frozen=True):
    """A source that could not be read, and why."""

    candidate: Candidate
    why: str


class Choice(msgspec.Struct, frozen=True):
    """The source to generate from, why this one, and the others. Those that agree do so with each other too."""

    read: Read
    why: str
    beside: tuple[Beside, ...] = ()
    unread: tuple[Unread, ...] = ()


def choose(candidates: Sequence[Candidate]) -> Choice:
    """Read all of them and choose; SourceMissing where none makes a table. Models are imported, Drizzle schemas loaded."""
    read: list[Read] = []
    unread: list[Unread] = []
    for candidate in candidates:
        try:
            source = project.load([candidate.source])
            stale.refuse(source)
            named = truth.named(source, None)
        except SchemaBridgeError as error:
            unread.append(Unread(candidate, str(error)))
            continue
        if named[1].schema.tables:
            read.append(Read(candidate, named))
    wholes = [found.candidate for found in read if found.candidate.kind == "migrations" or found.candidate.is_pieces]
    read = [found for found in read if not _is_part(found.candidate, wholes)]
    unread = [found for found in unread if not _is_part(found.candidate, wholes)]
    if not read:
        raise SourceMissing(_nothing(unread), hint="name one: schema-bridge generate SOURCE -o DIR")
    read.sort(key=lambda found: (_ORDER.index(found.candidate.kind), -len(found.named[1].schema.tables)))
    chosen, *others = read
    return Choice(chosen, _why(chosen, unread), tuple(_beside(chosen, others)), tuple(unread))


def _is_part(candidate: Candidate, wholes: Sequence[Candidate]) -> bool:
    """Whether it is one of the SQL files that were read together already."""
    home = os.path.dirname(candidate.source) or "."
    return candidate.kind == "sql" and candidate not in wholes and home in {whole.source for whole in wholes}


def _nothing(unread: Sequence[Unread]) -> str:
    if not unread:
        return "nothing here creates a table: no Drizzle schema, migrations, SQL or models were found"
    reasons = "\n".join(
        found.why if found.why.startswith(found.candidate.source) else f"{found.candidate.source}: {found.why}"
        for found in unread
    )
    return f"nothing that was found can be read\n{reasons}"


def _why(chosen: Read, unread: Sequence[Unread]) -> str:
    kind, tables = chosen.candidate.kind, len(chosen.named[1].schema.tables)
    better = [u.candidate.source for u in unread if _ORDER.index(u.candidate.kind) < _ORDER.index(kind)]
    why = "the SQL files of a folder, which create different tables" if chosen.candidate.is_pieces else _WHY[kind]
    because = f", because {' and '.join(better)} cannot be read here" if better else ""
    return f"{why} ({tables} table{'' if tables == 1 else 's'}){because}"


def _beside(chosen: Read, others: Sequence[Read]) -> Iterator[Beside]:
    """What the chosen source cannot state, two others may state differently: each is held to all that agree."""
    agreeing = [chosen]
    for read in others:
        reports = [(one, comparing.compare_read([one.named, read.named]).report) for one in agreeing]
        against, report = next(((one, report) for one, report in reports if report), reports[0])
        if not report:
            agreeing.append(read)
        yield Beside(read, against, report)
