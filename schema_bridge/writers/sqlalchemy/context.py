"""What the parts of the writer share: the decided names, the names of module variables, and what gets imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from schema_bridge import naming
from schema_bridge.emit.sql import in_catalog
from schema_bridge.errors import OptionError
from schema_bridge.ir import Column, Domain, ForeignKey, Name, Schema, Sequence, Table, Type
from schema_bridge.python_model import EnumClass, MappedClass, NamingOptions, PythonModel
from schema_bridge.python_model.cycles import breaking_keys
from schema_bridge.python_model.selection import named_relations
from schema_bridge.statements.objects import Constraint

if TYPE_CHECKING:
    from schema_bridge.writers.sqlalchemy.choices import Choices

CASCADES = {"all", "delete", "delete-orphan", "expunge", "merge", "refresh-expire", "save-update"}
Lazy = Literal["select", "selectin", "joined", "subquery", "immediate", "raise", "raise_on_sql"]


Written = TypeVar("Written")

Style = Literal["mapped", "column", "sqlmodel"]
"""How classes declare: `Mapped[…] = mapped_column(…)`, `= sa.Column(…)`, or `= Field(sa_column=sa.Column(…))`."""


class CommonOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a team may ask for.

    `name` is the module's, or the package's where `layout` is not one module: a module for each table, or for each of
    the `groups` (`billing: [invoices, payment_*]`), with `other` for what no group takes. `tables` are the only
    tables that have models, `exclude` those that have none, by name or glob. `base_import` is
    `package.module:Base`, the project's own declarative base; without it the models make one.

    `mixins` are the project's too, each with its columns as SQL defines them (`created_at: timestamptz NOT NULL DEFAULT
    now()`): a class inherits one where the table has all its columns just so. `bases` are classes that the classes of
    some tables inherit besides.

    `enums` is how Python sees the labels of an enum type: as members of a class, as literals, or as any string;
    `choices`, what a check lists (`status IN ('a', 'b')`). With `uuid4` the keys of type uuid that nobody refers with,
    and what the database fills with random ones, are made in Python. `lazy` and `cascade` are by `table.relationship`,
    which may be a glob; of several that fit, the last one counts. With `sqlite` the models work on SQLite as well.
    """

    layout: Literal["module", "tables", "groups"] = "module"
    name: str = "models"
    groups: dict[str, tuple[str, ...]] = {}
    tables: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    base_import: str | None = None
    mixins: dict[str, dict[str, str]] = {}
    bases: dict[str, tuple[str, ...]] = {}
    naming: NamingOptions = NamingOptions()
    enums: Literal["classes", "literals", "strings"] = "classes"
    choices: Literal["strings", "literals", "classes"] = "strings"
    uuid4: bool = False
    relationships: Literal["both", "one-sided", "none"] = "both"
    lazy: dict[str, Lazy] = {}
    cascade: dict[str, str] = {}
    sqlite: bool = False


