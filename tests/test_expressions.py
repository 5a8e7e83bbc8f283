"""Expressions as trees, and other schemas put into the names in them."""

from __future__ import annotations

import pytest

from schema_bridge.errors import SourceSyntax
from schema_bridge.expressions import nodes, normal, normal_body, normal_query, parse, requalify, requalify_query

SCHEMAS = {"public": 'Scr"atch', "app": "x"}


@pytest.mark.parametrize(
    ("written", "moved"),
    [
        ("public.f(app.g(1))", '"Scr""atch".f(x.g(1))'),
        ("/* public.f */ PUBLIC . f(1)", '/* public.f */ "Scr""atch" . f(1)'),
        ("'é'::\"public\".mood", '\'é\'::"Scr""atch".mood'),
        ("CAST('a' AS app.mood)", "CAST('a' AS x.mood)"),
        ("app.mood 'a'", "x.mood 'a'"),
        ("ARRAY[]::app.mood[]", "ARRAY[]::x.mood[]"),
        ("app.t.c > t.c", "x.t.c > t.c"),
        ("a OPERATOR ( app.= ) b", "a OPERATOR ( x.= ) b"),
        ('a COLLATE app."C"', 'a COLLATE x."C"'),
        ("nextval('app.s')", "nextval('x.s')"),
        ("nextval('app.\"S\"'::regclass)", "nextval('x.\"S\"'::regclass)"),
        ("'app.s'::text || 'public.f()'", "'app.s'::text || 'public.f()'"),
        ("app.f(a) IN (SELECT app.t.b FROM ONLY app.t)", "x.f(a) IN (SELECT x.t.b FROM ONLY x.t)"),
        ("other.f(1)", "other.f(1)"),
        ("app(1) + app.c", "app(1) + app.c"),
        ("(SELECT v FROM app.f() AS r(v app.mood))", "(SELECT v FROM x.f() AS r(v x.mood))"),
    ],
)
def test_schemas_are_replaced_in_names_alone(written: str, moved: str) -> None:
    assert requalify(written, SCHEMAS) == moved


def test_schemas_are_replaced_in_a_query() -> None:
    query = "WITH q AS (SELECT * FROM app.t) SELECT app.f(q.a) FROM q JOIN public.u ON true"
    assert requalify_query(query, {"app": "x"}) == query.replace("app.", "x.")


@pytest.mark.parametrize(
    "text", ["", "1; DROP TABLE x", "a, b", "a FROM b", "a AS b", "a b", "a)", "1 UNION SELECT 2", "("]
)
def test_what_is_not_one_expression_is_refused(text: str) -> None:
    with pytest.raises(SourceSyntax):
        parse(text)


def test_the_nodes_of_a_tree() -> None:
    kinds = [kind for kind, _ in nodes(parse("f(a) > 1::int")) if kind != "String"]
    assert kinds == [
        "A_Expr",
        "lexpr",
        "FuncCall",
        "ColumnRef",
        "rexpr",
        "TypeCast",
        "arg",
        "A_Const",
        "ival",
        "typeName",
    ]


def test_a_bound_is_no_expression_and_stands_for_itself() -> None:
    assert normal("FROM ('a')\n TO  ('b')") == normal("FROM ('a') TO ('b')")
    assert normal("FROM ('a') TO ('b')") != normal("FROM ('a') TO ('c')")


def test_bodies_differ_in_blanks_that_mean_something() -> None:
    assert normal_body("a \r\n  b\t\n") == normal_body("a\n  b\n")
    assert normal_body("a\nb") != normal_body("a b")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("SELECT a FROM t", "select t.a from public.t", True),
        ("SELECT a AS x FROM t", "SELECT a FROM t", False),
        ("SELECT a FROM t WHERE b AND c", "SELECT t.a FROM t WHERE (t.b AND t.c)", True),
        ("SELECT a FROM t ORDER BY a DESC", "SELECT a FROM t ORDER BY a", False),
        ("SELECT a FROM t LIMIT 1", "SELECT a FROM t LIMIT 2", False),
        ("SELECT u.a FROM t u", "SELECT v.a FROM t v", True),
        ("SELECT count(*) FROM t", "SELECT count(*) AS count FROM t", True),
        ("SELECT a FROM t UNION SELECT b FROM u", "SELECT a FROM t UNION ALL SELECT b FROM u", False),
        ("SELECT a FROM t UNION SELECT b FROM u", "SELECT t.a FROM t UNION SELECT u.b FROM u", True),
        ("SELECT a FROM t JOIN u ON true", "SELECT a FROM t LEFT JOIN u ON true", False),
        ("SELECT DISTINCT a FROM t", "SELECT a FROM t", False),
    ],
)
def test_queries(one: str, other: str, same: bool) -> None:
    assert (normal_query(one) == normal_query(other)) is same
