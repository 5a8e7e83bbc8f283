"""psql's own language: scripts are followed as psql itself follows them, and what cannot be known is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema_bridge import project
from schema_bridge.cli import run
from schema_bridge.errors import SourceError
from schema_bridge.ir import Origin
from schema_bridge.registry import Reading
from support.objects import differences
from support.server import Server

MAIN = r"""\set ON_ERROR_STOP on
\set schema app
\set words 'it''s' ' a' "n"
\echo building :schema
CREATE SCHEMA :schema;
\ir parts/tables.sql
\i views.sql \\ -- from where one stands
\if :{?production}
  \if :production
CREATE TABLE :"schema".audit (id int); \echo one
  \elif yes
CREATE TABLE :"schema".debug (id int);
  \else
CREATE TABLE :"schema".never (id int); \if :never_looked_at \endif
  \endif
\else
CREATE TABLE :"schema".plain (id int, "a:schema" text DEFAULT ':schema');
\endif
\unset schema
\copy app.items from stdin
1	:words	{3}
\.
CREATE FUNCTION app.f() RETURNS text LANGUAGE sql AS $$ SELECT ':x' /* :words */ $$ \;
COMMENT ON FUNCTION app.f() IS :'words' \g
\q
CREATE TABLE after_the_end (id int);
"""
TABLES = r"""-- :schema in a comment
\set size 5
CREATE TABLE :schema.items (id int DEFAULT :size, note text DEFAULT :'words', parts int[] CHECK (parts[1:2] <> '{}'::int[]));
\ir more/keys.sql
"""
KEYS = """ALTER TABLE :schema.items ADD PRIMARY KEY (id);
COPY app.items (id) FROM stdin;
7
\\.
"""
FILES = {
    "main.sql": MAIN,
    "parts/tables.sql": TABLES,
    "parts/more/keys.sql": KEYS,
    "views.sql": 'CREATE VIEW :schema.v AS SELECT id + :size AS :"schema" FROM app.items;',
}


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return "main.sql"


def read(text: str, **variables: str) -> Reading:
    Path("x.sql").write_text(text, "utf-8")
    return project.read("x.sql", variables=variables)


def failure(text: str, **variables: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(text, **variables)
    return caught.value


@pytest.mark.parametrize("given", [{}, {"production": "on"}, {"production": "0"}], ids=str)
def test_psql_makes_the_same_database(script: str, given: dict[str, str], server: Server) -> None:
    schema = project.read(script, variables=given).schema
    (ddl,) = project.render(schema, "ddl").values()
    direct = server.database()
    done = direct.psql(
        f"\\cd {Path.cwd()}\n\\i {script}",
        "-v",
        "ON_ERROR_STOP=1",
        *(f"-v{name}={value}" for name, value in given.items()),
    )
    assert done.returncode == 0, done.stderr
    assert differences(direct, server.database(ddl)) == []
    made = {table.name.name for table in schema.tables} - {"items"}
    assert made == {{"on": "audit", "0": "debug"}.get(given.get("production", ""), "plain")}


def test_every_line_stays_where_it_was(script: str) -> None:
    schema = project.read(script).schema
    assert schema.functions[0].origin == Origin("main.sql", 23)
    assert {str(table.origin) for table in schema.tables} == {"parts/tables.sql:3", "main.sql:17"}
    (tables,) = [table for table in schema.tables if table.primary_key]
    assert tables.primary_key is not None and tables.primary_key.origin == Origin("parts/more/keys.sql", 1)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("\n\\i nowhere.sql", "there is no file nowhere.sql to include", 2),
        ("\\i x.sql", "x.sql includes itself", 1),
        ("SELECT 1;\n\\if :flag\n\\endif", "whether this is true cannot be told: \\if :flag", 2),
        ("\\if on\n\nCREATE TABLE t ();", "this \\if is never ended", 1),
        ("\n\n\\endif", "there is no \\if for this \\endif", 3),
        ("\n\\set a 'one\\ntwo'\nCREATE TABLE t (a text DEFAULT :'a');", "the value of :'a' has more than one line", 3),
        ("CREATE TABLE t (\n  a int DEFAULT :one\n);", 'syntax error at or near ":"', 2),
    ],
)
def test_what_cannot_be_followed_is_an_error_with_its_line(
    text: str, message: str, line: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error = failure(text)
    assert error.message == message
    assert error.origin is not None and (error.origin.file, error.origin.line) == ("x.sql", line)


def test_a_circle_of_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.sql").write_text("\\ir ./b.sql\n")
    (tmp_path / "b.sql").write_text("SELECT 1;\n\\include ../" + tmp_path.name + "/x.sql\n")
    assert str(failure("\\i a.sql")) == "b.sql:2: x.sql includes itself"


def test_a_variable_without_a_value_is_named_and_can_be_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert failure("CREATE TABLE t (a int DEFAULT :one);").hint is not None
    assert "--set one=VALUE" in str(failure("CREATE TABLE t (a int DEFAULT :one);"))
    assert run(["show", "x.sql", "--format", "sql", "--set", "one=0", "--set", "one=1"]) == 0
    assert "a integer DEFAULT 1" in capsys.readouterr().out
    assert run(["diff", "x.sql", "x.sql", "--set", "one=1"]) == 0
    assert run(["generate", "x.sql", "-o", "out", "--only", "ddl", "--set", "one=1"]) == 0
    assert run(["show", "x.sql", "--set", "one"]) == 2
    assert "one is not NAME=VALUE" in capsys.readouterr().err


def test_the_config_gives_variables_too_and_the_command_line_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.sql").write_text("CREATE TABLE t (a int DEFAULT :one, b int DEFAULT :two);")
    Path("schema_bridge.yaml").write_text(
        'sources:\n  tables: x.sql\n  set: {one: "1", two: "2"}\noutputs:\n  ddl: {file: all.sql}\n'
    )
    assert run(["generate", "--set", "two=3"]) == 0
    assert "a integer DEFAULT 1,\n    b integer DEFAULT 3\n" in Path("all.sql").read_text()


def test_what_may_have_changed_the_schema_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    reading = read("SELECT 'CREATE TABLE t ()' \\gexec\nSET search_path TO s;\n\\connect other\nCREATE TABLE u ();")
    assert [str(finding) for finding in reading.findings] == [
        "x.sql:1: what \\gexec runs cannot be known: it is not part of the schema",
        "x.sql:3: \\connect: what follows is read as of the same database",
    ]
    assert [str(table.name) for table in reading.schema.tables] == ["u"]
    assert reading.skipped == {"SELECT": 1, "SET": 1, "\\connect": 1, "\\gexec": 1}
