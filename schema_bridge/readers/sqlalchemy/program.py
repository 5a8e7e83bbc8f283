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
CLASSES = {"format": "schema_bridge.classes", "version": 1}


def main(specs: list[str]) -> dict[str, Any]:
    """The DDL of what the specs name (`package.module:Base`, `models.py:metadata`, or a module with all its metadata),
    or why it cannot be had."""
    sys.path[:1] = [os.getcwd()]
    if importlib.util.find_spec("sqlalchemy") is None:
        return _refusal("SQLAlchemy is not installed beside the models", f"they are loaded by {sys.executable}")
    try:
        found = list(dict.fromkeys(metadata for spec in specs for metadata in _metadata(spec)))
        described = _Described(found)
        said = _statements(found)
        return {
            "format": FORMAT,
            "version": VERSION,
            "statements": list(said),
            "files": [_shown(file) for file in _own_files()],
            "stated_at": [described.place(text, made) for text, made in said.items()],
            **described.facts(),
        }
    except _NoTables as error:
        classes = _classes(specs)
        files = [_shown(file) for file in _own_files()]
        return {**CLASSES, "files": files, "classes": classes} if classes else _refusal(*error.args)
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


class _NoTables(_Refused):
    """A module without tables: it may hold Pydantic classes."""


def _classes(specs: list[str]) -> list[Any]:
    """The Pydantic classes of modules, as `classes.py` beside this file describes them."""
    spec = importlib.util.spec_from_file_location("_schema_bridge_classes", Path(__file__).with_name("classes.py"))
    if spec is None or spec.loader is None:
        return []
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    place = _Described([]).place_of
    return [found for spec in specs if ":" not in spec for found in program.described(_module(spec), place)]


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
        raise _NoTables(f"{place} holds no tables", "name the module that imports all models: package.module:Base")
    return found


def _held(value: Any) -> Any:
    """The MetaData that a value is, or that a base or a mapped class belongs to."""
    from sqlalchemy import MetaData

    found = (
        value if isinstance(value, MetaData) else getattr(value, "metadata", None) if inspect.isclass(value) else None
    )
    return found if isinstance(found, MetaData) else None


_loaded: dict[str, ModuleType] = {}
"""The modules that were loaded from files, each once."""


def _module(place: str) -> ModuleType:
    if not place.endswith(".py"):
        return importlib.import_module(place)
    if place in _loaded:
        return _loaded[place]
    path = Path(place)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise _Refused(f"there is no file {place}", "name a module or a file of Python")
    sys.path.insert(0, str(path.parent.resolve()))
    module = _loaded[place] = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)
    spec.loader.exec_module(module)
    return module


class _Nothing:
    """What a statement gives that listeners of ours or others run: no rows."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None

    def __iter__(self) -> Iterator[Any]:
        return iter(())


def _statements(found: list[Any]) -> dict[str, Any]:
    """All that `create_all` says to PostgreSQL, listeners' statements among it, each once; with the table, enum or the like that SQLAlchemy makes by it."""
    from sqlalchemy import create_mock_engine

    said: dict[str, Any] = {}

    def note(statement: Any, *_: Any, **__: Any) -> _Nothing:
        made = getattr(statement, "element", None)
        if hasattr(statement, "compile"):
            # A driver takes two percent signs for one.
            statement = str(statement.compile(dialect=engine.dialect)).replace("%%", "%")
        text = str(statement).strip().rstrip(";")
        if text and not text.upper().startswith("SELECT"):
            said.setdefault(text, made)
        return _Nothing()

    engine: Any = create_mock_engine("postgresql://", note)
    engine.exec_driver_sql = note
    for metadata in found:
        metadata.create_all(engine, checkfirst=False)
    return said


class _Described:
    """The classes and attributes behind the tables and columns, and where the texts of listeners stand."""

    def __init__(self, found: list[Any]) -> None:
        self.tables = {table: table.key for metadata in found for table in metadata.tables.values()}
        self.lines: dict[str, dict[str, dict[str, int]]] = {}
        self.texts: dict[str, str] | None = None
        self.known: dict[str, str] | None = None

    def facts(self) -> dict[str, Any]:
        columns = [(f"{key}.{c.name}", c) for table, key in self.tables.items() for c in table.columns]
        return {
            "places": self.places(),
            "client_defaults": [name for name, column in columns if column.default is not None],
            "on_update": [name for name, column in columns if column.onupdate is not None],
        }

    def places(self) -> dict[str, str]:
        """Where tables and their columns are stated, by `table` and `table.column`."""
        if self.known is None:
            self.known = {key: place for path in _own_files() for key, place in _table_calls(path)}
            for cls in self._classes():
                self.known.update(self._places(cls))
        return self.known

    def place(self, text: str, made: Any) -> str | None:
        """Where a statement comes from: the class of what it makes, else the line where its text stands."""
        from sqlalchemy import Enum

        enum_class = made.enum_class if isinstance(made, Enum) else None
        if enum_class is not None:
            return self.place_of(enum_class)
        table = made if made in self.tables else getattr(made, "table", None)
        if table in self.tables:
            return self.places().get(self.tables[table])
        if self.texts is None:
            self.texts = {found: place for path in _own_files() for found, place in _texts(path)}
        return self.texts.get(_bare(text))

    def place_of(self, cls: Any, attribute: str = "") -> str | None:
        """The line of a class, or of one of its attributes."""
        file = inspect.getsourcefile(cls)
        line = self._lines(file).get(cls.__name__, {}).get(attribute) if file else None
        return f"{_shown(file)}:{line}" if file and line else None

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
        shown = _shown(file)
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


def _shown(file: str) -> str:
    return os.path.relpath(file) if Path(file).is_relative_to(Path.cwd()) else file


def _own_files() -> list[str]:
    """The files of the modules that were loaded from the folder at hand: the project's own."""
    found = {str(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())}
    here = Path.cwd()
    return sorted(
        file
        for file in found
        if file.endswith(".py")
        and Path(file).is_relative_to(here)
        and not {"site-packages", "lib"} & {*Path(file).parts}
    )


def _texts(file: str) -> Iterator[tuple[str, str]]:
    """The texts that stand in a file, with their places."""
    for node in ast.walk(ast.parse(Path(file).read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield _bare(node.value.replace("%%", "%")), f"{_shown(file)}:{node.lineno}"


def _bare(text: str) -> str:
    return text.strip().rstrip(";")


def _table_calls(file: str) -> Iterator[tuple[str, str]]:
    """The places of `Table("name", metadata, Column("name", …))` and of its columns."""
    for node in ast.walk(ast.parse(Path(file).read_text("utf-8"))):
        name = _first_text(node, "Table")
        if name is not None and isinstance(node, ast.Call):
            yield name, f"{_shown(file)}:{node.lineno}"
            for argument in node.args:
                column = _first_text(argument, "Column")
                if column is not None:
                    yield f"{name}.{column}", f"{_shown(file)}:{argument.lineno}"


def _first_text(node: ast.AST, function: str) -> str | None:
    """The text that a call of that function begins with."""
    if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
        return None
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
    value = node.args[0].value
    return value if called == function and isinstance(value, str) else None


def _attributes(node: ast.ClassDef) -> Iterator[tuple[str, int]]:
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        yield from ((target.id, statement.lineno) for target in targets if isinstance(target, ast.Name))


if __name__ == "__main__":
    product = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(product, "w", encoding="utf-8") as out:
        json.dump(main(sys.argv[1:]), out)
