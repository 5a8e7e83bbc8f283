"""Bad SQL ends in one clear error with its place, or in a right answer; never in a traceback."""

from __future__ import annotations

import pytest

from schema_bridge.errors import SourceError, SourceMeaning, SourceSyntax
from schema_bridge.readers import sql
from schema_bridge.registry import Reading, Source, SourceFile


def read(*texts: str | bytes) -> Reading:
    files = [text.encode() if isinstance(text, str) else text for text in texts]
    return sql.read(Source("x", tuple(SourceFile(f"{n}.sql", data) for n, data in enumerate(files, 1))))


def failure(*texts: str | bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(*texts)
    return caught.value


def place(error: SourceError) -> tuple[str, int, int]:
    assert error.origin is not None
    return error.origin.file, error.origin.line, error.origin.column


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("SELECT 1;\nCREATE TABEL t ();", 2, 8),
        ("-- ÄÖÜ äöü 😀\nSELECT 'é';\nCREATE TABLE t (ä int,\n  é int int);", 4, 9),
        ("CREATE TABLE t (a int);\nCREATE TABLE ü (b int,);", 2, 23),
        ("SELECT 'never ends", 1, 8),
        ("CREATE FUNCTION f() RETURNS int AS $x$ never ends", 1, 36),
        ("CREATE TABLE t (\n\ta int,\n\tb foo bar\n);", 3, 8),
        ("CREATE TABLE t (a int,", 1, 23),
        ("CREATE TABLE é (\n  ü int\n\n", 2, 8),
    ],
)
def test_a_syntax_error_shows_its_place(text: str, line: int, column: int) -> None:
    error = failure(text)
    assert isinstance(error, SourceSyntax)
    assert place(error) == ("1.sql", line, column)
    assert error.excerpt is not None
    shown, caret = error.excerpt.split("\n")
    assert shown == text.split("\n")[line - 1]
    assert len(caret.expandtabs(1)) == column and caret.endswith("^")
    assert str(error).startswith(f"1.sql:{line}:{column}: ")


def test_a_contradiction_shows_the_column_of_its_statement() -> None:
    error = failure("CREATE TABLE ä (id int);  CREATE TABLE ä (id int);")
    assert str(error).splitlines()[0] == "1.sql:1:27: relation ä exists already"
    assert str(error).splitlines()[-1] == " " * 26 + "^"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("CREATE TABLE a (x int);\n\nALTER TABLE b ADD y int;", 3, "table b is not known"),
        ("CREATE TABLE a (x int, y int, x text);", 1, "column x twice"),
        ("CREATE TABLE a (x int);\nCREATE TABLE a (x int);", 2, "relation a exists already"),
        ("CREATE TABLE a (x int);\nALTER TABLE a ADD x int;", 2, "column x already"),
        ("CREATE TABLE a (x int);\nALTER TABLE a DROP y;", 2, "no column y"),
        ("CREATE TABLE a (x int);\nALTER TABLE a ALTER y SET NOT NULL;", 2, "no column y"),
        ("CREATE TABLE a (x int);\nALTER TABLE a RENAME y TO z;", 2, "no column y"),
        ("CREATE TABLE a (x int);\nALTER TABLE a DROP CONSTRAINT y;", 2, "no constraint y"),
        ("CREATE TABLE a (x int, PRIMARY KEY (y));", 1, "no column y"),
        ("CREATE TABLE a (x int PRIMARY KEY, PRIMARY KEY (x));", 1, "primary key already"),
        ("CREATE TABLE a (x int);\nCREATE INDEX i ON a (y);", 2, "no column y"),
        ("CREATE TABLE a (x int);\nCREATE INDEX a ON a (x);", 2, "relation a exists already"),
        ("CREATE TABLE a (x int);\nCOMMENT ON COLUMN a.y IS 'y';", 2, "no column y"),
        ("COMMENT ON TABLE a IS 'y';", 1, "a is not known"),
        ("DROP TABLE a;", 1, "table a is not known"),
        ("CREATE TYPE e AS ENUM ('a');\nCREATE TYPE e AS ENUM ('a');", 2, "type e exists already"),
        ("CREATE TYPE e AS ENUM ('a');\nALTER TYPE e ADD VALUE 'a';", 2, "label a already"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS '';\n" * 2, 2, "function f exists already"),
        ("CREATE TABLE a (x int);\nCREATE POLICY p ON a;\nCREATE POLICY p ON a;", 3, "policy p already"),
        ("CREATE TABLE a (x int);\n\n\nCREATE TABLE b (\n  y citext\n);", 5, "type citext is not known"),
        ("CREATE VIEW v AS SELECT 1;\nCREATE VIEW v AS SELECT 2;", 2, "view v exists already"),
        ("ALTER SEQUENCE s CYCLE;", 1, "sequence s is not known"),
        ("CREATE SCHEMA s;\nCREATE SCHEMA s;", 2, "schema s exists already"),
    ],
)
def test_a_contradiction_names_what_and_where(text: str, line: int, words: str) -> None:
    error = failure(text)
    assert isinstance(error, SourceMeaning)
    assert place(error)[:2] == ("1.sql", line)
    assert words in str(error)


