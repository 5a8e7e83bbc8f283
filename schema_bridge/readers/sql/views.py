"""CREATE VIEW, CREATE MATERIALIZED VIEW and CREATE TABLE AS: the query as it was written."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge.ir import MaterializedView, Name, View
from schema_bridge.readers.sql import lexer, outcome, tables, unmodelled
from schema_bridge.readers.sql.context import Context, Tree, options, strings

replace = msgspec.structs.replace

_CHECK_OPTION: dict[str, Any] = {"LOCAL_CHECK_OPTION": "local", "CASCADED_CHECK_OPTION": "cascaded"}


def create(context: Context, tree: Tree) -> None:
    """CREATE [OR REPLACE] VIEW; a temporary one is gone with the session."""
    name = context.made(tree["view"])
    state = context.state
    old = state.views.get(name)
    if old is None and state.relation_exists(name):
        context.clash(f"relation {name} exists already")
    if old is not None and not tree.get("replace"):
        context.clash(f"view {name} exists already")
    stated = {option.name: option for option in options(tree.get("options"))}
    check = _CHECK_OPTION.get(tree.get("withCheckOption", ""))
    if "check_option" in stated:
        check = stated.pop("check_option").value.lower()
    view = View(
        name=name,
        query=_query(context, tree["view"], tree["query"]),
        column_names=tuple(strings(tree.get("aliases", ()))),
        persistence="temporary" if name.schema == "pg_temp" else "permanent",
        recursive=is_recursive(context, tree),
        options=tuple(stated.values()),
        check_option=check,
        owner=context.role,
        origin=context.origin(),
    )
    if old is not None:
        view = replace(
            view, owner=old.owner, comment=old.comment, triggers=old.triggers, rules=old.rules, columns=old.columns
        )
    state.external_tables.pop(name, None)
    state.views[name] = view


def is_recursive(context: Context, tree: Tree) -> bool:
    """CREATE RECURSIVE VIEW: the parser rewrites its query, so the word is looked for before the name."""
    end = tree["view"].get("location", 0)
    return any(lexer.word(context.data, t) == b"RECURSIVE" for t in lexer.tokens(context.data, context.start, end))


def _query(context: Context, relation: Tree, tree: Tree) -> str:
    """What follows AS, without WITH … CHECK OPTION and WITH [NO] DATA."""
    data = context.data
    start = lexer.after_word(data, relation.get("location", 0), context.end, b"AS")
    span = list(lexer.outer(data, start, context.end))
    words = [lexer.word(data, token) for token in span[-4:]]
    cut = 0
    if words[-2:] == [b"CHECK", b"OPTION"]:
        cut = 3 if words[-3:-2] == [b"WITH"] else 4
    elif words[-1:] == [b"DATA"] and words[-2:-1] == [b"WITH"]:
        cut = 2
    elif words[-3:] == [b"WITH", b"NO", b"DATA"]:
        cut = 3
    kept = span[: len(span) - cut]
    return context.sql((kept[0][0], kept[-1][1]), tree)


def create_as(context: Context, tree: Tree) -> None:
    """CREATE MATERIALIZED VIEW, and CREATE TABLE … AS."""
    into = tree["into"]
    name = context.made(into["rel"])
    if not tables.is_free(context, name, bool(tree.get("if_not_exists"))):
        return
    if tree.get("objtype") != "OBJECT_MATVIEW":
        _table_of(context, name, into, ("CreateTableAsStmt", tree))
        return
    context.state.materialized_views[name] = MaterializedView(
        name=name,
        query=_query(context, into["rel"], tree["query"]),
        column_names=tuple(strings(into.get("colNames", ()))),
        with_data=not into.get("skipData"),
        access_method=into.get("accessMethod"),
        tablespace=into.get("tableSpaceName"),
        options=options(into.get("options")),
        owner=context.role,
        origin=context.origin(),
    )


def select_into(context: Context, tree: Tree) -> None:
    """SELECT … INTO table: CREATE TABLE … AS in another spelling."""
    into = tree["intoClause"]
    name = context.made(into["rel"])
    if not tables.is_free(context, name, False):
        return
    query = {"SelectStmt": {key: value for key, value in tree.items() if key != "intoClause"}}
    _table_of(context, name, into, ("SelectStmt", {"query": query, **tree}))


def _table_of(context: Context, name: Name, into: Tree, statement: tuple[str, Tree]) -> None:
    """A table made of a query. Where only the server can tell its columns, the statement is kept, and so are those
    that change the table later."""
    kind, tree = statement
    try:
        table = outcome.as_table(context, name, tree["query"], strings(into.get("colNames", ())))
    except outcome.UnknownColumn:
        if name.schema == "pg_temp":
            context.skipped["CREATE TEMPORARY TABLE AS"] += 1
            return
        unmodelled.keep(context, kind, tree)
        context.state.other_tables.add(name)
        return
    context.state.tables[name] = replace(
        table,
        persistence=tables.PERSISTENCE[into["rel"].get("relpersistence", "p")],
        access_method=tables.method(into.get("accessMethod")),
        tablespace=into.get("tableSpaceName") or context.tablespace,
        options=options(into.get("options")),
    )


def refresh(context: Context, tree: Tree) -> None:
    """REFRESH MATERIALIZED VIEW: it holds data from now on, or none."""
    name = context.found(tree["relation"])
    view = context.state.materialized_views.get(name)
    if view is not None:
        context.state.materialized_views[name] = replace(view, with_data=not tree.get("skipData"))
