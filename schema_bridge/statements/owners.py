"""ALTER … OWNER TO."""

from __future__ import annotations

from schema_bridge.emit.sql import role
from schema_bridge.statements.objects import Owned, standing


def statements(node: Owned) -> list[str]:
    """The statement that gives the object to its owner, where the schema says who that is."""
    return [] if node.owner is None else [f"ALTER {standing(node)} OWNER TO {role(node.owner)}"]
