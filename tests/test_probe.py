"""`schema-bridge validate --probe`: what triggers and policies do is as the schema says, and no row stays behind."""

from __future__ import annotations

import json
import re
from random import Random

import pytest

from schema_bridge.cli import run
from schema_bridge.ir import Schema, Type
from schema_bridge.probe import values
from schema_bridge.probe.callers import compared
from schema_bridge.probe.outcomes import Outcome
from schema_bridge.probe.running import probes
from schema_bridge.probe.strings import matching
from schema_bridge.probe.wishes import wish
from schema_bridge.servers import session
from support.cases import CASES, read_text
from support.server import Database, Server

CRAWLER = next(case for case in CASES if case.name == "crawler")


def probed(database: Database, schema: Schema = CRAWLER.schema) -> list[Outcome]:
    with session.connected(database.url, read_only=False) as connection:
        found = list(probes(connection, schema))
        connection.rollback()
    return found


def lines(found: list[Outcome], kind: str) -> list[str]:
    return [outcome.line for outcome in found if outcome.kind == kind]


def rows_of(database: Database, schema: Schema) -> int:
    tables = [str(table.name) for table in schema.tables] + ["auth.users"]
    counts = " + ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    return int(database.rows(f"SELECT {counts}")[0][0])


@pytest.fixture
def crawler(each_server: Server) -> Database:
    return each_server.database(CRAWLER.sql, supabase=True)


def test_the_right_database_does_all_that_its_schema_says(crawler: Database) -> None:
    before = crawler.dump()
    found = probed(crawler)
    assert lines(found, "broken") == []
    assert lines(found, "kept") == [
        "A new account gets its row of profiles, credit_accounts, notifications",
        "An UPDATE changes what 6 triggers keep",
        "Row security of 13 tables does what the policies say, for two users and for one who is not signed in",
    ]
    assert lines(found, "not probed") == [
        "not probed: policy Editors run jobs on crawl_jobs: its condition is true for none of the rows made",
        "not probed: policy Billing writes accounts on credit_accounts: it is for service_role",
        "not probed: policy Owners manage members on project_members: its condition is true for none of the rows made",
    ]
    assert rows_of(crawler, CRAWLER.schema) == 0
    assert crawler.dump() == before


RETURNS_NEW = "RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
OTHERWISE = (
    # A function that keeps updated_at, emptied.
    (f"CREATE OR REPLACE FUNCTION handle_updated_at() {RETURNS_NEW}", [
        f"set_{table}_updated_at on {table}: updated_at after an UPDATE: expected changed, actual as it was"
        for table in ("api_keys", "crawl_jobs", "credit_accounts", "datasets", "profiles", "projects")
    ]),
    # A policy that is true for all.
    ('ALTER POLICY "Own notifications" ON notifications USING (true)', [
        "row security of notifications: select by another user: expected refused, actual allowed"
    ]),
    # Row security off.
    ("ALTER TABLE datasets DISABLE ROW LEVEL SECURITY", [
        "row security of datasets: select by who is not signed in: expected refused, actual allowed",
        "row security of datasets: select, insert, update, delete by another user: expected refused, actual allowed",
    ]),
    # A policy that compares another column.
    ('ALTER POLICY "Own keys" ON api_keys USING (id = auth.uid())', [
        "row security of api_keys: select, insert, update, delete by its user: expected allowed, actual refused"
    ]),
    # A check that does.
    ("ALTER POLICY \"Owners change projects\" ON projects WITH CHECK (metadata ->> 'owner' = auth.uid()::text)", [
        "row security of projects: update by its user: expected allowed, actual refused"
    ]),
    # A privilege taken back.
    ("REVOKE INSERT ON labels FROM authenticated", [
        "row security of labels: insert by its user: expected allowed, actual no privilege"
    ]),
)  # fmt: skip


def test_what_a_database_does_otherwise_is_found(server: Server) -> None:
    database = server.database(CRAWLER.sql, supabase=True).apply(";\n".join(sql for sql, _ in OTHERWISE))
    assert sorted(lines(probed(database), "broken")) == sorted(line for _, expected in OTHERWISE for line in expected)
    assert rows_of(database, CRAWLER.schema) == 0


OPEN = """
CREATE OR REPLACE FUNCTION is_project_member(wanted_project integer, wanted_role member_role DEFAULT NULL)
  RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true';
"""


