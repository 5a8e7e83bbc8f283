"""What checks ask of one column, as far as a value can be made by it: constants, bounds, lengths, patterns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec

from schema_bridge import predicates as p

Number = int | Decimal


class Wish(msgspec.Struct, frozen=True):
    """`choices` are constants of which one will do; from `least` to `most` are the whole numbers that will, strictly between
    `above` and `below` all others; `elements` are those of an array; `containing` a text that must stand in it, not at
    its beginning."""

    choices: tuple[str, ...] = ()
    least: Number | None = None
    most: Number | None = None
    above: Number | None = None
    below: Number | None = None
    shortest: int = 0
    longest: int | None = None
    regexes: tuple[str, ...] = ()
    like: str | None = None
    json: str | None = None
    elements: tuple[str, ...] = ()
    containing: str = ""


def wish(checks: Iterable[str], column: str) -> Wish:
    """What the checks ask of the column alone; what they ask in other ways is left to trying."""
    found = Wish()
    for check in checks:
        for rule in p.parse(check):
            for part in _parts(rule):
                found = _with(found, part, column)
    return found


def _parts(rule: p.Rule) -> Iterator[p.Rule]:
    """What must all hold; of alternatives the first that says something."""
    match rule:
        case p.And(rules=rules):
            for inner in rules:
                yield from _parts(inner)
        case p.Or(rules=rules):
            yield from _parts(next((r for r in rules if not isinstance(r, p.IsNull)), rule.rules[0]))
        case p.IsTrue(rule=inner):
            yield from _parts(inner)
        case _:
            yield rule


def _with(known: Wish, rule: p.Rule, column: str) -> Wish:
    replace = msgspec.structs.replace
    match rule:
        case p.In(term=term, values=values) if _is(term, column):
            return replace(known, choices=tuple(str(v.value) for v in values))
        case p.ContainedBy(term=term, values=values) if _is(term, column):
            return replace(known, elements=tuple(str(v.value) for v in values))
        case p.Matches(term=term, regex=regex) if _is(term, column):
            return replace(known, regexes=(*known.regexes, regex))
        case p.Like(term=term, pattern=pattern) if _is(term, column):
            return replace(known, like=pattern)
        case p.Comparison(left=p.JsonType(of=term), operator="=", right=p.Constant(value=value)) if _is(term, column):
            return replace(known, json=str(value))
        case p.Comparison(left=p.Position(of=term, sought=sought)) if _is(term, column):
            return replace(known, containing=sought)
        case p.Comparison(left=p.ArrayLength(of=term)) if _is(term, column):
            return replace(known, shortest=1)
        case p.Comparison(left=p.Length(of=term), operator=operator, right=p.Constant(value=value)) if _is(
            term, column
        ):
            low, high = _interval(operator, value)
            return replace(
                known,
                shortest=known.shortest if low is None else max(known.shortest, int(low)),
                longest=known.longest if high is None else int(high),
            )
        case p.Comparison(left=term, operator=operator, right=p.Constant(value=value)) if _is(term, column):
            return _compared(known, operator, value)
        case _:
            return known


def _compared(known: Wish, operator: p.Operator, value: object) -> Wish:
    if operator == "=":
        return msgspec.structs.replace(known, choices=(str(value),))
    low, high = _interval(operator, value)
    if isinstance(value, int | Decimal) and low is not None:
        return msgspec.structs.replace(known, least=low, above=value)
    if isinstance(value, int | Decimal) and high is not None:
        return msgspec.structs.replace(known, most=high, below=value)
    return known


def _interval(operator: p.Operator, value: object) -> tuple[Number | None, Number | None]:
    """From where, and to where, whole numbers satisfy the comparison."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return None, None
    return {
        "=": (value, value), ">=": (value, None), ">": (value + 1, None), "<=": (None, value), "<": (None, value - 1),
        "<>": (None, None),
    }[operator]  # fmt: skip


def _is(term: p.Term | p.Rule, column: str) -> bool:
    """Whether the term is the column, maybe cast or trimmed."""
    while isinstance(term, p.Cast | p.Trimmed):
        term = term.of
    return term == p.Column(column)
