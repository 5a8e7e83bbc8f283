"""Constraints of tables, inline or not: each gets its name, the one written or the one PostgreSQL gives."""

from __future__ import annotations

from collections.abc import Iterator
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
from schema_bridge.readers.sql.nodes import Constraint, Expression, IndexElem, expression, texts, typed

replace = msgspec.structs.replace

ACTIONS: dict[str, Any] = {
    "a": "no action",
    "r": "restrict",
    "c": "cascade",
    "n": "set null",
    "d": "set default",
}
MATCHES: dict[str, Any] = {"s": "simple", "f": "full", "p": "partial"}


def add(context: Context, table: Table, node: Constraint, column: str | None = None) -> Table:
    """The table with one more constraint; `column` is where an inline one stands."""
    return _ADD[node.contype](context, table, node, column)


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


def _check(context: Context, table: Table, node: Constraint, column: str | None) -> Table:
    text = context.bracketed(node.location, node.raw_expr)
    name = node.conname or _check_name(context, table, (text, node.raw_expr))
    if any(own.inherited and own.name == name for own in table.checks):
        return _own_too(table, name)
    register(context, table, name)
    check = Check(
        name=name,
        expression=text,
        no_inherit=node.is_no_inherit,
        not_valid=node.skip_validation and node.is_enforced,
        not_enforced=not node.is_enforced,
        origin=context.origin(node.location),
    )
    return replace(table, checks=(*table.checks, check))


def _own_too(table: Table, name: str) -> Table:
    """An inherited check that is stated again is the table's own too; the server lets only an equal one be."""
    checks = tuple(replace(c, inherited=table.partition is not None) if c.name == name else c for c in table.checks)
    return replace(table, checks=checks)


def _check_name(context: Context, table: Table, stated: tuple[str, Expression]) -> str:
    """`table_column_check` where the expression mentions one column, else `table_check`."""
    mentioned = [name for name in _mentioned(context, *stated) if has_column(table, name)]
    column = mentioned[0] if len(mentioned) == 1 else ""
    taken = context.state.constraint_name_taken(table.name.schema)
    return default_names.free(table.name.name, column, "check", taken)


# Constants, and the names of operators and functions: no column stands in them.
_NAMELESS = frozenset({"A_Const", "String", "name", "funcname"})


def _mentioned(context: Context, text: str, node: Expression) -> set[str]:
    """The names in an expression that may be columns; the same text is walked once."""
    found = context.mentioned.get(text)
    if found is None:
        found = context.mentioned[text] = set(_names(expression(node)))
    return found


def _names(tree: Tree) -> Iterator[str]:
    for kind, node in tree.items():
        if kind == "ColumnRef":
            yield from strings([field for field in node["fields"] if "String" in field])[-2:]
        elif kind in _NAMELESS:
            continue
        elif isinstance(node, dict):
            yield from _names(node)
        elif isinstance(node, list):
            for item in node:
                yield from _names(item)


def _primary_key(context: Context, table: Table, node: Constraint, column: str | None) -> Table:
    if table.primary_key is not None:
        context.clash(f"table {table.name} has a primary key already")
    if node.indexname is not None:
        return _from_index(context, table, node)
    keys = _keys(context, table, node, column)
    name = node.conname or default_names.free(table.name.name, "", "pkey", _taken(context, table))
    register(context, table, name, index=True)
    key = PrimaryKey(name=name, columns=keys, **_index_facts(context, node))
    return replace(table, primary_key=key, columns=_not_null(table, keys))


