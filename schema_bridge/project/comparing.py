"""Sources compared with each other: read, cut down to what can be compared, and freed of what is not asked about."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from msgspec.structs import replace

from schema_bridge import project
from schema_bridge.comparison import EXISTS, Difference, Report, SourceInfo, of_rows, stated
from schema_bridge.config import Comparing, Config
from schema_bridge.errors import OptionError
from schema_bridge.ir import Schema
from schema_bridge.merge import Layer, merge
from schema_bridge.project import classes, stale, truth
from schema_bridge.project.classes import Classes
from schema_bridge.project.renaming import aligned
from schema_bridge.project.truth import Truth
from schema_bridge.registry import Reading
from schema_bridge.reports.rows import object_of
from schema_bridge.scope import scoped

AS_IT_COMES = Comparing()
Named = tuple[SourceInfo, Reading]
"""What was read, silent of all that its kind cannot state, and what it is called."""


class Compared(NamedTuple):
    """The report, and how much one of the sources could not state, by the name of what it is."""

    report: Report
    left_out: Mapping[str, int]


def compare_sources(
    paths: Sequence[str],
    readers: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    how: Comparing = AS_IT_COMES,
) -> Compared:
    """Read each of the sources and compare them; they go by their paths, or by numbers where these are the same.

    Of a database only what the others are about is compared. What one of them cannot state by its kind is no
    difference: it is counted apart. `readers` are one for all of the sources, or one for each; OptionError where they
    are neither.
    """
    if len(readers) not in (0, 1, len(paths)):
        raise OptionError(f"--from is given {len(readers)} times: once for all sources, or once for each")
    kinds = list(readers) * (len(paths) // len(readers)) if readers else [None] * len(paths)
    read = [_read([path], kind, variables) for path, kind in zip(paths, kinds, strict=True)]
    return _compare_all(read, how)


def compare_declared(config: Config) -> Compared:
    """What the config's own sources say together, compared with each that its section `compare` names."""
    return compare_with(truth.of(config), config)


def compare_with(stated: Truth, config: Config) -> Compared:
    """What was read already, compared with each source that the section `compare` names."""
    others = [one for path in config.comparing.sources for one in _read_declared(path, config.variables)]
    return _compare_all([(stated.info, stated.reading), *others], config.comparing)


def _read(paths: Sequence[str], kind: str | None, variables: Mapping[str, str] | None) -> Named | Classes:
    source = project.load(paths, variables)
    return classes.read(source) if kind is None and classes.recognises(source) else truth.named(source, kind)


def _read_declared(path: str, variables: Mapping[str, str]) -> list[Named | Classes]:
    """What a config names to be compared with: of a folder of drizzle-kit both its newest snapshot and its SQL."""
    kind = stale.in_both_forms(project.load([path], variables)) if os.path.isdir(path) else None
    if kind is None:
        return [_read([path], None, variables)]
    found = [truth.named(project.load([path], variables), one) for one in (kind, "sql")]
    return [(replace(info, name=f"{info.name} ({info.kind})"), reading) for info, reading in found]


def _compare_all(read: Sequence[Named | Classes], how: Comparing) -> Compared:
    """Compare schemas with each other, and Pydantic classes with the first of them."""
    schemas = [one for one in read if not isinstance(one, Classes)]
    beside = [one for one in read if isinstance(one, Classes)]
    if not schemas:
        classes.refuse_alone(beside)
    found = compare_read(schemas, how)
    if not beside:
        return found
    report, without = classes.held(found.report, schemas[0], beside)
    left_out = {**found.left_out, **({"Table": without + found.left_out.get("Table", 0)} if without else {})}
    return Compared(_asked(report, how), left_out)


def compare_read(read: Sequence[Named], how: Comparing = AS_IT_COMES) -> Compared:
    """Compare what was read already; of a database only what the others are about."""
    names = Counter(info.name for info, _ in read)
    infos = [
        replace(info, name=f"{info.name} ({number})") if names[info.name] > 1 else info
        for number, (info, _) in enumerate(read, 1)
    ]
    readings = [reading for _, reading in read]
    schemas, uncounted = _comparable(readings)
    silent = {info.name: reading.silent for info, reading in zip(infos, readings, strict=True)}
    by_name, renamed = aligned({info.name: schema for info, schema in zip(infos, schemas, strict=True)})
    compared = {info: by_name[info.name] for info in infos}
    report, left_out = stated(compared, silent, how.names == "exact", renamed)
    return Compared(_asked(report, how), dict(sorted((uncounted + Counter(left_out)).items())))


def _comparable(readings: Sequence[Reading]) -> tuple[list[Schema], Counter[str]]:
    """The schemas cut down to what databases and other sources can be compared in."""
    of_files = [reading.schema for reading in readings if reading.server is None]
    servers = [reading.server for reading in readings if reading.server is not None]
    if not of_files or not servers:
        return [reading.schema for reading in readings], Counter()
    together = of_files[0]
    for schema in of_files[1:]:
        together = merge(Layer(together), Layer(schema)).schema
    left_out: Counter[str] = Counter()
    live = next(reading.schema for reading in readings if reading.server is not None)
    found = []
    for reading in readings:
        if reading.server is None:
            found.append(scoped(live, reading.schema, servers[0]).source)
        else:
            cut = scoped(reading.schema, together, reading.server)
            left_out |= Counter(cut.left_out)
            found.append(cut.database)
    return found, left_out


def _asked(report: Report, how: Comparing) -> Report:
    """The report without what is ignored or protected, weighed as the config says."""
    kept = [_weighed(row, how) for row in report.differences if not _unasked(row, how)]
    return of_rows(report.sources, tuple(kept))


def _unasked(row: Difference, how: Comparing) -> bool:
    whole, table = object_of(row), object_of(replace(row, name="")) if row.table else ""
    names = {name for name in (whole, table) if name}

    def among(globs: Sequence[str]) -> bool:
        return any(fnmatchcase(name, glob) for name in names for glob in globs)

    return among(how.ignore) or (row.fact == EXISTS and among(how.protect))


def _weighed(row: Difference, how: Comparing) -> Difference:
    weight = how.weights.get(f"{row.kind}.{row.fact}") or how.weights.get(row.kind)
    return replace(row, weight=weight) if weight else row
