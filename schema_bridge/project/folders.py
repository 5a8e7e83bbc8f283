"""Folders of migrations on disk: which of their files belong to the source; readers know in what order they apply."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from schema_bridge.errors import SourceUnknown
from schema_bridge.registry import SourceFile

JOURNAL = "_journal.json"
SNAPSHOT = "snapshot.json"
INNER = "migrations"
"""Where tools that keep more than migrations in their folder (a seed, a config) put them."""


def files(path: Path) -> list[SourceFile]:
    """The files of a folder of migrations: its SQL, and what drizzle-kit keeps beside it in `meta`.

    SourceUnknown where the folder holds neither.
    """
    folder = path.as_posix()
    for home in (path, path / "meta"):
        if (home / JOURNAL).is_file():
            found = [*sorted(home.glob("*.json")), *_sql(home.parent)]
            break
    else:
        inner = path / INNER
        found = (_steps(inner) if inner.is_dir() else []) or _steps(path)
    if not found:
        raise SourceUnknown(f"{folder}: no file in this folder ends in .sql, and it is none of drizzle-kit's")
    return [SourceFile(file.as_posix(), file.read_bytes(), folder) for file in found]


def _steps(path: Path) -> list[Path]:
    """The SQL files of the folder, or of the folders in it, where each step has one of its own; drizzle-kit 1.0 puts a
    snapshot beside it."""
    found = _sql(path)
    if found:
        return [*found, path / SNAPSHOT] if (path / SNAPSHOT).is_file() else found
    return [file for folder in _folders(path) for file in _steps(folder)]


def _sql(path: Path) -> list[Path]:
    return sorted(file for file in path.iterdir() if file.suffix.lower() == ".sql" and file.is_file())


def _folders(path: Path) -> Iterator[Path]:
    return (folder for folder in sorted(path.iterdir()) if folder.is_dir() and not folder.name.startswith("."))
