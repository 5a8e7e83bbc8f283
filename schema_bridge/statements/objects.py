"""What each kind of object is called in COMMENT ON, DROP and ALTER: its kind's words and its name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from schema_bridge import pgtypes
from schema_bridge.emit.sql import ident, name, routine
from schema_bridge.ir import (
    Aggregate,
    Argument,
    Attribute,
    Check,
    Column,
    Composite,
    Domain,
    Enum,
    EventTrigger,
    Exclusion,
    Extension,
    ForeignKey,
    Function,
    Index,
    MaterializedView,
    Name,
    Namespace,
    Policy,
    PrimaryKey,
    Publication,
    Range,
    Role,
    Rule,
    Sequence,
    Statistics,
    Table,
    Trigger,
    Type,
    Unique,
    View,
    ViewColumn,
)

Constraint: TypeAlias = PrimaryKey | Unique | Check | ForeignKey | Exclusion
Owned: TypeAlias = (
    Aggregate | Composite | Domain | Enum | EventTrigger | Function | MaterializedView | Namespace | Publication
    | Range | Sequence | Statistics | Table | View
)  # fmt: skip
"""What can have an owner of its own."""
Standing: TypeAlias = Owned | Extension | Role
"""What stands by itself in a schema."""
Part: TypeAlias = Constraint | Attribute | Column | Index | Policy | Rule | Trigger | ViewColumn
"""What belongs to a table, a view, a domain or a composite type."""


def types(values: Iterable[Type]) -> str:
    return ", ".join(map(pgtypes.render, values))


def signature(function: Function) -> str:
    """`name(types)`: what tells a routine from others of its name."""
    return f"{routine(function.name)}({types(function.signature)})"


def aggregate_signature(aggregate: Aggregate) -> str:
    arguments = with_order(*(_argument_types(a) for a in (aggregate.arguments, aggregate.order_by)))
    return f"{routine(aggregate.name)}({arguments})"


def with_order(direct: str, ordered: str) -> str:
    """An aggregate's arguments: `*` for none, `direct ORDER BY ordered` for an ordered-set aggregate."""
    if ordered:
        return f"{direct} ORDER BY {ordered}".lstrip()
    return direct or "*"


def _argument_types(arguments: Iterable[Argument]) -> str:
    return ", ".join(("VARIADIC " if a.mode == "variadic" else "") + pgtypes.render(a.type) for a in arguments)


_WORDS: dict[type[Standing], str] = {
    Composite: "TYPE",
    Domain: "DOMAIN",
    Enum: "TYPE",
    MaterializedView: "MATERIALIZED VIEW",
    Range: "TYPE",
    Sequence: "SEQUENCE",
    Statistics: "STATISTICS",
    View: "VIEW",
    EventTrigger: "EVENT TRIGGER",
    Extension: "EXTENSION",
    Namespace: "SCHEMA",
    Publication: "PUBLICATION",
}


def standing(node: Standing) -> str:
    """An object that stands by itself: `TABLE users`, `FUNCTION f(integer)`, `SCHEMA app`."""
    return " ".join(kind_and_name(node))


def kind_and_name(node: Standing) -> tuple[str, str]:
    """The two halves of `standing`."""
    if isinstance(node, Table):
        return ("FOREIGN TABLE" if node.server is not None else "TABLE"), name(node.name)
    if isinstance(node, Function):
        return ("PROCEDURE" if node.procedure else "FUNCTION"), signature(node)
    if isinstance(node, Aggregate):
        return "AGGREGATE", aggregate_signature(node)
    if isinstance(node, Role):
        return "ROLE", ident(node.name)
    return _WORDS[type(node)], name(node.name) if isinstance(node.name, Name) else ident(node.name)


def part(owner: Name, node: Part) -> str:
    """An object that belongs to another: `COLUMN users.id`, `POLICY p ON users`, `INDEX app.i`."""
    if isinstance(node, Index):
        return f"INDEX {name(Name(owner.schema, node.name))}"
    if isinstance(node, Column | ViewColumn | Attribute):
        return f"COLUMN {name(owner)}.{ident(node.name)}"
    return f"{_PART_WORDS[type(node)]} {ident(node.name)} ON {name(owner)}"


_PART_WORDS: dict[type[Part], str] = {
    PrimaryKey: "CONSTRAINT",
    Unique: "CONSTRAINT",
    Check: "CONSTRAINT",
    ForeignKey: "CONSTRAINT",
    Exclusion: "CONSTRAINT",
    Policy: "POLICY",
    Rule: "RULE",
    Trigger: "TRIGGER",
}
