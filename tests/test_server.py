"""The tests' own server: what every other test takes for granted."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.objects import differences
from support.server import PLAIN_ROLE, SUPPORT, Server


def test_a_database_holds_what_it_was_made_with(server: Server) -> None:
    database = server.database("CREATE TABLE t (a text); INSERT INTO t VALUES ('x|y'), (NULL), ('')")
    assert database.rows("SELECT a FROM t ORDER BY a NULLS LAST") == [[""], ["x|y"], ["∅"]]


def test_databases_of_the_same_text_are_apart(server: Server) -> None:
    text = "CREATE TABLE t (a integer)"
    one, two = server.database(text), server.database(text)
    one.apply("DROP TABLE t")
    assert two.rows("SELECT count(*) FROM t") == [["0"]]


def test_a_text_that_does_not_apply_says_why(server: Server) -> None:
    with pytest.raises(AssertionError, match='relation "nowhere" does not exist'):
        server.database("SELECT * FROM nowhere")


def test_a_supabase_database_has_its_roles_and_functions(each_server: Server) -> None:
    database = each_server.database("CREATE TABLE t (owner uuid DEFAULT auth.uid())", supabase=True)
    database.apply("GRANT INSERT ON t TO anon; SET ROLE anon; INSERT INTO t DEFAULT VALUES")
    assert database.rows("SHOW search_path") == [['"$user", public, extensions']]


def test_extensions_that_the_package_lacks_have_stand_ins(each_server: Server) -> None:
    extensions = 'CREATE EXTENSION pgcrypto SCHEMA extensions; CREATE EXTENSION "uuid-ossp" SCHEMA extensions'
    database = each_server.database(extensions, supabase=True)
    query = "SELECT octet_length(gen_random_bytes(20)), uuid_generate_v4() = uuid_generate_v4(), md5('a') = encode(digest('a', 'md5'), 'hex')"
    assert database.rows(query) == [["20", "f", "t"]]


def test_the_plain_role_may_make_schemas_and_is_no_superuser(each_server: Server) -> None:
    database = each_server.database("CREATE TABLE t ()").as_role(PLAIN_ROLE)
    assert database.rows("SELECT current_setting('is_superuser')") == [["off"]]
    assert database.psql("CREATE SCHEMA s", "-v", "ON_ERROR_STOP=1").returncode == 0
    assert "permission denied" in database.psql("CREATE TABLE public.u ()").stderr


def test_the_judge_sees_one_changed_fact_and_no_other_order(each_server: Server) -> None:
    head = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1';"
    tables = ["CREATE TABLE a (x varchar(3) CHECK (x IN ('p', 'q')));", "CREATE TABLE b (y int);"]
    first = each_server.database(head + "".join(tables))
    assert differences(first, each_server.database(head + "".join(reversed(tables)))) == []
    changed = differences(first, each_server.database(head.replace("select 1", "select 2") + "".join(tables)))
    assert [line[:20] for line in changed] == ["- Name: f(); Type: F", "+ Name: f(); Type: F"]
    assert differences(first, first) == []


def test_the_judge_takes_a_restored_database_for_the_same(server: Server) -> None:
    first = server.database("CREATE TABLE a (x varchar(3) CHECK (x IN ('p', 'q')))")
    copy = server.database().apply(first.dump().replace("CREATE SCHEMA public;", ""))
    assert first.dump() != copy.dump()
    assert differences(first, copy) == []


def test_the_judge_is_blind_to_orders_without_meaning(server: Server) -> None:
    table = "CREATE TABLE t (a integer) WITH ({});"
    grants = ["GRANT SELECT ON t TO plain_role;", "GRANT INSERT ON t TO PUBLIC;"]
    first = server.database(table.format("fillfactor = 70, autovacuum_enabled = off") + "".join(grants))
    other = server.database(table.format("autovacuum_enabled = off, fillfactor = 70") + "".join(reversed(grants)))
    assert first.dump() != other.dump()
    assert differences(first, other) == []
    assert differences(first, server.database(table.format("fillfactor = 70") + grants[0])) != []


def test_a_server_does_not_outlive_a_run_that_is_killed() -> None:
    code = (
        "from support.server import *; print(next(servers := started(embedded_binaries())).host, flush=True); input()"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, cwd=SUPPORT.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        home = Path(process.stdout.readline().strip())
        assert (home / ".s.PGSQL.5432").exists()
        process.kill()
    for _ in range(600):
        if not home.exists():
            return
        time.sleep(0.1)
    pytest.fail(f"{home} is still there")