@pytest.mark.parametrize(
    ("text", "at", "line"),
    [
        ("CREATE TABLE a (\n  x int, y int,\n  é text, x text\n);", (3, 11), "  é text, x text"),
        ("CREATE TABLE a (\n  é text, x citext\n);", (2, 13), "  é text, x citext"),
    ],
)
def test_what_stands_in_a_column_is_shown_there(text: str, at: tuple[int, int], line: str) -> None:
    error = failure(text)
    assert place(error) == ("1.sql", *at)
    assert error.excerpt == f"{line}\n{' ' * (at[1] - 1)}^"


def test_an_unknown_type_names_the_extension_that_brings_it() -> None:
    assert "CREATE EXTENSION citext" in str(failure("CREATE TABLE a (x citext);"))
    read("CREATE EXTENSION citext; CREATE TABLE a (x citext);")
    read("CREATE TABLE a (x extensions.citext);")


def test_the_second_file_is_named() -> None:
    error = failure("CREATE TABLE a (x int);", "\nALTER TABLE a ADD y int;\nALTER TABLE z ADD y int;")
    assert place(error) == ("2.sql", 3, 1)


@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        (b"SELECT 1;\nSELECT '\xe9';", 2, 9, "not UTF-8"),
        (b"SELECT 1;\n\nSELECT\0 2;", 3, 7, "NUL"),
        ("CREATE TABLE a (x int);".encode("utf-16"), 1, 1, "not UTF-8"),
    ],
)
def test_bytes_that_are_no_text(data: bytes, line: int, column: int, words: str) -> None:
    error = failure(data)
    assert isinstance(error, SourceSyntax)
    assert place(error) == ("1.sql", line, column)
    assert words in str(error)


def test_a_byte_order_mark_is_no_error() -> None:
    assert read("CREATE TABLE a (x int);".encode("utf-8-sig")).schema.table("a")


@pytest.mark.parametrize("depth", [500, 3_000, 10_000, 100_000])
def test_deep_brackets(depth: int) -> None:
    text = "CREATE TABLE a (x int CHECK (" + "(" * depth + "x > 0" + ")" * depth + "));"
    try:
        schema = read(text).schema
    except SourceSyntax as error:
        assert error.origin is not None and error.origin.line == 1
    else:
        assert schema.table("a").checks[0].expression.strip("()") == "x > 0"


def test_deep_queries() -> None:
    text = "CREATE VIEW v AS " + "SELECT * FROM (" * 2_000 + "SELECT 1" + ") x" * 2_000 + ";"
    try:
        assert read(text).schema.views[0].query.count("SELECT") == 2_001
    except SourceSyntax as error:
        assert error.origin is not None


def test_a_body_of_50_megabytes() -> None:
    body = "x" * 50_000_000
    text = f"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ {body} $$;"
    assert read(text).schema.functions[0].body == f" {body} "


@pytest.mark.parametrize("text", ["", ";", ";;", "-- only a comment", "/* and /* nested */ */", "\n\n", "  ;\n;  "])
def test_nothing_is_an_empty_schema(text: str) -> None:
    assert read(text).schema.tables == ()


def test_a_long_line_is_shown_in_part() -> None:
    error = failure("SELECT " + "1 + " * 5_000 + ";")
    assert error.excerpt is not None
    shown, caret = error.excerpt.split("\n")
    assert len(shown) <= 120 and shown[len(caret) - 1] == ";"
