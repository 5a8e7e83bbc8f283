"""What states a schema outside of any tool's folder: SQL files that are one schema together, snapshots without a journal,
Drizzle schemas without a config."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from schema_bridge.project import drizzle
from schema_bridge.readers.drizzle import journal
from schema_bridge.registry import SourceFile

_TABLE = re.compile(
    rb'\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?(?:"?public"?\s*\.\s*)?((?:"[^"]+"|[\w$.])+)',
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[VU]?\d")
_CODE = re.compile(r"\.[cm]?tsx?\Z")
_DRIZZLE = re.compile(rb"""["']drizzle-orm/pg-core["']""")
_MAKES = re.compile(rb"\b(?:pgTable|pgTableCreator|pgSchema)\s*\(")


def makes_tables(data: bytes) -> bool:
    """Whether SQL creates tables, as far as its text tells."""
    return bool(_TABLE.search(data))


def numbered(sql: Mapping[str, bytes]) -> list[str]:
    """Folders of which each SQL file has a number before its name: the steps of one schema, in that order."""
    return [
        folder
        for folder, files in _folders(sql).items()
        if all(_NUMBERED.match(PurePosixPath(path).name) for path in files) and any(makes_tables(sql[p]) for p in files)
    ]


def pieces(sql: Mapping[str, bytes]) -> Iterator[str]:
    """Folders whose SQL files create tables, and no table twice: one schema in several files."""
    for folder, files in _folders(sql).items():
        made = [found for path in files if (found := set(_tables(sql[path])))]
        if len(made) > 1 and len(set().union(*made)) == sum(map(len, made)):
            yield folder


def _folders(sql: Iterable[str]) -> dict[str, list[str]]:
    """Several SQL files that stand in one folder, by that."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sql:
        found[str(PurePosixPath(path).parent)].append(path)
    return {folder: files for folder, files in found.items() if len(files) > 1}


def _tables(data: bytes) -> Iterator[bytes]:
    return (found[1].replace(b'"', b"").lower() for found in _TABLE.finditer(data))


def snapshots(files: Iterable[SourceFile]) -> list[str]:
    """Of the snapshots of drizzle-kit that stand in one folder, the last."""
    last = {
        str(PurePosixPath(f.path).parent): f.path for f in files if b'"dialect"' in f.data and journal.is_snapshot(f)
    }
    return list(last.values())


def schemas(files: Iterable[SourceFile]) -> list[str]:
    """Files of TypeScript that make tables of Drizzle; where a folder holds several of them, the folder."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in files:
        if _DRIZZLE.search(file.data) and _MAKES.search(file.data):
            found[str(PurePosixPath(file.path).parent)].append(file.path)
    return [_one(folder, paths) for folder, paths in found.items()]


def is_code(path: str) -> bool:
    """Whether a Drizzle schema may stand in it."""
    return bool(_CODE.search(path)) and not drizzle.is_config(path)


def _one(folder: str, paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else folder
