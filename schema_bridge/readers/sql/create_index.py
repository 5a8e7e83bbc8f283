"""CREATE INDEX, and CLUSTER."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge import default_names
from schema_bridge.ir import Index, MaterializedView, Name, Table
from schema_bridge.readers.sql import indexes, lexer, partitions
from schema_bridge.readers.sql.context import Context, Tree, has_column, options
from schema_bridge.readers.sql.nodes import IndexStmt

replace = msgspec.structs.replace


def create(context: Context, node: IndexStmt) -> None:
    """CREATE INDEX; an index on a table that is not made here hangs on an external table."""
    target = context.hanger(node.relation)
    state = context.state
    schema = target.name.schema
    name = node.idxname or _default_name(context, target.name, node)
    key = Name(schema, name)
    if state.relation_exists(key):
        if not node.if_not_exists:
            context.clash(f"relation {key} exists already")
        context.say(f"index {key} is there already: this statement changes nothing")
        return
    if not isinstance(target, Table | MaterializedView):
        context.fail(f"{target.name} is a view: it cannot have an index")
    check_columns(context, target, node)
    index = _index(context, node, name)
    state.indexes[key] = target.name
    state.put(replace(target, indexes=(*target.indexes, index)))
    if isinstance(target, Table) and not index.only:
        partitions.spread_index(context, target.name, index)


def _index(context: Context, node: IndexStmt, name: str) -> Index:
    start = node.relation.get("location", 0)
    where = None
    if node.whereClause:
        begin = lexer.after_word(context.data, start, context.end, b"WHERE")
        where = context.sql(lexer.trimmed(context.data, *indexes.unbracketed(context, begin)), node.whereClause)
    return Index(
        name=name,
        parts=indexes.parts(context, [item.node for item in node.indexParams], start),
        unique=node.unique,
        method=node.accessMethod,
        include=tuple([item.node.name or "" for item in node.indexIncludingParams]),
        where=where,
        nulls_not_distinct=node.nulls_not_distinct,
        only=not node.relation.get("inh"),
        tablespace=node.tableSpace,
        options=options(node.options),
        origin=context.origin(),
    )


def check_columns(context: Context, target: Any, node: IndexStmt) -> None:
    """SourceMeaning for a column that the table does not have."""
    if not isinstance(target, Table) or target.name not in context.state.tables:
        return
    for item in (*node.indexParams, *node.indexIncludingParams):
        column = item.node.name
        if column is not None and not has_column(target, column):
            context.fail(f"table {target.name} has no column {column}")


def _default_name(context: Context, table: Name, node: IndexStmt) -> str:
    elements = [item.node for item in (*node.indexParams, *node.indexIncludingParams)]
    columns = default_names.index_columns(map(indexes.label, elements))
    taken = context.state.index_name_taken(table.schema, constraint=False)
    return default_names.free(table.name, default_names.columns_part(columns), "idx", taken)


def cluster(context: Context, tree: Tree) -> None:
    """CLUSTER table USING index is remembered by the table; without an index it is data."""
    context.skipped["CLUSTER"] += 1
    if "relation" not in tree or "indexname" not in tree:
        return
    relation = context.state.relation(context.found(tree["relation"]))
    if isinstance(relation, Table | MaterializedView):
        context.state.put(replace(relation, cluster_on=tree["indexname"]))
