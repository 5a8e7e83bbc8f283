"""What the sources of a config state together: one schema, what contradicts in them, and what one alone would lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from schema_bridge import project, registry
from schema_bridge.config import Config
from schema_bridge.losses import Loss
from schema_bridge.precedence import Precedence
from schema_bridge.project import stale
from schema_bridge.project.inputs import Inputs
from schema_bridge.registry import Reading, Source
from schema_bridge.servers import address

if TYPE_CHECKING:
    from schema_bridge.comparison import SourceInfo
    from schema_bridge.merge import Conflict


class Truth(msgspec.Struct, frozen=True):
    """`lost` is what the first source alone does not hold; it is lost if one generates without `others`. The reading is
    silent of what none of the sources can state; `info` is what they are called together."""

    reading: Reading
    info: SourceInfo
    conflicts: tuple[Conflict, ...] = ()
    lost: tuple[Loss, ...] = ()
    others: tuple[str, ...] = ()


def of(config: Config, inputs: Inputs | None = None) -> Truth:
    """Read what the config names, and tell `inputs` of each file; SourceError where one is bad, or lags what it was made
    from."""
    others = config.overlay or config.beside
    source = _loaded(config, config.sources, inputs, config.reader)
    info, tables = named(source, config.reader)
    if not others:
        return Truth(tables, info)
    from schema_bridge.comparison import SourceInfo
    from schema_bridge.merge import Layer, alone, merge

    beside, overlay = named(replace(_loaded(config, others, inputs), around=tables.schema), None)
    under, over = Layer(tables.schema, tables.silent, info), Layer(overlay.schema, overlay.silent, beside)
    if not config.overlay:
        return Truth(tables, info, (), alone(under, merge(under, over).schema), others)
    merged = merge(under, over, Precedence(config.precedence))
    reading = Reading(
        schema=merged.schema,
        findings=(*tables.findings, *overlay.findings),
        skipped=dict(Counter(tables.skipped) + Counter(overlay.skipped)),
        silent={what: why for what, why in tables.silent.items() if what in overlay.silent},
    )
    together = SourceInfo(f"{info.name} + {beside.name}", info.kind, info.path)
    return Truth(reading, together, merged.conflicts, alone(under, merged.schema), others)


def _loaded(config: Config, paths: Sequence[str], inputs: Inputs | None, reader: str | None = None) -> Source:
    source = project.load(paths, config.variables, inputs)
    if reader is None:
        stale.refuse(source)
    return source


def named(source: Source, kind: str | None) -> tuple[SourceInfo, Reading]:
    """A source read by the reader of that name (None: find out), what it is called without a password, and with it all
    that its kind cannot state."""
    from schema_bridge.comparison import SourceInfo

    found = kind or project.detect(source)
    module = registry.reader(found)
    reading = project.read_by(module, source)
    shown = address.shown(source.name) if address.is_url(source.name) else source.name
    return SourceInfo(shown, found, shown), replace(reading, silent={**module.SILENT, **reading.silent})
