"""A check's tree, as `expressions.parse` gives it, read into rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from schema_bridge import expressions
from schema_bridge.errors import SourceSyntax
from schema_bridge.predicates.rules import (
    FLIPPED,
    And,
    ArrayLength,
    Cast,
    Column,
    Comparison,
    Constant,
    ContainedBy,
    Distinct,
    In,
    IsNull,
    IsTrue,
    JsonKeys,
    JsonType,
    Length,
    Like,
    Matches,
    NonNulls,
    Not,
    Operator,
    Or,
    Position,
    Rule,
    Stated,
    Term,
    Trimmed,
    Unstated,
    Value,
    columns,
)

Tree = dict[str, Any]


@lru_cache(maxsize=65536)
def parse(sql: str) -> tuple[Rule, ...]:
    """The rules that must all hold. A part that cannot be stated is one `Unstated` with the whole SQL. Never raises."""
    try:
        tree = expressions.parse(sql)
    except SourceSyntax:
        return (Unstated(sql),)
    rules: list[Rule] = []
    for part in _conjuncts(tree):
        rule = _without_null_test(_attempt(part) or Unstated(sql))
        rules.extend(rule.rules if isinstance(rule, And) else (rule,))
    return tuple(dict.fromkeys(rules))


@lru_cache(maxsize=65536)
def constant(sql: str) -> Constant | None:
    """The literal that an expression is, such as a column's default; None for NULL and whatever is computed."""
    try:
        return _constant(expressions.parse(sql))
    except (SourceSyntax, _Foreign):
        return None


class _Foreign(Exception):
    """The tree holds what no rule can say."""


def _attempt(tree: Tree) -> Stated | None:
    try:
        return _rule(tree)
    except _Foreign:
        return None


def _conjuncts(tree: Tree) -> Iterator[Tree]:
    node = tree.get("BoolExpr")
    if node is not None and node["boolop"] == "AND_EXPR":
        for part in node["args"]:
            yield from _conjuncts(part)
    else:
        yield tree


def _without_null_test(rule: Rule) -> Rule:
    """`x IS NULL OR x > 0` is `x > 0`: NULL passes either."""
    match rule:
        case Or(rules=(IsNull(term=Column() as column), other)) | Or(rules=(other, IsNull(term=Column() as column))):
            return other if columns(other) == (column.name,) and not _sees_null(other) else rule
        case _:
            return rule


def _sees_null(value: Any) -> bool:
    """Whether a rule may be false, not only unknown, where a column is NULL."""
    if isinstance(value, IsNull | Distinct | NonNulls | IsTrue | Unstated):
        return True
    if isinstance(value, tuple):
        return any(_sees_null(item) for item in value)
    return isinstance(value, Value) and any(_sees_null(getattr(value, name)) for name in value.__struct_fields__)


# Trees into rules


def _rule(tree: Tree) -> Stated:
    [(kind, node)] = tree.items()
    read = _RULES.get(kind)
    if read is None:
        raise _Foreign
    return read(node)


def _boolean(node: Tree) -> Stated:
    match node["boolop"]:
        case "AND_EXPR":
            return And(tuple(_rule(part) for part in node["args"]))
        case "OR_EXPR":
            return Or(tuple(_rule(part) for part in node["args"]))
        case _:
            return Not(_rule(node["args"][0]))


def _null_test(node: Tree) -> Stated:
    if node.get("argisrow"):
        raise _Foreign
    test = IsNull(_term(node["arg"]))
    return test if node["nulltesttype"] == "IS_NULL" else Not(test)


def _truth_test(node: Tree) -> Stated:
    rule = _rule(node["arg"])
    match node["booltesttype"]:
        case "IS_TRUE":
            return IsTrue(rule)
        case "IS_FALSE":
            return IsTrue(Not(rule))
        case "IS_NOT_TRUE":
            return Not(IsTrue(rule))
        case "IS_NOT_FALSE":
            return Not(IsTrue(Not(rule)))
        case _:
            raise _Foreign


