"""One text for all spellings of an expression, made from its tree: what people write and what PostgreSQL prints.

Casts that PostgreSQL adds are told from those that people write by the types of the columns, as far as these are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from schema_bridge import normal_query
from schema_bridge.ir import Type
from schema_bridge.normal_context import UNKNOWN, Context
from schema_bridge.normal_values import (
    NUMBERS,
    TEXTS,
    TIMES,
    Form,
    Value,
    array,
    bare,
    cast,
    core,
    is_constant,
    literal,
    meet,
    meeting,
    null,
    number,
    relation_name,
    type_name,
    type_of_tree,
)
from schema_bridge.pgtypes import BUILT_IN

Tree = Mapping[str, Any]

COMPARISONS: Final = frozenset({"=", "<>", "<", ">", "<=", ">="})
MATCHES: Final = frozenset({"~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "!~~*"})
TRUTHS: Final = frozenset({"@>", "<@", "&&", "?", "?|", "?&", "@@", *COMPARISONS, *MATCHES})
ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "%", "^"})
RIGHT: Final = {
    "->": "text", "->>": "text", "?": "text", "#>": "text[]", "#>>": "text[]", "?|": "text[]", "?&": "text[]",
    **dict.fromkeys(MATCHES, "text"),
}  # fmt: skip
"""What a plain literal on the right of an operator is taken for, where that is not the left one's type."""
RETURNS: Final = {
    **dict.fromkeys(("lower", "upper", "btrim", "ltrim", "rtrim", "concat", "concat_ws", "left", "right", "replace",
                     "regexp_replace", "substring", "split_part", "current_setting", "jsonb_typeof", "initcap", "md5",
                     "to_char", "jsonb_extract_path_text", "array_to_string", "overlay", "lpad", "rpad"), "text"),
    **dict.fromkeys(("length", "char_length", "character_length", "octet_length", "array_length", "cardinality",
                     "jsonb_array_length", "position", "strpos", "num_nonnulls", "num_nulls", "ascii"), "integer"),
    **dict.fromkeys(("now", "clock_timestamp", "statement_timestamp", "transaction_timestamp"),
                    "timestamp with time zone"),
    "count": "bigint",
    "nextval": "bigint",
    "gen_random_uuid": "uuid",
    "uuid_generate_v4": "uuid",
    "auth.uid": "uuid",
    "auth.role": "text",
    "auth.jwt": "jsonb",
    "to_tsvector": "tsvector",
    "to_tsquery": "tsquery",
    "extract": "numeric",
}  # fmt: skip
_SEQUENCES = frozenset({"nextval", "currval", "setval"})
_TEXT_SEARCH = frozenset({
    "to_tsvector", "to_tsquery", "plainto_tsquery", "phraseto_tsquery", "websearch_to_tsquery", "ts_headline",
})  # fmt: skip
"""Functions whose first of two arguments is a configuration."""
_NOW = frozenset({"now", "transaction_timestamp"})
_CURRENT_USER = frozenset({"SVFOP_CURRENT_USER", "SVFOP_CURRENT_ROLE", "SVFOP_USER"})
_PLACES = frozenset({
    "location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end", "stmt_location", "stmt_len",
    "funcformat", "row_format", "inh", "relpersistence",
})  # fmt: skip


def query_text(tree: Tree, context: Context, names: Sequence[str]) -> str:
    """The normal form of a SELECT whose first columns have these names."""
    return repr(normal_query.query(_Walk(context), tree, named=True, names=names).form)


def text(tree: Tree, context: Context = UNKNOWN, target: Type | None = None) -> str:
    """The normal form of an expression; `target` is the type that it is turned into where it stands."""
    value = _Walk(context).value(tree)
    if target is None:
        return repr(meet(value, None).form)
    name = type_name(target)
    if (
        value.sort == "cast"
        and value.inner is not None
        and value.type == name
        and value.form[2] in ((), target.modifiers)
    ):
        value = value.inner
    if value.sort == "literal" and value.type is None:
        value = literal(value.text, name)
    elif value.sort == "array" and name.endswith("[]"):
        value = array(value.items, name)
    return repr(meet(value, name).form)


