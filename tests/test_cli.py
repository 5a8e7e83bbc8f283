"""The command line: stdout is the product, stderr the talk, the exit status the verdict; errors are one clean message."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from schema_bridge import serialize
from schema_bridge.cli import run
from schema_bridge.ir import Check, Column, Name, Schema, Table, Trigger, Type

SNAPSHOTS = Path(__file__).parent.parent / "fixtures" / "crawler" / "drizzle" / "migrations"

HEAVY = ("pglast", "sqlalchemy", "jinja2", "pydantic", "yaml", "msgspec.json_schema")


def schema(*columns: str, check: str = "a > 0") -> Schema:
    made = tuple(Column(name=name, type=Type(name="integer")) for name in ("a", *columns))
    table = Table(name=Name("public", "x"), columns=made, checks=(Check(name="x_check", expression=check),))
    return Schema(tables=(table,))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text(serialize.dump(schema()))
    (tmp_path / "same.json").write_text(serialize.dump(schema(check="(a>0)")))
    (tmp_path / "b.json").write_text(serialize.dump(schema("b")))
    return tmp_path


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from schema_bridge.cli import run; status = run(['--help']); print(sorted(sys.modules))"
    done = python("-c", code)
    assert done.returncode == 0 and "Usage: schema-bridge" in done.stdout
    loaded = set(eval(done.stdout.splitlines()[-1]))
    assert loaded & set(HEAVY) == set()


def test_the_package_alone_imports_nothing() -> None:
    done = python("-c", "import sys, schema_bridge; print([m for m in sys.modules if m.startswith('schema_bridge.')])")
    assert done.stdout == "[]\n"


def test_python_m_runs_the_same() -> None:
    done = python("-m", "schema_bridge", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.partition("Commands:\n")[2].splitlines()] == [
        "init", "generate", "check", "show", "diff", "validate", "lint", "dump",
    ]  # fmt: skip


@pytest.mark.parametrize("words", [("show", "a.json", "--format", "json"), ("diff", "a.json", "b.json")])
def test_an_output_that_cannot_be_written_is_no_verdict(here: Path, words: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "schema_bridge", *words]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        2, "schema-bridge: the output cannot be written: No space left on device\n",
    )  # fmt: skip
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, "")


def test_show_json_is_the_schema_itself(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "a.json", "--format", "json"]) == 0
    assert capsys.readouterr().out == (here / "a.json").read_text()


def test_show_counts_by_kind(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "b.json"]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["1", "tables"], ["2", "columns"], ["1", "checks"],
    ]  # fmt: skip


def test_diff_ends_with_its_verdict(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "a.json", "same.json"]) == 0
    assert capsys.readouterr().out == "no difference\n"
    assert run(["diff", "a.json", "b.json"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "column x.b (breaking)",
        "  a.json: -",
        "  b.json: integer",
        "1 difference: 1 breaking",
    ]


def test_diff_as_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "a.json", "b.json", "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["sources"] == [{"name": n, "kind": "ir", "path": n} for n in ("a.json", "b.json")]
    assert report["differences"][0]["values"] == {"a.json": None, "b.json": "integer"}


def test_generate_then_check_then_again(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["generate", "a.json", "-o", "out", "--only", "ir_json"]
    assert run(command) == 0
    assert capsys.readouterr().err == "wrote out/schema.json\n"
    os.utime("out/schema.json", (1, 1))
    assert run(command) == 0
    assert capsys.readouterr().err == "unchanged: 1 file\n"
    assert os.stat("out/schema.json").st_mtime == 1
    assert run([*command, "--check"]) == 0
    assert capsys.readouterr() == ("", "fresh: 1 file\n")
    assert run(["generate", "b.json", *command[2:], "--check"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("--- out/schema.json\n+++ out/schema.json\n@@ ") and '+            "name": "b"' in out
    assert err == "stale: out/schema.json\nrun: schema-bridge generate b.json -o out --only ir_json\n"
    assert os.stat("out/schema.json").st_mtime == 1


def test_the_summary_counts_by_kind_and_places_what_is_not_modelled(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("x.sql").write_text(
        "CREATE TABLE t (a int CHECK (a > 0), b text UNIQUE);\nCREATE VIEW v AS SELECT 1;\n"
        "CREATE OPERATOR FAMILY z\n  USING btree;\nINSERT INTO t VALUES (1);\n"
        "CREATE CAST (text AS int) WITH INOUT;\nDROP TABLE IF EXISTS nothing;\n"
    )
    assert run(["show", "x.sql", "--format", "summary"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "     1 tables",
        "            2 columns",
        "            1 uniques",
        "            1 checks",
        "     1 views",
        "     1 INSERT stepped over",
        "x.sql:3: not modelled: CreateOpFamilyStmt: CREATE OPERATOR FAMILY z USING btree",
        "x.sql:6: not modelled: CreateCastStmt: CREATE CAST (text AS int) WITH INOUT",
    ]


def test_generate_from_the_config(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("schema_bridge.yaml").write_text("sources: {tables: a.json}\noutputs: {ir_json: {to: gen, file: s.json}}\n")
    assert run(["generate"]) == 0
    assert capsys.readouterr().err == "wrote gen/s.json\n"
    assert run(["generate", "--check"]) == 0
    assert run(["generate", "--only", "ddl"]) == 2
    assert "schema_bridge.yaml has no output called ddl" in capsys.readouterr().err


BAD = [
    (["show", "nope.sql"], "there is no file nope.sql"),
    (["show", ""], "the name of a source is empty"),
    (["diff", "a.json", "nope.json"], "there is no file nope.json"),
    (["generate", "empty.txt", "-o", "out"], "it cannot be told what kind of source empty.txt is"),
    (["generate", "m", "-o", "out"], "m/meta/_journal.json:1: the newest migration is 0001_x, and there is no 0001_snapshot.json beside the journal\nbring it back, or read the SQL"),
    (["generate", "broken.json", "-o", "out"], "broken.json:2:3: this is not JSON: "),
    (["generate", "other.json", "-o", "out"], "other.json is JSON, but neither"),
    (["generate", "newer.json", "-o", "out"], "newer.json:1: this is version 99"),
    (["generate", "twice.json", "-o", "out"], "twice.json:1: two of one name in tables: x"),
    (["generate", "a.json", "-o", "out", "--only", "sqlalchmy"], "no writer is called sqlalchmy; did you mean sqlalchemy?"),
    (["generate", "a.json", "-o", "out", "--from", "sq"], "no reader is called sq; did you mean sql?"),
    (["generate", "a.json", "--outptu", "out"], "No such option"),
    (["generate", "-o", "out"], "name a SOURCE, or say in schema_bridge.yaml what is to be done"),
    (["generate", "schema.ts", "-o", "out"], "there is no schema.ts"),
    (["show", "postgresql://u:secret@h/d?no=1"], "postgresql://u@h/d?no=1 is no URL of a database"),
    (["show", "postgresql://u:secret@127.0.0.1:1/d?connect_timeout=2"], "postgresql://u@127.0.0.1:1/d?connect_timeout=2: "),
    (["show", "postgresql://u@h/d", "books.sql"], "postgresql://u@h/d is a source by itself"),
    (["generate", "migrations", "-o", "out"], "migrations: no file in this folder ends in .sql"),
    (["shwo", "a.json"], "No such command 'shwo'"),
    (["show", "a.json", "--format", "xml"], "Invalid value for '--format'"),
    (["diff", "a.json"], "name two sources or more"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_is_one_message_and_status_2(
    here: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty.txt").write_text("")
    Path("broken.json").write_text('{"a": 1,\n  x}')
    Path("other.json").write_text('{"a": 1}')
    Path("newer.json").write_text('{"format": "schema_bridge.ir", "version": 99, "future": []}')
    twice = Schema(tables=schema().tables * 2)
    Path("twice.json").write_text(serialize.dump(twice))
    Path("migrations").mkdir()
    Path("m/meta").mkdir(parents=True)
    Path("m/meta/_journal.json").write_text('{"entries": [{"idx": 1, "tag": "0001_x"}]}')
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"schema-bridge: {message}")
    assert "secret" not in err and "Traceback" not in err
    assert not Path("out").exists()


@pytest.mark.parametrize("words", ["generate x.sql", "show x.sql", "show x.sql --format sql"])
def test_a_source_that_creates_nothing_is_worth_a_word(
    here: Path, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("x.sql").write_text("SELECT 1;")
    assert run(words.split()) == 0
    assert "x.sql:1: this creates nothing: the schema is empty\n" in "".join(capsys.readouterr())


def test_the_public_api(here: Path) -> None:
    import schema_bridge

    reading = schema_bridge.read("a.json")
    assert isinstance(reading, schema_bridge.Reading)
    assert isinstance(reading.schema, schema_bridge.Schema)
    assert schema_bridge.write(reading.schema, "ir_json") == {"schema.json": (here / "a.json").read_text()}
    report = schema_bridge.compare(reading.schema, schema_bridge.read(["b.json"]).schema)
    assert [row.name for row in report.differences] == ["b"]
    with pytest.raises(schema_bridge.SchemaBridgeError):
        schema_bridge.read("nope.sql")
    with pytest.raises(AttributeError):
        schema_bridge.nothing_of_the_kind  # noqa: B018


def test_a_folder_of_drizzle_kit_and_its_journal_are_one_source(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for source in (SNAPSHOTS, SNAPSHOTS / "meta", SNAPSHOTS / "meta" / "_journal.json"):
        assert run(["show", str(source)]) == 0
        found.append(capsys.readouterr().out)
    assert len(set(found)) == 1 and "13 tables" in found[0]


def test_what_the_source_beside_says_and_this_one_does_not(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The source beside it is not generated from, but what it alone states is named."""
    trigger = Trigger(name="t", function=Name("public", "f"), timing="after", events=("insert",))
    beside = replace(schema("b").tables[0], triggers=(trigger,))
    (here / "beside.json").write_text(serialize.dump(Schema(tables=(beside,))))
    assert run(["generate", "a.json", "-o", "out", "--only", "ir_json", "--beside", "beside.json"]) == 0
    assert capsys.readouterr().err.splitlines()[:3] == [
        "generating from this source alone loses what beside.json states:",
        "  1 column: x.b: it is stated there alone",
        "  1 trigger: x.t: it is stated there alone",
    ]
    assert "trigger" not in Path("out/schema.json").read_text()


