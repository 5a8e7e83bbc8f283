"""What a schema is: frozen structs whose fields are the facts; every reader makes them, every writer takes them.

Comparing, serialising, merging, walking and the catalog queries are driven by `facts(cls)`, never by a list of
fields written by hand. A new fact is one line here.

Order inside a `Schema`: columns, enum labels, key columns and arguments stand in the order that has meaning in the
database; everything else is sorted by its key, so that two spellings of one schema are the same value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib import import_module
from inspect import get_annotations
from types import SimpleNamespace
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

VERSION = 1
"""The version of the JSON form; bumped when a field's meaning or default changes."""

# How a fact is compared. A plain type compares by value.
Expression = Annotated[str, Meta(extra={"compare": "expression"})]
"""An SQL expression as it was written (no enclosing brackets of the clause); normalised only when compared."""
Query = Annotated[str, Meta(extra={"compare": "query"})]
"""A SELECT as it was written, without the final semicolon."""
Body = Annotated[str, Meta(extra={"compare": "body"})]
"""A routine's source, byte for byte; blanks at line ends and carriage returns do not count when compared."""
Statement = Annotated[str, Meta(extra={"compare": "statement"})]
"""A whole statement as it was written, without the final semicolon."""

Action = Literal["no action", "restrict", "cascade", "set null", "set default"]


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """The base of all IR values: immutable, hashable, compared by value, with no reference to another node."""


class Name(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True, gc=False):
    """A name in a namespace, as values, never as quoted text. `schema` is explicit, `public` too.

    An empty `schema` means: found through the search path, and not made by this schema (an extension's type or
    function that was written without its schema).
    """

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema not in ("", "public") else self.name


class Origin(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True, gc=False):
    """Where a node was stated: a file and a line, counted from 1; or an object of a database
    (`postgresql://host/base#public.users`, without a password) and the line 0."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


Where = Annotated[Origin | None, Meta(extra={"compare": "never"})]


class Node(Struct, frozen=True, kw_only=True):
    """A value that stands in a list of its kind and is found there by its `KEY` fields."""

    KEY: ClassVar[tuple[str, ...]] = ("name",)
    origin: Where = None

    @property
    def key(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field) for field in self.KEY)


class Type(Struct, frozen=True, kw_only=True):
    """A data type in its canonical spelling (`integer`, `character varying`, `timestamp with time zone`).

    `schema` is `pg_catalog` for built-in types; the type's own for enums, domains, composites; empty for an extension's
    type written without schema. `modifiers` are what stands in brackets: `(10, 2)`, `("Point", 4326)`; for `interval`
    the fields come first: `("day to second", 3)`. `dimensions` is as declared; the server only knows array or not.
    """

    name: str
    schema: str = "pg_catalog"
    modifiers: tuple[int | str, ...] = ()
    dimensions: int = 0


class Option(Struct, frozen=True, kw_only=True):
    """A storage option, a routine's setting, an attribute option: a name and the text of its value."""

    name: str
    value: str


class ColumnRef(Struct, frozen=True, kw_only=True):
    table: Name
    column: str


# Notes: what only one side of the bridge knows. Kept, never compared.


class ColumnNotes(Struct, frozen=True, kw_only=True):
    """What a Drizzle schema says of a column that the database does not know."""

    property: str | None = None
    mode: str | None = None
    enum: tuple[str, ...] = ()
    client_default: bool = False
    on_update: bool = False
    typescript_type: str | None = None


class RelationNote(Struct, frozen=True, kw_only=True):
    """One side of a Drizzle relation: its property name, and what it joins where that is stated."""

    property: str
    target: Name
    many: bool = False
    columns: tuple[str, ...] = ()
    referenced_columns: tuple[str, ...] = ()
    relation_name: str | None = None


class ObjectNotes(Struct, frozen=True, kw_only=True):
    """The TypeScript names of a table, view or enum."""

    export: str | None = None
    type_exports: tuple[str, ...] = ()
    relations: tuple[RelationNote, ...] = ()


NotesOfColumn = Annotated[ColumnNotes | None, Meta(extra={"compare": "never"})]
NotesOfObject = Annotated[ObjectNotes | None, Meta(extra={"compare": "never"})]


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


# Views


class ViewColumn(Node, frozen=True, kw_only=True):
    """What is stated of a view's column; `type` where the source knows it (a live database, Drizzle)."""

    name: str
    type: Type | None = None
    default: Expression | None = None
    comment: str | None = None
    notes: NotesOfColumn = None


