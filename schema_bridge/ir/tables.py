"""Tables and what hangs on them: columns, constraints, indexes, policies, triggers and rules."""

from __future__ import annotations

from typing import Literal

from schema_bridge.ir.base import (
    Action,
    Expression,
    Name,
    Node,
    NotesOfColumn,
    NotesOfObject,
    Option,
    Statement,
    Struct,
    Type,
)

# Columns


class SequenceOptions(Struct, frozen=True, kw_only=True):
    """How a sequence counts; `None` is the default for its type and direction."""

    type: Literal["smallint", "integer", "bigint"] = "bigint"
    start: int | None = None
    increment: int = 1
    minimum: int | None = None
    maximum: int | None = None
    cache: int = 1
    cycle: bool = False


class Identity(Struct, frozen=True, kw_only=True):
    """GENERATED … AS IDENTITY; `sequence` is the name of its sequence, `options.type` that of its column."""

    always: bool
    sequence: Name
    options: SequenceOptions = SequenceOptions()
    persistence: Literal["permanent", "unlogged"] = "permanent"


class Generated(Struct, frozen=True, kw_only=True):
    """GENERATED ALWAYS AS (expression) STORED, or VIRTUAL (PostgreSQL 18)."""

    expression: Expression
    stored: bool = True


class NotNull(Struct, frozen=True, kw_only=True):
    """A not-null constraint that says more than NOT NULL (PostgreSQL 18): a name of its own, NOT VALID, NO INHERIT."""

    name: str | None = None
    not_valid: bool = False
    no_inherit: bool = False
    comment: str | None = None


class Column(Node, frozen=True, kw_only=True):
    """A column. A `serial` is an integer whose default is `nextval` of a `Sequence` that the column owns."""

    name: str
    type: Type
    not_null: bool = False
    not_null_constraint: NotNull | None = None
    default: Expression | None = None
    generated: Generated | None = None
    identity: Identity | None = None
    collation: Name | None = None
    storage: Literal["plain", "external", "extended", "main"] | None = None
    compression: str | None = None
    statistics: int | None = None
    options: tuple[Option, ...] = ()
    foreign_options: tuple[Option, ...] = ()
    inherited: bool = False
    """Only by inheritance or partitioning: not stated on this table itself."""
    comment: str | None = None
    notes: NotesOfColumn = None


# Constraints. Each belongs to a table and has a name: the one written, or the one PostgreSQL gives.


class PrimaryKey(Node, frozen=True, kw_only=True):
    name: str
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    without_overlaps: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    tablespace: str | None = None
    options: tuple[Option, ...] = ()
    comment: str | None = None
    index_comment: str | None = None
    partition_of: Name | None = None
    """The parent's index that this one's index is attached to, where its name is not the default."""


class Unique(Node, frozen=True, kw_only=True):
    name: str
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    without_overlaps: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    tablespace: str | None = None
    options: tuple[Option, ...] = ()
    comment: str | None = None
    index_comment: str | None = None
    partition_of: Name | None = None


class Check(Node, frozen=True, kw_only=True):
    name: str
    expression: Expression
    no_inherit: bool = False
    not_valid: bool = False
    not_enforced: bool = False
    inherited: bool = False
    comment: str | None = None


class ForeignKey(Node, frozen=True, kw_only=True):
    """`referenced_columns` is always filled: with the primary key's columns where the input leaves them out.

    It is empty only where the other table is not known. `set_columns` are those of ON DELETE SET NULL (a, b).
    """

    name: str
    columns: tuple[str, ...]
    table: Name
    referenced_columns: tuple[str, ...] = ()
    match: Literal["simple", "full", "partial"] = "simple"
    on_delete: Action = "no action"
    on_update: Action = "no action"
    set_columns: tuple[str, ...] = ()
    deferrable: bool = False
    initially_deferred: bool = False
    not_valid: bool = False
    not_enforced: bool = False
    period: bool = False
    inherited: bool = False
    """Made by the parent of a partition."""
    comment: str | None = None


class IndexPart(Struct, frozen=True, kw_only=True):
    """One element of an index or partition key: a column or an expression, never both."""

    column: str | None = None
    expression: Expression | None = None
    collation: Name | None = None
    opclass: Name | None = None
    opclass_options: tuple[Option, ...] = ()
    descending: bool = False
    nulls_first: bool = False
    """As it is: NULLS FIRST is the default for DESC, NULLS LAST for ASC."""
    statistics: int | None = None


