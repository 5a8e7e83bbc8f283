"""What the sources of a config state together: one schema, what contradicts in them, and what one alone would lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from schema_bridge import project, registry
from schema_bridge.config import Config
from schema_bridge.losses import Loss
from schema_bridge.precedence import Precedence
from schema_bridge.project import stale
from schema_bridge.project.locking import Inputs
from schema_bridge.registry import Reading, Source
from schema_bridge.servers import address

if TYPE_CHECKING:
    from schema_bridge.merge import Conflict, Layer


class Truth(msgspec.Struct, frozen=True):
    """`lost` is what the first source alone does not hold; it is lost if one generates without `others`."""

    reading: Reading
    conflicts: tuple[Conflict, ...] = ()
    lost: tuple[Loss, ...] = ()
    others: tuple[str, ...] = ()


def of(config: Config, inputs: Inputs | None = None) -> Truth:
    """Read what the config names, and tell `inputs` of each file; SourceError where one is bad, or lags what it was made
    from."""
    others = config.overlay or config.beside
    source = _loaded(config, config.sources, inputs)
    if not others:
        return Truth(registry.reader(config.reader or project.detect(source)).read(source))
    from schema_bridge.merge import alone, merge

    tables, under = _layer(source, config.reader)
    overlay, over = _layer(_loaded(config, others, inputs), None)
    if not config.overlay:
        return Truth(tables, (), alone(under, merge(under, over).schema), others)
    merged = merge(under, over, Precedence(config.precedence))
    reading = Reading(
        schema=merged.schema,
        findings=(*tables.findings, *overlay.findings),
        skipped=dict(Counter(tables.skipped) + Counter(overlay.skipped)),
    )
    return Truth(reading, merged.conflicts, alone(under, merged.schema), others)


def _loaded(config: Config, paths: Sequence[str], inputs: Inputs | None) -> Source:
    source = project.load(paths, config.variables, inputs)
    stale.refuse(source)
    return source


def _layer(source: Source, reader: str | None) -> tuple[Reading, Layer]:
    from schema_bridge.comparison import SourceInfo
    from schema_bridge.merge import Layer

    kind = reader or project.detect(source)
    module = registry.reader(kind)
    reading = module.read(source)
    shown = address.shown(source.name) if address.is_url(source.name) else source.name
    return reading, Layer(reading.schema, {**module.SILENT, **reading.silent}, SourceInfo(shown, kind, shown))
