"""What hangs on a column: the parts of its table that name it, and the foreign keys that refer to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from schema_bridge import expressions
from schema_bridge.errors import SourceSyntax
from schema_bridge.ir import ForeignKey, Name, Node, Schema, Table, facts
from schema_bridge.losses import label, words
from schema_bridge.trees import nodes

_OWN = frozenset({"columns", "column", "include", "set_columns"})
"""The fields of a table's parts that hold names of its columns."""


def hanging(schema: Schema, table: Name, column: str) -> tuple[str, ...]:
    """What would go with the column if it were dropped: kind and name, `policy Own images`, sorted."""
    found: set[str] = set()
    for node in schema.tables:
        for part in _parts(node):
            if _names(part, column) if node.name == table else _refers(part, table, column):
                place = "" if node.name == table else f"{node.name}."
                found.add(f"{words(type(part).__name__)} {place}{label((part,))}")
    return tuple(sorted(found))


def _parts(table: Table) -> Iterator[Node]:
    for fact in facts(Table):
        value = getattr(table, fact.name)
        if fact.name != "columns" and fact.items is not None and issubclass(fact.items, Node):
            yield from value
        elif isinstance(value, Node):
            yield value


def _refers(part: Node, table: Name, column: str) -> bool:
    return isinstance(part, ForeignKey) and part.table == table and column in part.referenced_columns


def _names(struct: msgspec.Struct, column: str) -> bool:
    """Whether a part of the column's own table names it, at any depth."""
    for fact in facts(type(struct)):
        value: Any = getattr(struct, fact.name)
        if fact.name in _OWN and (value == column or (isinstance(value, tuple) and column in value)):
            return True
        if fact.compare == "expression" and isinstance(value, str) and column in value and column in _columns(value):
            return True
        inner = value if isinstance(value, tuple) else (value,)
        if any(isinstance(item, msgspec.Struct) and _names(item, column) for item in inner):
            return True
    return False


def _columns(expression: str) -> Iterator[str]:
    """The last words of the names in an expression."""
    try:
        tree = expressions.parse(expression)
    except SourceSyntax:
        return
    for kind, node in nodes({"": tree}):
        if kind == "ColumnRef":
            yield from (field["String"]["sval"] for field in node.get("fields", ())[-1:] if "String" in field)