class ExclusionPart(Struct, frozen=True, kw_only=True):
    part: IndexPart
    operator: Name


class Exclusion(Node, frozen=True, kw_only=True):
    name: str
    parts: tuple[ExclusionPart, ...]
    method: str = "gist"
    include: tuple[str, ...] = ()
    where: Expression | None = None
    deferrable: bool = False
    initially_deferred: bool = False
    tablespace: str | None = None
    options: tuple[Option, ...] = ()
    comment: str | None = None
    index_comment: str | None = None
    partition_of: Name | None = None


class Index(Node, frozen=True, kw_only=True):
    """An index that is no constraint's; it lives in its table's namespace."""

    name: str
    parts: tuple[IndexPart, ...]
    unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: Expression | None = None
    nulls_not_distinct: bool = False
    only: bool = False
    """CREATE INDEX … ON ONLY a partitioned table: the partitions' own are attached one by one."""
    partition_of: Name | None = None
    inherited: bool = False
    """Made on a partition by the parent's index, under the default name."""
    tablespace: str | None = None
    options: tuple[Option, ...] = ()
    comment: str | None = None


# What hangs on tables and views


class Policy(Node, frozen=True, kw_only=True):
    """A row security policy. `roles` are sorted; PUBLIC is the role `public`. An omitted WITH CHECK stays `None`."""

    name: str
    command: Literal["all", "select", "insert", "update", "delete"] = "all"
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    using: Expression | None = None
    check: Expression | None = None
    comment: str | None = None


class Trigger(Node, frozen=True, kw_only=True):
    """`events` are in the order insert, delete, update, truncate; `columns` are those of UPDATE OF."""

    name: str
    function: Name
    arguments: tuple[str, ...] = ()
    timing: Literal["before", "after", "instead of"]
    events: tuple[Literal["insert", "delete", "update", "truncate"], ...]
    columns: tuple[str, ...] = ()
    for_each: Literal["row", "statement"] = "statement"
    when: Expression | None = None
    constraint: bool = False
    referenced_table: Name | None = None
    deferrable: bool = False
    initially_deferred: bool = False
    old_table: str | None = None
    new_table: str | None = None
    enabled: Literal["origin", "disabled", "replica", "always"] = "origin"
    inherited: bool = False
    comment: str | None = None


class Rule(Node, frozen=True, kw_only=True):
    """A rewrite rule, kept as its statement (CREATE RULE …), names qualified."""

    name: str
    definition: Statement
    enabled: Literal["origin", "disabled", "replica", "always"] = "origin"
    comment: str | None = None


# Tables


class PartitionKey(Struct, frozen=True, kw_only=True):
    strategy: Literal["range", "list", "hash"]
    parts: tuple[IndexPart, ...]


class Partition(Struct, frozen=True, kw_only=True):
    """`bound` is `DEFAULT` or what follows FOR VALUES: `FROM (…) TO (…)`, `IN (…)`, `WITH (…)`."""

    parent: Name
    bound: Expression
    attached: bool = False
    """Made as a table of its own and attached (its columns may stand in another order)."""


class Table(Node, frozen=True, kw_only=True):
    name: Name
    columns: tuple[Column, ...] = ()
    primary_key: PrimaryKey | None = None
    uniques: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    indexes: tuple[Index, ...] = ()
    policies: tuple[Policy, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    rules: tuple[Rule, ...] = ()
    row_security: bool = False
    force_row_security: bool = False
    partition_by: PartitionKey | None = None
    partition: Partition | None = None
    inherits: tuple[Name, ...] = ()
    of_type: Name | None = None
    persistence: Literal["permanent", "unlogged", "temporary"] = "permanent"
    access_method: str | None = None
    tablespace: str | None = None
    options: tuple[Option, ...] = ()
    replica_identity: Literal["default", "full", "nothing", "index"] = "default"
    replica_identity_index: str | None = None
    cluster_on: str | None = None
    server: str | None = None
    """A foreign table's server."""
    foreign_options: tuple[Option, ...] = ()
    owner: str | None = None
    comment: str | None = None
    notes: NotesOfObject = None

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
