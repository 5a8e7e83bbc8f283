"""One form for a partition, however it was written: PARTITION OF where it is just as its parent makes it, else a table
of its own that is attached, index by index."""

from __future__ import annotations

from typing import Any, assert_never

import msgspec

from schema_bridge import default_names
from schema_bridge.ir import Column, Exclusion, Index, Name, NotNull, PrimaryKey, Table, Unique
from schema_bridge.readers.sql import likes
from schema_bridge.readers.sql.state import State

replace = msgspec.structs.replace

Key = PrimaryKey | Unique | Exclusion

_APART = ("origin", "comment", "notes", "inherited", "not_null_constraint", "identity")
_SAME_COLUMN: dict[str, Any] = {
    field.name: field.default for field in msgspec.structs.fields(Column) if field.name in _APART
}


def settle(state: State) -> None:
    """Bring every partition into its form, and say of each parent's index whether it reaches the partitions itself."""
    for table in list(state.tables.values()):
        if table.partition is not None and table.partition.parent in state.tables:
            parent = state.tables[table.partition.parent]
            made = _is_as_made(state, table, parent)
            form = _as_made(table, parent) if made else _as_attached(state, table, parent)
            state.tables[table.name] = form
    for table in list(state.tables.values()):
        if table.partition_by is not None and table.indexes:
            state.tables[table.name] = replace(table, indexes=tuple(_reach(state, table, i) for i in table.indexes))


def _is_as_made(state: State, table: Table, parent: Table) -> bool:
    if not all(_comes_with(state, table, parent, column) for column in table.columns):
        return False
    columns = [replace(c, **_SAME_COLUMN) for c in table.columns]
    if columns != [replace(c, **_SAME_COLUMN, options=(), statistics=None) for c in parent.columns]:
        return False
    checks = {(c.name, c.expression) for c in table.checks}
    if not checks >= {(c.name, c.expression) for c in parent.checks if not c.no_inherit}:
        return False
    return all(_is_default(table, _part_of(parent, key, table)) for key in keys(parent)) and all(
        _is_default(table, _index_of(parent, index, table)) for index in parent.indexes
    )


def _comes_with(state: State, table: Table, parent: Table, column: Column) -> bool:
    """Whether PARTITION OF gives the column the not-null constraint that it has; a primary key of the partition's own
    makes one under its default name."""
    name = not_null_name(state, table, column)
    own = table.primary_key.columns if table.primary_key is not None and parent.primary_key is None else ()
    if column.name in own and name == default_names.not_null(table.name.name, column.name):
        return True
    return name == not_null_name(state, parent, column)


def not_null_name(state: State, table: Table, column: Column) -> str | None:
    """The name of a column's not-null constraint: a partition's is its parent's (PostgreSQL 18)."""
    theirs = next((c for c in table.columns if c.name == column.name), None)
    if theirs is None or not theirs.not_null:
        return None
    if theirs.not_null_constraint is not None and theirs.not_null_constraint.name is not None:
        return theirs.not_null_constraint.name
    parent = state.tables.get(table.partition.parent) if theirs.inherited and table.partition else None
    if parent is not None:
        return not_null_name(state, parent, column)
    return default_names.not_null(table.name.name, column.name)


def _with_not_null_name(state: State, table: Table, column: Column) -> Column:
    """The column with what is not its own default name stated."""
    name = not_null_name(state, table, column)
    if name is None:
        return column
    own = name == default_names.not_null(table.name.name, column.name)
    stated = replace(column.not_null_constraint or NotNull(), name=None if own else name)
    return replace(column, not_null_constraint=None if stated == NotNull() else stated)


def keys(table: Table) -> list[Key]:
    primary: list[Key] = [table.primary_key] if table.primary_key is not None else []
    return [*primary, *table.uniques, *table.exclusions]


