"""The rules and the terms of a CHECK, as two closed unions."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

import msgspec

Operator = Literal["=", "<>", "<", "<=", ">", ">="]
FLIPPED: dict[Operator, Operator] = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
OPPOSITE: dict[Operator, Operator] = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class Value(msgspec.Struct, frozen=True, gc=False, cache_hash=True):
    """A part of the union: compared by value, with no reference to a node of the IR."""


# Terms: what is computed of a row


class Column(Value, frozen=True):
    """A column of the row; in a domain's check, its value is the column `value`."""

    name: str


class Constant(Value, frozen=True):
    """A literal. `type` is the last name of its type where it was cast (`date`, `text`), else empty."""

    value: str | int | Decimal | bool
    type: str = ""


class Cast(Value, frozen=True):
    """`type` is the type's last name in PostgreSQL's short spelling (`int4`, `varchar`), `[]` behind it for arrays."""

    of: Term
    type: str


class Length(Value, frozen=True):
    of: Term
    unit: Literal["characters", "bytes"] = "characters"


class ArrayLength(Value, frozen=True):
    """The number of elements; `array_length(x, 1)` of an empty array is NULL, `cardinality` is 0."""

    of: Term
    empty_is_null: bool = False


class JsonType(Value, frozen=True):
    of: Term


class Trimmed(Value, frozen=True):
    of: Term
    side: Literal["both", "left", "right"] = "both"
    characters: str = " "


class Position(Value, frozen=True):
    """Where a text first stands in another, counted from 1; 0 where it does not."""

    of: Term
    sought: str


class NonNulls(Value, frozen=True):
    """How many of the columns are not NULL."""

    columns: tuple[Column, ...]


# Rules


class Comparison(Value, frozen=True):
    left: Term
    operator: Operator
    right: Term


class Distinct(Value, frozen=True):
    """IS DISTINCT FROM: never unknown."""

    left: Term
    right: Term


class In(Value, frozen=True):
    term: Term
    values: tuple[Constant, ...]


class ContainedBy(Value, frozen=True):
    """Every element of an array is one of these."""

    term: Term
    values: tuple[Constant, ...]


class IsNull(Value, frozen=True):
    term: Term


class Matches(Value, frozen=True):
    """A POSIX regular expression of PostgreSQL (manual, 9.7.3), anywhere in the text."""

    term: Term
    regex: str
    case: bool = True


class Like(Value, frozen=True):
    """LIKE with the escape character `\\`."""

    term: Term
    pattern: str
    case: bool = True


class JsonKeys(Value, frozen=True):
    """All, or any, of these are keys of the JSON object (or text elements of the array)."""

    term: Term
    keys: tuple[str, ...]
    all: bool = True


class IsTrue(Value, frozen=True):
    """Known to be true: false where the rule is unknown."""

    rule: Rule


class Not(Value, frozen=True):
    rule: Rule


class And(Value, frozen=True):
    """All of them; of none, true."""

    rules: tuple[Rule, ...]


class Or(Value, frozen=True):
    """One of them; of none, false."""

    rules: tuple[Rule, ...]


class Unstated(Value, frozen=True):
    """What these rules cannot say, with the SQL of the whole check."""

    sql: str


Term = Column | Constant | Cast | Length | ArrayLength | JsonType | Trimmed | Position | NonNulls | IsNull
Stated = Comparison | Distinct | In | ContainedBy | IsNull | Matches | Like | JsonKeys | IsTrue | Not | And | Or
Rule = Stated | Unstated


@lru_cache(maxsize=65536)
def columns(rule: Rule | Term) -> tuple[str, ...]:
    """The columns that a rule or a term reads, each once, in the order in which they appear."""
    found: dict[str, None] = {}
    _collect(rule, found)
    return tuple(found)


def _collect(value: Any, found: dict[str, None]) -> None:
    if isinstance(value, Column):
        found[value.name] = None
    elif isinstance(value, tuple):
        for item in value:
            _collect(item, found)
    elif isinstance(value, Value) and not isinstance(value, Constant):
        for field in value.__struct_fields__:
            _collect(getattr(value, field), found)
