"""Folders of migrations: which files are steps forward, and in what order they apply; the way back inside a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

import msgspec

from schema_bridge.errors import Finding, SourceMeaning, SourceMissing, SourceUnknown
from schema_bridge.ir import Origin
from schema_bridge.readers.sql.lexer import blanked
from schema_bridge.registry import Source, SourceFile

JOURNAL = "_journal.json"
"""Where drizzle-kit lists its migrations."""

BACK = "down migration"
"""What a step back is counted as."""

_BACK = r"down|rollback|revert|undo"
_STEP_BACK = re.compile(rf"(?:^|[.])(?:{_BACK})[.]sql$", re.IGNORECASE)
_MAYBE_BACK = re.compile(rf"[_-](?:{_BACK})(?=[.]sql$)", re.IGNORECASE)
_FOLDER_BACK = re.compile(rf"(?:^|/)(?:{_BACK})/", re.IGNORECASE)
_VERSIONED = re.compile(r"([VUR])([\d._]*?)__.*[.]sql$")
_SUFFIX = re.compile(r"([.]up)?[.]sql$", re.IGNORECASE)
_NUMBER = re.compile(r"(\d+)")

_DATE = 8
"""So many digits, a day as YYYYMMDD, or more are a point in time: those that are left out at its end are noughts."""
_TIME = 14


def steps(source: Source) -> tuple[list[SourceFile], Counter[str], list[Finding]]:
    """The SQL files that make the schema, in order; how many lead back; what is worth saying of the others.

    Files that were named themselves stay where they are. SourceMissing where a journal names a file that is not there.
    """
    found: list[SourceFile] = []
    skipped: Counter[str] = Counter()
    said: list[Finding] = []
    for folder, group in groupby(source.files, key=lambda file: file.folder):
        files = list(group)
        if not folder:
            found += files
            continue
        journals = [file for file in files if PurePosixPath(file.path).name == JOURNAL]
        if journals:
            found += _of_journal(journals[0], files, said)
            continue
        files = list(filter(is_sql, files))
        forward = sorted(_forward(files), key=_order)
        skipped[BACK] += len(files) - len(forward)
        found += forward
    if not found:
        raise SourceUnknown(f"{source.name} holds no SQL file")
    return found, +skipped, said


def is_sql(file: SourceFile) -> bool:
    return file.path.lower().endswith(".sql")


class _Entry(msgspec.Struct):
    idx: int
    tag: str


class _Journal(msgspec.Struct):
    entries: list[_Entry]


def _of_journal(journal: SourceFile, files: Iterable[SourceFile], said: list[Finding]) -> Iterator[SourceFile]:
    """The files that drizzle-kit's journal names, in its order."""
    try:
        entries = msgspec.json.decode(journal.data, type=_Journal).entries
    except msgspec.DecodeError as error:
        raise SourceMeaning(f"this is no journal of drizzle-kit: {error}", origin=Origin(journal.path, 1)) from None
    by_tag = {PurePosixPath(file.path).stem: file for file in files if is_sql(file)}
    for entry in sorted(entries, key=lambda entry: entry.idx):
        if entry.tag not in by_tag:
            line = journal.data[: journal.data.find(f'"{entry.tag}"'.encode())].count(b"\n") + 1
            raise SourceMissing(f"there is no {entry.tag}.sql beside the journal", origin=Origin(journal.path, line))
        yield by_tag.pop(entry.tag)
    said += (Finding("the journal does not name this file: it is not read", Origin(f.path, 1)) for f in by_tag.values())


def _forward(files: list[SourceFile]) -> Iterator[SourceFile]:
    """All but the steps back: `x.down.sql`, `down.sql`, what is in a folder `down`, and `x_down.sql` beside `x.sql`."""
    inside = {file.path: file.path.removeprefix(file.folder) for file in files}
    names = set(inside.values())
    for file in files:
        name = inside[file.path]
        base = PurePosixPath(name).name
        versioned = _VERSIONED.match(base)
        others = {_MAYBE_BACK.sub(forward, name) for forward in ("", "_up", "-up", "_apply")} - {name}
        back = _STEP_BACK.search(base) or _FOLDER_BACK.search(name) or others & names
        if not back and (versioned is None or versioned[1] != "U"):
            yield file


def _order(file: SourceFile) -> Any:
    """By the numbers in the path, as numbers; Flyway's repeatable ones (`R__…`) come after all others."""
    path = _SUFFIX.sub("", file.path)
    versioned = _VERSIONED.match(PurePosixPath(file.path).name)
    version = _NUMBER.findall(versioned[2]) if versioned else ()
    repeatable = versioned is not None and versioned[1] == "R"
    return repeatable, [int(part) for part in version], [_comparable(part) for part in _NUMBER.split(path)]


def _comparable(part: str) -> tuple[int, str]:
    if not part.isdecimal():
        return 0, part
    return int(part.ljust(_TIME, "0") if len(part) >= _DATE else part), ""


_MARKS = (b"-- +", b"--+", b"migrate:", b"Migration", b"drop below")
_SECTION = re.compile(
    rb"^--[ \t]*(?:migrate:|\+[ \t]*(?:goose|migrate)[ \t]+)(?P<tool>up|down)\b.*$"
    rb"|^--[ \t]*(?P<words>up|down) migration\b.*$"
    rb"|^---- create above / (?P<tern>drop) below ----",
    re.IGNORECASE | re.MULTILINE,
)


def way_forward(data: bytes) -> tuple[bytes, int]:
    """The text without the sections that lead back (`-- migrate:down`, `-- +goose Down` and the like), whose places
    are blank; and how many there were."""
    if not any(mark in data for mark in _MARKS):
        return data, 0
    marks = list(_SECTION.finditer(data))
    ends = [*[mark.start() for mark in marks], len(data)][1:]
    back = [(mark.start(), end) for mark, end in zip(marks, ends, strict=True) if _leads_back(mark)]
    return blanked(data, back), len(back)


def _leads_back(mark: re.Match[bytes]) -> bool:
    return (mark["tool"] or mark["words"] or mark["tern"]).lower() in (b"down", b"drop")
