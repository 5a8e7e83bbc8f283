"""Constraints of tables, inline or not: each gets its name, the one written or the one PostgreSQL gives."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge import default_names
from schema_bridge.ir import (
    Check,
    Column,
    Exclusion,
    ExclusionPart,
    ForeignKey,
    Name,
    PrimaryKey,
    Table,
    Unique,
)
from schema_bridge.readers.sql import columns, indexes, lexer
from schema_bridge.readers.sql.context import Context, Tree, has_column, options, strings

replace = msgspec.structs.replace

ACTIONS: dict[str, Any] = {
    "a": "no action",
    "r": "restrict",
    "c": "cascade",
    "n": "set null",
    "d": "set default",
}
MATCHES: dict[str, Any] = {"s": "simple", "f": "full", "p": "partial"}


def add(context: Context, table: Table, tree: Tree, column: str | None = None) -> Table:
    """The table with one more constraint; `column` is where an inline one stands."""
    return _ADD[tree["contype"]](context, table, tree, column)


def register(context: Context, table: Table, name: str, *, index: bool = False) -> None:
    """A constraint's name is taken from here on; SourceMeaning where the table has it already."""
    state = context.state
    key = Name(table.name.schema, name)
    if index and state.relation_exists(key):
        context.clash(f"relation {key} exists already")
    if has_constraint(table, name):
        context.clash(f"table {table.name} has a constraint {name} already")
    state.constraint_names[key] = state.constraint_names.get(key, 0) + 1
    if index:
        state.indexes[key] = table.name


def has_constraint(table: Table, name: str) -> bool:
    if table.primary_key is not None and table.primary_key.name == name:
        return True
    for parts in (table.uniques, table.checks, table.foreign_keys, table.exclusions):
        for part in parts:
            if part.name == name:
                return True
    return False


def _known(context: Context, table: Table, names: tuple[str, ...]) -> None:
    if table.name in context.state.external_tables:
        return
    for name in names:
        if not has_column(table, name):
            context.fail(f"table {table.name} has no column {name}")


def _check(context: Context, table: Table, tree: Tree, column: str | None) -> Table:
    name = tree.get("conname") or check_name(context, table, tree["raw_expr"])
    register(context, table, name)
    check = Check(
        name=name,
        expression=context.bracketed(tree.get("location", 0), tree["raw_expr"]),
        no_inherit=bool(tree.get("is_no_inherit")),
        not_valid=bool(tree.get("skip_validation")) and bool(tree.get("is_enforced")),
        not_enforced=not tree.get("is_enforced"),
        origin=context.origin(tree.get("location", 0)),
    )
    return replace(table, checks=(*table.checks, check))


def check_name(context: Context, table: Table, expression: Tree) -> str:
    """`table_column_check` where the expression mentions one column, else `table_check`."""
    mentioned = [name for name in _mentioned(expression) if has_column(table, name)]
    column = mentioned[0] if len(mentioned) == 1 else ""
    taken = context.state.constraint_name_taken(table.name.schema)
    return default_names.free(table.name.name, column, "check", taken)


# Constants, and the names of operators and functions: no column stands in them.
_NAMELESS = frozenset({"A_Const", "String", "name", "funcname"})


def _mentioned(expression: Tree) -> set[str]:
    found = set()
    waiting = [expression]
    while waiting:
        for kind, node in waiting.pop().items():
            if kind == "ColumnRef":
                found.update(strings([field for field in node["fields"] if "String" in field])[-2:])
            elif kind in _NAMELESS:
                continue
            elif type(node) is dict:
                waiting.append(node)
            elif type(node) is list:
                waiting += node
    return found


def _primary_key(context: Context, table: Table, tree: Tree, column: str | None) -> Table:
    if table.primary_key is not None:
        context.clash(f"table {table.name} has a primary key already")
    if "indexname" in tree:
        return _from_index(context, table, tree)
    keys = _keys(context, table, tree, column)
    name = tree.get("conname") or default_names.free(table.name.name, "", "pkey", _taken(context, table))
    register(context, table, name, index=True)
    key = PrimaryKey(name=name, columns=keys, **_index_facts(context, tree))
    return replace(table, primary_key=key, columns=_not_null(table, keys))


