"""What the catalog gives only as SQL: partition keys, statistics, aggregates and collations, read as the SQL reader reads
them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec.structs import replace

from schema_bridge.emit.sql import ident, literal, name
from schema_bridge.ir import Aggregate, Name, PartitionKey, Schema, Statistics, Unmodelled
from schema_bridge.readers import sql
from schema_bridge.readers.database.told import Told
from schema_bridge.registry import Source, SourceFile

_QUOTED = frozenset({"initcond", "minitcond"})


class Spelled(msgspec.Struct, frozen=True):
    """The partition keys by table, the statistics, the aggregates by the number of their row, and the collations."""

    keys: Mapping[Name, PartitionKey]
    statistics: tuple[Statistics, ...]
    aggregates: Mapping[int, Aggregate]
    collations: tuple[Unmodelled, ...]


def read(told: Told) -> Spelled:
    """All of them, in one text."""
    whole = [row["definition"] for query in ("collations", "statistics") for row in told.rows(query)]
    statements = [*whole, *_partitioned(told), *_aggregates(told)]
    if not statements:
        return Spelled({}, (), {}, ())
    text = ";\n".join(statements) + ";\n"
    schema = sql.read(Source("", (SourceFile("catalog.sql", text.encode()),))).schema
    return Spelled(
        {table.name: table.partition_by for table in schema.tables if table.partition_by is not None},
        tuple(_statistics(told, schema)),
        dict(_made_aggregates(told, schema)),
        tuple(_collations(told, schema)),
    )


def _partitioned(told: Told) -> Iterator[str]:
    for row in told.rows("tables"):
        if row["partition_by"] is not None:
            yield f"CREATE TABLE {name(Name(row['schema'], row['name']))} () PARTITION BY {row['partition_by']}"


def _aggregates(told: Told) -> Iterator[str]:
    """Under the number of the row for a name: several may share one."""
    for number, row in enumerate(told.rows("aggregates")):
        options = ", ".join(f"{o['name']} = {_option(o['name'], o['value'])}" for o in row["definition"])
        yield f'CREATE AGGREGATE {ident(row["schema"])}."{number}"({row["arguments"] or "*"}) ({options})'


def _option(option: str, value: str) -> str:
    return literal(value) if option in _QUOTED else value


def _statistics(told: Told, schema: Schema) -> Iterator[Statistics]:
    rows = {Name(row["schema"], row["name"]): row for row in told.rows("statistics")}
    for node in schema.statistics:
        yield told.node(Statistics, rows[node.name], kinds=node.kinds, parts=node.parts)


def _collations(told: Told, schema: Schema) -> Iterator[Unmodelled]:
    for node in schema.unmodelled:
        (made,) = node.creates
        yield replace(node, origin=told.origin(made.schema, made.name))


def _made_aggregates(told: Told, schema: Schema) -> Iterator[tuple[int, Aggregate]]:
    rows = told.rows("aggregates")
    for node in schema.aggregates:
        stated = {fact: getattr(node, fact) for fact in ("arguments", "order_by", "definition")}
        number = int(node.name.name)
        yield number, told.node(Aggregate, rows[number], **stated)
