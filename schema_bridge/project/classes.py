"""Pydantic classes as a source to compare with: held against the first of the others."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from schema_bridge.comparison import Difference, Report, SourceInfo, classes, of_rows
from schema_bridge.comparison.classes import Class, Held
from schema_bridge.errors import OptionError
from schema_bridge.registry import Reading, Source

FORMAT = b'"schema_bridge.classes"'
KIND = "pydantic"


class Classes(msgspec.Struct, frozen=True):
    """The classes of one source, and what it is called."""

    info: SourceInfo
    classes: tuple[Class, ...]


def recognises(source: Source) -> bool:
    return len(source.files) == 1 and FORMAT in source.files[0].data[:100]


def read(source: Source) -> Classes:
    data = json.loads(source.files[0].data)
    return Classes(SourceInfo(source.name, KIND, source.name), msgspec.convert(data["classes"], tuple[Class, ...]))


def held(report: Report, against: tuple[SourceInfo, Reading], found: Sequence[Classes]) -> tuple[Report, int]:
    """The report with the rows of classes, and how many tables have none; no row of one tells of the others."""
    rows = list(report.differences)
    without = 0
    for one in found:
        more, lacking = classes.rows(Held(against[1].schema, against[0].name, one.info.name), one.classes)
        rows += more
        without += lacking
    sources = (*report.sources, *(one.info for one in found))
    names = [source.name for source in sources]
    return of_rows(sources, tuple(_of_all(row, names) for row in rows)), without


def _of_all(row: Difference, names: Sequence[str]) -> Difference:
    """A row with a place for every source: those without a part in it cannot state it."""
    return replace(
        row,
        values={name: row.values.get(name) for name in names},
        origins={name: row.origins.get(name) for name in names},
        unstated=(*row.unstated, *(name for name in names if name not in row.values)),
    )


def refuse_alone(found: Sequence[Classes]) -> None:
    """OptionError: classes say what a row is, and not what a table is."""
    names = ", ".join(one.info.name for one in found)
    raise OptionError(f"{names}: Pydantic classes are compared with tables; name a source that has these")