def _not_null(table: Table, names: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(replace(c, not_null=True) if c.name in names and not c.not_null else c for c in table.columns)


def _keys(context: Context, table: Table, tree: Tree, column: str | None) -> tuple[str, ...]:
    keys = tuple(strings(tree["keys"])) if "keys" in tree else (column or "",)
    _known(context, table, keys)
    return keys


def _taken(context: Context, table: Table) -> Any:
    return context.state.index_name_taken(table.name.schema, constraint=True)


def _index_facts(context: Context, tree: Tree) -> dict[str, Any]:
    return {
        "include": tuple(strings(tree.get("including", ()))),
        "without_overlaps": bool(tree.get("without_overlaps")),
        "deferrable": bool(tree.get("deferrable")),
        "initially_deferred": bool(tree.get("initdeferred")),
        "tablespace": tree.get("indexspace"),
        "options": options(tree.get("options")),
        "origin": context.origin(tree.get("location", 0)),
    }


def _unique(context: Context, table: Table, tree: Tree, column: str | None) -> Table:
    if "indexname" in tree:
        return _from_index(context, table, tree)
    keys = _keys(context, table, tree, column)
    facts = _index_facts(context, tree)
    named = (*keys, *facts["include"])
    name = tree.get("conname") or default_names.free(
        table.name.name, default_names.columns_part(named), "key", _taken(context, table)
    )
    register(context, table, name, index=True)
    unique = Unique(name=name, columns=keys, nulls_not_distinct=bool(tree.get("nulls_not_distinct")), **facts)
    return replace(table, uniques=(*table.uniques, unique))


def _from_index(context: Context, table: Table, tree: Tree) -> Table:
    """ADD CONSTRAINT … USING INDEX: the index becomes the constraint's and takes its name."""
    index = next((i for i in table.indexes if i.name == tree["indexname"]), None)
    if index is None:
        context.fail(f"table {table.name} has no index {tree['indexname']}")
    state, schema = context.state, table.name.schema
    name = tree.get("conname") or index.name
    del state.indexes[Name(schema, index.name)]
    table = replace(table, indexes=tuple(i for i in table.indexes if i is not index))
    register(context, table, name, index=True)
    keys = tuple(part.column or "" for part in index.parts)
    facts = _index_facts(context, tree)
    facts |= {"include": index.include, "tablespace": index.tablespace, "options": index.options}
    if tree["contype"] == "CONSTR_PRIMARY":
        key = PrimaryKey(name=name, columns=keys, index_comment=index.comment, **facts)
        return replace(table, primary_key=key, columns=_not_null(table, keys))
    unique = Unique(
        name=name, columns=keys, nulls_not_distinct=index.nulls_not_distinct, index_comment=index.comment, **facts
    )
    return replace(table, uniques=(*table.uniques, unique))


def _exclusion(context: Context, table: Table, tree: Tree, column: str | None) -> Table:
    at = tree.get("location", 0)
    begin = lexer.after_word(context.data, at, context.end, b"EXCLUDE")
    inside = lexer.bracket(context.data, begin, context.end)
    spans = lexer.parts(context.data, *inside)
    parts = []
    for pair, span in zip(tree["exclusions"], spans, strict=True):
        element, operator = pair["List"]["items"]
        part = indexes.part(context, element["IndexElem"], span)
        parts.append(ExclusionPart(part=part, operator=context.loose_name(operator["List"]["items"])))
    where = None
    if "where_clause" in tree:
        after = lexer.after_word(context.data, inside[1] + 1, context.end, b"WHERE")
        where = context.bracketed(after, tree["where_clause"])
    name = tree.get("conname") or _exclusion_name(context, table, tree)
    register(context, table, name, index=True)
    facts = _index_facts(context, tree)
    del facts["without_overlaps"]
    exclusion = Exclusion(name=name, parts=tuple(parts), method=tree.get("access_method", "gist"), where=where, **facts)
    return replace(table, exclusions=(*table.exclusions, exclusion))


def _exclusion_name(context: Context, table: Table, tree: Tree) -> str:
    elements = [pair["List"]["items"][0]["IndexElem"] for pair in tree["exclusions"]]
    labels = [e.get("name") or indexes.figure(e.get("expr", {}))[0] for e in elements]
    columns_ = default_names.index_columns([*labels, *strings(tree.get("including", ()))])
    return default_names.free(table.name.name, default_names.columns_part(columns_), "excl", _taken(context, table))


def _foreign_key(context: Context, table: Table, tree: Tree, column: str | None) -> Table:
    keys = tuple(strings(tree["fk_attrs"])) if "fk_attrs" in tree else (column or "",)
    _known(context, table, keys)
    taken = context.state.constraint_name_taken(table.name.schema)
    name = tree.get("conname") or default_names.free(table.name.name, default_names.columns_part(keys), "fkey", taken)
    register(context, table, name)
    other = context.found(tree["pktable"])
    enforced = bool(tree.get("is_enforced", True))
    key = ForeignKey(
        name=name,
        columns=keys,
        table=other,
        referenced_columns=_referenced(context, table, other, tree),
        match=MATCHES[tree.get("fk_matchtype", "s")],
        on_delete=ACTIONS[tree.get("fk_del_action", "a")],
        on_update=ACTIONS[tree.get("fk_upd_action", "a")],
        set_columns=tuple(strings(tree.get("fk_del_set_cols", ()))),
        deferrable=bool(tree.get("deferrable")),
        initially_deferred=bool(tree.get("initdeferred")),
        not_valid=bool(tree.get("skip_validation")) and enforced,
        not_enforced=not enforced,
        period=bool(tree.get("fk_with_period")),
        origin=context.origin(tree.get("location", 0)),
    )
    return replace(table, foreign_keys=(*table.foreign_keys, key))


def _referenced(context: Context, table: Table, other: Name, tree: Tree) -> tuple[str, ...]:
    if "pk_attrs" in tree:
        names = tuple(strings(tree["pk_attrs"]))
        known = table if other == table.name else context.state.tables.get(other)
        if known is not None:
            _known(context, known, names)
        return names
    return primary_columns(table if other == table.name else context.state.tables.get(other))


def primary_columns(table: Table | None) -> tuple[str, ...]:
    return table.primary_key.columns if table is not None and table.primary_key is not None else ()


def _stated_not_null(context: Context, table: Table, tree: Tree, column: str | None) -> Table:
    """PostgreSQL 18: CONSTRAINT name NOT NULL column."""
    names = tuple(strings(tree["keys"]))
    _known(context, table, names)
    return replace(
        table, columns=tuple(columns.not_null(c, table, tree) if c.name in names else c for c in table.columns)
    )


_ADD = {
    "CONSTR_CHECK": _check,
    "CONSTR_PRIMARY": _primary_key,
    "CONSTR_UNIQUE": _unique,
    "CONSTR_EXCLUSION": _exclusion,
    "CONSTR_FOREIGN": _foreign_key,
    "CONSTR_NOTNULL": _stated_not_null,
}
