"""CREATE INDEX, and CLUSTER."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge import default_names
from schema_bridge.ir import Index, MaterializedView, Name, Table
from schema_bridge.readers.sql import indexes, lexer, partitions
from schema_bridge.readers.sql.context import Context, Tree, has_column, options

replace = msgspec.structs.replace


def create(context: Context, tree: Tree) -> None:
    """CREATE INDEX; an index on a table that is not made here hangs on an external table."""
    target = context.hanger(tree["relation"])
    state = context.state
    schema = target.name.schema
    name = tree.get("idxname") or _default_name(context, target.name, tree)
    key = Name(schema, name)
    if state.relation_exists(key):
        if not tree.get("if_not_exists"):
            context.clash(f"relation {key} exists already")
        context.say(f"index {key} is there already: this statement changes nothing")
        return
    if not isinstance(target, Table | MaterializedView):
        context.fail(f"{target.name} is a view: it cannot have an index")
    check_columns(context, target, tree)
    index = _index(context, tree, name)
    state.indexes[key] = target.name
    state.put(replace(target, indexes=(*target.indexes, index)))
    if isinstance(target, Table) and not index.only:
        partitions.spread_index(context, target.name, index)


def _index(context: Context, tree: Tree, name: str) -> Index:
    start = tree["relation"].get("location", 0)
    where = None
    if "whereClause" in tree:
        begin = lexer.after_word(context.data, start, context.end, b"WHERE")
        where = context.sql(lexer.trimmed(context.data, *indexes.unbracketed(context, begin)), tree["whereClause"])
    return Index(
        name=name,
        parts=indexes.parts(context, tree["indexParams"], start),
        unique=bool(tree.get("unique")),
        method=tree.get("accessMethod", "btree"),
        include=tuple(item["IndexElem"]["name"] for item in tree.get("indexIncludingParams", ())),
        where=where,
        nulls_not_distinct=bool(tree.get("nulls_not_distinct")),
        only=not tree["relation"].get("inh"),
        tablespace=tree.get("tableSpace"),
        options=options(tree.get("options")),
        origin=context.origin(),
    )


def check_columns(context: Context, target: Any, tree: Tree) -> None:
    """SourceMeaning for a column that the table does not have."""
    if not isinstance(target, Table) or target.name not in context.state.tables:
        return
    for item in (*tree["indexParams"], *tree.get("indexIncludingParams", ())):
        column = item["IndexElem"].get("name")
        if column is not None and not has_column(target, column):
            context.fail(f"table {target.name} has no column {column}")


def _default_name(context: Context, table: Name, tree: Tree) -> str:
    elements = [*tree["indexParams"], *tree.get("indexIncludingParams", ())]
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
