"""COMMENT ON: one statement for each object that has a comment."""

from __future__ import annotations

from collections.abc import Iterable

from schema_bridge.emit.sql import ident, literal, name
from schema_bridge.ir import Check, Column, Domain, Exclusion, Name, NotNull, PrimaryKey, Unique
from schema_bridge.statements.objects import Part, Standing
from schema_bridge.statements.objects import part as _part
from schema_bridge.statements.objects import standing as _standing

_WITH_INDEX = (PrimaryKey, Unique, Exclusion)


def on(target: str, text: str) -> str:
    """The comment of `target`, which is SQL already: `TABLE users`."""
    return f"COMMENT ON {target} IS {literal(text)}"


def standing(node: Standing) -> list[str]:
    """The comment of an object that stands by itself, if it has one; those of its parts are not in it."""
    return [] if node.comment is None else [on(_standing(node), node.comment)]


def own(owner: Name, node: Part) -> list[str]:
    """The comment of a column, constraint, index, policy, trigger … of `owner`, if it has one."""
    return [] if node.comment is None else [on(_part(owner, node), node.comment)]


def columns(owner: Name, nodes: Iterable[Column]) -> list[str]:
    """The comments of a table's columns: most have none at all."""
    spoken = [node for node in nodes if node.comment is not None or node.not_null_constraint is not None]
    return [statement for node in spoken for statement in part(owner, node)]


def part(owner: Name, node: Part) -> list[str]:
    """As `own`, with the comment of a column's not-null constraint, or of a key's index."""
    found = own(owner, node)
    if isinstance(node, Column):
        constraint = node.not_null_constraint
        if constraint is not None and constraint.comment is not None:
            of_null = f"CONSTRAINT {ident(not_null_name(owner, node, constraint))} ON {name(owner)}"
            found.append(on(of_null, constraint.comment))
    elif isinstance(node, _WITH_INDEX) and node.index_comment is not None:
        found.append(on(f"INDEX {name(Name(owner.schema, node.name))}", node.index_comment))
    return found


def not_null_name(owner: Name, column: Column, constraint: NotNull) -> str:
    """The name of a not-null constraint: its own, or the one PostgreSQL 18 gives."""
    return constraint.name or f"{owner.name}_{column.name}_not_null"


def domain_constraint(domain: Domain, constraint: Check) -> list[str]:
    if constraint.comment is None:
        return []
    return [on(f"CONSTRAINT {ident(constraint.name)} ON DOMAIN {name(domain.name)}", constraint.comment)]
