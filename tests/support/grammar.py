"""SQL expressions made by hypothesis: of a wanted kind, over the columns that there are, and valid for PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from schema_bridge.ir import Type
from support.strategies import literal, quoted, texts

KINDS: Mapping[str, str] = {
    "integer": "number", "bigint": "number", "smallint": "number", "numeric": "number",
    "text": "text", "character varying": "text",
    "boolean": "flag",
    "date": "day",
    "timestamp with time zone": "moment", "timestamp without time zone": "moment",
}  # fmt: skip
"""The types that the grammar computes with, by the kind of their values; of the others it knows whether they are NULL."""
NUMBERS = ("0", "1", "-5", "42", "1.5", "-0.25", "100000")
WORDS = ("'a'", "''", "'B c'", "'it''s'", "'x%'", "'1'")
DAYS = ("'2020-01-01'::date", "'1999-12-31'::date")
MOMENTS = ("'2020-01-01 00:00:00+00'::timestamptz", "'2021-06-30 12:30:00+00'::timestamptz")
COMPARISONS = ("=", "<>", "<", ">", "<=", ">=", "!=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM")
MATCHES = ("LIKE", "NOT LIKE", "ILIKE", "~", "!~*", "^@")
DEPTH = 3

Columns = Mapping[str, Sequence[str]]
"""By kind, columns as they are written; under "any", all of them."""


def by_kind(columns: Sequence[tuple[str, Type]], prefix: str = "") -> Columns:
    """The columns by the kinds of the grammar, quoted; `prefix` may be `NEW.`."""
    found: dict[str, list[str]] = {"any": []}
    for name, type_ in columns:
        written = prefix + quoted(name)
        found["any"].append(written)
        if type_.schema == "pg_catalog" and not type_.dimensions and type_.name in KINDS:
            found.setdefault(KINDS[type_.name], []).append(written)
    return found


@st.composite
def numbers(draw: st.DrawFn, columns: Columns, depth: int = DEPTH) -> str:
    atoms = [*columns.get("number", ()), *columns.get("number", ()), *NUMBERS]
    form = draw(st.integers(0, 7)) if depth else 0
    if form <= 2:
        return draw(st.sampled_from(atoms))
    if form == 3:
        return f"length({draw(words(columns, depth - 1))})"
    one = draw(numbers(columns, depth - 1))
    if form == 4:
        return f"abs({one})"
    other = draw(numbers(columns, depth - 1))
    if form == 5:
        return f"coalesce({one}, {other})"
    if form == 6:
        return f"CASE WHEN {draw(flags(columns, depth - 1))} THEN {one} ELSE {other} END"
    return f"({one} {draw(st.sampled_from('+-*'))} {other})"


@st.composite
def words(draw: st.DrawFn, columns: Columns, depth: int = DEPTH) -> str:
    atoms = [*columns.get("text", ()), *columns.get("text", ()), *WORDS]
    form = draw(st.integers(0, 8)) if depth else 0
    if form <= 2:
        return draw(st.sampled_from(atoms))
    if form == 3:
        return literal(draw(texts))
    one = draw(words(columns, depth - 1))
    if form == 4:
        return f"{draw(st.sampled_from(('lower', 'upper', 'btrim', 'md5')))}({one})"
    if form == 5:
        return f"substring({one}, 1, 3)"
    other = draw(words(columns, depth - 1))
    if form == 6:
        return f"coalesce({one}, {other})"
    if form == 7:
        return f"CASE WHEN {draw(flags(columns, depth - 1))} THEN {one} ELSE {other} END"
    return f"({one} || {other})"


def _moments(columns: Columns, kind: str, literals: Sequence[str]) -> st.SearchStrategy[str]:
    return st.sampled_from([*columns.get(kind, ()), *literals])


@st.composite
def flags(draw: st.DrawFn, columns: Columns, depth: int = DEPTH) -> str:
    """A condition."""
    form = draw(st.integers(0, 9)) if depth else draw(st.sampled_from((0, 1, 2, 4)))
    if form <= 3:
        return draw(_comparisons(columns, depth))
    if form == 4 and columns["any"]:
        return f"{draw(st.sampled_from(columns['any']))} IS {draw(st.sampled_from(('', 'NOT ')))}NULL"
    if form == 5 and "flag" in columns:
        return draw(st.sampled_from(columns["flag"])) + draw(st.sampled_from(("", " IS TRUE", " IS NOT FALSE")))
    if form <= 6:
        return f"NOT ({draw(flags(columns, max(depth - 1, 0)))})"
    one, other = draw(flags(columns, depth - 1)), draw(flags(columns, depth - 1))
    return f"({one} {draw(st.sampled_from(('AND', 'OR')))} {other})"


@st.composite
def _comparisons(draw: st.DrawFn, columns: Columns, depth: int) -> str:
    deeper = max(depth - 1, 0)
    form = draw(st.integers(0, 7))
    operator = draw(st.sampled_from(COMPARISONS))
    if form <= 1:
        return f"{draw(numbers(columns, deeper))} {operator} {draw(numbers(columns, deeper))}"
    if form == 2:
        listed = draw(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3, unique=True))
        return f"{draw(numbers(columns, deeper))} {draw(st.sampled_from(('', 'NOT ')))}IN ({', '.join(listed)})"
    if form == 3:
        return f"{draw(numbers(columns, deeper))} BETWEEN {draw(numbers({'any': ()}, 0))} AND 10"
    if form == 4:
        return f"{draw(words(columns, deeper))} {operator} {draw(words(columns, deeper))}"
    if form == 5:
        return f"{draw(words(columns, deeper))} {draw(st.sampled_from(MATCHES))} {draw(st.sampled_from(WORDS))}"
    if form == 6:
        listed = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True))
        return f"{draw(words(columns, deeper))} {draw(st.sampled_from(('', 'NOT ')))}IN ({', '.join(listed)})"
    days = _moments(columns, "day", DAYS)
    return f"{draw(days)} {operator} {draw(days)}"