class _Walk:
    """One walk through a tree; `scopes` are the SELECTs around the place, innermost last."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.scopes: list[normal_query.Scope] = []

    def value(self, tree: Any) -> Value:
        """The value of one node: `{"A_Const": {…}}`."""
        if not isinstance(tree, Mapping) or len(tree) != 1:
            return Value(self.plain(tree))
        ((kind, node),) = tree.items()
        make = _KINDS.get(kind)
        return make(self, node) if make else Value((kind, self.plain(node)))

    def form(self, tree: Any) -> Form:
        return bare(core(self.value(tree))).form

    def plain(self, node: Any) -> Form:
        """Any other part of a tree, without the places."""
        if isinstance(node, Mapping):
            if "relname" in node:
                return self.relation(node).form
            if len(node) == 1 and next(iter(node))[:1].isupper():
                return self.form(node)
            return tuple((key, self.plain(item)) for key, item in sorted(node.items()) if key not in _PLACES)
        if isinstance(node, list):
            return tuple(self.plain(item) for item in node)
        return node

    # Constants, names, casts

    def constant(self, node: Tree) -> Value:
        if node.get("isnull"):
            return null()
        if "ival" in node:
            return number(str(node["ival"].get("ival", 0)))
        if "fval" in node:
            return number(node["fval"]["fval"])
        if "boolval" in node:
            return Value((node["boolval"].get("boolval", False),), "boolean")
        if "sval" in node:
            return literal(node["sval"].get("sval", ""))
        bits = node["bsval"].get("bsval", "")
        return literal(bits[1:], "bit") if bits[:1] == "b" else Value(("bits", bits))

    def column(self, node: Tree) -> Value:
        names = [field["String"].get("sval", "") if "String" in field else "*" for field in node["fields"]]
        found = normal_query.resolved(self, names)
        if found is not None:
            return found
        if names == [self.context.table] and names[0] not in self.context.types:
            return self._own_column("*")  # a whole row
        if len(names) == 1 or names[-2] == self.context.table:
            return self._own_column(names[-1])
        return Value(("column", *names[-2:]))

    def _own_column(self, name: str) -> Value:
        type = self.context.types.get(name)
        return Value(("column", name), None if type is None else type_name(type))

    def parameter(self, node: Tree) -> Value:
        number = node.get("number", 0)
        names = self.context.parameters
        name = names[number - 1] if 0 < number <= len(names) else None
        return Value(("parameter", number)) if name is None else self._own_column(name)

    def cast(self, node: Tree) -> Value:
        return cast(self.value(node["arg"]), type_of_tree(node["typeName"]))

    def keyword(self, node: Tree) -> Value:
        op = node["op"]
        if op == "SVFOP_CURRENT_TIMESTAMP":
            return Value(("now",), RETURNS["now"])
        if op in _CURRENT_USER:
            return Value(("SVFOP_CURRENT_USER",), "name")
        types = {"SVFOP_CURRENT_DATE": "date", "SVFOP_CURRENT_TIMESTAMP_N": RETURNS["now"]}
        return Value((op, node.get("typmod", -1)), types.get(op))

    # Operators

    def operation(self, node: Tree) -> Value:
        kind, name = node["kind"], _named(node["name"])
        if kind in ("AEXPR_OP", "AEXPR_LIKE", "AEXPR_ILIKE", "AEXPR_SIMILAR"):
            return self._operator(node, name)
        if kind in ("AEXPR_OP_ANY", "AEXPR_OP_ALL"):
            return self._array_operator(name, kind[9:].lower(), node)
        if kind == "AEXPR_IN":
            items = [self.value(item) for item in node["rexpr"]["List"]["items"]]
            return _members(name, "any" if name == "=" else "all", self.value(node["lexpr"]), items)
        if kind.startswith(("AEXPR_BETWEEN", "AEXPR_NOT_BETWEEN")):
            return self._between(node, kind)
        left, right = _pair("=", self.value(node["lexpr"]), self.value(node["rexpr"]))
        if kind == "AEXPR_NULLIF":
            return Value(("nullif", left.form, right.form), left.type)
        distinct = Value(("distinct", left.form, right.form), "boolean")
        return _negated(distinct) if kind == "AEXPR_NOT_DISTINCT" else distinct

    def _operator(self, node: Tree, name: str) -> Value:
        right = self.value(node["rexpr"])
        if "lexpr" not in node:
            if name == "-" and right.sort == "number":
                return number(str(-Decimal(right.text)))
            return Value(("operator", name, core(right).form), right.type)
        return _binary(name, self.value(node["lexpr"]), right)

    def _array_operator(self, name: str, quantifier: str, node: Tree) -> Value:
        left, right = self.value(node["lexpr"]), self.value(node["rexpr"])
        if right.sort == "cast" and right.inner is not None and (right.type or "").endswith("[]"):
            inner = right.inner
            right = inner if inner.type is not None and inner.type[:-2] in TEXTS and right.type == "text[]" else right
        if right.sort == "literal" and right.type is None:
            right = literal(right.text, f"{core(left).type or 'text'}[]")
        if right.sort == "array" and right.items:
            return _members(name, quantifier, left, right.items)
        element = right.type[:-2] if right.type and right.type.endswith("[]") else None
        return Value((name, quantifier, meet(left, element).form, core(right).form), "boolean")

    def _between(self, node: Tree, kind: str) -> Value:
        value = self.value(node["lexpr"])
        low, high = (self.value(item) for item in node["rexpr"]["List"]["items"])
        ways = [(low, high), (high, low)] if kind.endswith("_SYM") else [(low, high)]
        if kind.startswith("AEXPR_NOT"):
            outside = [_joined("or", [_binary("<", value, a), _binary(">", value, b)]) for a, b in ways]
            return _joined("and", outside)
        return _joined("or", [_joined("and", [_binary(">=", value, a), _binary("<=", value, b)]) for a, b in ways])

    def boolean(self, node: Tree) -> Value:
        values = [self.value(arg) for arg in node["args"]]
        if node["boolop"] == "NOT_EXPR":
            return _negated(values[0])
        return _joined("and" if node["boolop"] == "AND_EXPR" else "or", values)

    def null_test(self, node: Tree) -> Value:
        return Value((node["nulltesttype"], self.form(node["arg"])), "boolean")

    # Functions and what looks like them

    def function(self, node: Tree) -> Value:
        node = _without_variadic(node)
        name = _named(node["funcname"])
        qualified = [n["String"].get("sval", "") for n in node["funcname"]]
        args = [self.value(arg) for arg in node.get("args", ())]
        if name in _NOW and not args and "public" not in qualified:
            return Value(("now",), RETURNS["now"])
        if name in _SEQUENCES and args and args[0].sort == "literal" and args[0].type in (None, "regclass"):
            args[0] = Value(("'", relation_name(args[0].text)), "regclass")
        if name in _TEXT_SEARCH and len(args) > 1 and args[0].sort == "literal" and args[0].type in (None, "regconfig"):
            args[0] = Value(("'", relation_name(args[0].text)), "regconfig")
        numbers = meeting([arg for arg in args if arg.sort not in ("number", "literal")])
        rest = {key: item for key, item in node.items() if key not in ("funcname", "args") and key not in _PLACES}
        form = ("call", name, *(_argument(arg, numbers).form for arg in args), *self.plain(rest))
        same = (name == "date_trunc" and len(args) > 1) or (name == "abs" and len(args) == 1)
        type = args[-1].type if same else RETURNS.get(name)
        return Value(form, type)

    def coalesce(self, node: Tree) -> Value:
        return _united(("coalesce",), [self.value(arg) for arg in node["args"]])

    def extreme(self, node: Tree) -> Value:
        return _united((node["op"],), [self.value(arg) for arg in node["args"]])

    def case(self, node: Tree) -> Value:
        """CASE: the results meet in one type, and so do the compared values; no ELSE is ELSE NULL."""
        whens = [arg["CaseWhen"] for arg in node["args"]]
        results = [self.value(when["result"]) for when in whens]
        results.append(self.value(node["defresult"]) if "defresult" in node else null())
        if "arg" in node:
            subject = self.value(node["arg"])
            conditions = [_binary("=", subject, self.value(when["expr"])).form for when in whens]
        else:
            conditions = [self.form(when["expr"]) for when in whens]
        return _united(("case", "arg" in node, *conditions), results)

    def array(self, node: Tree) -> Value:
        return array([self.value(item) for item in node.get("elements", ())])

    def row(self, node: Tree) -> Value:
        items = tuple(self.value(arg) for arg in node.get("args", ()))
        return Value(("row", *(bare(core(item)).form for item in items)), None, "row", items=items)

    def collation(self, node: Tree) -> Value:
        inner = self.value(node["arg"])
        return Value(("collate", _named(node["collname"]), core(inner).form), inner.type)

    # Queries

    def sublink(self, node: Tree) -> Value:
        """A query in an expression; the names of its columns mean nothing there."""
        operator = _named(node["operName"]) if "operName" in node else "="
        test = (operator, self.form(node["testexpr"])) if "testexpr" in node else ()
        query = normal_query.query(self, node["subselect"]["SelectStmt"], named=False)
        scalar = node["subLinkType"] == "EXPR_SUBLINK" and query.columns is not None and len(query.columns) == 1
        return Value((node["subLinkType"], test, query.form), query.columns[0][1] if scalar and query.columns else None)

    def select(self, node: Tree) -> Value:
        return Value(normal_query.query(self, node, named=True).form)

    def sort(self, node: Tree) -> Value:
        return Value((self.form(node["node"]), *normal_query.direction(node)))

    def relation(self, node: Tree) -> Value:
        """A table that a statement names."""
        schema = node.get("schemaname", "public")
        return Value(("from", "" if schema == "public" else schema, node["relname"]))


def _named(names: Sequence[Tree]) -> str:
    """A function's, operator's or collation's name: the schemas that the search path finds anyway are left out."""
    parts = [name["String"].get("sval", "") for name in names]
    return ".".join(parts[1:] if len(parts) > 1 and parts[0] in ("pg_catalog", "public") else parts)


