"""Conditions as formulas: which attributes are None, and which other tests hold; simplified, and laid out as code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

import msgspec

from schema_bridge.emit.python import WIDTH


class Atom(msgspec.Struct, frozen=True):
    """A condition and its opposite, as the parts between which a line may break."""

    parts: tuple[str, ...]
    opposite: tuple[str, ...]


class Null(msgspec.Struct, frozen=True):
    """An attribute is None, or is not."""

    attribute: str
    is_null: bool


class All(msgspec.Struct, frozen=True):
    formulas: tuple[Formula, ...]


class Some(msgspec.Struct, frozen=True):
    formulas: tuple[Formula, ...]


Formula = Atom | Null | All | Some
NEVER = Some(())
ALWAYS = All(())


def negated(formula: Formula) -> Formula:
    match formula:
        case Atom(parts=parts, opposite=opposite):
            return Atom(opposite, parts)
        case Null(attribute=attribute, is_null=is_null):
            return Null(attribute, not is_null)
        case All(formulas=formulas):
            return Some(tuple(negated(part) for part in formulas))
        case Some(formulas=formulas):
            return All(tuple(negated(part) for part in formulas))
        case _:
            assert_never(formula)


Facts = Mapping[str, bool]


def simplified(formula: Formula, facts: Facts) -> Formula:
    """The formula without what is known where it is read: `facts` tells which attributes are None, and which not.

    Python and type checkers read from left to right, so each part is read with what the parts before it made known.
    """
    match formula:
        case Atom():
            return formula
        case Null(attribute=attribute, is_null=is_null):
            known = facts.get(attribute)
            return formula if known is None else ALWAYS if known == is_null else NEVER
        case All(formulas=formulas):
            return _joined(formulas, facts, All)
        case Some(formulas=formulas):
            return _joined(formulas, facts, Some)
        case _:
            assert_never(formula)


def _joined(formulas: tuple[Formula, ...], facts: Facts, kind: type[All | Some]) -> Formula:
    nothing, end = (ALWAYS, NEVER) if kind is All else (NEVER, ALWAYS)
    known = dict(facts)
    parts: list[Formula] = []
    for formula in formulas:
        part = simplified(formula, known)
        if part == nothing:
            continue
        if part == end:
            return part
        for item in part.formulas if isinstance(part, kind) else (part,):
            parts.append(item)
            if isinstance(item, Null):
                known[item.attribute] = item.is_null if kind is All else not item.is_null
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def written(formula: Formula, indent: str) -> list[str]:
    """The lines of the `if` that asks for it, as `ruff format` breaks them."""
    one = _line(formula)
    if len(indent) + len(one) + 4 <= WIDTH:
        return [f"{indent}if {one}:"]
    hugged = _hugged(formula, one, indent)
    if hugged:
        return hugged
    inner = _broken(formula, WIDTH - len(indent) - 4)
    return [f"{indent}if (", *(f"{indent}    {line}" for line in inner), f"{indent}):"]


def _hugged(formula: Formula, one: str, indent: str) -> list[str]:
    """Where a condition of one part or two ends in brackets, only those are broken."""
    if isinstance(formula, All | Some) and len(formula.formulas) > 2 or not one.endswith(")"):
        return []
    start = _opening(one)
    head, inner = one[: start + 1], one[start + 1 : -1]
    if len(indent) + len(head) + 3 > WIDTH:
        return []
    last = formula.formulas[-1] if isinstance(formula, All | Some) else formula
    group = isinstance(last, All | Some) and len(indent) + 4 + len(inner) > WIDTH
    rows = _broken(last, WIDTH - len(indent) - 4) if group else [inner]
    return [f"{indent}if {head}", *(f"{indent}    {row}" for row in rows), f"{indent}):"]


def _opening(code: str) -> int:
    """Where the bracket opens that the last character closes."""
    open_: list[int] = []
    quoted = False
    start = 0
    for at, char in enumerate(code):
        if char == '"' and not _escaped(code, at):
            quoted = not quoted
        elif not quoted and char == "(":
            open_.append(at)
        elif not quoted and char == ")":
            start = open_.pop()
    return start


def _escaped(code: str, at: int) -> bool:
    before = code[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _line(formula: Formula) -> str:
    match formula:
        case Atom(parts=parts):
            return " ".join(parts)
        case Null(attribute=attribute, is_null=is_null):
            return f"self.{attribute} is {'None' if is_null else 'not None'}"
        case All(formulas=formulas):
            return " and ".join(_inside(part) for part in formulas)
        case Some(formulas=formulas):
            return " or ".join(_inside(part) for part in formulas)
        case _:
            assert_never(formula)


def _inside(formula: Formula) -> str:
    return f"({_line(formula)})" if isinstance(formula, All | Some) else _line(formula)


def _broken(formula: Formula, width: int) -> list[str]:
    if isinstance(formula, Atom):
        return list(formula.parts)
    if isinstance(formula, Null):
        return [_line(formula)]
    word = "and" if isinstance(formula, All) else "or"
    found: list[str] = []
    for number, part in enumerate(formula.formulas):
        prefix = f"{word} " if number else ""
        text = prefix + _inside(part)
        if len(text) + 4 <= width or isinstance(part, Null):
            found.append(text)
        elif isinstance(part, Atom):
            found += [prefix + part.parts[0], *part.parts[1:]]
        else:
            inner = _broken(part, width - 4)
            found += [f"{prefix}(", *(f"    {row}" for row in inner), ")"]
    return found
