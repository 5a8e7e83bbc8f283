"""Extended statistics."""

from __future__ import annotations

from schema_bridge.emit.sql import name
from schema_bridge.ir import Statistics
from schema_bridge.statements.indexes import part


def create(statistics: Statistics, *, if_not_exists: bool = False) -> str:
    exists = "IF NOT EXISTS " if if_not_exists else ""
    kinds = f" ({', '.join(statistics.kinds)})" if statistics.kinds else ""
    parts = ", ".join(map(part, statistics.parts))
    return f"CREATE STATISTICS {exists}{name(statistics.name)}{kinds} ON {parts} FROM {name(statistics.table)}"


def settings(statistics: Statistics) -> list[str]:
    """The target, which only ALTER STATISTICS states."""
    if statistics.target is None:
        return []
    return [f"ALTER STATISTICS {name(statistics.name)} SET STATISTICS {statistics.target}"]
