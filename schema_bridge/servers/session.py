"""A connection to a server, with every error as one sentence that never holds a password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from schema_bridge.errors import OptionError, ServerError, SourceUnknown
from schema_bridge.servers import address

_TIMEOUT = 10
"""Seconds to wait for the server, unless the URL says otherwise."""
_BEFORE_REASON = re.compile(r".*(?:failed: |FATAL: +|ERROR: +)", re.DOTALL)


@contextmanager
def connected(url: str, *, read_only: bool) -> Iterator[Any]:
    """A connection of psycopg, in one transaction that is one snapshot; rows are dicts, parameters `$1`.

    OptionError without psycopg, SourceUnknown where the URL is none, ServerError where the server cannot be reached or
    refuses what it is asked.
    """
    try:
        import psycopg
    except ImportError as error:
        raise OptionError("asking a database needs psycopg: pip install 'schema-bridge[database]'") from error
    try:
        known = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        hint = "It is written postgresql://user@host:port/database."
        raise SourceUnknown(f"{address.shown(url)} is no URL of a database", hint=hint) from None
    wanted: dict[str, Any] = {
        "connect_timeout": _TIMEOUT,
        "application_name": "schema_bridge",
        **known,
        "client_encoding": "UTF8",
    }
    try:
        wanted |= {"cursor_factory": psycopg.RawCursor, "row_factory": psycopg.rows.dict_row}
        with psycopg.connect(**wanted) as connection:
            connection.read_only = read_only
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield connection
    except psycopg.Error as error:
        raise ServerError(f"{address.shown(url)}: {_reason(error)}", hint=error.diag.message_hint) from None


class Answer(NamedTuple):
    """What a statement gave, or `state` and `said`: the SQLSTATE and the words of its refusal."""

    rows: list[dict[str, Any]]
    affected: int = 0
    state: str = ""
    said: str = ""


def attempt(connection: Any, sql: str, *, keep: bool = False) -> Answer:
    """Run statements inside a savepoint, to which a refusal goes back; so does success, unless it is kept.

    psycopg.Error where the connection itself breaks."""
    import psycopg

    try:
        with connection.transaction(force_rollback=not keep):
            cursor = connection.execute(sql)
            while cursor.nextset():
                pass
            return Answer(cursor.fetchall() if cursor.description else [], cursor.rowcount)
    except psycopg.Error as error:
        if connection.closed:
            raise
        return Answer([], state=error.sqlstate or "", said=_reason(error))


@contextmanager
def undone(connection: Any) -> Iterator[None]:
    """A savepoint that is gone back to in the end."""
    with connection.transaction(force_rollback=True):
        yield


def _reason(error: Exception) -> str:
    """What the driver says, in one line. (It never repeats a password.)"""
    said = " ".join(str(error).split("\n")[0].split()) or type(error).__name__
    return _BEFORE_REASON.sub("", said)
