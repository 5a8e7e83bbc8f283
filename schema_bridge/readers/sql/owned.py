"""REASSIGN OWNED and DROP OWNED: what belongs to a role, and what it was granted."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge.readers.sql import drops
from schema_bridge.readers.sql.context import Context, Tree, role
from schema_bridge.readers.sql.state import State

replace = msgspec.structs.replace


def reassign(context: Context, tree: Tree) -> None:
    """REASSIGN OWNED BY … TO …"""
    old, new = {role(item) for item in tree["roles"]}, role(tree["newrole"])
    for nodes in _owned_kinds(context.state):
        for key, node in nodes.items():
            if node.owner in old:
                nodes[key] = replace(node, owner=new)


def drop(context: Context, tree: Tree) -> None:
    """DROP OWNED BY …: the objects, and the privileges, default privileges and policies of the roles."""
    state, roles = context.state, {role(item) for item in tree["roles"]}
    drops.drop_where(context, lambda node: node.owner in roles)
    for nodes in _owned_kinds(state):
        for key in [key for key, node in nodes.items() if node.owner in roles]:
            del nodes[key]
    for key in [key for key in state.privileges if key[2] in roles]:
        del state.privileges[key]
    for default in [key for key in state.default_privileges if key[0] in roles or key[3] in roles]:
        del state.default_privileges[default]
    for tables in (state.tables, state.external_tables):
        for name, table in tables.items():
            if any(not roles.isdisjoint(policy.roles) for policy in table.policies):
                left = (replace(p, roles=tuple(r for r in p.roles if r not in roles)) for p in table.policies)
                tables[name] = replace(table, policies=tuple(policy for policy in left if policy.roles))


def _owned_kinds(state: State) -> list[dict[Any, Any]]:
    """The dictionaries whose nodes have owners."""
    kinds = (getattr(state, kind) for kind in state.node_kinds())
    return [nodes for nodes in kinds if isinstance(nodes, dict) and all(hasattr(n, "owner") for n in nodes.values())]
