"""The columns that a query gives, where they can be told without a server: for CREATE TABLE … AS and SELECT INTO."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from schema_bridge.figured import figure
from schema_bridge.ir import Column, MaterializedView, Name, Table, Type, View
from schema_bridge.readers.sql.context import Context, Tree, only, strings
from schema_bridge.readers.sql.retext import parsed

replace = msgspec.structs.replace


class UnknownColumn(Exception):
    """A column's type, or which columns there are, only the server can tell."""


class Scope(msgspec.Struct, frozen=True):
    """What the FROM of a query holds: its relations by the names they have there, and the columns that a plain `*`
    gives, each with the name of its relation."""

    relations: tuple[tuple[str, tuple[Column, ...]], ...] = ()
    visible: tuple[tuple[str, Column], ...] = ()


_UNKNOWN = Type(name="unknown")
_BOOLEAN = Type(name="boolean")
_TEXT = Type(name="text")
_BIGINT = Type(name="bigint")
_CALLS = {
    **dict.fromkeys(("count", "row_number", "rank", "dense_rank"), _BIGINT),
    **dict.fromkeys(("lower", "upper", "concat", "left", "right", "replace", "md5", "string_agg", "format"), _TEXT),
    **dict.fromkeys(("now", "clock_timestamp", "date_trunc"), Type(name="timestamp with time zone")),
    "gen_random_uuid": Type(name="uuid"),
    "exists": _BOOLEAN,
}
_SUMS = {"smallint": _BIGINT, "integer": _BIGINT, "bigint": Type(name="numeric"), "numeric": Type(name="numeric")}
_VALUES = {
    "SVFOP_CURRENT_DATE": Type(name="date"),
    "SVFOP_CURRENT_TIMESTAMP": Type(name="timestamp with time zone"),
    "SVFOP_CURRENT_USER": Type(name="name"),
}
_OF_FIRST_ARGUMENT = frozenset({"max", "min", "coalesce", "first_value", "last_value", "lag", "lead", "nullif"})


Outer = Mapping[str, tuple[Column, ...]]
"""The queries that WITH names."""


def columns(context: Context, query: Tree, names: Iterable[str] = ()) -> tuple[Column, ...]:
    """The columns of a query, under the names that are stated before it; UnknownColumn where one cannot be told."""
    kind, select = only(query)
    if kind != "SelectStmt":
        raise UnknownColumn
    stated = list(names)
    found = _of_select(context, select, {})
    named = tuple(replace(c, name=stated[at]) if at < len(stated) else c for at, c in enumerate(found))
    if len({column.name for column in named}) < len(named) or any(c.type is _UNKNOWN for c in named):
        raise UnknownColumn
    return named


def _of_select(context: Context, select: Tree, outer: Outer) -> list[Column]:
    if "larg" in select:
        return _of_select(context, select["larg"], outer)
    if "valuesLists" in select:
        first = select["valuesLists"][0]["List"]["items"]
        return [_column(context, f"column{at}", item, Scope()) for at, item in enumerate(first, 1)]
    scope = scope_of(context, select, with_queries(context, select, outer))
    found: list[Column] = []
    for item in select.get("targetList", ()):
        target = item["ResTarget"]
        star = starred(target)
        if star is not None:
            found += (_plain(column) for _, column in star_columns(scope, star))
        else:
            found.append(_column(context, target.get("name"), target["val"], scope))
    return found


def with_queries(context: Context, select: Tree, outer: Outer) -> Outer:
    """The queries that a SELECT may read from by name alone."""
    known = dict(outer)
    for item in select.get("withClause", {}).get("ctes", ()):
        expression = item["CommonTableExpr"]
        kind, query = only(expression["ctequery"])
        if kind != "SelectStmt" or "aliascolnames" in expression:
            raise UnknownColumn
        known[expression["ctename"]] = tuple(_of_select(context, query, known))
    return known


def starred(target: Tree) -> list[str] | None:
    """What stands before a `*` that gives columns; None where a column list holds anything else."""
    fields = target.get("val", {}).get("ColumnRef", {}).get("fields", [{}])
    return strings(fields[:-1]) if "A_Star" in fields[-1] else None


def star_columns(scope: Scope, qualifier: list[str]) -> list[tuple[str, Column]]:
    """The columns of `*` or `relation.*`, each with the name of its relation."""
    if not qualifier:
        return list(scope.visible)
    return [(name, column) for name, known in scope.relations if name == qualifier[-1] for column in known]


def _plain(column: Column) -> Column:
    """What a query gives of a column: its name, type and collation."""
    return Column(name=column.name, type=column.type, collation=column.collation)


def scope_of(context: Context, select: Tree, outer: Outer) -> Scope:
    """What a SELECT reads from; UnknownColumn where the columns of that cannot be told."""
    scope = Scope()
    for item in select.get("fromClause", ()):
        more = _source(context, item, outer)
        scope = Scope((*scope.relations, *more.relations), (*scope.visible, *more.visible))
    return scope


def _source(context: Context, item: Tree, outer: Outer) -> Scope:
    kind, node = only(item)
    alias = node.get("alias", {})
    if "colnames" in alias or node.get("isNatural"):
        raise UnknownColumn
    if kind == "JoinExpr" and not alias and "join_using_alias" not in node:
        left, right = _source(context, node["larg"], outer), _source(context, node["rarg"], outer)
        return Scope((*left.relations, *right.relations), _joined(left, right, strings(node.get("usingClause", ()))))
    if kind == "RangeSubselect":
        name, known = alias.get("aliasname", ""), tuple(_of_select(context, only(node["subquery"])[1], outer))
    elif kind == "RangeVar":
        name, known = alias.get("aliasname", node["relname"]), _of_relation(context, node, outer)
    else:
        raise UnknownColumn
    return Scope(((name, known),), tuple((name, column) for column in known))


