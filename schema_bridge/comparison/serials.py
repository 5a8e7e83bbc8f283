"""Sequences of serial columns: what is behind such a column's default is said by the default and the column alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from schema_bridge import expressions
from schema_bridge.ir import Column, ColumnRef, Name, Schema, Sequence
from schema_bridge.serials import nextval, options


def implied_by_serials(schemas: Iterable[Schema]) -> frozenset[Name]:
    """The sequences of which no source says more than a serial column does, by name."""
    implied: dict[Name, ColumnRef] = {}
    telling: set[Name] = set()
    found = [(schema, {sequence.name for sequence in schema.sequences}) for schema in schemas]
    for schema, _ in found:
        columns = _columns(schema, {s.owned_by.table for s in schema.sequences if s.owned_by is not None})
        for sequence in schema.sequences:
            column = columns.get(sequence.owned_by) if sequence.owned_by is not None else None
            if sequence.owned_by is not None and column is not None and _is_plain(sequence, column):
                implied[sequence.name] = sequence.owned_by
            else:
                telling.add(sequence.name)
    for schema, names in found:
        columns = _columns(schema, {implied[name].table for name in implied.keys() - names})
        # A default that asks a sequence which this source does not make: then the default does not tell.
        telling |= {name for name, ref in implied.items() if name not in names and _asks(columns.get(ref), name)}
    return frozenset(implied.keys() - telling)


def _columns(schema: Schema, tables: Collection[Name]) -> Mapping[ColumnRef, Column]:
    return {
        ColumnRef(table=table.name, column=column.name): column
        for table in schema.tables
        if table.name in tables
        for column in table.columns
    }


def _is_plain(sequence: Sequence, column: Column) -> bool:
    """Whether it is what a serial column stands for, and nothing else."""
    plain = Sequence(name=sequence.name, options=options(column.type.name), owned_by=sequence.owned_by)
    return replace(sequence, origin=None, owner=None) == plain and _asks(column, sequence.name)


def _asks(column: Column | None, sequence: Name) -> bool:
    return column is not None and column.default is not None and expressions.equal(column.default, nextval(sequence))
