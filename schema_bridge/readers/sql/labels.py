"""A renamed label of an enum, in the expressions and queries that hold it: the server keeps labels by number there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from schema_bridge.emit.sql import literal
from schema_bridge.ir import Enum, Name, Type
from schema_bridge.readers.sql import retext, rewrite
from schema_bridge.readers.sql.context import strings
from schema_bridge.readers.sql.qualify import Edit
from schema_bridge.readers.sql.state import State
from schema_bridge.trees import nodes

replace = msgspec.structs.replace

_COMPARES = frozenset({"A_Expr", "CaseExpr", "CoalesceExpr", "MinMaxExpr", "CaseWhen"})
_LISTS = frozenset({"List", "A_ArrayExpr", "CaseWhen"})


def rename(state: State, enum: Enum, old: str, new: str) -> None:
    """Carry a new label through all that is known so far."""
    types = {enum.name, *(domain.name for domain in state.domains.values() if _is_of(domain.type, {enum.name}))}
    columns = {c.name for table in state.tables.values() for c in table.columns if _is_of(c.type, types)}
    names = columns | ({"value"} if len(types) > 1 else set())

    def text(sql: str, kind: str) -> str:
        return retext.edited(sql, kind, lambda data, tree: _found(data, tree, (types, names), (old, new)))

    _rename_defaults(state, types, old, new)
    rewrite.everywhere(state, rewrite.Change(word=old, text=text))


def _is_of(type: Type, types: set[Name]) -> bool:
    return Name(type.schema, type.name) in types


def _rename_defaults(state: State, types: set[Name], old: str, new: str) -> None:
    """Defaults that are a literal alone: what they are of, the column, domain or argument says."""

    def changed(node: Any) -> Any:
        if not node.default or old not in node.default or not _is_of(node.type, types):
            return node
        value = _constant(node.default)
        renamed = _renamed(value, old, new, bool(node.type.dimensions))
        return replace(node, default=literal(renamed)) if literal(value) == node.default else node

    for table in list(state.tables.values()):
        if any(column.default and old in column.default for column in table.columns):
            state.tables[table.name] = replace(table, columns=tuple(map(changed, table.columns)))
    for domain in list(state.domains.values()):
        state.domains[domain.name] = changed(domain)
    for key, function in list(state.functions.items()):
        if any(argument.default and old in argument.default for argument in function.arguments):
            state.functions[key] = replace(function, arguments=tuple(map(changed, function.arguments)))


def _constant(text: str) -> str:
    """The value of a text, if `literal` makes that text of it."""
    if text.startswith("E"):
        return text[2:-1].replace("''", "'").replace("\\\\", "\\")
    return text[1:-1].replace("''", "'")


def _renamed(value: str, old: str, new: str, is_array: bool) -> str:
    """A constant of the enum, or of an array of it (manual, 8.15.2), with its new label; the constant itself if it is
    of other labels."""
    if not is_array:
        return new if value == old else value

    def element(match: re.Match[str]) -> str:
        label = match[2].strip() if match[1] is None else _ESCAPED.sub(r"\1", match[1])
        return _array_element(new) if label == old else match[0]

    return _ELEMENT.sub(element, value)


_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^{},"\s][^{},"]*)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PLAIN_ELEMENT = re.compile(r'(?!null$)[^\s{},"\\]+', re.IGNORECASE).fullmatch


def _array_element(label: str) -> str:
    if _PLAIN_ELEMENT(label):
        return label
    return '"' + label.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _found(data: bytes, tree: Any, known: tuple[set[Name], set[str]], change: tuple[str, str]) -> Iterator[Edit]:
    """The label where it is cast to the enum, or stands beside a column of it."""
    types, columns = known
    old, new = change
    for kind, node in nodes(tree):
        is_array = False
        if kind == "TypeCast" and _casts(node, types):
            is_array = "arrayBounds" in node["typeName"] and "A_Const" in node["arg"]
            constants = [n for k, n in nodes(node["arg"]) if k == "A_Const"]
        elif kind in _COMPARES:
            parts = list(_parts(node))
            beside = any(
                k == "ColumnRef" and _column(n) in columns or k == "TypeCast" and _casts(n, types) for k, n in parts
            )
            constants = [n for k, n in parts if k == "A_Const"] if beside else []
        else:
            continue
        for constant in constants:
            value = constant.get("sval", {}).get("sval", "")
            at, source = constant.get("location", 0), literal(value).encode()
            renamed = _renamed(value, old, new, is_array)
            if renamed != value and data.startswith(source, at):
                yield at, at + len(source), literal(renamed)


def _casts(node: Any, types: set[Name]) -> bool:
    parts = strings(node["typeName"]["names"])
    return Name(parts[-2] if len(parts) > 1 else "public", parts[-1]) in types


def _column(node: Any) -> str:
    names = strings(field for field in node["fields"] if "String" in field)
    return names[-1] if names else ""


def _parts(node: Any) -> Iterator[tuple[str, Any]]:
    """What an expression compares, lists and arrays opened."""
    for value in node.values():
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, dict):
                continue
            for kind, inner in item.items():
                if kind in _LISTS:
                    yield from _parts(inner)
                elif isinstance(inner, dict):
                    yield kind, inner
