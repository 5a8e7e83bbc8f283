"""What the tables of a schema are to each other: parents and children, owners of sequences, attached indexes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from schema_bridge.ir import Exclusion, Index, Name, PrimaryKey, Schema, Sequence, Table, Unique
from schema_bridge.writers.ddl import places

Key: TypeAlias = PrimaryKey | Unique | Exclusion


class Shape(NamedTuple):
    """`partitions` counts those of a table; `attached` are the indexes of partitions that hang on a parent's index
    under names of their own; `routines` are the names of the schema's functions."""

    tables: Mapping[Name, Table]
    owned: Mapping[tuple[Name, str], Sequence]
    partitions: Mapping[Name, int]
    attached: Mapping[Name, list[Name]]
    routines: frozenset[str]

    def late_keys(self, table: Table) -> list[Key]:
        """The keys of a partitioned table that its partitions hold under names of their own: they come after those."""
        if table.partition_by is None:
            return []
        return [key for key in keys(table) if Name(table.name.schema, key.name) in self.attached]

    def one_by_one(self, table: Name, index: Name) -> bool:
        """Whether each partition has its own index for this one, so that none is to be made for it."""
        return len(self.attached.get(index, ())) == self.partitions.get(table, -1)

    def group(self, table: Table) -> tuple[str, ...]:
        """A partition or child stands below its parent: the root's name, the depth, its own name."""
        root, depth = table, 0
        while (parent := parent_of(root)) is not None and parent in self.tables and depth < len(self.tables):
            root, depth = self.tables[parent], depth + 1
        return (*places.key(root.name), f"{depth:03}", *places.key(table.name))

    def parents(self, table: Table) -> list[Table]:
        """The tables that it inherits from or is a partition of, where they are known."""
        names = table.inherits if table.partition is None else (table.partition.parent,)
        return [self.tables[name] for name in names if name in self.tables]


def of(schema: Schema) -> Shape:
    attached: dict[Name, list[Name]] = {}
    partitions = [(table, table.partition) for table in schema.tables if table.partition is not None]
    for table, _partition in partitions:
        made: list[Key | Index] = [*keys(table), *table.indexes]
        for index in made:
            if index.partition_of is not None:
                attached.setdefault(index.partition_of, []).append(Name(table.name.schema, index.name))
    return Shape(
        tables={table.name: table for table in schema.tables},
        owned={(s.owned_by.table, s.owned_by.column): s for s in schema.sequences if s.owned_by is not None},
        partitions=Counter(partition.parent for _, partition in partitions),
        attached=attached,
        routines=frozenset([f.name.name for f in schema.functions] + [a.name.name for a in schema.aggregates]),
    )


def parent_of(table: Table) -> Name | None:
    if table.partition is not None:
        return table.partition.parent
    return table.inherits[0] if table.inherits else None


def keys(table: Table) -> list[Key]:
    """The constraints that have an index."""
    primary: list[Key] = [table.primary_key] if table.primary_key is not None else []
    return [*primary, *table.uniques, *table.exclusions]
