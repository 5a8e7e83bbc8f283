"""Rules about one column that become its annotation: a Literal, or limits of `Field`."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from struct import pack, unpack
from typing import Any

from msgspec.structs import replace

from schema_bridge import predicates as p
from schema_bridge import regexes
from schema_bridge.emit.python import string
from schema_bridge.writers.pydantic.annotations import Annotation, Imports, Limit, decimal, listed

BOUNDS: dict[str, str] = {">=": "ge", ">": "gt", "<=": "le", "<": "lt"}
TEXT_CASTS = ("text", "varchar", "bpchar")
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_JSON_TYPES = {"object": "dict[str, Json]", "array": "list[Json]", "string": "str", "null": "None"}


@lru_cache(maxsize=16384)
def narrow(annotation: Annotation, rule: p.Rule) -> Annotation | None:
    """The annotation that also demands this rule of its one column; None where annotations cannot say it."""
    match rule:
        case p.Comparison(left=left, operator=operator, right=p.Constant() as constant):
            return _compared(annotation, left, operator, constant)
        case p.In(term=p.JsonType(of=p.Column()), values=values):
            return _json(annotation, tuple(str(value.value) for value in values))
        case p.In(term=term, values=values) if plain(annotation, term):
            return _choice(annotation, values)
        case p.ContainedBy(term=term, values=values) if isinstance(uncast(term), p.Column):
            return _elements(annotation, values)
        case p.Matches(term=term, regex=regex, case=case) if plain(annotation, term):
            return _pattern(annotation, regexes.translate(regex, case))
        case p.Like(term=term, pattern=pattern, case=True) if plain(annotation, term):
            return _pattern(annotation, regexes.like(pattern))
        case _:
            return None


def uncast(term: p.Term) -> p.Term:
    return uncast(term.of) if isinstance(term, p.Cast) else term


def plain(annotation: Annotation, term: p.Term) -> bool:
    """Whether the term is the column itself, or under a cast that changes nothing that a rule can see."""
    if isinstance(term, p.Column):
        return True
    if not isinstance(term, p.Cast) or not plain(annotation, term.of):
        return False
    if annotation.kind in ("text", "enum"):
        return term.type in TEXT_CASTS[:2]
    if annotation.kind == "integer":
        return term.type in ("int4", "int8", "numeric")
    if annotation.kind == "decimal":
        return term.type == "numeric"
    return annotation.kind == "float" and term.type == "float8"


def _compared(annotation: Annotation, left: p.Term, operator: p.Operator, constant: p.Constant) -> Annotation | None:
    if isinstance(left, p.Length) and isinstance(uncast(left.of), p.Column):
        counted = "characters" if annotation.kind == "text" else "bytes"
        known = annotation.kind in ("text", "bytes") and (left.unit == counted or annotation.kind == "bytes")
        return _sized(annotation, operator, constant.value) if known and not annotation.choices else None
    if isinstance(left, p.ArrayLength) and isinstance(left.of, p.Column) and annotation.kind == "list":
        if left.empty_is_null and (operator, constant.value) in ((">", 0), (">=", 1)):
            # Of an empty array it is not 0 but NULL, which passes.
            return annotation
        upper = operator in ("<", "<=")
        return _sized(annotation, operator, constant.value) if upper or not left.empty_is_null else None
    if isinstance(left, p.JsonType) and isinstance(left.of, p.Column) and operator == "=":
        return _json(annotation, (str(constant.value),))
    if operator not in BOUNDS or not plain(annotation, left) or annotation.choices:
        return None
    if annotation.kind == "date" and isinstance(constant.value, str):
        return _dated(annotation, BOUNDS[operator], constant)
    if annotation.kind in ("integer", "decimal", "float", "real") and is_number(constant.value):
        known = annotation.kind != "real" or _is_single(constant.value)
        return _bounded(annotation, BOUNDS[operator], constant.value) if known else None
    return None


def _is_single(value: Any) -> bool:
    """Whether a number has an exact form of 32 bits: compared with others, such a column's values are not what they
    are written as."""
    try:
        return bool(unpack("f", pack("f", value))[0] == value)
    except OverflowError:
        return False


def is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _dated(annotation: Annotation, bound: str, constant: p.Constant) -> Annotation | None:
    day = date(constant)
    if day is None or any(key[0] == bound[0] for key, _ in annotation.limits):
        return None
    return replace(annotation, limits=(*annotation.limits, (bound, day)))


def date(constant: p.Constant) -> str | None:
    """The code of a date that is written the ISO way; other spellings depend on the session's settings."""
    value = constant.value
    if constant.type not in ("", "date") or not isinstance(value, str) or not _DATE.match(value):
        return None
    year, month, day = (int(part) for part in value.split("-"))
    return f"dt.date({year}, {month}, {day})" if year else None


def _bounded(annotation: Annotation, bound: str, value: Any) -> Annotation | None:
    """The tighter of what is there and what is asked for; bounds of one side replace each other."""
    if annotation.kind == "integer" and isinstance(value, Decimal):
        # x > 1.5 is x > 1, x >= 1.5 is x >= 2: no integer lies between.
        rounding = ROUND_FLOOR if bound in ("gt", "le") else ROUND_CEILING
        value = int(value.to_integral_value(rounding))
    side = bound[0]
    present = next(((key, limit) for key, limit in annotation.limits if key[0] == side and key != "multiple_of"), None)
    if present is not None and not _tighter(bound, value, present):
        return annotation
    rest = tuple(item for item in annotation.limits if item != present)
    limits = tuple(sorted((*rest, (bound, value)), key=lambda item: _ORDER.index(item[0])))
    return replace(annotation, limits=limits, shared="")