@pytest.mark.parametrize(
    "sql",
    [
        f"CREATE OR REPLACE FUNCTION handle_new_user() {RETURNS_NEW};",
        "ALTER TABLE auth.users DISABLE TRIGGER on_auth_user_created;",
    ],
)
def test_new_accounts_without_their_rows_and_policies_whose_function_says_yes(sql: str, server: Server) -> None:
    """The rows are made by hand then, and the function that policies call is the schema's for what is expected."""
    database = server.database(CRAWLER.sql, supabase=True).apply(sql + OPEN)
    found = lines(probed(database), "broken")
    assert found[0] == (
        "on_auth_user_created on auth.users: a new account gets: expected a row of profiles, credit_accounts, notifications,"
        " actual none of profiles, credit_accounts, notifications"
    )
    assert "row security of crawl_jobs: select, insert by another user: expected refused, actual allowed" in found
    assert "row security of images: select by another user: expected refused, actual allowed" in found
    assert rows_of(database, CRAWLER.schema) == 0


# Without Supabase

TENANTS = r"""
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN short AS text CHECK (length(value) BETWEEN 2 AND 4);
CREATE TABLE tenants (id integer PRIMARY KEY, "Na me" short NOT NULL UNIQUE, mood mood NOT NULL);
CREATE TABLE notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id integer NOT NULL REFERENCES tenants,
  body varchar(20) NOT NULL CHECK (body ~ '^[A-Z]{3}-[0-9]+$'), low integer NOT NULL, high integer NOT NULL,
  CHECK (low < high), price numeric(4, 2) NOT NULL CHECK (price > 0 AND price < 1), a integer, b integer,
  CHECK (num_nonnulls(a, b) = 1), tags text[] NOT NULL CHECK (cardinality(tags) > 0),
  doc jsonb NOT NULL CHECK (jsonb_typeof(doc) = 'array'), during tstzrange NOT NULL, modified timestamp DEFAULT now()
);
CREATE TABLE readings (at timestamptz, tenant_id integer, value real NOT NULL, PRIMARY KEY (at, tenant_id))
  PARTITION BY RANGE (at);
CREATE TABLE readings_2030 PARTITION OF readings FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
CREATE TABLE logs (tenant_id integer NOT NULL, CHECK (tenant_id < 0));
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN IF NEW.modified = OLD.modified THEN NEW.modified := current_timestamp; END IF; RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE OF body, low ON notes FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE readings ENABLE ROW LEVEL SECURITY;
ALTER TABLE logs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (tenant_id = current_setting('app.tenant')::int);
CREATE POLICY own ON tenants USING (id = nullif(current_setting('app.tenant', true), '')::int);
CREATE POLICY own ON readings USING (tenant_id = (SELECT current_setting('app.tenant')::int));
CREATE POLICY own ON logs USING (tenant_id = current_setting('app.tenant')::int);
"""


def test_settings_tell_tenants_apart_and_rows_meet_their_checks(each_server: Server) -> None:
    database, schema = each_server.database(TENANTS), read_text(TENANTS)
    found = probed(database, schema)
    assert lines(found, "broken") == []
    assert lines(found, "kept") == [
        "An UPDATE changes what 1 trigger keeps",
        "Row security of 3 tables does what the policies say, for two users and for one who is not signed in",
    ]
    (left_out,) = lines(found, "not probed")
    assert left_out.startswith("not probed: row security of logs: no row could be made: new row for relation")
    database.apply(f"ALTER POLICY own ON readings USING (true); CREATE OR REPLACE FUNCTION touch() {RETURNS_NEW};")
    assert lines(probed(database, schema), "broken") == [
        "touch on notes: modified after an UPDATE: expected changed, actual as it was",
        "row security of readings: select, insert, update, delete by who is not signed in: expected refused, actual allowed",
        "row security of readings: select, insert, update, delete by another user: expected refused, actual allowed",
    ]
    assert database.rows("SELECT count(*) FROM tenants") == [["0"]]
    assert database.rows("SELECT count(*) FROM pg_roles WHERE rolname = 'schema_bridge_probe'") == [["0"]]


IN_THE_WAY = """
CREATE TABLE one (id integer PRIMARY KEY CHECK (id = 1));
CREATE TABLE mine (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, one_id integer NOT NULL REFERENCES one, owner uuid NOT NULL);
CREATE TABLE bag (owner uuid NOT NULL);
CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN NEW.owner := nullif(current_setting('app.me', true), '')::uuid; RETURN NEW; END $$;
CREATE TRIGGER own BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION own();
ALTER TABLE mine ENABLE ROW LEVEL SECURITY;
ALTER TABLE bag ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON mine USING (owner::text = current_setting('app.me', true));
CREATE POLICY own ON bag USING (owner::text = current_setting('app.me', true));
"""


