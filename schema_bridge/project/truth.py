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
from schema_bridge.readers.database import address
from schema_bridge.registry import Reading

if TYPE_CHECKING:
    from schema_bridge.merge import Conflict, Layer


class Truth(msgspec.Struct, frozen=True):
    """`lost` is what the first source alone does not hold; it is lost if one generates without `others`."""

    reading: Reading
    conflicts: tuple[Conflict, ...] = ()
    lost: tuple[Loss, ...] = ()
    others: tuple[str, ...] = ()


def of(config: Config) -> Truth:
    """Read what the config names; SourceError where an input is bad."""
    others = config.overlay or config.beside
    if not others:
        return Truth(project.read(config.sources, config.reader, config.variables))
    from schema_bridge.merge import alone, merge

    tables, under = _layer(config, config.sources, config.reader)
    overlay, over = _layer(config, others, None)
    if not config.overlay:
        return Truth(tables, (), alone(under, merge(under, over).schema), others)
    merged = merge(under, over, Precedence(config.precedence))
    reading = Reading(
        schema=merged.schema,
        findings=(*tables.findings, *overlay.findings),
        skipped=dict(Counter(tables.skipped) + Counter(overlay.skipped)),
    )
    return Truth(reading, merged.conflicts, alone(under, merged.schema), others)


def _layer(config: Config, paths: Sequence[str], reader: str | None) -> tuple[Reading, Layer]:
    from schema_bridge.comparison import SourceInfo
    from schema_bridge.merge import Layer

    source = project.load(paths, config.variables)
    kind = reader or project.detect(source)
    module = registry.reader(kind)
    reading = module.read(source)
    shown = ", ".join(address.shown(path) if address.is_url(path) else path for path in paths)
    return reading, Layer(reading.schema, {**module.SILENT, **reading.silent}, SourceInfo(shown, kind, shown))
