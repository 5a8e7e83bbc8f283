"""The `*` of views, which stands for the columns that there were when the view was made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from schema_bridge.emit.sql import ident
from schema_bridge.ir import MaterializedView, Name, View
from schema_bridge.readers.sql import mentions, outcome, retext
from schema_bridge.readers.sql.context import Context, only
from schema_bridge.readers.sql.qualify import Edit

replace = msgspec.structs.replace


def keep(context: Context, table: Name) -> None:
    """Before a table gets a column or another name for one: views that read all of it name the columns they have."""
    state = context.state
    views: list[View | MaterializedView] = [*state.views.values(), *state.materialized_views.values()]
    for view in views:
        if "*" in view.query and mentions.names(view.query, "query", table) and mentions.takes_all(view.query, "query"):
            query = retext.edited(view.query, "query", lambda data, tree: _spelled(context, data, tree))
            if query != view.query:
                state.put(replace(view, query=query))


def _spelled(context: Context, data: bytes, tree: Any) -> Iterator[Edit]:
    kind, select = only(tree["stmts"][0]["stmt"])
    if kind == "SelectStmt":
        try:
            yield from list(_in_select(context, data, select, {}))
        except outcome.UnknownColumn:
            context.say("a view reads * from a table that changes: it is read as of the table's final columns")


def _in_select(context: Context, data: bytes, select: Any, outer: outcome.Outer) -> Iterator[Edit]:
    for side in ("larg", "rarg"):
        if side in select:
            yield from _in_select(context, data, select[side], outer)
    for item in select.get("withClause", {}).get("ctes", ()):
        yield from _in_select(context, data, only(item["CommonTableExpr"]["ctequery"])[1], outer)
    if not any(outcome.starred(item["ResTarget"]) is not None for item in select.get("targetList", ())):
        yield from _in_sources(context, data, select.get("fromClause", ()), outer)
        return
    known = outcome.with_queries(context, select, outer)
    scope = outcome.scope_of(context, select, known)
    for item in select["targetList"]:
        star = outcome.starred(item["ResTarget"])
        if star is not None:
            at = item["ResTarget"]["location"]
            found = outcome.star_columns(scope, star)
            text = ", ".join(f"{ident(name)}.{ident(column.name)}" for name, column in found)
            yield at, data.index(b"*", at) + 1, text
    yield from _in_sources(context, data, select.get("fromClause", ()), known)


def _in_sources(context: Context, data: bytes, items: Any, outer: outcome.Outer) -> Iterator[Edit]:
    """The subqueries of a FROM."""
    for item in items:
        kind, node = only(item)
        if kind == "RangeSubselect":
            yield from _in_select(context, data, only(node["subquery"])[1], outer)
        elif kind == "JoinExpr":
            yield from _in_sources(context, data, (node["larg"], node["rarg"]), outer)
