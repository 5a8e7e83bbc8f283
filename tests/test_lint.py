"""The lint: what each rule says of a bad schema, that it says nothing of a good one, and that its SQL mends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from schema_bridge import config, project
from schema_bridge.cli import run
from schema_bridge.errors import OptionError
from schema_bridge.lint.remarks import RULES, LintOptions, Remark, Silence
from schema_bridge.lint.rules import lint
from schema_bridge.writers.validation import Options
from support.cases import read_text
from support.judge import SCRIPT
from support.server import Server

OWN = "(SELECT auth.uid()) = user_id"
TABLE = """
CREATE TABLE notes (user_id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE, name text, role text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
"""
CLOSED = "REVOKE UPDATE ON notes FROM anon, authenticated; GRANT UPDATE (name) ON notes TO authenticated;"


USUAL = LintOptions()


@dataclass(frozen=True)
class Example:
    """Two schemas, `bad` and `good`, and the `object` that the rule names in the bad one."""

    bad: str
    good: str
    object: str


def policy(rest: str, after: str = "") -> str:
    return f"{TABLE} CREATE POLICY p ON notes {rest}; {after}"


EXAMPLES = {
    "table-without-rls": [
        Example("CREATE TABLE a (id int)", "CREATE SCHEMA inner_room; CREATE TABLE inner_room.a (id int)", "a"),
        Example('CREATE TABLE "A b" (id int)', 'CREATE TABLE "A b" (id int); ALTER TABLE "A b" ENABLE ROW LEVEL SECURITY', "A b"),
    ],
    "rls-without-policy": [
        Example(TABLE, policy(f"USING ({OWN})"), "notes"),
        Example(
            "CREATE TABLE a (id int); ALTER TABLE a ENABLE ROW LEVEL SECURITY",
            "CREATE TABLE a (id int); ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON a USING (false)",
            "a",
        ),
    ],
    "policy-without-rls": [
        Example(policy(f"USING ({OWN})", "ALTER TABLE notes DISABLE ROW LEVEL SECURITY"), policy(f"USING ({OWN})"), "notes"),
    ],
    "policy-always-true": [
        Example(policy("USING (true)"), policy("FOR SELECT USING (true)"), "p on notes"),
        Example(policy("FOR INSERT WITH CHECK (1 = 1)"), policy(f"FOR INSERT WITH CHECK ({OWN})"), "p on notes"),
        Example(policy("FOR DELETE TO authenticated USING (TRUE OR name = 'x')"), policy("TO service_role USING (true)"), "p on notes"),
        Example(policy(f"FOR UPDATE USING ({OWN}) WITH CHECK ('t'::boolean)"), policy(f"FOR UPDATE USING ({OWN})"), "p on notes"),
        Example(
            policy("FOR UPDATE USING (NOT false)"),
            policy("FOR UPDATE USING (true)", f"CREATE POLICY r ON notes AS RESTRICTIVE USING ({OWN})"),
            "p on notes",
        ),
        Example(
            "CREATE TABLE a (id int); ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON a USING (true)",
            "CREATE TABLE a (id int); ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON a USING (id = 1)",
            "p on a",
        ),
    ],
    "owner-updates-privileged-column": [
        Example(policy(f"FOR UPDATE USING ({OWN})"), policy(f"FOR SELECT USING ({OWN})"), "notes.role"),
        Example(policy("USING (user_id = auth.uid())"), policy("USING (user_id = auth.uid())", CLOSED), "notes.role"),
        Example(
            policy(f"FOR UPDATE TO authenticated USING ({OWN})"),
            policy(f"FOR UPDATE TO authenticated USING ({OWN}) WITH CHECK (role = 'user')"),
            "notes.role",
        ),
        Example(
            policy(f"FOR UPDATE USING ({OWN})", "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"),
            policy(
                f"FOR UPDATE USING ({OWN})",
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.role = OLD.role; RETURN NEW; END';"
                "CREATE TRIGGER t BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION f()",
            ),
            "notes.role",
        ),
    ],
    "security-definer-search-path": [
        Example(
            "CREATE FUNCTION f(a int, b text[]) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "CREATE FUNCTION f(a int, b text[]) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1'",
            "f(integer, text[])",
        ),
        Example(
            "CREATE PROCEDURE p() LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "CREATE PROCEDURE p() LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT 1; END",
            "p()",
        ),
    ],
    "auth-call-per-row": [
        Example(policy("USING (auth.uid() = user_id)"), policy(f"USING ({OWN})"), "p on notes"),
        Example(
            policy("USING ((auth . jwt() ->> 'ü') = name OR name = current_setting(concat('a', '.)b'), true))"),
            policy("USING ((SELECT auth.jwt() ->> 'role') = name)"),
            "p on notes",
        ),
        Example(
            policy("FOR INSERT WITH CHECK (EXISTS (SELECT 1 FROM auth.users u WHERE u.id = auth.uid()))"),
            policy("FOR INSERT WITH CHECK (EXISTS (SELECT 1 FROM auth.users u WHERE u.id = (select auth.uid() as me)))"),
            "p on notes",
        ),
    ],
    "foreign-key-without-index": [
        Example(
            "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a)",
            "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY REFERENCES a, a_id int REFERENCES a);"
            "CREATE INDEX ON b (a_id) WHERE a_id IS NOT NULL",
            "b_a_id_fkey on b",
        ),
        Example(
            "CREATE TABLE a (x int, y int, PRIMARY KEY (x, y));"
            "CREATE TABLE b (p int, q int, r int, FOREIGN KEY (p, q) REFERENCES a); CREATE INDEX ON b (p, r, q);"
            "CREATE INDEX ON b (p, q) WHERE r > 1",
            "CREATE TABLE a (x int, y int, PRIMARY KEY (x, y));"
            "CREATE TABLE b (p int, q int, r int, FOREIGN KEY (p, q) REFERENCES a); CREATE INDEX ON b (q, p, r)",
            "b_p_q_fkey on b",
        ),
    ],
    "policy-column-without-index": [
        Example(
            policy("USING (name = (SELECT auth.uid())::text)"),
            policy("USING (name = (SELECT auth.uid())::text)", "CREATE INDEX ON notes (name, role)"),
            "notes.name",
        ),
        Example(
            policy("FOR SELECT USING (user_id IS NOT NULL AND notes.role IN (SELECT aud FROM auth.users))"),
            policy("FOR SELECT USING (role = 'public' OR name <> (SELECT current_user)::text)"),
            "notes.role",
        ),
    ],
    "duplicate-index": [
        Example(
            "CREATE TABLE a (id int PRIMARY KEY, x text); CREATE INDEX one ON a (id)",
            "CREATE TABLE a (id int PRIMARY KEY, x text); CREATE INDEX one ON a (id DESC); CREATE INDEX two ON a (id, x)",
            "one on a",
        ),
        Example(
            "CREATE TABLE a (x text); CREATE UNIQUE INDEX one ON a (lower(x)) WHERE x <> ''; CREATE INDEX two ON a (LOWER(x)) WHERE (x != '')",
            "CREATE TABLE a (x text); CREATE UNIQUE INDEX one ON a (lower(x)) WHERE x <> ''; CREATE INDEX two ON a (lower(x))",
            "two on a",
        ),
        Example(
            "CREATE TABLE a (x text, UNIQUE (x)); ALTER TABLE a ADD CONSTRAINT again UNIQUE (x)",
            "CREATE TABLE a (x text); CREATE UNIQUE INDEX one ON a (x); CREATE INDEX two ON a USING hash (x)",
            "again on a",
        ),
    ],
}  # fmt: skip

EACH = [(rule, example) for rule, examples in EXAMPLES.items() for example in examples]
each = pytest.mark.parametrize(("rule", "example"), EACH, ids=lambda value: value if isinstance(value, str) else "")


def said(sql: str, rule: str, options: LintOptions = USUAL) -> list[Remark]:
    return [remark for remark in lint(read_text(sql), options) if remark.rule == rule]


def test_every_rule_has_examples() -> None:
    assert tuple(EXAMPLES) == RULES


@each
def test_a_bad_schema_is_named_and_a_good_one_is_not(rule: str, example: Example) -> None:
    (remark,) = said(example.bad, rule)
    assert remark.object == example.object
    assert remark.origin is not None and remark.origin.file == "schema.sql"
    assert said(example.good, rule) == []


@each
def test_the_sql_mends_it(rule: str, example: Example, server: Server) -> None:
    (remark,) = said(example.bad, rule)
    assert said(f"{example.bad};\n{remark.mend}", rule) == []
    database = server.database(supabase=True)
    database.apply(f"BEGIN; {example.bad};\n{remark.mend}")
    server.release(database)


def test_what_clients_do_not_reach_needs_no_row_security() -> None:
    sql = "CREATE SCHEMA api; CREATE TABLE api.a (id int); CREATE TABLE b (id int)"
    assert [r.object for r in said(sql, "table-without-rls", LintOptions(exposed=("api",)))] == ["api.a"]


@pytest.mark.parametrize("glob", ["b", "b_a_*", "public.b", "*", "b_a_id_fkey on b"])
def test_a_rule_is_silenced_by_name(glob: str) -> None:
    sql = "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int REFERENCES a)"
    rule = "foreign-key-without-index"
    assert said(sql, rule, LintOptions(silence=Silence(foreign_key_without_index=(glob,)))) == []
    assert said(sql, rule, LintOptions(silence=Silence(duplicate_index=(glob,)))) != []


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.sql").write_text("\nCREATE TABLE a (id int PRIMARY KEY, b_id int REFERENCES a);")
    return tmp_path


def test_the_command_prints_the_reason_and_the_sql(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "bad.sql"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "bad.sql:2: a: its schema is exposed and its row security is off: clients reach all rows [table-without-rls]",
        "  ALTER TABLE a ENABLE ROW LEVEL SECURITY;",
        "bad.sql:2: a_b_id_fkey on a: no index leads with b_id: each DELETE in a reads all of a [foreign-key-without-index]",
        "  CREATE INDEX ON a (b_id);",
        "2 remarks: 1 table-without-rls, 1 foreign-key-without-index",
    ]
    (here / "good.sql").write_text("CREATE TYPE t AS ENUM ('a');")
    assert run(["lint", "good.sql"]) == 0
    assert capsys.readouterr().out == "no remark\n"


def test_the_command_for_programs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "bad.sql", "--format", "json"]) == 1
    remarks = json.loads(capsys.readouterr().out)["remarks"]
    assert [(r["rule"], r["object"], r["origin"]["line"]) for r in remarks] == [
        ("table-without-rls", "a", 2), ("foreign-key-without-index", "a_b_id_fkey on a", 2),
    ]  # fmt: skip
    assert run(["lint", "bad.sql", "--format", "github"]) == 1
    line = capsys.readouterr().out.splitlines()[0]
    assert line.startswith("::warning file=bad.sql,line=2,title=table-without-rls::a: its schema is exposed")
    assert line.endswith("%0AALTER TABLE a ENABLE ROW LEVEL SECURITY;")


def test_the_config_names_the_source_and_silences(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "sources: {tables: bad.sql}\nlint:\n  exposed: []\n  silence:\n    foreign-key-without-index: [a]\n"
    (here / config.NAME).write_text(text)
    assert run(["lint"]) == 0
    assert run(["lint", "bad.sql"]) == 0
    (here / config.NAME).write_text(text.replace("foreign-key-without", "foreign-key-with-no"))
    assert run(["lint"]) == 2
    assert (
        "schema_bridge.yaml:5:5: no option is called foreign-key-with-no-index; did you mean" in capsys.readouterr().err
    )


def test_without_source_and_config_there_is_nothing_to_lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["lint"]) == 2


def test_the_section_is_one_of_the_validation_too(here: Path, server: Server) -> None:
    (here / config.NAME).write_text("sources: {tables: bad.sql}\nlint: {exposed: []}\noutputs: [validation, ddl]\n")
    validation, ddl = config.load(config.NAME).outputs
    assert validation.options == Options(lint=LintOptions(exposed=()))
    schema = project.read(["bad.sql"]).schema
    script = project.render(schema, "validation", validation.options)[SCRIPT]
    database = server.database("".join(project.render(schema, "ddl", ddl.options).values()))
    done = database.psql(script, "-v", "ON_ERROR_STOP=1")
    assert done.returncode == 0, done.stderr
    assert "⚠️ a_b_id_fkey on a: no index leads with b_id: each DELETE in a reads all of a" in done.stdout
    (here / config.NAME).write_text("sources: {tables: bad.sql}\noutputs: {validation: {lint: {expose: []}}}\n")
    with pytest.raises(OptionError, match="yaml:2:31: no option is called expose; did you mean exposed"):
        config.load(config.NAME)
