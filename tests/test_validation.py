"""validate_schema.sql on a server: silent on the right database in any role and setting, loud on a changed one."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from subprocess import CompletedProcess
from threading import Thread
from time import sleep

import psycopg
import pytest

from schema_bridge import ir, project
from schema_bridge.errors import OptionError
from schema_bridge.writers.validation import Options
from support.cases import CASES, read_text
from support.changes import changes, is_changed_alone
from support.judge import SCRIPT, Judge, Subject, reported, subjects
from support.mutations import extras, mutations
from support.objects import restored
from support.server import PLAIN_ROLE, Database, Server

CRAWLER = next(case for case in CASES if case.name == "crawler")


def run(database: Database, script: str, before: str = "", *arguments: str) -> CompletedProcess[str]:
    return database.psql(f"{before}\n{script}", "-v", "ON_ERROR_STOP=1", *arguments)


@pytest.fixture(scope="module")
def script() -> str:
    return CRAWLER.written("validation")[SCRIPT]


@pytest.fixture(scope="module")
def deployed(each_server: Server) -> Iterator[Database]:
    """What the tests leave as it is: whatever mode a validation took, pg_dump sees no difference in the end."""
    database = each_server.database(CRAWLER.sql, supabase=True)
    before = database.dump()
    yield database
    assert database.dump() == before


@pytest.fixture
def connection(deployed: Database) -> Iterator[psycopg.Connection[object]]:
    """Inside a transaction that is rolled back."""
    with psycopg.connect(deployed.conninfo) as opened:
        yield opened
        opened.rollback()


def test_the_right_database_gets_a_line_a_group(deployed: Database, script: str) -> None:
    done = run(deployed, script)
    assert done.returncode == 0, done.stderr
    for line in (
        "✅ All 13 tables exist",
        "✅ RLS enabled on all tables",
        "✅ All 7 triggers exist and match",
        "✅ Schema validation completed successfully!",
    ):
        assert line in done.stderr
        assert line in done.stdout
    assert "❌" not in done.stderr and "⚠️" not in done.stderr


CHANGES = {
    "a trigger dropped on one of six tables": ("DROP TRIGGER set_projects_updated_at ON projects", "set_projects_updated_at"),
    "a trigger disabled": ("ALTER TABLE datasets DISABLE TRIGGER set_datasets_updated_at", "set_datasets_updated_at"),
    "a trigger on the wrong table": (
        ("DROP TRIGGER set_projects_updated_at ON projects; CREATE TRIGGER set_projects_updated_at BEFORE UPDATE ON labels"
        " FOR EACH ROW EXECUTE FUNCTION handle_updated_at()"),
        "set_projects_updated_at on projects",
    ),
    "a policy turned to USING (true)": ('ALTER POLICY "Own account" ON credit_accounts USING (true)', "Own account"),
    "RLS off": ("ALTER TABLE images DISABLE ROW LEVEL SECURITY", "Row security images"),
    "a column type": ("ALTER TABLE images ALTER bytes TYPE integer", "images.bytes [type]: expected bigint, actual integer"),
    "a length": ("ALTER TABLE labels ALTER name TYPE varchar(61)", "labels.name [type]"),
    "a nullability": ("ALTER TABLE labels ALTER name DROP NOT NULL", "labels.name [not null]: expected true, actual false"),
    "a default": ("ALTER TABLE crawl_jobs ALTER max_images SET DEFAULT 1001", "crawl_jobs.max_images [default]"),
    "a check dropped": ("ALTER TABLE images DROP CONSTRAINT images_size", "images_size"),
    "a check's expression": (
        ("ALTER TABLE images DROP CONSTRAINT images_size, ADD CONSTRAINT images_size CHECK (width BETWEEN 1 AND 65536 AND"
        " height BETWEEN 1 AND 65535)"),
        "images_size",
    ),
    "a foreign key dropped": ("ALTER TABLE labels DROP CONSTRAINT labels_project_id_fkey", "labels_project_id_fkey"),
    "its action": (
        ("ALTER TABLE labels DROP CONSTRAINT labels_project_id_fkey, ADD CONSTRAINT labels_project_id_fkey FOREIGN KEY"
        " (project_id) REFERENCES projects ON DELETE SET NULL"),
        "labels_project_id_fkey on labels [on delete]: expected cascade, actual set null",
    ),
    "a unique dropped": ("ALTER TABLE labels DROP CONSTRAINT labels_project_id_name_key", "labels_project_id_name_key"),
    "a column missing": ("ALTER TABLE notifications DROP COLUMN body", "notifications.body"),
    "an index on another column": (
        "DROP INDEX idx_projects_owner_id; CREATE INDEX idx_projects_owner_id ON projects (parent_id)",
        "idx_projects_owner_id",
    ),
    "a partial index without its WHERE": (
        "DROP INDEX idx_api_keys_user_id; CREATE INDEX idx_api_keys_user_id ON api_keys (user_id)",
        "idx_api_keys_user_id on api_keys [where]",
    ),
    "a function body emptied": (
        "CREATE OR REPLACE FUNCTION handle_updated_at() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "handle_updated_at() [body]",
    ),
    "SECURITY DEFINER gone": ("ALTER FUNCTION handle_new_user() SECURITY INVOKER", "handle_new_user() [security definer]"),
    "a table missing": ("DROP TABLE export_files", "Table export_files: expected, but missing"),
    "an enum value added": ("ALTER TYPE job_status ADD VALUE 'lost'", "Enum job_status [labels]"),
    "an extra policy": ("CREATE POLICY open ON images USING (true)", "open on images: not expected"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_one_change_is_one_line(change: str, connection: psycopg.Connection[object], script: str) -> None:
    sql, about = CHANGES[change]
    connection.execute(sql.encode())
    found = reported(connection, script)
    assert any(about in line for line in found), found
    assert len(found) <= 2


def test_of_bodies_the_first_line_that_differs_is_told(connection: psycopg.Connection[object], script: str) -> None:
    make = "CREATE OR REPLACE FUNCTION handle_updated_at() RETURNS trigger LANGUAGE plpgsql AS"
    for body, said in (
        (
            "BEGIN\n  NEW.updated_at = now();\n\n  RETURN NEW;\nEND;",
            "expected   RETURN NEW;, actual (an empty line) (line 3)",
        ),
        (
            "BEGIN\n  NEW.updated_at = now();\n  RETURN NEW;\nEND;\n-- more",
            "expected (nothing), actual -- more (line 5)",
        ),
        ("\n\n\nBEGIN RETURN NEW; END", "expected BEGIN, actual BEGIN RETURN NEW; END"),
        ("", "expected BEGIN, actual (nothing)"),
    ):
        connection.execute(
            f"{make} $$ {body} $$".encode() if body else f"SET check_function_bodies TO off; {make} ''".encode()
        )
        assert reported(connection, script) == [f"Function handle_updated_at() [body]: {said}"]


def test_all_policies_of_a_table_dropped(connection: psycopg.Connection[object], script: str) -> None:
    names = [policy.name for policy in CRAWLER.schema.table("projects").policies]
    for policy in names:
        connection.execute(f'DROP POLICY "{policy}" ON projects'.encode())
    found = reported(connection, script)
    assert len(found) == len(names)
    assert all(any(policy in line for line in found) for policy in names)


def test_psql_exits_3_with_a_line_a_difference(deployed: Database, script: str) -> None:
    done = run(deployed, script, "BEGIN; DROP TABLE export_files; ALTER TABLE labels ALTER name DROP NOT NULL;")
    assert done.returncode == 3
    assert done.stderr.count("❌") == 2
    assert "completed successfully" not in done.stdout + done.stderr


def test_a_program_gets_the_results_as_json(connection: psycopg.Connection[object], script: str) -> None:
    connection.execute(b"DROP TABLE export_files; ALTER TABLE labels ALTER name DROP NOT NULL")
    connection.execute(b"SET schema_bridge.results TO wanted")
    connection.execute(script.encode())
    row = connection.execute("SHOW schema_bridge.results").fetchone()
    assert isinstance(row, tuple)
    results = json.loads(row[0])
    assert {"group": "columns", "kind": "column", "problem": "differs", "object": "labels.name", "fact": "not null", "expected": "true",
            "actual": "false", "line": "Column labels.name [not null]: expected true, actual false",
            "as_text": False} in results  # fmt: skip
    problems = Counter(result["problem"] for result in results)
    assert problems["differs"] == problems["missing"] == 1 and problems["none"] > 5


RESPELLED = {
    "search_path": "SET search_path TO pg_catalog;",
    "time zone": "SET timezone TO 'Asia/Kathmandu'; SET datestyle TO 'SQL, DMY'; SET intervalstyle TO 'sql_standard';",
    "strings": "SET standard_conforming_strings TO off; SET escape_string_warning TO off;",
    "quoted": "SET quote_all_identifiers TO on; SET extra_float_digits TO 3; SET bytea_output TO 'escape';",
    "backslash quotes": "SET backslash_quote TO off;",
    "default tablespace": "SET check_function_bodies TO on; SET plpgsql.extra_errors TO 'all';",
}


@pytest.mark.parametrize("setting", RESPELLED)
def test_the_settings_of_a_session_are_no_difference(setting: str, deployed: Database, script: str) -> None:
    done = run(deployed, script, RESPELLED[setting])
    assert done.returncode == 0, done.stderr


def test_a_restored_database_is_no_difference(deployed: Database, script: str) -> None:
    copy = deployed.server.database()
    copy.apply(restored(deployed).replace("CREATE SCHEMA public;", ""))
    done = run(copy, script)
    assert done.returncode == 0, done.stderr


MODES = {
    "superuser": ("", "Mode schema"),
    "temporary": ("SET ROLE validation_temporary;", "Mode temp"),
    "nothing": ("SET ROLE validation_nothing;", "Mode text"),
    "read only": ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;", "Mode text"),
}


@pytest.fixture(scope="module")
def closed(deployed: Database) -> Database:
    """The deployed database, in which one role may make temporary objects and another nothing at all."""
    for role in ("validation_temporary", "validation_nothing"):
        deployed.server.maintenance(f"DROP ROLE IF EXISTS {role}")
        deployed.server.maintenance(f"CREATE ROLE {role}")
    deployed.apply(
        f"REVOKE ALL ON DATABASE {deployed.name} FROM public; GRANT CONNECT ON DATABASE {deployed.name} TO public;"
        f"GRANT TEMPORARY ON DATABASE {deployed.name} TO validation_temporary"
    )
    return deployed


@pytest.mark.parametrize("mode", MODES)
def test_each_role_gets_the_mode_that_it_may_use(mode: str, closed: Database, script: str) -> None:
    before, summary = MODES[mode]
    dump = closed.dump()
    done = run(closed, script, before)
    assert done.returncode == 0, done.stderr
    assert summary in done.stdout
    assert closed.dump() == dump


def test_a_plain_role_that_may_create_in_the_database(deployed: Database, script: str) -> None:
    deployed.apply(f"GRANT CREATE ON DATABASE {deployed.name} TO {PLAIN_ROLE}")
    done = run(deployed.as_role(PLAIN_ROLE), script)
    assert done.returncode == 0, done.stderr
    assert "Mode schema" in done.stdout


@pytest.mark.parametrize("mode", ["temporary", "nothing"])
@pytest.mark.parametrize("change", [name for name in CHANGES if name != "a column missing"])
def test_changes_are_found_in_every_mode(change: str, mode: str, closed: Database, script: str) -> None:
    sql, about = CHANGES[change]
    with psycopg.connect(closed.conninfo) as opened:
        opened.execute(sql.encode())
        opened.execute(MODES[mode][0].encode())
        found = reported(opened, script)
        opened.rollback()
    assert any(about.partition(" [")[0] in line for line in found), found


def test_no_role_is_told_of_differences_that_are_none(closed: Database) -> None:
    """Such as one without a right to the functions that the schema's expressions call, or to the schemas they stand in."""
    revoked = (
        "DO $$ DECLARE f regprocedure; BEGIN FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " LOOP EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM public', f); END LOOP; END $$;"
        "REVOKE ALL ON DATABASE {0} FROM public; GRANT TEMPORARY ON DATABASE {0} TO validation_temporary"
    )
    database = closed.server.database(supabase=True)
    with psycopg.connect(database.conninfo) as opened:
        opened.execute(b"SET check_function_bodies = off")
        opened.commit()
        for case in CASES:
            if case.name in ("checks", "functions", "generated", "namespaces", "policies", "types", "views"):
                opened.execute(("".join(case.written("ddl").values()) + revoked.format(database.name)).encode())
                for mode in ("temporary", "nothing"):
                    opened.execute(MODES[mode][0].encode())
                    found = reported(opened, case.written("validation")[SCRIPT])
                    assert [line for line in found if " EXECUTE of public " not in line] == [], (case.name, mode)
                opened.rollback()
    closed.server.release(database)


