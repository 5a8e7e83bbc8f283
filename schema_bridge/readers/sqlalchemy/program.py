"""Run by the Python of the models, by itself: prints as JSON the DDL that their metadata makes, and where they stand.

It imports the models, and so runs their code; nothing is asked of a database. What they print goes to stderr.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import json
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

FORMAT = "schema_bridge.metadata"
VERSION = 1


def main(specs: list[str]) -> dict[str, Any]:
    """The DDL of what the specs name (`package.module:Base`, `models.py:metadata`, or a module with all its metadata),
    or why it cannot be had."""
    sys.path[:1] = [os.getcwd()]
    if importlib.util.find_spec("sqlalchemy") is None:
        return _refusal("SQLAlchemy is not installed beside the models", f"they are loaded by {sys.executable}")
    try:
        found = list(dict.fromkeys(metadata for spec in specs for metadata in _metadata(spec)))
        described = _Described(found)
        return {"format": FORMAT, "version": VERSION, "statements": _statements(found), **described.facts()}
    except _Refused as error:
        return _refusal(*error.args)
    except ModuleNotFoundError as error:
        return _refusal(
            f"{', '.join(specs)} cannot be loaded: {error}",
            "run it where the module can be imported, with what it imports installed beside schema_bridge",
        )
    except Exception as error:  # noqa: BLE001 (the models are theirs: they may raise anything)
        lines = traceback.format_exception(error)[-6:]
        return _refusal(
            f"{', '.join(specs)} cannot be loaded: {type(error).__name__}: {error}", "".join(lines).rstrip()
        )


class _Refused(Exception):
    """What is wrong, and what to do."""


def _refusal(message: str, hint: str) -> dict[str, Any]:
    return {"refusal": {"message": message, "hint": hint}}


def _metadata(spec: str) -> list[Any]:
    """The MetaData objects that a spec names."""
    from sqlalchemy import MetaData

    place, _, name = spec.rpartition(":") if ":" in spec else (spec, "", "")
    module = _module(place)
    if name:
        if not hasattr(module, name):
            known = ", ".join(sorted(key for key, value in vars(module).items() if _held(value) is not None))
            raise _Refused(f"{place} has no {name}", f"what holds tables there: {known or 'nothing'}")
        held = _held(getattr(module, name))
        if not isinstance(held, MetaData):
            raise _Refused(f"{spec} is neither a declarative base nor a MetaData", "name one of them")
        return [held]
    values = list(vars(module).values())
    # What has no class may be the tables of others, to which keys refer: it counts where there is nothing else.
    bases = dict.fromkeys(_held(value) for value in values if inspect.isclass(value))
    held = bases if any(bases) else dict.fromkeys(map(_held, values))
    found = [metadata for metadata in held if isinstance(metadata, MetaData) and metadata.tables]
    if not found:
        raise _Refused(f"{place} holds no tables", "name the module that imports all models: package.module:Base")
    return found


def _held(value: Any) -> Any:
    """The MetaData that a value is, or that a base or a mapped class belongs to."""
    from sqlalchemy import MetaData

    found = (
        value if isinstance(value, MetaData) else getattr(value, "metadata", None) if inspect.isclass(value) else None
    )
    return found if isinstance(found, MetaData) else None


def _module(place: str) -> ModuleType:
    if not place.endswith(".py"):
        return importlib.import_module(place)
    path = Path(place)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise _Refused(f"there is no file {place}", "name a module or a file of Python")
    sys.path.insert(0, str(path.parent.resolve()))
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)
    spec.loader.exec_module(module)
    return module


class _Nothing:
    """What a statement gives that listeners of ours or others run: no rows."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None

    def __iter__(self) -> Iterator[Any]:
        return iter(())


def _statements(found: list[Any]) -> list[str]:
    """All that `create_all` says to PostgreSQL, listeners' statements among it, each CREATE TYPE once."""
    from sqlalchemy import create_mock_engine

    said: dict[str, int] = {}

    def note(statement: Any, *_: Any, **__: Any) -> _Nothing:
        if hasattr(statement, "compile"):
            # A driver takes two percent signs for one.
            statement = str(statement.compile(dialect=engine.dialect)).replace("%%", "%")
        text = str(statement).strip().rstrip(";")
        if text and not text.upper().startswith("SELECT"):
            said.setdefault(text if text.startswith("CREATE TYPE") else f"{text}\n", len(said))
        return _Nothing()

    engine: Any = create_mock_engine("postgresql://", note)
    engine.exec_driver_sql = note
    for metadata in found:
        metadata.create_all(engine, checkfirst=False)
    return [text.rstrip("\n") for text in said]


class _Described:
    """The classes and attributes behind the tables and columns."""

    def __init__(self, found: list[Any]) -> None:
        self.tables = {table: table.key for metadata in found for table in metadata.tables.values()}
        self.lines: dict[str, dict[str, dict[str, int]]] = {}

    def facts(self) -> dict[str, Any]:
        places: dict[str, str] = {}
        for cls in self._classes():
            places.update(self._places(cls))
        columns = [(f"{key}.{c.name}", c) for table, key in self.tables.items() for c in table.columns]
        return {
            "places": places,
            "client_defaults": [name for name, column in columns if column.default is not None],
            "on_update": [name for name, column in columns if column.onupdate is not None],
        }

    def _classes(self) -> list[Any]:
        held = {
            id(value): value
            for module in list(sys.modules.values())
            for value in list(vars(module).values())
            if inspect.isclass(value) and getattr(value, "__table__", None) in self.tables
        }
        return sorted(held.values(), key=lambda cls: (cls.__module__, cls.__qualname__))

    def _places(self, cls: Any) -> Iterator[tuple[str, str]]:
        """The lines of a class and of its attributes, by table and column."""
        file = inspect.getsourcefile(cls)
        if file is None:
            return
        lines = self._lines(file).get(cls.__name__, {})
        shown = os.path.relpath(file) if Path(file).is_relative_to(Path.cwd()) else file
        key = self.tables[cls.__table__]
        yield key, f"{shown}:{lines.get('', 1)}"
        for attribute in cls.__mapper__.column_attrs:
            line = lines.get(attribute.key)
            if line is not None:
                yield f"{key}.{attribute.columns[0].name}", f"{shown}:{line}"

    def _lines(self, file: str) -> dict[str, dict[str, int]]:
        """Where the classes of a file and their attributes begin; a class's own line has no name."""
        if file not in self.lines:
            tree = ast.parse(Path(file).read_text("utf-8"))
            self.lines[file] = {
                node.name: {"": node.lineno, **dict(_attributes(node))}
                for node in ast.walk(tree)
                if isinstance(node, ast.ClassDef)
            }
        return self.lines[file]


def _attributes(node: ast.ClassDef) -> Iterator[tuple[str, int]]:
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        yield from ((target.id, statement.lineno) for target in targets if isinstance(target, ast.Name))


if __name__ == "__main__":
    product = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(product, "w", encoding="utf-8") as out:
        json.dump(main(sys.argv[1:]), out)
