"""What the condition of a policy does: whether it is always true, what it calls for each row, what it compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from schema_bridge.emit.sql import tokens
from schema_bridge.errors import SourceSyntax
from schema_bridge.expressions import PREFIX, Tree, parse
from schema_bridge.ir import Name
from schema_bridge.trees import nodes

_SESSION_CALLS = frozenset({"auth.uid", "auth.role", "auth.jwt", "auth.email", "current_setting"})
"""Functions that say the same for every row of a query, and that the planner calls for each row all the same."""
_TRUE = frozenset({"t", "true", "yes", "on", "1"})
_COMPARING = frozenset({"AEXPR_OP", "AEXPR_OP_ANY", "AEXPR_IN"})


def is_always_true(condition: str | None) -> bool:
    """Whether constants alone decide the condition, and for the better."""
    return condition is not None and _constant(_tree(condition)) is True


@lru_cache(maxsize=1024)
def calls_per_row(condition: str) -> tuple[tuple[int, int], ...]:
    """Where the text calls a function of the session outside a sub-select of its own: beginnings and ends."""
    data = (PREFIX + condition).encode()
    starts = [len(data[:at].decode()) - len(PREFIX) for at in _bare_calls(_tree(condition))]
    return tuple((start, _end_of_call(condition, start)) for start in sorted(starts))


def called_once(condition: str) -> str:
    """The same condition with each of these calls in a sub-select, which the planner runs once a query."""
    for start, end in reversed(calls_per_row(condition)):
        condition = f"{condition[:start]}(SELECT {condition[start:end]}){condition[end:]}"
    return condition


def compared_columns(condition: str, table: Name, columns: frozenset[str], call: str | None = None) -> set[str]:
    """The columns of the table that the condition sets equal to what is the same for the whole query, or is asked of
    other tables; only those compared with a `call` of that name, if one is given."""
    found = set()
    for column, other in _comparisons(_tree(condition)):
        fields = [part["String"]["sval"] for part in column["fields"] if "String" in part]
        is_own = fields[:-1] in ([], [table.name], [table.schema, table.name])
        if is_own and fields and fields[-1] in columns and (call is None or call in _called(other)):
            found.add(fields[-1])
    return found


def _tree(condition: str) -> Tree:
    try:
        return parse(condition)
    except SourceSyntax:
        return {}


def _constant(tree: Tree) -> bool | None:
    """What a tree comes to where no row has a say in it."""
    if "A_Const" in tree:
        return _constant_value(tree["A_Const"])
    if "TypeCast" in tree:
        return _constant(tree["TypeCast"]["arg"])
    if "BoolExpr" in tree:
        parts = [_constant(part) for part in tree["BoolExpr"]["args"]]
        match tree["BoolExpr"]["boolop"]:
            case "OR_EXPR":
                return True if True in parts else None
            case "AND_EXPR":
                return True if set(parts) == {True} else None
            case _:
                return None if parts[0] is None else not parts[0]
    if "A_Expr" in tree:
        sides = [_value(tree["A_Expr"].get(side, {})) for side in ("lexpr", "rexpr")]
        equal = tree["A_Expr"]["kind"] == "AEXPR_OP" and _operator(tree["A_Expr"]) == "="
        return True if equal and sides[0] is not None and sides[0] == sides[1] else None
    return None


def _constant_value(constant: Mapping[str, Any]) -> bool | None:
    if "boolval" in constant:
        return bool(constant["boolval"].get("boolval", False))
    if "sval" in constant:
        return str(constant["sval"].get("sval", "")).lower() in _TRUE
    return None


def _value(tree: Tree) -> str | None:
    """A constant's value as a text, to be compared with another's."""
    constant = tree.get("A_Const")
    return repr({k: v for k, v in constant.items() if k != "location"}) if constant else None


def _operator(expression: Mapping[str, Any]) -> str:
    return str(expression["name"][-1]["String"]["sval"])


def _function(call: Mapping[str, Any]) -> str:
    return ".".join(part["String"]["sval"] for part in call["funcname"]).removeprefix("pg_catalog.")


def _bare_calls(tree: Any) -> Iterator[int]:
    """The places of session calls, but for those in a sub-select without FROM."""
    if isinstance(tree, list):
        for item in tree:
            yield from _bare_calls(item)
    if not isinstance(tree, dict) or _is_sub_select_alone(tree):
        return
    if "FuncCall" in tree and _function(tree["FuncCall"]) in _SESSION_CALLS:
        yield tree["FuncCall"]["location"]
        return
    for value in tree.values():
        yield from _bare_calls(value)


def _is_sub_select_alone(tree: Tree) -> bool:
    link = tree.get("SubLink")
    if not link or link.get("subLinkType") != "EXPR_SUBLINK":
        return False
    return not link["subselect"]["SelectStmt"].keys() & {"fromClause", "larg", "valuesLists"}


def _end_of_call(text: str, start: int) -> int:
    """Where the call that begins at `start` has its closing bracket."""
    depth = None
    for token in tokens(text):
        if token.start >= start and token.kind == "open" and depth is None:
            depth = token.depth
        elif depth is not None and token.kind == "close" and token.depth == depth:
            return token.start + 1
    return len(text)


def _comparisons(tree: Any) -> Iterator[tuple[Mapping[str, Any], Tree]]:
    """Columns, and what they are set equal to: where the condition is joined by AND and OR from such comparisons."""
    if "BoolExpr" in tree and tree["BoolExpr"]["boolop"] != "NOT_EXPR":
        for part in tree["BoolExpr"]["args"]:
            yield from _comparisons(part)
    elif "A_Expr" in tree and tree["A_Expr"]["kind"] in _COMPARING and _operator(tree["A_Expr"]) == "=":
        sides = [tree["A_Expr"].get(side, {}) for side in ("lexpr", "rexpr")]
        for one, other in (sides, sides[::-1]):
            if isinstance(one, dict) and "ColumnRef" in one and _is_asked(other):
                yield one["ColumnRef"], other
    elif "SubLink" in tree and _is_one_of(tree["SubLink"]):
        yield tree["SubLink"]["testexpr"]["ColumnRef"], tree


def _is_one_of(link: Mapping[str, Any]) -> bool:
    """`column IN (SELECT …)`, or `= ANY`."""
    equal = "operName" not in link or _operator({"name": link["operName"]}) == "="
    return link.get("subLinkType") == "ANY_SUBLINK" and equal and "ColumnRef" in link["testexpr"]


def _is_asked(tree: Any) -> bool:
    """Whether this side is a call or a sub-select, and no other column of the row."""
    kinds = {kind for kind, _ in nodes(tree)}
    if "SubLink" in kinds:
        return True
    return "ColumnRef" not in kinds and not kinds.isdisjoint({"FuncCall", "SQLValueFunction"})


def _called(tree: Any) -> set[str]:
    return {_function(fields) for kind, fields in nodes(tree) if kind == "FuncCall"}
