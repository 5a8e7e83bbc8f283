"""Runs the validation script and the probes: in one database, or in several at a time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec

from schema_bridge.errors import ServerError, SourceUnknown
from schema_bridge.ir import Schema
from schema_bridge.probe.outcomes import Outcome
from schema_bridge.probe.running import probes
from schema_bridge.servers import address, session
from schema_bridge.validate.results import Problem, Result, Verdict

_results = msgspec.json.Decoder(tuple[Result, ...])
_WANTED = "SET schema_bridge.results = 'wanted'"
_FOUND = "SELECT current_setting('schema_bridge.results') AS found"


def validate(url: str, script: str, probed: Schema | None = None) -> Verdict:
    """Run the script in one database, in a transaction that is rolled back; then, in another one, the probes of a schema.

    ServerError where it cannot be reached or the script cannot run; its message never holds the password.
    """
    with session.connected(url, read_only=False) as connection:
        connection.execute(_WANTED)
        connection.execute(script)
        found = connection.execute(_FOUND).fetchone()["found"]
        connection.rollback()
        results = _results.decode(found)
        if probed is not None:
            try:
                results += tuple(map(_result, probes(connection, probed)))
            finally:
                connection.rollback()
    return Verdict(database=address.shown(url), results=results)


def _result(found: Outcome) -> Result:
    problems: dict[str, Problem] = {"kept": "none", "broken": "differs", "not probed": "not probed"}
    return Result(
        group="probes",
        problem=problems[found.kind],
        line=found.line,
        object=found.object,
        fact=found.fact,
        expected=found.expected,
        actual=found.actual,
    )


def validate_all(urls: Sequence[str], script: str, at_once: int, probed: Schema | None = None) -> list[Verdict]:
    """The verdicts on all databases, in the order of the URLs; no more than `at_once` are asked at a time.

    A database that cannot tell has a verdict that says why.
    """
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        return list(pool.map(partial(_told, script=script, probed=probed), urls))


def _told(url: str, script: str, probed: Schema | None) -> Verdict:
    try:
        return validate(url, script, probed)
    except (ServerError, SourceUnknown) as error:
        why = error.message.removeprefix(f"{address.shown(url)}: ")
        return Verdict(database=address.shown(url), error=" ".join(filter(None, (why, error.hint))))