class View(Node, frozen=True, kw_only=True):
    """`column_names` is the explicit list of CREATE VIEW v (a, b); `columns` what else is known of columns."""

    name: Name
    query: Query
    column_names: tuple[str, ...] = ()
    columns: tuple[ViewColumn, ...] = ()
    recursive: bool = False
    persistence: Literal["permanent", "temporary"] = "permanent"
    options: tuple[Option, ...] = ()
    check_option: Literal["local", "cascaded"] | None = None
    triggers: tuple[Trigger, ...] = ()
    rules: tuple[Rule, ...] = ()
    owner: str | None = None
    comment: str | None = None
    notes: NotesOfObject = None


class MaterializedView(Node, frozen=True, kw_only=True):
    name: Name
    query: Query
    column_names: tuple[str, ...] = ()
    columns: tuple[ViewColumn, ...] = ()
    with_data: bool = True
    indexes: tuple[Index, ...] = ()
    access_method: str | None = None
    tablespace: str | None = None
    options: tuple[Option, ...] = ()
    cluster_on: str | None = None
    owner: str | None = None
    comment: str | None = None
    notes: NotesOfObject = None


# Types that a schema makes


class Enum(Node, frozen=True, kw_only=True):
    name: Name
    labels: tuple[str, ...]
    owner: str | None = None
    comment: str | None = None
    notes: NotesOfObject = None


class Domain(Node, frozen=True, kw_only=True):
    name: Name
    type: Type
    default: Expression | None = None
    not_null: bool = False
    not_null_constraint: NotNull | None = None
    collation: Name | None = None
    checks: tuple[Check, ...] = ()
    owner: str | None = None
    comment: str | None = None


class Attribute(Node, frozen=True, kw_only=True):
    name: str
    type: Type
    collation: Name | None = None
    comment: str | None = None


class Composite(Node, frozen=True, kw_only=True):
    name: Name
    attributes: tuple[Attribute, ...] = ()
    owner: str | None = None
    comment: str | None = None


class Range(Node, frozen=True, kw_only=True):
    name: Name
    subtype: Type
    opclass: Name | None = None
    collation: Name | None = None
    canonical: Name | None = None
    subtype_diff: Name | None = None
    multirange: Name | None = None
    owner: str | None = None
    comment: str | None = None


# Routines


class Argument(Struct, frozen=True, kw_only=True):
    type: Type
    name: str | None = None
    mode: Literal["in", "out", "inout", "variadic", "table"] = "in"
    default: Expression | None = None


class Function(Node, frozen=True, kw_only=True):
    """A function or procedure, known by its name and the types it takes.

    Exactly one of `body` (a quoted source), `sql_body` (BEGIN ATOMIC … END, or RETURN …) and `library` (the object
    file of a C function, with `body` as its link symbol, where one is given) says what it does.
    """

    KEY: ClassVar[tuple[str, ...]] = ("name", "signature")
    name: Name
    arguments: tuple[Argument, ...] = ()
    returns: Type | None = None
    """None for a procedure without OUT arguments, and where OUT or TABLE arguments say it."""
    returns_set: bool = False
    procedure: bool = False
    language: str
    body: Body | None = None
    sql_body: Statement | None = None
    library: str | None = None
    window: bool = False
    volatility: Literal["immutable", "stable", "volatile"] = "volatile"
    strict: bool = False
    security_definer: bool = False
    leakproof: bool = False
    parallel: Literal["safe", "restricted", "unsafe"] = "unsafe"
    cost: float | None = None
    rows: float | None = None
    support: Name | None = None
    transforms: tuple[Type, ...] = ()
    settings: tuple[Option, ...] = ()
    """SET name = value, in the order stated; the value as written after TO, `FROM CURRENT` included."""
    owner: str | None = None
    comment: str | None = None

    @property
    def signature(self) -> tuple[Type, ...]:
        """The types that tell two routines of one name apart."""
        return tuple(a.type for a in self.arguments if a.mode in ("in", "inout", "variadic"))


class Aggregate(Node, frozen=True, kw_only=True):
    """CREATE AGGREGATE; `definition` are its options (sfunc, stype, …), names qualified, in the order of names."""

    KEY: ClassVar[tuple[str, ...]] = ("name", "signature")
    name: Name
    arguments: tuple[Argument, ...] = ()
    order_by: tuple[Argument, ...] = ()
    definition: tuple[Option, ...] = ()
    owner: str | None = None
    comment: str | None = None

    @property
    def signature(self) -> tuple[Type, ...]:
        return tuple(a.type for a in (*self.arguments, *self.order_by))


# The rest


class Namespace(Node, frozen=True, kw_only=True):
    """A schema of the database (CREATE SCHEMA). `public` stands here only when something is said of it."""

    name: str
    owner: str | None = None
    comment: str | None = None


class Extension(Node, frozen=True, kw_only=True):
    name: str
    schema: str | None = None
    version: str | None = None
    comment: str | None = None


