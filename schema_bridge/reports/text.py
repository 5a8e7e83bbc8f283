"""A comparison as text for a terminal: a paragraph per fact, with the value and the origin in each source."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from schema_bridge.comparison import Difference, Report
from schema_bridge.reports import rows


def report(report: Report) -> str:
    """What differs, object by object, and how much."""
    lines = [line for row in report.differences for line in paragraph(row)]
    return "\n".join([*lines, rows.count(report)]) + "\n"


def paragraph(row: Difference) -> Iterator[str]:
    """The lines of one fact."""
    yield f"{rows.title(row)} ({row.weight})"
    values = list(row.values.values())
    if len(values) == 2 and all(value and "\n" in value for value in values):
        yield from (f"  {line}" for line in differing_lines(row))
    else:
        yield from (f"  {name}: {rows.said(row, name)}{_origin(row, name)}" for name in row.values)
    if row.why:
        yield f"  {row.why}"


def differing_lines(row: Difference) -> Iterator[str]:
    """Two texts of several lines, as the lines that differ."""
    (one, old), (two, new) = row.values.items()
    heads = f"{one}{_origin(row, one)}", f"{two}{_origin(row, two)}"
    return difflib.unified_diff((old or "").splitlines(), (new or "").splitlines(), *heads, lineterm="", n=1)


def _origin(row: Difference, source: str) -> str:
    return f"  [{row.origins[source]}]" if row.origins[source] else ""
