"""Two sources, one truth: tables from one, what hangs on them from another; contradictions stop everything, by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema_bridge import project
from schema_bridge.cli import run
from support.cases import FIXTURES
from support.objects import differences
from support.server import Server

CRAWLER = FIXTURES / "crawler"
TABLES = """\
CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL CONSTRAINT users_email_unique UNIQUE);
CREATE TABLE images (
  id bigint PRIMARY KEY,
  owner uuid NOT NULL CONSTRAINT images_owner_users_id_fk REFERENCES users,
  status text NOT NULL DEFAULT 'new'
);
"""
OVERLAY = """\
CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE images (
  id bigint PRIMARY KEY,
  owner uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  user_id uuid,
  status text NOT NULL DEFAULT 'queued',
  CHECK (status <> '')
);
CREATE INDEX ON images (owner, user_id);
ALTER TABLE images ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own images" ON images USING (user_id IS NOT NULL);
"""
HANGING = """\
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON images FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE images ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own images" ON images USING (owner IS NOT NULL);
"""
CONTRADICTIONS = """\
column images.status: default (behaviour)
  tables.sql: 'new'  [tables.sql:5]
  overlay.sql: 'queued'  [overlay.sql:6]
column images.user_id (breaking)
  tables.sql: -
  overlay.sql: uuid  [overlay.sql:5]
  dropping it takes along: index images_owner_user_id_idx, policy own images
foreign key images.images_owner_users_id_fk: on delete (behaviour)
  tables.sql: no action  [tables.sql:4]
  overlay.sql: cascade  [overlay.sql:4]
  deleting a parent row does something else on each side
3 contradictions: nothing was written
mend one of the sources, or say in the config's precedence whether tables or overlay counts for: \
column, column.default, foreign_key.on_delete
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tables.sql").write_text(TABLES)
    configure("overlay.sql", OVERLAY)
    return tmp_path


def configure(overlay: str, text: str, *precedence: str) -> None:
    Path(overlay).write_text(text)
    settled = f"\n  precedence: {{{', '.join(precedence)}}}" if precedence else ""
    config = f"sources:\n  tables: tables.sql\n  overlay: {overlay}{settled}\noutputs: [ddl]\n"
    Path("schema_bridge.yaml").write_text(config)


def test_what_hangs_on_the_tables_comes_from_the_overlay(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure("hanging.sql", HANGING)
    assert run(["generate"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "from hanging.sql come, and would be lost without it:",
        "  1 function: touch(): it is stated there alone",
        "  1 policy: images.own images: it is stated there alone",
        "  1 table: row security: images: it is stated there alone",
        "  1 trigger: images.touched: it is stated there alone",
        "wrote production_schema.sql",
    ]
    assert project.read("production_schema.sql").schema.table("images").row_security
    assert run(["diff", "production_schema.sql", "tables.sql", "--format", "json"]) == 1
    assert run(["generate", "--check"]) == 0


def test_lint_looks_at_the_whole_truth(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "tables.sql"]) == 1
    assert "images_owner_users_id_fk" in capsys.readouterr().out
    configure("hanging.sql", "CREATE INDEX images_by_owner ON images (owner);")
    assert run(["lint"]) == 1
    out = capsys.readouterr().out
    assert "table-without-rls" in out and "images_owner_users_id_fk" not in out


@pytest.mark.parametrize("command", [["generate"], ["generate", "--check"], ["lint"]])
def test_contradictions_stop_everything(command: list[str], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command) == 1
    assert capsys.readouterr().err == CONTRADICTIONS
    assert not Path("production_schema.sql").exists()


@pytest.mark.parametrize(
    ("winner", "default", "action", "columns"),
    [
        ("tables", "'new'", "no action", ["id", "owner", "status"]),
        ("overlay", "'queued'", "cascade", ["id", "owner", "status", "user_id"]),
    ],
)
def test_the_precedence_settles_them(
    winner: str, default: str, action: str, columns: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = OVERLAY.replace("user_id IS NOT NULL", "owner IS NOT NULL").replace("(owner, user_id)", "(owner)")
    configure("overlay.sql", text, f"column: {winner}", f"foreign_key.on_delete: {winner}")
    assert run(["generate"]) == 0
    images = project.read("production_schema.sql").schema.table("images")
    assert [column.name for column in images.columns] == columns
    assert images.column("status").default == default
    assert [(key.name, key.on_delete) for key in images.foreign_keys] == [("images_owner_fkey", action)]
    assert [policy.name for policy in images.policies] == ["own images"] and images.row_security


def test_a_fact_counts_more_than_its_kind(here: Path) -> None:
    text = (
        OVERLAY.replace("  user_id uuid,\n", "").replace("(owner, user_id)", "(owner)").replace("user_id IS", "id IS")
    )
    configure("overlay.sql", text, "column: tables", "column.default: overlay", "foreign_key: overlay")
    assert run(["generate"]) == 0
    images = project.read("production_schema.sql").schema.table("images")
    assert images.column("status").default == "'queued'"


def test_a_column_on_which_something_hangs_is_not_dropped(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure("overlay.sql", OVERLAY, "column: tables", "foreign_key: overlay")
    assert run(["generate"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "column images.user_id (breaking)"
    assert "  dropping it takes along: index images_owner_user_id_idx, policy own images" in lines
    assert "1 contradiction: nothing was written" in lines
    assert not Path("production_schema.sql").exists()


@pytest.mark.parametrize(
    ("overlay", "precedence", "message"),
    [
        ("x.sql", "{colum: tables}", "schema_bridge.yaml:4:16: no option is called colum; did you mean column?"),
        (
            "x.sql",
            "{column.defalt: tables}",
            "schema_bridge.yaml:4:16: no option is called column.defalt; did you mean",
        ),
        ("x.sql", "{column: drizzle}", "schema_bridge.yaml:4:15: precedence: invalid enum value 'drizzle'"),
        ("[]", "{column: tables}", 'schema_bridge.yaml:4:3: "precedence" chooses between "tables" and "overlay"'),
    ],
)
def test_a_precedence_that_says_nothing_is_an_error(
    overlay: str, precedence: str, message: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("schema_bridge.yaml").write_text(
        f"sources:\n  tables: tables.sql\n  overlay: {overlay}\n  precedence: {precedence}\n"
    )
    assert run(["generate"]) == 2
    assert capsys.readouterr().err.startswith(f"schema-bridge: {message}")


def test_both_halves_of_the_crawler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    """drizzle-kit's tables under the SQL that states triggers, functions and grants: one file makes the whole database,
    and the validation of the merged schema finds it right."""
    monkeypatch.chdir(tmp_path)
    Path("schema_bridge.yaml").write_text(
        f"sources:\n  tables: {CRAWLER / 'drizzle' / 'migrations'}\n  overlay: {CRAWLER / 'schema.sql'}\n"
        "outputs: [ddl, sqlalchemy, pydantic, validation]\n"
    )
    assert run(["generate"]) == 0
    assert run(["diff", "production_schema.sql", str(CRAWLER / "schema.sql")]) == 0
    ours = server.database(Path("production_schema.sql"), supabase=True)
    assert differences(server.database(CRAWLER / "schema.sql", supabase=True), ours) == []
    assert "completed successfully" in ours.psql(Path("validate_schema.sql"), "-v", "ON_ERROR_STOP=1").stdout
    events = Path("schema_events.py").read_text()
    assert "set_profiles_updated_at" in events and "Members see projects" in events
    assert "class CrawlJob(Base):" in Path("models.py").read_text()
    assert Path("schemas/crawl_job.py").exists()
