"""CREATE INDEX, and the elements that indexes, exclusion constraints, partition keys and statistics share."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge import default_names
from schema_bridge.ir import Index, IndexPart, MaterializedView, Name, Table
from schema_bridge.readers.sql import lexer
from schema_bridge.readers.sql.context import Context, Tree, has_column, only, options, strings

replace = msgspec.structs.replace


def part(context: Context, tree: Tree, span: lexer.Span) -> IndexPart:
    """One element: a column or an expression with collation, operator class and order."""
    column, expression = tree.get("name"), None
    if "expr" in tree:
        column = _plain_column(tree["expr"])
        expression = None if column else _expression(context, span, tree["expr"])
    descending = tree.get("ordering") == "SORTBY_DESC"
    nulls = tree.get("nulls_ordering", "SORTBY_NULLS_DEFAULT")
    return IndexPart(
        column=column,
        expression=expression,
        collation=context.loose_name(tree["collation"]) if "collation" in tree else None,
        opclass=context.loose_name(tree["opclass"]) if "opclass" in tree else None,
        opclass_options=options(tree.get("opclassopts")),
        descending=descending,
        nulls_first=nulls == "SORTBY_NULLS_FIRST" or (descending and nulls == "SORTBY_NULLS_DEFAULT"),
    )


def _plain_column(tree: Tree) -> str | None:
    """`(column)` in brackets is the column, as for the server."""
    fields = tree.get("ColumnRef", {}).get("fields", [])
    return strings(fields)[0] if len(fields) == 1 and "String" in fields[0] else None


def _expression(context: Context, span: lexer.Span, tree: Tree) -> str:
    """The inside of the brackets, or a function call up to the end of its own."""
    start, end = span
    inside = lexer.bracket(context.data, start, end)
    if inside[0] == end:
        return context.sql(span, tree)
    if inside[0] == start + 1:
        return context.sql(lexer.trimmed(context.data, *inside), tree)
    return context.sql((start, inside[1] + 1), tree)


def parts(context: Context, trees: list[Tree], start: int) -> tuple[IndexPart, ...]:
    """The elements in the first brackets after `start`."""
    if all("expr" not in only(tree)[1] for tree in trees):
        return tuple(part(context, only(tree)[1], (start, start)) for tree in trees)
    spans = lexer.parts(context.data, *lexer.bracket(context.data, start, context.end))
    return tuple(part(context, only(tree)[1], span) for tree, span in zip(trees, spans, strict=True))


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


def _index(context: Context, tree: Tree, name: str) -> Index:
    start = tree["relation"].get("location", 0)
    where = None
    if "whereClause" in tree:
        begin = lexer.after_word(context.data, start, context.end, b"WHERE")
        where = context.sql(lexer.trimmed(context.data, *unbracketed(context, begin)), tree["whereClause"])
    return Index(
        name=name,
        parts=parts(context, tree["indexParams"], start),
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


def unbracketed(context: Context, start: int) -> lexer.Span:
    """The span to the statement's end, without brackets that enclose all of it."""
    first, last = lexer.trimmed(context.data, start, context.end)
    while True:
        if context.data[first] != 0x28 or lexer.bracket(context.data, first, last)[1] != last - 1:
            return first, last
        first, last = lexer.trimmed(context.data, first + 1, last - 1)


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
    columns = default_names.index_columns(map(_label, elements))
    taken = context.state.index_name_taken(table.schema, constraint=False)
    return default_names.free(table.name, default_names.columns_part(columns), "idx", taken)


def _label(tree: Tree) -> str | None:
    element = tree["IndexElem"]
    return element.get("name") or figure(element.get("expr", {}))[0]


def figure(tree: Tree) -> tuple[str | None, int]:
    """The name the server gives an unnamed expression, and how sure it is (`FigureColname` of its parser)."""
    if not tree:
        return None, 0
    kind, node = only(tree)
    if kind in _FIGURED:
        return _FIGURED[kind], 2
    match kind:
        case "ColumnRef":
            names = [f["String"]["sval"] for f in node["fields"] if "String" in f]
            return (names[-1], 2) if names else (None, 0)
        case "FuncCall":
            return strings(node["funcname"])[-1], 2
        case "A_Indirection":
            names = [f["String"]["sval"] for f in node.get("indirection", ()) if "String" in f]
            return (names[-1], 2) if names else figure(node["arg"])
        case "A_Expr":
            return ("nullif", 2) if node.get("kind") == "AEXPR_NULLIF" else (None, 0)
        case "TypeCast":
            name, strength = figure(node["arg"])
            return (name, strength) if strength > 1 else (strings(node["typeName"]["names"])[-1], 1)
        case "CollateClause":
            return figure(node["arg"])
        case "CaseExpr":
            name, strength = figure(node.get("defresult", {}))
            return (name, strength) if strength > 1 else ("case", 1)
        case "MinMaxExpr":
            return ("greatest" if node.get("op", "IS_GREATEST") == "IS_GREATEST" else "least"), 2
        case "SQLValueFunction":
            return _value_function(node), 2
        case _:
            return None, 0


_FIGURED = {"A_ArrayExpr": "array", "RowExpr": "row", "CoalesceExpr": "coalesce", "GroupingFunc": "grouping"}


def _value_function(node: Tree) -> str:
    return str(node["op"]).removeprefix("SVFOP_").removesuffix("_N").lower()


def cluster(context: Context, tree: Tree) -> None:
    """CLUSTER table USING index is remembered by the table; without an index it is data."""
    context.skipped["CLUSTER"] += 1
    if "relation" not in tree or "indexname" not in tree:
        return
    relation = context.state.relation(context.found(tree["relation"]))
    if isinstance(relation, Table | MaterializedView):
        context.state.put(replace(relation, cluster_on=tree["indexname"]))
