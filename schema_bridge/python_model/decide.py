"""Decides the Python names of a schema: pure, deterministic, every collision resolved by one rule."""

from __future__ import annotations

from schema_bridge import naming
from schema_bridge.errors import OptionError
from schema_bridge.ir import Enum, Schema, Table
from schema_bridge.python_model.model import EnumClass, MappedClass, NamingOptions, PythonModel
from schema_bridge.python_model.overrides import (
    attribute_override,
    class_override,
    former_names,
    refuse_unknown,
    renamed,
)
from schema_bridge.python_model.relations import with_relationships
from schema_bridge.python_model.selection import DEFAULT_SCHEMA
from schema_bridge.remembering import of_one_schema

VARIANTS = ("Base", "Create", "Update", "Response")
"""What is put behind a class name for its Pydantic schemas; enum classes keep clear of these."""


def decide(schema: Schema, options: NamingOptions) -> PythonModel:
    """The names of every table's class and attributes, of the enums and of the relationships.

    Raises OptionError where an override names no table or column, is no identifier, or is given twice.
    """
    model = decide_names(schema, options)
    return PythonModel(classes=renamed(with_relationships(schema, model.classes), options), enums=model.enums)


@of_one_schema
def decide_names(schema: Schema, options: NamingOptions) -> PythonModel:
    """The same without the relationships: for those who have no use for them, and half the work."""
    refuse_unknown(schema, options)
    tables = [table for table in schema.tables if table.partition is None]
    names = _class_names(tables, options)
    modules = naming.unique(naming.module_name(name) for name in names)
    classes = tuple(
        _mapped_class(table, name, module, options) for table, name, module in zip(tables, names, modules, strict=True)
    )
    enums = _enum_classes(schema.enums, names, modules, options)
    return PythonModel(classes=classes, enums=enums)


def _class_names(tables: list[Table], options: NamingOptions) -> list[str]:
    """In the order of the tables. Where two want one name, the default schema's keeps it and the others are led by
    their schema's name (`app.users` -> `AppUser`); what still collides is numbered."""
    given = [class_override(table.name, options) for table in tables]
    fixed = [name for name in given if name is not None]
    if len(fixed) != len(set(fixed)):
        twice = next(name for name in fixed if fixed.count(name) > 1)
        raise OptionError(f"class_names gives {twice} to two tables", key="class_names")
    plain = [_class_name(table, options) for table in tables]
    held = {n for n, t, g in zip(plain, tables, given, strict=True) if g is None and _is_default(t)}
    wanted: list[str] = []
    seen: set[str] = set()
    for table, name in zip(tables, plain, strict=True):
        if not _is_default(table) and (name in held or name in seen):
            name = naming.safe_class(naming.camel(table.name.schema, options.all_acronyms) + name)
        seen.add(name)
        wanted.append(name)
    free = naming.unique((w for w, g in zip(wanted, given, strict=True) if g is None), taken=fixed)
    supply = iter(free)
    return [g if g is not None else next(supply) for g in given]


def _class_name(table: Table, options: NamingOptions) -> str:
    """As the front end calls its rows, where it does; of several types the shortest (`User` beside `NewUser`)."""
    exports = table.notes.type_exports if table.notes is not None else ()
    if exports:
        return naming.safe_class(naming.camel(min(exports, key=lambda name: (len(name), name)), options.all_acronyms))
    return naming.class_name(table.name.name, options.all_acronyms, options.singular)


def _is_default(table: Table) -> bool:
    return table.name.schema == DEFAULT_SCHEMA


def _mapped_class(table: Table, name: str, module: str, options: NamingOptions) -> MappedClass:
    columns = tuple(column.name for column in table.columns)
    attributes = _attributes(table, columns, options)
    return MappedClass(
        table=table.name,
        name=name,
        module=module,
        columns=columns,
        attributes=attributes,
        mapped=table.primary_key is not None,
        former=former_names(table, attributes, options),
    )


def _attributes(table: Table, columns: tuple[str, ...], options: NamingOptions) -> tuple[str, ...]:
    plain = [naming.attribute_name(column) for column in columns]
    if not options.attribute_names and len(set(plain)) == len(plain):
        return tuple(plain)
    given = [attribute_override(table.name, column, options) for column in columns]
    fixed = [name for name in given if name is not None]
    if len(fixed) != len(set(fixed)):
        raise OptionError(f"attribute_names gives one name to two columns of {table.name}", key="attribute_names")
    # A column whose attribute is its own name comes before one that was bent to it.
    order = sorted(range(len(columns)), key=lambda at: (plain[at] != columns[at], at))
    free = naming.unique((plain[at] for at in order if given[at] is None), taken=fixed)
    chosen = dict(zip((at for at in order if given[at] is None), free, strict=True))
    return tuple(given[at] or chosen[at] for at in range(len(columns)))


def _enum_classes(
    enums: tuple[Enum, ...], classes: list[str], modules: list[str], options: NamingOptions
) -> tuple[EnumClass, ...]:
    taken = {*classes, *(f"{name}{variant}" for name in classes for variant in VARIANTS)}
    wanted: list[str] = []
    for enum in enums:
        name = class_override(enum.name, options)
        if name is None:
            name = naming.enum_class_name(enum.name.name, options.all_acronyms)
            if name in taken or name in wanted:
                name = f"{name}Enum"
        wanted.append(name)
    names = naming.unique(wanted, {*taken, *naming.MODULE_NAMES, *naming.SCHEMA_NAMES})
    files = naming.unique((naming.module_name(name) for name in names), modules)
    return tuple(
        EnumClass(
            enum=enum.name,
            name=name,
            module=module,
            members=tuple(zip(naming.unique(map(naming.enum_member, enum.labels)), enum.labels, strict=True)),
        )
        for enum, name, module in zip(enums, names, files, strict=True)
    )
