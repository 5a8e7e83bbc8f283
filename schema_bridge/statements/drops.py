"""DROP: the statement that takes away what CREATE made, whether it is there or not."""

from __future__ import annotations

from schema_bridge.emit.sql import ident, name
from schema_bridge.ir import Attribute, Check, Column, Exclusion, ForeignKey, Name, PrimaryKey, Unique, ViewColumn
from schema_bridge.statements.objects import Part, Standing, kind_and_name, part


def drop(node: Standing) -> str:
    """DROP … IF EXISTS for an object that stands by itself."""
    kind, spelled = kind_and_name(node)
    return f"DROP {kind} IF EXISTS {spelled}"


def drop_part(owner: Name, node: Part) -> str:
    """DROP … IF EXISTS for what belongs to a table or view; ALTER TABLE for its constraints and columns."""
    if isinstance(node, PrimaryKey | Unique | Check | ForeignKey | Exclusion):
        return f"ALTER TABLE IF EXISTS {name(owner)} DROP CONSTRAINT IF EXISTS {ident(node.name)}"
    if isinstance(node, Column | ViewColumn):
        return f"ALTER TABLE IF EXISTS {name(owner)} DROP COLUMN IF EXISTS {ident(node.name)}"
    if isinstance(node, Attribute):
        return f"ALTER TYPE {name(owner)} DROP ATTRIBUTE IF EXISTS {ident(node.name)}"
    kind, _, spelled = part(owner, node).partition(" ")
    return f"DROP {kind} IF EXISTS {spelled}"
