"""What a difference does to people, in one sentence: how queries through models, or against a database, will fail."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from schema_bridge.comparison import EXISTS, Difference, Report, SourceInfo
from schema_bridge.ir import Column
from schema_bridge.registry import Reading
from schema_bridge.reports import rows


class Side(msgspec.Struct, frozen=True):
    """One of two sources: what it is called, and what it states."""

    info: SourceInfo
    reading: Reading

    @property
    def is_models(self) -> bool:
        return self.info.kind == "sqlalchemy"

    @property
    def said(self) -> str:
        return "the model" if self.is_models else self.info.name


def breaking(report: Report, truth: Side, other: Side) -> Iterator[str]:
    """A sentence for each difference that breaks queries, the certain failures first."""
    found = [row for row in report.differences if row.weight == "breaking"]
    sentences = [sentence(row, truth, other) for row in found]
    yield from sorted(sentences, key=lambda said: " fails: " not in said)


def sentence(row: Difference, truth: Side, other: Side) -> str:
    """What one difference does, with the places it comes from."""
    said = _of_column(row, truth, other) if row.kind == "column" else None
    if said is None and row.fact == EXISTS:
        said = _missing(row, truth, other)
    places = [origin for origin in row.origins.values() if origin]
    return (said or _differing(row)) + (f"  [{', '.join(places)}]" if places else "")


def _of_column(row: Difference, truth: Side, other: Side) -> str | None:
    here, there = _column(truth, row), _column(other, row)
    name = rows.object_of(row)
    if here and not there and row.fact == EXISTS and other.is_models and _is_demanded(here):
        return f"INSERT through your model fails: {name} is NOT NULL and the model lacks it"
    if there and not here and row.fact == EXISTS and other.is_models:
        return f"SELECT through your model fails: {name} is in the model, and {truth.info.name} lacks it"
    if here and there and row.fact == "not_null" and here.not_null and other.is_models:
        return f"INSERT of None through your model fails: {name} is NOT NULL and the model takes None"
    return None


def _is_demanded(column: Column) -> bool:
    """Whether every INSERT has to give it a value."""
    return column.not_null and not (column.default or column.generated or column.identity)


def _column(side: Side, row: Difference) -> Column | None:
    try:
        table = side.reading.schema.table(row.table or "", row.schema or "public")
    except KeyError:
        return None
    return next((column for column in table.columns if column.name == row.name), None)


def _missing(row: Difference, truth: Side, other: Side) -> str:
    what = f"{rows.kind_of(row)} {rows.object_of(row)}"
    if row.values[truth.info.name] is None:
        if row.kind == "table" and other.is_models:
            return f"every query through your model fails: {truth.info.name} has no {what}"
        return f"{what} is in {other.said}, and {truth.info.name} lacks it"
    return f"{what} is in {truth.info.name}, and {other.said} lacks it"


def _differing(row: Difference) -> str:
    values = "; ".join(f"{name} says {rows.on_one_line(value)}" for name, value in row.values.items())
    return f"{rows.title(row)}: {values}"
