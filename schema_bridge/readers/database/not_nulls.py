"""The names of not-null constraints (PostgreSQL 18), stated only where they do not go without saying."""

from __future__ import annotations

import msgspec

from schema_bridge import default_names
from schema_bridge.ir import Column, Name, NotNull, Table
from schema_bridge.readers.sql.state import State

replace = msgspec.structs.replace


def settle(state: State) -> None:
    """Leave out each name that is the default of its table, or that comes with an inherited column."""
    given = {
        (table.name, column.name): column.not_null_constraint
        for table in state.tables.values()
        for column in table.columns
        if column.not_null_constraint is not None
    }
    if given:
        for table in list(state.tables.values()):
            columns = tuple(replace(c, not_null_constraint=_stated(state, given, table, c)) for c in table.columns)
            state.tables[table.name] = replace(table, columns=columns)


def _stated(state: State, given: dict[tuple[Name, str], NotNull], table: Table, column: Column) -> NotNull | None:
    own = given.get((table.name, column.name))
    if own is None:
        return None
    for parent in table.inherits if column.inherited else ():
        theirs = given.get((parent, column.name))
        if theirs is not None and theirs.name == own.name:
            whole = state.tables[parent]
            stated = _stated(state, given, whole, whole.column(column.name))
            return stated and replace(stated, comment=None)
    if own.name == default_names.not_null(table.name.name, column.name):
        own = replace(own, name=None)
    return None if own == NotNull() else own
