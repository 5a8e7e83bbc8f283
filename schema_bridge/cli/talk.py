"""What the commands say of a schema, as text."""

from __future__ import annotations

from schema_bridge.ir import facts
from schema_bridge.registry import Reading


def summary(reading: Reading) -> str:
    """How many objects of each kind were read, and every statement that is not modelled, with its place."""
    lines = [
        f"{len(found):5} {fact.name.replace('_', ' ')}"
        for fact in facts(type(reading.schema))
        if fact.items and (found := getattr(reading.schema, fact.name))
    ]
    lines += [f"not modelled: {node.kind} at {node.origin}" for node in reading.schema.unmodelled]
    return "\n".join(lines)
