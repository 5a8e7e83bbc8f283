"""What probes found."""

from __future__ import annotations

from typing import Literal

import msgspec


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """`kept` is as the schema promises, `broken` is not, `not probed` could not be told; `line` says so in words."""

    kind: Literal["kept", "broken", "not probed"]
    line: str
    object: str = ""
    fact: str | None = None
    expected: str | None = None
    actual: str | None = None


def broken(about: str, fact: str, expected: str, actual: str) -> Outcome:
    line = f"{about}: {fact}: expected {expected}, actual {actual}"
    return Outcome(kind="broken", line=line, object=about, fact=fact, expected=expected, actual=actual)


def not_probed(about: str, reason: str) -> Outcome:
    return Outcome(kind="not probed", line=f"not probed: {about}: {reason}", object=about)


def counted(count: int, one: str, many: str) -> str:
    """`1 table`, `3 tables`."""
    return f"{count} {one if count == 1 else many}"
