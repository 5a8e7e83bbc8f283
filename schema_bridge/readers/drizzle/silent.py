"""What snapshots and dumps have no word for, by fact of the IR, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

_COMMENTED = """Table Column PrimaryKey Unique Check ForeignKey Index Policy View MaterializedView Enum Namespace Role
    Sequence"""
_OWNED = "Table View MaterializedView Enum Namespace Sequence"

_REASONS = {
    "drizzle-orm states no extensions": "Extension",
    "drizzle-orm has enums, and no other types of one's own": "Domain Composite Range",
    "drizzle-orm states no routines": "Function Aggregate",
    "drizzle-orm states no triggers": "Trigger EventTrigger",
    "drizzle-orm states no rewrite rules": "Rule",
    "drizzle-orm states no grants": "Privileges DefaultPrivileges",
    "drizzle-orm states no publications": "Publication",
    "drizzle-orm states no extended statistics": "Statistics",
    "drizzle-orm states no exclusion constraints": "Exclusion",
    "drizzle-orm states no comments": " ".join(f"{name}.comment" for name in _COMMENTED.split())
    + " PrimaryKey.index_comment Unique.index_comment",
    "drizzle-orm states no owners": " ".join(f"{name}.owner" for name in _OWNED.split()),
    "drizzle-orm states no partitioning": """Table.partition_by Table.partition Index.only
        Index.partition_of Index.inherited PrimaryKey.partition_of Unique.partition_of""",
    "drizzle-orm states no inheritance": """Table.inherits Column.inherited Check.inherited Check.no_inherit
        ForeignKey.inherited""",
    "drizzle-orm states no typed or foreign tables": """Table.of_type Table.server Table.foreign_options
        Column.foreign_options""",
    "drizzle-orm states no storage of tables": """Table.persistence Table.access_method Table.tablespace Table.options
        Table.cluster_on Table.replica_identity Table.replica_identity_index""",
    "drizzle-orm states no storage of columns": """Column.storage Column.compression Column.statistics Column.options
        IndexPart.statistics""",
    "drizzle-orm states no collations but inside SQL texts": "Column.collation",
    "drizzle-orm has only the plain NOT NULL": "Column.not_null_constraint",
    "drizzle-orm knows stored generated columns alone": "Generated.stored",
    "drizzle-orm states only the names and columns of keys, and NULLS NOT DISTINCT": """PrimaryKey.include
        PrimaryKey.without_overlaps PrimaryKey.deferrable PrimaryKey.initially_deferred PrimaryKey.tablespace
        PrimaryKey.options Unique.include Unique.without_overlaps Unique.deferrable Unique.initially_deferred
        Unique.tablespace Unique.options""",
    "drizzle-orm states a single column's primary key without a name": "PrimaryKey.name",
    "drizzle-orm states only the columns and actions of foreign keys": """ForeignKey.match ForeignKey.set_columns
        ForeignKey.deferrable ForeignKey.initially_deferred ForeignKey.not_valid ForeignKey.not_enforced
        ForeignKey.period""",
    "drizzle-orm states only the expressions of checks": "Check.not_valid Check.not_enforced",
    "drizzle-orm states no covering indexes and no place for them": """Index.include Index.nulls_not_distinct
        Index.tablespace IndexPart.opclass_options""",
    "drizzle-orm states row security, and not whether it is forced": "Table.force_row_security",
    "drizzle-orm states the query of a view and no names beside it": """View.column_names View.recursive
        View.persistence MaterializedView.column_names MaterializedView.cluster_on MaterializedView.indexes""",
    "drizzle-orm says what it selects of a view, and not whether those are all its columns": "ViewColumn",
    "drizzle-orm states only whether a role inherits and may create databases and roles": "Role.member_of",
    "drizzle-orm states no unlogged sequences": "Sequence.persistence Identity.persistence",
    "drizzle-orm states no other statements": "Unmodelled",
}
_OLD = {
    "drizzle-kit knew no checks before version 7": "Check",
    "drizzle-kit knew no row security before version 7": "Policy Table.row_security",
    "drizzle-kit knew no views before version 7": "View MaterializedView",
    "drizzle-kit knew no roles before version 7": "Role",
    "drizzle-kit knew no sequences before version 7": "Sequence Column.identity",
    "drizzle-kit knew no generated columns before version 7": "Column.generated",
}
_NO_NOTES = {
    "a snapshot has no names of TypeScript; a dump of schema.ts has": """Column.notes ViewColumn.notes Table.notes
        View.notes MaterializedView.notes Enum.notes""",
}


def _by_fact(reasons: Mapping[str, str]) -> dict[str, str]:
    return {what: why for why, facts in reasons.items() for what in facts.split()}


SILENT_DUMP: Mapping[str, str] = _by_fact(_REASONS)
SILENT: Mapping[str, str] = {**SILENT_DUMP, **_by_fact(_NO_NOTES)}
"""Those of a snapshot of version 7 or 8."""
SILENT_OLD: Mapping[str, str] = {**SILENT, **_by_fact(_OLD)}
"""Those of a snapshot of version 5 or 6."""
