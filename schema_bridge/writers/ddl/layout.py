"""The text of the file: sections under their titles, statements of one table together."""

from __future__ import annotations

from collections.abc import Iterable

from schema_bridge.dependencies import Item
from schema_bridge.plan.places import title

HEAD = "SET check_function_bodies = false;"
"""Bodies may speak of what is made after them."""


def text(items: Iterable[Item]) -> str:
    """All statements with semicolons; a blank line between those that do not belong together."""
    pieces = [HEAD + "\n"]
    heading = ""
    before = None
    for item in items:
        if (found := title(item.order)) != heading:
            pieces.append(f"\n\n-- {found}\n")
            heading, before = found, None
        place = item.order[:4]
        for statement in item.statements:
            short = "\n" not in statement
            pieces.append(f"{statement};\n" if short and before == place else f"\n{statement};\n")
            before = place if short else None
    return "".join(pieces)
