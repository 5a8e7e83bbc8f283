"""Statements that are known only as text."""

from __future__ import annotations

from schema_bridge.emit.sql import ident
from schema_bridge.ir import Unmodelled


def statements(node: Unmodelled) -> list[str]:
    """The statement as it was written, under the search path that it was written for."""
    if not node.search_path:
        return [node.sql]
    return [f"SET search_path TO {', '.join(map(ident, node.search_path))}", node.sql, "RESET search_path"]
