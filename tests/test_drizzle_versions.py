"""Snapshots of all versions, each made by a drizzle-kit of its time from one schema; and what is no such snapshot."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from schema_bridge import default_names, project
from schema_bridge.comparison import SourceInfo, compare, stated
from schema_bridge.errors import SourceError
from schema_bridge.ir import Role, Schema
from schema_bridge.project import comparing
from schema_bridge.readers import drizzle
from schema_bridge.readers.drizzle import old
from schema_bridge.registry import Source, SourceFile
from support import node
from support.cases import FIXTURES, read_text

VERSIONS = FIXTURES / "drizzle_versions" / "drizzle"
FEATURES = FIXTURES / "drizzle_features" / "drizzle"
FOLDERS = (*sorted(VERSIONS.glob("v*")), FEATURES / "v8")
RELEASES = {"0.45": FEATURES / "migrations", "1.0": FEATURES / "v8"}
every_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: f"{path.parent.parent.name}-{path.name}")


def compared(*paths: Path) -> list[str]:
    """What `diff` says of them: every difference in what their kinds can state."""
    return shown(comparing.compare_sources(list(map(str, paths)))[0])


def shown(report: Any) -> list[str]:
    return [f"{row.kind} {row.table} {row.name} {row.fact}: {row.values}" for row in report.differences]


# One schema, all versions


@every_folder
def test_a_snapshot_says_what_the_sql_of_its_drizzle_kit_says(folder: Path) -> None:
    assert compared(folder / "snapshot.json", folder / "migration.sql") == []


@every_folder
def test_all_versions_say_the_same(folder: Path) -> None:
    """Also drizzle-orm 1.0, which calls keys that nobody has named otherwise than 0.x."""
    usual = FEATURES / "migrations" if folder.parent == FEATURES else VERSIONS / "v7" / "snapshot.json"
    assert compared(folder / "snapshot.json", usual) == []


@pytest.mark.parametrize("release", RELEASES)
def test_dump_snapshot_and_sql_of_one_schema_are_the_same(release: str, bookshop: Path) -> None:
    """But for what a kind of source cannot state: that is listed in its SILENT, and stands in no other."""
    folder = node.package(bookshop, f"features_{release}", release)
    shutil.copy(FEATURES / "schema.ts", folder)
    kit = RELEASES[release]
    snapshot = kit / "snapshot.json" if (kit / "snapshot.json").exists() else kit / "meta" / "0000_snapshot.json"
    (sql,) = kit.glob("*.sql")
    assert compared(folder / "schema.ts", snapshot, sql) == []


def test_what_a_version_cannot_state_is_the_only_difference() -> None:
    """Version 6 beside a version 7 that states all that came with it."""
    wanted = read_text(
        """CREATE TABLE people (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text, b text CHECK (b > ''),
               c text GENERATED ALWAYS AS (a || b) STORED);
           ALTER TABLE people ENABLE ROW LEVEL SECURITY;
           CREATE POLICY p ON people;
           CREATE VIEW v AS SELECT 1;
           CREATE MATERIALIZED VIEW m AS SELECT 1;
           CREATE SEQUENCE s;
           CREATE ROLE r"""
    )
    columns = {
        name: {"name": name, "type": type, "primaryKey": name == "id", "notNull": name == "id"}
        for name, type in (("id", "integer"), ("a", "text"), ("b", "text"), ("c", "text"))
    }
    people = {"name": "people", "schema": "", "columns": columns}
    found = reading({"version": "6", "dialect": "postgresql", "tables": {"public.people": people}})
    sources = {SourceInfo("old"): found, SourceInfo("new"): wanted}
    rows, left_out = stated(sources, {"old": old.SILENT})
    assert (shown(rows), sum(left_out.values())) == ([], len(compare(found, wanted).differences))
    assert set(left_out) == {
        "Check", "Column.generated", "Column.identity", "MaterializedView", "Policy", "Role", "Sequence",
        "Table.row_security", "View",
    }  # fmt: skip


@pytest.mark.parametrize(("version", "reader"), [(5, "-6"), (6, "-6"), (7, ""), (8, ""), (9, "")])
def test_the_version_says_which_reader_it_is(version: int, reader: str) -> None:
    source = project.load([str(VERSIONS / f"v{version}" / "snapshot.json")])
    assert project.detect(source) == f"drizzle-snapshot{reader}"


# Folders


def test_a_folder_of_drizzle_kit_1_0_is_read_by_its_snapshots(tmp_path: Path) -> None:
    write(tmp_path, "20260101000000_one", flat("a", prevIds=["0"]), "CREATE TABLE a (x text);")
    write(tmp_path, "20260102000000_two", flat("b", prevIds=["a"]), "ALTER TABLE a RENAME TO b;")
    assert project.detect(project.load([str(tmp_path)])) == "drizzle-snapshot"
    assert [table.name.name for table in project.read(str(tmp_path)).schema.tables] == ["b"]
    assert [table.name.name for table in project.read(str(tmp_path), "sql").schema.tables] == ["b"]


def test_a_folder_whose_snapshots_are_differences_is_read_by_its_sql(tmp_path: Path) -> None:
    write(tmp_path, "20260101000000_one", flat("a", version="9"), "CREATE TABLE a (x text);")
    change = {"type": "diff", "version": "9", "dialect": "postgres", "id": "b", "prevIds": ["a"], "deltas": []}
    write(tmp_path, "20260102000000_two", change, "ALTER TABLE a RENAME TO b;")
    assert project.detect(project.load([str(tmp_path)])) == "sql"
    assert [table.name.name for table in project.read(str(tmp_path)).schema.tables] == ["b"]
    with pytest.raises(SourceError, match="snapshot.json:9: this snapshot holds only what has changed since"):
        project.read(str(tmp_path / "20260102000000_two" / "snapshot.json"))


def write(home: Path, step: str, snapshot: dict[str, Any], sql: str) -> None:
    (home / step).mkdir()
    (home / step / "snapshot.json").write_text(json.dumps(snapshot, indent=2))
    (home / step / "migration.sql").write_text(sql)


# The flat list of version 8


def flat(name: str = "t", *entities: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A snapshot of version 8 with one table of one column, and what else is given."""
    made = {"entityType": "tables", "schema": "public", "name": name, "isRlsEnabled": False}
    column = {"entityType": "columns", "schema": "public", "table": name, "name": "x", "type": "text"}
    return {"version": "8", "dialect": "postgres", "id": name, "ddl": [made, column, *entities], **more}


