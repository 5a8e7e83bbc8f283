"""The reader of drizzle-kit's snapshots: every form it writes, every hole it leaves, and what is no snapshot of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schema_bridge.errors import SourceError, SourceMeaning, SourceMissing, SourceSyntax
from schema_bridge.ir import (
    Column,
    ColumnRef,
    ForeignKey,
    Index,
    IndexPart,
    Name,
    Option,
    Policy,
    Role,
    SequenceOptions,
    Table,
    Type,
)
from schema_bridge.readers import drizzle
from schema_bridge.registry import Reading, Source, SourceFile

PATH = "migrations/meta/0000_snapshot.json"


def column(name: str, type: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type, "primaryKey": False, "notNull": False, **more}


def table(*columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "t", "schema": "", "columns": {c["name"]: c for c in columns}, **more}


def named(*entries: dict[str, Any]) -> dict[str, Any]:
    return {entry["name"]: entry for entry in entries}


def snapshot(*tables: dict[str, Any], **more: Any) -> dict[str, Any]:
    found = {f"{t.get('schema') or 'public'}.{t['name']}": t for t in tables}
    return {"id": "1", "prevId": "0", "version": "7", "dialect": "postgresql", "tables": found, **more}


def source(*files: tuple[str, Any]) -> Source:
    texts = [
        (path, value if isinstance(value, bytes) else json.dumps(value, indent=2).encode()) for path, value in files
    ]
    return Source("meta", tuple(SourceFile(path, data) for path, data in texts))


def reading(value: Any) -> Reading:
    return drizzle.read(source((PATH, value)))


def read_table(value: dict[str, Any], **more: Any) -> Table:
    (found,) = reading(snapshot(value, **more)).schema.tables
    return found


def refusal(value: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        reading(value)
    return caught.value


def line_of(value: Any, text: str) -> int:
    return json.dumps(value, indent=2).split(text)[0].count("\n") + 1


def place(value: Any, text: str) -> str:
    return f"{PATH}:{line_of(value, text)}"


# Which files, and which of them counts


@pytest.mark.parametrize(
    ("path", "data", "ours"),
    [
        (PATH, snapshot(), True),
        ("schema.json", snapshot(), True),
        ("mysql.json", {"version": "5", "dialect": "mysql", "tables": {}}, True),
        ("v8.json", {"version": "8", "dialect": "postgres", "ddl": []}, True),
        ("meta/_journal.json", {"version": "7", "dialect": "postgresql", "entries": []}, True),
        ("ir.json", {"version": 1, "schema": {"dialect": "postgresql"}}, False),
        ("package.json", {"name": "x", "version": "1.0.0"}, False),
        ("schema.sql", b'-- "version": "7", "dialect": "postgresql"', False),
    ],
)
def test_a_snapshot_is_known_by_its_head(path: str, data: Any, ours: bool) -> None:
    assert drizzle.recognises(source((path, data))) is ours


def test_nothing_is_not_recognised() -> None:
    assert not drizzle.recognises(Source("empty", ()))


def journal(*tags: str) -> tuple[str, dict[str, Any]]:
    entries = [{"idx": i, "version": "7", "when": i, "tag": tag, "breakpoints": True} for i, tag in enumerate(tags)]
    return "meta/_journal.json", {"version": "7", "dialect": "postgresql", "entries": entries}


def test_the_journal_says_which_snapshot_is_the_newest() -> None:
    files = [(f"meta/{n}_snapshot.json", snapshot({**table(), "name": f"t{n}"})) for n in ("0009", "0010", "0011")]
    found = drizzle.read(source(journal("0009_a", "0010_b_c"), *files)).schema.tables
    assert [t.name.name for t in found] == ["t0010"]


def test_a_snapshot_that_the_journal_names_and_is_not_there_is_missing() -> None:
    with pytest.raises(SourceMissing, match=r"^meta/_journal.json:9: .*0000_first.*no 0000_snapshot.json"):
        drizzle.read(source(journal("0000_first"), ("meta/0001_snapshot.json", snapshot())))


@pytest.mark.parametrize("value", [[], {"entries": [{"idx": 0}]}, {"entries": []}])
def test_a_journal_that_names_nothing_is_refused(value: Any) -> None:
    with pytest.raises(SourceMeaning, match=r"^meta/_journal.json:1: this (is not a )?journal"):
        drizzle.read(source(("meta/_journal.json", value), (PATH, snapshot())))


def test_without_a_journal_the_last_of_the_chain_counts() -> None:
    first = snapshot({**table(), "name": "old"}) | {"id": "a", "prevId": "0"}
    last = snapshot({**table(), "name": "new"}) | {"id": "b", "prevId": "a"}
    found = drizzle.read(source(("meta/1_snapshot.json", last), ("meta/0_snapshot.json", first))).schema.tables
    assert [t.name.name for t in found] == ["new"]
    with pytest.raises(SourceMeaning, match="which snapshot of meta is the newest cannot be told"):
        drizzle.read(source(("meta/1_snapshot.json", last), ("meta/0_snapshot.json", last)))


# What is refused, and where


@pytest.mark.parametrize(
    ("version", "dialect", "says"),
    [
        ("4", "pg", "version 4 (pg); PostgreSQL's of versions 5 to 9"),
        ("5", "postgresql", "version 5 (postgresql); PostgreSQL's of versions 5 to 9"),
        ("10", "postgres", "version 10 (postgres); PostgreSQL's of versions 5 to 9"),
        ("5", "mysql", "a snapshot of mysql; only PostgreSQL's"),
        ("6", "sqlite", "a snapshot of sqlite; only PostgreSQL's"),
    ],
)
def test_another_version_or_dialect_is_one_sentence(version: str, dialect: str, says: str) -> None:
    error = refusal({"id": "x", "version": version, "dialect": dialect, "tables": {}})
    assert says in str(error)
    assert str(error).startswith(f"{PATH}:{4 if 'only PostgreSQL' in says else 3}: ")


def test_broken_json_shows_the_line_and_a_caret() -> None:
    error = refusal(b'{\n  "version": "7",\n  "dialect" "postgresql"\n}')
    assert isinstance(error, SourceSyntax)
    assert str(error).splitlines() == [
        f"{PATH}:3:13: this is not JSON: expecting ':' delimiter",
        '  "dialect" "postgresql"',
        "            ^",
    ]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe{", b"[" * 200_000, b'{"version": "7"}', b"[1]"])
def test_what_is_no_snapshot_is_refused(data: bytes) -> None:
    assert str(refusal(data)).startswith(f"{PATH}:1:")


def test_an_entry_that_is_not_drizzle_kits_is_named_with_its_line() -> None:
    value = snapshot(table(column("a"), {"name": "b", "type": 5}))
    assert str(refusal(value)) == (
        place(value, '"b": {') + ": this is not a snapshot as drizzle-kit writes it: expected `str`, got `int` in type"
    )


def test_a_fact_that_is_not_known_is_not_passed_over() -> None:
    value = snapshot(table(column("a", masked=True)))
    assert "unknown field `masked`" in str(refusal(value))


def test_a_key_inside_a_list_does_not_shift_the_lines() -> None:
    part = {"expression": "a", "isExpression": False, "asc": True, "nulls": "last"}
    value = snapshot(
        table(
            column("a"),
            indexes=named({"name": "i", "columns": [part, part]}),
            policies=named({"name": "p", "for": "X"}),
        )
    )
    assert str(refusal(value).origin) == place(value, '"for": "X"')


# Columns


@pytest.mark.parametrize(
    ("written", "type"),
    [
        ({"type": "varchar(40)"}, Type(name="character varying", modifiers=(40,))),
        ({"type": "char(2)"}, Type(name="character", modifiers=(2,))),
        ({"type": "numeric(10, 2)"}, Type(name="numeric", modifiers=(10, 2))),
        ({"type": "timestamp (3) with time zone"}, Type(name="timestamp with time zone", modifiers=(3,))),
        ({"type": "timestamp"}, Type(name="timestamp without time zone")),
        ({"type": "interval day to second(3)"}, Type(name="interval", modifiers=("day to second", 3))),
        ({"type": "integer[][]"}, Type(name="integer", dimensions=2)),
        ({"type": "integer[3]"}, Type(name="integer", dimensions=1)),
        ({"type": "citext"}, Type(name="citext", schema="")),
        ({"type": "user_role[]", "typeSchema": "public"}, Type(name="user_role", schema="public", dimensions=1)),
        ({"type": "Odd Role", "typeSchema": "app"}, Type(name="Odd Role", schema="app")),
        ({"type": "user_role"}, Type(name="user_role", schema="public")),
    ],
)
def test_types(written: dict[str, str], type: Type) -> None:
    enums = {"public.user_role": {"name": "user_role", "schema": "public", "values": ["a"]}}
    assert read_table(table(column("c", **written)), enums=enums).columns[0].type == type


@pytest.mark.parametrize(
    ("type", "written", "default"),
    [
        ("text", "'it''s'", "'it''s'"),
        ("text", "'a \\ \"b\"'", "'a \\ \"b\"'"),
        ("text", "NULL", None),
        ("text", None, None),
        ("text", "lower('A')", "lower('A')"),
        ("integer", 18, "18"),
        ("real", 0.75, "0.75"),
        ("bigint", 9007199254740993, "9007199254740993"),
        ("boolean", False, "false"),
        ("numeric(10, 2)", "'0.00'", "0.00"),
        ("numeric", "'-1.5'", "-1.5"),
        ("numeric", "'NaN'", "'NaN'"),
        ("integer", "'1'", "'1'"),
        ("jsonb", "'{\"a\":1}'::jsonb", "'{\"a\":1}'::jsonb"),
        ("jsonb", {"a": "it's"}, "'{\"a\":\"it''s\"}'::jsonb"),
        ("json", [], "'[]'::json"),
        ("text[]", "'{\"a\"}'", "'{\"a\"}'"),
        ("text[]", ["a", 'b"\\'], 'E\'{"a","b\\\\"\\\\\\\\"}\''),
        ("integer[][]", [[1, 2], [3, None]], "'{{1,2},{3,NULL}}'"),
        ("point", {"x": 1, "y": 2}, "'(1,2)'"),
        ("point", [1, 2.5], "'(1,2.5)'"),
        ("line", {"a": 1, "b": 2, "c": 3}, "'{1,2,3}'"),
        ("vector(3)", [1, 2, 3], "'[1,2,3]'"),
        ("timestamp with time zone", "now()", "now()"),
    ],
)
def test_defaults(type: str, written: Any, default: str | None) -> None:
    assert read_table(table(column("c", type, default=written))).columns[0].default == default


@pytest.mark.parametrize(
    ("type", "written", "default"),
    [
        ("text[]", '\'{"a","b\'c"}\'', "'{\"a\",\"b''c\"}'"),
        ("jsonb", '\'{"a":"it\'s"}\'::jsonb', "'{\"a\":\"it''s\"}'::jsonb"),
    ],
)
def test_a_quote_that_drizzle_kit_forgot_to_double_is_doubled_and_said(type: str, written: str, default: str) -> None:
    value = snapshot(table(column("c", type, default=written)))
    found = reading(value)
    assert found.schema.tables[0].columns[0].default == default
    assert [str(f) for f in found.findings] == [
        place(value, '"default"')
        + ": drizzle-kit left a quote unescaped in this default; it is read as the value that was meant"
    ]


@pytest.mark.parametrize(
    ("type", "written"), [("text", {"a": 1}), ("point", [1]), ("point", {"x": 1}), ("text", "a b c")]
)
def test_a_default_that_says_nothing_certain_is_an_error(type: str, written: Any) -> None:
    value = snapshot(table(column("c", type, default=written)))
    assert str(refusal(value)).startswith(place(value, '"default"') + ": ")


def test_serial_is_an_integer_with_a_sequence() -> None:
    schema = reading(snapshot(table(column("id", "bigserial", primaryKey=True)))).schema
    (column_,) = schema.tables[0].columns
    (sequence,) = schema.sequences
    assert (column_.type, column_.not_null) == (Type(name="bigint"), True)
    assert column_.default == "nextval('public.t_id_seq'::regclass)"
    assert sequence.name == Name("public", "t_id_seq")
    assert sequence.owned_by == ColumnRef(table=Name("public", "t"), column="id")
    assert sequence.options == SequenceOptions(type="bigint")


def test_a_sequence_whose_name_is_taken_is_numbered() -> None:
    other = {**table(), "name": "t_id_seq"}
    schema = reading(snapshot(other, table(column("id", "serial")))).schema
    assert [s.name.name for s in schema.sequences] == ["t_id_seq1"]


def identity(**more: Any) -> dict[str, Any]:
    stated = {
        "increment": "1",
        "startWith": "1",
        "minValue": "1",
        "maxValue": "2147483647",
        "cache": "1",
        "cycle": False,
    }
    return {"type": "always", "name": "t_id_seq", "schema": "public", **stated, **more}


@pytest.mark.parametrize(
    ("stated", "options"),
    [
        ({}, SequenceOptions(type="integer")),
        ({"startWith": "10", "increment": "2"}, SequenceOptions(type="integer", start=10, increment=2)),
        (
            {"increment": "-1", "minValue": "-2147483648", "maxValue": "-1", "startWith": "-1"},
            SequenceOptions(type="integer", increment=-1),
        ),
        (
            {"cycle": True, "cache": "5", "maxValue": "9"},
            SequenceOptions(type="integer", cycle=True, cache=5, maximum=9),
        ),
    ],
)
def test_an_identity_leaves_out_what_its_type_has_anyway(stated: dict[str, Any], options: SequenceOptions) -> None:
    (found,) = read_table(table(column("id", "integer", identity=identity(**stated)))).columns
    assert found.not_null and found.default is None
    assert found.identity is not None
    assert (found.identity.always, found.identity.sequence) == (True, Name("public", "t_id_seq"))
    assert found.identity.options == options


def test_a_generated_column() -> None:
    generated = {"as": '"t"."first" || \' \' || "t"."Last"', "type": "stored"}
    found = read_table(table(column("first"), column("Last"), column("full", generated=generated))).columns[2]
    assert found.generated is not None and found.generated.stored
    assert found.generated.expression == "first || ' ' || \"Last\""


def test_a_type_that_nothing_makes_is_said_once() -> None:
    found = reading(snapshot(table(column("a", "citext"), column("b", "citext[]"), column("g", "geometry(point)"))))
    assert [f.message for f in found.findings] == [
        "type citext is not built in, and Drizzle names no extension that makes it",
        "drizzle-kit leaves the SRID of geometry columns out",
        "type geometry is not built in, and Drizzle names no extension that makes it",
    ]


# Constraints, indexes, policies


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"t"."age" >= 18', "age >= 18"),
        ('"public"."t"."age" >= 18', "age >= 18"),
        ('lower("t"."Age") = "t"."order"', 'lower("Age") = "order"'),
        ('"t"."a""b" > 1', '"a""b" > 1'),
        ('\'"t"."age"\' <> "t"."é" and "t"."ü" > 0', '\'"t"."age"\' <> "é" and "ü" > 0'),
        ("length(handle) > 3", "length(handle) > 3"),
        ("t.age >= 18", "t.age >= 18"),
        ('"other"."age" >= 18', '"other"."age" >= 18'),
        ("a in ('$1', 'b')", "a in ('$1', 'b')"),
    ],
)
def test_checks_lose_the_tables_name(written: str, read: str) -> None:
    found = read_table(table(column("age"), checkConstraints=named({"name": "c", "value": written})))
    assert [(c.name, c.expression) for c in found.checks] == [("c", read)]


def test_a_lost_parameter_is_an_error() -> None:
    value = snapshot(table(column("age"), checkConstraints=named({"name": "c", "value": '"t"."age" < $1'})))
    assert str(refusal(value)).startswith(
        place(value, '"value"') + ': the value of a parameter was lost: "t"."age" < $1'
    )


@pytest.mark.parametrize("written", ["age >", "true; drop table t", "age > 1) or (true"])
def test_a_check_that_is_no_expression_is_an_error(written: str) -> None:
    value = snapshot(table(column("age"), checkConstraints=named({"name": "c", "value": written})))
    assert "this is not an SQL expression" in str(refusal(value))


def test_keys() -> None:
    key = {"name": "t_a_u_id_fk", "tableFrom": "t", "tableTo": "users", "schemaTo": "auth"}
    key |= {"columnsFrom": ["a"], "columnsTo": ["id"], "onDelete": "set null", "onUpdate": "no action"}
    schema = reading(
        snapshot(
            table(
                column("a"),
                column("b"),
                foreignKeys=named(key),
                compositePrimaryKeys=named({"name": "t_a_b_pk", "columns": ["a", "b"]}),
                uniqueConstraints={
                    "unnamed": {"columns": ["b"], "nullsNotDistinct": True},
                    "named": {"name": "named", "columns": ["a", "b"], "nullsNotDistinct": False},
                },
            )
        )
    ).schema
    (found,) = schema.tables
    assert found.primary_key is not None
    assert (found.primary_key.name, found.primary_key.columns) == ("t_a_b_pk", ("a", "b"))
    assert [c.not_null for c in found.columns] == [True, True]
    assert [(u.name, u.columns, u.nulls_not_distinct) for u in found.uniques] == [
        ("named", ("a", "b"), False),
        ("t_b_key", ("b",), True),
    ]
    (foreign,) = found.foreign_keys
    assert foreign == ForeignKey(
        name="t_a_u_id_fk",
        columns=("a",),
        table=Name("auth", "users"),
        referenced_columns=("id",),
        on_delete="set null",
        origin=foreign.origin,
    )
    assert [t.name for t in schema.external_tables] == [Name("auth", "users")]


def test_a_single_primary_key_gets_postgresqls_name() -> None:
    found = read_table(table(column("id", primaryKey=True)))
    assert found.primary_key is not None
    assert (found.primary_key.name, found.primary_key.columns) == ("t_pkey", ("id",))
    assert found.columns[0].not_null


def test_two_primary_keys_are_an_error() -> None:
    keys = named({"name": "k", "columns": ["a"]})
    assert "more than one primary key" in str(
        refusal(snapshot(table(column("a", primaryKey=True), compositePrimaryKeys=keys)))
    )


def test_names_are_cut_as_postgresql_does() -> None:
    long = "é" * 40
    found = read_table(table(column("a"), uniqueConstraints={long: {"name": long, "columns": ["a"]}}))
    assert found.uniques[0].name == "é" * 31


def part(expression: str, **more: Any) -> dict[str, Any]:
    return {"expression": expression, "isExpression": False, "asc": True, "nulls": "last", **more}


def written(expression: str) -> dict[str, Any]:
    return part(expression, isExpression=True)


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        (part("a"), IndexPart(column="a")),
        (part("a", asc=False, nulls="first"), IndexPart(column="a", descending=True, nulls_first=True)),
        (part("a", asc=False), IndexPart(column="a", descending=True)),
        (part("a", nulls="first"), IndexPart(column="a", nulls_first=True)),
        (part("a", opclass="text_pattern_ops"), IndexPart(column="a", opclass=Name("", "text_pattern_ops"))),
        (written('lower("a")'), IndexPart(expression="lower(a)")),
        (written('"a" DESC NULLS LAST'), IndexPart(column="a", descending=True)),
        (written('"a" desc'), IndexPart(column="a", descending=True, nulls_first=True)),
        (written('lower("a") asc nulls first'), IndexPart(expression="lower(a)", nulls_first=True)),
        (
            written('("a" || \'x desc\') COLLATE "C" public.my_ops DESC'),
            IndexPart(
                expression="(a || 'x desc')",
                collation=Name("", "C"),
                opclass=Name("public", "my_ops"),
                descending=True,
                nulls_first=True,
            ),
        ),
        (written('"a" gin_trgm_ops'), IndexPart(column="a", opclass=Name("", "gin_trgm_ops"))),
    ],
)
def test_index_elements(stated: dict[str, Any], read: IndexPart) -> None:
    found = read_table(table(column("a"), indexes=named({"name": "i", "columns": [stated], "isUnique": False})))
    assert found.indexes[0].parts == (read,)


@pytest.mark.parametrize("expression", ["", '"a", "b"', "lower(", "a); drop table t; --", "lower($1)"])
def test_an_index_element_that_is_none_is_an_error(expression: str) -> None:
    value = snapshot(table(column("a"), indexes=named({"name": "i", "columns": [written(expression)]})))
    assert refusal(value).origin is not None


def test_an_index() -> None:
    entry = {
        "name": "i",
        "columns": [part("a")],
        "isUnique": True,
        "where": '"t"."a" is not null',
        "concurrently": True,
    }
    entry |= {"method": "gin", "with": {"fastupdate": "off", "buffering": True, "m": 16}}
    (found,) = read_table(table(column("a"), indexes=named(entry))).indexes
    assert found == Index(
        name="i",
        parts=(IndexPart(column="a"),),
        unique=True,
        method="gin",
        where="a is not null",
        options=(
            Option(name="buffering", value="true"),
            Option(name="fastupdate", value="off"),
            Option(name="m", value="16"),
        ),
        origin=found.origin,
    )


def test_an_order_beside_an_operator_class_is_warned_of() -> None:
    entry = {"name": "i", "columns": [part("a", asc=False, opclass="text_ops")]}
    found = reading(snapshot(table(column("a"), indexes=named(entry))))
    assert [f.message for f in found.findings] == [
        "drizzle-kit leaves DESC out of its SQL beside the operator class text_ops"
    ]


def test_policies_enable_row_security() -> None:
    entry = {
        "name": "p",
        "as": "RESTRICTIVE",
        "for": "UPDATE",
        "to": ["b", "a"],
        "using": '"t"."a"',
        "withCheck": "true",
    }
    found = read_table(table(column("a", "boolean"), policies=named(entry), isRLSEnabled=False))
    assert found.row_security
    assert [replaced(p) for p in found.policies] == [
        Policy(name="p", permissive=False, command="update", roles=("a", "b"), using="a", check="true")
    ]
    assert not read_table(table(column("a"))).row_security
    assert read_table(table(column("a"), isRLSEnabled=True)).row_security


def replaced(policy: Policy) -> Policy:
    return Policy(**{f: getattr(policy, f) for f in policy.__struct_fields__ if f != "origin"})


def test_beside_public_other_roles_mean_nothing() -> None:
    entry = {"name": "p", "to": ["editor", "public"], "using": "true"}
    assert read_table(table(column("a"), policies=named(entry))).policies[0].roles == ("public",)


def test_inside_a_subselect_names_stay_qualified() -> None:
    using = '"t"."a" in (select "x"."a" from "x" where "x"."b" = "t"."b")'
    found = read_table(table(column("a"), column("b"), policies=named({"name": "p", "using": using})))
    assert found.policies[0].using == 'a in (select "x"."a" from "x" where "x"."b" = "t"."b")'


def test_a_policy_without_expressions_is_warned_of() -> None:
    found = reading(snapshot(table(column("a"), policies=named({"name": "p", "for": "SELECT", "to": ["public"]}))))
    assert "neither USING nor WITH CHECK" in found.findings[0].message


def test_a_linked_policy_stands_on_the_external_table() -> None:
    entry = {
        "name": "p",
        "for": "SELECT",
        "to": ["a"],
        "using": '"users"."id" = 1',
        "on": '"auth"."users"',
        "schema": "auth",
    }
    schema = reading(snapshot(policies=named(entry))).schema
    assert schema.tables == ()
    (external,) = schema.external_tables
    assert (external.name, external.row_security) == (Name("auth", "users"), False)
    assert [(p.name, p.using) for p in external.policies] == [("p", "id = 1")]


# The rest


def test_namespaces_roles_sequences_and_enums() -> None:
    schema = reading(
        snapshot(
            schemas={"app": "app"},
            roles=named({"name": "editor", "createDb": True, "createRole": False, "inherit": False}),
            sequences={
                "public.s": {"name": "s", "schema": "public", "startWith": "100", "increment": "5", "minValue": "1"},
                "app.plain": {"name": "plain", "schema": "app", "maxValue": "9223372036854775807"},
            },
            enums={"app.e": {"name": "e", "schema": "app", "values": ["it's", "b"]}},
        )
    ).schema
    assert [n.name for n in schema.namespaces] == ["app"]
    assert [(r.name, r.options) for r in schema.roles] == [("editor", ("createdb", "noinherit"))]
    assert isinstance(schema.roles[0], Role)
    assert [(s.name, s.options) for s in schema.sequences] == [
        (Name("app", "plain"), SequenceOptions()),
        (Name("public", "s"), SequenceOptions(start=100, increment=5)),
    ]
    assert [(e.name, e.labels) for e in schema.enums] == [(Name("app", "e"), ("it's", "b"))]


def view(name: str, definition: str | None, **more: Any) -> dict[str, Any]:
    return {"name": name, "schema": "public", "columns": {}, "definition": definition, "isExisting": False, **more}


def test_views() -> None:
    views = named(
        view("v", "select 1 as a;", materialized=False, **{"with": {"securityInvoker": True, "checkOption": "local"}}),
        view("m", "select 1 as a", materialized=True, withNoData=True, using="heap", **{"with": {"fillfactor": 90}}),
        view("e", None, materialized=False) | {"isExisting": True},
    )
    schema = reading(snapshot(views=views)).schema
    assert [(v.name.name, v.query, v.check_option, v.options) for v in schema.views] == [
        ("v", "select 1 as a", "local", (Option(name="security_invoker", value="true"),))
    ]
    assert [(v.name.name, v.with_data, v.access_method, v.options) for v in schema.materialized_views] == [
        ("m", False, "heap", (Option(name="fillfactor", value="90"),))
    ]


def test_origins_are_lines_of_the_file() -> None:
    value = snapshot(table(column("a"), column("b")), {**table(column("a")), "name": "u"})
    text = json.dumps(value, indent=2)
    last = text[: text.rindex('"a": {')].count("\n") + 1
    first, second = reading(value).schema.tables
    assert str(first.origin) == place(value, '"public.t": {')
    assert isinstance(first.columns[1], Column)
    assert str(first.columns[1].origin) == place(value, '"b": {')
    assert str(second.columns[0].origin) == f"{PATH}:{last}"
