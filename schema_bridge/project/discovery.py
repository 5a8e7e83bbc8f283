"""Looks around a repository for what states its schema: Drizzle, migrations, dumps, SQL files, models."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec

from schema_bridge.project import drizzle, loose
from schema_bridge.project.disk import MARK
from schema_bridge.project.folders import INNER, JOURNAL, SNAPSHOT
from schema_bridge.readers.drizzle import dump
from schema_bridge.registry import Source, SourceFile

Kind = Literal["drizzle", "dump", "snapshot", "migrations", "sql", "models"]
SKIPPED = frozenset({"node_modules", "venv", "env", "site-packages", "__pycache__", "dist", "build", "out", "target"})
"""Folders that hold what was installed or built; those with a dot before their names are stepped over too."""
LARGEST = 8_000_000
"""Bytes of a file that people may have written; what is larger is data."""
_KIT = re.compile(rf"(?:^|/)(?:meta/{JOURNAL}|\d{{14}}_[^/]+/{SNAPSHOT})\Z")
"""What drizzle-kit keeps in its folder: a journal, or since 1.0 a snapshot beside each step."""
_TRIED = re.compile(r"(?:^|/)(?:tests?|versions)/|(?:^|/)test_[^/]*\Z|(?:^|/)conftest\.py\Z")
"""Models that are only for tests, and Alembic's steps."""


class Candidate(msgspec.Struct, frozen=True, order=True):
    """A source as the config names it, and what kind of thing it is."""

    kind: Kind
    source: str

    @property
    def is_pieces(self) -> bool:
        """Whether it is a folder of SQL files that are one schema together."""
        return self.kind == "sql" and not self.source.lower().endswith(".sql")


class Surroundings(msgspec.Struct, frozen=True):
    """What was found in a folder: sources, and Alembic's configs, whose steps are Python that nothing reads."""

    candidates: tuple[Candidate, ...]
    alembic: tuple[str, ...] = ()


def look_around() -> Surroundings:
    """What states a schema in the current folder and below; what is installed, built or git-ignored is not looked at."""
    paths = _paths()
    kits = {str(PurePosixPath(path).parents[1]) for path in paths if _KIT.search(path)}
    json = [SourceFile(path, _content(path)) for path in paths if path.endswith(".json") and not _below(path, kits)]
    found = [Candidate("drizzle", path) for path in _drizzle(paths)]
    found += [Candidate("dump", file.path) for file in json if dump.recognises(Source(file.path, (file,)))]
    found += [Candidate("snapshot", source) for source in (*kits, *loose.snapshots(json))]
    found += _of_sql([path for path in paths if path.lower().endswith(".sql") and not _below(path, kits)])
    found += [Candidate("models", source) for source in _models(path for path in paths if path.endswith(".py"))]
    alembic = tuple(path for path in paths if PurePosixPath(path).name == "alembic.ini")
    return Surroundings(tuple(sorted(found)), alembic)


def _drizzle(paths: Sequence[str]) -> list[str]:
    """The configs of drizzle-kit; schemas themselves where there is none."""
    configs = [path for path in paths if drizzle.is_config(path)]
    return configs or loose.schemas(SourceFile(path, _content(path)) for path in paths if loose.is_code(path))


def _of_sql(paths: Sequence[str]) -> Iterator[Candidate]:
    """Folders of migrations, and what else creates tables: numbered steps, one schema in several files, single files."""
    migrations = {folder for path in paths if (folder := _migrations(path))}
    others = {path: _content(path) for path in paths if not _below(path, migrations)}
    homes = {os.path.dirname(folder) or "." for folder in migrations}  # to name one of these is to name what is inside
    numbered = set(loose.numbered(others)) - homes
    singly = {path: data for path, data in others.items() if (os.path.dirname(path) or ".") not in numbered}
    yield from (Candidate("migrations", folder) for folder in migrations | numbered)
    yield from (Candidate("sql", folder) for folder in set(loose.pieces(singly)) - homes)
    yield from (Candidate("sql", path) for path, data in others.items() if loose.makes_tables(data))


