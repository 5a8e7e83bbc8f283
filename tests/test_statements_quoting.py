"""Identifiers, literals and dollar quotes mean to PostgreSQL what they were made from."""

from __future__ import annotations

import pytest

from schema_bridge import pgtypes
from schema_bridge.emit import sql
from schema_bridge.ir import Name, Type

HOSTILE = [
    "", "plain", "O'Brien", 'say "hi"', "back\\slash", "\\'; DROP TABLE t; --", "two\nlines\r\n", "$$", "a$", "$body$",
    "$body", "$body1$ $body$ $$", "%s %(x)s %%", ":name ::text", "/* */ -- x", "é 😀 \u2028", "$tag$ $1 $", "''", "\\",
]  # fmt: skip


@pytest.mark.parametrize("word", ["id", "user_name", "_x1", "type", "name", "metadata", "date", "text"])
def test_plain_identifiers_stay_bare(word: str) -> None:
    assert sql.ident(word) == word


@pytest.mark.parametrize("word", ["user", "order", "Name", "9lives", "a b", "a$b", "timestamp", "left", "straße", ""])
def test_others_are_quoted(word: str) -> None:
    assert sql.ident(word) == f'"{word}"'


def test_quotes_in_identifiers_are_doubled() -> None:
    assert sql.ident('a"; DROP TABLE t; --') == '"a""; DROP TABLE t; --"'


def test_public_is_left_out_unless_asked_for() -> None:
    assert sql.name(Name("public", "users")) == "users"
    assert sql.name(Name("public", "users"), public=True) == "public.users"
    assert sql.name(Name("auth", "users")) == "auth.users"
    assert sql.name(Name("", "citext"), public=True) == "citext"


def test_public_is_named_where_the_catalog_hides_it() -> None:
    assert sql.name(Name("public", "date")) == "public.date"
    assert sql.name(Name("public", "pg_class")) == "public.pg_class"
    assert pgtypes.render(Type(name="path", schema="public", dimensions=1)) == "public.path[]"


@pytest.mark.parametrize("text", HOSTILE)
def test_dollar_quotes_hold_any_text(text: str) -> None:
    quoted = sql.dollar_quote(text)
    tag = quoted[: quoted.index("$", 1) + 1]
    assert quoted.index(tag, len(tag)) == len(quoted) - len(tag)
    assert quoted[len(tag) : -len(tag)] == text