def _negated(value: Value) -> Value:
    form = value.form
    return Value(form[1] if form[:1] == ("not",) else ("not", form), "boolean")


def _joined(word: str, values: Sequence[Value]) -> Value:
    """AND and OR: nested ones are one, the order means nothing, and twice is once."""
    forms: set[Form] = set()
    for value in values:
        form = meet(value, "boolean").form
        forms.update(form[1:] if form[0] == word else (form,))
    first, *rest = sorted(forms, key=repr)
    return Value((word, first, *rest) if rest else first, "boolean")


def _members(name: str, quantifier: str, left: Value, items: Sequence[Value]) -> Value:
    """`x = ANY (ARRAY[…])` and `x IN (…)`: constants as one set, anything else compared one by one."""
    element = meeting([left])
    constants = {_pair(name, left, item)[1].form for item in items if is_constant(item)}
    others = [_binary(name, left, item) for item in items if not is_constant(item)]
    if len(constants) == 1:
        others += [_binary(name, left, next(item for item in items if is_constant(item)))]
    elif constants:
        others += [Value((name, quantifier, meet(left, element).form, *sorted(constants, key=repr)), "boolean")]
    return _joined("or" if quantifier == "any" else "and", others)


def _pair(name: str, left: Value, right: Value) -> tuple[Value, Value]:
    """The two operands, each without what the other's type says anyway."""
    one, two = core(left), core(right)
    if name in RIGHT:
        overloaded = right.sort == "literal" and right.type not in BUILT_IN and left.type in (None, right.type)
        return meet(left, one.type), meet(right, right.type if overloaded else RIGHT[name])
    return meet(left, _known(two)), meet(right, _known(one))