def _case(node: Tree) -> Stated:
    """Each branch where its condition, and none before it, is known to be true; without ELSE it may be NULL."""
    if "defresult" not in node:
        raise _Foreign
    found = _rule(node["defresult"])
    for branch in reversed(node["args"]):
        condition = branch["CaseWhen"]["expr"]
        asked = _comparison(_term(node["arg"]), "=", _term(condition)) if "arg" in node else _rule(condition)
        taken = IsTrue(asked)
        found = Or((And((taken, _rule(branch["CaseWhen"]["result"]))), And((Not(taken), found))))
    return found


def _bare_column(node: Tree) -> Stated:
    return Comparison(_column(node), "=", Constant(True))


def _bare_constant(node: Tree) -> Stated:
    value = _constant({"A_Const": node}).value
    if not isinstance(value, bool):
        raise _Foreign
    return And(()) if value else Or(())


def _expression(node: Tree) -> Stated:
    read = _EXPRESSIONS.get(node["kind"])
    if read is None:
        raise _Foreign
    return read(_operator(node), node)


def _operator(node: Tree) -> str:
    """The operator's name; one of another schema than pg_catalog is somebody's own."""
    names = [item["String"].get("sval", "") for item in node["name"]]
    if len(names) > 1 and names[0] != "pg_catalog":
        raise _Foreign
    return str(names[-1])


