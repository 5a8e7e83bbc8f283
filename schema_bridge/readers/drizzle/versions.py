"""Snapshots of versions 5 and 6 as version 7 has them; the keys of the entries stay, so that their lines are known."""

from __future__ import annotations

from typing import Any

Value = dict[str, Any]


def brought_to_7(value: Value) -> Value:
    """The value of a snapshot of version 5 to 7 with the entries of version 7; what is not as expected stays."""
    return value | {
        "schemas": _each(value.get("schemas"), lambda name: {"name": name}),
        "enums": _each(value.get("enums"), _enum),
        "tables": _each(value.get("tables"), _table),
    }


def _each(entries: Any, change: Any) -> Any:
    return {key: change(entry) for key, entry in entries.items()} if isinstance(entries, dict) else entries or {}


def _enum(entry: Any) -> Any:
    """Version 5 has the labels as an object whose keys repeat its values."""
    labels = entry.get("values") if isinstance(entry, dict) else None
    return entry | {"values": list(labels.values())} if isinstance(labels, dict) else entry


def _table(entry: Any) -> Any:
    indexes = entry.get("indexes") if isinstance(entry, dict) else None
    return entry | {"indexes": _each(indexes, _index)} if indexes else entry


def _index(entry: Any) -> Any:
    """Before version 7 an index has columns alone, and no order of them."""
    columns = entry.get("columns") if isinstance(entry, dict) else None
    if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
        return entry
    return entry | {"columns": [{"expression": column} for column in columns]}
