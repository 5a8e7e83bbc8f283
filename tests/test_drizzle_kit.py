"""The snapshots that drizzle-kit itself made, judged by the SQL that it made beside them and by PostgreSQL."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schema_bridge import project
from schema_bridge.comparison import compare
from schema_bridge.ir import Schema
from schema_bridge.losses import Silence
from schema_bridge.readers import drizzle
from support.cases import FIXTURES, ROOT, read_text
from support.objects import differences
from support.server import Server

MIGRATIONS = sorted(path.parent for path in FIXTURES.glob("*/drizzle/migrations/*.sql"))
NEEDED = {
    "crawler": """CREATE FUNCTION public.is_project_member(project integer, wanted text DEFAULT NULL) RETURNS boolean
        LANGUAGE sql STABLE AS 'SELECT true'""",
}
"""What the SQL of drizzle-kit leans on and cannot state."""

every_folder = pytest.mark.parametrize("folder", MIGRATIONS, ids=lambda path: path.parent.parent.name)


def sql_of(folder: Path) -> str:
    """All migrations as one text that a transaction can hold."""
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("*.sql"))).replace(" CONCURRENTLY", "")


def without(node: Any, silent: Silence) -> Any:
    """The node without the facts that `silent` names."""
    if isinstance(node, tuple):
        return tuple(without(item, silent) for item in node if type(item).__name__ not in silent)
    if not isinstance(node, msgspec.Struct):
        return node
    changes = {}
    for field in msgspec.structs.fields(type(node)):
        value = getattr(node, field.name)
        unsaid = f"{type(node).__name__}.{field.name}" in silent and field.default is not msgspec.NODEFAULT
        changes[field.name] = field.default if unsaid else without(value, silent)
    return msgspec.structs.replace(node, **changes)


def differing(one: Schema, other: Schema) -> list[str]:
    return [f"{row.kind} {row.table} {row.name} {row.fact}: {row.values}" for row in compare(one, other).differences]


def test_without_leaves_out_what_is_silent() -> None:
    schema = read_text("CREATE TABLE t (a integer); COMMENT ON TABLE t IS 'x'; COMMENT ON COLUMN t.a IS 'y'")
    assert without(schema, {}) == schema
    table = without(schema, {"Table.comment": "why"}).tables[0]
    assert (table.comment, table.columns[0].comment) == (None, "y")
    assert without(schema, {"Table": "why"}).tables == ()


@every_folder
def test_the_snapshot_says_what_drizzle_kits_own_sql_says(folder: Path) -> None:
    assert differing(project.read(str(folder)).schema, read_text(sql_of(folder))) == []


@every_folder
def test_the_snapshot_makes_the_database_of_drizzle_kits_own_sql(folder: Path, server: Server) -> None:
    before = NEEDED.get(folder.parent.parent.name, "")
    schema = project.read(str(folder)).schema
    for role in schema.roles:  # roles belong to the server, and both databases want them
        server.maintenance(f"DO $$ BEGIN CREATE ROLE {role.name}; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    kits = re.sub(r"CREATE ROLE .*", "", sql_of(folder))
    (ours,) = project.render(msgspec.structs.replace(schema, roles=()), "ddl").values()
    expected, actual = (server.database(supabase=True).apply(before).apply(text) for text in (kits, ours))
    assert differences(expected, actual) == []


def test_the_snapshot_is_the_sql_but_for_what_it_cannot_state() -> None:
    crawler = FIXTURES / "crawler"
    snapshot = project.read(str(crawler / "drizzle" / "migrations")).schema
    stated = project.read(str(crawler / "schema.sql")).schema
    assert differing(snapshot, stated) != []
    assert differing(snapshot, without(stated, drizzle.SILENT)) == []


def test_every_fixture_of_drizzle_kit_says_how_it_was_made() -> None:
    for folder in MIGRATIONS:
        text = (folder.parent / "README.md").read_text("utf-8")
        assert "npx drizzle-kit generate" in text and "drizzle-orm@" in text, folder.relative_to(ROOT)
        assert (folder.parent / "schema.ts").exists()
