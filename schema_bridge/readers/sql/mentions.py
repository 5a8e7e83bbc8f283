"""Whether a text, an expression or a query or a statement, mentions a relation, a type, a function or a column."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from schema_bridge.ir import Name
from schema_bridge.readers.sql import retext
from schema_bridge.readers.sql.context import strings
from schema_bridge.readers.sql.qualify import split_name
from schema_bridge.trees import nodes

Named = tuple[str, str]
"""A schema, empty where none is written, and a name."""


def names(text: str, kind: str, name: Name) -> bool:
    """Whether a text names a relation or a type; a name without a schema is one of public."""
    return name.name in text and _means(_named(text, kind), name)


def calls(text: str, kind: str, name: Name, counts: range) -> bool:
    """Whether a text calls a function with so many arguments."""
    return name.name in text and any(
        _means({(schema, called)}, name) and count in counts for schema, called, count in _called(text, kind)
    )


def column(text: str, kind: str, table: Name, name: str) -> bool:
    """Whether a text that is not of the table itself reads a column of it, by name or with all others as `*`."""
    if table.name not in text or not names(text, kind, table):
        return False
    if takes_all(text, kind):
        return True
    if name not in text:
        return False
    other = f"{name} no more"
    if kind == "expression":
        return retext.renamed_in_subqueries(text, table, (name, other)) != text
    return retext.renamed_column(text, kind, table, (name, other)) != text


def written_name(text: str) -> Iterator[Name]:
    """A name as SQL writes it."""
    parts = split_name(text)
    if parts:
        yield Name(parts[-2] if len(parts) > 1 else "public", parts[-1])


def _means(found: set[Named] | frozenset[Named], name: Name) -> bool:
    return (name.schema, name.name) in found or (name.schema == "public" and ("", name.name) in found)


@lru_cache(maxsize=4096)
def _named(text: str, kind: str) -> frozenset[Named]:
    found: set[Named] = set()
    for node_kind, node in nodes(retext.parsed(text, kind)[1]):
        if "relname" in node:
            found.add((node.get("schemaname", ""), node["relname"]))
        elif "names" in node and "typemod" in node:
            found.add(_split(strings(node["names"])))
        if node_kind == "TypeCast" and strings(node["typeName"]["names"])[-1] in retext.REG_CLASSES:
            parts = split_name(node["arg"].get("A_Const", {}).get("sval", {}).get("sval", ""))
            found.update([_split(parts)] if parts else [])
    return frozenset(found)


@lru_cache(maxsize=4096)
def _called(text: str, kind: str) -> frozenset[tuple[str, str, int]]:
    found = (node for node_kind, node in nodes(retext.parsed(text, kind)[1]) if node_kind == "FuncCall")
    return frozenset((*_split(strings(node["funcname"])), len(node.get("args", ()))) for node in found)


@lru_cache(maxsize=4096)
def takes_all(text: str, kind: str) -> bool:
    """Whether a text reads all columns of something."""
    return any("A_Star" in field for _, node in nodes(retext.parsed(text, kind)[1]) for field in node.get("fields", ()))


def _split(parts: list[str]) -> Named:
    return (parts[-2] if len(parts) > 1 else "", parts[-1])