def _known(value: Value) -> str | None:
    return None if value.sort in ("literal", "null") and value.type is None else value.type


def _binary(name: str, left: Value, right: Value) -> Value:
    if name in ("=", "<>") and left.sort == right.sort == "row" and len(left.items) == len(right.items):
        # Rows are compared field by field (manual, 9.25.5).
        fields = [_binary(name, one, two) for one, two in zip(left.items, right.items, strict=True)]
        return _joined("and" if name == "=" else "or", fields)
    one, two = _pair(name, left, right)
    type = "boolean" if name in TRUTHS else _result(name, one, two)
    if name in ARITHMETIC and left.type in NUMBERS and right.type in NUMBERS:
        # The cast that was left out counts where it made the whole operation one of a wider type.
        stated = max(left.type, right.type, key=NUMBERS.index)
        natural = [v.type for v in (one, two) if v.type in NUMBERS]
        if len(natural) == 2 and max(natural, key=NUMBERS.index) != stated:
            return Value((name, stated, one.form, two.form), stated)
        type = stated
    if name == "/" and two.sort == "number" and right.type != two.type and one.type is None:
        two = bare(right)
    return Value((name, one.form, two.form), type)


def _result(name: str, one: Value, two: Value) -> str | None:
    if name in ("||", "->>", "#>>"):
        plain = one.sort == two.sort == "literal" and one.type == two.type is None
        return "text" if name != "||" or plain or one.type in TEXTS or two.type in TEXTS else one.type
    if name in ("->", "#>"):
        return one.type
    if one.type in TIMES and two.type in TIMES:
        return "interval" if one.type == two.type and name == "-" else one.type
    return meeting([one, two]) if one.type in NUMBERS and two.type in NUMBERS else None


