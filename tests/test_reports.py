"""Reports of a comparison: what each form says, of any number of sources, whatever the texts hold."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from sarif_pydantic import Sarif

from schema_bridge import reports
from schema_bridge.cli import run
from schema_bridge.comparison import Report, SourceInfo, compare
from schema_bridge.ir import Schema
from support.cases import read_text

ONE = """\
CREATE TABLE authors (id bigint PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE books (
  id uuid PRIMARY KEY,
  author_id bigint REFERENCES authors ON DELETE CASCADE,
  title text COMMENT_HERE
);
CREATE INDEX books_by_author ON books (author_id);
COMMENT ON TABLE books IS 'a | `b` <script> %0A ::error::';
CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN 1; -- ```
END $$;
""".replace("COMMENT_HERE", "")
OTHER = (
    ONE.replace(" ON DELETE CASCADE", "")
    .replace("RETURN 1", "RETURN 2")
    .replace("CREATE INDEX books_by_author ON books (author_id);", "")
    .replace("a | `b`", "*b* | a")
    .replace("title text", "title integer")
)
ROWS = {
    "column books.title: type": "breaking",
    "foreign key books.books_author_id_fkey: on delete": "behaviour",
    "index books.books_by_author": "performance",
    "table books: comment": "cosmetic",
    "function one(): body": "behaviour",
}


@pytest.fixture(scope="module")
def report() -> Report:
    texts = {"one.sql": ONE, "other, or two.sql": OTHER, "third.sql": ONE}
    schemas = [read_text(text, path) for path, text in texts.items()]
    return compare(*schemas, sources=[SourceInfo(path, "sql", path) for path in texts])


def test_text_has_a_paragraph_for_each_row(report: Report) -> None:
    text = reports.written(report, "text")
    heads = dict(re.findall(r"^(\S.*) \((\w+)\)$", text, re.MULTILINE))
    assert heads == ROWS
    assert "  other, or two.sql: integer  [other, or two.sql:5]\n" in text
    assert text.endswith("5 differences: 2 behaviour, 1 breaking, 1 cosmetic, 1 performance\n")


def test_markdown_is_a_table_for_each_weight_with_a_column_for_each_source(report: Report) -> None:
    html = MarkdownIt("commonmark").enable("table").render(reports.written(report, "markdown"))
    assert re.findall(r"<h2>(\w+)", html) == ["Breaking", "Behaviour", "Performance", "Cosmetic"]
    rows = [re.findall(r"<td>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)]
    cells = [row for row in rows if row]
    assert {len(row) for row in cells} == {5, 6}
    (typed,) = [row for row in cells if "books.title" in row[0]]
    assert [re.findall("<code>(.*?)</code>", cell) for cell in typed[2:]] == [["text"], ["integer"], ["text"]]
    assert html.count("<summary>") == 1 and html.count('<pre><code class="language-sql">') == 3
    assert "<script>" not in html and "-- ```" in html


def test_github_annotates_the_lines_and_nothing_breaks_out(report: Report) -> None:
    lines = reports.written(report, "github").splitlines()
    assert len(lines) == len(ROWS)
    found = [re.fullmatch(r"::(\w+) (?:file=([^,]*),line=(\d+),)?title=([^:,]*)::(.*)", line) for line in lines]
    assert all(found)
    levels = {one[4].replace("%3A", ":"): one[1] for one in found if one}
    assert levels == {
        title: {"breaking": "error", "behaviour": "warning"}.get(weight, "notice") for title, weight in ROWS.items()
    }
    (typed,) = [one for one in found if one and "books.title" in one[4]]
    assert (typed[2], typed[3]) == ("third.sql", "5")


def test_sarif_is_sarif(report: Report) -> None:
    text = reports.written(report, "sarif")
    log = Sarif.model_validate_json(text)
    results = log.runs[0].results or []
    assert len(results) == len(ROWS)
    rules = {rule.id for rule in log.runs[0].tool.driver.rules or []}
    assert {result.rule_id for result in results} == rules
    places = [r["locations"][0]["physicalLocation"] for r in json.loads(text)["runs"][0]["results"]]
    assert {"artifactLocation": {"uri": "third.sql"}, "region": {"startLine": 5}} in places
    prints = {json.dumps(result["partialFingerprints"]) for result in json.loads(text)["runs"][0]["results"]}
    assert len(prints) == len(ROWS)


@pytest.mark.parametrize("form", sorted(reports.FORMS))
def test_two_that_differ_in_a_table_that_the_third_lacks(form: str) -> None:
    schemas = [read_text(f"CREATE TABLE t (id {type_});", "x.sql") for type_ in ("integer", "bigint")]
    report = compare(*schemas, Schema(), sources=[SourceInfo(name) for name in ("a", "b", "without")])
    assert [row.values["without"] for row in report.differences] == [None, None]
    assert reports.written(report, form)


def test_no_difference_is_a_report_too() -> None:
    schema = read_text(ONE)
    nothing = compare(schema, schema)
    assert reports.written(nothing, "text") == "no difference\n"
    assert "**no difference**" in reports.written(nothing, "markdown")
    assert reports.written(nothing, "github") == ""
    assert Sarif.model_validate_json(reports.written(nothing, "sarif")).runs[0].results == []


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in {"a.sql": ONE, "b.sql": OTHER, "c.sql": ONE}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def titles(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    return dict(re.findall(r"^(\S.*) \((\w+)\)$", capsys.readouterr().out, re.MULTILINE))


def test_the_config_says_what_is_compared_and_how(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = here / "schema_bridge.yaml"
    config.write_text("""\
sources: {tables: a.sql}
compare:
  with: [b.sql, c.sql]
  ignore: [one*, books.books_author*]
  protect: [books.books_by_*]
  weights: {column.type: cosmetic, table: behaviour}
""")
    assert run(["diff"]) == 1
    assert titles(capsys) == {"column books.title: type": "cosmetic", "table books: comment": "behaviour"}
    assert run(["diff", "--ignore", "books"]) == 0
    assert run(["diff", "a.sql", "c.sql"]) == 0


def test_a_variable_of_the_environment_is_asked_for_when_it_is_needed(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "schema_bridge.yaml").write_text("sources: {tables: a.sql}\ncompare: {with: '${NOT_THERE}'}\n")
    assert run(["generate", "--only", "validation"]) == 0
    capsys.readouterr()
    assert run(["diff"]) == 2
    assert capsys.readouterr().err.startswith("schema-bridge: schema_bridge.yaml:2:17: NOT_THERE is not set")


def test_one_source_is_not_enough(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "a.sql"]) == 2
    assert "name two sources or more" in capsys.readouterr().err
