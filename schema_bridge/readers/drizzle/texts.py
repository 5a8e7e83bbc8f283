"""The SQL texts inside a snapshot: checked, and freed of the table's name that drizzle-kit puts before each column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schema_bridge import expressions
from schema_bridge.emit.sql import ident
from schema_bridge.errors import SourceSyntax
from schema_bridge.ir import Name
from schema_bridge.readers.drizzle.document import Document
from schema_bridge.trees import nodes

_QUOTED = re.compile(rb'"(?:[^"]|"")*"')
_DOT = re.compile(rb"\s*\.\s*")


def expression(document: Document, sql: str, table: Name | None, *keys: str) -> str:
    """The expression without needless qualification and quotes.

    Fails at the key where the text is no expression or holds a parameter whose value drizzle-kit has lost.
    """
    try:
        tree = expressions.parse(sql)
    except SourceSyntax as error:
        document.fail(f"this is not an SQL expression: {sql}", *keys, hint=error.message.split(":")[0])
    refuse_parameters(document, sql, tree, *keys)
    return _plain(sql.encode(), tree, table) if '"' in sql else sql.strip()


def query(document: Document, sql: str, *keys: str) -> str:
    """A view's query; fails at the key where the text is no statement or holds a lost parameter."""
    text = sql.strip().rstrip(";").rstrip()
    try:
        tree = expressions.parse_query(text)
    except SourceSyntax as error:
        document.fail(f"this is not a query: {text}", *keys, hint=error.message.split(":")[0])
    refuse_parameters(document, text, tree, *keys)
    return text


def refuse_parameters(document: Document, sql: str, tree: Any, *keys: str) -> None:
    """Fail where the tree holds a parameter such as `$1`."""
    if "$" in sql and any(kind == "ParamRef" for kind, _ in nodes({"": tree})):
        document.fail(
            f"the value of a parameter was lost: {sql}",
            *keys,
            hint="drizzle-kit does not write parameters down; put the value into the text with sql.raw() or .inlineParams()",
        )


def _plain(data: bytes, tree: Any, table: Name | None) -> str:
    """Columns of the table by their bare names, quoted only where they must be."""
    starts = sorted((start for start in _columns(tree) if start >= 0), reverse=True)
    for start in (start - len(expressions.PREFIX) for start in starts):
        parts, end = _parts(data, start)
        if parts and (bare := _bare(parts, table)) is not None:
            data = data[:start] + bare.encode() + data[end:]
    return data.decode().strip()


def _bare(parts: list[str], table: Name | None) -> str | None:
    qualifier = tuple(parts[:-1])
    if qualifier and (table is None or qualifier not in ((table.name,), (table.schema, table.name))):
        return None
    return ident(parts[-1])


def _parts(data: bytes, start: int) -> tuple[list[str], int]:
    """The quoted identifiers, joined by dots, that begin at `start`, and where they end; none if one is unquoted."""
    parts: list[str] = []
    end = start
    while found := _QUOTED.match(data, end):
        parts.append(found[0][1:-1].decode().replace('""', '"'))
        end = found.end()
        dot = _DOT.match(data, end)
        if dot is None:
            return parts, end
        end = dot.end()
    return [], start


def _columns(tree: Any) -> Iterator[int]:
    """Where the references to columns begin, those in sub-selects left out: there a bare name may be another's."""
    if isinstance(tree, dict):
        for kind, node in tree.items():
            if kind == "ColumnRef":
                yield node.get("location", -1)
            elif kind == "SubLink":
                yield from _columns(node.get("testexpr"))
            else:
                yield from _columns(node)
    elif isinstance(tree, list):
        for item in tree:
            yield from _columns(item)
