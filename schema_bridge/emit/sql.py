"""SQL text: identifiers, names, literals and dollar quotes that no text can break out of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import count
from typing import NamedTuple

from schema_bridge.builtin_functions import BUILT_IN_FUNCTIONS
from schema_bridge.builtin_types import ALIASES, BUILT_IN
from schema_bridge.ir import Name, Option

_WORDS = """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast
    char character check coalesce collate collation column concurrently constraint create cross current_catalog
    current_date current_role current_schema current_time current_timestamp current_user dec decimal default
    deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full grant
    greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull join
    json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize
    json_table json_value lateral leading least left like limit localtime localtimestamp merge_action national natural
    nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing
    position precision primary real references returning right row select session_user setof similar smallint some
    substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique
    user using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists
    xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
"""

KEYWORDS = frozenset(_WORDS.split())
"""The key words that are not plain names everywhere: all but the non-reserved ones of PostgreSQL 13 to 18
(manual, appendix C; `quote_ident` quotes the same)."""

_plain = re.compile(r"[a-z_][a-z0-9_]*").fullmatch


@cache
def ident(text: str) -> str:
    """One identifier, quoted only where PostgreSQL would read it in another way (manual, 4.1.1)."""
    if _plain(text) and text not in KEYWORDS:
        return text
    return '"' + text.replace('"', '""') + '"'


@cache
def name(value: Name, *, public: bool = False) -> str:
    """A name with its namespace; `public.` only if asked for, or where `pg_catalog` has that name too."""
    if value.schema == "" or (value.schema == "public" and not public and not in_catalog(value.name)):
        return ident(value.name)
    return f"{ident(value.schema)}.{ident(value.name)}"


def operator(value: Name) -> str:
    """An operator, with its namespace where the default search path does not find it."""
    if value.schema in ("", "pg_catalog", "public"):
        return value.name
    return f"OPERATOR({ident(value.schema)}.{value.name})"


def routine(value: Name) -> str:
    """A function's name; `public.` where a built-in one has that name: without it, that one would be meant."""
    return name(value, public=value.name in BUILT_IN_FUNCTIONS)


def in_catalog(text: str) -> bool:
    """`pg_catalog` is searched before `public` (manual, 5.10.5): a bare `date` or `pg_class` is never the schema's."""
    return text.startswith("pg_") or text in BUILT_IN or text in ALIASES


def literal(text: str) -> str:
    """A string constant with the same value whatever `standard_conforming_strings` is."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def dollar_quote(body: str) -> str:
    """The text between dollar quotes, with the first tag that it cannot close (manual, 4.1.2.4)."""
    if "$$" not in body and not body.endswith("$"):
        return f"$${body}$$"
    tag = next(tag for number in count() if (tag := f"$body{number or ''}") not in body)
    return f"{tag}${body}{tag}$"


def role(text: str) -> str:
    """A role's name; PUBLIC and the words that stand for the present role stay words."""
    if text in ("public", "current_user", "current_role", "session_user"):
        return text.upper()
    return ident(text)


def number(value: float) -> str:
    """A number as PostgreSQL writes it: without `.0`."""
    return str(int(value)) if value == int(value) else repr(value)


_option_word = re.compile(r"[a-z_][a-z0-9_]*|-?\d+(\.\d+)?").fullmatch


def options(values: Iterable[Option]) -> str:
    """`name = value, …` as in WITH (…): words and numbers bare, every other value as a literal."""
    return ", ".join(f"{_option_name(o.name)} = {_option_value(o.value)}" for o in values)


def _option_name(text: str) -> str:
    return ".".join(ident(part) for part in text.split("."))


def _option_value(text: str) -> str:
    return text if _option_word(text) and text not in KEYWORDS else literal(text)


def foreign_options(values: Iterable[Option]) -> str:
    """`OPTIONS (name 'value', …)` of foreign tables and their columns."""
    return "OPTIONS (" + ", ".join(f"{ident(o.name)} {literal(o.value)}" for o in values) + ")"


_token = re.compile(
    r"""
    [eE]'(?:[^'\\]|\\.|'')*'  | '(?:[^']|'')*'          # strings
  | (?P<quoted>"(?:[^"]|"")*")                          # quoted identifiers
  | (?P<dollar>\$(?:[^\W\d]\w*)?\$)                     # the opening of a dollar quote
  | --[^\n]*                                            # a comment
  | (?P<block>/\*)                                      # the opening of a block comment
  | (?P<word>[^\W\d][\w$]*)
  | (?P<open>[(\[])
  | (?P<close>[)\]])
    """,
    re.VERBOSE | re.DOTALL,
)
_comment_edge = re.compile(r"/\*|\*/")


class Token(NamedTuple):
    """A word, a quoted identifier or a bracket of an SQL text; `value` is the identifier it means."""

    kind: str
    value: str
    start: int
    depth: int


def tokens(text: str) -> Iterator[Token]:
    """The words, quoted identifiers and brackets outside strings and comments, with their depth in brackets."""
    depth = position = 0
    while found := _token.search(text, position):
        position = found.end()
        match found.lastgroup:
            case "word":
                yield Token("word", found[0].lower(), found.start(), depth)
            case "quoted":
                yield Token("quoted", found[0][1:-1].replace('""', '"'), found.start(), depth)
            case "open":
                yield Token("open", found[0], found.start(), depth)
                depth += 1
            case "close":
                depth -= 1
                yield Token("close", found[0], found.start(), depth)
            case "dollar":
                end = text.find(found[0], position)
                position = len(text) if end < 0 else end + len(found[0])
            case "block":
                position = _after_comment(text, position)


def _after_comment(text: str, position: int) -> int:
    """Block comments nest (manual, 4.1.5)."""
    depth = 1
    while depth and (edge := _comment_edge.search(text, position)):
        depth += 1 if edge[0] == "/*" else -1
        position = edge.end()
    return len(text) if depth else position


_ONLY_IN_BRACKETS = frozenset(
    ("all", "and", "any", "at", "between", "collate", "ilike", "in", "is", "isnull", "like", "not", "notnull", "or",
     "overlaps", "similar", "some")
)  # fmt: skip


@lru_cache(maxsize=4096)
def default(expression: str) -> str:
    """An expression after DEFAULT, which takes the grammar's `b_expr`: all others need brackets."""
    if any(t.depth == 0 and t.kind == "word" and t.value in _ONLY_IN_BRACKETS for t in tokens(expression)):
        return f"({expression})"
    return expression


@lru_cache(maxsize=4096)
def element(expression: str) -> str:
    """An expression as an index or partition key element: a function call, or anything in brackets."""
    return expression if _is_call(expression) else f"({expression})"


_call_start = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?\(").match


def _is_call(expression: str) -> bool:
    if not (start := _call_start(expression)) or start[0][:-1] in KEYWORDS:
        return False
    closing = next((t.start for t in tokens(expression) if t.kind == "close" and t.depth == 0), -1)
    return closing == len(expression) - 1
