"""The normal form: what people write and what PostgreSQL prints are one where they mean one, and never where not."""

from __future__ import annotations

import pytest

from schema_bridge.expressions import equal, normal
from schema_bridge.ir import Type
from schema_bridge.normal_form import Context
from schema_bridge.pgtypes import parse

TYPES = {
    "i": "integer", "b": "bigint", "n": "numeric(10,2)", "d": "double precision", "t": "text", "v": "varchar(50)",
    "c": "char(3)", "u": "uuid", "j": "jsonb", "ts": "timestamptz", "day": "date", "flag": "boolean", "tags": "text[]",
    "mood": "app.mood", "span": "interval", "x": "integer", "y": "integer",
    "p": "boolean", "q": "boolean", "r": "boolean",
}  # fmt: skip
IMAGES = {name: parse(text) for name, text in TYPES.items()}
RELATIONS = {
    "images": IMAGES,
    "user_roles": {"user_id": parse("uuid"), "role": parse("text")},
    "members": {"user_id": parse("uuid"), "x": parse("integer")},
}
TABLE = Context("images", IMAGES, RELATIONS)

SAME = [
    ("row_ok(images)", "public.row_ok(images.*)"),
    ("f ~ 'x'", "(f OPERATOR(public.~) 'x'::public.citext)"),
    ("to_tsvector('english', t)", "to_tsvector('pg_catalog.english'::regconfig, t)"),
    ("to_tsvector('own', t)", "to_tsvector('public.own'::regconfig, t)"),
    ("t IN ('a', 'b')", "(t = ANY (ARRAY['a'::text, 'b'::text]))"),
    ("v IN ('a', 'b')", "((v)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))"),
    ("v IN ('a', 'b')", "((v)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))"),
    ("mood IN ('a', 'b')", "(mood = ANY (ARRAY['a'::app.mood, 'b'::app.mood]))"),
    ("t IN ('a')", "(t = 'a'::text)"),
    ("t NOT IN ('a', 'b')", "(t <> ALL (ARRAY['a'::text, 'b'::text]))"),
    ("t IN ('a', 'b')", "t = ANY ('{b,a}'::text[])"),
    ("i IN (1, x)", "((i = 1) OR (i = x))"),
    ("i BETWEEN 1 AND 5", "((i >= 1) AND (i <= 5))"),
    ("i NOT BETWEEN 1 AND 5", "((i < 1) OR (i > 5))"),
    ("n > 0", "(n > (0)::numeric)"),
    ("n > -1", "(n > ('-1'::integer)::numeric)"),
    ("n > -1.5", "(n > '-1.5'::numeric)"),
    ("i > -1", "(i > '-1'::integer)"),
    ("d >= 0", "(d >= (0)::double precision)"),
    ("to_timestamp(0) IS NULL", "(to_timestamp((0)::double precision) IS NULL)"),
    ("format(t, 'a', 'b') = t", "(format(t, VARIADIC ARRAY['a'::text, 'b'::text]) = t)"),
    ("d >= 0.5", "(d >= (0.5)::double precision)"),
    ("b > 5000000000", "(b > '5000000000'::bigint)"),
    ("n / 2", "(n / (2)::numeric)"),
    ("i * n", "((i)::numeric * n)"),
    ("x::numeric / y", "((x)::numeric / (y)::numeric)"),
    ("t != 'a'", "(t <> 'a'::text)"),
    ("t LIKE 'a%'", "(t ~~ 'a%'::text)"),
    ("t NOT ILIKE 'a%'", "(t !~~* 'a%'::text)"),
    ("v LIKE 'a%'", "((v)::text ~~ 'a%'::text)"),
    ("v ~ '^a'", "((v)::text ~ '^a'::text)"),
    ("t SIMILAR TO 'a|b'", "(t ~ similar_to_escape('a|b'::text))"),
    ("CAST(i AS text)", "(i)::text"),
    ("i::int8", "(i)::bigint"),
    ("now()", "CURRENT_TIMESTAMP"),
    ("NOW()", "pg_catalog.now()"),
    ("ts > now() - interval '1 week'", "(ts > (now() - '7 days'::interval))"),
    ("now() + '15 minutes'::interval", "(now() + '00:15:00'::interval)"),
    ("now() at time zone 'utc'", "timezone('utc'::text, now())"),
    ("(((i)) > (0))", "i > 0"),
    ("p AND (q AND r)", "((p AND q) AND r)"),
    ("p OR q", "(q OR p)"),
    ("NOT p", "(NOT p)"),
    ("t IS NOT NULL", "(t IS NOT NULL)"),
    ("t NOTNULL", "(t IS NOT NULL)"),
    ("i IS NOT DISTINCT FROM x", "(NOT (i IS DISTINCT FROM x))"),
    ("length(v) > 3", "(length((v)::text) > 3)"),
    ("lower(trim(v)) = 'x'", "(lower(TRIM(BOTH FROM v)) = 'x'::text)"),
    ("coalesce(v, '') <> ''", "((COALESCE(v, ''::character varying))::text <> ''::text)"),
    ("coalesce(n, 0)", "COALESCE(n, (0)::numeric)"),
    ("case when i > 0 then 'a' else 'b' end", "CASE WHEN (i > 0) THEN 'a'::text ELSE 'b'::text END"),
    ("case when i > 0 then 'a' end", "CASE WHEN (i > 0) THEN 'a'::text ELSE NULL::text END"),
    ("j ->> 'k' = 'x'", "((j ->> 'k'::text) = 'x'::text)"),
    ("j @> '{\"a\":1}'", "(j @> '{\"a\": 1}'::jsonb)"),
    ("images.i > 0", "(i > 0)"),
    ('"i" > 0', "(i > 0)"),
    ("public.f(i)", "f(i)"),
    ("nextval('public.s')", "nextval('s'::regclass)"),
    ("nextval('\"s\"'::regclass)", "nextval('s'::regclass)"),
    ("auth.uid() = u", "(auth.uid() = u)"),
    ("(select auth.uid()) = u", "(( SELECT auth.uid() AS uid) = u)"),
    ("current_user = 'x'", "(CURRENT_USER = 'x'::name)"),
    ("u = '6F9619FF-8B86-D011-B42D-00CF4FC964FF'", "(u = '6f9619ff-8b86-d011-b42d-00cf4fc964ff'::uuid)"),
    ("flag = 't'", "(flag = true)"),
    ("'x' = ANY (tags)", "('x'::text = ANY (tags))"),
    ("tags <@ ARRAY['a','b']", "(tags <@ ARRAY['a'::text, 'b'::text])"),
    ("cardinality(tags) > 0", "(cardinality(tags) > 0)"),
    ("extract(year from ts) > 2000", "(EXTRACT(year FROM ts) > (2000)::numeric)"),
    ("pick('a'::app.mood) = 1", "(pick('a') = 1)"),
    (
        "exists (select 1 from user_roles ur where ur.user_id = auth.uid() and role = 'admin')",
        "(EXISTS ( SELECT 1 FROM public.user_roles x WHERE ((x.user_id = auth.uid()) AND (x.role = 'admin'::text))))",
    ),
    (
        "u in (select user_id from members where members.x = images.x)",
        "(u IN ( SELECT members.user_id FROM members WHERE (members.x = images.x)))",
    ),
]
DIFFERENT = [
    ("row_ok(images)", "row_ok(i)"),
    ("t ~ 'x'", "t OPERATOR(public.~) 'x'::public.citext"),
    ("to_tsvector('english', t)", "to_tsvector('app.english', t)"),
    ("to_tsvector('english')", "to_tsvector('simple')"),
    ("i > 0", "i >= 0"),
    ("i > 0", "i > 1"),
    ("i > 0", "x > 0"),
    ("t IN ('a', 'b')", "t IN ('a', 'c')"),
    ("t IN ('a', 'b')", "t NOT IN ('a', 'b')"),
    ("t = ANY (ARRAY['a','b'])", "t = ALL (ARRAY['a','b'])"),
    ("i / x", "i / x::numeric"),
    ("i / 2", "i / 2.0"),
    ("i / 2", "i / 2::numeric"),
    ("i::text", "i"),
    ("mood::text = 'a'", "mood = 'a'"),
    ("(t)::integer > 0", "t > '0'"),
    ("t LIKE 'a'", "t ILIKE 'a'"),
    ("t LIKE 'a'", "t = 'a'"),
    ("now()", "clock_timestamp()"),
    ("now()", "'now'"),
    ("public.now()", "now()"),
    ("now() + interval '1 day'", "now() + interval '24 hours'"),
    ("ts > '2020-01-01'::date", "ts > '2020-01-01'::timestamptz"),
    ("a AND b", "a OR b"),
    ("a AND (b OR c)", "(a AND b) OR c"),
    ("NOT a AND b", "NOT (a AND b)"),
    ("t IS NULL", "t IS NOT NULL"),
    ("coalesce(t, 'a')", "coalesce(t, 'b')"),
    ("j -> 'a'", "j ->> 'a'"),
    ("j -> '1'", "j -> 1"),
    ("f(i)", "g(i)"),
    ("app.f(i)", "f(i)"),
    ("f(i, x)", "f(x, i)"),
    ("i - x", "x - i"),
    ("'a'", "'A'"),
    ('"A" > 0', "a > 0"),
    ("t = 'a b'", "t = 'a  b'"),
    ("t COLLATE \"C\" > 'a'", "t > 'a'"),
    ("auth.uid() = u", "auth.uid() <> u"),
    ("true", "false"),
    ("true", "'true'::text"),
    ("1.0", "1"),
    ("exists (select 1 from a where a.i = 1)", "exists (select 1 from b where b.i = 1)"),
    ("exists (select 1 from m where m.i = images.i)", "exists (select 1 from m where m.i = m.x)"),
    ("nextval('s')", "nextval('r')"),
    ("nextval('app.s')", "nextval('s')"),
    ("i BETWEEN 1 AND 5", "i BETWEEN 5 AND 1"),
    ("i BETWEEN 1 AND 5", "i > 1 AND i < 5"),
    ("CURRENT_DATE", "CURRENT_TIMESTAMP"),
    ("current_timestamp(3)", "current_timestamp"),
    ("'a'::varchar(1) = t", "'a' = t"),
    ("v::varchar(2) = 'ab'", "v = 'ab'"),
    ("count(DISTINCT i)", "count(i)"),
]
DEFAULTS = [
    ("interval(3)", "'1 day'", "'1 day'::interval(3)"),
    ("interval year", "'1 year'", "'1 year'::interval year"),
    ("interval day to second(3)", "'1 day'", "'1 day'::interval day to second(3)"),
    ("text", "'a'", "'a'::text"),
    ("varchar(10)", "'a'", "'a'::character varying"),
    ("app.mood", "'a'", "'a'::app.mood"),
    ("jsonb", "'{}'", "'{}'::jsonb"),
    ("jsonb", '\'{"b":1, "a":[]}\'', '\'{"a": [], "b": 1}\'::jsonb'),
    ("text[]", "'{}'", "'{}'::text[]"),
    ("text[]", "ARRAY[]::text[]", "'{}'"),
    ("text[]", """'{"a","b, \\"c"}'""", """ARRAY['a', 'b, "c']"""),
    ("text[]", "'{a,b c}'", """'{"a","b c"}'"""),
    ("integer", "-1", "'-1'::integer"),
    ("integer", "'5'", "5"),
    ("numeric(10,2)", "0.00", "'0.00'"),
    ("boolean", "'f'", "false"),
    ("timestamptz", "now()", "CURRENT_TIMESTAMP"),
    ("interval", "'30 days'", "'30 days'::interval"),
    ("date", "now()::date", "(now())::date"),
    ("text", "NULL", "NULL::text"),
]


