"""CREATE INDEX, and the elements that indexes share with partition keys and exclusion constraints."""

from __future__ import annotations

from schema_bridge.emit.sql import element, ident, name, options
from schema_bridge.ir import Index, IndexPart, Name


def part(value: IndexPart) -> str:
    """One key element: a column or an expression, with what differs from its defaults."""
    text = ident(value.column) if value.column is not None else element(value.expression or "")
    if value.collation is not None:
        text += f" COLLATE {name(value.collation)}"
    if value.opclass is not None:
        text += f" {in_system(value.opclass)}"
        if value.opclass_options:
            text += f" ({options(value.opclass_options)})"
    if value.descending:
        text += " DESC"
    if value.nulls_first != value.descending:
        text += " NULLS FIRST" if value.nulls_first else " NULLS LAST"
    return text


def in_system(value: Name) -> str:
    """The name of an operator class: bare for those that every database has."""
    return ident(value.name) if value.schema == "pg_catalog" else name(value)


def create(table: Name, index: Index, *, if_not_exists: bool = False) -> str:
    """The index of a table or materialised view."""
    unique = "UNIQUE " if index.unique else ""
    exists = "IF NOT EXISTS " if if_not_exists else ""
    only = "ONLY " if index.only else ""
    method = "" if index.method == "btree" else f" USING {ident(index.method)}"
    keys = ", ".join(map(part, index.parts))
    return f"CREATE {unique}INDEX {exists}{ident(index.name)} ON {only}{name(table)}{method} ({keys})" + _rest(index)


def _rest(index: Index) -> str:
    text = f" INCLUDE ({', '.join(map(ident, index.include))})" if index.include else ""
    if index.nulls_not_distinct:
        text += " NULLS NOT DISTINCT"
    if index.options:
        text += f" WITH ({options(index.options)})"
    if index.tablespace is not None:
        text += f" TABLESPACE {ident(index.tablespace)}"
    if index.where is not None:
        text += f" WHERE {index.where}"
    return text


def settings(table: Name, index: Index) -> list[str]:
    """The statistics targets of expression elements, which only ALTER INDEX states."""
    targets = [(number, part.statistics) for number, part in enumerate(index.parts, 1) if part.statistics is not None]
    if not targets:
        return []
    alter = f"ALTER INDEX {name(Name(table.schema, index.name))} ALTER COLUMN"
    return [f"{alter} {number} SET STATISTICS {target}" for number, target in targets]


def attach(parent: Name, index: Name) -> str:
    """Makes a partition's index part of its parent's."""
    return f"ALTER INDEX {name(parent)} ATTACH PARTITION {name(index)}"
