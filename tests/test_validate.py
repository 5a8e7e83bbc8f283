"""`schema-bridge validate`: what it finds in databases, side by side, and what other programs are told."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from schema_bridge.cli import run
from schema_bridge.servers import session
from schema_bridge.validate import formats, results
from schema_bridge.validate.marks import Piece, marked
from schema_bridge.validate.results import Result, Verdict
from support.server import Database, Server

TEXTS = Path(__file__).parent / "sql"
SCHEMA = """
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(200) NOT NULL, "a | b" text);
CREATE FUNCTION greet(who text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  -- One.
  -- Two.
  -- Three.
  RETURN 'hello ' || who;
END $$;
"""
CHANGES = """
ALTER TABLE users ALTER COLUMN email TYPE text;
ALTER TABLE users DROP COLUMN "a | b";
CREATE OR REPLACE FUNCTION greet(who text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  -- One.
  -- Two.
  -- Three.
  RETURN 'goodbye ' || who;
END $$;
CREATE TABLE visitors (id bigint);
"""
Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs `schema-bridge validate` and gives its status, stdout and stderr."""

    def ask(*words: str | Path) -> tuple[int, str, str]:
        status = run(["validate", *map(str, words)])
        return status, *capsys.readouterr()

    return ask


class Shop(NamedTuple):
    """A schema, a database made from it, and one that was changed since."""

    sql: Path
    right: Database
    wrong: Database


@pytest.fixture(scope="module")
def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    sql = tmp_path_factory.mktemp("shop") / "schema.sql"
    sql.write_text(SCHEMA, "utf-8")
    return Shop(sql, server.database(SCHEMA), server.database(SCHEMA).apply(CHANGES))


def test_the_right_database_passes(shop: Shop, said: Said) -> None:
    status, out, err = said(shop.right.url, shop.sql)
    assert (status, err) == (0, "")
    assert "✅ All 3 columns exist and match\n" in out
    assert out.endswith("✅ the database matches its schema\n")
    assert "│" not in out


def test_what_differs_stands_side_by_side(shop: Shop, said: Said) -> None:
    status, out, err = said(shop.wrong.url, shop.sql)
    assert (status, err) == (1, "")
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.splitlines() if line.startswith("│")]
    assert rows == [
        ["", "object", "expected", "actual"],
        ["columns", "users.a | b", "exists", "does not exist"],
        ["", "users.email", "character varying(200)", "text"],
        ["", "type", "", ""],
        ["functions", "greet(text)", "…", "…"],
        ["", "body", "-- Three.", "-- Three."],
        ["", "", "RETURN '«hello» ' || who;", "RETURN '«goodbye» ' || who;"],
        ["", "", "END", "END"],
    ]
    assert "⚠️ Table visitors: there, but not in the schema that this validates\n" in out
    assert out.endswith("❌ 3 differences\n")


def test_strict_counts_what_the_schema_does_not_know(shop: Shop, said: Said) -> None:
    assert "❌ 4 differences" in said(shop.wrong.url, shop.sql, "--strict")[1]


def test_the_config_says_what_is_validated(
    shop: Shop, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert said(shop.right.url) == (
        2, "", "schema-bridge: name a SOURCE, or say in schema_bridge.yaml what is to be read\n"
    )  # fmt: skip
    text = f"sources: {{tables: {shop.sql}}}\noutputs: {{validation: {{groups: [functions]}}}}\n"
    (tmp_path / "schema_bridge.yaml").write_text(text)
    status, out, _ = said(shop.wrong.url)
    assert status == 1 and "greet(text)" in out and "email" not in out
    (tmp_path / "schema_bridge.yaml").rename(tmp_path / "other.yaml")
    assert said(shop.wrong.url, "--config", "other.yaml")[:2] == (status, out)
    (tmp_path / "more.sql").write_text("CREATE TABLE users (id text PRIMARY KEY);")
    (tmp_path / "other.yaml").write_text(f"sources: {{tables: {shop.sql}, overlay: more.sql}}\n")
    status, out, err = said(shop.right.url, "--config", "other.yaml")
    assert (status, out) == (2, "") and "the sources contradict each other" in err


def test_any_role_may_ask_and_nothing_is_left_behind(shop: Shop, said: Said) -> None:
    before = shop.wrong.dump()
    status, out, err = said(shop.wrong.as_role("plain_role").url, shop.sql)
    assert (status, err) == (1, "") and out.endswith("❌ 3 differences\n")
    assert shop.wrong.dump() == before


@pytest.mark.parametrize("name", ["everything.sql", "changed.sql"])
def test_one_of_each_kind_passes(each_server: Server, said: Said, name: str) -> None:
    status, out, err = said(each_server.database(TEXTS / name).url, TEXTS / name, "--strict")
    assert (status, err) == (0, ""), out


# Several databases


def test_several_databases_make_one_report(
    shop: Shop, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGING", shop.wrong.url)
    gone = shop.right.url.replace("@/", ":hidden@/no_such_")
    urls = tmp_path / "tenants.txt"
    urls.write_text(f"# production\n{shop.right.url}\n\n${{STAGING}}\n{gone}\n")
    status, out, err = said("--all", urls, shop.sql)
    assert (status, err) == (2, "") and "hidden" not in out
    assert out.index(shop.right.url) < out.index(shop.wrong.url) < out.index("no_such_")
    assert '❌ could not tell: database "no_such_' in out
    assert out.endswith("3 databases: 1 as the schema says, 1 different, 1 could not tell\n")
    urls.write_text(f"{shop.right.url}\n{shop.wrong.url}\n")
    assert said("--all", urls, shop.sql, "--jobs", "1")[0] == 1


def test_no_more_databases_are_asked_at_a_time_than_said(
    shop: Shop, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most, now = 0, 0
    connected = session.connected

    class Counted:
        def __init__(self, url: str, **more: bool) -> None:
            self.inner = connected(url, **more)

        def __enter__(self) -> object:
            nonlocal most, now
            now += 1
            most = max(most, now)
            return self.inner.__enter__()

        def __exit__(self, *error: object) -> bool | None:
            nonlocal now
            now -= 1
            return self.inner.__exit__(*error)  # type: ignore[arg-type]

    monkeypatch.setattr(session, "connected", Counted)
    (tmp_path / "urls").write_text(f"{shop.right.url}\n" * 6)
    assert said("--all", tmp_path / "urls", shop.sql, "--jobs", "2")[0] == 0
    assert most == 2


# Formats


def test_json_is_a_contract(shop: Shop, said: Said) -> None:
    status, out, _ = said(shop.wrong.url, shop.sql, "--format", "json")
    found = json.loads(out)
    assert (status, found["version"], len(found["databases"])) == (1, 2, 1)
    (database,) = found["databases"]
    assert (database["database"], database["status"], database["error"]) == (shop.wrong.url, "differs", None)
    assert {(r["problem"], r.get("object")) for r in database["results"] if r["problem"] != "none"} == {
        ("missing", "users.a | b"), ("differs", "users.email"), ("differs", "greet(text)"), ("unknown", "visitors"),
    }  # fmt: skip
    (email,) = (r for r in database["results"] if r.get("object") == "users.email")
    assert (email["group"], email["fact"], email["expected"], email["actual"]) == (
        "columns", "type", "character varying(200)", "text"
    )  # fmt: skip


HOSTILE = (
    Verdict(
        database="postgresql://h/a,b",
        results=(
            Result(group="tables", problem="none", line="All 2 tables exist"),
            Result(group="columns", problem="missing", object="t.<b>|x", line="Column t.<b>|x: 100% gone\n::error::"),
            Result(
                group="checks",
                problem="differs",
                object="c",
                fact="body",
                expected="a\x1b[31m\n`b`",
                actual="a",
                line="x",
            ),
            Result(group="tables", problem="unknown", object="u", line="Table u: there"),
        ),
    ),
    Verdict(database="postgresql://h/gone", error="no <such> host"),
)


def test_markdown_keeps_its_table_whole() -> None:
    assert formats.to_markdown(HOSTILE).splitlines() == [
        "### postgresql://h/a,b", "", "❌ 2 differences", "",
        "| | object | expected | actual |", "|---|---|---|---|",
        "| columns | t.&lt;b&gt;\\|x | exists | does not exist |",
        "| checks | c (body) | <code>a<b>\x1b\\[31m<br>\\`b\\`</b></code> | <code>a</code> |",
        "", "- ⚠️ Table u: there",
        "### postgresql://h/gone", "", "❌ could not tell: no &lt;such&gt; host",
    ]  # fmt: skip


def test_github_gets_one_command_a_line() -> None:
    assert formats.to_github(HOSTILE).splitlines() == [
        "::error title=postgresql%3A//h/a%2Cb::Column t.<b>|x: 100%25 gone%0A::error::",
        "::error title=postgresql%3A//h/a%2Cb::x",
        "::warning title=postgresql%3A//h/a%2Cb::Table u: there",
        "::error title=postgresql%3A//h/gone::could not tell: no <such> host",
    ]


def test_github_is_told_where_it_is_stated(shop: Shop, said: Said) -> None:
    """Where the object itself is not stated, at what it belongs to."""
    shop.wrong.apply("CREATE POLICY open ON users; ALTER TABLE users ADD one_more integer")
    status, out, err = said(shop.wrong.url, shop.sql, "--format", "github")
    shop.wrong.apply("DROP POLICY open ON users; ALTER TABLE users DROP one_more")
    found = re.findall(r"^::\w+ file=([^,]*),line=(\d+),title=[^:]*::(\w+ (?:[^:\[ ]| (?!\[))*)", out, re.MULTILINE)
    path = str(shop.sql)
    assert (status, err) == (1, "") and found == [
        (path, "2", "Column users.a | b"), (path, "2", "Column users.email"), (path, "2", "Column users.one_more"),
        (path, "2", "Policy open on users"), (path, "3", "Function greet(text)"),
    ]  # fmt: skip


def test_junit_is_xml_whatever_the_names() -> None:
    root = ElementTree.fromstring(formats.to_junit(HOSTILE))
    one, gone = root
    assert (one.attrib["tests"], one.attrib["failures"], one.attrib["errors"]) == ("4", "2", "0")
    assert [(c.attrib["classname"], c.attrib["name"], [e.tag for e in c]) for c in one] == [
        ("tables", "All 2 tables exist", []),
        ("columns", "t.<b>|x", ["failure"]),
        ("checks", "c body", ["failure"]),
        ("tables", "u", ["system-out"]),
    ]
    assert one[2][0].text == "expected: a\ufffd[31m\n`b`\nactual: a"
    assert gone[0][0].attrib["message"] == "no <such> host"


def test_a_terminal_is_told_nothing_by_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    from schema_bridge.cli import verdicts

    verdicts.show(HOSTILE)
    assert "\x1b" not in (out := capsys.readouterr().out) and "a\\x1b[31m" in out


@pytest.mark.parametrize("form", formats.FORMATS)
def test_every_format_of_a_database_that_passes(shop: Shop, said: Said, form: str) -> None:
    status, out, err = said(shop.right.url, shop.sql, "--format", form)
    assert (status, err) == (0, "")
    assert ("failure" in out, "error" in out) == (form == "junit", form in ("json", "junit"))


def test_one_that_cannot_tell_outweighs_one_that_differs() -> None:
    assert [results.exit_status(HOSTILE[:n]) for n in (0, 1, 2)] == [0, 1, 2]


# Marks


def test_the_words_that_differ_are_marked() -> None:
    assert marked("price >= 0 AND title <> ''", "price > 0 AND title <> ''") == (
        [Piece("price >", False), Piece("=", True), Piece(" 0 AND title <> ''", False)],
        [Piece("price > 0 AND title <> ''", False)],
    )


def test_of_long_texts_what_is_around_a_difference_is_shown() -> None:
    lines = [f"line {number}\n" for number in range(100)]
    other = [*lines[:50], "another\n", *lines[51:]]
    one, two = marked("".join(lines), "".join(other))
    assert "".join(piece.text for piece in one) == "…\nline 49\nline 50\nline 51\n…"
    assert "".join(piece.text for piece in two) == "…\nline 49\nanother\nline 51\n…"
    assert [piece.text for piece in one if piece.differs] == ["line 50"]
    long = "x " * 200
    assert marked(f"{long}a", f"{long}b")[0] == [Piece(f"{long[:40]} … {long[-40:]}", False), Piece("a", True)]


def test_texts_with_nothing_in_common_are_marked_at_once() -> None:
    one, other = (" ".join(f"{word}{number}" for number in range(20_000)) for word in "ab")
    assert marked(one, other) == ([Piece(one, True)], [Piece(other, True)])


# Errors


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name a DATABASE_URL, or a file of them with --all"),
        (["schema.sql"], "schema.sql is no URL of a database: it is written postgresql://user@host:port/database"),
        (["--all", "nowhere.txt", "a.sql"], "nowhere.txt cannot be read: No such file or directory"),
        (["--all", "empty.txt", "a.sql"], "empty.txt names no database"),
        (["--all", "bad.txt", "a.sql"], "bad.txt:2: this is no URL of a database"),
        (["--all", "unset.txt", "a.sql"], "unset.txt:1: NO_SUCH_URL is not set in the environment"),
        (["postgresql://u:secret@127.0.0.1:1/d", "a.sql"], "postgresql://u@127.0.0.1:1/d: "),
    ],
)
def test_what_is_wrong_is_one_sentence(
    words: list[str], message: str, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {"a.sql": "CREATE TABLE t (a int);", "empty.txt": "# nothing\n", "unset.txt": "${NO_SUCH_URL}\n"}
    for name, text in {**files, "bad.txt": "postgresql://h/d\nmysql://u:secret@h/d\n"}.items():
        (tmp_path / name).write_text(text)
    status, out, err = said(*words)
    assert (status, out) == (2, "")
    assert err.startswith(f"schema-bridge: {message}") and err.count("\n") == 1 and "secret" not in err


def test_without_a_driver_it_is_said_what_to_install(said: Said, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert said(shop.right.url, shop.sql) == (
        2, "", "schema-bridge: asking a database needs psycopg: pip install 'schema-bridge[database]'\n"
    )  # fmt: skip
