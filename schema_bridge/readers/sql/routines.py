"""Functions, procedures and aggregates; bodies byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from schema_bridge.emit.sql import ident, literal
from schema_bridge.ir import Aggregate, Argument, Function, Name, Option, Type
from schema_bridge.readers.sql import lexer, unmodelled
from schema_bridge.readers.sql.context import Context, Tree, bare, constant, strings

replace = msgspec.structs.replace

_MODES: dict[str, Any] = {
    "FUNC_PARAM_DEFAULT": "in",
    "FUNC_PARAM_IN": "in",
    "FUNC_PARAM_OUT": "out",
    "FUNC_PARAM_INOUT": "inout",
    "FUNC_PARAM_VARIADIC": "variadic",
    "FUNC_PARAM_TABLE": "table",
}
LIST_SETTINGS = frozenset({"search_path", "temp_tablespaces", "session_preload_libraries"})


def create(context: Context, tree: Tree) -> None:
    """CREATE [OR REPLACE] FUNCTION or PROCEDURE."""
    name = context.made_name(tree["funcname"])
    arguments = tuple(_argument(context, item["FunctionParameter"]) for item in tree.get("parameters", ()))
    facts = _options(context, tree.get("options", ()), {"language": "sql"})
    function = Function(
        name=name,
        arguments=arguments,
        procedure=bool(tree.get("is_procedure")),
        owner=context.role,
        origin=context.origin(),
        **_result(context, tree, arguments),
        **facts,
    )
    if "sql_body" in tree:
        function = replace(function, sql_body=_sql_body(context, tree))
    state = context.state
    old = state.functions.get((name, function.signature))
    if old is not None:
        if not tree.get("replace"):
            context.clash(f"function {name} exists already with these arguments")
        function = replace(function, owner=old.owner, comment=old.comment)
    state.put_function(_with_plain_costs(function))


def _argument(context: Context, tree: Tree) -> Argument:
    at = tree.get("location", 0)
    return Argument(
        name=tree.get("name"),
        type=bare(context.type(tree["argType"])),
        mode=_MODES[tree.get("mode", "FUNC_PARAM_DEFAULT")],
        default=_default(context, at, tree["defexpr"]) if "defexpr" in tree else None,
    )


def _default(context: Context, at: int, tree: Tree) -> str:
    start = lexer.after_word(context.data, at, context.end, b"DEFAULT", b"=")
    return context.expression(start, context.end, tree)


def _result(context: Context, tree: Tree, arguments: tuple[Argument, ...]) -> dict[str, Any]:
    """What is returned; nothing where OUT or TABLE arguments say it."""
    stated = tree.get("returnType")
    says_it = any(argument.mode in ("out", "inout", "table") for argument in arguments)
    returns = None if stated is None or says_it else bare(context.type(stated))
    return {"returns": returns, "returns_set": bool(stated and stated.get("setof"))}


def _options(context: Context, elements: Iterable[Tree], facts: dict[str, Any]) -> dict[str, Any]:
    settings: dict[str, Option] = {}
    for element in elements:
        definition = element["DefElem"]
        if definition["defname"] == "set":
            _setting(definition["arg"]["VariableSetStmt"], settings)
        elif definition["defname"] == "as":
            facts["as"] = strings(definition["arg"]["List"]["items"])
        else:
            facts.update(_OPTIONS[definition["defname"]](context, definition.get("arg", {})))
    if "as" in facts:
        facts.update(_source(facts.pop("as"), facts["language"]))
    facts["settings"] = tuple(settings.values())
    return facts


def _source(parts: list[str], language: str) -> dict[str, Any]:
    """AS 'body', or AS 'library', 'symbol' for C."""
    if language == "c":
        return {"library": parts[0], "body": parts[1] if len(parts) > 1 else None}
    return {"body": parts[0]}


def _setting(tree: Tree, settings: dict[str, Option]) -> None:
    kind = tree.get("kind", "VAR_SET_VALUE")
    if kind == "VAR_RESET_ALL":
        settings.clear()
    elif kind in ("VAR_RESET", "VAR_SET_DEFAULT"):
        settings.pop(tree["name"], None)
    elif kind == "VAR_SET_CURRENT":
        settings[tree["name"]] = Option(name=tree["name"], value="FROM CURRENT")
    else:
        value = setting_value(tree["name"], tree.get("args", []))
        settings[tree["name"]] = Option(name=tree["name"], value=value)


def setting_value(name: str, args: list[Tree]) -> str:
    """The value of SET in one spelling, as pg_dump's: names of a list as identifiers, anything else quoted."""
    quote = ident if name in LIST_SETTINGS else literal
    return ", ".join(quote(text) if text else "''" for text in map(constant, args))


