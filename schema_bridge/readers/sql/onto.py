"""Statements carried out on a schema that is there already."""

from __future__ import annotations

from collections import Counter
from typing import Any

from schema_bridge.ir import Schema, facts
from schema_bridge.readers import sql
from schema_bridge.readers.sql.context import Context
from schema_bridge.readers.sql.state import State
from schema_bridge.readers.sql.statements import apply


def applied(schema: Schema, script: str) -> Schema:
    """The schema after the statements; SourceError where one cannot be carried out on it."""
    context = Context(thawed(schema), apply, Counter(), [])
    sql.carry_out(context, "", script.encode())
    return context.state.freeze()


def thawed(schema: Schema) -> State:
    """The state in which the schema is what the statements so far have made."""
    state = State()
    for fact in facts(Schema):
        if fact.name in state.node_kinds():
            nodes = getattr(schema, fact.name)
            if fact.name == "unmodelled":
                state.unmodelled[:] = nodes
            else:
                setattr(state, fact.name, {_key(node): node for node in nodes})
    state.derive()
    return state


def _key(node: Any) -> Any:
    return node.key[0] if len(node.key) == 1 else node.key
