"""The laws over schemas that hypothesis makes: hostile names and texts in every place, judged by PostgreSQL."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings

from schema_bridge import project, serialize
from schema_bridge.comparison import compare
from schema_bridge.ir import Schema
from support import python
from support.cases import read_text
from support.objects import differences
from support.server import Server
from support.strategies import LAWS, examples, schemas


def text(schema: Schema, writer: str) -> str:
    (only,) = project.render(schema, writer).values()
    return only


@settings(LAWS, max_examples=examples(60))
@given(schemas())
def test_a_schema_survives_json_and_ddl(schema: Schema) -> None:
    assert serialize.load(serialize.dump(schema).encode(), "schema.json") == schema
    again = read_text(text(schema, "ddl"))
    assert [str(difference) for difference in compare(schema, again).differences] == []


@settings(LAWS, max_examples=examples(9))
@given(schemas())
def test_models_make_the_database_that_the_ddl_makes(server: Server, schema: Schema) -> None:
    direct, built = server.database(), server.database()
    try:
        direct.apply(text(schema, "ddl"))
        with tempfile.TemporaryDirectory() as folder:
            for path, code in project.render(schema, "sqlalchemy").items():
                (Path(folder) / path).write_text(code, "utf-8", newline="")
            python.run(python.CREATE, Path(folder), built.sqlalchemy_url)
        assert differences(direct, built) == []
        done = direct.psql(text(schema, "validation"), "-v", "ON_ERROR_STOP=1")
        assert done.returncode == 0, done.stderr
    finally:
        server.release(direct)
        server.release(built)


@settings(LAWS, max_examples=examples(9))
@given(schemas())
def test_pydantic_schemas_import(schema: Schema) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for path, code in project.render(schema, "pydantic").items():
            target = Path(folder) / "case" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(code, "utf-8", newline="")
        python.run(python.SCHEMAS, Path(folder), "case")
