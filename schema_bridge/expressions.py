"""SQL expressions and queries as trees: one normal form for comparing them, and other schemas put into their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import msgspec

from schema_bridge import normal_form
from schema_bridge.emit.sql import ident
from schema_bridge.errors import SourceSyntax
from schema_bridge.ir import Function, MaterializedView, Schema, Type, View
from schema_bridge.normal_context import UNKNOWN, Context
from schema_bridge.trees import nodes

Tree = dict[str, Any]
PREFIX = "SELECT "
"""What `parse` puts before an expression: `location` in its tree counts bytes from the start of this."""

_REG_TYPES = {"regclass", "regproc", "regprocedure", "regtype", "regcollation", "regoper", "regoperator"}
_SEQUENCE_FUNCTIONS = {"nextval", "currval", "setval"}
_BLANKS = re.compile(rb"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
_IDENTIFIER = re.compile(rb'"(?:[^"]|"")*"|[A-Za-z_\x80-\xff][A-Za-z0-9_$\x80-\xff]*')
_OPERATOR = re.compile(rb"operator\s*\(", re.IGNORECASE)
_COLLATE = re.compile(rb"collate", re.IGNORECASE)


@lru_cache(maxsize=8192)
def parse(sql: str) -> Tree:
    """The tree of one expression, as PostgreSQL's parser prints it in JSON: zero, false and empty values are left out.

    The tree is shared between callers: never change it. SourceSyntax where the text is not exactly one expression.
    """
    select = parse_query(PREFIX + sql).get("SelectStmt", {})
    targets = select.get("targetList", [])
    extra = select.keys() - {"targetList", "limitOption", "op"}
    if extra or len(targets) != 1 or targets[0]["ResTarget"].keys() - {"val", "location"}:
        raise SourceSyntax(f"this is not one SQL expression: {sql}")
    tree: Tree = targets[0]["ResTarget"]["val"]
    return tree


@lru_cache(maxsize=1024)
def parse_query(sql: str) -> Tree:
    """The tree of one whole statement; SourceSyntax where the text is anything else."""
    from pglast.parser import ParseError, parse_sql_json  # not above: a dump of Drizzle is written without parsing

    try:
        statements = msgspec.json.decode(parse_sql_json(sql)).get("stmts", [])
    except ParseError as error:
        raise SourceSyntax(f"{error.args[0]}: {sql.removeprefix(PREFIX)}") from error
    if len(statements) != 1:
        raise SourceSyntax(f"this is not one SQL statement: {sql}")
    tree: Tree = statements[0]["stmt"]
    return tree


def normal(sql: str, context: Context = UNKNOWN, target: Type | None = None) -> str:
    """One text for all spellings of an expression, where it stands (`context`) and as what it is taken (`target`).

    A text that is no expression (a partition's bound) stands for itself.
    """
    try:
        return normal_form.text(parse(sql), context, target)
    except SourceSyntax:
        return " ".join(sql.split())


def is_null(sql: str, target: Type) -> bool:
    """Whether an expression is NULL, cast to the type or not."""
    return normal(sql, target=target) == normal("NULL")


def context_of(schema: Schema) -> Context:
    """What is known of a schema's relations, its views included."""
    context = Context.of(schema)
    found: tuple[View | MaterializedView, ...] = (*schema.views, *schema.materialized_views)
    views = {str(view.name): partial(_query_of, view) for view in found}
    return msgspec.structs.replace(context, views=views)


def _query_of(view: View | MaterializedView) -> tuple[Tree, tuple[str, ...]]:
    """The tree of a view's query, and the names stated for its columns; nothing where it cannot be parsed."""
    sql = view.query
    if isinstance(view, View) and view.recursive:
        # What CREATE RECURSIVE VIEW stands for (reference, CREATE VIEW).
        name, columns = ident(view.name.name), ", ".join(map(ident, view.column_names))
        sql = f"WITH RECURSIVE {name} ({columns}) AS ({sql}) SELECT {columns} FROM {name}"
    try:
        return parse_query(sql).get("SelectStmt", {}), view.column_names
    except SourceSyntax:
        return {}, ()


def normal_view(view: View | MaterializedView, context: Context) -> str:
    """The same for the query of a view, with the names of its columns."""
    tree, names = _query_of(view)
    if tree:
        return normal_form.query_text(tree, context, names)
    return repr((" ".join(view.query.split()), view.column_names, isinstance(view, View) and view.recursive))


def normal_query(sql: str, context: Context = UNKNOWN) -> str:
    """The same for a whole statement, such as a query or a rule."""
    try:
        return normal_form.text(parse_query(sql), context)
    except SourceSyntax:
        return " ".join(sql.split())


def normal_routine(function: Function, context: Context) -> str:
    """The same for what an SQL-standard body says; arguments may be named, qualified with the routine, or numbered."""
    body = function.sql_body or ""
    inputs = [argument for argument in function.arguments if argument.mode in ("in", "inout", "variadic")]
    inside = msgspec.structs.replace(
        context,
        table=function.name.name,
        types={argument.name: argument.type for argument in inputs if argument.name is not None},
        parameters=tuple(argument.name for argument in inputs),
    )
    try:
        tree = parse_query(f"CREATE FUNCTION f() RETURNS int LANGUAGE sql {body}")
        return normal_form.text(tree["CreateFunctionStmt"]["sql_body"], inside)
    except SourceSyntax:
        return " ".join(body.split())


def normal_bound(bound: str, types: Sequence[Type | None]) -> str:
    """The same for a partition's bound, whose values are of the types of the parent's key."""
    try:
        tree = parse_query(f"CREATE TABLE t PARTITION OF p {_for_values(bound)}")["CreateStmt"]["partbound"]
    except SourceSyntax:
        return " ".join(bound.split())
    found = {name: value for name, value in tree.items() if not isinstance(value, list) and name != "location"}
    for name, values in tree.items():
        if isinstance(values, list):
            wanted = [*types, *[None] * len(values)] if name != "listdatums" else [*types[:1], None][:1] * len(values)
            forms = [normal_form.text(value, UNKNOWN, type) for value, type in zip(values, wanted, strict=False)]
            found[name] = sorted(forms) if name == "listdatums" else forms
    return repr(sorted(found.items()))


def _for_values(bound: str) -> str:
    return bound if bound.upper() == "DEFAULT" else f"FOR VALUES {bound}"


def normal_body(body: str) -> str:
    """A routine's source without carriage returns and without blanks at the ends of its lines."""
    return "\n".join(line.rstrip() for line in body.replace("\r\n", "\n").split("\n"))


def equal(one: str, other: str, context: Context = UNKNOWN, target: Type | None = None) -> bool:
    """Whether two expressions are the same in any spelling."""
    return one == other or normal(one, context, target) == normal(other, context, target)


# Other schemas in the names


def requalify(sql: str, schemas: Mapping[str, str]) -> str:
    """An expression with the schemas of its names replaced: functions, types, tables, operators, collations, and the
    names inside literals of `regclass` and its kind and of `nextval`. Everything else stays byte for byte.

    SourceSyntax where the text is not one expression.
    """
    return _requalify(PREFIX + sql, parse(sql), schemas).removeprefix(PREFIX)


def requalify_query(sql: str, schemas: Mapping[str, str]) -> str:
    """The same for a whole statement, such as a view's query."""
    return _requalify(sql, parse_query(sql), schemas)


def _requalify(sql: str, tree: Tree, schemas: Mapping[str, str]) -> str:
    data = sql.encode()
    edits: dict[int, tuple[int, bytes]] = {}
    for kind, node in nodes({"": tree}):
        find = _FINDERS.get(kind)
        if find is not None:
            for start, end, text in find(data, node, schemas):
                edits[start] = (end, text.encode())
    for start in sorted(edits, reverse=True):
        end, new = edits[start]
        data = data[:start] + new + data[end:]
    return data.decode()


Edit = tuple[int, int, str]
Finder = Callable[[bytes, Tree, Mapping[str, str]], Iterator[Edit]]


def _strings(names: Any) -> list[str]:
    return [item["String"].get("sval", "") if "String" in item else "*" for item in names or ()]


def _qualifier(data: bytes, start: int, schemas: Mapping[str, str]) -> Iterator[Edit]:
    """The identifier that stands at `start`, if it is one of the schemas."""
    found = _IDENTIFIER.match(data, start)
    if found is None:
        return
    word = found.group().decode()
    value = word[1:-1].replace('""', '"') if word.startswith('"') else word.lower()
    if value in schemas:
        yield found.start(), found.end(), ident(schemas[value])


def _after(data: bytes, start: int, opening: re.Pattern[bytes]) -> int:
    """Where the first name after a keyword begins."""
    found = opening.match(data, start)
    blanks = _BLANKS.match(data, found.end() if found else start)
    return blanks.end() if blanks else start


def _function(data: bytes, node: Tree, schemas: Mapping[str, str]) -> Iterator[Edit]:
    names = _strings(node.get("funcname"))
    if len(names) > 1 and node.get("funcformat") == "COERCE_EXPLICIT_CALL":
        yield from _qualifier(data, node.get("location", 0), schemas)
    if names and names[-1] in _SEQUENCE_FUNCTIONS and "A_Const" in (node.get("args") or [{}])[0]:
        yield from _literal(data, node["args"][0]["A_Const"], schemas)


def _type(data: bytes, node: Tree, schemas: Mapping[str, str]) -> Iterator[Edit]:
    if len(node.get("names", ())) > 1:
        yield from _qualifier(data, node.get("location", 0), schemas)


def _cast(data: bytes, node: Tree, schemas: Mapping[str, str]) -> Iterator[Edit]:
    names = _strings(node.get("typeName", {}).get("names"))
    if names and names[-1] in _REG_TYPES and "A_Const" in node.get("arg", {}):
        yield from _literal(data, node["arg"]["A_Const"], schemas)


def _column(data: bytes, node: Tree, schemas: Mapping[str, str]) -> Iterator[Edit]:
    if len(node.get("fields", ())) > 2:
        yield from _qualifier(data, node.get("location", 0), schemas)


def _relation(data: bytes, node: Tree, schemas: Mapping[str, str]) -> Iterator[Edit]:
    if node.get("schemaname"):
        yield from _qualifier(data, node.get("location", 0), schemas)


def _operator(data: bytes, node: Tree, schemas: Mapping[str, str]) -> Iterator[Edit]:
    if len(node.get("name", ())) > 1:
        yield from _qualifier(data, _after(data, node.get("location", 0), _OPERATOR), schemas)


def _collation(data: bytes, node: Tree, schemas: Mapping[str, str]) -> Iterator[Edit]:
    if len(node.get("collname", ())) > 1:
        yield from _qualifier(data, _after(data, node.get("location", 0), _COLLATE), schemas)


def _literal(data: bytes, node: Tree, schemas: Mapping[str, str]) -> Iterator[Edit]:
    """A plain quoted literal that holds a qualified name; E'' and dollar quotes stay as they are."""
    value = node.get("sval", {}).get("sval", "")
    start = node.get("location", 0)
    source = ("'" + value.replace("'", "''") + "'").encode()
    found = _IDENTIFIER.match(value.encode())
    if found is None or not data.startswith(source, start) or value[len(found.group().decode()) :][:1] != ".":
        return
    for first, last, text in _qualifier(value.encode(), 0, schemas):
        changed = value.encode()[:first].decode() + text + value.encode()[last:].decode()
        yield start, start + len(source), "'" + changed.replace("'", "''") + "'"


_FINDERS: dict[str, Finder] = {
    "FuncCall": _function,
    "TypeCast": _cast,
    "TypeName": _type,
    "typeName": _type,
    "ColumnRef": _column,
    "RangeVar": _relation,
    "relation": _relation,
    "A_Expr": _operator,
    "CollateClause": _collation,
}
