"""The DDL file applies to a real server and makes what the schema says, whatever its texts hold."""

from __future__ import annotations

import msgspec
import pytest

from schema_bridge.ir import (
    Argument,
    Check,
    Column,
    ColumnRef,
    Enum,
    ForeignKey,
    Function,
    Index,
    IndexPart,
    Name,
    Namespace,
    Policy,
    PrimaryKey,
    Schema,
    Sequence,
    SequenceOptions,
    Table,
    Trigger,
    Type,
    Unique,
    Unmodelled,
    View,
)
from schema_bridge.writers import ddl
from support.server import Database, Server

TEXT, UUID, INTEGER = Type(name="text"), Type(name="uuid"), Type(name="integer")
HOSTILE = [
    "O'Brien", 'say "hi"', "back\\slash", "\\'; DROP TABLE t; --", "two\nlines", "$$ $body$ $body1$", "$", "$body",
    "%s %%", ":name :'x'", "/* -- */", "é 😀", '"""', "\\.", "\\q",
]  # fmt: skip


def text_of(schema: Schema) -> str:
    return ddl.write(schema, ddl.Options())["production_schema.sql"]


def made(server: Server, schema: Schema) -> Database:
    return server.database().apply(text_of(schema))


@pytest.fixture
def posts() -> Table:
    """A table whose check, index and policy need functions, one of which needs the table."""
    row = Name("public", "posts")
    return Table(
        name=row,
        columns=(
            Column(name="id", type=INTEGER, not_null=True, default="nextval('posts_id_seq'::regclass)"),
            Column(name="author", type=UUID),
            Column(name="body", type=TEXT, default="make_body()"),
        ),
        primary_key=PrimaryKey(name="posts_pkey", columns=("id",)),
        checks=(Check(name="c", expression="ok(posts.*)"),),
        foreign_keys=(ForeignKey(name="fk", columns=("author",), table=Name("public", "users")),),
        indexes=(Index(name="i", parts=(IndexPart(expression="low(body)"),)),),
        policies=(Policy(name="p", using="EXISTS (SELECT FROM users u WHERE u.id = author)"),),
        triggers=(Trigger(name="t", function=Name("public", "f"), timing="before", events=("update",)),),
        row_security=True,
    )


@pytest.fixture
def entangled(posts: Table) -> Schema:
    def sql(name: str, returns: Type, body: str, *arguments: Type) -> Function:
        made = tuple(Argument(type=a) for a in arguments)
        return Function(
            name=Name("public", name),
            arguments=made,
            returns=returns,
            language="sql",
            body=body,
            volatility="immutable",
        )

    users = Table(
        name=Name("public", "users"),
        columns=(Column(name="id", type=UUID, not_null=True),),
        primary_key=PrimaryKey(name="users_pkey", columns=("id",)),
    )
    functions = (
        sql("ok", Type(name="boolean"), "SELECT true", Type(name="posts", schema="public")),
        sql("low", TEXT, "SELECT lower(zz.lower2($1))", TEXT),
        sql("make_body", TEXT, "SELECT body FROM posts LIMIT 1"),
        Function(name=Name("zz", "lower2"), arguments=(Argument(type=TEXT),), returns=TEXT, language="sql",
                 body="SELECT $1", volatility="immutable"),
        Function(name=Name("public", "f"), returns=Type(name="trigger"), language="plpgsql", body="BEGIN END"),
    )  # fmt: skip
    sequence = Sequence(
        name=Name("public", "posts_id_seq"),
        options=SequenceOptions(type="integer"),
        owned_by=ColumnRef(table=posts.name, column="id"),
    )
    views = (
        View(name=Name("public", "a"), query="SELECT * FROM b"),
        View(name=Name("public", "b"), query="SELECT id FROM posts"),
    )
    return Schema(
        namespaces=(Namespace(name="zz"),),
        tables=(posts, users),
        functions=functions,
        sequences=(sequence,),
        views=views,
    )


def test_an_entangled_schema_applies(server: Server, entangled: Schema) -> None:
    database = made(server, entangled)
    assert database.rows("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'c'") == [
        ["CHECK (ok(posts.*))"]
    ]
    assert database.rows("SELECT count(*) FROM pg_policy, pg_index WHERE indexrelid = 'i'::regclass") == [["1"]]
    assert "id serial" in text_of(entangled)


