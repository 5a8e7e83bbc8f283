"""Parse trees as pglast's JSON gives them: dictionaries of one kind and its fields, and lists of these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def nodes(tree: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every node of a tree with its kind (`FuncCall`, `ColumnRef`), parents before their children.

    A field whose kind is always the same stands without it in the tree and comes by its name (`typeName`, `lexpr`).
    """
    if isinstance(tree, dict):
        for kind, node in tree.items():
            if isinstance(node, dict):
                yield kind, node
                yield from nodes(node)
            elif isinstance(node, list):
                yield from nodes(node)
    elif isinstance(tree, list):
        for item in tree:
            yield from nodes(item)
