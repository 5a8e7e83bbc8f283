"""A folder of drizzle-kit says its schema twice, in snapshots and in SQL: nothing is generated where the two disagree."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from schema_bridge.cli import run
from support.cases import FIXTURES

MIGRATIONS = FIXTURES / "crawler" / "drizzle" / "migrations"
CONFIG = "sources: {tables: migrations}\noutputs: [ir_json]\n"
DRIFT = "ALTER TABLE images DROP COLUMN thumbnail;\nALTER TABLE labels ALTER COLUMN name TYPE text;\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    (tmp_path / "schema_bridge.yaml").write_text(CONFIG)
    return tmp_path


def drift(here: Path) -> None:
    (path,) = (here / "migrations").glob("*.sql")
    path.write_text(path.read_text("utf-8") + f"--> statement-breakpoint\n{DRIFT}", "utf-8")


def test_nothing_is_written_from_a_snapshot_that_lags_its_migrations(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["generate"]) == 0
    drift(here)
    for command in (["generate"], ["generate", "--check"], ["check"], ["generate", "migrations", "-o", "out"]):
        capsys.readouterr()
        assert run(command) == 1
        said = capsys.readouterr().err
        assert "the newest snapshot in migrations and the SQL of its migrations disagree: " in said
        assert "column images.thumbnail, column labels.name: type" in said
        assert "schema-bridge diff migrations migrations --from drizzle-snapshot --from sql" in said
    assert not Path("out").exists()


def test_who_names_one_of_the_two_gets_it(here: Path) -> None:
    drift(here)
    (snapshot,) = (here / "migrations" / "meta").glob("*_snapshot.json")
    assert run(["generate", str(snapshot), "-o", "out"]) == 0
    (here / "schema_bridge.yaml").write_text(CONFIG.replace("migrations}", "migrations, from: sql}"))
    assert run(["generate"]) == 0
    assert "thumbnail" not in (here / "schema.json").read_text()


def test_both_are_compared_where_the_folder_is_declared_beside(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (snapshot,) = (here / "migrations" / "meta").glob("*_snapshot.json")
    shutil.copy(snapshot, here / "mine.json")
    (here / "schema_bridge.yaml").write_text(
        CONFIG.replace("migrations}", "mine.json}") + "compare: {with: migrations}\n"
    )
    assert run(["generate"]) == 0
    assert run(["check"]) == 0
    drift(here)
    capsys.readouterr()
    assert run(["check"]) == 1
    out, err = capsys.readouterr()
    assert "column images.thumbnail (breaking)\n  mine.json: bytea" in out
    assert "  migrations (sql): -\n" in out
    assert "differ: mine.json, migrations (drizzle-snapshot), migrations (sql)" in err