def test_generated_python_says_so_and_goes_with_its_table(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = replace(schema().tables[0], name=Name("public", "other"))
    (here / "two.json").write_text(serialize.dump(Schema(tables=(other, *schema().tables))))
    assert run(["generate", "two.json", "-o", "out", "--only", "pydantic"]) == 0
    assert Path("out/schemas/other.py").read_text().startswith("# Generated by schema_bridge; do not edit")
    assert run(["generate", "a.json", "-o", "out", "--only", "pydantic", "--check"]) == 1
    assert "left over: out/schemas/other.py" in capsys.readouterr().err
    assert run(["generate", "a.json", "-o", "out", "--only", "pydantic"]) == 0
    assert not Path("out/schemas/other.py").exists()
    assert Path("out/schemas/x.py").exists()


def test_two_outputs_may_not_claim_one_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "sources: {tables: a.json}\noutputs: {ir_json: {file: x.sql}, ddl: {file: x.sql}}\n"
    Path("schema_bridge.yaml").write_text(text)
    assert run(["generate"]) == 2
    assert "two outputs write x.sql; give ddl another folder" in capsys.readouterr().err
    assert not Path("x.sql").exists()


def test_a_syntax_error_shows_its_line_with_a_caret(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.sql").write_text("CREATE TABLE é (a integer);\n\nCREATE TABLE b (\n  a integer,,\n);\n")
    assert run(["generate", "bad.sql", "-o", "out"]) == 2
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == "" and lines[0].startswith("schema-bridge: bad.sql:4:13: syntax error")
    assert lines[1].strip() == "a integer,,"
    assert lines[2] == " " * (len(lines[1]) - 1) + "^"
    assert not Path("out").exists()


def test_generate_writes_models_schemas_and_validation_and_says_so(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["generate", str(SNAPSHOTS.parent.parent / "schema.sql"), "-o", "out"]
    assert run(command) == 0
    out, err = capsys.readouterr()
    assert out == ""
    for path in ("out/models.py", "out/schemas/__init__.py", "out/validate_schema.sql"):
        assert f"wrote {path}" in err.splitlines()
    assert "pydantic leaves out:" in err
    times = {path: path.stat().st_mtime_ns for path in Path("out").rglob("*")}
    assert run(command) == 0
    assert "wrote" not in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in Path("out").rglob("*")} == times
    assert run([*command, "--check"]) == 0
    capsys.readouterr()
    Path("out/models.py").write_text(Path("out/models.py").read_text().replace("\n", "\n\n", 1))
    Path("out/schemas/profile.py").unlink()
    assert run([*command, "--check"]) == 1
    out, err = capsys.readouterr()
    assert "--- out/models.py\n+++ out/models.py\n" in out and "--- /dev/null\n+++ out/schemas/profile.py\n" in out
    assert err.splitlines()[:2] == ["stale: out/models.py", "stale: out/schemas/profile.py"]


def test_diff_counts_apart_what_a_snapshot_cannot_state(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["diff", str(SNAPSHOTS.parent.parent / "schema.sql"), str(SNAPSHOTS)])
    out, err = capsys.readouterr()
    assert "trigger" not in out and "function" not in out
    assert "7 triggers" in err and "3 functions" in err
