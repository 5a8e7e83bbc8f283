"""RENAME and SET SCHEMA."""

from __future__ import annotations

from schema_bridge.readers.sql import unmodelled
from schema_bridge.readers.sql.context import Context, Tree


def rename(context: Context, tree: Tree) -> None:
    unmodelled.keep(context, "RenameStmt", tree)


def set_schema(context: Context, tree: Tree) -> None:
    unmodelled.keep(context, "AlterObjectSchemaStmt", tree)
