"""The generated package: what each class asks for, how it reads and writes, and that hostile schemas do no harm."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from msgspec.structs import replace
from pydantic import BaseModel

from schema_bridge.ir import (
    Check,
    Column,
    Domain,
    Enum,
    Generated,
    Identity,
    Name,
    Schema,
    Table,
    Type,
)
from schema_bridge.pgtypes import parse
from schema_bridge.python_model import NamingOptions
from schema_bridge.writers import pydantic as writer
from schema_bridge.writers.pydantic.options import ClassNames
from support import python
from support.schemas import Orm, imported, key, table, takes, write

WHOLE = table(
    {
        "id": "bigint not null default nextval('items_id_seq'::regclass)",
        "name": "varchar(20) not null",
        "note": "text",
        "amount": "numeric(10,2) not null default 0",
        "metadata": "jsonb not null default '{}'::jsonb",
        "created_at": "timestamp with time zone not null default now()",
    },
    "char_length(name) > 1",
    primary_key=key("id"),
)
ROW = {
    "id": 1,
    "name": "ab",
    "note": None,
    "amount": "1.50",
    "metadata_": {"a": 1},
    "created_at": "2024-01-01T00:00:00+00:00",
}


# What each class asks for


def test_create_asks_for_what_the_database_does_not_fill(tmp_path: Path) -> None:
    with imported(tmp_path, Schema(tables=(WHOLE,))) as schemas:
        fields = schemas.ItemCreate.model_fields
        assert {name for name, field in fields.items() if field.is_required()} == {"name"}
        created = schemas.ItemCreate(name="ab")
        assert created.model_dump(exclude_unset=True) == {"name": "ab"}
        assert str(created.amount) == "0.00"
        assert not takes(schemas.ItemCreate, name=None)
        assert not takes(schemas.ItemCreate, name="ab", id=None)
        assert not takes(schemas.ItemCreate, name="ab", created_at=None)
        assert takes(schemas.ItemCreate, name="ab", note=None, id=5)


def test_what_the_database_always_fills_is_no_field_of_create(tmp_path: Path) -> None:
    columns = (
        Column(
            name="id",
            type=parse("integer"),
            not_null=True,
            identity=Identity(always=True, sequence=Name("public", "s")),
        ),
        Column(
            name="no",
            type=parse("integer"),
            not_null=True,
            identity=Identity(always=False, sequence=Name("public", "t")),
        ),
        Column(name="a", type=parse("integer"), not_null=True),
        Column(name="twice", type=parse("integer"), generated=Generated(expression="a * 2")),
    )
    schema = Schema(tables=(replace(table({}, "twice > a", primary_key=key("id")), columns=columns),))
    with imported(tmp_path, schema) as schemas:
        assert list(schemas.ItemCreate.model_fields) == ["a", "no"]
        assert list(schemas.ItemUpdate.model_fields) == ["no", "a"]
        assert set(schemas.ItemResponse.model_fields) == {"id", "no", "a", "twice"}
        assert schemas.ItemCreate(a=1).model_dump(exclude_unset=True) == {"a": 1}
    assert len(writer.unexpressed(schema, writer.Options())) == 1


def test_update_tells_what_is_unset_from_what_is_null(tmp_path: Path) -> None:
    with imported(tmp_path, Schema(tables=(WHOLE,))) as schemas:
        update = schemas.ItemUpdate
        assert update().model_dump(exclude_unset=True) == {}
        assert update(note=None).model_dump(exclude_unset=True) == {"note": None}
        assert update(name="ab").model_dump(exclude_unset=True) == {"name": "ab"}
        assert not takes(update, name=None)
        assert not takes(update, metadata=None)
        assert not takes(update, name="a")
        assert "id" not in update.model_fields


def test_an_update_asks_a_rule_only_of_columns_that_are_given(tmp_path: Path) -> None:
    schema = Schema(tables=(table({"a": "integer", "b": "integer"}, "a IS NOT NULL OR b IS NOT NULL"),))
    with imported(tmp_path, schema) as schemas:
        assert takes(schemas.ItemUpdate, a=None)
        assert not takes(schemas.ItemUpdate, a=None, b=None)
        assert not takes(schemas.ItemCreate, a=None)


def test_a_rule_waits_for_what_the_database_fills(tmp_path: Path) -> None:
    columns = {"a": "integer not null default nextval('s')", "b": "integer"}
    with imported(tmp_path, Schema(tables=(table(columns, "a IS DISTINCT FROM b", "b > 0 OR a > 9"),))) as schemas:
        assert takes(schemas.ItemCreate, b=1)
        assert takes(schemas.ItemCreate, b=0)
        assert not takes(schemas.ItemCreate, a=1, b=1)
        assert not takes(schemas.ItemCreate, a=1, b=0)


# Reading and writing


def test_the_response_reads_an_orm_object_and_writes_the_columns_names(tmp_path: Path) -> None:
    with imported(tmp_path, Schema(tables=(WHOLE,))) as schemas:
        response = schemas.ItemResponse.model_validate(Orm(**ROW))
        assert response.metadata_ == {"a": 1}
        assert response.model_dump()["metadata"] == {"a": 1}
        assert response.model_dump(by_alias=True)["metadata"] == {"a": 1}
        assert '"metadata":{"a":1}' in response.model_dump_json()
        assert "metadata" in schemas.ItemResponse.model_json_schema(mode="serialization")["required"]
        from_json = {**ROW, "metadata": ROW["metadata_"]}
        del from_json["metadata_"]
        assert schemas.ItemResponse.model_validate(from_json) == response
        assert all(field.is_required() for field in schemas.ItemResponse.model_fields.values())


def test_create_takes_the_columns_name_and_gives_the_attribute(tmp_path: Path) -> None:
    with imported(tmp_path, Schema(tables=(WHOLE,))) as schemas:
        for given in ({"metadata": {"a": 1}}, {"metadata_": {"a": 1}}):
            created = schemas.ItemCreate(name="ab", **given)
            assert created.model_dump(exclude_unset=True)["metadata_"] == {"a": 1}
            assert created.model_dump(by_alias=True)["metadata"] == {"a": 1}
        assert "metadata" in schemas.ItemCreate.model_json_schema()["properties"]


def test_a_route_answers_with_what_the_orm_holds(tmp_path: Path) -> None:
    with imported(tmp_path, Schema(tables=(WHOLE,))) as schemas:
        app = FastAPI()

        def read() -> Any:
            return Orm(**ROW)

        def create(item: Any) -> Any:
            return Orm(**{**ROW, **item.model_dump(exclude_unset=True)})

        create.__annotations__["item"] = schemas.ItemCreate
        app.get("/items", response_model=schemas.ItemResponse)(read)
        app.post("/items", response_model=schemas.ItemResponse)(create)
        client = TestClient(app)
        assert client.get("/items").json() == {
            "id": 1,
            "name": "ab",
            "note": None,
            "amount": "1.50",
            "metadata": {"a": 1},
            "created_at": "2024-01-01T00:00:00Z",
        }
        assert client.post("/items", json={"name": "cd", "metadata": {}}).json()["metadata"] == {}
        assert client.post("/items", json={"name": "c"}).status_code == 422


def test_bytes_travel_in_json(tmp_path: Path) -> None:
    with imported(tmp_path, Schema(tables=(table({"x": "bytea"}),))) as schemas:
        text = schemas.ItemResponse(x=b"\xff\x00").model_dump_json()
        assert schemas.ItemCreate.model_validate_json(text).x == b"\xff\x00"


# Types


def test_enums_are_classes(tmp_path: Path) -> None:
    odd = Enum(name=Name("public", "odd type"), labels=("a", "b c", "", 'it\'s "d"', "a!"), comment='Says """ and \\')
    columns = (
        Column(name="x", type=Type(name="odd type", schema="public"), not_null=True, default="'b c'::\"odd type\""),
        Column(name="xs", type=Type(name="odd type", schema="public", dimensions=1)),
    )
    items = replace(table({}, "x <> 'a' OR xs IS NOT NULL"), columns=columns)
    with imported(tmp_path, Schema(tables=(items,), enums=(odd,))) as schemas:
        assert [member.value for member in schemas.OddType] == list(odd.labels)
        assert schemas.OddType.__doc__ == 'Says """ and \\'
        assert schemas.ItemCreate().x is schemas.OddType.B_C
        assert schemas.ItemCreate(x="b c", xs=["a"]).xs == [schemas.OddType.A]
        assert not takes(schemas.ItemCreate, x="c")
        assert not takes(schemas.ItemCreate, x="a")
        assert takes(schemas.ItemCreate, x="a", xs=[])