@pytest.mark.parametrize(("written", "printed"), SAME)
def test_one_meaning_is_one_form(written: str, printed: str) -> None:
    assert normal(written, TABLE) == normal(printed, TABLE)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_meanings_are_two_forms(one: str, other: str) -> None:
    assert not equal(one, other, TABLE)
    assert not equal(other, one, TABLE)


@pytest.mark.parametrize(("type", "written", "printed"), DEFAULTS)
def test_a_default_is_taken_as_its_column(type: str, written: str, printed: str) -> None:
    target: Type = parse(type)
    assert normal(written, TABLE, target) == normal(printed, TABLE, target)


@pytest.mark.parametrize(
    ("type", "one", "other"),
    [("text", "'a'", "'b'"), ("jsonb", "'{}'", "'[]'"), ("text", "'t'", "'true'"), ("text", "now()", "'now()'"),
     ("timestamptz", "now()", "'now()'"), ("numeric", "0", "1"), ("boolean", "'t'", "false"), ("text", "'1'", "'01'"),
     ("timestamptz", "'2020-01-02 03:04:05Z'", "'2020-01-02 03:04:05+01'"), ("text[]", "'{a,b}'", "'{\"a,b\"}'")],
)  # fmt: skip
def test_defaults_that_differ(type: str, one: str, other: str) -> None:
    assert not equal(one, other, TABLE, parse(type))


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_form_of_a_form_is_stable(one: str, other: str) -> None:
    assert normal(one, TABLE) == normal(f"({one})", TABLE)