def test_the_text_does_not_depend_on_the_order_of_its_lists(entangled: Schema) -> None:
    turned = msgspec.structs.replace(
        entangled, tables=entangled.tables[::-1], functions=entangled.functions[::-1], views=entangled.views[::-1]
    )
    assert text_of(turned) == text_of(entangled)


@pytest.mark.parametrize("changed", [{"not_null": False}, {"type": Type(name="bigint")}, {"default": "nextval('x')"}])
def test_what_is_not_quite_serial_is_spelled_out(entangled: Schema, changed: dict[str, object]) -> None:
    posts, users = entangled.tables
    column = msgspec.structs.replace(posts.columns[0], **changed)
    posts = msgspec.structs.replace(posts, columns=(column, *posts.columns[1:]))
    text = text_of(msgspec.structs.replace(entangled, tables=(posts, users)))
    assert "serial" not in text
    assert "CREATE SEQUENCE posts_id_seq AS integer;" in text
    assert "ALTER SEQUENCE posts_id_seq OWNED BY posts.id;" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_arrive_as_they_are(server: Server, text: str) -> None:
    name = text.replace("\n", " ")[:20]
    table = Name("public", f"t {name}")
    schema = Schema(
        enums=(Enum(name=Name("public", f"e {name}"), labels=(text, "b"), comment=text),),
        tables=(
            Table(
                name=table,
                columns=(Column(name=name, type=Type(name=f"e {name}", schema="public"), comment=text),),
                primary_key=PrimaryKey(name=f"k {name}", columns=(name,), comment=text),
                policies=(Policy(name=name, using="true", comment=text),),
                triggers=(
                    Trigger(name=name, function=Name("public", name), arguments=(text,), timing="before",
                            events=("insert",), comment=text),
                ),
                comment=text,
            ),
        ),
        functions=(
            Function(name=Name("public", name), returns=Type(name="trigger"), language="plpgsql", body=text, comment=text),
        ),
    )  # fmt: skip
    database = made(server, schema)
    assert database.rows("SELECT enumlabel FROM pg_enum ORDER BY enumsortorder") == [[text], ["b"]]
    assert database.rows("SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace") == [[text]]
    assert database.rows("SELECT DISTINCT description FROM pg_description WHERE objoid >= 16384") == [[text]]
    assert database.rows("SELECT count(*) FROM pg_description WHERE objoid >= 16384") == [["7"]]
    assert database.rows("SELECT encode(tgargs, 'hex') FROM pg_trigger") == [[text.encode().hex() + "00"]]
    database.drop()


def test_the_repeatable_style_runs_twice_and_makes_the_same(server: Server, entangled: Schema) -> None:
    schema = msgspec.structs.replace(entangled, enums=(Enum(name=Name("zz", "e"), labels=("$$", "'")),))
    again = ddl.write(schema, ddl.Options(style="repeatable"))["production_schema.sql"]
    once = made(server, schema).dump()
    assert server.database().apply(again).apply(again).dump() == once


def test_keys_that_create_table_would_drop_are_added_after_it(server: Server) -> None:
    """PostgreSQL leaves out a UNIQUE that repeats the primary key's columns within one CREATE TABLE."""
    table = Table(
        name=Name("public", "t"),
        columns=(Column(name="id", type=INTEGER, not_null=True),),
        primary_key=PrimaryKey(name="t_pkey", columns=("id",)),
        uniques=(Unique(name="t_id_key", columns=("id",), comment="too"), Unique(name="u", columns=("id",))),
    )
    database = made(server, Schema(tables=(table,)))
    names = database.rows(
        "SELECT conname FROM pg_constraint WHERE conrelid = 't'::regclass AND contype <> 'n' ORDER BY 1"
    )
    assert names == [["t_id_key"], ["t_pkey"], ["u"]]


def test_the_repeatable_style_says_what_it_cannot_repeat() -> None:
    cast = Unmodelled(sql="CREATE CAST (a AS b)\nWITH INOUT", kind="CreateCastStmt")
    block = Unmodelled(sql="DO $$\nBEGIN\nEND $$", kind="DoStmt", opaque=True)
    schema = Schema(unmodelled=(cast, block))
    assert [str(f) for f in ddl.unexpressed(schema, ddl.Options(style="repeatable"))] == ["runs each time: DO $$"]
    assert ddl.unexpressed(schema, ddl.Options()) == ()