def reading(value: Any) -> Schema:
    data = json.dumps(value, indent=2).encode()
    return drizzle.read(Source("s.json", (SourceFile("s.json", data),))).schema


def test_what_drizzle_kit_1_0_knows_of_roles() -> None:
    role = {"entityType": "roles", "name": "r", "superuser": True, "createDb": False, "createRole": None}
    role |= {"inherit": False, "canLogin": True, "replication": False, "bypassRls": True, "connLimit": 3}
    role |= {"password": "secret", "validUntil": "2030-01-01"}
    (found,) = reading(flat("t", role)).roles
    assert isinstance(found, Role)
    assert found.options == (
        "bypassrls", "connection limit 3", "login", "noinherit", "superuser", "valid until '2030-01-01'",
    )  # fmt: skip


def test_a_policy_on_a_table_that_is_somebody_elses() -> None:
    policy = {"entityType": "policies", "schema": "auth", "table": "users", "name": "p", "as": "PERMISSIVE"}
    policy |= {"for": "SELECT", "roles": ["public"], "using": "true", "withCheck": None}
    (found,) = reading(flat("t", policy)).external_tables
    assert (str(found.name), [p.using for p in found.policies]) == ("auth.users", ["true"])


def test_places_are_those_of_the_list() -> None:
    value = flat("t")
    (found,) = reading(value).tables
    line = json.dumps(value, indent=2).split('"columns"')[0].count("\n")
    assert str(found.columns[0].origin) == f"s.json:{line}"


@pytest.mark.parametrize(
    ("entity", "says"),
    [
        (
            {"entityType": "columns", "schema": "public", "table": "u", "name": "x"},
            "x belongs to table public.u, which",
        ),
        ({"entityType": "triggers", "name": "x"}, "an entity of type triggers is not known"),
        ({"name": "x"}, "an entity says not of which type it is"),
        ({"entityType": "checks", "schema": "public", "table": "t", "name": "c", "value": "x <"}, "this is not an SQL"),
        ({"entityType": "checks", "schema": "public", "table": "t", "name": "c", "worth": 1}, "unknown field `worth`"),
    ],
)
def test_an_entity_that_is_none_is_named_with_its_line(entity: dict[str, Any], says: str) -> None:
    value = flat("t", entity)
    with pytest.raises(SourceError, match=says) as caught:
        reading(value)
    assert caught.value.origin is not None
    assert caught.value.origin.line == json.dumps(value, indent=2).rpartition("    {")[0].count("\n") + 1


def test_a_grant_is_said_to_be_left_out() -> None:
    grant = {"entityType": "privileges", "schema": "public", "table": "t", "name": "g"}
    data = json.dumps(flat("t", grant)).encode()
    (finding,) = drizzle.read(Source("s.json", (SourceFile("s.json", data),))).findings
    assert "a grant in a snapshot is not read" in finding.message


def test_drizzle_kit_1_0_shortens_the_names_of_foreign_keys() -> None:
    long = ["the_book_it_is_printed_in"], ("books", ["the_number_of_the_book"])
    old_name = "chapters_the_book_it_is_printed_in_books_the_number_of_the_book_fk"[:63]
    assert default_names.drizzle_foreign_key("chapters", *long, version=0) == old_name
    assert default_names.drizzle_foreign_key("chapters", *long, version=1) == "chapters_r1GUY71rHdlB_fkey"
    assert len(default_names.drizzle_foreign_key("chapters" * 7, *long, version=1)) == len("r1GUY71rHdlB_fkey")