def _below(path: str, folders: Iterable[str]) -> bool:
    return any(folder == "." or path.startswith(f"{folder}/") for folder in folders)


def _migrations(path: str) -> str | None:
    """The outermost folder of migrations that an SQL file stands in."""
    parts = PurePosixPath(path).parts[:-1]
    return "/".join(parts[: parts.index(INNER) + 1]) if INNER in parts else None


# The files


def _paths() -> list[str]:
    """The files of this folder that may state something, seen from it."""
    listed = [path for path in _known_to_git() or _walked() if _is_text(path)]
    environments = {os.path.dirname(path) for path in listed if path.endswith("pyvenv.cfg")}
    return sorted(
        path
        for path in listed
        if not any(_is_skipped(part) for part in path.split("/")[:-1])
        and not _below(path, environments)
        and os.path.isfile(path)
    )


def _is_text(path: str) -> bool:
    """Whether it is one of the files that are looked at, under a name that can be written down."""
    known = (
        path.lower().endswith((".sql", ".json", ".py", "alembic.ini", "pyvenv.cfg"))
        or drizzle.is_config(path)
        or loose.is_code(path)
    )
    return known and path.isprintable() and "," not in path


def _known_to_git() -> list[str]:
    """What git keeps here, or would; nothing where this is no repository, or an ignored folder of one."""
    if shutil.which("git") is None:
        return []
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, capture_output=True, check=False)
    return sorted({os.fsdecode(path) for path in done.stdout.split(b"\0") if path}) if done.returncode == 0 else []


def _walked() -> Iterator[str]:
    for folder, inner, files in os.walk("."):
        inner[:] = [name for name in inner if not _is_skipped(name)]
        yield from (Path(folder, name).as_posix() for name in files)


def _is_skipped(folder: str) -> bool:
    return folder in SKIPPED or folder.startswith(".")


def _content(path: str) -> bytes:
    """The bytes of a file; nothing where it cannot be read, is too large, or was generated by us."""
    try:
        data = Path(path).read_bytes() if os.path.getsize(path) <= LARGEST else b""
    except OSError:
        return b""
    return b"" if MARK.encode() in data[:400] else data


# The models


def _models(paths: Iterable[str]) -> list[str]:
    """Models as sources: all modules of one package with tables are one, a file outside of packages is one by itself."""
    packages: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        if _TRIED.search(path) or not (class_name := _first_table(_content(path))):
            continue
        home = _package(path)
        module = ".".join(PurePosixPath(path).with_suffix("").parts).removesuffix(".__init__")
        packages[home or path].append(f"{module}:{class_name}" if home else path)
    return [",".join(found) for found in packages.values()]


def _package(path: str) -> str | None:
    """The outermost package that a module stands in; None where its folder is no package."""
    home = None
    for folder in PurePosixPath(path).parents:
        if str(folder) == "." or not Path(folder, "__init__.py").is_file():
            return home
        home = str(folder)
    return home


def _first_table(data: bytes) -> str | None:
    """The first class of a module that stands for a table, of SQLAlchemy or SQLModel."""
    if b"__tablename__" not in data and b"SQLModel" not in data:
        return None
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return next((node.name for node in tree.body if isinstance(node, ast.ClassDef) and _is_table(node)), None)


def _is_table(node: ast.ClassDef) -> bool:
    if any(k.arg == "table" and isinstance(k.value, ast.Constant) and k.value.value is True for k in node.keywords):
        return True
    return bool(node.bases) and any("__tablename__" in _assigned(statement) for statement in node.body)


def _assigned(statement: ast.stmt) -> Sequence[str]:
    targets: Sequence[ast.expr] = ()
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = (statement.target,)
    return [target.id for target in targets if isinstance(target, ast.Name)]
