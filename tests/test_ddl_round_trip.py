"""SQL -> IR -> DDL -> PostgreSQL is the same database as SQL -> PostgreSQL, for one of each kind of object."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema_bridge.writers import ddl
from support.cases import read_text
from support.objects import differences
from support.server import Database, Server

TEXTS = Path(__file__).parent / "sql"
NEEDED_EARLY = """
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'x') THEN CREATE SCHEMA seldom; END IF; END $$;
CREATE TABLE seldom.there (id integer);
DO $$ BEGIN EXECUTE 'CREATE TYPE hidden AS ENUM (' || quote_literal('a') || ')'; END $$;
CREATE TABLE uses_it (id integer, kind hidden DEFAULT 'a');
DO $$ BEGIN EXECUTE 'ALTER TABLE ' || 'uses_it' || ' ADD COLUMN late integer'; END $$;
DO $$ BEGIN EXECUTE 'CREATE TABLE ' || 'public.unseen' || ' (id integer)'; END $$;
CREATE VIEW of_unseen AS SELECT u.id FROM uses_it JOIN ONLY public.unseen u USING (id);
DO $$ BEGIN EXECUTE 'COMMENT ON TABLE ' || 'public.unseen' || ' IS ' || quote_literal('after the view'); END $$;
"""
KEYS_OF_PARTITIONS = """
CREATE TABLE whole (id integer NOT NULL, at date NOT NULL, note text) PARTITION BY RANGE (at);
CREATE TABLE first PARTITION OF whole FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE second PARTITION OF whole FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
ALTER TABLE first ADD CONSTRAINT own_key PRIMARY KEY (id, at);
CREATE INDEX own_index ON second (note);
CREATE INDEX whole_note ON ONLY whole (note);
CREATE INDEX other_index ON first (note);
ALTER INDEX whole_note ATTACH PARTITION own_index;
ALTER INDEX whole_note ATTACH PARTITION other_index;
ALTER TABLE whole ADD CONSTRAINT whole_key PRIMARY KEY (id, at);
"""
CYCLES = """
CREATE TABLE a (id integer PRIMARY KEY, b integer);
CREATE TABLE b (id integer PRIMARY KEY, a_id integer REFERENCES a);
ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;
CREATE FUNCTION first_b() RETURNS integer LANGUAGE sql STABLE BEGIN ATOMIC SELECT min(id) FROM b; END;
ALTER TABLE a ALTER b SET DEFAULT first_b();
ALTER TABLE b ADD CHECK (first_b() IS NULL OR id > 0);
CREATE FUNCTION of_a(a) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.id > 0';
ALTER TABLE a ADD CONSTRAINT positive CHECK (of_a(a));
CREATE INDEX by_of_a ON a (of_a(a.*));
CREATE POLICY p ON a USING (EXISTS (SELECT FROM b WHERE b.id = a.b AND of_a(a)));
CREATE POLICY p ON b USING (EXISTS (SELECT FROM a WHERE a.id = b.a_id));
"""


def remade(server: Server, text: str, style: str = "once") -> tuple[Database, Database]:
    """The database that the text makes, and the one that its DDL makes."""
    (written,) = ddl.write(read_text(text), ddl.Options(style=style)).values()  # type: ignore[arg-type]
    return server.database(text), server.database(written)


@pytest.mark.parametrize("style", ["once", "repeatable"])
@pytest.mark.parametrize("name", ["everything.sql", "everything_18.sql"])
def test_one_of_each_kind(server: Server, name: str, style: str) -> None:
    assert differences(*remade(server, (TEXTS / name).read_text("utf-8"), style)) == []


TANGLED = ("search_path", "inheritance", "routines", "names", "cycles", "rare")
HARD = {
    "opaque": NEEDED_EARLY,
    "partitions": KEYS_OF_PARTITIONS,
    "cycles": CYCLES,
    **{name: (TEXTS / f"{name}.sql").read_text("utf-8") for name in TANGLED},
}


@pytest.mark.parametrize("text", HARD.values(), ids=HARD)
def test_what_is_hard_to_order(server: Server, text: str) -> None:
    assert differences(*remade(server, text)) == []


@pytest.mark.parametrize("name", TANGLED[1:])
def test_the_repeatable_style_runs_twice(each_server: Server, name: str) -> None:
    text = HARD[name]
    direct, made = remade(each_server, text, "repeatable")
    (again,) = ddl.write(read_text(text), ddl.Options(style="repeatable")).values()
    assert differences(direct, made.apply(again)) == []
