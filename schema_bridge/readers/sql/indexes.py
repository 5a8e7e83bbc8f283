"""The elements that indexes, exclusion constraints, partition keys and statistics share."""

from __future__ import annotations

import msgspec

from schema_bridge.figured import figure
from schema_bridge.ir import IndexPart
from schema_bridge.readers.sql import lexer, nodes
from schema_bridge.readers.sql.context import Context, options, strings
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
