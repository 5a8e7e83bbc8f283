"""Functions and procedures."""

from __future__ import annotations

from schema_bridge import pgtypes
from schema_bridge.emit.sql import dollar_quote, ident, literal, name, number, routine
from schema_bridge.ir import Argument, Function, Option

_MODES = {"in": "", "out": "OUT ", "inout": "INOUT ", "variadic": "VARIADIC ", "table": ""}


def create(function: Function, *, or_replace: bool = False) -> str:
    """CREATE FUNCTION or PROCEDURE; what is left out is PostgreSQL's default."""
    kind = "PROCEDURE" if function.procedure else "FUNCTION"
    arguments = ", ".join(argument(a) for a in function.arguments if a.mode != "table")
    lines = [f"CREATE {'OR REPLACE ' if or_replace else ''}{kind} {name(function.name)}({arguments})"]
    if returns := _returns(function):
        lines.append(f"RETURNS {returns}")
    lines += [f"LANGUAGE {ident(function.language)}", *_attributes(function)]
    lines += [_setting(setting) for setting in function.settings]
    return "\n    ".join(lines) + "\n" + _source(function)


def argument(value: Argument) -> str:
    """One argument as CREATE FUNCTION and CREATE AGGREGATE take it."""
    text = _MODES[value.mode]
    if value.name is not None:
        text += ident(value.name) + " "
    text += pgtypes.render(value.type)
    return text if value.default is None else f"{text} DEFAULT {value.default}"


def _returns(function: Function) -> str:
    table = [argument(a) for a in function.arguments if a.mode == "table"]
    if table:
        return f"TABLE ({', '.join(table)})"
    if function.returns is not None:
        return ("SETOF " if function.returns_set else "") + pgtypes.render(function.returns)
    if not function.returns_set:
        return ""
    out = [a.type for a in function.arguments if a.mode in ("out", "inout")]
    return "SETOF " + (pgtypes.render(out[0]) if len(out) == 1 else "record")


def _attributes(function: Function) -> list[str]:
    words = []
    if function.transforms:
        words.append("TRANSFORM " + ", ".join(f"FOR TYPE {pgtypes.render(t)}" for t in function.transforms))
    if function.window:
        words.append("WINDOW")
    if function.volatility != "volatile":
        words.append(function.volatility.upper())
    words += [word for said, word in _flags(function) if said]
    if function.parallel != "unsafe":
        words.append(f"PARALLEL {function.parallel.upper()}")
    if function.cost is not None:
        words.append(f"COST {number(function.cost)}")
    if function.rows is not None:
        words.append(f"ROWS {number(function.rows)}")
    if function.support is not None:
        words.append(f"SUPPORT {routine(function.support)}")
    return words


def _flags(function: Function) -> list[tuple[bool, str]]:
    return [
        (function.strict, "STRICT"),
        (function.leakproof, "LEAKPROOF"),
        (function.security_definer, "SECURITY DEFINER"),
    ]


def _setting(setting: Option) -> str:
    words = ".".join(ident(word) for word in setting.name.split("."))
    if setting.value.upper() == "FROM CURRENT":
        return f"SET {words} FROM CURRENT"
    return f"SET {words} TO {setting.value}"


def _source(function: Function) -> str:
    if function.sql_body is not None:
        return function.sql_body
    if function.library is not None:
        symbol = "" if function.body is None else f", {literal(function.body)}"
        return f"AS {literal(function.library)}{symbol}"
    return f"AS {dollar_quote(function.body or '')}"
