"""What stands beside tables: views, types, routines, sequences, privileges, and statements that nothing else holds."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from schema_bridge.ir.base import (
    Body,
    ColumnRef,
    Expression,
    Name,
    Node,
    NotesOfColumn,
    NotesOfObject,
    Option,
    Query,
    Statement,
    Struct,
    Type,
)
from schema_bridge.ir.tables import Check, Index, IndexPart, NotNull, Rule, SequenceOptions, Trigger

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