def test_what_stands_in_the_way_is_told_and_not_counted(server: Server) -> None:
    """A trigger may make any row the caller's own; without a key, a row is not found again."""
    database = server.database(IN_THE_WAY)
    found = probed(database, read_text(IN_THE_WAY))
    assert {outcome.kind for outcome in found} == {"not probed"}
    assert lines(found, "not probed") == [
        "not probed: row security of bag: select, update, delete by its user: it has no key by which to find a row again",
        "not probed: row security of mine: insert by another user: a trigger stands before the policies",
    ]
    database.apply("ALTER TABLE bag DISABLE ROW LEVEL SECURITY; ALTER POLICY own ON mine USING (true)")
    assert lines(probed(database, read_text(IN_THE_WAY)), "broken") == [
        "row security of bag: insert by who is not signed in: expected refused, actual allowed",
        "row security of bag: insert by another user: expected refused, actual allowed",
        "row security of mine: select, update, delete by who is not signed in: expected refused, actual allowed",
        "row security of mine: select, update, delete by another user: expected refused, actual allowed",
    ]


def test_a_role_that_may_not_is_told_and_nothing_is_passed(server: Server) -> None:
    database = server.database(TENANTS).as_role("plain_role")
    found = probed(database, read_text(TENANTS))
    assert {outcome.kind for outcome in found} == {"not probed"}
    assert any("permission denied for table tenants" in outcome.line for outcome in found)


# The command


def test_the_command_makes_probes_a_group_of_its_report(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    database = server.database(CRAWLER.sql, supabase=True)
    database.apply('ALTER POLICY "Own notifications" ON notifications USING (true)')
    words = ["validate", database.url, str(CRAWLER.sql), "--probe"]
    assert run(words) == 1
    out = capsys.readouterr().out
    assert "✅ An UPDATE changes what 6 triggers keep\n" in out
    assert "⚠️ not probed: policy Billing writes accounts on credit_accounts: it is for service_role\n" in out
    assert re.search(r"│probes +│ row security of notifications +│ refused +│ allowed", out)
    assert out.endswith("❌ 2 differences\n")
    assert run([*words, "--format", "json"]) == 1
    results = json.loads(capsys.readouterr().out)["databases"][0]["results"]
    (broken,) = (r for r in results if r["group"] == "probes" and r["problem"] == "differs")
    assert (broken["object"], broken["fact"]) == ("row security of notifications", "select by another user")
    assert (broken["expected"], broken["actual"]) == ("refused", "allowed")
    assert broken["origin"]["file"] == str(CRAWLER.sql)
    assert rows_of(database, CRAWLER.schema) == 0


# Values

REGEXES = [
    "^[a-z0-9_]{3,40}$", "^#[0-9A-Fa-f]{6}$", r"^[^@\s]+@[^@\s]+\.[a-z]+$", "^(a|bc)+x?$", r"^\d{3}-\w+$",
    "^[A-Z]{2}[0-9]{2}$", "^https?://.*", "^[]a]+$", "^(?:ab){2,}[^0-9]$",
]  # fmt: skip


@pytest.mark.parametrize("regex", REGEXES)
def test_texts_match_their_expression(regex: str) -> None:
    for seed in range(20):
        text = matching(regex, Random(seed))
        assert text is not None and re.search(regex, text)


def test_of_what_is_not_known_no_text_is_made() -> None:
    assert [matching(regex, Random(0)) for regex in ("(?=a)", r"(a)\1", "a{", "*", "(a", "[a")] == [None] * 6


def test_checks_say_what_a_value_must_be() -> None:
    found = wish(["age >= 18 AND age < 30", "char_length(age) > 2", "age IS NULL OR age IN (20, 21)"], "age")
    assert (found.least, found.most, found.shortest, found.choices) == (18, 29, 3, ("20", "21"))
    assert wish(["other > 3"], "age") == wish([], "age")
    assert values.value(Schema(), Type(name="no_such_type", schema=""), wish([], "a"), Random(0)) is None


def test_comparisons_with_who_asks_are_found_wherever_they_stand() -> None:
    text = (
        "(SELECT auth.uid()) = owner OR EXISTS (SELECT 1 FROM app.chats c WHERE c.id = chat AND c.by::text ="
        " current_setting('app.me', true)) OR kind = (SELECT max(k) FROM kinds WHERE x = auth.uid())"
    )
    assert [(c.table and str(c.table), c.column, c.to) for c in compared(text)] == [
        (None, "owner", "auth.uid"), ("app.chats", "by", "app.me"), (None, "x", "auth.uid"),
    ]  # fmt: skip
