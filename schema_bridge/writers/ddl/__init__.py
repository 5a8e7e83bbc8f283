"""One SQL file that makes the whole schema: `production_schema.sql`, in an order that applies as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from schema_bridge.errors import Finding
from schema_bridge.ir import Schema
from schema_bridge.plan import ordered
from schema_bridge.plan.makers import Again, Once
from schema_bridge.plan.shape import crowded
from schema_bridge.writers.ddl import layout


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`file` is the name of the file that is written; a `repeatable` one can be run again on what it made."""

    file: str = "production_schema.sql"
    style: Literal["once", "repeatable"] = "once"


DROPS: Mapping[str, str] = {
    "Column.notes": "what only the Drizzle schema knows",
    "ViewColumn.notes": "what only the Drizzle schema knows",
    "Table.notes": "what only the Drizzle schema knows",
    "View.notes": "what only the Drizzle schema knows",
    "MaterializedView.notes": "what only the Drizzle schema knows",
    "Enum.notes": "what only the Drizzle schema knows",
}


def write(schema: Schema, options: Options) -> dict[str, str]:
    """The statements of the whole schema, each after what it needs."""
    maker = Again if options.style == "repeatable" else Once
    return {options.file: layout.text(ordered(schema, maker(crowded(schema))))}


def unexpressed(schema: Schema, options: Options) -> tuple[Finding, ...]:
    """Nothing of a schema is left out; in the repeatable style, what a statement does that cannot be known (a DO block)
    is done each time."""
    if options.style == "once":
        return ()
    return tuple(
        sorted(
            (
                Finding(f"runs each time: {node.sql.splitlines()[0][:80]}", node.origin)
                for node in schema.unmodelled
                if node.opaque
            ),
            key=str,
        )
    )