def _not_null(table: Table, names: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(
        columns.own_not_null(replace(c, not_null=True), table) if c.name in names and not c.not_null else c
        for c in table.columns
    )


def _keys(context: Context, table: Table, node: Constraint, column: str | None) -> tuple[str, ...]:
    keys = texts(node.keys) or (column or "",)
    _known(context, table, keys)
    return keys


def _taken(context: Context, table: Table) -> Any:
    return context.state.index_name_taken(table.name.schema, constraint=True)


def _index_facts(context: Context, node: Constraint) -> dict[str, Any]:
    return {
        "include": texts(node.including),
        "without_overlaps": node.without_overlaps,
        "deferrable": node.deferrable,
        "initially_deferred": node.initdeferred,
        "tablespace": node.indexspace,
        "options": options(node.options),
        "origin": context.origin(node.location),
    }


def _unique(context: Context, table: Table, node: Constraint, column: str | None) -> Table:
    if node.indexname is not None:
        return _from_index(context, table, node)
    keys = _keys(context, table, node, column)
    facts = _index_facts(context, node)
    named = (*keys, *facts["include"])
    name = node.conname or default_names.free(
        table.name.name, default_names.columns_part(named), "key", _taken(context, table)
    )
    register(context, table, name, index=True)
    unique = Unique(name=name, columns=keys, nulls_not_distinct=node.nulls_not_distinct, **facts)
    return replace(table, uniques=(*table.uniques, unique))


def _from_index(context: Context, table: Table, node: Constraint) -> Table:
    """ADD CONSTRAINT … USING INDEX: the index becomes the constraint's and takes its name."""
    index = next((i for i in table.indexes if i.name == node.indexname), None)
    if index is None:
        context.fail(f"table {table.name} has no index {node.indexname}")
    state, schema = context.state, table.name.schema
    name = node.conname or index.name
    del state.indexes[Name(schema, index.name)]
    table = replace(table, indexes=tuple(i for i in table.indexes if i is not index))
    register(context, table, name, index=True)
    keys = tuple(part.column or "" for part in index.parts)
    facts = _index_facts(context, node)
    facts |= {"include": index.include, "tablespace": index.tablespace, "options": index.options}
    if node.contype == "CONSTR_PRIMARY":
        key = PrimaryKey(name=name, columns=keys, index_comment=index.comment, **facts)
        return replace(table, primary_key=key, columns=_not_null(table, keys))
    unique = Unique(
        name=name, columns=keys, nulls_not_distinct=index.nulls_not_distinct, index_comment=index.comment, **facts
    )
    return replace(table, uniques=(*table.uniques, unique))


def _exclusion(context: Context, table: Table, node: Constraint, column: str | None) -> Table:
    at = node.location
    begin = lexer.after_word(context.data, at, context.end, b"EXCLUDE")
    inside = lexer.bracket(context.data, begin, context.end)
    spans = lexer.parts(context.data, *inside)
    parts = []
    for pair, span in zip(node.exclusions, spans, strict=True):
        element, operator = pair["List"]["items"]
        part = indexes.part(context, typed(element["IndexElem"], IndexElem), span)
        parts.append(ExclusionPart(part=part, operator=context.loose_name(operator["List"]["items"])))
    where = None
    if node.where_clause:
        after = lexer.after_word(context.data, inside[1] + 1, context.end, b"WHERE")
        where = context.bracketed(after, node.where_clause)
    name = node.conname or _exclusion_name(context, table, node)
    register(context, table, name, index=True)
    facts = _index_facts(context, node)
    del facts["without_overlaps"]
    exclusion = Exclusion(name=name, parts=tuple(parts), method=node.access_method or "gist", where=where, **facts)
    return replace(table, exclusions=(*table.exclusions, exclusion))


def _exclusion_name(context: Context, table: Table, node: Constraint) -> str:
    labels = [indexes.label(typed(pair["List"]["items"][0]["IndexElem"], IndexElem)) for pair in node.exclusions]
    columns_ = default_names.index_columns([*labels, *texts(node.including)])
    return default_names.free(table.name.name, default_names.columns_part(columns_), "excl", _taken(context, table))


def _foreign_key(context: Context, table: Table, node: Constraint, column: str | None) -> Table:
    keys = texts(node.fk_attrs) or (column or "",)
    _known(context, table, keys)
    taken = context.state.constraint_name_taken(table.name.schema)
    name = node.conname or default_names.free(table.name.name, default_names.columns_part(keys), "fkey", taken)
    register(context, table, name)
    other = context.found(node.pktable)
    key = ForeignKey(
        name=name,
        columns=keys,
        table=other,
        referenced_columns=_referenced(context, table, other, node),
        match=MATCHES[node.fk_matchtype],
        on_delete=ACTIONS[node.fk_del_action],
        on_update=ACTIONS[node.fk_upd_action],
        set_columns=texts(node.fk_del_set_cols),
        deferrable=node.deferrable,
        initially_deferred=node.initdeferred,
        not_valid=node.skip_validation and node.is_enforced,
        not_enforced=not node.is_enforced,
        period=node.fk_with_period,
        origin=context.origin(node.location),
    )
    return replace(table, foreign_keys=(*table.foreign_keys, key))


def _referenced(context: Context, table: Table, other: Name, node: Constraint) -> tuple[str, ...]:
    if node.pk_attrs:
        names = texts(node.pk_attrs)
        known = table if other == table.name else context.state.tables.get(other)
        if known is not None:
            _known(context, known, names)
        return names
    return primary_columns(table if other == table.name else context.state.tables.get(other))


def primary_columns(table: Table | None) -> tuple[str, ...]:
    return table.primary_key.columns if table is not None and table.primary_key is not None else ()


def _stated_not_null(context: Context, table: Table, node: Constraint, column: str | None) -> Table:
    """PostgreSQL 18: CONSTRAINT name NOT NULL column."""
    names = texts(node.keys)
    _known(context, table, names)
    return replace(
        table, columns=tuple(columns.not_null(c, table, node) if c.name in names else c for c in table.columns)
    )


_ADD = {
    "CONSTR_CHECK": _check,
    "CONSTR_PRIMARY": _primary_key,
    "CONSTR_UNIQUE": _unique,
    "CONSTR_EXCLUSION": _exclusion,
    "CONSTR_FOREIGN": _foreign_key,
    "CONSTR_NOTNULL": _stated_not_null,
}
