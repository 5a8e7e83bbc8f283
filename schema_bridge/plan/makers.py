"""How objects are made: by statements that run once, or by statements that can be run again on what they made."""

from __future__ import annotations

import msgspec

from schema_bridge.emit.sql import dollar_quote
from schema_bridge.ir import (
    Aggregate,
    Composite,
    Domain,
    Enum,
    EventTrigger,
    Function,
    Index,
    MaterializedView,
    Name,
    Namespace,
    Policy,
    Publication,
    Range,
    Role,
    Rule,
    Sequence,
    Statistics,
    Table,
    Trigger,
    Unmodelled,
    View,
)
from schema_bridge.statements import (
    aggregates,
    constraints,
    domains,
    drops,
    event_triggers,
    functions,
    indexes,
    namespaces,
    policies,
    publications,
    roles,
    rules,
    sequences,
    statistics,
    tables,
    triggers,
    types,
    unmodelled,
    views,
)
from schema_bridge.statements.objects import Constraint


class Once:
    """Each object by its CREATE: on an empty database, and an error on any other."""

    folds = True
    """Whether a column with a sequence of its own is written as `serial`."""
    spelled_out: frozenset[Name] = frozenset()
    """The tables whose keys are named even where PostgreSQL would give them that name."""

    def __init__(self, spelled_out: frozenset[Name] = frozenset()) -> None:
        self.spelled_out = spelled_out

    def role(self, node: Role) -> list[str]:
        return [roles.create(node)]

    def namespace(self, node: Namespace) -> list[str]:
        return [namespaces.create(node, if_not_exists=node.name == "public")]

    def type(self, node: Enum | Composite | Range) -> list[str]:
        return [types.create(node)]

    def domain(self, node: Domain) -> list[str]:
        return [domains.create(node), *domains.unvalidated(node)]

    def function(self, node: Function) -> list[str]:
        return [functions.create(node)]

    def aggregate(self, node: Aggregate) -> list[str]:
        return [aggregates.create(node)]

    def sequence(self, node: Sequence) -> list[str]:
        return [sequences.create(node)]

    def table(self, node: Table) -> list[str]:
        return [tables.create(node, spelled_out=node.name in self.spelled_out)]

    def attachment(self, node: Table) -> list[str]:
        return [tables.attach(node, node.partition)] if node.partition is not None else []

    def constraint(self, table: Name, node: Constraint) -> list[str]:
        return [constraints.add(table, node)]

    def index(self, table: Name, node: Index) -> list[str]:
        return [indexes.create(table, node)]

    def policy(self, table: Name, node: Policy) -> list[str]:
        return [policies.create(table, node)]

    def trigger(self, table: Name, node: Trigger) -> list[str]:
        return [triggers.create(table, node)]

    def rule(self, table: Name, node: Rule) -> list[str]:
        return [rules.create(node)]

    def view(self, node: View | MaterializedView) -> list[str]:
        return [views.create(node)]

    def statistics(self, node: Statistics) -> list[str]:
        return [statistics.create(node)]

    def publication(self, node: Publication) -> list[str]:
        return [publications.create(node)]

    def event_trigger(self, node: EventTrigger) -> list[str]:
        return [event_triggers.create(node)]

    def unmodelled(self, node: Unmodelled) -> list[str]:
        return unmodelled.statements(node)


class Again(Once):
    """Each object by a statement that also runs where it is there already: what holds rows stays, what holds none is
    replaced, or dropped and made anew."""

    def role(self, node: Role) -> list[str]:
        return [_unless_there(roles.create(node))]

    def namespace(self, node: Namespace) -> list[str]:
        return [namespaces.create(node, if_not_exists=True)]

    def type(self, node: Enum | Composite | Range) -> list[str]:
        return [_unless_there(types.create(node))]

    def domain(self, node: Domain) -> list[str]:
        return [_unless_there(statement) for statement in super().domain(node)]

    def function(self, node: Function) -> list[str]:
        return [functions.create(node, or_replace=True)]

    def aggregate(self, node: Aggregate) -> list[str]:
        return [aggregates.create(node, or_replace=True)]

    def sequence(self, node: Sequence) -> list[str]:
        return [sequences.create(node, if_not_exists=True)]

    def table(self, node: Table) -> list[str]:
        return [tables.create(node, if_not_exists=True, spelled_out=node.name in self.spelled_out)]

    def attachment(self, node: Table) -> list[str]:
        """A partition that is attached already is the wrong kind of object to attach (42809)."""
        return [_unless_there(statement, "wrong_object_type") for statement in super().attachment(node)]

    def constraint(self, table: Name, node: Constraint) -> list[str]:
        return [drops.drop_part(table, node), *super().constraint(table, node)]

    def index(self, table: Name, node: Index) -> list[str]:
        return [indexes.create(table, node, if_not_exists=True)]

    def policy(self, table: Name, node: Policy) -> list[str]:
        return [drops.drop_part(table, node), *super().policy(table, node)]

    def trigger(self, table: Name, node: Trigger) -> list[str]:
        return [drops.drop_part(table, node), *super().trigger(table, node)]

    def rule(self, table: Name, node: Rule) -> list[str]:
        return [drops.drop_part(table, node), *super().rule(table, node)]

    def view(self, node: View | MaterializedView) -> list[str]:
        return [views.create(node, again=True)]

    def statistics(self, node: Statistics) -> list[str]:
        return [statistics.create(node, if_not_exists=True)]

    def publication(self, node: Publication) -> list[str]:
        return [drops.drop(node), *super().publication(node)]

    def event_trigger(self, node: EventTrigger) -> list[str]:
        return [drops.drop(node), *super().event_trigger(node)]

    def unmodelled(self, node: Unmodelled) -> list[str]:
        again = node if node.opaque else msgspec.structs.replace(node, sql=_unless_there(node.sql, _THERE))
        return super().unmodelled(again)


_THERE = "duplicate_object OR duplicate_function OR duplicate_table OR unique_violation"
"""What the many kinds of CREATE say of an object that is there: text search has only the index of its catalog."""


def _unless_there(statement: str, condition: str = "duplicate_object") -> str:
    """The statement in a DO block that lets the error pass which says that the object is there."""
    lines = ["", "BEGIN", f"    {statement};", "EXCEPTION", f"    WHEN {condition} THEN NULL;", "END", ""]
    return f"DO {dollar_quote(chr(10).join(lines))}"
