"""What a validation found in a database, as the script tells it to a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from schema_bridge.ir import Origin

Problem = Literal["none", "missing", "unexpected", "differs", "unknown", "remark", "not probed"]
"""`unknown` is there, but not in the schema; a `remark` is about the schema itself; what was `not probed` may be either."""
Status = Literal["matches", "differs", "not told"]

FAILURES: Final = frozenset({"missing", "unexpected", "differs"})
DOUBTS: Final = frozenset({"unknown", "remark", "not probed"})
MODE: Final = "mode"
"""The group of the line that says how the script could compare."""


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the report. `object` is in its words (`users.email`), `fact` is what differs of it; `as_text`: the
    values were compared as texts, because the server could not spell what was expected; `origin` is where it is stated."""

    group: str
    problem: Problem
    line: str
    object: str = ""
    fact: str | None = None
    expected: str | None = None
    actual: str | None = None
    as_text: bool = False
    origin: Origin | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one database, by its URL without the password; `error` says why nothing could be told."""

    database: str
    results: tuple[Result, ...] = ()
    error: str | None = None

    @property
    def failures(self) -> tuple[Result, ...]:
        """What is not as the schema says."""
        return tuple(result for result in self.results if result.problem in FAILURES)

    @property
    def status(self) -> Status:
        if self.error is not None:
            return "not told"
        return "differs" if self.failures else "matches"


def exit_status(verdicts: Sequence[Verdict]) -> int:
    """0 where all databases match, 2 where one could not be asked, else 1."""
    found = {verdict.status for verdict in verdicts}
    return 2 if "not told" in found else 1 if "differs" in found else 0


def expected(result: Result) -> str:
    """What the schema says, in words where it is not a value."""
    words = {"missing": "exists", "unexpected": "does not exist"}
    return words.get(result.problem) or result.expected or ""


def actual(result: Result) -> str:
    """What the database says."""
    words = {"missing": "does not exist", "unexpected": "exists"}
    return words.get(result.problem) or result.actual or ""
