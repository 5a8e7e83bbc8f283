"""Namespaces: what PostgreSQL calls schemas."""

from __future__ import annotations

from schema_bridge.emit.sql import ident
from schema_bridge.ir import Namespace


def create(namespace: Namespace, *, if_not_exists: bool = False) -> str:
    return f"CREATE SCHEMA {'IF NOT EXISTS ' if if_not_exists else ''}{ident(namespace.name)}"
