"""SQL text: identifiers, names, literals and dollar quotes that no text can break out of."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import count

from schema_bridge.ir import Name

KEYWORDS = frozenset(
    """
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
    """.split()  # noqa: SIM905
)
"""The key words that are not plain names everywhere: all but the non-reserved ones of PostgreSQL 13 to 18
(manual, appendix C; `quote_ident` quotes the same)."""

_plain = re.compile(r"[a-z_][a-z0-9_]*").fullmatch


@lru_cache(maxsize=65536)
def ident(text: str) -> str:
    """One identifier, quoted only where PostgreSQL would read it in another way (manual, 4.1.1)."""
    if _plain(text) and text not in KEYWORDS:
        return text
    return '"' + text.replace('"', '""') + '"'


@lru_cache(maxsize=65536)
def name(value: Name, *, public: bool = False) -> str:
    """A name with its namespace; `public.` only if asked for."""
    if value.schema == "" or (value.schema == "public" and not public):
        return ident(value.name)
    return f"{ident(value.schema)}.{ident(value.name)}"


def literal(text: str) -> str:
    """A string constant with the same value whatever `standard_conforming_strings` is."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def dollar_quote(body: str) -> str:
    """The text between dollar quotes, with the first tag that it cannot close (manual, 4.1.2.4)."""
    if "$$" not in body and not body.endswith("$"):
        return f"$${body}$$"
    for number in count():  # the body has an end, so some number is free
        tag = f"$body{number or ''}"
        if tag not in body:
            return f"{tag}${body}{tag}$"
