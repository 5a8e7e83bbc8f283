"""What classes inherit from the project's own modules: its base, its mixins, and classes with what people wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from schema_bridge import expressions, naming, pgtypes
from schema_bridge.errors import OptionError, SourceError
from schema_bridge.ir import Column, Name, Table, Type
from schema_bridge.python_model.selection import DEFAULT_SCHEMA, import_path, named
from schema_bridge.writers.sqlalchemy.columns import is_required
from schema_bridge.writers.sqlalchemy.context import Context, Inherited

_DEFINITION = re.compile(
    r"(?P<type>.+?)(?P<required>\s+not\s+null)?(?:\s+default\s+(?P<default>.+?))?(?P<also>\s+not\s+null)?",
    re.IGNORECASE | re.DOTALL,
)


class _Definition(msgspec.Struct, frozen=True):
    """A column as a mixin has it."""

    type: Type
    required: bool
    default: str | None

    def fits(self, column: Column, required: bool) -> bool:
        """Whether the column is this one and nothing more."""
        more = column.generated or column.identity or column.collation or column.inherited or column.comment is not None
        if more or column.type != self.type or required != self.required:
            return False
        if column.default is None or self.default is None:
            return column.default is self.default
        return expressions.equal(column.default, self.default, target=column.type)


def inherited(context: Context) -> Inherited:
    """What each class inherits; OptionError where an option speaks of nothing or contradicts another."""
    found = _Heritage(context)
    for pattern, classes in context.options.bases.items():
        found.add_classes(pattern, classes)
    for stated, columns in context.options.mixins.items():
        found.add_mixin(stated, {name: _definition(text, name) for name, text in columns.items()})
    return Inherited(found.imports, found.classes, found.columns)


class _Heritage:
    def __init__(self, context: Context) -> None:
        model = context.model
        self.taken = {*(c.name for c in model.classes), *(e.name for e in model.enums), *naming.MODULE_NAMES}
        self.tables = {name: table for name, table in context.tables.items() if context.is_mapped(name)}
        self.imports: dict[str, str] = {}
        self.classes: dict[Name, list[str]] = {}
        self.columns: dict[Name, frozenset[str]] = {}

    def add_classes(self, pattern: str, stated: tuple[str, ...]) -> None:
        words = [self._imported(one, pattern) for one in stated]
        for name in named(self.tables, [pattern]):
            known = self.classes.setdefault(name, [])
            known += [word for word in words if word not in known]

    def add_mixin(self, stated: str, wanted: Mapping[str, _Definition]) -> None:
        word = self._imported(stated, stated)
        fitting = [name for name, table in self.tables.items() if self._fits(table, wanted)] if wanted else []
        if not fitting:
            raise OptionError(f"no table has the columns of {stated} as they are given there", key=stated)
        for name in fitting:
            self.classes.setdefault(name, []).append(word)
            self.columns[name] = self.columns.get(name, frozenset()) | wanted.keys()

    def _fits(self, table: Table, wanted: Mapping[str, _Definition]) -> bool:
        columns = {column.name: column for column in table.columns}
        if not wanted.keys() <= columns.keys() - self.columns.get(table.name, frozenset()):
            return False
        return all(mine.fits(columns[name], is_required(table, columns[name])) for name, mine in wanted.items())

    def _imported(self, stated: str, key: str) -> str:
        module, word = import_path(stated, key)
        if word in self.taken or self.imports.get(word, module) != module:
            raise OptionError(f"{stated}: the models have another {word}", key=key)
        self.imports[word] = module
        return word


def _definition(text: str, column: str) -> _Definition:
    found = _DEFINITION.fullmatch(text.strip())
    if found is None:
        raise OptionError(f"{column}: {text!r} reads TYPE [NOT NULL] [DEFAULT …]", key=column)
    try:
        type = pgtypes.parse(found["type"])
        expressions.parse(found["default"] or "NULL")
    except (SourceError, ValueError) as error:
        raise OptionError(f"{column}: {error}", key=column) from error
    type = type if type.schema else msgspec.structs.replace(type, schema=DEFAULT_SCHEMA)
    return _Definition(type, bool(found["required"] or found["also"]), found["default"])
