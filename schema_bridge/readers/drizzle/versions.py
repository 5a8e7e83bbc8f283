"""Snapshots of other versions as version 7 has them; the keys of the entries stay, so that their lines are known."""

from __future__ import annotations

from typing import Any


def brought_to_7(value: dict[str, Any]) -> dict[str, Any]:
    """The value of a snapshot with the entries of version 7."""
    schemas = value.get("schemas", {})
    if not isinstance(schemas, dict):
        return value
    return value | {"schemas": {key: {"name": name} for key, name in schemas.items()}}