_ORDER = (
    "min_length", "max_length", "pattern", "max_digits", "decimal_places", "multiple_of", "gt", "ge", "lt", "le",
)  # fmt: skip


def _tighter(bound: str, value: Any, present: tuple[str, Limit]) -> bool:
    other: Any = present[1]
    if value == other:
        return bound in ("gt", "lt") and present[0] != bound
    return bool(value > other if bound[0] == "g" else value < other)


def _sized(annotation: Annotation, operator: p.Operator, value: Any) -> Annotation | None:
    """A length is at least, at most or exactly so much; None where it can never be met."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    low = {">=": value, ">": value + 1, "=": value}.get(operator, 0)
    high = {"<=": value, "<": value - 1, "=": value}.get(operator)
    if operator == "<>" or (high is not None and high < 0):
        return None
    present_low, present_high = annotation.limit("min_length"), annotation.limit("max_length")
    if isinstance(present_low, int):
        low = max(low, present_low)
    if isinstance(present_high, int):
        high = present_high if high is None else min(high, present_high)
    if high is not None and low > high:
        return None
    rest = tuple(item for item in annotation.limits if item[0] not in ("min_length", "max_length"))
    sizes: list[tuple[str, Limit]] = [("min_length", low)] if low > 0 else []
    sizes += [("max_length", high)] if high is not None else []
    return replace(annotation, limits=(*sizes, *rest))


def _choice(annotation: Annotation, values: tuple[p.Constant, ...]) -> Annotation | None:
    if annotation.choices:
        return None
    codes = {value: constant(annotation, value) for value in values}
    fitting = tuple(dict.fromkeys(code for value, code in codes.items() if code and _fits(annotation, value)))
    if None in codes.values() or not fitting or annotation.kind not in ("text", "padded", "integer", "enum"):
        return None
    needed: Imports = (*annotation.imports, ("typing", "Literal"))
    text = f"Literal[{', '.join(fitting)}]"
    return replace(annotation, text=text, choices=fitting, limits=(), shared="", imports=needed)


def _fits(annotation: Annotation, value: p.Constant) -> bool:
    """Whether the column could hold the value at all."""
    longest, low, high = annotation.limit("max_length"), annotation.limit("ge"), annotation.limit("le")
    if isinstance(value.value, str):
        return not isinstance(longest, int) or len(value.value) <= longest
    return not isinstance(low, int) or not isinstance(high, int) or low <= int(value.value) <= high


@lru_cache(maxsize=16384)
def constant(annotation: Annotation, value: p.Constant) -> str | None:
    """The code of a constant that is compared with such a column; None where it does not mean one value of its type."""
    match annotation.kind, value.value:
        case "text", str(text) if value.type in ("", *TEXT_CASTS):
            return string(text)
        case "padded", str(text) if value.type in ("", "bpchar"):
            return string(text.ljust(annotation.width))
        case "enum", str(label) if annotation.enum is not None:
            member = next((name for name, known in annotation.enum.members if known == label), None)
            return None if member is None else f"{annotation.enum.name}.{member}"
        case "boolean", bool(flag):
            return str(flag)
        case "integer", int(number) if not isinstance(number, bool):
            return str(number)
        case "decimal", int() | Decimal() if is_number(value.value):
            return str(value.value) if isinstance(value.value, int) else decimal(value.value)
        case "float", int() | Decimal() if is_number(value.value):
            return repr(float(value.value))
        case "real", int() | Decimal() if is_number(value.value) and _is_single(value.value):
            return repr(float(value.value))
        case "date", str():
            return date(value)
        case _:
            return None


def _elements(annotation: Annotation, values: tuple[p.Constant, ...]) -> Annotation | None:
    if annotation.kind != "list" or annotation.item is None or annotation.item.kind == "list":
        return None
    item = _choice(annotation.item, values)
    return None if item is None else replace(listed(item), limits=annotation.limits)


def _pattern(annotation: Annotation, pattern: str | None) -> Annotation | None:
    if pattern is None or annotation.kind not in ("text", "padded") or annotation.choices:
        return None
    if annotation.limit("pattern") is not None:
        return None
    return replace(annotation, limits=(*annotation.limits, ("pattern", raw(pattern))))


def raw(pattern: str) -> str:
    """A pattern as a raw string where that is plainer."""
    if "\\" in pattern and '"' not in pattern and not pattern.endswith("\\") and pattern.isprintable():
        return f'r"{pattern}"'
    return string(pattern)


def _json(annotation: Annotation, types: tuple[str, ...]) -> Annotation | None:
    if annotation.kind != "json" or annotation.text != "Json" or not set(types) <= _JSON_TYPES.keys():
        return None
    chosen = [name for name in _JSON_TYPES if name in types]
    needed = annotation.imports if {"object", "array"} & set(types) else ()
    text = " | ".join(_JSON_TYPES[name] for name in chosen)
    return replace(annotation, text=text, null="null" in chosen, imports=needed)
