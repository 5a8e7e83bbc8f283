"""The normal form before the judge: what PostgreSQL prints of an expression has the form of what was written."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import given, settings
from test_expressions_normal import DEFAULTS, SAME, TABLE, TYPES

from schema_bridge.expressions import normal
from schema_bridge.pgtypes import parse
from support import grammar
from support.server import Database, Server
from support.strategies import LAWS, examples

COLUMNS = ", ".join(f'"{name}" {type}' for name, type in TYPES.items())
SETUP = f"""
CREATE SCHEMA app; CREATE SCHEMA auth; CREATE TYPE app.mood AS ENUM ('a', 'b', '1');
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid';
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION pick(app.mood) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE images ({COLUMNS});
CREATE FUNCTION row_ok(images) RETURNS boolean LANGUAGE sql AS 'SELECT true'; ALTER TABLE images ADD f text;
CREATE TEXT SEARCH CONFIGURATION own (COPY = english);
CREATE TABLE user_roles (user_id uuid, role text); CREATE TABLE members (user_id uuid, x integer);
CREATE SEQUENCE s;
"""
WRITTEN = [one for one, _ in SAME]
MORE = [
    "i = ANY ('{1,2}')",
    "v IN ('a', 'b', 'c') AND length(v) BETWEEN 1 AND 20",
    "n >= 0 AND n <= 9.99",
    "n * 1.2 > i",
    "d > n",
    "b = i",
    "i % 2 = 0",
    "(n / 3)::integer = 2",
    "ts AT TIME ZONE 'utc' > '2020-01-01 00:00:00'::timestamp",
    "day >= '2020-01-01'",
    "day + 1 > day",
    "day - day > 3",
    "ts - ts > '1 day'",
    "j -> 'a' ->> 'b' IS NOT NULL",
    "j #>> '{a,b}' = 'x'",
    "j ? 'key'",
    "jsonb_typeof(j) = 'object'",
    "j = '{}'",
    "coalesce(t, v) = v",
    "t || v = 'x'",
    "t || '-' || i",
    "upper(left(v, 2)) = 'AB'",
    "v = t",
    "v > 'a' COLLATE \"C\"",
    "case mood when 'a' then 1 else 2 end = 1",
    "case when v = 'a' then v else t end = 'b'",
    "greatest(i, 0) > least(n, 1)",
    "nullif(v, '') IS NULL",
    "u::text = t",
    "tags[1] = 'a'",
    "tags && '{a,b}'",
    "'a' = ANY (tags)",
    "array_length(tags, 1) <= 10",
    "t ~* '^[a-z]+$'",
    "char_length(trim(t)) > 0",
    "date_trunc('day', ts) = ts",
    "flag",
    "NOT flag",
    "flag IS TRUE",
    "flag = false OR flag IS NULL",
    "(i, x) = (1, 2)",
    "span > '01:00'",
    "mood <> 'b'",
    "mood = ANY (ARRAY['a', 'b']::app.mood[])",
    "mood::text = 'a'",
    "i::numeric / x > 0.5",
    "i = -5",
    "position('@' in t) > 1",
    "substring(t from 1 for 2) = 'ab'",
    "f(i) = 1",
    "current_setting('a.b', true)::integer = i",
    "i IN (select x from members)",
    "NOT EXISTS (select 1 from members m join user_roles r using (user_id) where m.x = i)",
    "(select count(*) from user_roles where user_id = u) > 1",
    "u = (select user_id from members where members.x = images.x limit 1)",
]


@pytest.fixture(scope="module")
def table(each_server: Server) -> Iterator[Database]:
    database = each_server.database(SETUP)
    yield database
    each_server.release(database)


def test_the_form_of_what_the_server_prints(table: Database) -> None:
    """A policy takes any expression, with queries in it."""
    wanted = [f"({sql}) IS NOT NULL" for sql in (*WRITTEN, *MORE)]
    policies = [f"CREATE POLICY p{i} ON images USING ({sql});" for i, sql in enumerate(wanted)]
    table.apply("\n".join(policies))
    printed = table.rows(
        "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = 'images'::regclass "
        "ORDER BY substr(polname, 2)::integer"
    )
    wrong = [
        "\n".join((sql, text, normal(sql, TABLE), normal(text, TABLE)))
        for sql, (text,) in zip(wanted, printed, strict=True)
        if normal(sql, TABLE) != normal(text, TABLE)
    ]
    assert not wrong, "\n\n".join(wrong)


def test_the_form_of_defaults_as_the_server_prints_them(table: Database) -> None:
    columns = [f"c{i} {type} DEFAULT {written}" for i, (type, written, _) in enumerate(DEFAULTS)]
    table.apply(f"CREATE TABLE defaults ({', '.join(columns)});")
    printed = table.rows(
        "SELECT attname, pg_get_expr(adbin, adrelid) FROM pg_attrdef d JOIN pg_attribute a "
        "ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE adrelid = 'defaults'::regclass"
    )
    assert len(printed) >= len(DEFAULTS) - 1  # DEFAULT NULL is no default
    for name, text in printed:
        type, written, _ = DEFAULTS[int(name[1:])]
        assert normal(text, TABLE, parse(type)) == normal(written, TABLE, parse(type)), (written, text)


IMAGES_BY_KIND = grammar.by_kind([(name, parse(type)) for name, type in TYPES.items()])


@pytest.fixture(scope="module")
def live(table: Database) -> Iterator[psycopg.Connection[tuple[str]]]:
    with psycopg.connect(table.conninfo) as connection:
        yield connection


@settings(LAWS, max_examples=examples(300))
@given(grammar.flags(IMAGES_BY_KIND))
def test_the_form_of_any_condition_as_the_server_prints_it(live: psycopg.Connection[tuple[str]], sql: str) -> None:
    live.execute(f"CREATE POLICY any_condition ON images USING ({sql})".encode())
    found = live.execute("SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'any_condition'")
    ((printed,),) = found.fetchall()
    live.rollback()
    assert normal(printed, TABLE) == normal(sql, TABLE), printed