class Options(CommonOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    style: Literal["mapped", "column"] = "mapped"


class Inherited(msgspec.Struct, frozen=True):
    """`imports` leads from a class to its module; `classes` are those that a table's class inherits beside the base,
    and `columns` those of its columns that a mixin brings."""

    imports: Mapping[str, str] = {}
    classes: Mapping[Name, list[str]] = {}
    columns: Mapping[Name, frozenset[str]] = {}


class Context:
    """One run of the writer. `needs` are the names that what has been written since `begin` takes from elsewhere, and
    `typed` the classes that only its annotations name; `lines` keeps what repeats from column to column."""

    metadata = "Base.metadata"

    def __init__(self, schema: Schema, model: PythonModel, options: CommonOptions, style: Style) -> None:
        self.schema = schema
        self.model = model
        self.options = options
        self.style: Style = style
        self.left_out: tuple[Name, ...] = ()
        self.needs: set[str] = set()
        self.typed: set[str] = set()
        self.inherited = Inherited()
        self.choices: Mapping[tuple[Name, str], Choices] = {}
        self.lines: dict[tuple[object, ...], tuple[str, set[str]]] = {}
        self.late_indexes: set[tuple[Name, str]] = set()
        self.late_constraints: set[tuple[Name, str]] = set()
        self.late_defaults: set[tuple[Name, str]] = set()
        self._attributes = {
            name
            for mapped in model.classes
            for name in (*mapped.attributes, *(relation.name for relation in mapped.relationships))
        }
        self.taken = {*self._attributes, *naming.MODULE_NAMES, *(c.name for c in model.classes)}
        if self.is_package:
            self.taken.update(c.module for c in model.classes)

    @property
    def is_package(self) -> bool:
        return self.options.layout != "module"

    def begin(self) -> None:
        """Begins a module."""
        self.needs = set()
        self.typed = set()

    def need(self, *names: str) -> None:
        """Notes names that must be imported or defined where the text being written will stand."""
        self.needs.update(names)

    def noted(self, write: Callable[[], Written]) -> tuple[Written, set[str]]:
        """What is written, and what it needs."""
        before, self.needs = self.needs, set()
        line, needs = write(), self.needs
        self.needs = before
        return line, needs

    @cached_property
    def domains(self) -> dict[Name, Domain]:
        return {domain.name: domain for domain in self.schema.domains}

    @cached_property
    def tables(self) -> dict[Name, Table]:
        """The tables that the metadata holds: all but partitions and foreign tables."""
        return {t.name: t for t in self.schema.tables if in_metadata(t)}

    @cached_property
    def has_dots(self) -> bool:
        """Whether a table has a dot in a name that a foreign key may say."""
        return any(
            "." in f"{name.schema}{name.name}" or any("." in column.name for column in table.columns)
            for name, table in self.tables.items()
        )

    @cached_property
    def external(self) -> dict[Name, Table]:
        return {table.name: table for table in self.schema.external_tables}

    @cached_property
    def owned(self) -> dict[tuple[Name, str], Sequence]:
        """The sequences of columns."""
        return {(s.owned_by.table, s.owned_by.column): s for s in self.schema.sequences if s.owned_by is not None}

    @cached_property
    def enum_variables(self) -> dict[Name, str]:
        """The module variables of enum types: `order_status_type`."""
        return self._variables([enum.name for enum in self.schema.enums], "type")

    @cached_property
    def domain_variables(self) -> dict[Name, str]:
        return self._variables(list(self.domains), "domain")

    @cached_property
    def sequence_variables(self) -> dict[Name, str]:
        """Of the sequences that stand by themselves; they are made by an event."""
        return self._variables([s.name for s in self.schema.sequences if s.owned_by is None], "sequence")

    @cached_property
    def table_variables(self) -> dict[Name, str]:
        """Of the tables that are `sa.Table` objects: not mapped ones, and external ones."""
        plain = [name for name in self.tables if not self.is_mapped(name)]
        return self._variables([*plain, *self.external], "table")

    @cached_property
    def referenced(self) -> dict[Name, dict[str, Type]]:
        """The columns of external tables that foreign keys point to, each with the type of the column that points."""
        found: dict[Name, dict[str, Type]] = {}
        for table in self.tables.values():
            for key in table.foreign_keys:
                if key.table in self.external:
                    for column, other in zip(key.columns, key.referenced_columns, strict=False):
                        found.setdefault(key.table, {}).setdefault(other, table.column(column).type)
        return found

    @cached_property
    def cyclic_keys(self) -> frozenset[tuple[Name, str]]:
        """The foreign keys that are added after all tables, so that the others are free of cycles."""
        return breaking_keys(self.tables)

    @cached_property
    def enum_names(self) -> frozenset[str]:
        """The classes of enums, or what stands for them in annotations."""
        return frozenset(enum.name for enum in self.model.enums if self.has_name(enum))

    def spelled(self, word: str) -> str:
        """What an imported name is called here: another name, where a class has that one."""
        return f"sqlmodel_{word}" if word in self._class_names else word

    @cached_property
    def _class_names(self) -> frozenset[str]:
        return frozenset(found.name for found in self.model.classes) | self.enum_names

    def has_name(self, enum: EnumClass) -> bool:
        """Whether Python has a name for the enum's values; otherwise they are strings."""
        style = self.options.enums
        return style == "classes" or (style == "literals" and bool(enum.members))

    @cached_property
    def lazy(self) -> Mapping[tuple[Name, str], str]:
        """How the rows of a relationship are loaded, by table and relationship."""
        return named_relations(self.model, self.options.lazy)

    @cached_property
    def cascade(self) -> Mapping[tuple[Name, str], str]:
        """What the session does to the rows that point here, by table and relationship."""
        for pattern, words in self.options.cascade.items():
            if unknown := {word.strip() for word in words.split(",")} - CASCADES:
                raise OptionError(f"cascade of {pattern}: {min(unknown)!r} is none of SQLAlchemy's", key=pattern)
        return named_relations(self.model, self.options.cascade, lambda relation: not relation.holds_key)

    def class_of(self, name: Name) -> MappedClass:
        """The class of a table of this schema."""
        found = self.model.of_table(name)
        assert found is not None, name
        return found

    def foreign_key(self, table: Name, name: str) -> ForeignKey:
        return next(key for key in self.tables[table].foreign_keys if key.name == name)

    def is_late(self, table: Table, constraint: Constraint) -> bool:
        """Whether it can only be stated once other things are there."""
        return bool(self.late_constraints) and (table.name, constraint.name) in self.late_constraints

    def is_default_late(self, table: Table, column: Column) -> bool:
        """Whether the column's default can only be set once other things are there."""
        return bool(self.late_defaults) and (table.name, column.name) in self.late_defaults

    def is_mapped(self, name: Name) -> bool:
        mapped = self.model.of_table(name)
        return mapped is not None and mapped.mapped

    def _variables(self, names: list[Name], kind: str) -> dict[Name, str]:
        """Told apart from each other, from attributes (a class body would hide them) and from what is imported."""
        wanted = [
            naming.snake(name.name if name.schema in ("", "public") else f"{name.schema}_{name.name}") + f"_{kind}"
            for name in names
        ]
        found = dict(zip(names, naming.unique(wanted, self.taken), strict=True))
        self.taken.update(found.values())
        return found


def in_metadata(table: Table) -> bool:
    """Whether SQLAlchemy can make this table itself."""
    return table.partition is None and table.server is None


def table_key(name: Name) -> str:
    """The key of a table in its MetaData."""
    schema = schema_of(name)
    return f"{schema}.{name.name}" if schema else name.name


def schema_of(name: Name) -> str | None:
    """The `schema=` of a name; `public` is left to the search path."""
    return name.schema if name.schema not in ("", "public") else None


def schema_of_type(name: Name) -> str | None:
    """The `schema=` of a type's name: `public` is stated where the bare name is a built-in type's."""
    return name.schema if name.schema == "public" and in_catalog(name.name) else schema_of(name)