def _language(context: Context, arg: Tree) -> dict[str, Any]:
    return {"language": constant(arg).lower()}


def _volatility(context: Context, arg: Tree) -> dict[str, Any]:
    return {"volatility": constant(arg)}


def _flag(fact: str) -> Any:
    return lambda context, arg: {fact: constant(arg) == "true"}


def _number(fact: str) -> Any:
    return lambda context, arg: {fact: float(constant(arg))}


def _support(context: Context, arg: Tree) -> dict[str, Any]:
    return {"support": context.function_name(arg["List"]["items"])}


def _transforms(context: Context, arg: Tree) -> dict[str, Any]:
    return {"transforms": tuple(context.type(item["TypeName"]) for item in arg["List"]["items"])}


def _parallel(context: Context, arg: Tree) -> dict[str, Any]:
    return {"parallel": constant(arg).lower()}


_OPTIONS = {
    "language": _language,
    "volatility": _volatility,
    "strict": _flag("strict"),
    "security": _flag("security_definer"),
    "leakproof": _flag("leakproof"),
    "window": _flag("window"),
    "cost": _number("cost"),
    "rows": _number("rows"),
    "support": _support,
    "transform": _transforms,
    "parallel": _parallel,
}


def _with_plain_costs(function: Function) -> Function:
    """Costs that are the defaults anyway (1 for C and internal, 100 for others; 1,000 rows) are not stated."""
    usual = 1.0 if function.language in ("c", "internal") else 100.0
    return replace(
        function,
        cost=None if function.cost == usual else function.cost,
        rows=None if function.rows == 1000.0 else function.rows,
    )


def _sql_body(context: Context, tree: Tree) -> str:
    """RETURN expression, or BEGIN ATOMIC … END: the last clause."""
    inside = lexer.bracket(context.data, context.start, context.end)
    previous = (0, 0)
    for token in lexer.outer(context.data, inside[1] + 1, context.end):
        word = lexer.word(context.data, token)
        if word == b"RETURN":
            return context.sql(lexer.trimmed(context.data, token[0], context.end), tree["sql_body"])
        if word == b"ATOMIC" and lexer.word(context.data, previous) == b"BEGIN":
            return context.sql(lexer.trimmed(context.data, previous[0], context.end), tree["sql_body"])
        previous = token
    return context.statement()


def find(context: Context, tree: Tree) -> Function | None:
    """The routine that an ObjectWithArgs names: by its argument types, or by its name where they are left out."""
    names = tree["objname"]
    parts = strings(names)
    found = context.function_name(names)
    functions = context.state.functions
    if "objargs" in tree or not tree.get("args_unspecified"):
        signature = signature_of(context, tree)
        if (found, signature) in functions:
            return functions[found, signature]
        if len(parts) == 1:
            for schema in context.path:
                if (Name(schema, parts[-1]), signature) in functions:
                    return functions[Name(schema, parts[-1]), signature]
    same = [function for (name, _), function in functions.items() if name == found]
    exact = "objargs" in tree
    return same[0] if len(same) == 1 and not exact and tree.get("args_unspecified") else None


def signature_of(context: Context, tree: Tree) -> tuple[Type, ...]:
    """The types of the input arguments; pg_dump and people may also list OUT ones."""
    parameters = tree.get("objfuncargs")
    if parameters is not None:
        modes = ("FUNC_PARAM_OUT", "FUNC_PARAM_TABLE")
        return tuple(
            bare(context.type(p["FunctionParameter"]["argType"]))
            for p in parameters
            if p["FunctionParameter"].get("mode") not in modes
        )
    return tuple(bare(context.type(item["TypeName"])) for item in tree.get("objargs", ()) if "TypeName" in item)


