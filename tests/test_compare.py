"""Comparing: every fact that differs is a row, a respelling is none, and the report is a contract."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from schema_bridge import comparison, reports, serialize
from schema_bridge.comparison import Difference, compare
from schema_bridge.ir import (
    Argument,
    Check,
    Column,
    Domain,
    Enum,
    ForeignKey,
    Function,
    Index,
    IndexPart,
    Name,
    Origin,
    Policy,
    PrimaryKey,
    Schema,
    Table,
    Trigger,
    Type,
    Unique,
    Unmodelled,
    View,
)
from schema_bridge.losses import dropped
from schema_bridge.pgtypes import parse
from support.cases import read_text


def name(text: str, schema: str = "public") -> Name:
    return Name(schema, text)


def column(text: str, type: str = "integer", **facts: Any) -> Column:
    return Column(name=text, type=parse(type), **facts)


def table(*columns: Column, **facts: Any) -> Table:
    return Table(name=facts.pop("name", name("images")), columns=columns or (column("a"), column("b", "text")), **facts)


def schema(*tables: Table, **facts: Any) -> Schema:
    return Schema(tables=tables, **facts)


def rows(one: Schema, other: Schema) -> list[tuple[Any, ...]]:
    found = compare(one, other).differences
    return [(r.kind, r.table, r.name, r.fact, r.values["old"], r.values["new"]) for r in found]


def only(one: Schema, other: Schema) -> Difference:
    (row,) = compare(one, other).differences
    return row


FUNCTION = Function(name=name("f"), language="plpgsql", body="BEGIN\n  NULL;\nEND")
POLICY = Policy(name="p", using="a > 0")
KEY = ForeignKey(name="k", columns=("a",), table=name("users"), referenced_columns=("id",))

PAIRS = [
    (schema(table()), schema(), ("table", None, "images", "exists", "columns a, b", None), "breaking"),
    (
        schema(table(column("a", not_null=True))),
        schema(table(column("a"))),
        ("column", "images", "a", "not_null", "true", "false"),
        "breaking",
    ),
    (
        schema(table(column("a", "timestamp"))),
        schema(table(column("a", "timestamptz"))),
        ("column", "images", "a", "type", "timestamp without time zone", "timestamp with time zone"),
        "breaking",
    ),
    (
        schema(table(column("a", "varchar(10)"))),
        schema(table(column("a", "varchar(20)"))),
        ("column", "images", "a", "type", "character varying(10)", "character varying(20)"),
        "breaking",
    ),
    (
        schema(table(column("a", default="1"))),
        schema(table(column("a", default="2"))),
        ("column", "images", "a", "default", "1", "2"),
        "behaviour",
    ),
    (
        schema(table(column("a"), column("b"))),
        schema(table(column("b"), column("a"))),
        ("table", None, "images", "order", "a, b", "b, a"),
        "cosmetic",
    ),
    (
        schema(table(primary_key=PrimaryKey(name="x", columns=("a",)))),
        schema(table(primary_key=PrimaryKey(name="y", columns=("a",)))),
        ("primary_key", "images", "x", "name", "x", "y"),
        "cosmetic",
    ),
    (
        schema(table(primary_key=PrimaryKey(name="x", columns=("a",)))),
        schema(table()),
        ("primary_key", "images", "x", "exists", "a", None),
        "behaviour",
    ),
    (
        schema(table(foreign_keys=(msgspec.structs.replace(KEY, on_delete="cascade"),))),
        schema(table(foreign_keys=(KEY,))),
        ("foreign_key", "images", "k", "on_delete", "cascade", "no action"),
        "behaviour",
    ),
    (
        schema(table(checks=(Check(name="c", expression="a > 0"),))),
        schema(table(checks=(Check(name="c", expression="a >= 0"),))),
        ("check", "images", "c", "expression", "a > 0", "a >= 0"),
        "behaviour",
    ),
    (
        schema(table(indexes=(Index(name="i", parts=(IndexPart(column="a"),), where="b IS NULL"),))),
        schema(table(indexes=(Index(name="i", parts=(IndexPart(column="a"),)),))),
        ("index", "images", "i", "where", "b IS NULL", None),
        "performance",
    ),
    (
        schema(table(indexes=(Index(name="i", parts=(IndexPart(column="a"),)),))),
        schema(table(indexes=(Index(name="i", parts=(IndexPart(column="a", descending=True),)),))),
        ("index", "images", "i", "parts", "column a", "column a descending"),
        "performance",
    ),
    (
        schema(table(policies=(POLICY,))),
        schema(table(policies=(msgspec.structs.replace(POLICY, using="true"),))),
        ("policy", "images", "p", "using", "a > 0", "true"),
        "behaviour",
    ),
    (schema(table(row_security=True)), schema(table()), ("table", None, "images", "row_security", "true", "false"), "behaviour"),
    (
        schema(table(), functions=(FUNCTION,)),
        schema(table(), functions=(msgspec.structs.replace(FUNCTION, security_definer=True),)),
        ("function", None, "f()", "security_definer", "false", "true"),
        "behaviour",
    ),
    (
        schema(enums=(Enum(name=name("e"), labels=("a", "b")),)),
        schema(enums=(Enum(name=name("e"), labels=("b", "a")),)),
        ("enum", None, "e", "labels", "a, b", "b, a"),
        "breaking",
    ),
    (
        schema(table(comment="x")), schema(table()), ("table", None, "images", "comment", "x", None), "cosmetic",
    ),
    (
        schema(domains=(Domain(name=name("d"), type=parse("text"), checks=(Check(name="c", expression="VALUE > ''"),)),)),
        schema(domains=(Domain(name=name("d"), type=parse("text")),)),
        ("check", "d", "c", "exists", "VALUE > ''", None),
        "behaviour",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "row", "weight"), PAIRS)
def test_one_fact_is_one_row(one: Schema, other: Schema, row: tuple[Any, ...], weight: str) -> None:
    assert rows(one, other) == [row]
    assert rows(other, one)[0][3:] == (row[3], row[5], row[4])
    assert only(one, other).weight == weight
    assert rows(one, one) == rows(other, other) == []


SAME = [
    (schema(table(column("b", "text", default="'x'"))), schema(table(column("b", "text", default="'x'::text")))),
    (
        schema(table(column("b", "varchar(9)"))),
        schema(table(column("b", "varchar(9)", default="NULL::character varying"))),
    ),
    (
        schema(table(checks=(Check(name="c", expression="b IN ('x', 'y')"),))),
        schema(table(checks=(Check(name="c", expression="(b = ANY (ARRAY['x'::text, 'y'::text]))"),))),
    ),
    (
        schema(table(policies=(Policy(name="p", using="a > 0"),))),
        schema(table(policies=(Policy(name="p", using="(a > 0)", check="a>0"),))),
    ),
    (schema(functions=(FUNCTION,)), schema(functions=(msgspec.structs.replace(FUNCTION, body="BEGIN\r\n  NULL; \r\nEND"),))),
    (
        schema(views=(View(name=name("v"), query="SELECT a FROM images WHERE a>1"),)),
        schema(views=(View(name=name("v"), query="select images.a\n from public.images where (images.a > 1)"),)),
    ),
    (
        schema(unmodelled=(Unmodelled(sql="CREATE CAST (a AS b) WITHOUT FUNCTION", kind="CreateCastStmt", position=1),)),
        schema(unmodelled=(Unmodelled(sql="create cast (a as b)\nwithout function", kind="CreateCastStmt", position=9),)),
    ),
    (schema(table(origin=Origin("a.sql", 1))), schema(table(origin=Origin("b.sql", 9)))),
    (
        schema(functions=(Function(name=name("f"), language="sql", body="", arguments=(Argument(type=parse("text[]")),)),)),
        schema(functions=(Function(name=name("f"), language="sql", body="", arguments=(Argument(type=parse("text[][]")),)),)),
    ),
]  # fmt: skip


def test_the_identity_of_a_partition_is_its_parents() -> None:
    text = "CREATE TABLE p (id int GENERATED ALWAYS AS IDENTITY) PARTITION BY LIST (id);"
    for step in ("PARTITION OF p DEFAULT;", "(id int NOT NULL); ALTER TABLE p ATTACH PARTITION c DEFAULT;"):
        parent, partition = sorted(
            read_text(f"{text} CREATE TABLE c {step}").tables, key=lambda table: table.partition is not None
        )
        assert parent.columns[0].identity is not None
        assert partition.columns[0].identity is None


def test_what_the_server_says_of_partitions_and_statistics_is_what_was_meant() -> None:
    text = """
    CREATE TABLE logs (id int, at date, kind text) PARTITION BY RANGE (at);
    CREATE TABLE logs_1 PARTITION OF logs DEFAULT;
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
    CREATE TRIGGER t BEFORE UPDATE ON logs FOR EACH ROW WHEN (old.* IS DISTINCT FROM new.*) EXECUTE FUNCTION f();
    CREATE STATISTICS s ON kind, id, (lower(kind)), (upper(kind)) FROM logs;
    """
    one = read_text(text)
    cast = "(old.*)::public.logs IS DISTINCT FROM (new.*)::public.logs"
    logs, partition = one.tables
    clones = tuple(msgspec.structs.replace(trigger, when=cast) for trigger in partition.triggers)
    tables = (logs, msgspec.structs.replace(partition, triggers=clones))
    other = read_text(text.replace("kind, id", "id, kind"))
    assert rows(one, msgspec.structs.replace(other, tables=tables)) == []
    turned = read_text(text.replace("(lower(kind)), (upper(kind))", "(upper(kind)), (lower(kind))"))
    assert len(rows(one, turned)) == 1


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_respelling_is_no_difference(one: Schema, other: Schema) -> None:
    assert one != other
    assert rows(one, other) == []


def test_an_absent_using_is_not_an_absent_check() -> None:
    one = schema(table(policies=(Policy(name="p", command="insert", check="a > 0"),)))
    other = schema(table(policies=(Policy(name="p", command="insert"),)))
    assert rows(one, other) == [("policy", "images", "p", "check", "a > 0", None)]


def test_a_type_decides_whether_a_cast_means_anything() -> None:
    def made(type: str, check: str) -> Schema:
        return schema(table(column("b", type), checks=(Check(name="c", expression=check),)))

    assert rows(made("varchar", "b = 'x'"), made("varchar", "((b)::text = 'x'::text)")) == []
    assert rows(made("uuid", "b = 'x'"), made("uuid", "((b)::text = 'x'::text)")) != []


def test_a_trigger_on_a_table_that_nobody_makes() -> None:
    trigger = Trigger(name="t", function=name("f"), timing="after", events=("insert",), for_each="row")
    users = Table(name=Name("auth", "users"), columns=(column("id", "uuid"),), triggers=(trigger,))
    row = only(Schema(external_tables=(users,)), Schema())
    assert (row.kind, row.schema, row.table, row.name, row.fact) == ("trigger", "auth", "users", "t", "exists")
    assert row.values == {"old": "f after insert for each row", "new": None}
    assert rows(Schema(external_tables=(msgspec.structs.replace(users, triggers=()),)), Schema()) == []


def test_a_type_found_through_the_search_path_is_that_of_any_schema() -> None:
    def made(where: str) -> Schema:
        return schema(table(Column(name="a", type=Type(name="citext", schema=where))))

    assert rows(made(""), made("extensions")) == []
    assert rows(made("public"), made("extensions")) != []


def test_what_a_source_cannot_state_is_counted_apart() -> None:
    trigger = Trigger(name="t", function=name("f"), timing="after", events=("insert",))
    sources = {
        comparison.SourceInfo("old"): schema(table(comment="x", triggers=(trigger,))),
        comparison.SourceInfo("new"): schema(table(row_security=True)),
    }
    kept, left_out = comparison.stated(sources, {"new": {"Trigger": "why", "Table.comment": "why"}})
    assert [row.fact for row in kept.differences] == ["row_security"]
    assert left_out == {"Table.comment": 1, "Trigger": 1}
    assert kept.summary.kinds == {"table": 1}


def test_an_owner_that_only_one_source_names_is_no_difference() -> None:
    assert rows(schema(table(owner="x")), schema(table())) == []
    assert rows(schema(table(owner="x")), schema(table(owner="y"))) == [("table", None, "images", "owner", "x", "y")]


def unique(text: str) -> Schema:
    return schema(table(uniques=(Unique(name=text, columns=("a",)),)))


def checked(text: str, expression: str) -> Schema:
    return schema(table(checks=(Check(name=text, expression=expression),)))


def keyed(text: str, **facts: Any) -> Schema:
    return schema(table(foreign_keys=(msgspec.structs.replace(KEY, name=text, **facts),)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (unique("images_a_key"), unique("images_a_unique")),
        (unique("images_a_key1"), unique("images_a_key")),
        (checked("images_a_check", "a > 0"), checked("images_check", "a > 0")),
        (keyed("images_a_fkey"), keyed("images_a_users_id_fk")),
        (keyed("images_a_fkey"), keyed("images_a_fkey", referenced_columns=("id",))),
        (
            schema(table(indexes=(Index(name="images_a_idx", parts=(IndexPart(column="a"),)),))),
            schema(table(indexes=(Index(name="ix_images_a", parts=(IndexPart(column="a"),)),))),
        ),
    ],
)
def test_names_that_tools_gave_are_no_difference_unless_they_shall_be(one: Schema, other: Schema) -> None:
    assert rows(one, other) == []
    assert {row.fact for row in compare(one, other, exact_names=True).differences} <= {"name"}


def test_one_definition_under_another_name_is_a_rename_and_not_a_loss() -> None:
    assert rows(unique("images_a_key"), unique("one_a")) == [
        ("unique", "images", "images_a_key", "name", "images_a_key", "one_a")
    ]
    row = only(checked("positive", "a > 0"), checked("a_is_positive", "(a > 0)"))
    assert (row.fact, row.weight) == ("name", "cosmetic")
    found = rows(keyed("images_a_fkey"), keyed("images_a_users_id_fk", on_delete="cascade"))
    assert found == [("foreign_key", "images", "images_a_fkey", "on_delete", "no action", "cascade")]


def test_two_of_one_definition_stay_two() -> None:
    twice = schema(table(uniques=(Unique(name="x", columns=("a",)), Unique(name="y", columns=("a",)))))
    assert [row[3] for row in rows(twice, unique("x"))] == ["exists"]
    assert [row[2:4] for row in rows(twice, unique("z"))] == [("x", "name"), ("y", "exists")]


def test_any_number_of_sources() -> None:
    report = compare(schema(table()), schema(table(comment="x")), schema(table()))
    assert [row.values for row in report.differences] == [{"1": None, "2": "x", "3": None}]


def test_origins_stand_beside_the_values() -> None:
    one = schema(table(column("a", origin=Origin("a.sql", 3))))
    other = schema(table(column("a", "text", origin=Origin("b.sql", 7))))
    assert only(one, other).origins == {"old": "a.sql:3", "new": "b.sql:7"}


def test_why_a_time_zone_matters() -> None:
    one, other = schema(table(column("a", "timestamp"))), schema(table(column("a", "timestamptz")))
    assert "zone" in (only(one, other).why or "")


def test_the_json_report_is_what_its_schema_says() -> None:
    report = compare(schema(table()), schema(table(comment="x")))
    data = json.loads(reports.written(report, "json"))
    described = serialize.json_schema(comparison.Report)
    fields = described["$defs"]["Report"]["properties"]
    assert list(data) == list(fields) == ["sources", "differences", "summary", "format", "version"]
    assert set(data["differences"][0]) == set(described["$defs"]["Difference"]["required"])
    assert data["summary"] == {"kinds": {"table": 1}, "weights": {"cosmetic": 1}}
    assert msgspec.json.decode(reports.written(report, "json").encode(), type=comparison.Report) == report


def test_what_a_writer_drops_is_counted_and_named() -> None:
    found = dropped(
        schema(table(column("a", storage="plain"), column("b"), policies=(POLICY,), tablespace="fast")),
        {"Policy": "why one", "Column.storage": "why two", "Table.tablespace": "why three", "Trigger": "none here"},
    )
    assert [(loss.what, loss.names, loss.why) for loss in found] == [
        ("Column.storage", ("images.a",), "why two"),
        ("Policy", ("images.p",), "why one"),
        ("Table.tablespace", ("images",), "why three"),
    ]
    assert [str(loss) for loss in found] == ["1 column: storage", "1 policy", "1 table: tablespace"]


def test_a_schema_written_and_loaded_is_the_same() -> None:
    made = schema(
        table(column("a", "numeric(3,1)", origin=Origin("a.sql", 2)), policies=(POLICY,)), functions=(FUNCTION,)
    )
    text = serialize.dump(made)
    assert serialize.load(text.encode(), "x.json") == made
    assert serialize.without_origins(made) == serialize.load(serialize.dump(made, origins=False).encode(), "x.json")
    assert "origin" not in serialize.dump(made, origins=False)


def test_the_json_schema_describes_every_struct() -> None:
    described = serialize.json_schema()
    assert described["$ref"] == "#/$defs/Document"
    assert {"Schema", "Table", "Column", "Policy", "Unmodelled"} <= set(described["$defs"])
    assert described["$defs"]["Document"]["properties"]["version"] == {"type": "integer", "default": 1}


def test_a_routine_takes_types_without_their_length() -> None:
    one, other = (
        Function(name=name("f"), language="sql", body="", arguments=(Argument(type=Type(name="numeric", modifiers=m)),))
        for m in ((), (10, 2))
    )
    assert rows(schema(functions=(one,)), schema(functions=(other,))) == []


@pytest.mark.parametrize(
    ("type", "written", "printed", "same"),
    [
        ("text[]", "'{}'", "'{}'::text[]", True),
        ("interval", "'1 day'", "'1 day'::interval", True),
        ("jsonb", """'{"a":1}'""", """'{"a": 1}'::jsonb""", True),
        ("text", "'a'", "'b'::text", False),
    ],
)
def test_the_default_of_an_argument_is_taken_as_its_type(type: str, written: str, printed: str, same: bool) -> None:
    one, other = (
        schema(
            functions=(
                Function(
                    name=name("f"), language="sql", body="", arguments=(Argument(type=parse(type), default=default),)
                ),
            )
        )
        for default in (written, printed)
    )
    assert (not compare(one, other)) is same
