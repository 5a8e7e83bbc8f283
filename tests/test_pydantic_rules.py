"""Each kind of rule: the schema and the server agree on what is good and what is bad, and NULL passes a check."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from schema_bridge.ir import Schema
from schema_bridge.writers import pydantic as writer
from support.schemas import imported, table, takes
from support.server import Database

DAY = dt.date(2024, 1, 2)
NOON = dt.datetime(2024, 1, 2, 12, tzinfo=dt.UTC)

VALUES: list[tuple[str, str, list[Any], list[Any]]] = [
    ("integer", "", [0, 2**31 - 1, -(2**31)], [2**31, -(2**31) - 1]),
    ("smallint", "", [32767], [32768]),
    ("bigint", "", [2**63 - 1], [2**63]),
    ("integer", "x > 0", [1], [0, -1]),
    ("integer", "x >= 1.5", [2], [1]),
    ("integer", "x < 10 AND x >= -10", [9, -10], [10, -11]),
    ("integer", "x BETWEEN 1 AND 5", [1, 5], [0, 6]),
    ("integer", "x NOT BETWEEN 1 AND 5", [0, 6], [1, 3, 5]),
    ("integer", "x <> 0", [1], [0]),
    ("integer", "x IN (1, 2)", [1, 2], [3]),
    ("integer", "x NOT IN (1, 2)", [3], [1, 2]),
    ("integer", "x IS NULL OR x > 3", [4], [3]),
    ("integer", "x < 0 OR x > 10", [-1, 11], [0, 10]),
    ("integer", "(x > 3) IS NOT FALSE", [4], [3]),
    ("numeric(5, 2)", "", [Decimal("999.99"), Decimal("-0.01")], [Decimal(1000)]),
    ("numeric(3, -2)", "", [Decimal(99900)], [Decimal(100000)]),
    ("numeric(2, 4)", "", [Decimal("0.0099")], [Decimal("0.01")]),
    ("numeric(8, 2)", "x > 0 AND x <= 0.5", [Decimal("0.5")], [Decimal(0), Decimal("0.51")]),
    ("numeric", "x = 1.50", [Decimal("1.5")], [Decimal(1)]),
    ("double precision", "x >= -90 AND x <= 90.5", [90.5, -90.0], [91.0]),
    ("real", "x <> 0", [0.5], [0.0]),
    ("boolean", "x", [True], [False]),
    ("boolean", "NOT x", [False], [True]),
    ("varchar(3)", "", ["", "abc"], ["abcd"]),
    ("text", "char_length(x) BETWEEN 2 AND 3", ["ab", "äöü"], ["a", "abcd"]),
    ("varchar(10)", "length(x) = 3", ["abc"], ["ab", "abcd"]),
    ("text", "length(x) <> 3", ["ab"], ["abc"]),
    ("text", "octet_length(x) <= 3", ["abc", "ä"], ["äö"]),
    ("text", "x IN ('a', 'it''s \"b\"')", ["a", 'it\'s "b"'], ["c", ""]),
    ("varchar(5)", "x = ANY (ARRAY['a'::text, 'b'])", ["a"], ["c"]),
    ("text", "x <> ALL ('{a,b}')", ["c"], ["a"]),
    ("text", "x NOT IN ('administrator', 'moderator', 'super user', 'root')", ["me"], ["root", "super user"]),
    ("text", "x = 'a' OR x = 'b'", ["a", "b"], ["c"]),
    ("text", "trim(x) <> ''", [" a "], ["", "  "]),
    ("text", "length(btrim(x)) > 1", ["ab"], [" a "]),
    ("text", "position('@' in x) > 1", ["a@b"], ["@b", "ab"]),
    ("text", "x ~ '^[a-z]+$'", ["abc"], ["aBc", "abc\n", ""]),
    ("text", "x ~* '^[a-c]+$'", ["aBc"], ["d"]),
    ("text", "x !~ 'b'", ["a"], ["abc"]),
    ("text", "x ~ '^a' AND x ~ 'b$'", ["ab"], ["a", "b"]),
    ("text", "x !~ '^[a-z]+[0-9]+[a-z]+[0-9]+[a-z]+[0-9]+[a-z]+$'", ["a"], ["a1a1a1a"]),
    ("text", "x LIKE 'a%b_'", ["abc", "a\nbc"], ["abcd", "b"]),
    ("text", "x NOT LIKE '% %'", ["ab"], ["a b"]),
    ("char(3)", "x IN ('EUR', 'US')", ["EUR", "US "], ["USD"]),
    ("char(3)", "x::text <> 'EUR'", ["USD"], ["EUR"]),
    ("char(3)", "length(x) = 2", ["US "], ["USD"]),
    ("char(4)", "x ~ '^[A-Z ]+$'", ["AB  "], ["ab  "]),
    ("date", "x >= '2024-01-01'", [DAY], [dt.date(2023, 12, 31)]),
    ("date", "x <> '2024-01-02'", [dt.date(2024, 1, 1)], [DAY]),
    ("uuid", "", [uuid.UUID(int=1)], []),
    ("bytea", "octet_length(x) <= 2", [b"\xff\x00"], [b"abc"]),
    ("bytea", "length(x) > 1", [b"ab"], [b"a"]),
    ("text[]", "cardinality(x) BETWEEN 1 AND 2", [["a"], ["a", "b"]], [[], ["a", "b", "c"]]),
    ("integer[]", "array_length(x, 1) <= 2", [[], [1]], [[1, 2, 3]]),
    ("integer[]", "array_length(x, 1) >= 1 AND array_length(x, 1) < 3", [[], [1, 2]], [[1, 2, 3]]),
    ("integer[]", "array_length(x, 1) BETWEEN 2 AND 3", [[], [1, 2], [1, 2, 3]], [[1], [1, 2, 3, 4]]),
    ("integer[]", "array_length(x, 1) NOT IN (1, 3)", [[], [1, 2]], [[1], [1, 2, 3]]),
    ("text[]", "x <@ ARRAY['a', 'b']", [[], ["a", "a"]], [["c"]]),
    ("varchar(2)[]", "", [["ab"]], [["abc"]]),
    ("jsonb", "jsonb_typeof(x) = 'object'", [{"a": 1}], [[1], "a"]),
    ("jsonb", "jsonb_typeof(x) IN ('array', 'object')", [[], {}], [1, "a"]),
    ("jsonb", "x ? 'a'", [{"a": 1}, ["a"], "a"], [{"b": 1}, ["b"], "b", 1]),
    ("jsonb", "jsonb_typeof(x) = 'object' AND x ?& ARRAY['a', 'b']", [{"a": 1, "b": 2}], [{"a": 1}]),
    ("jsonb", "x ?| ARRAY['a', 'b']", [{"a": 1}], [{"c": 1}]),
    ("bit(3)", "", ["101"], ["1010", "10"]),
    ("bit varying(3)", "", ["", "10"], ["1010"]),
]


def shown(case: tuple[str, str, list[Any], list[Any]]) -> str:
    return f"{case[0]}: {case[1]}"


@pytest.mark.parametrize("case", VALUES, ids=shown)
def test_schema_and_server_agree(
    tmp_path: Path, database: Database, case: tuple[str, str, list[Any], list[Any]]
) -> None:
    kind, check, good, bad = case
    schema = Schema(tables=(table({"x": kind}, *([check] if check else [])),))
    assert writer.unexpressed(schema, writer.Options()) == ()
    with imported(tmp_path, schema) as schemas, psycopg.connect(database.conninfo) as connection:
        connection.execute(f"CREATE TEMPORARY TABLE t (x {kind}{f', CHECK ({check})' if check else ''})")
        for model in (schemas.ItemCreate, schemas.ItemUpdate):
            assert [value for value in [*good, None] if not takes(model, x=value)] == []
            assert [value for value in bad if takes(model, x=value)] == []
        assert [value for value in [*good, None] if not inserts(connection, kind, value)] == []
        assert [value for value in bad if inserts(connection, kind, value)] == []
        connection.rollback()


def inserts(connection: psycopg.Connection[Any], kind: str, value: Any) -> bool:
    given = Jsonb(value, dumps=json.dumps) if kind == "jsonb" and value is not None else value
    try:
        with connection.transaction():
            connection.execute("INSERT INTO t VALUES (%s)", (given,))
    except psycopg.Error:
        return False
    return True


ROWS: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = [
    ("a < b", [{"a": 1, "b": 2}, {"a": 3, "b": None}, {}], [{"a": 2, "b": 2}]),
    ("b IS NULL OR b > a", [{"a": 1, "b": 2}, {"a": 1, "b": None}, {"a": None, "b": 1}], [{"a": 2, "b": 1}]),
    ("a IS NOT NULL OR b IS NOT NULL", [{"a": 1, "b": None}, {"a": None, "b": 1}], [{"a": None, "b": None}]),
    ("(a IS NULL) = (b IS NULL)", [{"a": 1, "b": 1}, {"a": None, "b": None}], [{"a": 1, "b": None}]),
    ("num_nonnulls(a, b) = 1", [{"a": 1, "b": None}], [{"a": 1, "b": 1}, {"a": None, "b": None}]),
    ("a IS DISTINCT FROM b", [{"a": 1, "b": None}], [{"a": 1, "b": 1}, {"a": None, "b": None}]),
    ("a IS NOT DISTINCT FROM b", [{"a": 1, "b": 1}, {"a": None, "b": None}], [{"a": 1, "b": None}]),
    ("NOT (a > 0 AND b > 0)", [{"a": 1, "b": 0}, {"a": 1, "b": None}], [{"a": 1, "b": 1}]),
    ("a > 0 OR b > 0", [{"a": 1, "b": 0}, {"a": None, "b": 0}, {"a": None, "b": None}], [{"a": 0, "b": 0}]),
    ("a IS NULL OR b IS NOT NULL AND b >= a", [{"a": None, "b": None}, {"a": 1, "b": 1}], [{"a": 1, "b": None}]),
    ("(a > b) IS TRUE", [{"a": 2, "b": 1}], [{"a": 1, "b": 1}, {"a": 1, "b": None}]),
    ("(a > b) IS NOT TRUE", [{"a": 1, "b": 1}, {"a": 1, "b": None}], [{"a": 2, "b": 1}]),
    ("NOT (a IS NULL OR a > b)", [{"a": 1, "b": 1}, {"a": 1, "b": None}], [{"a": None, "b": 1}, {"a": 2, "b": 1}]),
    (
        "CASE WHEN a > 1 THEN b > 1 WHEN a > 0 THEN b IS NULL ELSE b < 0 END",
        [{"a": 2, "b": 2}, {"a": 2, "b": None}, {"a": 1, "b": None}, {"a": None, "b": -1}, {"a": 0, "b": None}],
        [{"a": 2, "b": 1}, {"a": 1, "b": 5}, {"a": None, "b": 5}, {"a": 0, "b": 0}],
    ),
    ("CASE a WHEN 1 THEN b > 1 ELSE true END", [{"a": 1, "b": 2}, {"a": None, "b": 0}], [{"a": 1, "b": 1}]),
    ("a <> 1 OR b IN (1, 2)", [{"a": 1, "b": 2}, {"a": 2, "b": 9}, {"a": 1, "b": None}], [{"a": 1, "b": 3}]),
]


@pytest.mark.parametrize(("check", "good", "bad"), ROWS, ids=[row[0] for row in ROWS])
def test_a_rule_on_two_columns(
    tmp_path: Path, database: Database, check: str, good: list[dict[str, Any]], bad: list[dict[str, Any]]
) -> None:
    schema = Schema(tables=(table({"a": "integer", "b": "integer"}, check),))
    assert writer.unexpressed(schema, writer.Options()) == ()
    with imported(tmp_path, schema) as schemas, psycopg.connect(database.conninfo) as connection:
        connection.execute(f"CREATE TEMPORARY TABLE t (a integer, b integer, CHECK ({check}))")
        for model in (schemas.ItemCreate, schemas.ItemUpdate):
            assert [row for row in good if not takes(model, **row)] == []
            assert [row for row in bad if takes(model, **row)] == []
        assert [row for row in good if not fits(connection, row)] == []
        assert [row for row in bad if fits(connection, row)] == []
        connection.rollback()


def fits(connection: psycopg.Connection[Any], row: dict[str, Any]) -> bool:
    try:
        with connection.transaction():
            connection.execute("INSERT INTO t VALUES (%s, %s)", (row.get("a"), row.get("b")))
    except psycopg.Error:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("text", "x > 'a'"),
        ("text", "x = lower(x)"),
        ("text", "x ~ '\\w'"),
        ("citext", "x IN ('a')"),
        ("text", "x ILIKE 'a%'"),
        ("timestamp with time zone", "x > '2024-01-01'"),
        ("jsonb", "x->>'a' = 'b'"),
        ("jsonb", "jsonb_typeof(x) = 'number'"),
        ("double precision", "x::numeric > 0.5"),
        ("date", "x > 'yesterday'"),
        ("interval", "x > '1 day'"),
    ],
)
def test_what_python_cannot_say_alike_is_named(kind: str, check: str) -> None:
    schema = Schema(tables=(table({"x": kind}, check),))
    [finding] = writer.unexpressed(schema, writer.Options())
    assert check in finding.message
    [text] = [t for path, t in writer.write(schema, writer.Options()).items() if path.endswith("item.py")]
    assert "Only the database checks:" in text
    assert f"items_check0: {check}".replace("\\", "\\\\") in text


def test_a_rule_that_is_partly_stated_is_named_and_held(tmp_path: Path) -> None:
    schema = Schema(tables=(table({"x": "integer"}, "x > 0 AND app.good(x)"),))
    assert len(writer.unexpressed(schema, writer.Options())) == 1
    with imported(tmp_path, schema) as schemas:
        assert not takes(schemas.ItemCreate, x=0)


def test_a_check_that_old_rows_may_break_is_asked_of_new_ones(tmp_path: Path) -> None:
    from msgspec.structs import replace

    items = table({"x": "integer"}, "x > 0")
    schema = Schema(tables=(replace(items, checks=(replace(items.checks[0], not_valid=True),)),))
    with imported(tmp_path, schema) as schemas:
        assert not takes(schemas.ItemCreate, x=0)
        assert not takes(schemas.ItemUpdate, x=0)
        assert takes(schemas.ItemResponse, x=0)
