"""What every form of a report says of a row: which object and fact it is about, the values, and where these stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from schema_bridge.comparison import EXISTS, Difference, Report
from schema_bridge.losses import words

WIDTH = 160
"""Longer values are cut where they stand on one line."""


def object_of(row: Difference) -> str:
    """`auth.users.on_auth_user_created`: the dotted name, `public` left out."""
    return ".".join(part for part in (row.schema if row.schema != "public" else None, row.table, row.name) if part)


def kind_of(row: Difference) -> str:
    return row.kind.replace("_", " ")


def fact_of(row: Difference) -> str:
    """The fact in words; empty where the whole object is absent from a source."""
    if row.fact == "name":
        return f"renamed {' -> '.join(dict.fromkeys(name for name in row.values.values() if name))}"
    return "" if row.fact == EXISTS else row.fact.replace("_", " ")


def title(row: Difference) -> str:
    fact = fact_of(row)
    return f"{kind_of(row)} {object_of(row)}" + (f": {fact}" if fact else "")


def on_one_line(value: str | None) -> str:
    if value is None:
        return "-"
    line = " ".join(value.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 3]}..."


def said(row: Difference, source: str) -> str:
    """What a source says, on one line."""
    return "(cannot state it)" if source in row.unstated else on_one_line(row.values[source])


def count(report: Report) -> str:
    """`3 differences: 1 breaking, 2 behaviour`."""
    weights = ", ".join(f"{count} {weight}" for weight, count in report.summary.weights.items())
    number = len(report.differences)
    return f"{number} difference{'s' if number > 1 else ''}: {weights}" if number else "no difference"


def not_compared(left_out: Mapping[str, int]) -> Iterator[str]:
    """What one of the sources cannot state."""
    if left_out:
        counts = ", ".join(f"{count} {words(what, count)}" for what, count in left_out.items())
        yield f"not compared, because one of the sources cannot state it: {counts}"


def places(row: Difference) -> Iterator[tuple[str, int]]:
    """The files and lines that the row's origins name, one for each source that is a file."""
    for origin in row.origins.values():
        file, _, line = (origin or "").rpartition(":")
        if file and line.isdigit():
            yield file, int(line)
