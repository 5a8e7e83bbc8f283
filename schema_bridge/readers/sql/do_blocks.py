"""DO blocks."""

from __future__ import annotations

from schema_bridge.readers.sql import unmodelled
from schema_bridge.readers.sql.context import Context, Tree


def do(context: Context, tree: Tree) -> None:
    context.say("what this DO block does cannot be known: it is kept as it stands")
    unmodelled.keep(context, "DoStmt", tree, opaque=True)
