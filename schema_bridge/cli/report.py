"""A comparison as text for a terminal: a paragraph per fact, with the value and the origin in each source."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from schema_bridge.comparison import EXISTS, Difference, Report
from schema_bridge.losses import words

WIDTH = 160
"""Longer values are cut."""


def text(report: Report) -> str:
    """The whole report: what differs, object by object, and how much."""
    lines = [line for row in report.differences for line in _row(row)]
    weights = ", ".join(f"{count} {weight}" for weight, count in report.summary.weights.items())
    number = len(report.differences)
    lines.append(f"{number} difference{'s' if number > 1 else ''}: {weights}" if number else "no difference")
    return "\n".join(lines) + "\n"


def not_compared(left_out: Mapping[str, int]) -> Iterator[str]:
    """What one of the sources cannot state."""
    if left_out:
        counts = ", ".join(f"{count} {words(what, count)}" for what, count in left_out.items())
        yield f"not compared, because one of the sources cannot state it: {counts}"


def _row(row: Difference) -> Iterator[str]:
    place = ".".join(part for part in (row.schema if row.schema != "public" else None, row.table, row.name) if part)
    fact = "" if row.fact == EXISTS else f": {row.fact.replace('_', ' ')}"
    yield f"{row.kind.replace('_', ' ')} {place}{fact} ({row.weight})"
    values = list(row.values.values())
    if len(values) == 2 and all(value and "\n" in value for value in values):
        yield from _both(row)
    else:
        yield from (f"  {source}: {_shown(value)}{_origin(row, source)}" for source, value in row.values.items())
    if row.why:
        yield f"  {row.why}"


def _both(row: Difference) -> Iterator[str]:
    """Two texts of several lines, as the lines that differ."""
    (one, old), (two, new) = row.values.items()
    heads = f"{one}{_origin(row, one)}", f"{two}{_origin(row, two)}"
    lines = difflib.unified_diff((old or "").splitlines(), (new or "").splitlines(), *heads, lineterm="", n=1)
    yield from (f"  {line}" for line in lines)


def _shown(value: str | None) -> str:
    if value is None:
        return "-"
    line = " ".join(value.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 3]}..."


def _origin(row: Difference, source: str) -> str:
    return f"  [{row.origins[source]}]" if row.origins[source] else ""
