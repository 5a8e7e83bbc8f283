"""Session settings that change what later statements mean, and statements that are data: counted, not kept."""

from __future__ import annotations

from schema_bridge.readers.sql.context import DEFAULT_PATH, Context, Tree, constant, strings

_NOT_CREATED_IN = frozenset({"$user", "pg_catalog", "pg_temp", ""})

SKIPPED = {
    "InsertStmt": "INSERT",
    "UpdateStmt": "UPDATE",
    "DeleteStmt": "DELETE",
    "MergeStmt": "MERGE",
    "CopyStmt": "COPY",
    "TruncateStmt": "TRUNCATE",
    "VacuumStmt": "VACUUM",
    "ExplainStmt": "EXPLAIN",
    "ReindexStmt": "REINDEX",
    "LockStmt": "LOCK",
    "PrepareStmt": "PREPARE",
    "ExecuteStmt": "EXECUTE",
    "DeallocateStmt": "DEALLOCATE",
    "DeclareCursorStmt": "DECLARE",
    "FetchStmt": "FETCH",
    "ClosePortalStmt": "CLOSE",
    "NotifyStmt": "NOTIFY",
    "ListenStmt": "LISTEN",
    "UnlistenStmt": "UNLISTEN",
    "DiscardStmt": "DISCARD",
    "CheckPointStmt": "CHECKPOINT",
    "LoadStmt": "LOAD",
    "ConstraintsSetStmt": "SET CONSTRAINTS",
    "VariableShowStmt": "SHOW",
    "CreatedbStmt": "CREATE DATABASE",
    "DropdbStmt": "DROP DATABASE",
}
"""Statements that leave the schema as it is."""


def set_variable(context: Context, tree: Tree) -> None:
    """SET and RESET: the search path, the role and the tablespace matter for what follows."""
    kind = tree.get("kind", "VAR_SET_VALUE")
    context.skipped["RESET" if kind.startswith("VAR_RESET") else "SET"] += 1
    if kind == "VAR_RESET_ALL":
        context.path, context.tablespace = DEFAULT_PATH, None
        return
    values = [constant(arg) for arg in tree.get("args", ())] if kind == "VAR_SET_VALUE" else None
    _set(context, tree.get("name", ""), values)


def _set(context: Context, name: str, values: list[str] | None) -> None:
    match name:
        case "search_path":
            context.path = search_path(values)
        case "role" | "session_authorization":
            context.role = None if not values or values[0] in ("none", "default") else values[0]
        case "default_tablespace":
            context.tablespace = values[0] if values and values[0] else None
        case _:
            pass


def search_path(values: list[str] | None) -> tuple[str, ...]:
    """The schemas in which names are looked up and made; None is the default path."""
    if values is None:
        return DEFAULT_PATH
    return tuple(value for value in values if value not in _NOT_CREATED_IN)


def select(context: Context, tree: Tree) -> None:
    """SELECT is data, but for set_config('search_path', …)."""
    context.skipped["SELECT"] += 1
    for target in tree.get("targetList", ()):
        call = target["ResTarget"].get("val", {}).get("FuncCall")
        if call is not None and strings(call["funcname"])[-1] == "set_config":
            name, value = (constant(arg) for arg in call["args"][:2])
            _set(context, name, [part.strip().strip('"') for part in value.split(",")])


def transaction(context: Context, tree: Tree) -> None:
    """BEGIN, COMMIT and savepoints change nothing here; ROLLBACK takes back what came since BEGIN."""
    kind = tree.get("kind", "TRANS_STMT_BEGIN").removeprefix("TRANS_STMT_")
    context.skipped[kind.replace("_", " ")] += 1
    if kind in ("BEGIN", "START"):
        context.before = context.state.copy()
    elif kind in ("ROLLBACK", "COMMIT"):
        if kind == "ROLLBACK" and context.before is not None:
            context.state = context.before
            context.say("ROLLBACK: what came since BEGIN is not part of the schema")
        context.before = None
