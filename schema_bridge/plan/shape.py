"""What the tables of a schema are to each other: parents and children, owners of sequences, attached indexes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

import msgspec

from schema_bridge.dependencies import mentions
from schema_bridge.ir import Column, Exclusion, Index, Name, PrimaryKey, Schema, Sequence, Table, Trigger, Unique
from schema_bridge.plan import places
from schema_bridge.remembering import of_one_schema

Key: TypeAlias = PrimaryKey | Unique | Exclusion


class Shape(NamedTuple):
    """`roots` are the uppermost parents of tables, with the number of generations between them; `partitions` are those
    of a table, `children` what inherits from it or is a partition of it; `positions` puts tables after those that they refer to; `attached` are the indexes of partitions that hang on a parent's index under
    names of their own, with their tables; `routines` are the names of the schema's functions."""

    tables: Mapping[Name, Table]
    roots: Mapping[Name, tuple[Table, int]]
    owned: Mapping[tuple[Name, str], Sequence]
    partitions: Mapping[Name, list[Table]]
    children: Mapping[Name, list[Table]]
    attached: Mapping[Name, list[tuple[Table, str]]]
    routines: frozenset[str]
    positions: Mapping[Name, int]

    def late_keys(self, table: Table) -> list[Key]:
        """The keys that ALTER TABLE adds: those that a partition has of its own for its parent's (stated within
        PARTITION OF, their NOT NULL would get another name), and those of a partitioned table that follow them."""
        if table.partition is None and table.partition_by is None:
            return []
        made_as_partition = table.partition is not None and not table.partition.attached
        return [
            key
            for key in keys(table)
            if (made_as_partition and key.partition_of is not None) or self.is_late(Name(table.name.schema, key.name))
        ]

    def is_late(self, index: Name) -> bool:
        """Whether a partition made by PARTITION OF would get a second index beside its own, were this there already."""
        if index not in self.attached:
            return False
        attached = [table.partition for table, _ in self.attached[index]]
        return any(partition is not None and not partition.attached for partition in attached)

    def heirs(self, table: Name, index: Index) -> bool:
        """Whether partitions of the table get this index from it, so that it cannot be made ON ONLY the parent."""
        partitions = self.partitions.get(table, ())
        return any(own.inherited and own.parts == index.parts for child in partitions for own in child.indexes)

    def triggers_below(self, table: Name, whole: Trigger) -> Iterator[tuple[Name, Trigger, Trigger]]:
        """What partitions have of a row trigger, each with its table and the trigger above it."""
        for child in self.partitions.get(table, ()):
            for own in child.triggers:
                if own.inherited and own.name == whole.name:
                    yield child.name, own, whole
                    yield from self.triggers_below(child.name, own)

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

    def own_defaults(self, table: Table) -> Table:
        """The table with DEFAULT NULL for its own columns that would get a parent's default."""
        if not table.inherits:
            return table
        theirs = {c.name for parent in self.parents(table) for c in parent.columns if c.default is not None}
        columns = tuple(
            msgspec.structs.replace(c, default="NULL") if c.name in theirs and _has_no_value(c) else c
            for c in table.columns
        )
        return msgspec.structs.replace(table, columns=columns)

    def group(self, table: Table) -> tuple[str, ...]:
        """A partition or child stands below its parent: the root's name, the depth, its own name."""
        root, depth = self.roots[table.name]
        return (*places.key(root.name), f"{depth:03}", *places.key(table.name))

    def position(self, table: Table) -> int:
        return self.positions[self.roots[table.name][0].name]

    def parents(self, table: Table) -> list[Table]:
        """The tables that it inherits from or is a partition of, where they are known."""
        names = table.inherits if table.partition is None else (table.partition.parent,)
        return [self.tables[name] for name in names if name in self.tables]


