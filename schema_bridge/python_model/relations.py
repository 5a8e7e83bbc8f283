"""Relationships out of foreign keys."""

from __future__ import annotations

from schema_bridge.ir import Schema
from schema_bridge.python_model.model import MappedClass


def with_relationships(schema: Schema, classes: tuple[MappedClass, ...]) -> tuple[MappedClass, ...]:
    """The classes, each with its relationships."""
    return classes