def _joined(left: Scope, right: Scope, using: list[str]) -> tuple[tuple[str, Column], ...]:
    """USING columns stand first and once (manual, 7.2.1.1 Joined Tables)."""
    shared = tuple(part for name in using for part in left.visible if part[1].name == name)
    rest = (part for part in (*left.visible, *right.visible) if part[1].name not in using)
    return (*shared, *rest)


def _of_relation(context: Context, node: Tree, outer: Outer) -> tuple[Column, ...]:
    if "schemaname" not in node and node["relname"] in outer:
        return outer[node["relname"]]
    found: Any = context.state.relation(context.found(node))
    if isinstance(found, Table) and found.name in context.state.tables:
        return found.columns
    if isinstance(found, View | MaterializedView):
        return columns_of(context, found)
    raise UnknownColumn


def columns_of(context: Context, view: View | MaterializedView) -> tuple[Column, ...]:
    """The columns of a view; UnknownColumn where one cannot be told."""
    query = parsed(view.query, "query")[1]["stmts"][0]["stmt"]
    return columns(context, query, view.column_names)


def _column(context: Context, name: str | None, tree: Tree, scope: Scope) -> Column:
    if "ColumnRef" in tree:
        found = _referred(tree["ColumnRef"], scope)
        return replace(_plain(found), name=name or found.name)
    try:
        type = _type(context, tree, scope)
    except UnknownColumn:
        type = _UNKNOWN
    return Column(name=name or figure(tree)[0] or "?column?", type=type)


def _referred(node: Tree, scope: Scope) -> Column:
    *qualifier, name = strings(field for field in node["fields"] if "String" in field)
    found = [column for _, column in star_columns(scope, qualifier) if column.name == name]
    if len(found) != 1:
        raise UnknownColumn
    return found[0]


def _type(context: Context, tree: Tree, scope: Scope) -> Type:
    kind, node = only(tree)
    match kind:
        case "ColumnRef":
            return _referred(node, scope).type
        case "TypeCast":
            return context.type(node["typeName"])
        case "A_Const":
            return _of_constant(node)
        case "BoolExpr" | "NullTest" | "BooleanTest":
            return _BOOLEAN
        case "SubLink" if node.get("subLinkType") == "EXISTS_SUBLINK":
            return _BOOLEAN
        case "CoalesceExpr" | "MinMaxExpr":
            return _unmodified(_type(context, node["args"][0], scope))
        case "CaseExpr":
            return _unmodified(_type(context, node["args"][0]["CaseWhen"]["result"], scope))
        case "SQLValueFunction" if node.get("op") in _VALUES:
            return _VALUES[node["op"]]
        case "FuncCall":
            return _of_call(context, node, scope)
        case "A_Expr":
            return _of_operator(context, node, scope)
        case _:
            raise UnknownColumn


def _of_constant(node: Tree) -> Type:
    if "fval" in node:
        digits = node["fval"]["fval"].lstrip("-")
        return _BIGINT if digits.isdecimal() and int(digits) < 2**63 else Type(name="numeric")
    if "ival" in node:
        return Type(name="integer")
    return _BOOLEAN if "boolval" in node else _TEXT


def _unmodified(type: Type) -> Type:
    return replace(type, modifiers=())


def _of_call(context: Context, node: Tree, scope: Scope) -> Type:
    name = strings(node["funcname"])[-1]
    arguments = node.get("args", [])
    if name in _OF_FIRST_ARGUMENT and arguments:
        return _unmodified(_type(context, arguments[0], scope))
    if name == "sum" and (summed := _SUMS.get(_type(context, arguments[0], scope).name)):
        return summed
    own = [f for (found, _), f in context.state.functions.items() if found == context.function_name(node["funcname"])]
    if len(own) == 1 and own[0].returns is not None and not own[0].returns_set:
        return own[0].returns
    if own or name not in _CALLS:
        raise UnknownColumn
    return _CALLS[name]


def _of_operator(context: Context, node: Tree, scope: Scope) -> Type:
    operator = strings(node["name"])[-1]
    if node.get("kind") != "AEXPR_OP" or operator in ("=", "<>", "<", ">", "<=", ">=", "~", "~*", "@>", "<@", "&&"):
        return _BOOLEAN
    if operator in ("||", "->>", "#>>") and "lexpr" in node:
        left = _type(context, node["lexpr"], scope)
        return _TEXT if operator != "||" or left.name in ("text", "character varying") else left
    sides = {_unmodified(_type(context, node[side], scope)) for side in ("lexpr", "rexpr") if side in node}
    if len(sides) != 1 or operator not in ("+", "-", "*", "/", "%"):
        raise UnknownColumn
    return sides.pop()


def as_table(context: Context, name: Name, query: Tree, names: Iterable[str]) -> Table:
    """The table that a query makes; UnknownColumn where its columns cannot be told."""
    found: Any = tuple(replace(c, origin=context.origin()) for c in columns(context, query, names))
    return Table(name=name, columns=found, owner=context.role, origin=context.origin())
