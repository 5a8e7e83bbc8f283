"""How much a difference matters, by the fact that differs, and why where it is not plain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Weight = Literal["breaking", "behaviour", "performance", "cosmetic"]

WEIGHTS: Mapping[str, Weight] = {
    "Table": "breaking",
    "View": "breaking",
    "MaterializedView": "breaking",
    "Enum": "breaking",
    "Domain": "breaking",
    "Composite": "breaking",
    "Range": "breaking",
    "Function": "breaking",
    "Aggregate": "breaking",
    "Namespace": "breaking",
    "Column": "breaking",
    "Attribute": "breaking",
    "ViewColumn": "breaking",
    "Table.name": "breaking",
    "Column.name": "breaking",
    "Column.type": "breaking",
    "Column.not_null": "breaking",
    "Attribute.type": "breaking",
    "Domain.type": "breaking",
    "Enum.labels": "breaking",
    "Function.arguments": "breaking",
    "Function.returns": "breaking",
    "Index": "performance",
    "Index.unique": "behaviour",
    "Index.parts": "performance",
    "Index.method": "performance",
    "Index.include": "performance",
    "Index.where": "performance",
    "Statistics": "performance",
    "Statistics.parts": "performance",
    "Statistics.kinds": "performance",
    "Function.cost": "performance",
    "Function.rows": "performance",
    "Function.parallel": "performance",
    "Extension.version": "cosmetic",
}
"""By `Class.field`, or `Class` where the whole object is absent; what is not here is `behaviour`."""

BY_FACT: Mapping[str, Weight] = {
    "comment": "cosmetic",
    "index_comment": "cosmetic",
    "order": "cosmetic",
    "name": "cosmetic",
    "statistics": "performance",
    "storage": "performance",
    "compression": "performance",
    "tablespace": "performance",
    "access_method": "performance",
    "cluster_on": "performance",
    "opclass_options": "performance",
}

WHY: Mapping[str, str] = {
    "ForeignKey.on_delete": "deleting a parent row does something else on each side",
    "ForeignKey.on_update": "changing a parent's key does something else on each side",
    "ForeignKey": "rows may point to parents that are not there, and deleting a parent does nothing here",
    "Table.row_security": "without row security every role with a grant sees every row",
    "Table.force_row_security": "without it the table's owner is not held by the policies",
    "Policy": "a missing policy hides rows, or with others in place shows more than meant",
    "Function.security_definer": "it runs with its owner's rights on one side and its caller's on the other",
    "Column.not_null": "a NULL that one side takes fails on the other",
    "Trigger.enabled": "a disabled trigger does not fire",
}


def of(
    cls: type[msgspec.Struct], fact: str, values: Mapping[str, str | None], nodes: Mapping[str, Any]
) -> tuple[Weight, str | None]:
    """The weight of a difference in `fact` (`exists` for a whole object), and why it matters. `values` and `nodes` are by
    source: only of those that can state the fact, and have the object."""
    whole = cls.__name__ if fact == "exists" else f"{cls.__name__}.{fact}"
    weight = WEIGHTS.get(whole) or BY_FACT.get(fact, "behaviour")
    if fact == "type" and _time_zones(values):
        return weight, "one side keeps the moment, the other a clock time without its zone"
    if whole == "Column.default":
        return weight, _of_default(values, nodes)
    if fact == "exists" and cls.__name__ == "Index" and any("unique" in (value or "") for value in values.values()):
        return "behaviour", "it keeps values unique"
    return weight, WHY.get(whole)


_FROZEN = re.compile(r"'(?:now|today|tomorrow|yesterday)(?:\(\))?'", re.IGNORECASE)


def _of_default(values: Mapping[str, str | None], nodes: Mapping[str, Any]) -> str | None:
    for source, value in values.items():
        if value is not None and _FROZEN.match(value):
            return f"{source} states a text: the server turns it into one moment, once, when the table is made"
    for source, node in nodes.items():
        notes = getattr(node, "notes", None)
        if values.get(source) is None and notes is not None and notes.client_default:
            return f"{source} fills it in its own code only: rows that others insert go without"
    return None


def _time_zones(values: Mapping[str, str | None]) -> bool:
    return {bool(value and "with time zone" in value) for value in values.values()} == {True, False} and all(
        value and value.startswith("time") for value in values.values()
    )