_COMPARISONS: dict[str, Operator] = {"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def _plain(operator: str, node: Tree) -> Stated:
    if "lexpr" not in node:
        raise _Foreign
    left = node["lexpr"]
    if operator in _COMPARISONS:
        return _comparison(_term(left), _COMPARISONS[operator], _term(node["rexpr"]))
    if operator.lstrip("!") in ("~", "~*"):
        return _negated(Matches(_term(left), _text(node["rexpr"]), "*" not in operator), "!" in operator)
    if operator.lstrip("!") in ("~~", "~~*"):
        return _like(operator, node)
    match operator:
        case "?":
            return JsonKeys(_term(left), (_text(node["rexpr"]),))
        case "?&" | "?|":
            keys = tuple(_string(key) for key in _constants(node["rexpr"]))
            return JsonKeys(_term(left), keys, operator == "?&")
        case "<@":
            return ContainedBy(_term(left), _constants(node["rexpr"]))
        case _:
            raise _Foreign


def _comparison(left: Term, operator: Operator, right: Term) -> Stated:
    if isinstance(left, Constant):
        left, operator, right = right, FLIPPED[operator], left
    if isinstance(left, Constant):
        raise _Foreign
    return Comparison(left, operator, right)


def _negated(rule: Stated, negated: bool) -> Stated:
    return Not(rule) if negated else rule


def _like(operator: str, node: Tree) -> Stated:
    return _negated(Like(_term(node["lexpr"]), _text(node["rexpr"]), "*" not in operator), "!" in operator)


def _in(operator: str, node: Tree) -> Stated:
    values = tuple(_constant(item) for item in node["rexpr"]["List"]["items"])
    return _negated(In(_term(node["lexpr"]), values), operator == "<>")


def _any(operator: str, node: Tree) -> Stated:
    if operator != "=":
        raise _Foreign
    return In(_term(node["lexpr"]), _constants(node["rexpr"]))


def _all(operator: str, node: Tree) -> Stated:
    if operator != "<>":
        raise _Foreign
    return Not(In(_term(node["lexpr"]), _constants(node["rexpr"])))


def _between(operator: str, node: Tree) -> Stated:
    term = _term(node["lexpr"])
    low, high = (_term(item) for item in node["rexpr"]["List"]["items"])
    if operator == "NOT BETWEEN":
        return Or((_comparison(term, "<", low), _comparison(term, ">", high)))
    return And((_comparison(term, ">=", low), _comparison(term, "<=", high)))


def _distinct(_: str, node: Tree) -> Stated:
    left, right = _term(node["lexpr"]), _term(node["rexpr"])
    rule = Distinct(right, left) if isinstance(left, Constant) else Distinct(left, right)
    return _negated(rule, node["kind"] == "AEXPR_NOT_DISTINCT")


_RULES: dict[str, Callable[[Tree], Stated]] = {
    "A_Const": _bare_constant,
    "A_Expr": _expression,
    "BoolExpr": _boolean,
    "BooleanTest": _truth_test,
    "CaseExpr": _case,
    "ColumnRef": _bare_column,
    "NullTest": _null_test,
}
_EXPRESSIONS: dict[str, Callable[[str, Tree], Stated]] = {
    "AEXPR_OP": _plain,
    "AEXPR_OP_ANY": _any,
    "AEXPR_OP_ALL": _all,
    "AEXPR_IN": _in,
    "AEXPR_LIKE": _like,
    "AEXPR_ILIKE": _like,
    "AEXPR_BETWEEN": _between,
    "AEXPR_NOT_BETWEEN": _between,
    "AEXPR_DISTINCT": _distinct,
    "AEXPR_NOT_DISTINCT": _distinct,
}


# Trees into terms


def _term(tree: Tree) -> Term:
    [(kind, node)] = tree.items()
    match kind:
        case "ColumnRef":
            return _column(node)
        case "A_Const":
            return _constant(tree)
        case "TypeCast":
            return _cast(node)
        case "FuncCall":
            return _function(node)
        case "NullTest" if node["nulltesttype"] == "IS_NULL" and not node.get("argisrow"):
            return IsNull(_term(node["arg"]))
        case _:
            raise _Foreign


def _column(node: Tree) -> Column:
    last = node["fields"][-1]
    if "String" not in last:
        raise _Foreign
    return Column(last["String"].get("sval", ""))


def _cast(node: Tree) -> Term:
    inner = _term(node["arg"])
    kind = _type(node["typeName"])
    if not isinstance(inner, Constant):
        return Cast(inner, kind)
    return Constant(_typed(inner.value, kind), kind)


def _type(name: Tree) -> str:
    """A type's last name; one with a length changes values, and is foreign."""
    if "typmods" in name:
        raise _Foreign
    last = str(name["names"][-1]["String"].get("sval", ""))
    return last + "[]" if "arrayBounds" in name else last


_INTEGERS = ("int2", "int4", "int8")
_NUMBERS = (*_INTEGERS, "numeric", "float4", "float8")
_TEXTS = ("text", "varchar", "bpchar", "name")


def _typed(value: str | int | Decimal | bool, kind: str) -> str | int | Decimal | bool:
    """A literal under a cast; one that the cast would change is foreign."""
    if kind in _NUMBERS and not isinstance(value, bool):
        number = _number(value)
        if kind in _INTEGERS and isinstance(number, Decimal):
            raise _Foreign
        return number
    if kind == "bool":
        words = {"t": True, "true": True, "f": False, "false": False}
        known = value if isinstance(value, bool) else words.get(str(value).lower())
        if known is None:
            raise _Foreign
        return known
    if not isinstance(value, str):
        raise _Foreign
    return value


def _number(value: str | int | Decimal) -> int | Decimal:
    if not isinstance(value, str):
        return value
    try:
        number = Decimal(value.strip())
    except ArithmeticError as error:
        raise _Foreign from error
    if not number.is_finite():
        raise _Foreign
    return int(number) if number == number.to_integral_value() and abs(number) < 10**40 else number


def _constant(tree: Tree) -> Constant:
    node = tree.get("A_Const")
    if node is None:
        found = _term(tree)
        if not isinstance(found, Constant):
            raise _Foreign
        return found
    if "sval" in node:
        return Constant(node["sval"].get("sval", ""))
    if "ival" in node:
        return Constant(node["ival"].get("ival", 0))
    if "boolval" in node:
        return Constant(node["boolval"].get("boolval", False))
    if "fval" in node:
        return Constant(_number(node["fval"]["fval"]))
    raise _Foreign


def _string(constant: Constant) -> str:
    if not isinstance(constant.value, str):
        raise _Foreign
    return constant.value


def _text(tree: Tree) -> str:
    found = _constant(tree)
    if found.type not in ("", *_TEXTS):
        raise _Foreign
    return _string(found)


def _constants(tree: Tree) -> tuple[Constant, ...]:
    """The elements of an array that is written out: ARRAY[…], cast or not, or a literal '{a,b}'."""
    if "A_ArrayExpr" in tree:
        return tuple(_constant(item) for item in tree["A_ArrayExpr"].get("elements", ()))
    cast = tree.get("TypeCast")
    if cast is not None:
        kind = _type(cast["typeName"])
        if not kind.endswith("[]"):
            raise _Foreign
        inner = _constants(cast["arg"])
        return tuple(Constant(_typed(item.value, kind[:-2]), kind[:-2]) for item in inner)
    literal = _text(tree)
    if not (literal.startswith("{") and literal.endswith("}")) or any(char in literal[1:-1] for char in '{}"\\'):
        raise _Foreign
    items = [item.strip() for item in literal[1:-1].split(",")] if literal != "{}" else []
    if any(item.upper() in ("", "NULL") for item in items):
        raise _Foreign
    return tuple(Constant(item) for item in items)


# Functions


def _function(node: Tree) -> Term:
    names = [item["String"].get("sval", "") for item in node["funcname"]]
    plain = {"funcname", "args", "funcformat", "location"}
    if node.keys() - plain or (len(names) > 1 and names[0] != "pg_catalog"):
        raise _Foreign
    arguments = node.get("args", [])
    read = _FUNCTIONS.get((names[-1], len(arguments)))
    if read is not None:
        return read(arguments)
    if names[-1] == "num_nonnulls":
        return NonNulls(tuple(_only_column(argument) for argument in arguments))
    raise _Foreign


def _only_column(tree: Tree) -> Column:
    if "ColumnRef" not in tree:
        raise _Foreign
    return _column(tree["ColumnRef"])


def _of(tree: Tree) -> Term:
    """The argument of a function: computed from the row, or else the function's value is a constant."""
    term = _term(tree)
    if isinstance(term, Constant):
        raise _Foreign
    return term


def _array_length(arguments: list[Tree]) -> Term:
    if _constant(arguments[1]).value != 1:
        raise _Foreign
    return ArrayLength(_of(arguments[0]), empty_is_null=True)


_FUNCTIONS: dict[tuple[str, int], Callable[[list[Tree]], Term]] = {
    ("char_length", 1): lambda args: Length(_of(args[0])),
    ("character_length", 1): lambda args: Length(_of(args[0])),
    ("length", 1): lambda args: Length(_of(args[0])),
    ("octet_length", 1): lambda args: Length(_of(args[0]), "bytes"),
    ("cardinality", 1): lambda args: ArrayLength(_of(args[0])),
    ("array_length", 2): _array_length,
    ("jsonb_typeof", 1): lambda args: JsonType(_of(args[0])),
    ("json_typeof", 1): lambda args: JsonType(_of(args[0])),
    ("btrim", 1): lambda args: Trimmed(_of(args[0])),
    ("ltrim", 1): lambda args: Trimmed(_of(args[0]), "left"),
    ("rtrim", 1): lambda args: Trimmed(_of(args[0]), "right"),
    ("btrim", 2): lambda args: Trimmed(_of(args[0]), "both", _text(args[1])),
    ("ltrim", 2): lambda args: Trimmed(_of(args[0]), "left", _text(args[1])),
    ("rtrim", 2): lambda args: Trimmed(_of(args[0]), "right", _text(args[1])),
    ("position", 2): lambda args: Position(_of(args[0]), _text(args[1])),
    ("strpos", 2): lambda args: Position(_of(args[0]), _text(args[1])),
}
