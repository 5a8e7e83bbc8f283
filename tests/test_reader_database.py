"""What a live database says is what the SQL said that it was made from: read back, compared, shown and applied again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from schema_bridge import catalog, project, serialize
from schema_bridge.cli import run
from schema_bridge.project import comparing
from schema_bridge.readers.database import connection
from schema_bridge.servers import address
from support.cases import CASES, Case
from support.objects import differences
from support.server import PLAIN_ROLE, Server

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def rows(*paths: str) -> list[str]:
    report, _ = comparing.compare_sources(paths)
    return [f"{row.kind} {row.table or ''} {row.name}: {row.fact}: {row.values}" for row in report.differences]


@every_case
def test_a_database_is_the_sql_that_it_was_made_from(case: Case, each_server: Server) -> None:
    database = each_server.database(case.sql, supabase=case.supabase)
    assert rows(str(case.sql), database.url) == []
    assert rows(database.url, str(case.sql)) == []


TEXTS = Path(__file__).parent / "sql"


def test_one_of_each_kind(each_server: Server, server: Server) -> None:
    for name, on in (("everything.sql", each_server), ("everything_18.sql", server)):
        assert rows(str(TEXTS / name), on.database(TEXTS / name).url) == []


@every_case
def test_a_database_shown_as_sql_makes_the_same_database(case: Case, server: Server) -> None:
    database = server.database(case.sql, supabase=case.supabase)
    (shown,) = project.render(project.read(database.url).schema, "ddl").values()
    assert not (found := differences(database, server.database(shown))), "\n".join(found)


def test_a_role_that_can_only_connect_reads_the_same(server: Server) -> None:
    crawler = next(case for case in CASES if case.name == "crawler")
    database = server.database(crawler.sql, supabase=True)
    stranger = database.as_role(PLAIN_ROLE)
    assert stranger.rows("SELECT has_schema_privilege('auth', 'USAGE'), has_table_privilege('images', 'SELECT')") == [
        ["f", "f"]
    ]
    seen, all_there_is = (serialize.without_origins(project.read(d.url).schema) for d in (stranger, database))
    assert seen == all_there_is


def test_a_database_keeps_its_data_and_its_locks_to_itself(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction, that is read-only and one snapshot, and ends."""
    database = server.database("CREATE TABLE t (a int); CREATE SCHEMA s CREATE TABLE u (a int)")
    asked: list[list[str]] = []
    ask = connection._ask

    def spied(live: object) -> connection.Description:
        description = ask(live)
        settings = [f"current_setting('transaction_{name}') AS {name}" for name in ("isolation", "read_only")]
        asked.append(list(live.execute(f"SELECT {', '.join(settings)}").fetchone().values()))  # type: ignore[attr-defined]
        return description

    monkeypatch.setattr(connection, "_ask", spied)
    assert [str(table.name) for table in project.read(database.url).schema.tables] == ["t", "s.u"]
    assert asked == [["repeatable read", "on"]]
    assert database.rows("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'schema_bridge'") == [["0"]]


