"""What a DO block asks the catalogs, answered from the state; and the values of its expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from pglast.parser import parse_sql_json

from schema_bridge.emit.sql import ident, literal
from schema_bridge.readers.sql.context import Context, Tree, constant, strings
from schema_bridge.readers.sql.plpgsql import UnknownStatement
from schema_bridge.readers.sql.qualify import split_name
from schema_bridge.trees import nodes

_tree = msgspec.json.Decoder()

Asked = dict[str, str]


def _parsed(condition: str) -> Tree:
    statement = _tree.decode(parse_sql_json("SELECT " + condition))["stmts"][0]["stmt"]["SelectStmt"]
    value: Tree = statement["targetList"][0]["ResTarget"]["val"]
    return value


def check(condition: str) -> None:
    """UnknownStatement where a condition asks anything but whether something stands in the catalogs."""
    for part, _ in _parts(_parsed(condition)):
        _catalog(part)


def _parts(tree: Tree) -> list[tuple[Tree, bool]]:
    """The EXISTS of a condition joined by AND, and whether each is to hold."""
    if "BoolExpr" in tree:
        node = tree["BoolExpr"]
        kind = node.get("boolop", "AND_EXPR")
        inner = [part for arg in node["args"] for part in _parts(arg)]
        if kind == "AND_EXPR":
            return inner
        if kind == "NOT_EXPR" and len(inner) == 1:
            return [(inner[0][0], not inner[0][1])]
    if "SubLink" in tree:
        kind, select = tree["SubLink"]["subLinkType"], tree["SubLink"]["subselect"]["SelectStmt"]
        if kind == "EXISTS_SUBLINK":
            return [(select, True)]
        if kind == "EXPR_SUBLINK" and set(select) <= _BARE_SELECT:
            return _parts(select["targetList"][0]["ResTarget"]["val"])
    if "NullTest" in tree and "FuncCall" in tree["NullTest"]["arg"]:
        call = tree["NullTest"]["arg"]["FuncCall"]
        if strings(call["funcname"])[-1] in ("to_regclass", "to_regtype"):
            return [(tree, tree["NullTest"].get("nulltesttype") == "IS_NOT_NULL")]
    raise UnknownStatement


_BARE_SELECT = {"targetList", "limitOption", "op"}
"""The fields of a SELECT that reads from nothing: `(SELECT NOT EXISTS (…))` asks what its one expression asks."""


def _catalog(select: Tree) -> str:
    """The catalog or view of information_schema that the question is about: the first of its FROM."""
    if "NullTest" in select:
        return str(strings(select["NullTest"]["arg"]["FuncCall"]["funcname"])[-1])
    found = [node["relname"] for _, node in nodes(select.get("fromClause", [])) if "relname" in node]
    if not found or not all(name.startswith("pg_") or name in _INFORMATION for name in found):
        raise UnknownStatement
    return str(found[0])


def holds(context: Context, condition: str, variables: dict[str, Any]) -> bool | None:
    """Whether the condition is true; None where that cannot be told."""
    answers = []
    for part, wanted in _parts(_parsed(condition)):
        answer = _exists(context, part, variables)
        if answer is None:
            return None
        answers.append(answer is wanted)
    return all(answers)


def _exists(context: Context, select: Tree, variables: dict[str, Any]) -> bool | None:
    look = _LOOK.get(_catalog(select))
    if look is None:
        return None
    if "NullTest" in select:
        text = constant(select["NullTest"]["arg"]["FuncCall"]["args"][0])
        return look(context, {"": text})
    asked: Asked = {}
    for _, node in nodes(select):
        if node.get("kind") == "AEXPR_OP" and strings(node.get("name", [])) == ["="]:
            _ask(node, variables, asked)
    try:
        return look(context, asked)
    except (KeyError, StopIteration):
        return None


def _ask(node: Tree, variables: dict[str, Any], asked: Asked) -> None:
    """column = constant."""
    for one, other in ((node.get("lexpr", {}), node.get("rexpr", {})), (node.get("rexpr", {}), node.get("lexpr", {}))):
        if "ColumnRef" not in one:
            continue
        column = strings(field for field in one["ColumnRef"]["fields"] if "String" in field)[-1]
        try:
            asked[column] = str(value(other, variables))
        except UnknownStatement:
            continue


def _named(*kinds: str) -> Callable[[Context, Asked], bool]:
    def look(context: Context, asked: Asked) -> bool:
        name = next(v for k, v in asked.items() if k in ("typname", "relname", "viewname", "matviewname", "proname"))
        return any(_name_of(key) == name for kind in kinds for key in getattr(context.state, kind))

    return look


def _name_of(key: Any) -> str:
    return str(key[0].name if isinstance(key, tuple) else getattr(key, "name", key))


def _constraint(context: Context, asked: Asked) -> bool:
    name = asked.get("conname") or asked["constraint_name"]
    return any(key.name == name and count > 0 for key, count in context.state.constraint_names.items())


def _table(context: Context, asked: Asked) -> bool:
    name = asked.get("table_name") or asked["tablename"]
    state = context.state
    return any(key.name == name for kind in (state.tables, state.views) for key in kind)


def _column(context: Context, asked: Asked) -> bool:
    column = asked.get("column_name") or asked["attname"]
    table = asked["table_name"]
    return any(c.name == column for key, t in context.state.tables.items() if key.name == table for c in t.columns)


def _hanging(kind: str, word: str) -> Callable[[Context, Asked], bool]:
    def look(context: Context, asked: Asked) -> bool:
        table = asked.get("tablename")
        return any(
            part.name == asked[word]
            for relations in (context.state.tables, context.state.external_tables)
            for name, relation in relations.items()
            if table in (None, name.name)
            for part in getattr(relation, kind)
        )

    return look


def _keyed(kind: str, word: str) -> Callable[[Context, Asked], bool]:
    return lambda context, asked: asked[word] in getattr(context.state, kind)


def _index(context: Context, asked: Asked) -> bool:
    return any(key.name == asked["indexname"] for key in context.state.indexes)


def _label(context: Context, asked: Asked) -> bool:
    return any(
        asked["enumlabel"] in enum.labels and asked.get("typname") in (None, name.name)
        for name, enum in context.state.enums.items()
    )


def _namespace(context: Context, asked: Asked) -> bool:
    name = asked.get("nspname") or asked["schema_name"]
    return name == "public" or name in context.state.namespaces


def _published(context: Context, asked: Asked) -> bool:
    publication = context.state.publications.get(asked["pubname"])
    return publication is not None and any(t.table.name == asked["tablename"] for t in publication.tables)


def _class(context: Context, asked: Asked) -> bool:
    parts = split_name(asked[""])
    return any(key.name == parts[-1] for key in (*context.state.tables, *context.state.views))


_TYPES = ("enums", "domains", "composites", "ranges")
_INFORMATION = {
    "tables": _table,
    "columns": _column,
    "table_constraints": _constraint,
    "schemata": _namespace,
}
_LOOK: dict[str, Callable[[Context, Asked], bool]] = {
    **_INFORMATION,
    "pg_type": _named(*_TYPES),
    "pg_enum": _label,
    "pg_constraint": _constraint,
    "pg_class": _named("tables", "views", "materialized_views", "sequences", "indexes"),
    "pg_tables": _table,
    "pg_views": _named("views"),
    "pg_matviews": _named("materialized_views"),
    "pg_proc": _named("functions"),
    "pg_policies": _hanging("policies", "policyname"),
    "pg_policy": _hanging("policies", "polname"),
    "pg_trigger": _hanging("triggers", "tgname"),
    "pg_indexes": _index,
    "pg_extension": _keyed("extensions", "extname"),
    "pg_namespace": _namespace,
    "pg_publication": _keyed("publications", "pubname"),
    "pg_publication_tables": _published,
    "to_regclass": _class,
}


def value(tree: Tree, variables: dict[str, Any]) -> Any:
    """The value of an expression of constants, variables, `||`, `format` and the quoting functions."""
    if "A_Const" in tree:
        return constant(tree)
    if "TypeCast" in tree:
        return value(tree["TypeCast"]["arg"], variables)
    if "A_ArrayExpr" in tree:
        return [value(item, variables) for item in tree["A_ArrayExpr"].get("elements", ())]
    if "ColumnRef" in tree:
        names = strings(field for field in tree["ColumnRef"]["fields"] if "String" in field)
        if names[0] in variables:
            return variables[names[0]]
    if "A_Expr" in tree and strings(tree["A_Expr"].get("name", [])) == ["||"]:
        return f"{value(tree['A_Expr']['lexpr'], variables)}{value(tree['A_Expr']['rexpr'], variables)}"
    if "FuncCall" in tree:
        arguments = [value(arg, variables) for arg in tree["FuncCall"].get("args", ())]
        call = _CALLS.get(strings(tree["FuncCall"]["funcname"])[-1])
        if call is not None:
            return call(*arguments)
    raise UnknownStatement


def _format(pattern: str, *arguments: Any) -> str:
    """`format` of PostgreSQL: %s, %I, %L, %1$I, %%."""
    out: list[str] = []
    rest, used = pattern, 0
    while rest:
        head, percent, rest = rest.partition("%")
        out.append(head)
        if not percent:
            break
        digits = rest[: rest.index("$")] if rest[:1].isdigit() and "$" in rest else ""
        if digits:
            rest, position = rest[len(digits) + 1 :], int(digits) - 1
        else:
            position = used
        kind, rest = rest[:1], rest[1:]
        if kind == "%":
            out.append("%")
            continue
        if kind not in _QUOTES or position >= len(arguments):
            raise UnknownStatement
        used = position + 1
        out.append(_QUOTES[kind](str(arguments[position])))
    return "".join(out)


_QUOTES: dict[str, Callable[[str], str]] = {"s": str, "I": ident, "L": literal}


def _unnest(values: Any) -> Any:
    return values


_CALLS: dict[str, Callable[..., Any]] = {
    "format": _format,
    "quote_ident": ident,
    "quote_literal": literal,
    "unnest": _unnest,
}
