"""The conversation with the server: one read-only transaction, a fixed number of queries, errors in one sentence."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from schema_bridge import catalog
from schema_bridge.errors import OptionError, ServerError, SourceUnknown
from schema_bridge.readers.database import address

Row = dict[str, Any]

OLDEST = 13
_TIMEOUT = 10
"""Seconds to wait for the server, unless the URL says otherwise."""

_SETTINGS = """
SET LOCAL search_path = '';
SET LOCAL lock_timeout = '10s';
SET LOCAL quote_all_identifiers = off;
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL extra_float_digits = 1;
SET LOCAL bytea_output = 'hex';
SET LOCAL standard_conforming_strings = on;
SET LOCAL xmlbinary = 'base64'
"""
"""What the server prints must not depend on the session (all of these leak into expressions that it prints)."""

_SERVER = """
SELECT current_setting('server_version_num')::int / 10000 AS major, pg_get_userbyid(10) AS superuser,
       (SELECT coalesce(json_agg(nspname), '[]') FROM pg_namespace
         WHERE nspname !~ '^pg_' AND nspname <> 'information_schema') AS namespaces
"""
_TAKES_NAMESPACES = "$1::text[]"


class Description(msgspec.Struct, frozen=True):
    """What a database says of itself: the rows of each catalog query by the query's name, the server's major version,
    and the name of the role that initdb made."""

    rows: dict[str, list[Row]]
    major: int
    superuser: str


def describe(url: str) -> Description:
    """Ask every catalog query, in one snapshot; ServerError where that is not possible."""
    try:
        import psycopg
    except ImportError as error:
        raise OptionError("reading a database needs psycopg: pip install 'schema-bridge[database]'") from error
    try:
        known = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        hint = "It is written postgresql://user@host:port/database."
        raise SourceUnknown(f"{address.shown(url)} is no URL of a database", hint=hint) from None
    try:
        with _connected(psycopg, known) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            return _ask(connection)
    except psycopg.Error as error:
        raise ServerError(f"{address.shown(url)}: {_reason(error)}") from None


def _connected(psycopg: Any, known: dict[str, Any]) -> Any:
    wanted = {"connect_timeout": _TIMEOUT, "application_name": "schema_bridge", **known, "client_encoding": "UTF8"}
    return psycopg.connect(**wanted, cursor_factory=psycopg.RawCursor, row_factory=psycopg.rows.dict_row)


def _ask(connection: Any) -> Description:
    connection.execute(_SETTINGS)
    server = connection.execute(_SERVER).fetchone()
    if server["major"] < OLDEST:
        raise ServerError(f"PostgreSQL {server['major']} is too old: {OLDEST} is the oldest that is read")
    namespaces = [server["namespaces"]]
    rows = {
        name: connection.execute(query, namespaces if _TAKES_NAMESPACES in query else None).fetchall()
        for name, query in catalog.queries().items()
    }
    return Description(rows, server["major"], server["superuser"])


_BEFORE_REASON = re.compile(r".*(?:failed: |FATAL: +|ERROR: +)", re.DOTALL)


def _reason(error: Exception) -> str:
    """What the driver says, in one line. (It never repeats a password.)"""
    said = " ".join(str(error).split("\n")[0].split()) or type(error).__name__
    return _BEFORE_REASON.sub("", said)
