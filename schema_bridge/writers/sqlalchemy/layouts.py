"""The files of the models: one module, or a package with a module for each table or each group of tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from schema_bridge import naming
from schema_bridge.emit.python import INDENT, Imports, exported, layout, listing, string
from schema_bridge.errors import OptionError
from schema_bridge.ir import Name
from schema_bridge.python_model.selection import import_path, modules
from schema_bridge.writers.sqlalchemy import helpers, models
from schema_bridge.writers.sqlalchemy.context import Context

TITLE = '"""SQLAlchemy models of the schema."""'
OWN_MODULES = ("base", "external", "schema_events", "types")
"""The modules of a package beside those that hold tables."""

_LIBRARY: dict[str, tuple[str, str]] = {
    "Any": ("typing", "Any"),
    "Literal": ("typing", "Literal"),
    "Decimal": ("decimal", "Decimal"),
    "ClassVar": ("typing", "ClassVar"),
    "DeclarativeBase": ("sqlalchemy.orm", "DeclarativeBase"),
    "Mapped": ("sqlalchemy.orm", "Mapped"),
    "TYPE_CHECKING": ("typing", "TYPE_CHECKING"),
    "TypeVar": ("typing", "TypeVar"),
    "UUID": ("uuid", "UUID"),
    "uuid4": ("uuid", "uuid4"),
    "compiles": ("sqlalchemy.ext.compiler", "compiles"),
    "import_module": ("importlib", "import_module"),
    "mapped_column": ("sqlalchemy.orm", "mapped_column"),
    "pg": ("sqlalchemy.dialects", "postgresql as pg"),
    "Field": ("sqlmodel", "Field"),
    "Optional": ("typing", "Optional"),
    "sqlmodel_Relationship": ("sqlmodel", "Relationship"),
    "sqlmodel_SQLModel": ("sqlmodel", "SQLModel"),
    "registry": ("sqlalchemy.orm", "registry"),
    "relationship": ("sqlalchemy.orm", "relationship"),
    "synonym": ("sqlalchemy.orm", "synonym"),
    **{name: ("ipaddress", name) for name in ("IPv4Address", "IPv4Interface", "IPv4Network")},
    **{name: ("ipaddress", name) for name in ("IPv6Address", "IPv6Interface", "IPv6Network")},
}
_MODULES = {"dt": ("datetime", "dt"), "enum": ("enum", ""), "sa": ("sqlalchemy", "sa")}


@dataclass(frozen=True)
class _Draft:
    """The blocks of a module, and the names they need: to run, and for their annotations alone."""

    blocks: list[str]
    needs: set[str]
    typed: set[str]


def files(context: Context) -> dict[str, str]:
    """Path -> text of the models."""
    options = context.options
    if not naming.is_identifier(options.name):
        raise OptionError(f"{options.name!r} cannot be the name of a module", key="name")
    of_table = _modules_of_tables(context)
    if context.is_package:
        return _Package(context, of_table).files()
    return {f"{options.name}.py": _single(context)}


def _single(context: Context) -> str:
    draft = _draft(
        context,
        lambda: [
            *models.externals(context),
            *models.types(context),
            *models.tables(context, context.tables),
            *models.late(context),
        ],
    )
    defined = _draft(context, lambda: list(helpers.definitions(context, draft.needs)))
    base = _draft(context, lambda: [] if context.options.base_import else [helpers.base(context)])
    imports = _imports(context, {*draft.needs, *defined.needs, *base.needs, "Base", "import_module"})
    footer = (
        'import_module(\n    f"{__package__}.schema_events" if __package__ else "schema_events"\n)'
        f".attach({context.metadata})"
    )
    return _text(TITLE, imports, [*base.blocks, *defined.blocks, *draft.blocks, footer])


class _Package:
    """Puts each block into its module, and imports each name from the module that defines it."""

    def __init__(self, context: Context, of_table: Mapping[Name, str]) -> None:
        self.context = context
        self.of_table = of_table
        self.home: dict[str, str] = {}
        self._define("types", helpers.NAMES, context.enum_names, context.enum_variables.values())
        self._define("types", (found.name for found in context.choices.values()))
        self._define("types", context.domain_variables.values(), context.sequence_variables.values())
        self._define("external", (context.table_variables[name] for name in context.external))
        for name, module in self.of_table.items():
            self._define(module, [self._name_of(name)])
        if not context.options.base_import:
            self._define("base", ["Base"])

    def files(self) -> dict[str, str]:
        drafts = self._drafts()
        texts = {name: self._module(name, draft) for name, draft in drafts.items() if draft.blocks}
        if not self.context.options.base_import:
            base = _draft(self.context, lambda: [helpers.base(self.context)])
            imports = _imports(self.context, base.needs)
            texts["base"] = _text('"""The base of all models."""', imports, base.blocks)
        texts["__init__"] = self._init(drafts["__init__"])
        return {f"{self.context.options.name}/{name}.py": texts[name] for name in sorted(texts)}

    def _drafts(self) -> dict[str, _Draft]:
        context = self.context
        drafts = {
            "external": _draft(context, lambda: list(models.externals(context))),
            "__init__": _draft(context, lambda: models.late(context)),
        }
        by_module: dict[str, list[Name]] = {}
        for name, module in self.of_table.items():
            by_module.setdefault(module, []).append(name)
        for module, names in by_module.items():
            drafts[module] = _draft(context, partial(models.tables, context, names))
        types = _draft(context, lambda: models.types(context))
        wanted = {need for draft in (types, *drafts.values()) for need in draft.needs}
        defined = _draft(context, lambda: list(helpers.definitions(context, wanted)))
        drafts["types"] = _Draft(defined.blocks + types.blocks, defined.needs | types.needs, set())
        return drafts

    def _module(self, name: str, draft: _Draft) -> str:
        typed = sorted(draft.typed - draft.needs, key=lambda word: self.home[word])
        elsewhere = [word for word in typed if self.home[word] != name]
        imports = self._imports(name, {*draft.needs, *(["TYPE_CHECKING"] if elsewhere else [])})
        if elsewhere:
            checked = Imports()
            for word in elsewhere:
                checked.member(f".{self.home[word]}", word)
            indented = "\n".join(INDENT + line for text in checked.lines(1) for line in text.split("\n"))
            imports = f"{imports}\n\nif TYPE_CHECKING:\n{indented}"
        return _text(_title(name), imports, draft.blocks)

    def _init(self, late: _Draft) -> str:
        context = self.context
        names = {"Base", *(self._name_of(name) for name in context.tables)}
        names.update(context.enum_names, (found.name for found in context.choices.values()))
        names.update(context.sequence_variables.values())
        imports = self._imports("__init__", {*late.needs, *names, "schema_events"})
        every = layout(listing(map(string, exported(names))), lead="__all__ = ")
        return _text(TITLE, imports, [every, *late.blocks, f"schema_events.attach({context.metadata})"])

    def _imports(self, module: str, needs: Iterable[str]) -> str:
        local = {word: self.home[word] for word in needs if self.home.get(word, module) != module}
        return _imports(self.context, needs, local)

    def _define(self, module: str, *names: Iterable[str]) -> None:
        for group in names:
            self.home.update(dict.fromkeys(group, module))

    def _name_of(self, name: Name) -> str:
        context = self.context
        return context.class_of(name).name if context.is_mapped(name) else context.table_variables[name]


def _modules_of_tables(context: Context) -> dict[Name, str]:
    """The module of each table's class or object; none where there is but one."""
    own = {name: context.class_of(name).module for name in context.tables}
    return modules(own, context.options.layout, context.options.groups, OWN_MODULES)