def _part_of(parent: Table, key: Key, table: Table) -> Key | None:
    """The partition's own part of a parent's key."""
    whole = Name(parent.name.schema, key.name)
    for own in keys(table):
        if own.partition_of == whole or (type(own) is type(key) and own.partition_of is None and _same(own, key)):
            return own
    return None


def _same(one: Key, other: Key) -> bool:
    if isinstance(one, Exclusion) or isinstance(other, Exclusion):
        return isinstance(one, Exclusion) and isinstance(other, Exclusion) and one.parts == other.parts
    return (one.columns, one.include) == (other.columns, other.include)


def _index_of(parent: Table, index: Index, table: Table) -> Index | None:
    whole = Name(parent.name.schema, index.name)
    for own in table.indexes:
        if own.partition_of == whole or (own.partition_of is None and own.inherited and own.parts == index.parts):
            return own
    return None


def _is_default(table: Table, part: Key | Index | None) -> bool:
    """Whether the part has the name that the server gives."""
    text = table.name.name
    match part:
        case None:
            return False
        case PrimaryKey():
            return part.name == default_names.primary_key(text)
        case Unique():
            return part.name == default_names.unique(text, (*part.columns, *part.include))
        case Exclusion():
            labels = default_names.index_columns(p.part.column for p in part.parts)
            return part.name == default_names.exclusion(text, labels)
        case Index():
            return part.name == default_names.index(text, likes.labels(part))
        case _:
            assert_never(part)


def _as_made(table: Table, parent: Table) -> Table:
    """PARTITION OF: what the parent gives is inherited."""
    assert table.partition is not None
    theirs = {check.name for check in parent.checks if not check.no_inherit}
    given = {id(_index_of(parent, index, table)) for index in parent.indexes}
    cut = replace(
        table,
        partition=replace(table.partition, attached=False),
        columns=tuple(replace(c, inherited=True, not_null_constraint=None) for c in table.columns),
        checks=tuple(replace(c, inherited=c.name in theirs) for c in table.checks),
        indexes=tuple(replace(i, inherited=True, partition_of=None) if id(i) in given else i for i in table.indexes),
    )
    return _with_keys(cut, {id(_part_of(parent, key, table)): None for key in keys(parent)})


def _with_keys(table: Table, wholes: dict[int, Name | None]) -> Table:
    """The table with the parent's index noted on each key that is a part of it."""

    def noted(key: Any) -> Any:
        return replace(key, partition_of=wholes[id(key)]) if id(key) in wholes else key

    return replace(
        table,
        primary_key=noted(table.primary_key) if table.primary_key is not None else None,
        uniques=tuple(map(noted, table.uniques)),
        exclusions=tuple(map(noted, table.exclusions)),
    )


def _as_attached(state: State, table: Table, parent: Table) -> Table:
    """A table of its own: everything is stated, and each part names the parent's index."""
    assert table.partition is not None
    schema = parent.name.schema
    wholes: dict[int, Name | None] = {id(_part_of(parent, k, table)): Name(schema, k.name) for k in keys(parent)}
    indexes = {id(_index_of(parent, i, table)): Name(schema, i.name) for i in parent.indexes}
    stated = replace(
        table,
        partition=replace(table.partition, attached=True),
        columns=tuple(replace(_with_not_null_name(state, table, c), inherited=False) for c in table.columns),
        checks=tuple(replace(c, inherited=False) for c in table.checks),
        indexes=tuple(
            replace(i, inherited=False, partition_of=indexes[id(i)]) if id(i) in indexes else i for i in table.indexes
        ),
    )
    return _with_keys(stated, wholes)


def _reach(state: State, parent: Table, index: Index) -> Index:
    """ON ONLY holds where no partition has its part of the index from it alone."""
    children = [state.tables.get(name) for name in state.children.get(parent.name, ())]
    parts = [_index_of(parent, index, child) for child in children if child is not None]
    return replace(index, only=bool(parts) and not any(part is not None and part.inherited for part in parts))
