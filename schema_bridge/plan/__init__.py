"""All statements that make a schema, in an order that applies as it stands: for the DDL and for SQLAlchemy's events."""

from __future__ import annotations

from schema_bridge.dependencies import Item
from schema_bridge.ir import MaterializedView, Schema, View
from schema_bridge.plan import shape, standing, tables, unmodelled, views
from schema_bridge.plan.collecting import Plan
from schema_bridge.plan.makers import Once
from schema_bridge.remembering import of_one_schema


def ordered(schema: Schema, maker: Once) -> list[Item]:
    """The items of the whole schema, each after what it needs; `order` says the section and table it belongs to."""
    folds = maker.folds and any(sequence.owned_by is not None for sequence in schema.sequences)
    return _drawn(schema, folds).sorted(maker)


@of_one_schema
def _drawn(schema: Schema, folds: bool) -> Plan:
    """What there is to put in order, whoever makes the statements."""
    plan = Plan(folds)
    standing.add(plan, schema)
    known = shape.of(schema)
    folded = {s.name for table in schema.tables for s in tables.add(plan, table, known)}
    for sequence in schema.sequences:
        if sequence.name not in folded:
            standing.add_sequence(plan, sequence)
            tables.add_ownership(plan, sequence, known)
    made: list[View | MaterializedView] = [*schema.views, *schema.materialized_views]
    for view in made:
        views.add(plan, view, known)
    for statistics in schema.statistics:
        tables.add_statistics(plan, statistics, known)
    for table in schema.external_tables:
        tables.add_external(plan, table, known)
    unmodelled.add(plan, schema)
    return plan
