"""Texts written under another search path, with the schemas that the default one would not find put in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from schema_bridge.emit.sql import ident, literal, name
from schema_bridge.ir import Name
from schema_bridge.readers.sql.lexer import Span
from schema_bridge.readers.sql.state import State
from schema_bridge.trees import nodes

Edit = tuple[int, int, str]
REG_CLASSES = frozenset({"regclass"})


class Scope(Protocol):
    """The bytes of the file at hand, and what a name in them means there."""

    state: State
    data: bytes

    def resolve(self, text: str) -> Name: ...

    def type_name(self, names: Sequence[dict[str, Any]]) -> Name: ...

    def function_name(self, names: Sequence[dict[str, Any]]) -> Name: ...

    def loose_name(self, names: Sequence[dict[str, Any]]) -> Name: ...


def qualified(scope: Scope, span: Span, tree: Any) -> str:
    """The text of a span with the schema put before each name that `public` alone would not give."""
    found = list(nodes({"tree": tree}))
    shadows = {node["ctename"] for kind, node in found if kind == "CommonTableExpr"}
    edits: list[Edit] = []
    for kind, node in found:
        if "relname" in node and node["relname"] not in shadows:
            edits += _relation(scope, node)
        elif kind in ("FuncCall", "funccall"):
            edits += _function(scope, node)
        elif kind == "A_Expr":
            edits += _operator(scope, node)
        elif "names" in node and "typemod" in node:
            edits += _type(scope, node)
        if kind == "TypeCast":
            edits += _class_literal(scope, node)
    return spliced(scope.data, span, edits)


def spliced(data: bytes, span: Span, edits: list[Edit]) -> str:
    """The text of a span with some parts of it replaced."""
    pieces: list[bytes] = []
    at = span[0]
    for start, end, text in sorted(set(edits)):
        if start < at or end > span[1]:
            continue
        pieces += [data[at:start], text.encode()]
        at = end
    pieces.append(data[at : span[1]])
    return b"".join(pieces).decode()


def _prefix(at: int, schema: str) -> list[Edit]:
    return [] if schema in ("", "public", "pg_temp") else [(at, at, ident(schema) + ".")]


def _relation(scope: Scope, node: dict[str, Any]) -> list[Edit]:
    if node.get("schemaname"):
        return []
    found = scope.resolve(node["relname"])
    return _prefix(node.get("location", 0), found.schema) if scope.state.relation(found) else []


def _function(scope: Scope, node: dict[str, Any]) -> list[Edit]:
    if len(node["funcname"]) > 1 or node.get("funcformat") != "COERCE_EXPLICIT_CALL":
        return []
    return _prefix(node.get("location", 0), scope.function_name(node["funcname"]).schema)


def _operator(scope: Scope, node: dict[str, Any]) -> list[Edit]:
    if node.get("kind") != "AEXPR_OP" or len(node["name"]) > 1:
        return []
    found = scope.loose_name(node["name"])
    at = node.get("location", 0)
    if found.schema in ("", "public"):
        return []
    return [(at, at + len(found.name.encode()), f"OPERATOR({ident(found.schema)}.{found.name})")]


def _type(scope: Scope, node: dict[str, Any]) -> list[Edit]:
    if len(node["names"]) > 1:
        return []
    found = scope.type_name(node["names"])
    known = scope.state.type_exists(found)
    return _prefix(node.get("location", 0), found.schema) if known else []


def _class_literal(scope: Scope, node: dict[str, Any]) -> list[Edit]:
    """`'name'::regclass`: the literal holds the name."""
    kind = node["typeName"]["names"][-1]["String"]["sval"]
    constant = node["arg"].get("A_Const", {})
    text = constant.get("sval", {}).get("sval", "")
    at = constant.get("location", 0)
    source = literal(text).encode()
    if kind not in REG_CLASSES or not text or not scope.data.startswith(source, at):
        return []
    parts = split_name(text)
    if len(parts) != 1:
        return []
    found = scope.resolve(parts[0])
    known = scope.state.relation_exists(found) and found.schema not in ("public", "pg_temp")
    return [(at, at + len(source), literal(name(found)))] if known else []


def split_name(text: str) -> list[str]:
    """The parts of a name as SQL writes it: `a."B.c"` is `a` and `B.c`."""
    parts: list[str] = []
    rest = text.strip()
    while rest:
        if rest[0] == '"':
            end = 1
            while end < len(rest) and (rest[end] != '"' or rest[end : end + 2] == '""'):
                end += 2 if rest[end] == '"' else 1
            parts.append(rest[1:end].replace('""', '"'))
            rest = rest[end + 1 :].lstrip()
        else:
            head, _, _ = rest.partition(".")
            parts.append(head.strip().lower())
            rest = rest[len(head) :]
        if not rest.startswith("."):
            break
        rest = rest[1:].lstrip()
    return parts


def name_in(scope: Scope, text: str) -> Name:
    """The relation that a literal of type regclass names."""
    parts = split_name(text)
    return Name(parts[-2], parts[-1]) if len(parts) > 1 else scope.resolve(parts[-1] if parts else "")
