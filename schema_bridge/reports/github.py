"""A comparison as annotations of a pull request."""

from __future__ import annotations

from collections.abc import Mapping

from schema_bridge.comparison import Difference, Report
from schema_bridge.emit import github
from schema_bridge.reports import rows
from schema_bridge.weights import Weight

LEVELS: Mapping[Weight, str] = {
    "breaking": "error",
    "behaviour": "warning",
    "performance": "notice",
    "cosmetic": "notice",
}


def report(report: Report) -> str:
    return "".join(map(_row, report.differences))


def _row(row: Difference) -> str:
    """One annotation where the last of the sources that are files states the fact: that is the one compared with the
    others."""
    values = [f"{source}: {rows.said(row, source)}" for source in row.values]
    message = "\n".join([*values, *([row.why] if row.why else [])])
    *_, place = [None, *rows.places(row)]
    where: dict[str, str | int] = {"file": place[0], "line": place[1]} if place else {}
    return github.command(LEVELS[row.weight], message, **where, title=rows.title(row))
