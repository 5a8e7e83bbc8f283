"""RENAME COLUMN: the column under its new name in its table, its heirs, and everything that mentions it."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge.ir import ColumnRef, Name, Table
from schema_bridge.readers.sql import respell, retext, rewrite, stars, unmodelled
from schema_bridge.readers.sql.columns import keeping_not_null_name
from schema_bridge.readers.sql.context import Context, Tree

replace = msgspec.structs.replace


def rename(context: Context, tree: Tree) -> None:
    """ALTER … RENAME COLUMN, of tables and views."""
    name = context.found(tree["relation"])
    relation: Any = context.state.relation(name)
    old, new = tree["subname"], tree["newname"]
    if relation is None or name in context.state.external_tables:
        if not context.is_missing(name, tree):
            unmodelled.keep(context, "RenameStmt", tree)
        return
    if not isinstance(relation, Table):
        _view_column(context, relation, tree)
        return
    names = [column.name for column in relation.columns]
    if old not in names:
        context.fail(f"table {name} has no column {old}")
    if new in names:
        context.clash(f"table {name} has a column {new} already")
    in_table(context, name, old, new)
    _in_heirs(context, name, old, new)


def _in_heirs(context: Context, parent: Name, old: str, new: str) -> None:
    """The column in the heirs too; what they have of the parent stays so."""
    for child in list(context.state.children.get(parent, ())):
        if child not in context.state.tables:
            continue
        in_table(context, child, old, new)
        tables = context.state.tables
        stated = tables[parent].column(new).not_null_constraint
        columns = tuple(
            replace(c, not_null_constraint=stated) if c.name == new and c.inherited else c
            for c in tables[child].columns
        )
        tables[child] = replace(tables[child], columns=columns)
        _in_heirs(context, child, old, new)


def _view_column(context: Context, view: Any, tree: Tree) -> None:
    """A view's column list states the new name, when the view has one."""
    names = tuple(tree["newname"] if n == tree["subname"] else n for n in view.column_names)
    if names == view.column_names:
        unmodelled.keep(context, "RenameStmt", tree)
        return
    old, new = tree["subname"], tree["newname"]
    context.state.put(replace(_with_column(view, old, new), column_names=names))
    said = context.state.unmodelled
    said[:] = [respell.with_words(u, old, new) if view.name in u.mentions and not u.creates else u for u in said]


def in_table(context: Context, name: Name, old: str, new: str) -> None:
    """The column in its table, in keys that refer to it, and in texts."""
    state = context.state
    stars.keep(context, name)

    def text(sql: str, kind: str) -> str:
        return retext.renamed_column(sql, kind, name, (old, new))

    table = state.tables[name]
    state.tables[name] = rewrite.changed(_with_column(table, old, new), rewrite.Change(word=old, text=text))

    def query(sql: str, kind: str) -> str:
        return text(sql, kind) if kind != "expression" else _in_subqueries(sql, name, (old, new))

    for statistics in [known for known in state.statistics.values() if known.table == name]:
        changed = rewrite.changed(_with_column(statistics, old, new), rewrite.Change(word=old, text=text))
        state.statistics[statistics.name] = changed
    rewrite.everywhere(state, rewrite.Change(word=name.name, text=query))
    for other in list(state.tables.values()):
        keys = tuple(_referring(key, name, old, new) for key in other.foreign_keys)
        if keys != other.foreign_keys:
            state.tables[other.name] = replace(other, foreign_keys=keys)
    _owners(context, ColumnRef(table=name, column=old), new)


def _in_subqueries(sql: str, table: Name, change: tuple[str, str]) -> str:
    """An expression of another table: only a subquery in it can mean the column."""
    if "select" not in sql.lower():
        return sql
    return retext.renamed_in_subqueries(sql, table, change)


def _referring(key: Any, table: Name, old: str, new: str) -> Any:
    if key.table != table or old not in key.referenced_columns:
        return key
    return replace(key, referenced_columns=tuple(new if c == old else c for c in key.referenced_columns))


_COLUMN_LISTS = frozenset({"columns", "include", "set_columns"})


def _with_column(node: Any, old: str, new: str) -> Any:
    """The table's own structs with the column's name in lists and elements replaced."""
    changes: dict[str, Any] = {}
    for field in node.__struct_fields__:
        value = getattr(node, field)
        if field in _COLUMN_LISTS and value and isinstance(value[0], str):
            changes[field] = tuple(new if item == old else item for item in value)
        elif field == "column" and value == old:
            changes[field] = new
        elif isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
            changes[field] = tuple(_with_column(item, old, new) for item in value)
        elif isinstance(value, msgspec.Struct) and field not in ("origin", "type", "notes"):
            changes[field] = _with_column(value, old, new)
    if isinstance(node, Table):
        changes["columns"] = tuple(_named(c, node, new) if c.name == old else c for c in changes["columns"])
    return replace(node, **changes) if changes else node


def _named(column: Any, table: Table, new: str) -> Any:
    return replace(keeping_not_null_name(column, table.name.name, table.name.name, new), name=new)


def _owners(context: Context, old: ColumnRef, new: str) -> None:
    state = context.state
    ref = replace(old, column=new)
    for sequence in list(state.sequences.values()):
        if sequence.owned_by == old:
            state.sequences[sequence.name] = replace(sequence, owned_by=ref)
    for name, owner in state.identity_sequences.items():
        if owner == old:
            state.identity_sequences[name] = ref
    for key, privilege in list(state.privileges.items()):
        if key[1] == old.column and key[0].name == old.table:
            del state.privileges[key]
            state.privileges[key[0], new, key[2]] = replace(privilege, column=new)
