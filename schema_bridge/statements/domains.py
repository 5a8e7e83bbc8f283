"""Domains."""

from __future__ import annotations

from schema_bridge import pgtypes
from schema_bridge.emit.sql import default, ident, name
from schema_bridge.ir import Check, Domain
from schema_bridge.statements.constraints import check


def create(domain: Domain) -> str:
    """CREATE DOMAIN with its validated constraints; `unvalidated` states the others."""
    lines = [f"CREATE DOMAIN {name(domain.name)} AS {pgtypes.declared(domain.type)}"]
    if domain.collation is not None:
        lines.append(f"COLLATE {name(domain.collation)}")
    if domain.default is not None:
        lines.append(f"DEFAULT {default(domain.default)}")
    if domain.not_null:
        constraint = domain.not_null_constraint
        named = f"CONSTRAINT {ident(constraint.name)} " if constraint and constraint.name else ""
        lines.append(f"{named}NOT NULL")
    lines += [f"CONSTRAINT {ident(c.name)} {check(c)}" for c in domain.checks if not c.not_valid]
    return "\n    ".join(lines)


def add(domain: Domain, constraint: Check) -> str:
    return f"ALTER DOMAIN {name(domain.name)} ADD CONSTRAINT {ident(constraint.name)} {check(constraint)}"


def unvalidated(domain: Domain) -> list[str]:
    """The checks that CREATE DOMAIN cannot state, because they are NOT VALID."""
    return [add(domain, constraint) for constraint in domain.checks if constraint.not_valid]
