"""Event triggers."""

from __future__ import annotations

from schema_bridge.emit.sql import ident, literal, routine
from schema_bridge.ir import EventTrigger
from schema_bridge.statements.triggers import STATES


def create(trigger: EventTrigger) -> str:
    lines = [f"CREATE EVENT TRIGGER {ident(trigger.name)} ON {ident(trigger.event)}"]
    if trigger.tags:
        lines.append(f"WHEN TAG IN ({', '.join(map(literal, trigger.tags))})")
    lines.append(f"EXECUTE FUNCTION {routine(trigger.function)}()")
    return "\n    ".join(lines)


def enable(trigger: EventTrigger) -> list[str]:
    """The ALTER that makes it fire at other times than the default, or never."""
    if trigger.enabled == "origin":
        return []
    return [f"ALTER EVENT TRIGGER {ident(trigger.name)} {STATES[trigger.enabled]}"]
