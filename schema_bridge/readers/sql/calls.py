"""SELECT and CALL: data, but for routines of the input's own that change the schema when they run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schema_bridge.ir import Function
from schema_bridge.readers.sql import settings, unmodelled
from schema_bridge.readers.sql.context import Context, Tree
from schema_bridge.trees import nodes

_CHANGES = re.compile(
    r"\b(?:create\s+(?!(?:local\s+|global\s+)?temp)|alter|drop|grant|revoke|comment\s+on)\b", re.IGNORECASE
)


def select(context: Context, tree: Tree) -> None:
    """SELECT: `SELECT make_tables()` is kept as a statement whose doings cannot be known."""
    if not _kept(context, "SelectStmt", tree):
        settings.select(context, tree)


def call(context: Context, tree: Tree) -> None:
    """CALL: the same."""
    if not _kept(context, "CallStmt", tree):
        context.skipped["CALL"] += 1


def _kept(context: Context, kind: str, tree: Tree) -> bool:
    """Whether the statement runs what changes the schema, and is kept."""
    if not context.state.functions or not any(_CHANGES.search(f.body or "") for f in _run(context, tree)):
        return False
    context.say("this statement runs a function that changes the schema: it is kept, after all that comes before it")
    unmodelled.keep(context, kind, tree, opaque=True)
    return True


def _run(context: Context, tree: Tree) -> Iterator[Function]:
    """The functions of the input that a statement calls."""
    called = {context.function_name(node["funcname"]) for _, node in nodes({"tree": tree}) if "funcname" in node}
    if not any(map(context.state.has_function, called)):
        return iter(())
    return (function for function in context.state.functions.values() if function.name in called)
