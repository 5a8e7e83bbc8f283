"""Checks as rules: each kind, both spellings, and regular expressions as the server understands them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

import psycopg
import pytest
from pydantic import Field, TypeAdapter, ValidationError

from schema_bridge import predicates as p
from schema_bridge import regexes
from support.server import Database

X, Y = p.Column("x"), p.Column("y")


def numbers(*values: int) -> tuple[p.Constant, ...]:
    return tuple(p.Constant(value) for value in values)


def texts(*values: str) -> tuple[p.Constant, ...]:
    return tuple(p.Constant(value) for value in values)


RULES: dict[str, tuple[p.Rule, ...]] = {
    "CASE x WHEN 1 THEN y > 1 ELSE true END": (
        p.Or(
            (
                p.And((p.IsTrue(p.Comparison(X, "=", p.Constant(1))), p.Comparison(Y, ">", p.Constant(1)))),
                p.And((p.Not(p.IsTrue(p.Comparison(X, "=", p.Constant(1)))), p.And(()))),
            )
        ),
    ),
    "x > 0": (p.Comparison(X, ">", p.Constant(0)),),
    "0 < x": (p.Comparison(X, ">", p.Constant(0)),),
    "x <= -1.5": (p.Comparison(X, "<=", p.Constant(Decimal("-1.5"))),),
    "x != 'a'": (p.Comparison(X, "<>", p.Constant("a")),),
    '"users"."x" >= 18': (p.Comparison(X, ">=", p.Constant(18)),),
    "x BETWEEN 1 AND 5": (p.Comparison(X, ">=", p.Constant(1)), p.Comparison(X, "<=", p.Constant(5))),
    "x NOT BETWEEN 1 AND 5": (p.Or((p.Comparison(X, "<", p.Constant(1)), p.Comparison(X, ">", p.Constant(5)))),),
    "x IN (1, 2)": (p.In(X, numbers(1, 2)),),
    "x NOT IN ('a')": (p.Not(p.In(X, texts("a"))),),
    "x = ANY (ARRAY[1, 2])": (p.In(X, numbers(1, 2)),),
    "x = ANY ('{a,b}')": (p.In(X, texts("a", "b")),),
    "x <> ALL (ARRAY['a', 'b'])": (p.Not(p.In(X, texts("a", "b"))),),
    "x ~ '^a'": (p.Matches(X, "^a"),),
    "x !~* 'a'": (p.Not(p.Matches(X, "a", False)),),
    "x LIKE 'a%'": (p.Like(X, "a%"),),
    "x NOT ILIKE 'a%'": (p.Not(p.Like(X, "a%", False)),),
    "char_length(x) > 2": (p.Comparison(p.Length(X), ">", p.Constant(2)),),
    "octet_length(x) > 2": (p.Comparison(p.Length(X, "bytes"), ">", p.Constant(2)),),
    "length(btrim(x)) > 0": (p.Comparison(p.Length(p.Trimmed(X)), ">", p.Constant(0)),),
    "trim(leading 'ab' from x) <> ''": (p.Comparison(p.Trimmed(X, "left", "ab"), "<>", p.Constant("")),),
    "position('@' in x) > 1": (p.Comparison(p.Position(X, "@"), ">", p.Constant(1)),),
    "strpos(x, '@') > 1": (p.Comparison(p.Position(X, "@"), ">", p.Constant(1)),),
    "cardinality(x) < 3": (p.Comparison(p.ArrayLength(X), "<", p.Constant(3)),),
    "array_length(x, 1) < 3": (p.Comparison(p.ArrayLength(X, True), "<", p.Constant(3)),),
    "x <@ ARRAY['a', 'b']": (p.ContainedBy(X, texts("a", "b")),),
    "jsonb_typeof(x) = 'array'": (p.Comparison(p.JsonType(X), "=", p.Constant("array")),),
    "x ? 'k'": (p.JsonKeys(X, ("k",)),),
    "x ?| ARRAY['k', 'l']": (p.JsonKeys(X, ("k", "l"), False),),
    "x < y": (p.Comparison(X, "<", Y),),
    "x IS DISTINCT FROM y": (p.Distinct(X, Y),),
    "x IS NULL OR x > 0": (p.Comparison(X, ">", p.Constant(0)),),
    "y IS NULL OR x > 0": (p.Or((p.IsNull(Y), p.Comparison(X, ">", p.Constant(0)))),),
    "x IS NULL OR x IS DISTINCT FROM y": (p.Or((p.IsNull(X), p.Distinct(X, Y))),),
    "(x IS NULL) = (y IS NULL)": (p.Comparison(p.IsNull(X), "=", p.IsNull(Y)),),
    "num_nonnulls(x, y) = 1": (p.Comparison(p.NonNulls((X, Y)), "=", p.Constant(1)),),
    "x": (p.Comparison(X, "=", p.Constant(True)),),
    "NOT x": (p.Not(p.Comparison(X, "=", p.Constant(True))),),
    "(x > 0) IS NOT FALSE": (p.Not(p.IsTrue(p.Not(p.Comparison(X, ">", p.Constant(0))))),),
    "x > 0 AND (y > 0 AND x > 0)": (
        p.Comparison(X, ">", p.Constant(0)),
        p.Comparison(Y, ">", p.Constant(0)),
    ),
    "x > '2020-01-01'::date": (p.Comparison(X, ">", p.Constant("2020-01-01", "date")),),
    "true": (),
    "false": (p.Or(()),),
}


@pytest.mark.parametrize("sql", RULES)
def test_a_check_is_read_as_its_rules(sql: str) -> None:
    assert p.parse(sql) == RULES[sql]


@pytest.mark.parametrize(
    "sql",
    [
        "x > now()",
        "my_function(x)",
        "app.length(x) > 2",
        "x = 'a' COLLATE \"C\"",
        "x + y > 0",
        "CASE WHEN x > 0 THEN y > 0 END",
        "x::varchar(3) = 'a'",
        "x IN (1, NULL)",
        "x = ANY ('{\"a\"}')",
        "x SIMILAR TO 'a'",
        "x OPERATOR(app.=) 1",
        "ROW(x, y) IS NULL",
        "x = '1'::integer OR lower(y) = y",
        "not sql at all",
        "",
    ],
)
def test_what_no_rule_says_keeps_its_sql(sql: str) -> None:
    assert p.parse(sql) == (p.Unstated(sql),)


def test_the_part_that_can_be_stated_is_stated() -> None:
    sql = "x > 0 AND lower(y) = y"
    assert p.parse(sql) == (p.Comparison(X, ">", p.Constant(0)), p.Unstated(sql))


def test_columns_are_named_once_in_their_order() -> None:
    [rule] = p.parse("y IS NULL OR x > 0 OR y > 1")
    assert p.columns(rule) == ("y", "x")


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("'a'::text", "a"),
        ("0", 0),
        ("'-1'::integer", -1),
        ("0.50", Decimal("0.50")),
        ("true", True),
        ("'t'::boolean", True),
        ("NULL", None),
        ("now()", None),
        ("'abc'::varchar(2)", None),
        ("'NaN'::numeric", None),
    ],
)
def test_a_default_that_is_a_constant(sql: str, value: object) -> None:
    found = p.constant(sql)
    assert (found.value if found is not None else None) == value


# Both spellings


PRINTED = [
    ("varchar(20)", "x IN ('a', 'b')"),
    ("varchar(20)", "x NOT IN ('a', 'b')"),
    ("text", "x = ANY (ARRAY['a', 'b'])"),
    ("text", "x <> 'a' AND (x <> 'b' AND char_length(x) BETWEEN 1 AND 3)"),
    ("integer", "x BETWEEN -1 AND 100"),
    ("numeric(5, 2)", "x > 0 AND x <= 1.5"),
    ("numeric", "x NOT BETWEEN 0 AND 1"),
    ("double precision", "x >= -90 AND x <= 90"),
    ("smallint", "x IS NULL OR x IN (1, 2, 3)"),
    ("text", "x ~* '^[a-z]+$' AND x NOT LIKE '%--%'"),
    ("char(3)", "x IN ('EUR', 'USD')"),
    ("text[]", "cardinality(x) > 0 AND x <@ ARRAY['a', 'b']"),
    ("jsonb", "jsonb_typeof(x) IN ('object', 'array') AND x ?& ARRAY['k']"),
    ("text", "position('@' in x) > 1 AND trim(x) <> ''"),
    ("date", "x > '2020-01-31'"),
    ("boolean", "x AND x IS NOT FALSE"),
    ("text", "x IS NOT NULL OR num_nonnulls(x) = 0"),
]


@pytest.mark.parametrize(("kind", "sql"), PRINTED)
def test_what_the_server_prints_gives_the_same_rules(database: Database, kind: str, sql: str) -> None:
    with psycopg.connect(database.conninfo) as connection:
        connection.execute(f"CREATE TEMPORARY TABLE t (x {kind}, CHECK ({sql}))")
        query = (
            "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'c'"
        )
        [[printed]] = connection.execute(query).fetchall()
        connection.rollback()
    assert bare(p.parse(printed)) == bare(p.parse(sql))


def bare(value: object) -> object:
    """Without the casts that the server adds."""
    if isinstance(value, p.Cast):
        return bare(value.of)
    if isinstance(value, p.Constant):
        return value.value
    if isinstance(value, tuple):
        return tuple(bare(item) for item in value)
    if isinstance(value, p.Value):
        return (type(value), *(bare(getattr(value, name)) for name in value.__struct_fields__))
    return value


# Regular expressions


PATTERNS = [
    "^[a-z0-9_]{3,40}$",
    "^#[0-9A-Fa-f]{6}$",
    r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$",
    r"^\+?[1-9]\d{1,14}$",
    "^[]a-]+$",
    "^[^]a]+$",
    "^(ab|c)*d?$",
    "^a.c$",
    "^a{2}$",
    "x{1,3}?y",
    "[[:digit:]]+-[[:xdigit:]]",
    r"^\Aab\Z$",
    "^a|b$",
    "^[ -~]*$",
    "^[a&&b]+$",
    r"^[\-\]\\]+$",
    "^é[à-ü]$",
    "$",
    "",
]
TEXTS = [
    "", "a", "ab", "abc", "a\nc", "ab\n", "abd", "d", "aa", "xy", "xxxxy", "]", "-", "a-b", "a]", "1-f", "#aB09fF",
    "#aB09fG", "user@example.org", "user@example", "+4917012345", "049", "under_score", "UP", "&", "\\", "éä", "ÉÄ",
    "ſ", "K", "k", "٣", "b", "cb", "~", "a b",
]  # fmt: skip


@pytest.mark.parametrize("case", [True, False])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_matches_what_the_server_matches(database: Database, pattern: str, case: bool) -> None:
    rust = regexes.translate(pattern, case)
    python = regexes.translate(pattern, case, end="\\Z")
    if not case and not pattern.isascii():
        assert rust is None
        return
    assert rust is not None and python is not None
    adapter: TypeAdapter[str] = TypeAdapter(Annotated[str, Field(pattern=rust)])
    with psycopg.connect(database.conninfo) as connection:
        operator = "~" if case else "~*"
        query = f"SELECT t, t {operator} %s FROM unnest(%s::text[]) AS t"
        expected: dict[str, bool] = dict(connection.execute(query, (pattern, TEXTS)).fetchall())
    assert {text: accepted(adapter, text) for text in TEXTS} == expected
    assert {text: re.search(python, text) is not None for text in TEXTS} == expected


def accepted(adapter: TypeAdapter[str], text: str) -> bool:
    try:
        adapter.validate_python(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    "pattern",
    [
        r"\w", r"[\s]", "[[:alpha:]]", r"\yword\y", "a(?=b)", r"(a)\1", "(?i)a", "***=a", "a**", r"\m", "[[.a.]]",
        "[[=a=]]", "((a{50}){50}){50}", "(", "[", "a\\", "x{2", r"\x41", "a{2}{3}", "[b-a]",
    ],
)  # fmt: skip
def test_a_pattern_on_which_engines_differ_is_not_translated(pattern: str) -> None:
    assert regexes.translate(pattern) is None


@pytest.mark.parametrize("pattern", ["a%", "%a", "%", "_", "a_c", "a\\%", "", "%a%", "a.c", "\\\\%", "[a]"])
def test_like_matches_what_the_server_matches(database: Database, pattern: str) -> None:
    found = regexes.like(pattern)
    python = regexes.like(pattern, end="\\Z")
    assert found is not None and python is not None
    texts_ = [*TEXTS, "a%", "%", "\\x", "a.c", "[a]"]
    adapter: TypeAdapter[str] = TypeAdapter(Annotated[str, Field(pattern=found)])
    with psycopg.connect(database.conninfo) as connection:
        query = "SELECT t, t LIKE %s FROM unnest(%s::text[]) AS t"
        expected: dict[str, bool] = dict(connection.execute(query, (pattern, texts_)).fetchall())
    assert {text: accepted(adapter, text) for text in texts_} == expected
    assert {text: re.search(python, text) is not None for text in texts_} == expected
