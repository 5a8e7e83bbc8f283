"""One SQL file that makes the whole schema: `production_schema.sql`, in an order that applies as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from schema_bridge.dependencies import sort
from schema_bridge.errors import Finding
from schema_bridge.ir import MaterializedView, Schema, View
from schema_bridge.writers.ddl import layout, shape, standing, tables, unmodelled, views
from schema_bridge.writers.ddl.makers import Again, Once
from schema_bridge.writers.ddl.plan import Plan


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
    plan = Plan(Again() if options.style == "repeatable" else Once())
    standing.add(plan, schema)
    known = shape.of(schema)
    folded = {s.name for table in schema.tables for s in tables.add(plan, table, known)}
    for sequence in schema.sequences:
        if sequence.name not in folded:
            standing.add_sequence(plan, sequence)
    made: list[View | MaterializedView] = [*schema.views, *schema.materialized_views]
    for view in made:
        views.add(plan, view, known)
    for statistics in schema.statistics:
        tables.add_statistics(plan, statistics)
    for table in schema.external_tables:
        tables.add_external(plan, table, known)
    unmodelled.add(plan, schema.unmodelled)
    return {options.file: layout.text(sort(plan.items()))}


def unexpressed(schema: Schema, options: Options) -> tuple[Finding, ...]:
    """Nothing: every fact of a PostgreSQL schema has its statement."""
    return ()
