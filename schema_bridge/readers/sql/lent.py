"""Tables that another source makes, lent to statements that alter them; what these add is what this source says.

An overlay may so add constraints, keys, indexes and the like to tables that it does not create.
"""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge.errors import SourceMeaning
from schema_bridge.ir import Name, Node, Origin, Schema, Table, facts
from schema_bridge.losses import words
from schema_bridge.readers.sql.state import State

replace = msgspec.structs.replace

_HANGING = ("policies", "triggers", "rules")
"""What a table need not be known for; it is of this source alone."""
_IDENTITY = frozenset({"name", "origin", "notes"})


class Lender:
    """The tables and types that are there already, and which of the tables have been asked for."""

    def __init__(self, around: Schema | None) -> None:
        self.tables = {table.name: table for table in around.tables} if around else {}
        kinds = ("enums", "domains", "composites", "ranges", "tables", "views", "materialized_views")
        self.types = {node.name for kind in kinds for node in getattr(around, kind)} if around else set()
        self.borrowed: dict[Name, tuple[Table, Origin]] = {}

    def borrow(self, state: State, name: Name, origin: Origin) -> Table | None:
        """The table as it is there, with what this source has said of it so far; from here on one of its own."""
        lent = self.tables.get(name)
        if lent is None:
            return None
        lent = replace(lent, **dict.fromkeys(_HANGING, ()))
        table = _with(lent, state.external_tables.pop(name, None))
        state.tables[name] = table
        self.borrowed[name] = lent, origin
        state.derive()
        return table

    def give_back(self, state: State) -> None:
        """Leave of each table what this source adds to it; SourceMeaning where it takes something away."""
        for name, (lent, origin) in self.borrowed.items():
            table = state.tables.pop(name, None)
            if table is None:
                raise SourceMeaning(f"table {name} is made by another source and dropped here", origin=origin)
            left = replace(table, origin=origin, **_added(lent, table, origin))
            (state.tables if left.columns else state.external_tables)[name] = left


def _with(lent: Table, said: Table | None) -> Table:
    """The table with what was said of it before it was asked for."""
    changes: dict[str, Any] = {}
    for fact in facts(Table) if said is not None else ():
        value = getattr(said, fact.name)
        if fact.name not in _IDENTITY and value != fact.default:
            changes[fact.name] = (*getattr(lent, fact.name), *value) if isinstance(value, tuple) else value
    return replace(lent, **changes)


def _added(lent: Table, table: Table, origin: Origin) -> dict[str, Any]:
    """By fact: of lists what is new or changed in them, but all columns where one of them is."""
    changes: dict[str, Any] = {}
    for fact in facts(Table):
        old, new = getattr(lent, fact.name), getattr(table, fact.name)
        if fact.name in _IDENTITY:
            continue
        if old == new:
            changes[fact.name] = fact.default
        elif fact.name == "columns":
            changes[fact.name] = tuple(column if column in old else replace(column, origin=origin) for column in new)
        elif fact.items is not None and issubclass(fact.items, Node):
            _refuse_drops(lent, old, new, origin)
            changes[fact.name] = tuple(node for node in new if node not in old)
        elif isinstance(old, Node) and new is None:
            _refuse_drops(lent, (old,), (), origin)
    return changes


def _refuse_drops(table: Table, old: tuple[Node, ...], new: tuple[Node, ...], origin: Origin) -> None:
    kept = {node.key for node in new}
    gone = next((node for node in old if node.key not in kept), None)
    if gone is not None:
        what = f"{words(type(gone).__name__)} {gone.key[0]} of {table.name}"
        raise SourceMeaning(f"{what} is made by another source ({gone.origin}) and dropped here", origin=origin)
