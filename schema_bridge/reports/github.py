"""A comparison as annotations of a pull request: the workflow commands of GitHub Actions (docs.github.com, "Workflow
commands for GitHub Actions")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from schema_bridge.comparison import Difference, Report
from schema_bridge.reports import rows
from schema_bridge.weights import Weight

LEVELS: Mapping[Weight, str] = {
    "breaking": "error",
    "behaviour": "warning",
    "performance": "notice",
    "cosmetic": "notice",
}


def report(report: Report) -> str:
    return "".join(f"{line}\n" for row in report.differences for line in _row(row))


def _row(row: Difference) -> Iterator[str]:
    """One annotation where the last of the sources that are files states the fact: that is the one compared with the
    others."""
    values = [f"{source}: {rows.on_one_line(value)}" for source, value in row.values.items()]
    message = _escaped("\n".join([*values, *([row.why] if row.why else [])]))
    *_, place = [None, *rows.places(row)]
    where = f"file={_property(place[0])},line={place[1]}," if place else ""
    yield f"::{LEVELS[row.weight]} {where}title={_property(rows.title(row))}::{message}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
