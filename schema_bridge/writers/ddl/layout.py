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
    last, before = "", None
    for item in items:
        place = item.order[:3]
        if (found := title(item.order)) != heading:
            pieces.append(f"\n\n-- {found}\n")
            heading, last = found, ""
        for statement in item.statements:
            close = last and before == place and _short(last) and _short(statement)
            pieces.append(f"{'' if close else chr(10)}{statement};\n")
            last, before = statement, place
    return "".join(pieces)


def _short(statement: str) -> bool:
    return "\n" not in statement
