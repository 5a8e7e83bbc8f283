"""The SQL reader's shortcuts find what counting every token finds, and long files read as short ones do."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pytest import MonkeyPatch

from schema_bridge.readers import sql
from schema_bridge.readers.sql import lexer
from schema_bridge.registry import Source, SourceFile
from support.strategies import LAWS, examples

PIECES = st.sampled_from(
    [
        "a",
        "WHERE",
        "where_",
        "é",
        "1",
        " ",
        "\n",
        ",",
        ";",
        "(",
        ")",
        "[",
        "]",
        "-",
        "--x\n",
        "/",
        "/* ( */",
        "/*/**/,*/",
    ]
    + [
        "'x'",
        "'it''s ('",
        "E'\\')'",
        "$$ ) $$",
        "$t$,$t$",
        '"q(,"',
        "a$b",
        "<>",
        "::",
        "now()",
        "(1, (2))",
        "ARRAY[1,2]",
    ]
)
TEXTS = st.lists(PIECES, max_size=20).map(lambda pieces: "".join(pieces).encode())


def counted_bracket(data: bytes) -> lexer.Span:
    for token in lexer.outer(data, 0, len(data)):
        if data[token[0]] == 0x28:
            return token[0] + 1, token[1] - 1
    return len(data), len(data)


def counted_expression(data: bytes) -> lexer.Span:
    found = []
    for token in lexer.outer(data, 0, len(data)):
        if data[token[0]] in b",;":
            break
        found.append(token)
    return (found[0][0], found[-1][1]) if found else (0, 0)


def counted_word(data: bytes) -> int:
    ends = (t[1] for t in lexer.outer(data, 0, len(data)) if lexer.word(data, t) == b"WHERE")
    return next(ends, -1)


@settings(LAWS, max_examples=examples(600))
@given(TEXTS)
def test_shortcuts_find_what_counting_finds(data: bytes) -> None:
    longer = data + b"\nend"
    assume([longer[a:b] for a, b in lexer.tokens(longer, 0, len(longer))][-1] == b"end")  # nothing is left open
    tokens = list(lexer.tokens(data, 0, len(data)))
    whole = (tokens[0][0], tokens[-1][1]) if tokens else (0, 0)
    assert lexer.begin(data, 0, len(data)) == whole[0]
    assert lexer.trimmed(data, 0, len(data)) == whole
    assert lexer.bracket(data, 0, len(data)) == counted_bracket(data)
    assert lexer.expression(data, 0, len(data)) == counted_expression(data)
    assert lexer.after_word(data, 0, len(data), b"WHERE") == counted_word(data)
    assert lexer.parts(data, 0, len(data)) == lexer.counted_parts(data, 0, len(data))


LONG = """CREATE TABLE a (
  b text DEFAULT 'x;
y' -- no end of a statement;
, c text DEFAULT 'é;'
);
;
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN 1;
END;
$$;
/* a comment;
*/ CREATE INDEX ON a (lower(b)) WHERE (c > 'é');
CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC
  SELECT 1;
  SELECT 2;
END;
CREATE TABLE d (e int CHECK (e > 0))"""


def read(text: str) -> object:
    reading = sql.read(Source("a.sql", (SourceFile("a.sql", text.encode()),)))
    return reading.schema, reading.findings, reading.skipped


def test_a_file_in_pieces_reads_as_the_whole(monkeypatch: MonkeyPatch) -> None:
    whole = read(LONG)
    monkeypatch.setattr(sql, "MOST_PIECES", len(LONG))
    for size in range(1, 120, 7):
        monkeypatch.setattr(sql, "PIECE", size)
        assert read(LONG) == whole