def test_a_check_on_an_enum_names_its_members(tmp_path: Path) -> None:
    kind = Enum(name=Name("public", "kind"), labels=("a", "b", "c"))
    column = Column(name="x", type=Type(name="kind", schema="public"))
    items = replace(table({}, "x IN ('a'::kind, 'b'::kind)"), columns=(column,))
    with imported(tmp_path, Schema(tables=(items,), enums=(kind,))) as schemas:
        assert takes(schemas.ItemCreate, x="a")
        assert takes(schemas.ItemCreate, x=schemas.Kind.B)
        assert not takes(schemas.ItemCreate, x="c")


def test_a_domain_brings_its_checks(tmp_path: Path) -> None:
    domains = (
        Domain(
            name=Name("public", "code"),
            type=parse("varchar(8)"),
            not_null=True,
            default="'X'::character varying",
            checks=(Check(name="code_check", expression="VALUE ~ '^[A-Z]+$' AND VALUE <> 'NO'"),),
        ),
        Domain(
            name=Name("public", "strange"),
            type=parse("text"),
            checks=(Check(name="strange_check", expression="VALUE = upper(VALUE)"),),
        ),
    )
    columns = tuple(
        Column(name=name, type=Type(name=kind, schema="public", dimensions=dimensions))
        for name, kind, dimensions in (("x", "code", 0), ("xs", "code", 1), ("y", "strange", 0))
    )
    schema = Schema(tables=(replace(table({}), columns=columns),), domains=domains)
    with imported(tmp_path, schema) as schemas:
        assert takes(schemas.ItemCreate, x="ABC", xs=["ABC"], y="x")
        assert schemas.ItemCreate().x == "X"
        assert not takes(schemas.ItemCreate, x=None)
        assert not takes(schemas.ItemCreate, x="abc")
        assert not takes(schemas.ItemCreate, x="NO")
        assert not takes(schemas.ItemCreate, x="ABC", xs=["abc"])
        assert not takes(schemas.ItemUpdate, x="ABCDEFGHI")
    said = [finding.message for finding in writer.unexpressed(schema, writer.Options())]
    assert any("strange_check" in message for message in said)
    assert any("code_check" in message for message in said), "a rule on the items of a list is not stated"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("timestamp with time zone", ["2024-01-01T00:00:00Z"], ["2024-01-01T00:00:00"]),
        ("timestamp", ["2024-01-01T00:00:00"], ["2024-01-01T00:00:00Z"]),
        ("date", ["2024-01-01"], ["2024-13-01"]),
        ("time", ["12:00:00"], ["25:00:00", "12:00:00Z"]),
        ("time with time zone", ["12:00:00Z"], ["12:00:00", "12:00:00+16:00"]),
        ("timestamp(0)", ["2024-01-01T00:00:00"], ["2024-01-01T00:00:00.5"]),
        ("interval(3)", ["PT0.001S"], ["PT0.0001S"]),
        ("text", ["ä", "\x01"], ["a\0", "\ud800"]),
        ("name", ["a" * 63], ["ä" * 32]),
        ("real", [0.1, 3.4e38, float("inf")], [0.123456789, 16777217.0, 1e300, 1e-50]),
        ("numeric", ["1e131071"], ["1e131072", "NaN"]),
        ("integer[][]", [[[1], [2]], []], [[[1], [2, 3]], [[]]]),
        ("macaddr", ["08:00:2b:01:02:03"], ["08-00-2b-01-02-03"]),
        ("interval", ["P1D"], ["x"]),
        ("inet", ["10.0.0.1", "10.0.0.1/8", "::1"], ["10.0.0", "fe80::1%1"]),
        ("cidr", ["10.0.0.0/8"], ["10.0.0.1/8"]),
        ("int4range", [{"lower": 1, "upper": 5}], [{"lower": "a"}, {"lower": 2**31}, {"lower": 2, "upper": 1}]),
        ("int4multirange", [[{"lower": 1}]], [[1]]),
        ("hstore", [{"a": None}], [{"a": 1}]),
        ("json", [None, 1, [{}]], [object()]),
        ("jsonb", [[0.5], {"a": None}], [float("nan"), {"a": [{"\0": 1}]}, ["\ud800"]]),
    ],
)
def test_types_take_what_they_are(tmp_path: Path, kind: str, good: list[Any], bad: list[Any]) -> None:
    with imported(tmp_path, Schema(tables=(table({"x": kind}),))) as schemas:
        assert [value for value in good if not takes(schemas.ItemCreate, x=value)] == []
        assert [value for value in bad if takes(schemas.ItemCreate, x=value)] == []


