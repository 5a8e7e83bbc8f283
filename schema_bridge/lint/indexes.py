"""Rules on indexes: those that are missing where rows are looked for, and those that are there twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TypeAlias

from msgspec.structs import replace

from schema_bridge.emit.sql import ident, name
from schema_bridge.expressions import normal
from schema_bridge.ir import Index, IndexPart, MaterializedView, Name, PrimaryKey, Schema, Table, Unique
from schema_bridge.lint.conditions import compared_columns
from schema_bridge.lint.remarks import LintOptions, Remark
from schema_bridge.statements.drops import drop_part

_Indexed: TypeAlias = Index | PrimaryKey | Unique


def foreign_keys(schema: Schema, options: LintOptions) -> Iterator[Remark]:
    """Foreign keys whose referring rows are found by reading the whole table."""
    for table in schema.tables:
        for key in table.foreign_keys:
            leading = (columns[: len(key.columns)] for columns in _usable(table, key.columns))
            if key.inherited or any(set(columns) == set(key.columns) for columns in leading):
                continue
            yield Remark(
                rule="foreign-key-without-index",
                object=f"{key.name} on {table.name}",
                owner=table.name,
                reason=f"no index leads with {', '.join(key.columns)}: each DELETE in {key.table} reads all of {table.name}",
                mend=_create(table.name, key.columns),
                origin=key.origin,
            )


def policy_columns(schema: Schema, options: LintOptions) -> Iterator[Remark]:
    """Columns by which a policy picks rows, without an index to find them."""
    for table in schema.tables:
        names = frozenset(column.name for column in table.columns)
        seen: set[str] = set()
        for policy in table.policies:
            found = compared_columns(policy.using, table.name, names) if policy.using else set()
            for column in sorted(found - seen):
                seen.add(column)
                if any(columns[:1] == (column,) for columns in _usable(table, (column,))):
                    continue
                yield Remark(
                    rule="policy-column-without-index",
                    object=f"{table.name}.{column}",
                    owner=table.name,
                    reason=f"the policy {policy.name} looks for rows by it, and no index leads with it",
                    mend=_create(table.name, (column,)),
                    origin=policy.origin,
                )


def duplicates(schema: Schema, options: LintOptions) -> Iterator[Remark]:
    """Indexes that another one makes superfluous."""
    owners: tuple[Table | MaterializedView, ...] = (*schema.tables, *schema.materialized_views)
    for table in owners:
        superfluous: set[str] = set()
        for kept, other in combinations(_by_rank(table), 2):
            if other.name in superfluous or not _does_the_same(kept, other):
                continue
            superfluous.add(other.name)
            yield Remark(
                rule="duplicate-index",
                object=f"{other.name} on {table.name}",
                owner=table.name,
                reason=f"{kept.name} has the same columns and does the same: each write keeps both",
                mend=f"{drop_part(table.name, other)};",
                origin=other.origin,
            )


def _create(table: Name, columns: tuple[str, ...]) -> str:
    return f"CREATE INDEX ON {name(table)} ({', '.join(map(ident, columns))});"


def _usable(table: Table, wanted: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The leading columns of each index by which rows with these values are found."""
    yield from (key.columns for key in table.uniques)
    if table.primary_key is not None:
        yield table.primary_key.columns
    not_null = {normal(f"{ident(column)} IS NOT NULL") for column in wanted}
    for index in table.indexes:
        if index.method in ("btree", "hash") and (index.where is None or normal(index.where) in not_null):
            yield _leading(index)


def _leading(index: Index) -> tuple[str, ...]:
    found = []
    for part in index.parts:
        if part.column is None:
            break
        found.append(part.column)
    return tuple(found)


def _by_rank(owner: Table | MaterializedView) -> list[_Indexed]:
    """The primary key, the unique constraints, unique indexes, all others: what is worth keeping first."""
    own = [index for index in owner.indexes if not index.inherited]
    found: list[_Indexed] = [*sorted(own, key=lambda index: (not index.unique, index.name))]
    if isinstance(owner, Table):
        key = [owner.primary_key] if owner.primary_key is not None else []
        found = [*key, *owner.uniques, *found]
    return found


def _does_the_same(kept: _Indexed, other: _Indexed) -> bool:
    """Whether the first finds all that the second finds, and is as unique as that."""
    return _found(kept) == _found(other) and (_uniqueness(other) is None or _uniqueness(other) == _uniqueness(kept))


def _found(indexed: _Indexed) -> tuple[object, ...]:
    if isinstance(indexed, Index):
        where = None if indexed.where is None else normal(indexed.where)
        parts = (p if p.expression is None else replace(p, expression=normal(p.expression)) for p in indexed.parts)
        return indexed.method, tuple(parts), indexed.include, where
    return "btree", tuple(IndexPart(column=column) for column in indexed.columns), indexed.include, None


def _uniqueness(indexed: _Indexed) -> bool | None:
    """None where values may repeat; else whether two NULLs are one value."""
    if isinstance(indexed, Index) and not indexed.unique:
        return None
    return not isinstance(indexed, PrimaryKey) and indexed.nulls_not_distinct
