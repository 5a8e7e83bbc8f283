"""What every value of the IR is made of: names, types, origins, how a fact is compared, and notes."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

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


class Name(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True, gc=False, cache_hash=True):
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


class Type(Struct, frozen=True, kw_only=True, cache_hash=True):
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
