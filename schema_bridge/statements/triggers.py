"""Triggers of tables and views."""

from __future__ import annotations

from schema_bridge.emit.sql import ident, literal, name, routine
from schema_bridge.ir import Name, Trigger


def create(table: Name, trigger: Trigger) -> str:
    """CREATE TRIGGER; whether it is enabled is said by `enable`."""
    kind = "CONSTRAINT TRIGGER" if trigger.constraint else "TRIGGER"
    lines = [
        f"CREATE {kind} {ident(trigger.name)}",
        f"{trigger.timing.upper()} {_events(trigger)} ON {name(table)}",
        *_constraint_words(trigger),
        *_transition_tables(trigger),
        f"FOR EACH {trigger.for_each.upper()}",
    ]
    if trigger.when is not None:
        lines.append(f"WHEN ({trigger.when})")
    arguments = ", ".join(map(literal, trigger.arguments))
    lines.append(f"EXECUTE FUNCTION {routine(trigger.function)}({arguments})")
    return "\n    ".join(lines)


def _events(trigger: Trigger) -> str:
    words = []
    for event in trigger.events:
        of = f" OF {', '.join(map(ident, trigger.columns))}" if event == "update" and trigger.columns else ""
        words.append(event.upper() + of)
    return " OR ".join(words)


def _constraint_words(trigger: Trigger) -> list[str]:
    words = []
    if trigger.referenced_table is not None:
        words.append(f"FROM {name(trigger.referenced_table)}")
    if trigger.deferrable:
        words.append("DEFERRABLE INITIALLY DEFERRED" if trigger.initially_deferred else "DEFERRABLE")
    return words


def _transition_tables(trigger: Trigger) -> list[str]:
    words = []
    if trigger.old_table is not None:
        words.append(f"OLD TABLE AS {ident(trigger.old_table)}")
    if trigger.new_table is not None:
        words.append(f"NEW TABLE AS {ident(trigger.new_table)}")
    return [f"REFERENCING {' '.join(words)}"] if words else []


STATES = {"disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS", "origin": "ENABLE"}


def enable(table: Name, trigger: Trigger, usual: str = "origin") -> list[str]:
    """The ALTER TABLE that makes a trigger fire at other times than the usual ones, or never."""
    if trigger.enabled == usual:
        return []
    return [f"ALTER TABLE {name(table)} {STATES[trigger.enabled]} TRIGGER {ident(trigger.name)}"]
