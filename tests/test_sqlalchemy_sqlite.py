"""Models that work on SQLite as well: made, filled and read on both databases by one script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schema_bridge import project, registry
from schema_bridge.writers import sqlalchemy as mapped
from schema_bridge.writers.sqlalchemy import sqlmodel
from support import python
from support.cases import read_text
from support.server import Server

BOTH = """
CREATE TYPE mood AS ENUM ('calm', 'wild');
CREATE DOMAIN email AS text CHECK (VALUE ~ '@');
CREATE TABLE people (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  code varchar NOT NULL DEFAULT gen_random_uuid(),
  address email NOT NULL CHECK (length(address) > 3),
  name varchar(40) COLLATE "C" NOT NULL DEFAULT 'it''s :me'::character varying,
  mood mood NOT NULL DEFAULT 'calm'::mood,
  active boolean NOT NULL DEFAULT true,
  state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'it''s done')),
  marks varchar(8)[] CHECK (marks <@ ARRAY['x', 'y']::varchar[]),
  tags text[] NOT NULL DEFAULT '{}'::text[],
  scopes text[] NOT NULL DEFAULT ARRAY['read', 'write']::text[],
  settings jsonb NOT NULL DEFAULT '{"a": [1, 2]}'::jsonb,
  metadata jsonb,
  credit numeric(10, 2) NOT NULL DEFAULT 1.50,
  lower_name text GENERATED ALWAYS AS (lower((name)::text)) STORED,
  seen_at timestamptz,
  born date NOT NULL DEFAULT CURRENT_DATE,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX by_name ON people (lower(name)) WHERE active;
CREATE INDEX by_tags ON people USING gin (tags);
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON people USING (true);
CREATE TABLE pets (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
  weight real DEFAULT '2.5'::real,
  EXCLUDE USING btree (id WITH =)
);
"""

SCRIPT = """
import datetime as dt, warnings
import sqlalchemy as sa
from decimal import Decimal
from sqlalchemy.orm import Session
from models import *
warnings.filterwarnings("ignore", "Dialect sqlite.pysqlite does .not. support Decimal")
moment = dt.datetime(2024, 2, 29, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=5)))
for url in sys.argv[2:]:
    engine = sa.create_engine(url)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        person = Person(address="a@b.c", seen_at=moment, pets=[Pet()])
        session.add(person)
        session.add(Person(address="d@e.f", tags=["x", "y"], settings={"b": None}, mood=Mood.WILD, metadata_=[1],
                           state="it's done", marks=["y"]))
        session.commit()
    with Session(engine) as session:
        found = session.scalars(sa.select(Person).where(Person.seen_at == moment)).one()
        assert (found.address, found.name, found.mood, found.active) == ("a@b.c", "it's :me", Mood.CALM, True), url
        assert (found.tags, found.scopes, found.settings) == ([], ["read", "write"], {"a": [1, 2]}), url
        assert (found.metadata_, found.credit, found.seen_at) == (None, Decimal("1.50"), moment), url
        assert abs(dt.datetime.now(dt.UTC) - found.created_at) < dt.timedelta(minutes=9), url
        assert abs(dt.datetime.now(dt.UTC).date() - found.born) <= dt.timedelta(days=1), url
        assert found.id.version == 4 and len(found.code) == 36 and found.pets[0].id == 1 and found.pets[0].weight == 2.5, url
        other = session.scalars(sa.select(Person).where(Person.id != found.id)).one()
        assert (other.tags, other.settings, other.mood, other.metadata_) == (["x", "y"], {"b": None}, Mood.WILD, [1]), url
        named = globals().get("PersonState")
        state = named if isinstance(named, type) else str
        assert (found.state, type(found.state), other.state, other.marks) == ("new", state, state("it's done"), ["y"]), url
        for sought in (Person.state == other.state, Person.state.like("%done"), Person.state.in_(["it's done"])):
            assert session.scalars(sa.select(Person).where(sought)).one() is other, url
        assert session.scalar(sa.select(sa.func.count()).where(Person.metadata_.is_(None))) == 1, url
        session.delete(found)
        session.commit()
    with engine.begin() as connection:
        Base.metadata.drop_all(connection)
        assert not sa.inspect(connection).get_table_names(), url
"""


@pytest.mark.parametrize(
    ("writer", "options"),
    [
        ("sqlalchemy", mapped.Options(sqlite=True, choices="literals")),
        ("sqlalchemy", mapped.Options(sqlite=True, style="column", layout="tables", choices="classes")),
        ("sqlmodel", sqlmodel.Options(sqlite=True)),
    ],
    ids=["mapped", "column", "sqlmodel"],
)
def test_one_script_fills_and_reads_both(writer: str, options: Any, server: Server, tmp_path: Path) -> None:
    for path, text in project.render(read_text(BOTH), writer, options).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8", newline="")
    database = server.database()
    python.run(python.CONFIGURE + SCRIPT, tmp_path, f"sqlite:///{tmp_path / 'x.db'}", database.sqlalchemy_url)
    server.release(database)


def test_what_sqlite_does_without_is_said() -> None:
    sql = """
CREATE SCHEMA app;
CREATE TABLE app.hosts (id serial PRIMARY KEY, number serial, address inet, span int4range DEFAULT '[1,2)', at interval NOT NULL
  DEFAULT '1 day', hidden text);
"""
    said = registry.writer("sqlalchemy").unexpressed(read_text(sql), mapped.Options(sqlite=True))
    assert [finding.message for finding in said] == [
        "SQLite has no schemas: app.hosts needs a schema_translate_map there",
        "on SQLite app.hosts.number has no default",
        "on SQLite app.hosts.address is text",
        "on SQLite app.hosts.span is text",
        "on SQLite app.hosts.at has no default",
    ]
    assert registry.writer("sqlalchemy").unexpressed(read_text(sql), mapped.Options()) == ()
