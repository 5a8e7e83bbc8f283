"""Conditions as formulas: which attributes are None, and which other tests hold; simplified, and laid out as code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

import msgspec

from schema_bridge.emit.python import WIDTH

COUNTED = "v is not None for v in"
"""What `sum` counts where a rule says how many columns hold something."""


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
    """A condition of one part or two that begins or ends in brackets is broken inside those, not around them."""
    parts = formula.formulas if isinstance(formula, All | Some) else (formula,)
    if len(parts) > 2:
        return []
    width = WIDTH - len(indent) - 4
    start = _opening(one) if one.endswith(")") else len(one)
    if start < len(one) and len(indent) + 3 + start + 1 <= WIDTH:
        return [f"{indent}if {one[: start + 1]}", *_inner(parts[-1], one[start + 1 : -1], indent, width), f"{indent}):"]
    if not isinstance(parts[0], All | Some):
        return []
    first = [f"{indent}if (", *_indented(_broken(parts[0], width), indent)]
    word = "and" if isinstance(formula, All) else "or"
    tail = f") {word} {_inside(parts[-1])}:"
    if len(indent) + len(tail) <= WIDTH:
        return [*first, f"{indent}{tail}"]
    if not isinstance(parts[-1], All | Some):
        return []
    return [*first, f"{indent}) {word} (", *_indented(_broken(parts[-1], width), indent), f"{indent}):"]


def _inner(last: Formula, flat: str, indent: str, width: int) -> list[str]:
    broken = isinstance(last, All | Some) and len(flat) > width
    if broken:
        return _indented(_broken(last, width), indent)
    is_tuple = isinstance(last, Atom) and last.parts[-1].startswith(("in (", "not in ("))
    return _indented(_listed(flat) if is_tuple or len(flat) > width else [flat], indent)


def _listed(code: str) -> list[str]:
    """The items that commas separate, a line each."""
    depth, start = 0, 0
    rows = []
    for at, char in _unquoted(code):
        depth += (char in "([{") - (char in ")]}")
        if char == "," and not depth:
            rows.append(code[start : at + 1].strip())
            start = at + 1
    last = code[start:].strip()
    return [*rows, f"{last},"] if last else rows


def _indented(rows: list[str], indent: str) -> list[str]:
    return [f"{indent}    {row}" for row in rows]


def _opening(code: str) -> int:
    """Where the bracket opens that the last character closes."""
    open_: list[int] = []
    start = 0
    for at, char in _unquoted(code):
        if char == "(":
            open_.append(at)
        elif char == ")":
            start = open_.pop()
    return start


def _unquoted(code: str) -> Iterator[tuple[int, str]]:
    """The characters outside the strings, each with its place."""
    quote = ""
    for at, char in enumerate(code):
        if char in "\"'" and quote in ("", char) and not _escaped(code, at):
            quote = "" if quote else char
        elif not quote:
            yield at, char


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
    """The formula in lines of this width, as they stand between brackets."""
    if not isinstance(formula, All | Some):
        return _test("", formula, width)
    word = "and" if isinstance(formula, All) else "or"
    found: list[str] = []
    for number, part in enumerate(formula.formulas):
        prefix = f"{word} " if number else ""
        if not isinstance(part, All | Some):
            found += _test(prefix, part, width)
        elif len(text := prefix + _inside(part)) <= width:
            found.append(text)
        else:
            inner = _broken(part, width - 4)
            found += [f"{prefix}(", *(f"    {row}" for row in inner), ")"]
    return found


def _test(prefix: str, test: Atom | Null, width: int) -> list[str]:
    """A single test, in its own lines where it is too wide: before its operator, or inside its brackets."""
    text = prefix + _line(test)
    if len(text) <= width:
        return [text]
    if isinstance(test, Null):
        return [f"{prefix}self.{test.attribute}", "is None" if test.is_null else "is not None"]
    if len(test.parts) == 1 and text.endswith(")"):
        return _call(text, width)
    first = prefix + test.parts[0]
    return [*([first] if len(first) <= width else _call(first, width)), *test.parts[1:]]


def _call(code: str, width: int) -> list[str]:
    """`len(…)` or `sum(v … for v in (…))` in lines."""
    head, opening, rest = code.partition(f"({COUNTED} (")
    if not opening:
        start = _opening(code) if code.endswith(")") else len(code)
        if start == len(code):
            return [code]
        inside = code[start + 1 : -1]
        rows = [inside] if len(inside) + 4 <= width else _listed(inside)
        return [code[: start + 1], *(f"    {row}" for row in rows), ")"]
    if len(COUNTED) + len(rest) + 5 <= width:
        return [f"{head}(", f"    {COUNTED} ({rest[:-1]}", ")"]
    what, _, names = COUNTED.partition(" for ")
    inside = f"    for {names} ({rest[:-1]}"
    if len(inside) <= width:
        return [f"{head}(", f"    {what}", inside, ")"]
    listed = [f"        {name}," for name in rest[:-2].split(", ")]
    return [f"{head}(", f"    {what}", f"    for {names} (", *listed, "    )", ")"]
