"""Roles and their memberships."""

from __future__ import annotations

from schema_bridge.emit.sql import ident
from schema_bridge.ir import Role


def create(role: Role) -> str:
    options = "".join(f" {option.upper()}" if "'" not in option else f" {option}" for option in role.options)
    return f"CREATE ROLE {ident(role.name)}{' WITH' if options else ''}{options}"


def memberships(role: Role) -> list[str]:
    """The GRANTs that make the role a member of others."""
    return [f"GRANT {ident(group)} TO {ident(role.name)}" for group in role.member_of]
