"""SQL expressions as arguments of SQLAlchemy constructs, safe from its bind parameters."""

from __future__ import annotations

import re
from functools import lru_cache

from schema_bridge.emit.python import Call, Code, block, call

# As in SQLAlchemy's compiler: what text() takes for a bind parameter, and what it takes for an escaped colon.
_BIND = re.compile(r"(?<![:\w\x5c]):(\w+)(?!:)", re.UNICODE)
_ESCAPED = re.compile(r"\x5c(:[\w\$]*)(?![:\w\$])", re.UNICODE)


@lru_cache(maxsize=16384)
def text(expression: str) -> Call:
    """`sa.text("…")`, or `sa.literal_column` where no escaping makes text() give back these very letters."""
    escaped = _escape(expression)
    return _literal_column(expression) if escaped is None else call("sa.text", block(escaped))


@lru_cache(maxsize=16384)
def argument(expression: str) -> Code:
    """The same for constructs that make a text() of a string by themselves."""
    escaped = _escape(expression)
    return _literal_column(expression) if escaped is None else block(escaped)


def _escape(expression: str) -> str | None:
    if ":" not in expression:
        return expression
    escaped = _BIND.sub(r"\\:\1", _ESCAPED.sub(r"\\\\\1", expression))
    return escaped if _BIND.search(escaped) is None and _ESCAPED.sub(r"\1", escaped) == expression else None


def _literal_column(expression: str) -> Call:
    return call("sa.literal_column", block(expression), "sa.Text")