def _draft(context: Context, write: Callable[[], list[str]]) -> _Draft:
    context.begin()
    return _Draft(write(), context.needs, context.typed)


def _imports(context: Context, needs: Iterable[str], local: dict[str, str] | None = None) -> str:
    """The import block; `local` are names that other modules of the package define."""
    imports = Imports()
    if context.style != "sqlmodel":
        imports.member("__future__", "annotations")
    for word in needs:
        if word in _LIBRARY:
            module, name = _LIBRARY[word]
            spelled = context.spelled(name)
            imports.member(module, name if spelled == name else f"{name} as {spelled}")
        elif word in _MODULES:
            imports.module(*_MODULES[word])
        elif local and word in local:
            imports.member(f".{local[word]}", word)
        elif word == "schema_events":
            imports.member(".", word)
        elif word in context.inherited.imports:
            imports.member(context.inherited.imports[word], word)
        elif word == "Base" and context.options.base_import is not None:
            module, name = import_path(context.options.base_import, "base_import")
            imports.member(module, name if name == "Base" else f"{name} as Base")
    return "\n".join(imports.lines())


def _title(module: str) -> str:
    titles = {"external": "Tables that are made elsewhere.", "types": "What the columns are made of."}
    return f'"""{titles.get(module, f"Models: {module}.")}"""'


def _text(title: str, imports: str, blocks: list[str]) -> str:
    return f"{title}\n\n{imports}\n" + "".join(_spaced(blocks))


def _spaced(blocks: list[str]) -> Iterator[str]:
    """Two blank lines around classes and functions, one between plain statements."""
    heavy = False
    for block in blocks:
        is_heavy = block.startswith(("class ", "def ", "@"))
        yield "\n\n" if heavy or is_heavy else "\n"
        yield f"{block}\n"
        heavy = is_heavy