class Role(Node, frozen=True, kw_only=True):
    """A role that the input creates; `options` are its words in lower case (`login`, `noinherit`, `connection limit 5`)."""

    name: str
    options: tuple[str, ...] = ()
    member_of: tuple[str, ...] = ()
    comment: str | None = None


class Sequence(Node, frozen=True, kw_only=True):
    """A sequence; that of a serial column has `owned_by`. (An identity column's sequence is in its `Identity`.)"""

    name: Name
    options: SequenceOptions = SequenceOptions()
    owned_by: ColumnRef | None = None
    persistence: Literal["permanent", "unlogged", "temporary"] = "permanent"
    owner: str | None = None
    comment: str | None = None


class Statistics(Node, frozen=True, kw_only=True):
    """CREATE STATISTICS: what is gathered of `parts` (columns and expressions) of one table."""

    name: Name
    table: Name
    kinds: tuple[Literal["ndistinct", "dependencies", "mcv"], ...] = ()
    parts: tuple[IndexPart, ...] = ()
    target: int | None = None
    owner: str | None = None
    comment: str | None = None


class EventTrigger(Node, frozen=True, kw_only=True):
    name: str
    event: str
    function: Name
    tags: tuple[str, ...] = ()
    enabled: Literal["origin", "disabled", "replica", "always"] = "origin"
    owner: str | None = None
    comment: str | None = None


class PublishedTable(Node, frozen=True, kw_only=True):
    KEY: ClassVar[tuple[str, ...]] = ("table",)
    table: Name
    columns: tuple[str, ...] = ()
    where: Expression | None = None
    only: bool = False


class Publication(Node, frozen=True, kw_only=True):
    name: str
    all_tables: bool = False
    tables: tuple[PublishedTable, ...] = ()
    schemas: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    owner: str | None = None
    comment: str | None = None


ObjectKind = Literal[
    "table", "sequence", "function", "procedure", "routine", "aggregate", "type", "domain", "schema", "database",
    "language", "foreign data wrapper", "foreign server", "large object", "parameter", "tablespace", "view",
    "materialized view",
]  # fmt: skip


class ObjectRef(Struct, frozen=True, kw_only=True):
    """An object by kind and name; `arguments` for routines. Objects outside namespaces have an empty `name.schema`."""

    kind: ObjectKind
    name: Name
    arguments: tuple[Type, ...] | None = None


class Privileges(Node, frozen=True, kw_only=True):
    """What one grantee holds on one object beyond, or short of, PostgreSQL's defaults (manual, 5.8 Privileges).

    Words are upper case and sorted (`SELECT`, `EXECUTE`); `ALL` where ALL was granted. `grantable` is the part of
    `granted` that holds WITH GRANT OPTION. `revoked` is what the defaults give (EXECUTE of a function to PUBLIC, the
    owner's own) and the input takes away. The grantee PUBLIC is `public`.
    """

    KEY: ClassVar[tuple[str, ...]] = ("object", "column", "grantee")
    object: ObjectRef
    column: str | None = None
    grantee: str
    granted: tuple[str, ...] = ()
    grantable: tuple[str, ...] = ()
    revoked: tuple[str, ...] = ()


class DefaultPrivileges(Node, frozen=True, kw_only=True):
    """ALTER DEFAULT PRIVILEGES [FOR ROLE role] [IN SCHEMA schema] GRANT/REVOKE … ON kind TO grantee."""

    KEY: ClassVar[tuple[str, ...]] = ("role", "schema", "kind", "grantee")
    role: str | None = None
    schema: str | None = None
    kind: Literal["tables", "sequences", "functions", "types", "schemas", "large objects"]
    grantee: str
    granted: tuple[str, ...] = ()
    grantable: tuple[str, ...] = ()
    revoked: tuple[str, ...] = ()


class Unmodelled(Node, frozen=True, kw_only=True):
    """A statement that no other node can hold. It comes back out in the DDL at its place in the dependency sort."""

    KEY: ClassVar[tuple[str, ...]] = ("sql",)
    sql: Statement
    kind: str
    """PostgreSQL's name of the statement's node, such as `CreateCastStmt`."""
    creates: tuple[Name, ...] = ()
    mentions: Annotated[tuple[Name, ...], Meta(extra={"compare": "never"})] = ()
    """What its text speaks of, which says no more than the text."""
    opaque: bool = False
    """What it needs cannot be known (a DO block): it follows everything stated before it."""
    search_path: Annotated[tuple[str, ...], Meta(extra={"compare": "never"})] = ()
    """The search path that it was stated under, where that was set to another one than the default."""
    position: Annotated[int, Meta(extra={"compare": "never"})] = 0
    """The how-manieth statement of the input it was."""


