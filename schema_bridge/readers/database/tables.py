"""Tables and views with all that hangs on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from schema_bridge.errors import Finding
from schema_bridge.ir import (
    Check,
    Column,
    Exclusion,
    ForeignKey,
    Index,
    MaterializedView,
    Name,
    Partition,
    PartitionKey,
    Policy,
    PrimaryKey,
    Rule,
    Table,
    Trigger,
    Unique,
    View,
    ViewColumn,
)
from schema_bridge.readers.database.connection import Row
from schema_bridge.readers.database.told import Relation, Told

replace = msgspec.structs.replace


def tables(told: Told, keys: Mapping[Name, PartitionKey]) -> Iterator[Table]:
    """Every table; `keys` are the partition keys of those that have one."""
    for row in told.rows("tables"):
        yield _table(told, row, keys)


def _table(told: Told, row: Row, keys: Mapping[Name, PartitionKey]) -> Table:
    relation = row["schema"], row["name"]
    indexed = told.under("keys", relation)
    primary = next((told.node(PrimaryKey, key) for key in indexed if key["kind"] == "primary key"), None)
    columns = told.parts(Column, "columns", relation)
    if row["of_type"] is not None:
        columns = tuple(replace(column, inherited=True) for column in columns)
    return told.node(
        Table,
        row,
        columns=columns,
        primary_key=primary,
        uniques=tuple(told.node(Unique, key) for key in indexed if key["kind"] == "unique"),
        checks=told.parts(Check, "checks", relation),
        foreign_keys=told.parts(ForeignKey, "foreign_keys", relation),
        exclusions=told.parts(Exclusion, "exclusions", relation),
        indexes=_indexes(told, relation),
        policies=told.parts(Policy, "policies", relation),
        triggers=_triggers(told, relation),
        rules=told.parts(Rule, "rules", relation),
        partition_by=keys.get(Name(*relation)),
        partition=_partition(row),
    )


def _partition(row: Row) -> Partition | None:
    if row["partition_of"] is None:
        return None
    parent = row["partition_of"]
    return Partition(parent=Name(parent["schema"], parent["name"]), bound=row["bound"].removeprefix("FOR VALUES "))


def _indexes(told: Told, relation: Relation) -> tuple[Index, ...]:
    """The indexes that are whole: one that is not valid was never finished, unless it waits for its partitions."""
    found = []
    for row in told.under("indexes", relation):
        if row["valid"] is False and not row["partitioned"]:
            origin = told.origin(*relation, row["name"])
            told.findings.append(Finding(f"index {row['name']} is not valid: it is left out", origin))
        else:
            found.append(told.node(Index, row))
    return tuple(found)


def _triggers(told: Told, relation: Relation) -> tuple[Trigger, ...]:
    rows = told.under("triggers", relation)
    return tuple(told.node(Trigger, row, columns=tuple(row["columns_in_order"] or ())) for row in rows)


def views(told: Told) -> Iterator[View | MaterializedView]:
    """Every view and materialised view."""
    for row in told.rows("views"):
        relation = row["schema"], row["name"]
        columns = told.parts(ViewColumn, "view_columns", relation)
        query = row["query"].strip()
        if row["kind"] == "materialized":
            indexes = _indexes(told, relation)
            yield told.node(MaterializedView, row, query=query, columns=columns, indexes=indexes)
        else:
            rules = told.parts(Rule, "rules", relation)
            yield told.node(View, row, query=query, columns=columns, triggers=_triggers(told, relation), rules=rules)
