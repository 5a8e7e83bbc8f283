"""`check`: stale files and sources that disagree, in one go."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema_bridge.cli import run

SQL = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);\n"
CONFIG = """\
sources: {tables: schema.sql}
outputs: {ddl: {to: database}}
compare: {with: other.sql}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in {"schema.sql": SQL, "other.sql": SQL, "schema_bridge.yaml": CONFIG}.items():
        (tmp_path / name).write_text(text)
    assert run(["generate"]) == 0
    return tmp_path


def test_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["check"]) == 0
    assert capsys.readouterr() == ("no difference\n", "fresh: 1 file\nagree: schema.sql, other.sql\n")


def test_a_stale_file_and_a_source_that_differs_are_both_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "schema.sql").write_text(SQL.replace("NOT NULL", ""))
    capsys.readouterr()
    assert run(["check"]) == 1
    out, err = capsys.readouterr()
    assert "-  name text NOT NULL" in out or "-    name text NOT NULL" in out
    assert "column users.name: not null (breaking)\n  schema.sql: false  [schema.sql:1]\n" in out
    assert err.splitlines()[:2] == ["stale: database/production_schema.sql", "run: schema-bridge generate"]
    assert "differ: schema.sql, other.sql" in err
    assert run(["generate"]) == 0
    assert run(["check"]) == 1, "the sources still differ"
    (here / "other.sql").write_text(SQL.replace("NOT NULL", ""))
    assert run(["check"]) == 0


def test_nothing_is_compared_where_nothing_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "schema_bridge.yaml").write_text(CONFIG.replace("compare: {with: other.sql}\n", ""))
    capsys.readouterr()
    assert run(["check"]) == 0
    assert capsys.readouterr() == ("", "fresh: 1 file\n")


def test_differences_annotate_a_pull_request(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "other.sql").write_text(SQL.replace("text", "varchar(5)"))
    capsys.readouterr()
    assert run(["check", "--format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::error file=other.sql,line=1,title=column users.name%3A type::")


def test_the_command_names_the_config_that_was_given(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "schema_bridge.yaml").rename("mine.yaml")
    (here / "database" / "production_schema.sql").unlink()
    capsys.readouterr()
    assert run(["check", "--config", "mine.yaml"]) == 1
    assert "run: schema-bridge generate --config mine.yaml\n" in capsys.readouterr().err
