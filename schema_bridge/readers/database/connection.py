"""The conversation with the server: one read-only transaction, a fixed number of queries."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge import catalog
from schema_bridge.errors import ServerError
from schema_bridge.servers import session

Row = dict[str, Any]

OLDEST = 13

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
    with session.connected(url, read_only=True) as connection:
        return _ask(connection)


def _ask(connection: Any) -> Description:
    connection.execute(_SETTINGS)
    server = connection.execute(_SERVER).fetchone()
    if server["major"] < OLDEST:
        raise ServerError(f"PostgreSQL {server['major']} is too old: {OLDEST} is the oldest that is read")
    namespaces = [server["namespaces"]]
    rows = {
        name: connection.execute(query, namespaces if _TAKES_NAMESPACES in query else None).fetchall()
        for name, query in catalog.queries().items()
        if server["major"] >= catalog.SINCE.get(name, OLDEST)
    }
    return Description(rows, server["major"], server["superuser"])
