"""Relationships of a mapped class, as lines."""

from __future__ import annotations

from schema_bridge.python_model import MappedClass
from schema_bridge.writers.sqlalchemy.context import Context


def relationship_lines(context: Context, mapped: MappedClass) -> list[str]:
    return []