def test_the_number_of_queries_does_not_depend_on_the_number_of_tables(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    executed: list[str] = []
    execute = psycopg.RawCursor.execute

    def counted(self: object, query: str, *arguments: object, **more: object) -> object:
        executed.append(query)
        return execute(self, query, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(psycopg.RawCursor, "execute", counted)
    counts = []
    for number in (0, 3, 60):
        tables = "".join(f"CREATE TABLE t{i} (a serial PRIMARY KEY, b int REFERENCES t0);" for i in range(number))
        executed.clear()
        read = project.read(server.database(tables.replace(" REFERENCES t0", "", 1)).url)
        assert len(read.schema.tables) == number
        counts.append(len(executed))
    assert len(set(counts)) == 1 and counts[0] <= len(catalog.queries()) + 2


CHANGES = {
    "ALTER TABLE items ALTER COLUMN title TYPE varchar(90)": ["column items.title: type"],
    "ALTER TABLE items ALTER COLUMN title SET DEFAULT 'old'": ["column items.title: default"],
    "ALTER TABLE items ALTER COLUMN title DROP NOT NULL": ["column items.title: not_null"],
    "ALTER TABLE items ALTER COLUMN state SET NOT NULL": ["column items.state: not_null"],
    "ALTER TABLE items ADD COLUMN extra integer": ["column items.extra: exists"],
    "ALTER TABLE items ALTER COLUMN title SET STATISTICS 7": ["column items.title: statistics"],
    "ALTER TABLE items ALTER COLUMN tags SET STORAGE external": ["column items.tags: storage"],
    "ALTER TABLE owners ALTER COLUMN id SET INCREMENT BY 3": ["column owners.id: identity"],
    "ALTER TABLE owners RENAME COLUMN email TO mail": ["column owners.email: name"],
    "ALTER TABLE items DROP CONSTRAINT titled, ADD CONSTRAINT titled CHECK (title <> 'x')": [
        "check items.titled: expression",
    ],
    "ALTER TABLE items ADD CONSTRAINT more CHECK (cost < 5) NOT VALID": ["check items.more: exists"],
    "ALTER TABLE items DROP CONSTRAINT items_owner_id_fkey, ADD CONSTRAINT items_owner_id_fkey "
    "FOREIGN KEY (owner_id) REFERENCES owners ON DELETE SET NULL": ["foreign_key items.items_owner_id_fkey: on_delete"],
    "ALTER TABLE items ALTER CONSTRAINT items_owner_id_fkey DEFERRABLE": [
        "foreign_key items.items_owner_id_fkey: deferrable",
    ],
    "ALTER TABLE items DROP CONSTRAINT items_box_excl": ["exclusion items.items_box_excl: exists"],
    "ALTER TABLE owners ADD UNIQUE (id, mail)": ["unique owners.owners_id_mail_key: exists"],
    "ALTER TABLE items FORCE ROW LEVEL SECURITY": ["table items: force_row_security"],
    "ALTER TABLE items DISABLE ROW LEVEL SECURITY": ["table items: row_security"],
    "ALTER POLICY own ON items USING (owner_id > 1)": ["policy items.own: using"],
    "ALTER POLICY own ON items TO pg_monitor": ["policy items.own: roles"],
    "ALTER TABLE items DISABLE TRIGGER touched": ["trigger items.touched: enabled"],
    "ALTER TABLE items SET (fillfactor = 50)": ["table items: options"],
    "ALTER TABLE items REPLICA IDENTITY FULL": ["table items: replica_identity"],
    "ALTER INDEX by_title RENAME TO on_title": ["index items.by_title: name"],
    "ALTER INDEX by_tags SET (fastupdate = off)": ["index items.by_tags: options"],
    "ALTER TYPE mood ADD VALUE 'wild' BEFORE 'happy'": ["enum mood: labels"],
    "ALTER TYPE pair ADD ATTRIBUTE c date": ["attribute pair.c: exists"],
    "ALTER DOMAIN price SET DEFAULT 1": ["domain price: default"],
    "ALTER DOMAIN price DROP CONSTRAINT price_check": ["check price.price_check: exists"],
    "ALTER DOMAIN price SET NOT NULL": ["domain price: not_null"],
    "ALTER SEQUENCE numbers CYCLE": ["sequence numbers: options"],
    "ALTER FUNCTION total(integer) IMMUTABLE": ["function total(integer): volatility"],
    "ALTER FUNCTION total(integer) SET search_path = ''": ["function total(integer): settings"],
    "ALTER FUNCTION touch() SECURITY DEFINER": ["function touch(): security_definer"],
    "ALTER VIEW cheap SET (security_barrier = true)": ["view cheap: options"],
    "ALTER VIEW cheap RENAME COLUMN at TO moment": ["view cheap: query"],
    "ALTER MATERIALIZED VIEW counted RENAME TO counts": [
        "materialized_view counted: exists", "materialized_view counts: exists",
    ],
    "ALTER TABLE app.log_2024 SET UNLOGGED": ["table log_2024: persistence"],
    "ALTER STATISTICS together SET STATISTICS 9": ["statistics together: target"],
    "ALTER TABLE items RENAME CONSTRAINT items_pkey TO pk": ["primary_key items.items_pkey: name"],
    "COMMENT ON TABLE items IS 'other things'": ["table items: comment"],
    "GRANT UPDATE ON items TO PUBLIC": ["privileges table items(public): granted"],
    "REVOKE EXECUTE ON FUNCTION total(integer) FROM PUBLIC": ["privileges function total(public): exists"],
}  # fmt: skip


def test_every_single_change_is_named_and_nothing_else(server: Server) -> None:
    database = server.database(TEXTS / "changed.sql")

    def differing() -> set[str]:
        report, _ = comparing.compare_sources((str(TEXTS / "changed.sql"), database.url))
        return {f"{row.kind} {'.'.join(filter(None, (row.table, row.name)))}: {row.fact}" for row in report.differences}

    known = differing()
    assert known == set()
    named = {}
    for change in CHANGES:
        database.apply(change)
        named[change] = sorted(differing() - known)
        known |= set(named[change])
    assert named == CHANGES


# Errors


def test_what_goes_wrong_is_one_sentence(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address_of = server.database().url
    missing = address_of.replace("@/", ":hidden@/no_such_base_")
    stranger = address_of.replace(f"{server.user}@", "no_such_role:hidden@")
    for url, said in ((missing, 'database "no_such_base_'), (stranger, 'role "no_such_role" does not exist')):
        assert run(["show", url]) == 2
        out, err = capsys.readouterr()
        assert out == "" and said in err and err.count("\n") == 1
        assert err.startswith("schema-bridge: postgresql://") and "hidden" not in err
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert run(["show", address_of]) == 2
    assert capsys.readouterr().err == (
        "schema-bridge: asking a database needs psycopg: pip install 'schema-bridge[database]'\n"
    )


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@h:1/d", "postgresql://u@h:1/d"),
        ("postgres://u:p%40x@h/d?sslmode=require", "postgres://u@h/d?sslmode=require"),
        ("postgresql://u@/d?host=/tmp&password=p&port=1", "postgresql://u@/d?host=/tmp&port=1"),
        ("postgresql://h/d?password=p", "postgresql://h/d"),
        ("postgresql://u:a/b@c?d@h/d", "postgresql://u@h/d"),
        ("postgresql://", "postgresql://"),
    ],
)
def test_no_password_is_shown(url: str, shown: str) -> None:
    assert address.shown(url) == shown


def test_origins_and_reports_name_the_database_without_its_password(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = server.database("CREATE TABLE t (a int)")
    script = tmp_path / "t.sql"
    script.write_text("CREATE TABLE t (a bigint);")
    url = database.url.replace("@", ":hidden@", 1)
    assert run(["diff", str(script), url]) == 1
    out, _ = capsys.readouterr()
    assert f"integer  [{database.url}#public.t.a]" in out and "hidden" not in out
    assert run(["diff", url, str(script), "--format", "json"]) == 1
    assert "hidden" not in capsys.readouterr().out


def test_what_is_not_modelled_is_counted_and_strict_says_that_it_cannot_tell(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "t.sql"
    making = (
        "DO $$ DECLARE owner text; BEGIN FOR owner IN SELECT rolname FROM pg_roles LIMIT 1 "
        "LOOP EXECUTE format('CREATE TABLE made (a int)'); END LOOP; END $$;"
    )
    script.write_text(f"CREATE TABLE t (a int); {making}")
    url = server.database(script).url
    assert run(["diff", str(script), url]) == 0
    out, err = capsys.readouterr()
    assert out == "no difference\n"
    assert "not compared, because one of the sources cannot state it: 1 table, 1 unmodelled" in err
    assert run(["diff", str(script), url, "--strict"]) == 2
    script.write_text(f"CREATE TABLE t (a int, b int); {making}")
    assert run(["diff", str(script), url, "--strict"]) == 1
