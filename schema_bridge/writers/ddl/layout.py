"""The text of the file: sections under their titles, statements of one table together."""

from __future__ import annotations

from collections.abc import Iterable

from schema_bridge.dependencies import Item
from schema_bridge.plan.places import TITLES, Section

HEAD = "SET check_function_bodies = false;"
"""Bodies may speak of what is made after them."""


def text(items: Iterable[Item]) -> str:
    """All statements with semicolons; a blank line between those that do not belong together."""
    pieces = [HEAD + "\n"]
    before: Item | None = None
    last = ""
    for item in items:
        section = Section(item.order[0])
        if before is None or before.order[0] != section:
            pieces.append(f"\n\n-- {TITLES[section]}\n")
            last = ""
        for statement in item.statements:
            close = before is not None and before.order[:3] == item.order[:3] and _short(last) and _short(statement)
            pieces.append(f"{'' if close and last else chr(10)}{statement};\n")
            last, before = statement, item
    return "".join(pieces)


def _short(statement: str) -> bool:
    return "\n" not in statement
