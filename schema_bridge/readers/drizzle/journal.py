"""Which snapshot counts: the newest one of the journal that drizzle-kit keeps beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, NoReturn

from schema_bridge.errors import SourceMeaning, SourceMissing
from schema_bridge.ir import Origin
from schema_bridge.readers.drizzle.document import Document
from schema_bridge.registry import Source, SourceFile

JOURNAL = "_journal.json"
_VERSION = re.compile(rb'"version"\s*:\s*"(\d+)"')
_DIFFERENCE = re.compile(rb'"type"\s*:\s*"diff"')
_DIALECT = re.compile(rb'"dialect"\s*:\s*"(\w+)"')


def is_journal(file: SourceFile) -> bool:
    return PurePosixPath(file.path).name == JOURNAL


def is_snapshot(file: SourceFile) -> bool:
    """Whether the first bytes look like one of drizzle-kit's files, of whatever version and dialect."""
    head = file.data[:1000]
    return file.path.endswith(".json") and bool(_VERSION.search(head) and _DIALECT.search(head))


def in_steps(source: Source) -> bool:
    """Whether a folder holds snapshots that say only what has changed since the one before: its SQL says it whole."""
    return any(file.folder and _DIFFERENCE.search(file.data[:200]) for file in snapshots(source))


def all_old(source: Source) -> bool:
    """Whether there are snapshots, and all of them are PostgreSQL's in version 5 or 6, by their first bytes."""
    found = snapshots(source)
    return bool(found) and all(map(_is_old, found))


def _is_old(file: SourceFile) -> bool:
    version, dialect = _VERSION.search(file.data[:1000]), _DIALECT.search(file.data[:1000])
    return (version and version[1], dialect and dialect[1]) in ((b"5", b"pg"), (b"6", b"postgresql"))


def snapshots(source: Source) -> list[SourceFile]:
    """The files of a source that are no journal and no SQL."""
    return [file for file in source.files if file.path.endswith(".json") and not is_journal(file)]


def newest(source: Source) -> Document:
    """The snapshot that the journal's last entry made; without a journal, the one that no other one follows.

    SourceMissing where the journal names a snapshot that is not there; SourceMeaning where none can be chosen.
    """
    journals = [file for file in source.files if is_journal(file)]
    if len(journals) > 1:
        raise SourceMeaning(f"{source.name} holds more than one {JOURNAL}; name the one that counts")
    if journals:
        return _of_journal(Document(journals[0]), snapshots(source))
    documents = [Document(file) for file in snapshots(source)]
    return documents[0] if len(documents) == 1 else _last_of_chain(source, documents)


def _of_journal(journal: Document, files: Sequence[SourceFile]) -> Document:
    value = journal.json()
    entries = value.get("entries") if isinstance(value, dict) else None
    if not isinstance(entries, list) or not all(_is_entry(entry) for entry in entries):
        journal.fail("this is not a journal as drizzle-kit writes it")
    if not entries:
        journal.fail("this journal has no migrations yet")
    tag = max(entries, key=lambda entry: entry["idx"])["tag"]
    name = f"{tag.split('_')[0]}_snapshot.json"
    folder = PurePosixPath(journal.path).parent
    for file in files:
        if PurePosixPath(file.path) == folder / name:
            return Document(file)
    raise SourceMissing(
        f"the newest migration is {tag}, and there is no {name} beside the journal",
        origin=_place(journal, tag),
        hint="bring it back, or read the SQL of the migrations: --from sql, in a config `from: sql`",
    )


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("idx"), int) and isinstance(entry.get("tag"), str)


def _place(journal: Document, tag: str) -> Origin:
    at = journal.data.find(f'"{tag}"'.encode())
    return Origin(journal.path, journal.data.count(b"\n", 0, max(at, 0)) + 1)


def _last_of_chain(source: Source, documents: Sequence[Document]) -> Document:
    values = {document: document.json() for document in documents}
    if not all(isinstance(value, dict) for value in values.values()):
        _undecided(source)
    followed = {id for value in values.values() for id in value.get("prevIds", [value.get("prevId")])}
    last = [document for document, value in values.items() if value.get("id") not in followed]
    return last[0] if len(last) == 1 else _undecided(source)


def _undecided(source: Source) -> NoReturn:
    raise SourceMeaning(
        f"which snapshot of {source.name} is the newest cannot be told", hint=f"add the {JOURNAL}, or name one snapshot"
    )
