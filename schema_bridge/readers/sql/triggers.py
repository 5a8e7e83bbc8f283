"""Triggers, event triggers and rules."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge.ir import EventTrigger, Name, Rule, Table, Trigger
from schema_bridge.readers.sql import lexer
from schema_bridge.readers.sql.context import Context, Tree, strings

replace = msgspec.structs.replace

# The bits of pg_trigger.tgtype, in the order of `Trigger.events`.
_EVENTS: tuple[tuple[int, Any], ...] = ((4, "insert"), (8, "delete"), (16, "update"), (32, "truncate"))
_TIMING: dict[int, Any] = {0: "after", 2: "before", 64: "instead of"}


def create(context: Context, tree: Tree) -> None:
    """CREATE TRIGGER, also on a view or on a table that is not made here."""
    target: Any = context.hanger(tree["relation"])
    old = next((t for t in target.triggers if t.name == tree["trigname"]), None)
    if old is not None and not tree.get("replace"):
        context.clash(f"{target.name} has a trigger {tree['trigname']} already")
    trigger = _trigger(context, tree)
    kept = tuple(t for t in target.triggers if t is not old)
    context.state.put(replace(target, triggers=(*kept, trigger)))
    if isinstance(target, Table) and trigger.for_each == "row":
        for name in context.state.children.get(target.name, ()):
            clone(context, name, trigger)


def clone(context: Context, name: Name, trigger: Trigger) -> None:
    """A row trigger of a partitioned table comes to its partition of that name, and to the partitions of that."""
    table = context.state.tables.get(name)
    if table is None or table.partition is None:
        return
    kept = tuple(t for t in table.triggers if t.name != trigger.name)
    context.state.tables[name] = replace(table, triggers=(*kept, replace(trigger, inherited=True)))
    for child in context.state.children.get(name, ()):
        clone(context, child, trigger)


def _trigger(context: Context, tree: Tree) -> Trigger:
    bits = int(tree.get("events", 0))
    transitions = {
        bool(t.get("isNew")): t["name"] for t in (i["TriggerTransition"] for i in tree.get("transitionRels", ()))
    }
    start = tree["relation"].get("location", 0)
    when = None
    if "whenClause" in tree:
        when = context.bracketed(lexer.after_word(context.data, start, context.end, b"WHEN"), tree["whenClause"])
    return Trigger(
        name=tree["trigname"],
        function=context.function_name(tree["funcname"]),
        arguments=tuple(strings(tree.get("args", ()))),
        timing=_TIMING[int(tree.get("timing", 0))],
        events=tuple(event for bit, event in _EVENTS if bits & bit),
        columns=tuple(strings(tree.get("columns", ()))),
        for_each="row" if tree.get("row") else "statement",
        when=when,
        constraint=bool(tree.get("isconstraint")),
        referenced_table=context.found(tree["constrrel"]) if "constrrel" in tree else None,
        deferrable=bool(tree.get("deferrable")),
        initially_deferred=bool(tree.get("initdeferred")),
        old_table=transitions.get(False),
        new_table=transitions.get(True),
        origin=context.origin(),
    )


def create_event_trigger(context: Context, tree: Tree) -> None:
    """CREATE EVENT TRIGGER."""
    tags: list[str] = []
    for clause in tree.get("whenclause", ()):
        if clause["DefElem"]["defname"] == "tag":
            tags += strings(clause["DefElem"]["arg"]["List"]["items"])
    name = tree["trigname"]
    if name in context.state.event_triggers:
        context.clash(f"event trigger {name} exists already")
    context.state.event_triggers[name] = EventTrigger(
        name=name,
        event=tree["eventname"].lower(),
        function=context.function_name(tree["funcname"]),
        tags=tuple(sorted(tag.upper() for tag in tags)),
        owner=context.role,
        origin=context.origin(),
    )


ENABLED: dict[str, Any] = {"O": "origin", "D": "disabled", "R": "replica", "A": "always"}


def alter_event_trigger(context: Context, tree: Tree) -> None:
    """ALTER EVENT TRIGGER … ENABLE, DISABLE."""
    name = tree["trigname"]
    trigger = context.state.event_triggers.get(name)
    if trigger is None:
        context.fail(f"event trigger {name} is not known here, so it cannot be altered")
    context.state.event_triggers[name] = replace(trigger, enabled=ENABLED[tree["tgenabled"]])


def create_rule(context: Context, tree: Tree) -> None:
    """CREATE RULE; the rule named _RETURN on a view is its query."""
    target: Any = context.hanger(tree["relation"])
    name = tree["rulename"]
    old = next((rule for rule in target.rules if rule.name == name), None)
    if old is not None and not tree.get("replace"):
        context.clash(f"{target.name} has a rule {name} already")
    span = lexer.trimmed(context.data, context.start, context.end)
    rule = Rule(name=name, definition=context.sql(span, tree), origin=context.origin())
    kept = tuple(r for r in target.rules if r is not old)
    context.state.put(replace(target, rules=(*kept, rule)))
