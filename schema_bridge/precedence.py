"""Which of two sources counts where both state something: by kind of object, or by one of its facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from schema_bridge import ir

Winner = Literal["tables", "overlay"]
TABLES: Final = "tables"
OVERLAY: Final = "overlay"


class Precedence(msgspec.Struct, frozen=True):
    """The winner by kind (`policy`), or by kind and fact (`column.default`), which counts more."""

    winners: Mapping[str, Winner] = {}

    def of(self, kind: str, fact: str) -> Winner | None:
        return self.winners.get(f"{kind}.{fact}", self.winners.get(kind))


UNSETTLED = Precedence()


def keys() -> tuple[str, ...]:
    """All that a precedence may name."""
    nodes = [
        cls for cls in vars(ir).values() if isinstance(cls, type) and issubclass(cls, ir.Node) and cls is not ir.Node
    ]
    return tuple(key for cls in nodes for key in (kind_of(cls), *_facts(cls)))


def _facts(cls: type[msgspec.Struct]) -> list[str]:
    return [f"{kind_of(cls)}.{fact.name}" for fact in ir.facts(cls) if fact.compare != "never"]


def kind_of(cls: type[msgspec.Struct]) -> str:
    """What a class of the IR is called in a comparison: `foreign_key` of `ForeignKey`."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in cls.__name__).strip("_")