class Schema(Struct, frozen=True, kw_only=True):
    """A whole database schema. Each list is sorted by the nodes' keys.

    `external_tables` are tables that this schema does not make but hangs triggers or policies on, or refers to
    (`auth.users`); they hold only what is stated here.
    """

    dialect: Literal["postgresql", "mysql", "mariadb", "sqlite"] = "postgresql"
    namespaces: tuple[Namespace, ...] = ()
    extensions: tuple[Extension, ...] = ()
    roles: tuple[Role, ...] = ()
    enums: tuple[Enum, ...] = ()
    domains: tuple[Domain, ...] = ()
    composites: tuple[Composite, ...] = ()
    ranges: tuple[Range, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    tables: tuple[Table, ...] = ()
    external_tables: tuple[Table, ...] = ()
    views: tuple[View, ...] = ()
    materialized_views: tuple[MaterializedView, ...] = ()
    functions: tuple[Function, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    event_triggers: tuple[EventTrigger, ...] = ()
    publications: tuple[Publication, ...] = ()
    statistics: tuple[Statistics, ...] = ()
    privileges: tuple[Privileges, ...] = ()
    default_privileges: tuple[DefaultPrivileges, ...] = ()
    unmodelled: tuple[Unmodelled, ...] = ()

    def table(self, name: str, schema: str = "public") -> Table:
        """The table of that name; KeyError if this schema makes none."""
        wanted = Name(schema, name)
        for table in self.tables:
            if table.name == wanted:
                return table
        raise KeyError(str(wanted))


# The fields as data


class Fact(msgspec.Struct, frozen=True):
    """One field of a struct: how it is compared (`value`, `expression`, `query`, `body`, `statement`, `never`), the
    struct class of its items where it holds a list, the struct class it holds where it holds one, and its default."""

    name: str
    compare: str
    items: type[msgspec.Struct] | None
    struct: type[msgspec.Struct] | None
    default: Any


@cache
def facts(cls: type[msgspec.Struct]) -> tuple[Fact, ...]:
    """The fields of an IR struct, in order, as data."""
    hints: dict[str, tuple[str, str]] = {}
    for base in reversed(cls.__mro__):
        hints |= {name: (base.__module__, hint) for name, hint in get_annotations(base).items()}
    return tuple([_fact(*hints[name])(name=name, default=default) for name, default in defaults(cls)])


@cache
def _fact(module: str, hint: str) -> Callable[..., Fact]:
    """A fact of that type: most fields have one of a few types, and to evaluate a hint takes long."""
    field = SimpleNamespace(__annotations__={"hint": hint})
    found = get_type_hints(field, vars(import_module(module)), include_extras=True)["hint"]
    return partial(Fact, compare=_compare(found), items=_item_struct(found), struct=_own_struct(found))


@cache
def defaults(cls: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    """The fields of a struct with their defaults, NODEFAULT where there is none; not by `facts`, which has to find out
    their types."""
    names, known = cls.__struct_fields__, cls.__struct_defaults__
    return tuple(zip(names, (msgspec.NODEFAULT,) * (len(names) - len(known)) + known, strict=True))


def _compare(hint: Any) -> str:
    for meta in getattr(hint, "__metadata__", ()):
        if isinstance(meta, Meta) and meta.extra and "compare" in meta.extra:
            return str(meta.extra["compare"])
    return next((found for arg in get_args(hint) if (found := _compare(arg)) != "value"), "value")


def _bare(hint: Any) -> tuple[Any, ...]:
    """The alternatives of a hint, without Annotated and None."""
    if get_origin(hint) is Annotated:
        return _bare(get_args(hint)[0])
    args = get_args(hint)
    if type(None) in args:
        return tuple(bare for arg in args if arg is not type(None) for bare in _bare(arg))
    return (hint,)


def _own_struct(hint: Any) -> type[msgspec.Struct] | None:
    return next((b for b in _bare(hint) if isinstance(b, type) and issubclass(b, msgspec.Struct)), None)


def _item_struct(hint: Any) -> type[msgspec.Struct] | None:
    return next((_own_struct(get_args(b)[0]) for b in _bare(hint) if get_origin(b) is tuple and get_args(b)), None)


def walk(node: msgspec.Struct) -> Iterator[msgspec.Struct]:
    """The node and every struct inside it, depth first, in field order."""
    yield node
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if isinstance(value, msgspec.Struct):
            yield from walk(value)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, msgspec.Struct):
                    yield from walk(item)


@cache
def leading_to(cls: type[msgspec.Struct], wanted: frozenset[type[msgspec.Struct]]) -> tuple[str, ...]:
    """The fields of a struct that hold, at any depth, a struct of one of the classes: a walk that looks for these alone
    needs no others."""
    held = ((fact.name, fact.items or fact.struct) for fact in facts(cls))
    return tuple(
        name
        for name, inner in held
        if inner is not None and (not wanted.isdisjoint(inner.__mro__) or leading_to(inner, wanted))
    )