@of_one_schema
def of(schema: Schema) -> Shape:
    attached: dict[Name, list[tuple[Table, str]]] = {}
    partitions: dict[Name, list[Table]] = {}
    children: dict[Name, list[Table]] = {}
    for table in schema.tables:
        for parent in table.inherits if table.partition is None else (table.partition.parent,):
            children.setdefault(parent, []).append(table)
        if table.partition is None:
            continue
        partitions.setdefault(table.partition.parent, []).append(table)
        made: list[Key | Index] = [*keys(table), *table.indexes]
        for index in made:
            if index.partition_of is not None:
                attached.setdefault(index.partition_of, []).append((table, index.name))
    tables = {table.name: table for table in schema.tables}
    roots = {name: _root(table, tables) for name, table in tables.items()}
    return Shape(
        tables=tables,
        roots=roots,
        owned={(s.owned_by.table, s.owned_by.column): s for s in schema.sequences if s.owned_by is not None},
        partitions=partitions,
        children=children,
        attached=attached,
        routines=frozenset([f.name.name for f in schema.functions] + [a.name.name for a in schema.aggregates]),
        positions=_positions(tables, roots),
    )


def _root(table: Table, tables: Mapping[Name, Table]) -> tuple[Table, int]:
    depth = 0
    while (parent := parent_of(table)) is not None and parent in tables and depth < len(tables):
        table, depth = tables[parent], depth + 1
    return table, depth


def _positions(tables: Mapping[Name, Table], roots: Mapping[Name, tuple[Table, int]]) -> dict[Name, int]:
    """A place for each family of tables: after those that its keys refer to and its policies speak of, if that can be,
    and else by name (a depth-first walk)."""
    named: dict[str, list[Name]] = {}
    members: dict[Name, list[Table]] = {}
    for table in tables.values():
        named.setdefault(table.name.name, []).append(table.name)
        members.setdefault(roots[table.name][0].name, []).append(table)
    positions: dict[Name, int] = {}
    seen: set[Name] = set()
    for first in sorted(members, key=places.key):
        walk = [] if first in seen else [(first, _referred(members[first], roots, named))]
        seen.add(first)
        while walk:
            root, rest = walk[-1]
            following = next((other for other in rest if other not in seen), None)
            if following is None:
                positions[root] = len(positions)
                walk.pop()
            else:
                seen.add(following)
                walk.append((following, _referred(members[following], roots, named)))
    return positions


def _referred(
    family: list[Table], roots: Mapping[Name, tuple[Table, int]], named: Mapping[str, list[Name]]
) -> Iterator[Name]:
    """The roots of the tables that these refer to, by name."""
    found = {key.table for table in family for key in table.foreign_keys}
    for text in {text for table in family for p in table.policies for text in (p.using, p.check) if text is not None}:
        for mention in mentions(text):
            if mention.name in named:
                found.update([n for n in named[mention.name] if mention.schema in (None, n.schema)])
    return iter(sorted({roots[name][0].name for name in found if name in roots}, key=places.key))


def crowded(schema: Schema) -> frozenset[Name]:
    """The tables with a key whose name another table's check or foreign key has in the same namespace: PostgreSQL
    would not give that name by itself, so it must be spelled out."""
    others = {(table.name.schema, check.name) for table in schema.tables for check in table.checks}
    others |= {(table.name.schema, key.name) for table in schema.tables for key in table.foreign_keys}
    others |= {(domain.name.schema, check.name) for domain in schema.domains for check in domain.checks}
    return frozenset(
        table.name for table in schema.tables if any((table.name.schema, key.name) in others for key in keys(table))
    )


def _has_no_value(column: Column) -> bool:
    return not column.inherited and column.default is None and column.generated is None and column.identity is None


def parent_of(table: Table) -> Name | None:
    if table.partition is not None:
        return table.partition.parent
    return table.inherits[0] if table.inherits else None


def keys(table: Table) -> list[Key]:
    """The constraints that have an index."""
    primary: list[Key] = [table.primary_key] if table.primary_key is not None else []
    return [*primary, *table.uniques, *table.exclusions]
