"""Folders of migrations: whichever tool made the folder, its final state is the schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schema_bridge import comparison, project
from schema_bridge.cli import run
from schema_bridge.errors import SourceMeaning, SourceMissing
from schema_bridge.ir import Origin, Schema
from support.cases import read_text

ONE = """CREATE TYPE mood AS ENUM ('good');
CREATE TABLE users (id int PRIMARY KEY, nick text, gone int);
SET search_path TO elsewhere;
"""
TWO = """ALTER TABLE users RENAME COLUMN nick TO name;
ALTER TABLE users DROP COLUMN gone, ADD COLUMN mood mood DEFAULT 'good';
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'bad';
"""
TEN = """CREATE INDEX users_by_name ON users (name);
DROP TABLE IF EXISTS nothing;
ALTER TABLE users ALTER COLUMN name SET NOT NULL;
"""
BACK = "DROP TABLE users;\n"
FINAL = """CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, mood mood DEFAULT 'good');
CREATE INDEX users_by_name ON users (name);
"""


def journal(*tags: str) -> str:
    entries = [{"idx": at, "version": "7", "when": 1, "tag": tag, "breakpoints": True} for at, tag in enumerate(tags)]
    return json.dumps({"version": "7", "dialect": "postgresql", "entries": entries[::-1]}, indent=1)


LAYOUTS = {
    "numbers": {"1.sql": ONE, "2.sql": TWO, "10.sql": TEN},
    "padded numbers": {"001_one.sql": ONE, "002_two.sql": TWO, "010_ten.sql": TEN, "010_ten_down.sql": BACK},
    "versions": {"1.sql": ONE, "1.1.sql": TWO, "1.1.10-x.sql": TEN},
    "time stamps": {"20240105_b.sql": ONE, "20240105120000_a.sql": TWO, "20250101_c.sql": TEN, "README.md": "x"},
    "supabase": {
        "seed.sql": "INSERT INTO users VALUES (1, 'x');",
        "config.toml": "",
        "migrations/20240101000000_one.sql": ONE,
        "migrations/20240102000000_two.sql": TWO,
        "migrations/20240110000000_ten.sql": TEN,
    },
    "a folder a step": {
        "migration_lock.toml": "",
        "20240101000000_one/migration.sql": ONE,
        "20240102000000_two/migration.sql": TWO,
        "20240110000000_ten/migration.sql": TEN,
    },
    "up and down": {
        "1_one.up.sql": f"-- Migration of the first day, without a section\n{ONE}",
        "1_one.down.sql": BACK,
        "2_two.up.sql": TWO,
        "2_two.down.sql": BACK,
        "10_ten.up.sql": TEN,
        "10_ten.down.sql": BACK,
    },
    "up and down in folders": {
        "2024-01-01-000000_one/up.sql": ONE,
        "2024-01-01-000000_one/down.sql": BACK,
        "2024-01-02-000000_two/up.sql": TWO,
        "2024-01-02-000000_two/down.sql": BACK,
        "2024-01-10-000000_ten/up.sql": TEN,
    },
    "dbmate": {
        "20240101_one.sql": f"-- migrate:up\n{ONE}\n-- migrate:down\n{BACK}",
        "20240102_two.sql": f"-- migrate:up transaction:false\n{TWO}\n-- migrate:down transaction:false\n{BACK}",
        "20240110_ten.sql": f"-- migrate:up\n{TEN}",
    },
    "goose": {
        "00001_one.sql": f"-- +goose Up\n{ONE}-- +goose Down\n{BACK}",
        "00002_two.sql": f"-- +goose Up\n-- +goose StatementBegin\n{TWO}-- +goose StatementEnd\n\n"
        f"-- +goose Down\n-- +goose StatementBegin\n{BACK}-- +goose StatementEnd\n",
        "00010_ten.sql": f"-- +goose NO TRANSACTION\n-- +goose Down\n{BACK}-- +goose Up\n{TEN}",
    },
    "flyway": {
        "V1__one.sql": ONE,
        "V1_1__two.sql": TWO,
        "U1_1__two.sql": BACK,
        "R__views.sql": TEN,
        "V2__nothing.sql": "SELECT 1;",
    },
    "other marks": {
        "1.sql": f"-- Up Migration\n{ONE}\n-- Down Migration\n{BACK}",
        "2.sql": f"{TWO}\n---- create above / drop below ----\n{BACK}",
        "3.sql": f"-- +migrate Up\n{TEN}\n-- +migrate Down\n{BACK}",
    },
    "drizzle-kit": {
        "meta/_journal.json": journal("0001_z", "0000_a", "0002_b"),
        "meta/0002_snapshot.json": "never looked at",
        "0001_z.sql": ONE,
        "0000_a.sql": TWO.replace(";\n", ";--> statement-breakpoint\n"),
        "0002_b.sql": TEN,
        "0003_by_hand.sql": BACK,
    },
}


def folder(home: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return str(home)


def differences(one: Schema, other: Schema) -> list[str]:
    return [str(difference) for difference in comparison.compare(one, other).differences]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_ends_in_the_same_schema(layout: str, tmp_path: Path) -> None:
    reading = project.read(folder(tmp_path, LAYOUTS[layout]), "sql" if layout == "drizzle-kit" else None)
    assert differences(reading.schema, read_text(FINAL)) == []
    back = sum(text.count(BACK) for text in LAYOUTS[layout].values())
    assert reading.skipped.get("down migration", 0) == (back if layout != "drizzle-kit" else 0)


def test_what_the_journal_does_not_name_is_said(tmp_path: Path) -> None:
    reading = project.read(folder(tmp_path, LAYOUTS["drizzle-kit"]), "sql")
    assert [(f.origin, f.message) for f in reading.findings] == [
        (
            Origin((tmp_path / "0003_by_hand.sql").as_posix(), 1),
            "the journal does not name this file: it is not read",
        )
    ]


def test_a_migration_that_is_missing_is_named_with_the_journals_line(tmp_path: Path) -> None:
    files = {"meta/_journal.json": journal("0000_a", "0001_b"), "0000_a.sql": ONE}
    with pytest.raises(SourceMissing, match=r"there is no 0001_b\.sql") as caught:
        project.read(folder(tmp_path, files), "sql")
    assert caught.value.origin is not None
    assert caught.value.origin.line == 1 + files["meta/_journal.json"].split('"0001_b"')[0].count("\n")


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("-- x\nALTER TABLE persons ADD age int;", "table persons is not known"),
        ("-- x\nALTER TABLE users ADD name text;", "column name already"),
        ("-- x\nCREATE TABLE users (id int);", "relation users exists already"),
        ("-- x\nDROP INDEX users_by_nick;", "index users_by_nick is not known"),
        ("-- migrate:down\nALTER TABLE users ADD mood mood;", None),
    ],
)
def test_a_step_that_cannot_apply_is_named_with_file_and_line(bad: str, message: str | None, tmp_path: Path) -> None:
    home = folder(tmp_path, {"1.sql": ONE, "2.sql": TWO, "3.sql": bad, "10.sql": TEN})
    if message is None:
        assert differences(project.read(home).schema, read_text(FINAL)) == []
        return
    with pytest.raises(SourceMeaning, match=message) as caught:
        project.read(home)
    assert caught.value.origin is not None
    assert (caught.value.origin.file, caught.value.origin.line) == ((tmp_path / "3.sql").as_posix(), 2)


def test_files_that_are_named_keep_their_order_and_their_session(tmp_path: Path) -> None:
    folder(tmp_path, {"z.sql": "SET search_path TO s; CREATE SCHEMA s;", "a.sql": "CREATE TABLE t (id int);"})
    reading = project.read([str(tmp_path / "z.sql"), str(tmp_path / "a.sql")])
    assert [str(table.name) for table in reading.schema.tables] == ["s.t"]


def test_diff_takes_a_folder_by_its_snapshot_and_by_its_sql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshots = Path(__file__).parent.parent / "fixtures" / "crawler" / "drizzle" / "migrations"
    home = tmp_path / "migrations"
    home.symlink_to(snapshots)
    monkeypatch.chdir(tmp_path)
    assert run(["diff", "migrations", "migrations", "--from", "sql", "--from", "drizzle-snapshot"]) == 0
    assert capsys.readouterr().out == "no difference\n"
    assert run(["diff", "a", "b", "--from", "sql", "--from", "sql", "--from", "sql"]) == 2
    assert "--from is given 3 times" in capsys.readouterr().err