def test_a_range_reads_what_sqlalchemy_gives(tmp_path: Path) -> None:
    from sqlalchemy.dialects.postgresql import Range

    with imported(tmp_path, Schema(tables=(table({"x": "int4range"}),))) as schemas:
        response = schemas.ItemResponse.model_validate(Orm(x=Range(1, 5, bounds="[)")))
        assert response.model_dump() == {"x": {"lower": 1, "upper": 5, "bounds": "[)", "empty": False}}


# Safety and form


HOSTILE = [
    '"""\nraise SystemExit("docstring")\n"""',
    "'''\\",
    'ends in a quote"',
    "\\",
    "{x} %s :y $tag$",
    "line\nbreak\r\n\ttab \x00 \u202e \u2028 end",
    "\\N{DASH} \\x41 \\u0041",
    '", default=__import__("os").abort(), title="',
    "emoji 👋 and ‘quotes’",
    "trailing blank ",
    '"',
    " ",
    "",
]


def test_no_text_of_a_schema_runs_or_gets_lost(tmp_path: Path) -> None:
    tables = tuple(hostile(text, at) for at, text in enumerate(HOSTILE))
    enums = tuple(
        Enum(name=Name("public", f"kind_{at}"), labels=(text, f"{text}!"), comment=text)
        for at, text in enumerate(HOSTILE)
    )
    with imported(tmp_path, Schema(tables=tables, enums=enums)) as schemas:
        for at, text in enumerate(HOSTILE):
            model = getattr(schemas, f"Item{at}Base")
            assert model.model_fields["x"].description == (text or None)
            assert [member.value for member in getattr(schemas, f"Kind{at}")] == [text, f"{text}!"]
            assert takes(getattr(schemas, f"Item{at}Create"), x=text.replace("\x00", ""))
            assert not takes(getattr(schemas, f"Item{at}Create"), x="something else")
            assert " ".join((model.__doc__ or "").split()).startswith(" ".join(text.split()[:1]))


