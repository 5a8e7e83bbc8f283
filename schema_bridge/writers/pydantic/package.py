"""The modules of the package that are no table's: the enums and `__init__`."""

from __future__ import annotations

from collections.abc import Mapping

from schema_bridge.emit.python import Imports, docstring, exported, layout, listing, string
from schema_bridge.ir import Name
from schema_bridge.python_model import EnumClass


def enums(chosen: list[EnumClass], comments: Mapping[Name, str | None]) -> dict[str, str]:
    """`enums.py` with a class for each enum type; no file where there are none."""
    if not chosen:
        return {}
    blocks = [_enum(enum, comments.get(enum.enum)) for enum in sorted(chosen, key=lambda enum: enum.name)]
    return {"enums.py": "from enum import StrEnum\n" + "".join(blocks)}


def _enum(enum: EnumClass, comment: str | None) -> str:
    rows = [docstring(comment, 1), ""] if comment and comment.strip() else []
    rows += [f"    {member} = {string(label)}" for member, label in enum.members] or ["    pass"]
    return f"\n\nclass {enum.name}(StrEnum):\n" + "\n".join(rows) + "\n"


def init(modules: Mapping[str, list[str]]) -> str:
    """`__init__.py`: everything by its name, `__all__` sorted."""
    imports = Imports()
    for module, names in modules.items():
        if names:
            imports.member(f".{module}", *names)
    quoted = [f'"{name}"' for name in exported(name for found in modules.values() for name in found)]
    return "\n".join(imports.lines()) + "\n\n" + layout(listing(quoted), lead="__all__ = ") + "\n"
