"""What goes with something that is dropped: a column's constraints and indexes, a key's foreign keys, a table's all."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from pglast.parser import ParseError, parse_sql_json

from schema_bridge.ir import Index, Name, Table
from schema_bridge.readers.sql.context import Context, strings
from schema_bridge.trees import nodes

replace = msgspec.structs.replace


@lru_cache(maxsize=4096)
def columns_in(expression: str) -> frozenset[str]:
    """The column names that an expression mentions, whatever stands before them."""
    try:
        tree = msgspec.json.decode(parse_sql_json("SELECT " + expression))
    except ParseError:
        return frozenset()
    found: set[str] = set()
    for kind, node in nodes(tree):
        if kind == "ColumnRef":
            found.update(strings(field for field in node["fields"] if "String" in field))
    return frozenset(found)


def mentions(expression: str | None, column: str) -> bool:
    return expression is not None and column in expression and column in columns_in(expression)


def remove(context: Context, table: Table, name: str) -> Table:
    """The table without a constraint; its name, and its index's, are free again."""
    state, key = context.state, Name(table.name.schema, name)
    state.constraint_names[key] -= 1
    state.indexes.pop(key, None)
    primary = table.primary_key
    return replace(
        table,
        primary_key=None if primary is not None and primary.name == name else primary,
        uniques=tuple(c for c in table.uniques if c.name != name),
        checks=tuple(c for c in table.checks if c.name != name),
        foreign_keys=tuple(c for c in table.foreign_keys if c.name != name),
        exclusions=tuple(c for c in table.exclusions if c.name != name),
    )


def drop_constraint(context: Context, table: Table, name: str) -> Table:
    """The table without a constraint; foreign keys that refer to a dropped key go with it."""
    keys = [table.primary_key, *table.uniques]
    gone = next((key for key in keys if key is not None and key.name == name), None)
    table = remove(context, table, name)
    if gone is not None:
        context.state.tables[table.name] = table
        drop_references(context, table.name, gone.columns)
        return context.state.tables[table.name]
    return table


def drop_references(context: Context, name: Name, columns: tuple[str, ...] | None) -> None:
    """The foreign keys of all tables that refer to these columns of a table, or to any of it."""
    for table in list(context.state.tables.values()):
        for key in table.foreign_keys:
            if key.table == name and (columns is None or set(key.referenced_columns) == set(columns)):
                table = remove(context, table, key.name)
        context.state.tables[table.name] = table


def drop_column(context: Context, table: Table, name: str) -> Table:
    """The table without a column and what involves it: keys, checks, indexes, its sequence."""
    state = context.state
    for key in _constraints_of(table, name):
        table = drop_constraint(context, table, key)
    for index in table.indexes:
        if uses(index, name):
            state.indexes.pop(Name(table.name.schema, index.name), None)
    table = replace(
        table,
        columns=tuple(c for c in table.columns if c.name != name),
        indexes=tuple(i for i in table.indexes if not uses(i, name)),
        policies=tuple(p for p in table.policies if not (mentions(p.using, name) or mentions(p.check, name))),
        triggers=tuple(t for t in table.triggers if name not in t.columns and not mentions(t.when, name)),
    )
    state.tables[table.name] = table
    for statistics in list(state.statistics.values()):
        uses_it = any(part.column == name or mentions(part.expression, name) for part in statistics.parts)
        if statistics.table == table.name and uses_it:
            del state.statistics[statistics.name]
    drop_column_references(context, table.name, name)
    _forget_column(context, table.name, name)
    for sequence in list(state.sequences.values()):
        if sequence.owned_by is not None and (sequence.owned_by.table, sequence.owned_by.column) == (table.name, name):
            del state.sequences[sequence.name]
            state.forget("sequence", sequence.name)
    for sequence_name, owner in list(state.identity_sequences.items()):
        if (owner.table, owner.column) == (table.name, name):
            del state.identity_sequences[sequence_name]
            state.forget("sequence", sequence_name)
    return state.tables[table.name]


def _forget_column(context: Context, table: Name, column: str) -> None:
    """The privileges on a column, and what publications say of it."""
    state = context.state
    for key in [key for key in state.privileges if key[1] == column and key[0].name == table]:
        del state.privileges[key]
    for publication in list(state.publications.values()):
        tables = tuple(t for t in publication.tables if not (t.table == table and column in t.columns))
        if len(tables) < len(publication.tables):
            state.publications[publication.name] = replace(publication, tables=tables)


def drop_column_references(context: Context, name: Name, column: str) -> None:
    for table in list(context.state.tables.values()):
        for key in table.foreign_keys:
            if key.table == name and column in key.referenced_columns:
                context.state.tables[table.name] = remove(context, context.state.tables[table.name], key.name)


def _constraints_of(table: Table, column: str) -> list[str]:
    keys: list[Any] = [table.primary_key] if table.primary_key is not None else []
    keys += table.uniques
    found = [key.name for key in keys if column in (*key.columns, *key.include)]
    found += [check.name for check in table.checks if mentions(check.expression, column)]
    found += [key.name for key in table.foreign_keys if column in key.columns]
    for exclusion in table.exclusions:
        parts = [part.part for part in exclusion.parts]
        if any(p.column == column or mentions(p.expression, column) for p in parts) or mentions(
            exclusion.where, column
        ):
            found.append(exclusion.name)
    return found


def uses(index: Index, column: str) -> bool:
    return (
        column in index.include
        or mentions(index.where, column)
        or any(part.column == column or mentions(part.expression, column) for part in index.parts)
    )


def drop_table(context: Context, name: Name) -> None:
    """A table with its indexes, constraints, sequences, and the foreign keys that refer to it."""
    state = context.state
    table = state.tables.pop(name)
    for key in [key for key, owner in state.indexes.items() if owner == name]:
        del state.indexes[key]
    for part in (*table.uniques, *table.checks, *table.foreign_keys, *table.exclusions, table.primary_key):
        if part is not None:
            state.constraint_names[Name(name.schema, part.name)] -= 1
    for sequence in list(state.sequences.values()):
        if sequence.owned_by is not None and sequence.owned_by.table == name:
            del state.sequences[sequence.name]
            state.forget("sequence", sequence.name)
    for sequence_name in [key for key, owner in state.identity_sequences.items() if owner.table == name]:
        del state.identity_sequences[sequence_name]
        state.forget("sequence", sequence_name)
    for statistics in list(state.statistics.values()):
        if statistics.table == name:
            del state.statistics[statistics.name]
    drop_references(context, name, None)
    state.forget("table", name)
    for heirs in state.children.values():
        if name in heirs:
            heirs.remove(name)
    for child in state.children.pop(name, ()):
        if child in state.tables and state.tables[child].partition is not None:
            drop_table(context, child)


def drop_view(context: Context, name: Name) -> None:
    """A view or materialized view with its indexes and privileges."""
    state = context.state
    state.views.pop(name, None)
    if state.materialized_views.pop(name, None) is not None:
        for key in [key for key, owner in state.indexes.items() if owner == name]:
            del state.indexes[key]
    state.forget("table", name)
