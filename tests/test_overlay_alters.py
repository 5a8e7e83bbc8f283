"""An overlay that alters tables which it does not create: they are there, another source makes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema_bridge.cli import run
from support.objects import differences
from support.server import Server

TABLES = """\
CREATE TYPE status AS ENUM ('new', 'done');
CREATE TABLE users (id serial PRIMARY KEY);
CREATE TABLE images (
  id serial PRIMARY KEY,
  url text NOT NULL,
  owner_id integer,
  state status NOT NULL DEFAULT 'new',
  CONSTRAINT given CHECK (url <> '')
);
"""
OVERLAY = """\
CREATE POLICY own ON images USING (owner_id = 1);
CREATE INDEX early ON images (state);
ALTER TABLE images ENABLE ROW LEVEL SECURITY;
ALTER TABLE images
  ADD CONSTRAINT images_owner FOREIGN KEY (owner_id) REFERENCES users ON DELETE CASCADE,
  ADD CHECK (length(url) < 100), ADD UNIQUE (url);
ALTER TABLE images SET (fillfactor = 70);
CREATE INDEX ON images (owner_id) WHERE state = 'new';
ALTER TABLE images REPLICA IDENTITY USING INDEX images_url_key;
COMMENT ON COLUMN images.url IS 'where it is';
CREATE TABLE notes (id integer PRIMARY KEY, image_id integer REFERENCES images, state status);
CREATE FUNCTION is_done(state status) RETURNS boolean LANGUAGE sql AS 'SELECT state = ''done''';
ALTER TABLE images DROP CONSTRAINT IF EXISTS images_late;
ALTER TABLE images ADD CONSTRAINT images_late CHECK (owner_id > 0) NOT VALID;
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tables.sql").write_text(TABLES)
    return tmp_path


def generate(overlay: str, precedence: str = "") -> int:
    Path("overlay.sql").write_text(overlay)
    Path("schema_bridge.yaml").write_text(
        f"sources: {{tables: tables.sql, overlay: overlay.sql{precedence}}}\noutputs: [ddl, sqlalchemy, validation]\n"
    )
    return run(["generate"])


def test_what_it_adds_is_laid_over(server: Server) -> None:
    assert generate(OVERLAY) == 0
    ours = server.database(Path("production_schema.sql"))
    both = server.database(f"{TABLES}\n{OVERLAY}")
    assert differences(both, ours) == []
    assert "completed successfully" in ours.psql(Path("validate_schema.sql"), "-v", "ON_ERROR_STOP=1").stdout
    assert "owner: Mapped[User | None]" in Path("models.py").read_text()


def test_a_column_that_it_changes_contradicts_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    change = "ALTER TABLE images ALTER COLUMN owner_id SET NOT NULL, ADD COLUMN size bigint;\n"
    assert generate(change) == 1
    said = capsys.readouterr().err
    assert "column images.owner_id: not null (breaking)\n  tables.sql: false  [tables.sql:6]" in said
    assert "  overlay.sql: true  [overlay.sql:1]\n" in said and "column images.size" in said
    assert generate(change, ", precedence: {column: overlay}") == 0
    assert "owner_id integer NOT NULL" in Path("production_schema.sql").read_text()


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        (
            "ALTER TABLE images DROP CONSTRAINT given;",
            "overlay.sql:1: check given of images is made by another source (tables.sql:8) and dropped here",
        ),
        (
            "ALTER TABLE pictures ADD CHECK (true);",
            "overlay.sql:1:1: table pictures is not known here, so it cannot be",
        ),
        ("ALTER TABLE images ADD UNIQUE (link);", "overlay.sql:1:1: table images has no column link"),
    ],
)
def test_what_it_cannot_say_is_an_error(overlay: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(overlay) == 2
    assert message in capsys.readouterr().err
