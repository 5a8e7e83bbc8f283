"""Enums, composite types and ranges."""

from __future__ import annotations

from typing import assert_never

from schema_bridge import pgtypes
from schema_bridge.emit.sql import ident, literal, name
from schema_bridge.ir import Attribute, Composite, Enum, Range
from schema_bridge.statements.indexes import in_system


def create(node: Enum | Composite | Range) -> str:
    """CREATE TYPE … AS, an item a line."""
    match node:
        case Enum():
            return f"CREATE TYPE {name(node.name)} AS ENUM {_lines([literal(label) for label in node.labels])}"
        case Composite():
            return f"CREATE TYPE {name(node.name)} AS {_lines([_attribute(a) for a in node.attributes])}"
        case Range():
            return f"CREATE TYPE {name(node.name)} AS RANGE {_lines(_range(node))}"
        case _:
            assert_never(node)


def _lines(items: list[str]) -> str:
    return "(\n    " + ",\n    ".join(items) + "\n)" if items else "()"


def _attribute(attribute: Attribute) -> str:
    collate = "" if attribute.collation is None else f" COLLATE {name(attribute.collation)}"
    return f"{ident(attribute.name)} {pgtypes.declared(attribute.type)}{collate}"


def _range(node: Range) -> list[str]:
    items = [f"SUBTYPE = {pgtypes.render(node.subtype)}"]
    if node.opclass is not None:
        items.append(f"SUBTYPE_OPCLASS = {in_system(node.opclass)}")
    if node.collation is not None:
        items.append(f"COLLATION = {name(node.collation)}")
    if node.canonical is not None:
        items.append(f"CANONICAL = {name(node.canonical)}")
    if node.subtype_diff is not None:
        items.append(f"SUBTYPE_DIFF = {name(node.subtype_diff)}")
    if node.multirange is not None:
        items.append(f"MULTIRANGE_TYPE_NAME = {name(node.multirange)}")
    return items
