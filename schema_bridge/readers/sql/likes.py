"""CREATE TABLE (LIKE other INCLUDING …): copies of another relation's columns, and of what the options name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from schema_bridge import default_names
from schema_bridge.ir import (
    Column,
    ColumnRef,
    Index,
    IndexPart,
    MaterializedView,
    Name,
    NotNull,
    PrimaryKey,
    Statistics,
    Table,
    Unique,
    View,
)
from schema_bridge.readers.sql import columns as columns_room
from schema_bridge.readers.sql import constraints, outcome
from schema_bridge.readers.sql.context import Context, Tree

replace = msgspec.structs.replace

# The bits of TableLikeOption.
COMMENTS, COMPRESSION, CONSTRAINTS, DEFAULTS, GENERATED, IDENTITY, INDEXES, STATISTICS, STORAGE = (
    1 << i for i in range(9)
)


def _source(context: Context, tree: Tree) -> Any:
    """The relation that is copied; UnknownColumn where only the server can tell what it is made of."""
    name = context.found(tree["relation"])
    state = context.state
    source: Any = state.relation(name) or state.composites.get(name)
    if name in state.other_tables or name in state.external_tables:
        raise outcome.UnknownColumn
    if source is None:
        if name.schema not in state.schemas_made():
            raise outcome.UnknownColumn
        context.fail(f"{name} is not known here, so it cannot be copied with LIKE")
    return source


def copy_columns(context: Context, table: Table, tree: Tree) -> list[Column]:
    """The columns; NOT NULL always comes along, the rest where the options say so."""
    source = _source(context, tree)
    wanted = int(tree.get("options", 0))
    if isinstance(source, View | MaterializedView):
        return [replace(column, origin=context.origin()) for column in outcome.columns_of(context, source)]
    columns = source.columns if isinstance(source, Table) else source.attributes
    return [_copy(context, table, (source.name.name, column), wanted) for column in columns]


def _copy(context: Context, table: Table, copied: tuple[str, Any], wanted: int) -> Column:
    source, column = copied
    if not isinstance(column, Column):
        return Column(name=column.name, type=column.type, collation=column.collation, origin=context.origin())
    identity = column.identity if wanted & IDENTITY else None
    if identity is not None:
        taken = context.state.index_name_taken(table.name.schema, constraint=False)
        name = Name(table.name.schema, default_names.free(table.name.name, column.name, "seq", taken))
        context.state.identity_sequences[name] = ColumnRef(table=table.name, column=column.name)
        identity = replace(identity, sequence=name)
    named = columns_room.keeping_not_null_name(column, source, table.name.name, column.name)
    return Column(
        name=column.name,
        type=column.type,
        not_null=column.not_null,
        not_null_constraint=_not_null(named.not_null_constraint, wanted),
        default=column.default if wanted & DEFAULTS else None,
        generated=column.generated if wanted & GENERATED else None,
        identity=identity,
        collation=column.collation,
        storage=column.storage if wanted & STORAGE else None,
        compression=column.compression if wanted & COMPRESSION else None,
        comment=column.comment if wanted & COMMENTS else None,
        origin=context.origin(),
    )


def _not_null(constraint: NotNull | None, wanted: int) -> NotNull | None:
    """Its name comes along, and its comment where those are wanted; the copy is valid, since the table is empty."""
    if constraint is None:
        return None
    comment = constraint.comment if wanted & COMMENTS else None
    copy = NotNull(name=constraint.name, no_inherit=constraint.no_inherit, comment=comment)
    return None if copy == NotNull() else copy


def copy_rest(context: Context, table: Table, tree: Tree) -> Table:
    """Checks keep their names; indexes and keys get the default ones of the new table."""
    source = _source(context, tree)
    wanted = int(tree.get("options", 0))
    if not isinstance(source, Table):
        return table
    if wanted & CONSTRAINTS:
        for check in source.checks:
            constraints.register(context, table, check.name)
            comment = check.comment if wanted & COMMENTS else None
            table = replace(table, checks=(*table.checks, replace(check, inherited=False, comment=comment)))
    if wanted & INDEXES:
        table = _indexes(context, table, source, wanted)
    if wanted & STATISTICS:
        _statistics(context, table, source, wanted)
    return table


def _indexes(context: Context, table: Table, source: Table, wanted: int) -> Table:
    table = copy_keys(context, table, source)
    for index in source.indexes:
        copy = replace(copy_index(context, table, index), comment=index.comment if wanted & COMMENTS else None)
        table = replace(table, indexes=(*table.indexes, copy))
    return table


def copy_keys(context: Context, table: Table, source: Table) -> Table:
    """Primary key, unique and exclusion constraints under the default names of the new table."""
    if source.primary_key is not None and table.primary_key is None:
        table = replace(table, primary_key=_key(context, table, source.primary_key, "pkey"))
    for unique in source.uniques:
        table = replace(table, uniques=(*table.uniques, _key(context, table, unique, "key")))
    for exclusion in source.exclusions:
        named = default_names.index_columns(part.part.column for part in exclusion.parts)
        name = _free(context, table, default_names.columns_part(named), "excl")
        constraints.register(context, table, name, index=True)
        table = replace(table, exclusions=(*table.exclusions, replace(exclusion, name=name, comment=None)))
    return table


def _free(context: Context, table: Table, middle: str, label: str) -> str:
    taken = context.state.index_name_taken(table.name.schema, constraint=label != "idx")
    return default_names.free(table.name.name, middle, label, taken)


def _key(context: Context, table: Table, key: Any, label: str) -> Any:
    middle = "" if isinstance(key, PrimaryKey) else default_names.columns_part((*key.columns, *key.include))
    name = _free(context, table, middle, label)
    constraints.register(context, table, name, index=True)
    copy: PrimaryKey | Unique = replace(key, name=name, comment=None, index_comment=None, partition_of=None)
    return copy


def copy_index(context: Context, table: Table, index: Index) -> Index:
    """The same index on another table, under its default name there."""
    name = _free(context, table, default_names.columns_part(labels(index)), "idx")
    context.state.indexes[Name(table.name.schema, name)] = table.name
    return replace(index, name=name, comment=None, partition_of=None, only=False, origin=context.origin())


def labels(index: Index) -> list[str]:
    """The column names that make an index's default name."""
    found = [part.column or _expression_label(part.expression or "") for part in index.parts]
    return default_names.index_columns([*found, *index.include])


def _expression_label(expression: str) -> str | None:
    """An index expression's label: that of a function call is the function's name."""
    head, bracket, _ = expression.partition("(")
    name = head.strip().rpartition(".")[2]
    return name.lower() if bracket and name.replace("_", "a").isalnum() else None


def _statistics(context: Context, table: Table, source: Table, wanted: int) -> None:
    """Statistics of the same parts; their target stays behind."""
    for statistics in list(context.state.statistics.values()):
        if statistics.table == source.name:
            name = free_statistics(context, table.name, statistics.parts)
            comment = statistics.comment if wanted & COMMENTS else None
            copy: Statistics = replace(statistics, name=name, table=table.name, comment=comment, target=None)
            context.state.statistics[name] = copy


def free_statistics(context: Context, table: Name, parts: Iterable[IndexPart]) -> Name:
    """The default name of statistics on these parts of a table."""
    named = default_names.index_columns(part.column for part in parts)
    known = context.state.statistics

    def taken(text: str) -> bool:
        return Name(table.schema, text) in known

    return Name(table.schema, default_names.free(table.name, default_names.columns_part(named), "stat", taken))
