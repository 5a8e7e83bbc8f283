"""The files: a package with a module for each table or group of tables, or one module for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from schema_bridge.emit.python import Imports, assignment, exported, layout, listing, literal
from schema_bridge.ir import Name
from schema_bridge.python_model import EnumClass
from schema_bridge.writers.pydantic.classes import Scope, TableClasses
from schema_bridge.writers.pydantic.enum_classes import STR_ENUM, enum_text
from schema_bridge.writers.pydantic.shared_types import MODULE, definitions

ENUMS = ".enums"
RESERVED = ("enums", "types")
"""The modules of a package beside those that hold tables."""
Needed = set[tuple[str, str]]


class Module:
    """A module of tables' classes; `scope` is where their names must differ."""

    def __init__(self, taken: set[str]) -> None:
        self.scope = Scope(taken, {})
        self.tables: list[TableClasses] = []

    @property
    def needed(self) -> Needed:
        return set().union(*(table.needed for table in self.tables))

    def exports(self) -> list[str]:
        """The names that the package gives on."""
        return [name for table in self.tables for name in table.exports()]

    def statements(self) -> list[str]:
        """The module's own types and constants."""
        literals = [literal for table in self.tables for literal in table.literals.items()]
        found = [assignment(f"{name} = ", literal(of.choices)) for name, of in literals]
        constants = set().union(*(table.constants for table in self.tables))
        return found + [assignment(f"{name} = ", self.scope.constants[name]) for name in sorted(constants)]

    def classes(self) -> list[str]:
        return [text for table in self.tables for text in (*table.models.values(), *table.classes)]


class Enums:
    """The classes of enum types, each with its comment."""

    def __init__(self, chosen: Iterable[EnumClass], comments: Mapping[Name, str | None]) -> None:
        self.chosen = sorted(chosen, key=lambda enum: enum.name)
        self.comments = comments

    def classes(self) -> list[str]:
        return [enum_text(enum, self.comments.get(enum.enum)) for enum in self.chosen]


def package(modules: Mapping[str, Module], enums: Enums) -> dict[str, str]:
    """The files of a package, by their names in it."""
    files = {
        f"{name}.py": _text(module.needed, module.statements(), module.classes()) for name, module in modules.items()
    }
    shared = definitions(_shared(modules.values()))
    if shared[0]:
        files["types.py"] = _text(*shared)
    if enums.chosen:
        files["enums.py"] = _text({STR_ENUM}, [], enums.classes())
    exports = {name: module.exports() for name, module in modules.items()}
    files["__init__.py"] = _init(exports | {"enums": [enum.name for enum in enums.chosen]})
    return files


def single(module: Module, enums: Enums) -> str:
    """The text of one module that defines all that it needs."""
    needed, statements, blocks = definitions(_shared([module]))
    needed |= {(source, name) for source, name in module.needed if source not in (MODULE, ENUMS)}
    if enums.chosen:
        needed.add(STR_ENUM)
    return _text(needed, statements, [*enums.classes(), *blocks], module.statements(), module.classes())


def _shared(modules: Iterable[Module]) -> set[str]:
    return {name for module in modules for source, name in module.needed if source == MODULE}


def _text(needed: Needed, *parts: list[str]) -> str:
    """A module: its imports, then by turns statements, each in its line, and blocks, apart from all else."""
    text = _import_block(frozenset(needed))
    for at, part in enumerate(parts):
        if part:
            text += "\n\n\n".join(["", *part]) if at % 2 else ("\n\n\n" if at else "\n\n") + "\n".join(part)
    return text.lstrip("\n") + "\n" if text else ""


@lru_cache(maxsize=4096)
def _import_block(needed: frozenset[tuple[str, str]]) -> str:
    imports = Imports()
    for module, name in needed:
        if name and not name.startswith("as "):
            imports.member(module, name)
        else:
            imports.module(module, name.removeprefix("as "))
    return "\n".join(imports.lines())


def _init(modules: Mapping[str, list[str]]) -> str:
    """`__init__.py`: everything by its name, `__all__` sorted."""
    imports = Imports()
    for module, names in modules.items():
        if names:
            imports.member(f".{module}", *names)
    quoted = [f'"{name}"' for name in exported(name for found in modules.values() for name in found)]
    every = layout(listing(quoted), lead="__all__ = ")
    return "\n".join([*imports.lines(), *([""] if quoted else []), every]) + "\n"
