"""What the tables of a schema are to each other: parents and children, owners of sequences, attached indexes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import msgspec

from schema_bridge.ir import Exclusion, Index, Name, PrimaryKey, Schema, Sequence, Table, Unique
from schema_bridge.plan import places

Key: TypeAlias = PrimaryKey | Unique | Exclusion


class Shape(NamedTuple):
    """`partitions` are those of a table; `attached` are the indexes of partitions that hang on a parent's index under
    names of their own, with their tables; `routines` are the names of the schema's functions."""

    tables: Mapping[Name, Table]
    owned: Mapping[tuple[Name, str], Sequence]
    partitions: Mapping[Name, list[Table]]
    attached: Mapping[Name, list[tuple[Table, str]]]
    routines: frozenset[str]

    def late_keys(self, table: Table) -> list[Key]:
        """The keys of a partitioned table that must follow its partitions, because those have their own for it."""
        if table.partition_by is None:
            return []
        return [key for key in keys(table) if self.is_late(Name(table.name.schema, key.name))]

    def is_late(self, index: Name) -> bool:
        """Whether a partition made by PARTITION OF would get a second index beside its own, were this there already."""
        attached = (table.partition for table, _ in self.attached.get(index, ()))
        return any(partition is not None and not partition.attached for partition in attached)

    def heirs(self, table: Name, index: Index) -> bool:
        """Whether partitions of the table get this index from it, so that it cannot be made ON ONLY the parent."""
        partitions = self.partitions.get(table, ())
        return any(own.inherited and own.parts == index.parts for child in partitions for own in child.indexes)

    def own_keys(self, table: Table) -> Table:
        """The table without the keys that come with being made as a partition."""
        if table.partition is None or table.partition.attached or not (parents := self.parents(table)):
            return table
        theirs = [key.columns for key in parents[0].uniques]
        primary = table.primary_key
        inherits = parents[0].primary_key is not None and primary is not None and primary.partition_of is None
        return msgspec.structs.replace(
            table,
            primary_key=None if inherits else primary,
            uniques=tuple(u for u in table.uniques if u.partition_of is not None or u.columns not in theirs),
        )

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
    attached: dict[Name, list[tuple[Table, str]]] = {}
    partitions: dict[Name, list[Table]] = {}
    for table in schema.tables:
        if table.partition is None:
            continue
        partitions.setdefault(table.partition.parent, []).append(table)
        made: list[Key | Index] = [*keys(table), *table.indexes]
        for index in made:
            if index.partition_of is not None:
                attached.setdefault(index.partition_of, []).append((table, index.name))
    return Shape(
        tables={table.name: table for table in schema.tables},
        owned={(s.owned_by.table, s.owned_by.column): s for s in schema.sequences if s.owned_by is not None},
        partitions=partitions,
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
