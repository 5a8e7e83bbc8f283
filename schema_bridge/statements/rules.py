"""Rewrite rules."""

from __future__ import annotations

from schema_bridge.emit.sql import ident, name
from schema_bridge.ir import Name, Rule
from schema_bridge.statements.triggers import STATES


def create(rule: Rule) -> str:
    """The rule's own statement."""
    return rule.definition


def enable(table: Name, rule: Rule) -> list[str]:
    """The ALTER TABLE that makes a rule apply at other times than the default, or never."""
    if rule.enabled == "origin":
        return []
    return [f"ALTER TABLE {name(table)} {STATES[rule.enabled]} RULE {ident(rule.name)}"]
