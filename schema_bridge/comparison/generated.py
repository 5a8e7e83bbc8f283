"""Whether a constraint's or an index's name is one that a tool gave it: the default of a known convention for that very
definition, PostgreSQL's, Drizzle's or SQLAlchemy's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_never

from msgspec.structs import replace

from schema_bridge import default_names as default
from schema_bridge.ir import Check, Exclusion, ForeignKey, Index, IndexPart, NotNull, PrimaryKey, Table, Unique, facts

Named = PrimaryKey | Unique | ForeignKey | Check | Exclusion | Index
DIGITS = "0123456789"


def is_generated(table: str, node: Named, columns: tuple[str, ...] = ()) -> bool:
    """`columns` are the table's: PostgreSQL names a check after the one that it mentions. A number at the end tells it
    from another one of that name."""
    known = set(_names(table, node, columns))
    return node.name in known or node.name.rstrip(DIGITS) in known


def generated_names(table: Table) -> frozenset[str]:
    """The names of a table's parts that tools gave them."""
    columns = tuple(column.name for column in table.columns)
    parts = (part for fact in facts(Table) for part in _parts(getattr(table, fact.name)))
    return frozenset(part.name for part in parts if is_generated(table.name.name, part, columns))


def _parts(value: Any) -> Iterator[Named]:
    return (part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, Named))


def renamed_not_nulls(before: Table, after: Table) -> Table:
    """A table that was renamed, or columns of it, with the names of not-null constraints that it would get now: RENAME
    leaves those as they are, and each is the default of the old name or of the new one."""
    columns = (
        replace(new, not_null_constraint=_constraint(old.not_null_constraint, after.name.name, new.name))
        for old, new in zip(before.columns, after.columns, strict=True)
    )
    return replace(after, columns=tuple(columns))


def _constraint(stated: NotNull | None, table: str, column: str) -> NotNull | None:
    if stated is None or stated.name != default.not_null(table, column):
        return stated
    unnamed = replace(stated, name=None)
    return None if unnamed == NotNull() else unnamed


def _names(table: str, node: Named, columns: tuple[str, ...]) -> Iterator[str]:
    match node:
        case PrimaryKey():
            yield default.primary_key(table)
            yield default.drizzle_primary_key(table, node.columns)
        case Unique():
            yield default.unique(table, (*node.columns, *node.include))
            yield default.drizzle_unique(table, node.columns)
        case ForeignKey():
            yield default.foreign_key(table, node.columns)
            referenced = node.table.name, node.referenced_columns
            yield from (default.drizzle_foreign_key(table, node.columns, referenced, version) for version in (0, 1))
        case Check():
            yield from (default.check(table, column) for column in ("", *columns))
        case Exclusion():
            parts = [_label(part.part) for part in node.parts]
            yield default.exclusion(table, default.index_columns([*parts, *node.include]))
        case Index():
            named = default.index_columns([*map(_label, node.parts), *node.include])
            yield default.index(table, named)
            yield default.drizzle_index(table, named)
            yield default.sqlalchemy_index(table, named)
        case _:
            assert_never(node)


def _label(part: IndexPart) -> str | None:
    return part.column