def hostile(text: str, at: int) -> Table:
    quoted = "'" + text.replace("\x00", "").replace("'", "''") + "'"
    items = table({"x": "text"}, f"x IN ({quoted}, 'other')", f"x <> {quoted} OR f(x)", name=f"item_{at}", comment=text)
    return replace(items, columns=(replace(items.columns[0], comment=text),))


def package(folder: Path) -> Path:
    """A package of everything that is awkward."""
    names = [
        "class",
        "None",
        "metadata",
        "1st",
        "a b",
        "a_b",
        "größe",
        "model_fields",
        "model_validate_x",
        "copy",
        "check_row",
    ]
    names += ["refuse_null", "Field", "x" * 63, "self", "cls", "dt", "UUID", "_private", "__init__", "str", "list"]
    long = [f"a_column_with_quite_a_long_name_{at}" for at in range(3)]
    tables = (
        table(
            {**dict.fromkeys(names, "varchar(10) not null"), **dict.fromkeys(long, "numeric(10,2)")},
            f"{long[0]} < {long[1]}",
            f"{long[0]} IS NULL OR {long[1]} IS NOT NULL AND {long[2]} > 0.5",
            f"{long[2]} <> 0.5",
            f"({long[0]} > 1 OR {long[1]} > 2) AND NOT ({long[0]} > 5 AND {long[1]} > 6 OR {long[2]} > 7)",
            f"\"{'x' * 63}\" NOT LIKE '%a' OR \"größe\" <> 'ä'",
            "self IN ('a', 'ä')",
            "cls NOT IN ('aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc', 'dddddddddd')",
            name="Select",
            comment="Of all kinds",
        ),
        table({"base": "text"}, name="base"),
        table({"x": "uuid", "b": "bytea", "r": "tstzrange[]", "i": "inet"}, name="json_values"),
        table({}, name="empty"),
        *(
            table(
                {
                    "y" * length: "integer",
                    "x" * (length + 2): "boolean not null default true",
                    "w" * (length + 5): "text not null default 'a'",
                },
                f"{'w' * (length + 5)} IN ('a', 'b')",
                f"{'y' * length} > 0",
                name=f"length_{length}",
            )
            for length in range(48, 64)
        ),
        replace(
            table({}, "z" * 60 + "b = 'x'", name="long"),
            columns=tuple(
                Column(
                    name="z" * 60 + letter,
                    type=Type(name="kind_of_a_quite_long_name_indeed", schema="public", dimensions=dimensions),
                    not_null=letter != "b",
                    comment=comment,
                    default=default,
                )
                for letter, dimensions, comment, default in (
                    ("a", 0, None, None),
                    ("b", 0, None, None),
                    ("c", 1, None, None),
                    ("d", 1, "Commented", None),
                    ("e", 0, "Commented", "'x'"),
                    ("f", 0, None, "'x'"),
                )
            ),
        ),
        table({"x": "date not null default '2024-01-01'"}, "x > '2020-01-01'", name="t" * 63),
        *(hostile(text, at) for at, text in enumerate(HOSTILE)),
    )
    kind_names = ("kind_of_a_quite_long_name_indeed", "json_value", "range", "integer", "field")
    enums = tuple(Enum(name=Name("public", name), labels=("x", "y")) for name in kind_names)
    kinds = tuple(Column(name=f"of_{name}", type=Type(name=name, schema="public")) for name in kind_names)
    others = (
        Column(name="i", type=parse("integer")),
        Column(name="j", type=parse("jsonb")),
        Column(name="r", type=parse("int4range")),
    )
    tables = (*tables, replace(table({}, name="kinds"), columns=(*kinds, *others)))
    schema = Schema(tables=tables, enums=enums)
    target = write(folder, schema)
    others = writer.Options(
        layout="module",
        name="others",
        classes=ClassNames(base=None, create="New{}", response="{}Row"),
        variants={"*": ("create", "update", "response", "list"), "length_5?": ("response",)},
        naming=NamingOptions(renamed={"base.former": "base", "long.class": "z" * 60 + "a"}),
        camel_aliases=True,
    )
    for path, text in writer.write(schema, others).items():
        (target / path).write_text(text, "utf-8", newline="")
    return target


