"""What the section `naming` says of single tables and columns, held against the schema it speaks of."""

from __future__ import annotations

from collections.abc import Iterable

from schema_bridge import naming
from schema_bridge.errors import OptionError
from schema_bridge.ir import Name, Schema, Table
from schema_bridge.python_model.model import NamingOptions
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
