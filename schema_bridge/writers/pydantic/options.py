"""What a team may ask of the schemas, and what that means for one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeVar

import msgspec

from schema_bridge import naming
from schema_bridge.errors import OptionError
from schema_bridge.ir import Name, Table
from schema_bridge.python_model import MappedClass, NamingOptions
from schema_bridge.python_model.selection import import_path, named, spellings

Variant = Literal["create", "update", "response", "list"]
VARIANTS: tuple[Variant, ...] = ("create", "update", "response", "list")
DEFAULT: tuple[Variant, ...] = ("create", "update", "response")
T = TypeVar("T")
Columns = dict[tuple[Name, str], T]


class ClassNames(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the classes of a table are called; `{}` is the name of the model's. Without a `base` the others have all
    their fields themselves."""

    base: str | None = "{}Base"
    create: str = "{}Create"
    update: str = "{}Update"
    response: str = "{}Response"
    list: str = "{}List"


class Extra(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"variants": "in"}):
    """A field that is no column, and the classes that have it."""

    type: Any
    variants: tuple[Variant, ...]
    description: str | None = None


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a team may ask for.

    `name` is the package's, with a module for each table or each of the `groups` (`billing: [invoices, payment_*]`),
    `other` for what no group takes; or the module's, where `layout` is one. `tables`, `exclude` and the keys of `variants` are names (`users`, `app.users`) or globs (`tmp_*`); those of
    `leave_out`, `types` and `examples` are columns (`users.hashed_password`, or `created_at` of any table). Where
    several keys match, the last one counts. `types` and `extra` describe values (see `descriptions`); `choices` is
    what a check's list of texts becomes. `camel_aliases` takes and gives names as TypeScript spells them.
    """

    layout: Literal["tables", "groups", "module"] = "tables"
    name: str = "schemas"
    groups: dict[str, tuple[str, ...]] = {}
    tables: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    variants: dict[str, tuple[Variant, ...]] = {}
    classes: ClassNames = ClassNames()
    leave_out: dict[str, tuple[Variant, ...]] = {}
    extra: dict[str, Extra] = {}
    types: dict[str, Any] = {}
    choices: Literal["literals", "classes"] = "literals"
    examples: dict[str, tuple[Any, ...]] = {}
    base_import: str | None = None
    camel_aliases: bool = False
    serialize_by_alias: bool = False
    naming: NamingOptions = NamingOptions()


Described = tuple[str, Any]
"""The key of an option, and what it says of a value."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the options say of one table: the names of its classes by variant, of those that are made, and the columns
    that a variant leaves out."""

    names: Mapping[str, str]
    left_out: Mapping[str, frozenset[str]] = {}
    types: Mapping[str, Described] = {}
    extra: Mapping[str, Extra] = {}
    examples: Mapping[str, tuple[Any, ...]] = {}
    enum_classes: bool = False
    base: tuple[str, str] = ("pydantic", "BaseModel")
    camel: bool = False
    by_alias: bool = False

    def leaves_out(self, variant: str) -> frozenset[str]:
        return self.left_out.get(variant, frozenset())


Pair = tuple[Table, MappedClass]


def chosen(pairs: list[Pair], options: Options) -> list[tuple[Pair, Settings]]:
    """The tables that have classes, each with what the options say of it.

    OptionError where an option names no table or column, or gives one name to two classes.
    """
    if not naming.is_identifier(options.name):
        raise OptionError(f"{options.name!r} cannot be the name of a module", key="name")
    names = [table.name for table, _ in pairs]
    wanted = set(named(names, options.tables)) if options.tables else set(names)
    wanted -= set(named(names, options.exclude))
    variants = _variants(names, options)
    patterns = _patterns(options.classes)
    base = import_path(options.base_import, "base_import") if options.base_import else ("pydantic", "BaseModel")
    tables = [table for table, _ in pairs]
    left_out = of_columns(tables, options.leave_out)
    types = of_columns(tables, {key: (key, given) for key, given in options.types.items()})
    examples = of_columns(tables, options.examples)
    extra = _extra(pairs, options.extra)
    found = []
    for table, mapped in pairs:
        made = variants.get(table.name, DEFAULT)
        if table.name not in wanted or not made:
            continue
        settings = Settings(
            names=_class_names(patterns, mapped.name, made),
            left_out=_left_out(table, left_out) if left_out else {},
            types=_of_table(table, types),
            extra=extra.get(table.name, {}),
            examples=_of_table(table, examples),
            enum_classes=options.choices == "classes",
            base=base,
            camel=options.camel_aliases,
            by_alias=options.serialize_by_alias,
        )
        found.append(((table, mapped), settings))
    return found


def _variants(names: list[Name], options: Options) -> dict[Name, tuple[Variant, ...]]:
    return {name: made for pattern, made in options.variants.items() for name in named(names, [pattern])}


def _patterns(classes: ClassNames) -> dict[str, str]:
    """The patterns of class names, each unlike the others."""
    patterns: dict[str, str] = {
        field: pattern for field in classes.__struct_fields__ if (pattern := getattr(classes, field)) is not None
    }
    for field, pattern in patterns.items():
        if pattern.count("{}") != 1 or not naming.is_identifier(pattern.replace("{}", "X")):
            raise OptionError(f"{pattern!r} is no pattern of class names such as {{}}Base", key=field)
        if list(patterns.values()).count(pattern) > 1:
            raise OptionError(f"{pattern!r} is the pattern of two classes", key=field)
    return patterns


def _class_names(patterns: Mapping[str, str], name: str, made: Iterable[Variant]) -> dict[str, str]:
    """The names by variant. A base is for what is created and shown alike, and there if both are; a list has items of
    the response."""
    wanted: set[str] = {*made, "response"} if "list" in made else set(made)
    if {"create", "response"} <= wanted:
        wanted.add("base")
    return {variant: pattern.replace("{}", name) for variant, pattern in patterns.items() if variant in wanted}


def _left_out(table: Table, left_out: Columns[tuple[Variant, ...]]) -> dict[str, frozenset[str]]:
    by_column = {column.name: left_out.get((table.name, column.name), ()) for column in table.columns}
    return {variant: frozenset(name for name, of in by_column.items() if variant in of) for variant in VARIANTS}


def _of_table(table: Table, given: Columns[T]) -> dict[str, T]:
    columns = [column.name for column in table.columns] if given else []
    return {name: given[table.name, name] for name in columns if (table.name, name) in given}


def _extra(pairs: list[Pair], extra: Mapping[str, Extra]) -> dict[Name, dict[str, Extra]]:
    """The fields by table; OptionError for one of no table, or with a name that it cannot have."""
    found: dict[Name, dict[str, Extra]] = {}
    classes = {table.name: mapped for table, mapped in pairs}
    for key, field in extra.items():
        pattern, _, name = key.rpartition(".")
        if naming.attribute_name(name) != name:
            raise OptionError(f"{name!r} cannot be the name of a field", key=key)
        for table in named(classes, [pattern]):
            if name in classes[table].attributes:
                raise OptionError(f"{key} is a column", key=key)
            found.setdefault(table, {})[name] = field
    return found


def of_columns(tables: list[Table], given: Mapping[str, T]) -> Columns[T]:
    """What an option says by column, spelled out; OptionError for a key that names none."""
    found: Columns[T] = {}
    for key, value in given.items():
        matching = [
            (table.name, column.name) for table in tables for column in table.columns if _is(key, table, column.name)
        ]
        if not matching:
            raise OptionError(f"no column is called {key}", key=key)
        found.update(dict.fromkeys(matching, value))
    return found


def _is(key: str, table: Table, column: str) -> bool:
    return fnmatchcase(column, key) or any(fnmatchcase(f"{name}.{column}", key) for name in spellings(table.name))
