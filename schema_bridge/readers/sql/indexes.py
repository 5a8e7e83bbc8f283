"""The elements that indexes, exclusion constraints, partition keys and statistics share."""

from __future__ import annotations

import msgspec

from schema_bridge.ir import IndexPart
from schema_bridge.readers.sql import lexer, nodes
from schema_bridge.readers.sql.context import Context, Tree, only, options, strings
from schema_bridge.readers.sql.nodes import Expression, IndexElem

replace = msgspec.structs.replace


def part(context: Context, node: IndexElem, span: lexer.Span) -> IndexPart:
    """One element: a column or an expression with collation, operator class and order."""
    column, expression = node.name, None
    if node.expr:
        column = _plain_column(node.expr)
        expression = None if column else _expression(context, span, node.expr)
    descending = node.ordering == "SORTBY_DESC"
    nulls = node.nulls_ordering
    return IndexPart(
        column=column,
        expression=expression,
        collation=context.loose_name(node.collation) if node.collation else None,
        opclass=context.loose_name(node.opclass) if node.opclass else None,
        opclass_options=options(node.opclassopts),
        descending=descending,
        nulls_first=nulls == "SORTBY_NULLS_FIRST" or (descending and nulls == "SORTBY_NULLS_DEFAULT"),
    )


def _plain_column(node: Expression) -> str | None:
    """`(column)` in brackets is the column, as for the server."""
    if not bytes(node).startswith(b'{"ColumnRef"'):
        return None
    fields = nodes.expression(node).get("ColumnRef", {}).get("fields", [])
    return strings(fields)[0] if len(fields) == 1 and "String" in fields[0] else None


def _expression(context: Context, span: lexer.Span, node: Expression) -> str:
    """The inside of the brackets, or a function call up to the end of its own."""
    start, end = span
    inside = lexer.bracket(context.data, start, end)
    if inside[0] == end:
        return context.sql(span, node)
    if inside[0] == start + 1:
        return context.sql(lexer.trimmed(context.data, *inside), node)
    return context.sql((start, inside[1] + 1), node)


def parts(context: Context, elements: list[IndexElem], start: int) -> tuple[IndexPart, ...]:
    """The elements in the first brackets after `start`."""
    if not any(element.expr for element in elements):
        return tuple([part(context, element, (start, start)) for element in elements])
    spans = lexer.parts(context.data, *lexer.bracket(context.data, start, context.end))
    return tuple([part(context, element, span) for element, span in zip(elements, spans, strict=True)])


def unbracketed(context: Context, start: int) -> lexer.Span:
    """The span to the statement's end, without brackets that enclose all of it."""
    first, last = lexer.trimmed(context.data, start, context.end)
    while True:
        if context.data[first] != 0x28 or lexer.bracket(context.data, first, last)[1] != last - 1:
            return first, last
        first, last = lexer.trimmed(context.data, first + 1, last - 1)


def label(element: IndexElem) -> str | None:
    return element.name or figure(nodes.expression(element.expr))[0]


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
