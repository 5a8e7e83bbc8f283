"""What the section `naming` says of single tables and columns, held against the schema it speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from schema_bridge import naming
from schema_bridge.errors import OptionError
from schema_bridge.ir import Name, Schema, Table
from schema_bridge.python_model.model import MappedClass, NamingOptions
from schema_bridge.python_model.selection import spellings


def class_override(name: Name, options: NamingOptions) -> str | None:
    """The class name that is given for a table or an enum; OptionError where no class can be called so."""
    key = _key(options.class_names, spellings(name))
    if key is None:
        return None
    given = options.class_names[key]
    if not naming.is_identifier(given) or naming.safe_class(given) != given:
        raise OptionError(f"{given!r}, given for {key}, cannot be the name of a class", key=key)
    return given


def attribute_override(table: Name, column: str, options: NamingOptions) -> str | None:
    """The attribute that is given for a column; OptionError where no attribute can be called so."""
    key = _key(options.attribute_names, (*(f"{spelling}.{column}" for spelling in spellings(table)), column))
    if key is None:
        return None
    given = options.attribute_names[key]
    if not naming.is_identifier(given) or given in naming.UNUSABLE or given[0] == "_":
        raise OptionError(f"{given!r}, given for {key}, cannot be the name of an attribute", key=key)
    return given


def former_names(table: Table, attributes: tuple[str, ...], options: NamingOptions) -> tuple[tuple[str, str], ...]:
    """(former name, attribute) of each column that was renamed; OptionError where old or new name cannot be."""
    if not options.renamed:
        return ()
    found = []
    columns = [column.name for column in table.columns]
    for key, new in options.renamed.items():
        spelling, _, old = key.rpartition(".")
        if spelling not in spellings(table.name):
            continue
        if new not in columns:
            raise OptionError(f"{key} was renamed to {new}, which is no column of {table.name}", key=key)
        if naming.attribute_name(old) in attributes:
            raise OptionError(f"{key} was renamed, and {table.name} has a column of that name", key=key)
        found.append((old, attributes[columns.index(new)]))
    return tuple(found)


def renamed(classes: tuple[MappedClass, ...], options: NamingOptions) -> tuple[MappedClass, ...]:
    """The classes, their relationships called as `relationship_names` says; OptionError where a name cannot be."""
    wanted = dict(options.relationship_names)
    if not wanted:
        return classes
    new: dict[tuple[Name, str], str] = {}
    for mapped in classes:
        for relation in mapped.relationships:
            key = _key(wanted, tuple(f"{spelling}.{relation.name}" for spelling in spellings(mapped.table)))
            if key is not None:
                new[mapped.table, relation.name] = wanted.pop(key)
    for key in wanted:
        raise OptionError(f"relationship_names speaks of {key}, which is no relationship of this schema", key=key)
    return tuple(_with_names(mapped, new) for mapped in classes)


def _with_names(mapped: MappedClass, new: Mapping[tuple[Name, str], str]) -> MappedClass:
    relations = []
    names = {*mapped.attributes, *(naming.attribute_name(old) for old, _ in mapped.former)}
    for relation in mapped.relationships:
        name = new.get((mapped.table, relation.name), relation.name)
        if not naming.is_identifier(name) or name in naming.UNUSABLE or name[0] == "_" or name in names:
            raise OptionError(f"{name!r} cannot be the name of a relationship of {mapped.table}", key=name)
        names.add(name)
        back = new.get((relation.target, relation.back_populates), relation.back_populates)
        # A name too many is harmless there.
        also = {later for (_, former), later in new.items() if former in relation.overlaps}
        overlaps = tuple(sorted({*relation.overlaps, *also}))
        relations.append(msgspec.structs.replace(relation, name=name, back_populates=back, overlaps=overlaps))
    return msgspec.structs.replace(mapped, relationships=tuple(relations))


def refuse_unknown(schema: Schema, options: NamingOptions) -> None:
    """OptionError for a key that names nothing of the schema."""
    if options == NamingOptions():
        return
    tables = {spelling: table for table in schema.tables for spelling in spellings(table.name)}
    enums = [spelling for enum in schema.enums for spelling in spellings(enum.name)]
    _refuse("class_names", options.class_names, {*tables, *enums}, "table or enum type")
    columns = {f"{spelling}.{column.name}" for spelling, table in tables.items() for column in table.columns}
    columns.update(column.name for table in schema.tables for column in table.columns)
    _refuse("attribute_names", options.attribute_names, columns, "column")
    for key in options.renamed:
        if key.rpartition(".")[0] not in tables:
            raise OptionError(
                f"renamed speaks of {key}, which is not table.column with a table of this schema", key=key
            )


def _refuse(option: str, named: Iterable[str], known: set[str], kind: str) -> None:
    for name in named:
        if name not in known:
            raise OptionError(f"{option} speaks of {name}, which is no {kind} of this schema", key=name)


def _key(given: dict[str, str], spelt: tuple[str, ...]) -> str | None:
    return next((spelling for spelling in spelt if spelling in given), None) if given else None
