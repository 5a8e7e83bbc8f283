"""One text for all spellings of an expression, made from its tree: what people write and what PostgreSQL prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from schema_bridge.ir import Table, Type

Tree = dict[str, Any]


class Context(msgspec.Struct, frozen=True):
    """What is known where an expression stands: the table that its columns are of, and their types by name."""

    table: str | None = None
    types: Mapping[str, Type] = {}

    @classmethod
    def of(cls, table: Table) -> Context:
        return cls(table.name.name, {column.name: column.type for column in table.columns})


UNKNOWN = Context()


def text(tree: Tree, context: Context = UNKNOWN, target: Type | None = None) -> str:
    """The normal form of an expression; `target` is the type that it is turned into where it stands."""
    return msgspec.json.encode(_placeless(tree), order="sorted").decode()


def _placeless(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {k: _placeless(v) for k, v in tree.items() if not k.endswith("location") and not k.startswith("list_")}
    if isinstance(tree, list):
        return [_placeless(item) for item in tree]
    return tree