def alter(context: Context, tree: Tree) -> None:
    """ALTER FUNCTION: attributes and settings."""
    function = find(context, tree["func"])
    if function is None:
        unmodelled.keep(context, "AlterFunctionStmt", tree)
        return
    settings = {option.name: option for option in function.settings}
    facts: dict[str, Any] = {}
    for element in tree["actions"]:
        definition = element["DefElem"]
        if definition["defname"] == "set":
            _setting(definition["arg"]["VariableSetStmt"], settings)
        else:
            facts.update(_OPTIONS[definition["defname"]](context, definition.get("arg", {})))
    facts["settings"] = tuple(settings.values())
    context.state.put_function(_with_plain_costs(replace(function, **facts)))


def create_aggregate(context: Context, tree: Tree) -> None:
    """CREATE AGGREGATE, the old style with `basetype` too."""
    name = context.made_name(tree["defnames"])
    values: dict[str, Tree] = {
        item["DefElem"]["defname"]: item["DefElem"].get("arg", {}) for item in tree["definition"]
    }
    arguments, order_by = _aggregate_arguments(context, tree, values)
    definition = tuple(
        Option(name=key, value=_aggregate_value(context, key, values[key]))
        for key in sorted(values)
        if key != "basetype"
    )
    aggregate = Aggregate(
        name=name,
        arguments=arguments,
        order_by=order_by,
        definition=definition,
        owner=context.role,
        origin=context.origin(),
    )
    old = context.state.aggregates.get((name, aggregate.signature))
    if old is not None:
        if not tree.get("replace"):
            context.clash(f"aggregate {name} exists already with these arguments")
        aggregate = replace(aggregate, owner=old.owner, comment=old.comment)
    context.state.aggregates[name, aggregate.signature] = aggregate


def _aggregate_arguments(
    context: Context, tree: Tree, values: dict[str, Tree]
) -> tuple[tuple[Argument, ...], tuple[Argument, ...]]:
    if tree.get("oldstyle"):
        base = values.get("basetype", {})
        if "TypeName" not in base or strings(base["TypeName"]["names"])[-1] in ("ANY", "any"):
            return (), ()
        return (Argument(type=bare(context.type(base["TypeName"]))),), ()
    items, split = tree["args"]
    found = tuple(_argument(context, item["FunctionParameter"]) for item in items.get("List", {}).get("items", ()))
    direct = int(split["Integer"].get("ival", 0))
    return (found, ()) if direct < 0 else (found[:direct], found[direct:])


_FUNCTION_OPTIONS = frozenset(
    {"sfunc", "finalfunc", "combinefunc", "serialfunc", "deserialfunc", "msfunc", "minvfunc", "mfinalfunc"}
)
_TYPE_OPTIONS = frozenset({"stype", "mstype"})
_TEXT_OPTIONS = frozenset({"initcond", "minitcond"})


def _aggregate_value(context: Context, key: str, tree: Tree) -> str:
    """The option's value as SQL, names qualified where this schema makes them."""
    from schema_bridge import pgtypes
    from schema_bridge.emit.sql import name, operator

    if not tree:
        return "true"
    if key in _TEXT_OPTIONS:
        return literal(constant(tree))
    if key in _TYPE_OPTIONS and "TypeName" in tree:
        return pgtypes.render(context.type(tree["TypeName"]))
    if key in _FUNCTION_OPTIONS and "TypeName" in tree:
        return name(context.function_name(tree["TypeName"]["names"]))
    if "List" in tree:
        return operator(context.loose_name(tree["List"]["items"]))
    return constant(tree)


def aggregate_key(context: Context, tree: Tree) -> tuple[Name, tuple[Type, ...]] | None:
    """The key of the aggregate that an ObjectWithArgs names."""
    names = strings(tree["objname"])
    signature = signature_of(context, tree)
    schemas = [names[-2]] if len(names) > 1 else list(context.path)
    for schema in schemas:
        if (Name(schema, names[-1]), signature) in context.state.aggregates:
            return Name(schema, names[-1]), signature
    return None
