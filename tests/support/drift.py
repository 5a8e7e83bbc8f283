"""Three sources that have drifted apart, the drifts that were planted in them, and how many of these a report tells."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from schema_bridge.comparison import Difference, Report
from schema_bridge.project.comparing import compare_sources
from schema_bridge.reports import rows
from support.cases import FIXTURES

HOME = FIXTURES / "drift"
SQL = "production_schema.sql"
SOURCES = ("schema.json", SQL, "models.py")


@dataclass(frozen=True)
class Score:
    """How many drifts were planted, how many of them were told as they are, and how many rows there were in all."""

    planted: int
    told: int
    reported: int

    @property
    def recall(self) -> float:
        return self.told / self.planted

    @property
    def precision(self) -> float:
        return self.told / self.reported

    def __str__(self) -> str:
        return (
            f"{self.planted} drifts planted, {self.told} told, {self.reported} rows: "
            f"recall {self.recall:.0%}, precision {self.precision:.0%}"
        )


def planted() -> dict[str, list[str]]:
    """By the title of its row: the weight of a drift, and what each of the sources says."""
    found: dict[str, list[str]] = yaml.safe_load((HOME / "drifts.yaml").read_text("utf-8"))
    return found


def compared(sources: Sequence[str] = SOURCES) -> Report:
    with _at_home():
        return compare_sources(sources).report


def score(report: Report, names: Sequence[str] = SOURCES) -> Score:
    """`names` are the three sources as the report calls them; what a database says is spelled as it likes."""
    drifts = planted()
    told = sum(row_is(row, drifts[rows.title(row)], names) for row in report.differences if rows.title(row) in drifts)
    return Score(len(drifts), told, len(report.differences))


def row_is(row: Difference, drift: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a row tells a drift: its weight, and what each source says, with its place."""
    weight, *stated = drift
    return row.weight == weight and all(map(_says, [row] * len(names), names, stated))


def _says(row: Difference, name: str, stated: str) -> bool:
    if stated in ("-", "?"):
        return row.values[name] is None and (name in row.unstated) is (stated == "?")
    found, placed = rows.on_one_line(row.values[name]), row.origins[name] is not None
    if "://" in name:
        return placed and row.values[name] is not None
    is_it = found.startswith(stated[:-1]) if stated.endswith("…") else found == stated
    return placed and is_it


@contextmanager
def _at_home() -> Iterator[None]:
    before = Path.cwd()
    os.chdir(HOME)
    try:
        yield
    finally:
        os.chdir(before)
