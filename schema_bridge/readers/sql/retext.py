"""Renames inside the texts of expressions and queries: the places come from their trees, the rest stays as written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import msgspec
from pglast.parser import ParseError, parse_sql_json

from schema_bridge.emit.sql import ident, literal
from schema_bridge.emit.sql import name as sql_name
from schema_bridge.ir import Name
from schema_bridge.readers.sql.context import strings
from schema_bridge.readers.sql.qualify import Edit, spliced, split_name
from schema_bridge.trees import nodes

_PREFIX = {"expression": b"SELECT ", "query": b"", "statement": b""}
_NAME = re.compile(rb'\s*(?:"(?:[^"]|"")*"|[A-Za-z_\x80-\xff][A-Za-z0-9_$\x80-\xff]*)')
_DOT = re.compile(rb"\s*\.")
_BODY = re.compile(rb"\s*(?:BEGIN\s+ATOMIC|RETURN)\b", re.IGNORECASE)
REG_CLASSES = frozenset({"regclass", "regtype", "regproc", "regprocedure"})

Finder = Callable[[bytes, Any], Iterator[Edit]]


@lru_cache(maxsize=4096)
def _tree(sql: bytes) -> Any:
    try:
        return msgspec.json.decode(parse_sql_json(sql.decode()))
    except ParseError:
        return None


def parsed(text: str, kind: str) -> tuple[bytes, Any, int]:
    """A text as a statement that parses, its tree (None where it does not), and how far the text stands behind its
    beginning."""
    prefix = _PREFIX[kind]
    source = text.encode()
    if kind == "statement" and _BODY.match(source):
        prefix = b"CREATE FUNCTION f() "
    data = prefix + source
    return data, _tree(data), len(prefix)


def edited(text: str, kind: str, find: Finder) -> str:
    """The text with the edits that `find` makes of its tree; a text that does not parse by itself stays."""
    data, tree, begin = parsed(text, kind)
    if tree is None:
        return text
    edits = list(find(data, tree))
    return spliced(data, (begin, len(data)), edits) if edits else text


def span_of_names(data: bytes, at: int, count: int) -> tuple[int, int]:
    """The span of a name of that many parts that stands at `at`."""
    end = at
    for part in range(count):
        if part:
            dot = _DOT.match(data, end)
            end = dot.end() if dot else end
        found = _NAME.match(data, end)
        end = found.end() if found else end
    return at, end


def renamed_relation(text: str, kind: str, change: tuple[Name, Name], *, rows: bool) -> str:
    """A text in which a relation or type got another name; `rows` says whether its name alone is its row there, not a
    column."""
    old, new = change

    def find(data: bytes, tree: Any) -> Iterator[Edit]:
        found = list(nodes(tree))
        aliases = {node["aliasname"] for _, node in found if "aliasname" in node}
        shadows = {node["ctename"] for name, node in found if name == "CommonTableExpr"}
        for node_kind, node in found:
            at = node.get("location", 0)
            if "relname" in node and _same(old, node.get("schemaname"), node["relname"]):
                if node.get("schemaname") or node["relname"] not in shadows:
                    yield _named(data, at, 2 if node.get("schemaname") else 1, new)
            elif node_kind == "ColumnRef" and old.name not in aliases:
                yield from _qualified_column(data, node, old, new)
                if rows and strings(field for field in node["fields"] if "String" in field) == [old.name]:
                    yield _named(data, at, 1, Name("public", new.name))
            elif "names" in node and "typemod" in node:
                parts = strings(node["names"])
                if _same(old, parts[-2] if len(parts) > 1 else None, parts[-1]):
                    yield _named(data, at, len(parts), new)
            if node_kind == "TypeCast":
                yield from _class_literal(data, node, old, new)

    return edited(text, kind, find)


def _same(old: Name, schema: str | None, name: str) -> bool:
    return name == old.name and (schema or "public") == old.schema


def _is(table: Name, relation: Any) -> bool:
    return _same(table, relation.get("schemaname"), relation["relname"])


def _named(data: bytes, at: int, parts: int, new: Name) -> Edit:
    start, end = span_of_names(data, at, parts)
    return start, end, sql_name(new)


def _qualified_column(data: bytes, node: Any, old: Name, new: Name) -> Iterator[Edit]:
    parts = strings(field for field in node["fields"] if "String" in field)
    at = node.get("location", 0)
    if len(node["fields"]) == 2 and parts[0] == old.name:
        start, end = span_of_names(data, at, 1)
        yield start, end, ident(new.name)
    elif len(node["fields"]) == 3 and parts[:2] == [old.schema, old.name]:
        start, end = span_of_names(data, at, 2)
        yield start, end, f"{ident(new.schema)}.{ident(new.name)}"


def _class_literal(data: bytes, node: Any, old: Name, new: Name) -> Iterator[Edit]:
    constant = node["arg"].get("A_Const", {})
    text = constant.get("sval", {}).get("sval", "")
    at = constant.get("location", 0)
    source = literal(text).encode()
    if strings(node["typeName"]["names"])[-1] not in REG_CLASSES or not data.startswith(source, at):
        return
    parts = split_name(text)
    if parts and _same(old, parts[-2] if len(parts) > 1 else None, parts[-1]):
        public = len(parts) > 1
        yield at, at + len(source), literal(sql_name(new, public=public))


def renamed_routine(text: str, kind: str, old: Name, new: Name) -> str:
    """A text in which a function got another name."""

    def find(data: bytes, tree: Any) -> Iterator[Edit]:
        for node_kind, node in nodes(tree):
            if node_kind == "FuncCall" and node.get("funcformat") == "COERCE_EXPLICIT_CALL":
                parts = strings(node["funcname"])
                if _same(old, parts[-2] if len(parts) > 1 else None, parts[-1]):
                    yield _named(data, node.get("location", 0), len(parts), new)

    return edited(text, kind, find)


def renamed_schema(text: str, kind: str, old: str, new: str) -> str:
    """A text in which a schema got another name."""

    def find(data: bytes, tree: Any) -> Iterator[Edit]:
        for node_kind, node in nodes(tree):
            at = node.get("location", 0)
            names = node.get("funcname") or node.get("names") or node.get("collname") or []
            if node.get("schemaname") == old or (node_kind == "ColumnRef" and _starts_with(node["fields"], old)):
                start, end = span_of_names(data, at, 1)
                yield start, end, ident(new)
            elif len(names) > 1 and strings(names)[-2] == old and "location" in node:
                start, end = span_of_names(data, at, 1)
                if data[start:end].decode().strip('"').lower() == old.lower():
                    yield start, end, ident(new)
            if node_kind == "A_Expr" and len(node["name"]) > 1 and strings(node["name"])[-2] == old:
                start, end = span_of_names(data, data.index(b"(", at) + 1, 1)
                yield start, end, ident(new)
            if node_kind == "TypeCast":
                yield from _schema_literal(data, node, old, new)

    return edited(text, kind, find)


def _starts_with(fields: list[Any], old: str) -> bool:
    return len(fields) == 3 and fields[0].get("String", {}).get("sval") == old


def _schema_literal(data: bytes, node: Any, old: str, new: str) -> Iterator[Edit]:
    constant = node["arg"].get("A_Const", {})
    text = constant.get("sval", {}).get("sval", "")
    at = constant.get("location", 0)
    source = literal(text).encode()
    parts = split_name(text)
    is_class = strings(node["typeName"]["names"])[-1] in REG_CLASSES
    if is_class and len(parts) > 1 and parts[-2] == old and data.startswith(source, at):
        yield at, at + len(source), literal(sql_name(Name(new, parts[-1]), public=True))


def renamed_column(text: str, kind: str, table: Name, change: tuple[str, str]) -> str:
    """A text in which a column of a table got another name; the outermost expression is about that table."""
    old, new = change

    def find(data: bytes, tree: Any) -> Iterator[Edit]:
        scope = {table.name: True, "new": True, "old": True, "": True} if kind == "expression" else {}
        yield from _Columns(data, table, old, new).walk(tree, [scope] if scope else [])

    return edited(text, kind, find)


def renamed_in_subqueries(text: str, table: Name, change: tuple[str, str]) -> str:
    """The same in an expression that is about another table: only its subqueries may read from this one."""
    old, new = change

    def find(data: bytes, tree: Any) -> Iterator[Edit]:
        yield from _Columns(data, table, old, new).walk(tree, [])

    return edited(text, "expression", find)


_CHANGES_ROWS = frozenset({"InsertStmt", "UpdateStmt", "DeleteStmt"})


class _Columns:
    """Walks a tree with the relations that each SELECT reads from in sight."""

    def __init__(self, data: bytes, table: Name, old: str, new: str) -> None:
        self.data = data
        self.table = table
        self.old = old
        self.new = new

    def walk(self, tree: Any, scopes: list[dict[str, bool]]) -> Iterator[Edit]:
        if isinstance(tree, list):
            for item in tree:
                yield from self.walk(item, scopes)
            return
        if not isinstance(tree, dict):
            return
        for kind, node in tree.items():
            if kind == "ColumnRef":
                yield from self.column(node, scopes)
            elif kind == "ResTarget" and "name" not in node:
                yield from self.target(node, scopes)
            elif kind in _CHANGES_ROWS:
                yield from self.change(node, scopes)
            elif kind == "RuleStmt":
                ours = _is(self.table, node["relation"])
                yield from self.walk(node, [*scopes, {"new": ours, "old": ours, "": ours}])
            elif isinstance(node, dict) and "fromClause" in node:
                yield from self.walk(node, [*scopes, self.sources(node["fromClause"])])
            else:
                yield from self.walk(node, scopes)

    def change(self, node: Any, scopes: list[dict[str, bool]]) -> Iterator[Edit]:
        """INSERT, UPDATE or DELETE: the relation that is changed, and the names of the columns that are set."""
        read = [{"RangeVar": node["relation"]}, *node.get("fromClause", ()), *node.get("usingClause", ())]
        if _is(self.table, node["relation"]):
            for item in (*node.get("cols", ()), *node.get("targetList", ())):
                target = item["ResTarget"]
                if target.get("name") == self.old:
                    start, end = span_of_names(self.data, target.get("location", 0), 1)
                    yield start, end, ident(self.new)
        yield from self.walk(node, [*scopes, self.sources(read)])

    def sources(self, clause: Any) -> dict[str, bool]:
        """The names by which relations are known, and whether each is our table."""
        found: dict[str, bool] = {}
        for _, node in nodes({"clause": clause}):
            if "relname" in node:
                ours = _is(self.table, node)
                found[node.get("alias", {}).get("aliasname", node["relname"])] = ours
        if any(found.values()):
            found[""] = True
        return found

    def is_ours(self, node: Any, scopes: list[dict[str, bool]]) -> bool:
        parts = strings(field for field in node["fields"] if "String" in field)
        if len(parts) != len(node["fields"]) or parts[-1] != self.old:
            return False
        if len(parts) == 3:
            return parts[:2] == [self.table.schema, self.table.name]
        qualifier = parts[0] if len(parts) == 2 else ""
        for scope in reversed(scopes):
            if qualifier in scope:
                return scope[qualifier]
        return False

    def column(self, node: Any, scopes: list[dict[str, bool]]) -> Iterator[Edit]:
        if self.is_ours(node, scopes):
            start, end = self.last_part(node)
            yield start, end, ident(self.new)

    def last_part(self, node: Any) -> tuple[int, int]:
        count = len(node["fields"])
        whole = span_of_names(self.data, node.get("location", 0), count)
        last = _NAME.search(self.data, whole[0] if count == 1 else self._before_last(node, count), whole[1])
        return (last.start(), last.end()) if last else whole

    def _before_last(self, node: Any, count: int) -> int:
        end = span_of_names(self.data, node.get("location", 0), count - 1)[1]
        dot = _DOT.match(self.data, end)
        return dot.end() if dot else end

    def target(self, node: Any, scopes: list[dict[str, bool]]) -> Iterator[Edit]:
        """An output column keeps its name: `a` becomes `b AS a`."""
        reference = node.get("val", {}).get("ColumnRef")
        if reference is not None and len(scopes) > 0 and "location" in node and self.is_ours(reference, scopes):
            start, end = self.last_part(reference)
            named = "" if scopes[-1].get("old") else f" AS {ident(self.old)}"
            yield start, end, ident(self.new) + named
            return
        yield from self.walk(node, scopes)
