"""Row security policies."""

from __future__ import annotations

from schema_bridge.emit.sql import ident, name, role
from schema_bridge.ir import Name, Policy


def create(table: Name, policy: Policy) -> str:
    """CREATE POLICY, a clause a line; what is left out is PostgreSQL's default."""
    lines = [f"CREATE POLICY {ident(policy.name)} ON {name(table)}"]
    if not policy.permissive:
        lines.append("AS RESTRICTIVE")
    if policy.command != "all":
        lines.append(f"FOR {policy.command.upper()}")
    if policy.roles not in ((), ("public",)):
        lines.append(f"TO {', '.join(map(role, policy.roles))}")
    if policy.using is not None:
        lines.append(f"USING ({policy.using})")
    if policy.check is not None:
        lines.append(f"WITH CHECK ({policy.check})")
    return "\n    ".join(lines)