CONFIGURATIONS = {
    "plain.ini": "[mypy]\nstrict = true\n",
    "plugin.ini": "[mypy]\nstrict = true\nplugins = pydantic.mypy\n",
    "pyrightconfig.json": '{"typeCheckingMode": "strict", "include": ["."]}',
}


@pytest.mark.parametrize(
    "command",
    [
        "ruff format --isolated --diff .",
        "ruff check --isolated --extend-select I,UP,B .",
        "mypy --config-file plain.ini .",
        "mypy --config-file plugin.ini .",
        f"basedpyright --pythonpath {sys.executable}",
    ],
)
def test_the_code_is_as_the_tools_want_it(tmp_path: Path, command: str) -> None:
    folder = package(tmp_path)
    for name, text in CONFIGURATIONS.items():
        (folder / name).write_text(text, "utf-8")
    python.tool(*command.split(" ", 3 if command.startswith("basedpyright") else -1), cwd=folder)


def test_the_code_imports_without_a_warning(tmp_path: Path) -> None:
    folder = package(tmp_path)
    done = subprocess.run([sys.executable, "-W", "error", "-c", "import others, schemas"], cwd=folder, check=False)
    assert done.returncode == 0


def test_the_order_of_tables_changes_nothing() -> None:
    schema = Schema(tables=(WHOLE, table({"x": "text"}, name="others")))
    assert writer.write(schema, writer.Options()) == writer.write(schema, writer.Options())
    for text in writer.write(schema, writer.Options()).values():
        assert text.endswith("\n") and not text.endswith("\n\n")
        assert all(line == line.rstrip() for line in text.splitlines())


def test_names_never_meet(tmp_path: Path) -> None:
    tables = (
        table({"job_status": "text"}, "job_status IN ('a')", name="crawls"),
        table({"status": "text", "base": "text"}, "status IN ('b')", "base IN ('c')", name="crawl_jobs"),
        table({"x": "text"}, name="crawl_job_statuses"),
    )
    kind = Enum(name=Name("public", "crawl_job_status"), labels=("d",))
    column = Column(name="kind", type=Type(name="crawl_job_status", schema="public"))
    tables = (*tables[:2], replace(tables[2], columns=(*tables[2].columns, column)))
    with imported(tmp_path, Schema(tables=tables, enums=(kind,))) as schemas:
        assert len(schemas.__all__) == len(set(schemas.__all__))
        assert takes(schemas.CrawlCreate, job_status="a") and not takes(schemas.CrawlCreate, job_status="b")
        assert takes(schemas.CrawlJobCreate, status="b", base="c") and not takes(schemas.CrawlJobCreate, status="a")
        assert takes(schemas.CrawlJobStatusCreate, kind="d") and not takes(schemas.CrawlJobStatusCreate, kind="a")
        assert issubclass(schemas.CrawlJobBase, BaseModel)