def test_a_caller_s_transaction_stays_as_it_is(connection: psycopg.Connection[object], script: str) -> None:
    connection.execute(b"CREATE TABLE kept (id integer); SET LOCAL search_path TO auth; SAVEPOINT mine")
    connection.execute(script.encode())
    assert connection.execute("SHOW search_path").fetchone() == ("auth",)
    connection.execute("ROLLBACK TO SAVEPOINT mine")
    assert connection.execute("SELECT count(*) FROM public.kept").fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname ~ '^sb_'").fetchone() == (0,)


def test_in_one_transaction_and_twice(deployed: Database, script: str) -> None:
    done = run(deployed, script + script, "", "-1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("completed successfully") == done.stdout.count("Mode schema") == 2


LOCKS = """
SELECT c.oid::regclass::text, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
 WHERE l.pid = %s AND l.mode <> 'AccessShareLock' AND l.relation >= 16384  -- (no catalog, nor a catalog's TOAST)
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"


@pytest.mark.parametrize("mode", ["superuser", "temporary"])
def test_nothing_that_existed_is_locked_but_for_reading(mode: str, closed: Database, script: str) -> None:
    """Seen by another session, which halts the script where it goes back on what it did, and so gives up its locks."""
    ends = script.split("RAISE EXCEPTION USING ERRCODE = 'SB000';")
    halts = [
        f"PERFORM pg_catalog.pg_advisory_xact_lock({n}); RAISE EXCEPTION USING ERRCODE = 'SB000';"
        for n in range(len(ends))
    ]
    halting = ends[0] + "".join(halt + end for halt, end in zip(halts, ends[1:], strict=False))
    with psycopg.connect(closed.conninfo, autocommit=True) as watch, psycopg.connect(closed.conninfo) as runs:
        for number in range(len(ends) - 1):
            watch.execute("SELECT pg_advisory_lock(%s)", [number])
        runs.execute(MODES[mode][0].encode())
        running = Thread(target=lambda: runs.execute(halting.encode()))
        running.start()
        for number in range(len(ends) - 1):
            while watch.execute(WAITING, [number]).fetchone() == (0,):
                assert running.is_alive()
                sleep(0.01)
            held = watch.execute(LOCKS, [runs.info.backend_pid]).fetchall()
            assert held == [], number
            taken = watch.execute("SELECT count(*) FROM pg_locks WHERE pid = %s", [runs.info.backend_pid]).fetchone()
            assert isinstance(taken, tuple) and taken[0] > 30
            watch.execute("SELECT pg_advisory_unlock(%s)", [number])
        running.join()
        found = runs.execute("SHOW schema_bridge.report").fetchone()
        assert isinstance(found, tuple) and MODES[mode][1] in found[0] and "completed successfully" in found[0]
        runs.rollback()


def test_as_the_owner_who_is_no_superuser(each_server: Server) -> None:
    """An owner who may not create schemas has a twin in pg_temp, or is told what was compared as text."""
    case = next(case for case in CASES if case.name == "relations")
    database = each_server.database()
    database.apply(f"GRANT ALL ON SCHEMA public TO {PLAIN_ROLE}").as_role(PLAIN_ROLE).apply(case.sql)
    script, before = case.written("validation")[SCRIPT], database.dump()
    for taken, mode in (("", "schema"), ("CREATE", "temp"), ("CREATE, TEMPORARY", "text")):
        if taken:
            database.apply(f"REVOKE {taken} ON DATABASE {database.name} FROM public, {PLAIN_ROLE}")
        done = run(database.as_role(PLAIN_ROLE), script)
        assert done.returncode == 0, done.stderr
        assert f"Mode {mode}" in done.stdout
    assert database.dump() == before


def test_an_extension_that_is_missing_is_named_and_its_objects_with_it(empty: Database) -> None:
    """What needs the extension cannot be built in the twin either: it is compared as text, and all else by the server."""
    sql = "CREATE TABLE t (a integer DEFAULT 1 + 1, b text DEFAULT 'x' || 'y', c citext DEFAULT 'c' || 'd', CHECK (a > 0))"
    script = project.render(read_text(f"CREATE EXTENSION citext; {sql}"), "validation")[SCRIPT]
    done = run(empty, script, f"BEGIN; {sql.replace('citext', 'text')};")
    assert re.findall("❌ (.*)", done.stderr) == [
        "Extension citext: expected, but missing",
        "Column t.c [type]: expected citext, actual text",
    ]
    (mode,) = re.findall("Mode (.*)", done.stderr)
    assert mode.startswith("schema: 0 expressions compared as the server spells them, 4 as text; not built: ")


def test_through_the_extended_protocol(deployed: Database, script: str) -> None:
    """Drivers prepare each statement by itself."""
    first, _, rest = script.partition("\nDO $validate$")
    body, _, last = rest.partition("\n$validate$;\n")
    with psycopg.connect(deployed.conninfo) as opened:
        for statement in (first, f"DO $validate${body}\n$validate$"):
            opened.execute(statement.encode(), prepare=True)
        lines = [line for (line,) in opened.execute(last.encode(), prepare=True).fetchall()]
        opened.rollback()
    assert "✅ Schema validation completed successfully!" in lines
    assert any("Mode schema" in line for line in lines)


def test_an_event_trigger_that_forbids_ddl(deployed: Database, script: str) -> None:
    guard = (
        "BEGIN; CREATE FUNCTION auth.no() RETURNS event_trigger LANGUAGE plpgsql AS"
        " 'BEGIN RAISE EXCEPTION ''no DDL here''; END';"
        "CREATE EVENT TRIGGER no ON ddl_command_start EXECUTE FUNCTION auth.no();"
    )
    done = run(deployed, script, guard)
    assert done.returncode == 0, done.stderr
    assert "Mode text" in done.stdout
    assert done.stdout.count("no DDL here") == 2


def test_a_lock_that_is_held_is_named(deployed: Database, script: str) -> None:
    with psycopg.connect(deployed.conninfo) as other:
        other.execute("LOCK TABLE crawl_jobs IN ACCESS EXCLUSIVE MODE")
        done = run(deployed, script.replace("lock_timeout = '5s'", "lock_timeout = '200ms'"))
        other.rollback()
    assert done.returncode == 3
    assert "another session holds a lock" in done.stderr


HOSTILE = r"""
CREATE TABLE "a.b" (id integer PRIMARY KEY, "Name ""x"" y" text DEFAULT '$validate$ %s :x \ ''q'' $tag$',
  note text CHECK (note <> E'\n$$;DROP TABLE "a.b";--'));
COMMENT ON TABLE "a.b" IS '$validate1$ $validate$ %I ''; SELECT 1; --';
CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $x$ BEGIN RETURN '$validate$ $$ %'; END $x$;
"""


@pytest.fixture(scope="module")
def empty(each_server: Server) -> Database:
    return each_server.database()


def test_hostile_texts_stay_texts(empty: Database) -> None:
    script = project.render(read_text(HOSTILE), "validation")[SCRIPT]
    for setting in ("", "SET standard_conforming_strings TO off;"):
        done = run(empty, script, f"BEGIN; {HOSTILE} {setting}")
        assert done.returncode == 0, done.stderr
    done = run(empty, script, f"""BEGIN; {HOSTILE} COMMENT ON TABLE "a.b" IS '%s $validate$';""")
    assert done.returncode == 3 and "Table a.b [comment]" in done.stderr


def test_what_the_schema_does_not_know(empty: Database) -> None:
    schema = read_text("CREATE TABLE known (id integer)")
    deploy = "BEGIN; CREATE TABLE known (id integer); CREATE TABLE stray (id integer);"
    remark = run(empty, project.render(schema, "validation")[SCRIPT], deploy)
    assert remark.returncode == 0 and "Table stray: there, but not in the schema" in remark.stderr
    strict = run(empty, project.render(schema, "validation", Options(strict=True))[SCRIPT], deploy)
    assert strict.returncode == 3 and "Table stray: not expected" in strict.stderr
    ignored = Options(strict=True, ignore=("str*", "drizzle.*"))
    kept = "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY);"
    done = run(empty, project.render(schema, "validation", ignored)[SCRIPT], deploy + kept)
    assert done.returncode == 0, done.stderr


def test_what_is_spelled_otherwise_is_no_difference_and_what_is_meant_otherwise_is_one(empty: Database) -> None:
    stated = """
    CREATE TABLE t (n numeric(10, 2) DEFAULT 0, a text[] DEFAULT '{}', d jsonb DEFAULT '{"a": 1}');
    CREATE VIEW v WITH (security_barrier = on) AS SELECT 1 AS one;
    ALTER TABLE other.x ENABLE ROW LEVEL SECURITY;
    CREATE POLICY p ON other.x USING (true);
    """
    script = project.render(read_text(stated), "validation")[SCRIPT]
    for change, said in (
        ("ALTER TABLE t ALTER n SET DEFAULT '0', ALTER a SET DEFAULT ARRAY[]::text[]", 0),
        ("ALTER TABLE t ALTER n SET DEFAULT 0::numeric; ALTER VIEW v SET (security_barrier = 1)", 0),
        ("ALTER TABLE other.x FORCE ROW LEVEL SECURITY", 0),
        ("ALTER TABLE t ALTER n SET DEFAULT 0.1, ALTER a SET DEFAULT ARRAY['x']", 2),
        ("ALTER TABLE other.x DISABLE ROW LEVEL SECURITY; ALTER VIEW v SET (security_barrier = 0)", 2),
    ):
        with psycopg.connect(empty.conninfo) as opened:
            opened.execute(f"CREATE SCHEMA other; CREATE TABLE other.x (); {stated} {change}".encode())
            assert len(reported(opened, script)) == said, change
            opened.rollback()


def test_groups_are_chosen_by_name(empty: Database) -> None:
    deploy = "BEGIN; CREATE TABLE a (id integer, name text);"
    schema = read_text("CREATE TABLE a (id integer); COMMENT ON TABLE a IS 'x'; CREATE INDEX i ON a (id)")
    assert run(empty, project.render(schema, "validation", Options(groups=("tables",)))[SCRIPT], deploy).returncode == 0
    done = run(empty, project.render(schema, "validation", Options(groups=("tables", "comments")))[SCRIPT], deploy)
    assert re.findall("❌ (.*)", done.stderr) == ["Table a [comment]: expected x, actual (none)"]
    with pytest.raises(OptionError, match="there is no group tabels"):
        Options(groups=("tabels",))


PUBLISHED = """
CREATE TABLE a (id integer PRIMARY KEY, x integer, s text);
CREATE TABLE heir (z integer) INHERITS (a);
CREATE TABLE heir_of_heir () INHERITS (heir);
CREATE TABLE part (id integer, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE SCHEMA other;
CREATE TABLE other."T x" (id integer PRIMARY KEY, n text);
"""
PUBLICATIONS = """
CREATE PUBLICATION p FOR TABLE a (id, x) WHERE (id > 1 AND s IN ('a', 'b')), other."T x" WHERE (n <> 'it''s a "T x"');
CREATE PUBLICATION q FOR TABLE part WHERE (id BETWEEN 1 AND 5) WITH (publish_via_partition_root = true);
CREATE PUBLICATION "r 1" FOR TABLE ONLY a, heir;
"""
PUBLICATIONS_CHANGED = (
    (
        "id > 1",
        "id > 2",
        "a in p [where]: expected ((id > 1) AND (s = ANY (ARRAY['a'::text, 'b'::text]))), actual ((id > 2)",
    ),
    ("(id, x)", "(id, s)", 'a in p [columns]: expected ["id", "x"], actual ["id", "s"]'),
    ("(id, x)", "", 'a in p [columns]: expected ["id", "x"], actual (none)'),
    ("WHERE (id BETWEEN 1 AND 5)", "", "part in q [where]: expected ((id >= 1) AND (id <= 5)), actual (none)"),
    ("it''s", "its", "other.T x in p [where]: expected (n <> 'it''s a"),
    ("ONLY a, heir", "ONLY a, heir, part", "part in r 1: not expected, but there"),
    ("ONLY a, heir", "ONLY a", "heir in r 1: expected, but missing"),
)
PUBLICATIONS_RESPELLED = (
    ("(id, x)", "(x, id)"),
    ("id > 1 AND s IN ('a', 'b')", "(id > 1) AND s = ANY (ARRAY['a', 'b'])"),
    ("ONLY a, heir", "ONLY a, ONLY heir"),
    ("ONLY a, heir", "a"),
    ("CREATE PUBLICATION q", "CREATE PUBLICATION another FOR TABLE a; CREATE PUBLICATION q"),
)


def test_what_a_publication_publishes_of_each_table_is_compared(empty: Database) -> None:
    """Heirs come along with their parents, partitions are published through them."""
    script = project.render(read_text(PUBLISHED + PUBLICATIONS), "validation")[SCRIPT]
    with psycopg.connect(empty.conninfo) as opened:
        opened.execute(PUBLISHED.encode())

        def said(old: str, new: str) -> list[str]:
            opened.execute("SAVEPOINT tables")
            opened.execute(PUBLICATIONS.replace(old, new, 1).encode())
            found = reported(opened, script)
            opened.execute("ROLLBACK TO tables")
            return found

        assert said("", "") == []
        for old, new in PUBLICATIONS_RESPELLED:
            assert said(old, new) == [], new
        for old, new, expected in PUBLICATIONS_CHANGED:
            (line,) = said(old, new)
            assert line.startswith(f"Published table {expected}")
        opened.rollback()


def test_owners_are_compared_on_request(empty: Database) -> None:
    sql = f"CREATE TABLE a (id integer); CREATE TABLE b (id integer); ALTER TABLE a OWNER TO {PLAIN_ROLE}"
    deploy = "BEGIN; CREATE TABLE a (id integer); CREATE TABLE b (id integer);"
    assert run(empty, project.render(read_text(sql), "validation")[SCRIPT], deploy).returncode == 0
    done = run(empty, project.render(read_text(sql), "validation", Options(owners=True))[SCRIPT], deploy)
    assert re.findall("❌ (.*)", done.stderr) == [f"Table a [owner]: expected {PLAIN_ROLE}, actual postgres"]


def test_privileges_outside_of_schemas(empty: Database) -> None:
    """A database of another name than the one that is validated is not asked for."""
    sql = f"""
    CREATE TABLE t (id integer);
    CREATE EXTENSION file_fdw;
    CREATE SERVER s FOREIGN DATA WRAPPER file_fdw;
    GRANT USAGE ON FOREIGN SERVER s TO {PLAIN_ROLE};
    GRANT USAGE ON FOREIGN DATA WRAPPER file_fdw TO {PLAIN_ROLE} WITH GRANT OPTION;
    REVOKE CONNECT ON DATABASE {empty.name} FROM public;
    GRANT CREATE, TEMP ON DATABASE {empty.name} TO {PLAIN_ROLE};
    REVOKE USAGE ON LANGUAGE plpgsql FROM public;
    GRANT SET ON PARAMETER work_mem TO {PLAIN_ROLE};
    SELECT lo_create(4711);
    GRANT SELECT ON LARGE OBJECT 4711 TO {PLAIN_ROLE};
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {PLAIN_ROLE};
    """
    schema = read_text(f"{sql}; GRANT CREATE ON DATABASE another TO {PLAIN_ROLE};")
    script = project.render(schema, "validation", Options(strict=True))[SCRIPT]
    base = f"database {empty.name}"
    for change, said in (
        ("", []),
        ("REVOKE USAGE ON FOREIGN SERVER s FROM plain_role", ["USAGE of plain_role on foreign server s: expected, but missing"]),
        ("REVOKE GRANT OPTION FOR USAGE ON FOREIGN DATA WRAPPER file_fdw FROM plain_role",
         ["USAGE of plain_role on foreign data wrapper file_fdw [grantable]: expected true, actual (none)"]),
        (f"GRANT CONNECT ON {base} TO public", [f"no CONNECT of public on {base}: expected, but missing"]),
        (f"REVOKE TEMP ON {base} FROM plain_role", [f"TEMPORARY of plain_role on {base}: expected, but missing"]),
        ("GRANT USAGE ON LANGUAGE plpgsql TO public", ["no USAGE of public on language plpgsql: expected, but missing"]),
        ("REVOKE SET ON PARAMETER work_mem FROM plain_role", ["SET of plain_role on parameter work_mem: expected, but missing"]),
        ("GRANT ALTER SYSTEM ON PARAMETER work_mem TO plain_role",
         ["ALTER SYSTEM of plain_role on parameter work_mem: not expected, but there"]),
        ("REVOKE SELECT ON LARGE OBJECT 4711 FROM plain_role",
         ["SELECT of plain_role on large object 4711: expected, but missing"]),
        ("GRANT UPDATE ON LARGE OBJECT 4711 TO plain_role",
         ["UPDATE of plain_role on large object 4711: not expected, but there"]),
        ("ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO plain_role",
         ["INSERT of plain_role on new tables: not expected, but there"]),
    ):  # fmt: skip
        done = run(empty, script, f"BEGIN; {sql} {change};")
        assert re.findall("❌ (?:Privilege|Default privilege) (.*)", done.stderr) == said
        assert done.returncode == (3 if said else 0), done.stderr


STAND_IN = """
CREATE TEMP SEQUENCE number;
CREATE FUNCTION plan(integer) RETURNS text LANGUAGE sql AS $$ SELECT '1..' || $1 $$;
CREATE FUNCTION ok(boolean, text) RETURNS text LANGUAGE sql
AS $$ SELECT CASE WHEN $1 THEN '' ELSE 'not ' END || 'ok ' || nextval('pg_temp.number') || ' - ' || $2 $$;
CREATE FUNCTION diag(text) RETURNS text LANGUAGE sql AS $$ SELECT '# ' || replace($1, chr(10), chr(10) || '# ') $$;
CREATE FUNCTION finish() RETURNS SETOF text LANGUAGE sql AS $$ SELECT '# done' $$;
"""
"""So much of pgTAP as the script calls, where it is not installed."""


def test_a_test_an_object_with_pgtap(empty: Database) -> None:
    known = "SELECT count(*) FROM pg_available_extensions WHERE name = 'pgtap'"
    pgtap = "CREATE EXTENSION pgtap;" if empty.rows(known) == [["1"]] else STAND_IN
    sql = "CREATE SCHEMA app; CREATE TABLE app.a (id integer, name text DEFAULT upper('x')); CREATE TABLE app.b (id integer);"
    script = project.render(read_text(sql), "validation", Options(pgtap=True))[SCRIPT].replace("BEGIN;\nSET", "SET", 1)
    right = run(empty, script, f"BEGIN; {pgtap} {sql}", "-qAt")
    tests = ["schema app", "table app.a", "table app.b", "row security app.a", "row security app.b", "column app.a.id",
             "column app.a.name", "column app.b.id"]  # fmt: skip
    lines = right.stdout.strip().splitlines()
    assert lines[:9] == ["1..8", *(f"ok {n} - {test}" for n, test in enumerate(tests, 1))], right.stderr
    assert right.returncode == 0 and right.stderr == ""
    change = "DROP TABLE app.b; ALTER TABLE app.a ALTER name SET DEFAULT 'y', ALTER name SET NOT NULL, ADD more text;"
    wrong = run(empty, script, f"BEGIN; {pgtap} {sql} {change}", "-qAt").stdout
    assert re.findall("^(?:not )?ok.*", wrong, re.MULTILINE) == [
        "ok 1 - schema app", "ok 2 - table app.a", "not ok 3 - table app.b", "ok 4 - row security app.a", "ok 5 - column app.a.id",
        "not ok 6 - column app.a.more", "not ok 7 - column app.a.name",
    ]  # fmt: skip
    assert "# Column app.a.name [default]: expected upper('x'::text), actual 'y'::text\n" in wrong
    assert "# Column app.a.name [not null]: expected false, actual true\n" in wrong


def test_every_fact_of_every_class_is_changed_somewhere() -> None:
    structs = [cls for cls in vars(ir).values() if isinstance(cls, type) and issubclass(cls, ir.Struct)]
    facts = {f"{cls.__name__}.{fact.name}" for cls in structs for fact in ir.facts(cls) if is_changed_alone(cls, fact)}
    small = (subject for subject in subjects() if subject.name != CRAWLER.name)
    assert facts - {change.fact for subject in small for change in changes(subject.schema)} == set()


def test_a_change_of_every_kind_of_fact_is_reported(server: Server) -> None:
    """A sample, of a few kinds from each schema; `python tests/mutate.py` changes every fact of every object."""
    seen: set[str] = set()
    for subject in subjects():
        if subject.name != CRAWLER.name:
            fresh = [c for c in changes(subject.schema) if not (c.fact in seen or seen.add(c.fact))]
            judge = Judge(server, subject)
            judge.by_facts(fresh[:4])
            assert judge.verdict.wrong == []


@pytest.mark.parametrize("subject", [s for s in subjects() if s.major == 13][1::3], ids=lambda subject: subject.name)
def test_drops_and_extras_are_reported(subject: Subject, each_server: Server) -> None:
    judge = Judge(each_server, subject)
    judge.by_statements([*mutations(subject.schema)][::20])
    assert judge.verdict.wrong == []
    assert judge.verdict.caught


def test_one_more_of_each_kind_is_a_difference_where_validation_is_strict(each_server: Server) -> None:
    subject = next(subject for subject in subjects() if subject.name == "views")
    judge = Judge(each_server, subject)
    judge.by_statements([*extras(subject.schema, judge.strict)])
    assert (judge.verdict.wrong, judge.verdict.refused, judge.verdict.caught) == ([], 0, 17)


def test_one_more_is_a_remark_elsewhere_and_nothing_where_it_is_another_s(empty: Database) -> None:
    sql = "CREATE TABLE t (id integer);"
    script = project.render(read_text(sql), "validation")[SCRIPT]
    more = [mutation.sql for mutation in extras(read_text(sql), True) if "spare" not in mutation.sql]
    numbered = ";".join(statement.replace("one_more", f"one_more_{n}") for n, statement in enumerate(more))
    others = f"CREATE SCHEMA theirs AUTHORIZATION {PLAIN_ROLE}; CREATE TABLE theirs.t (id integer);"
    done = run(empty, script, f"BEGIN; {sql} {others} {numbered};")
    assert done.returncode == 0, done.stderr
    lines = re.findall("⚠️ (.*): there, but not in the schema that this validates", done.stderr)
    assert len(lines) == len(more) > 10
    assert all(re.fullmatch(r"[A-Z][a-z ]+ (one_more_\d+(\(.*\))?|tsm_system_rows)", line) for line in lines), lines