def _without_variadic(node: Tree) -> Tree:
    """A call whose last arguments stand one by one: the server gathers those of VARIADIC in an ARRAY."""
    last = node["args"][-1] if node.get("func_variadic") else {}
    if "A_ArrayExpr" not in last:
        return node
    args = [*node["args"][:-1], *last["A_ArrayExpr"].get("elements", ())]
    return {key: item for key, item in node.items() if key != "func_variadic"} | {"args": args}


_WIDE = frozenset({"bigint", "numeric", "real", "double precision"})
"""What a whole number becomes by itself where a function asks for it (manual, 10.3 Functions)."""


def _argument(value: Value, numbers: str | None) -> Value:
    """An argument of a function: PostgreSQL adds casts of literals to text, to `reg…` types and to types of one's own."""
    if value.sort == "literal" and value.type is not None:
        own = value.type not in BUILT_IN and not value.type.endswith("[]")
        return value if value.type in TEXTS or value.type.startswith("reg") or own else bare(value)
    if value.sort == "number":
        widened = numbers in NUMBERS or value.type in _WIDE
        return number(value.text) if widened else bare(value)
    relabelled = value.sort == "cast" and value.type == "text"
    return core(value) if relabelled else meet(value, value.type)


def _united(head: tuple[Any, ...], values: Sequence[Value]) -> Value:
    """Branches that meet in one type."""
    type = meeting(values)
    if type is None or type in TEXTS:
        type = "text" if any(v.type in TEXTS for v in values) else type
    return Value((*head, *(_branch(value, type).form for value in values)), type)


def _branch(value: Value, type: str | None) -> Value:
    """A branch beside those of `type`: where the first is a varchar, PostgreSQL makes the texts after it one too."""
    inner = value.inner
    if inner is None or type not in TEXTS or value.sort != "cast" or value.form[2]:
        return meet(value, type)
    return meet(inner if (value.type, inner.type) == ("character varying", "text") else value, type)


def _writing(kind: str) -> Callable[[_Walk, Any], Value]:
    return lambda walk, node: Value(normal_query.writing(walk, kind, node))


_KINDS: dict[str, Callable[[_Walk, Any], Value]] = {
    "A_Const": _Walk.constant,
    "ColumnRef": _Walk.column,
    "TypeCast": _Walk.cast,
    "SQLValueFunction": _Walk.keyword,
    "A_Expr": _Walk.operation,
    "BoolExpr": _Walk.boolean,
    "NullTest": _Walk.null_test,
    "FuncCall": _Walk.function,
    "CoalesceExpr": _Walk.coalesce,
    "MinMaxExpr": _Walk.extreme,
    "CaseExpr": _Walk.case,
    "A_ArrayExpr": _Walk.array,
    "RowExpr": _Walk.row,
    "CollateClause": _Walk.collation,
    "SubLink": _Walk.sublink,
    "SelectStmt": _Walk.select,
    "RangeVar": _Walk.relation,
    "SortBy": _Walk.sort,
    **{kind: _writing(kind) for kind in ("InsertStmt", "UpdateStmt", "DeleteStmt")},
    "ParamRef": _Walk.parameter,
}
