"""The decided names as frozen values."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import msgspec

from schema_bridge.ir import Name
from schema_bridge.words import ACRONYMS


class NamingOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The section `naming`, which all writers of Python share.

    Keys are as people write them: `users` or `app.users` for a class; `users.metadata`, `app.users.metadata`, or
    `metadata` (of any table) for an attribute. `renamed` leads from a column's former name (`photos.file_path`) to
    the one it has now; `relationship_names` from the name that a relationship would have (`posts.user`). `acronyms`
    are added to those we know.
    """

    class_names: dict[str, str] = {}
    attribute_names: dict[str, str] = {}
    renamed: dict[str, str] = {}
    relationship_names: dict[str, str] = {}
    acronyms: tuple[str, ...] = ()
    singular: bool = True

    @property
    def all_acronyms(self) -> tuple[str, ...]:
        return (*ACRONYMS, *self.acronyms)


class Relationship(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One side of a relation between two classes.

    `kind` is seen from the class it stands on. `foreign_key` is the constraint's name on `owner`; both are given for
    many-to-many as well (the constraint of the join table that points to this side). `ambiguous`: the two classes
    are joined by more than one way, so the foreign keys must be named.
    """

    name: str
    target: Name
    kind: Literal["many-to-one", "one-to-many", "one-to-one", "many-to-many"]
    back_populates: str
    owner: Name
    foreign_key: str
    other_key: str | None = None
    """Many-to-many: the constraint of the join table that points to the other side."""
    holds_key: bool = False
    """The foreign key's columns are on this class."""
    ambiguous: bool = False
    self_reference: bool = False
    optional: bool = False
    """Holds the key, and a column of it may be null."""
    on_delete: Literal["no action", "restrict", "cascade", "set null", "set default"] = "no action"
    post_update: bool = False
    """Part of a cycle of keys: rows that point at each other need an UPDATE of their own."""
    overlaps: tuple[str, ...] = ()
    """Other relationships that write the same column, in SQLAlchemy's sense of `overlaps`."""


class MappedClass(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A table's class. `mapped` is false where there is no primary key, so that an ORM cannot map it."""

    table: Name
    name: str
    module: str
    columns: tuple[str, ...]
    attributes: tuple[str, ...]
    mapped: bool = True
    relationships: tuple[Relationship, ...] = ()
    former: tuple[tuple[str, str], ...] = ()
    """Names that columns had before, each with the attribute of the column."""

    @cached_property
    def _attribute_of(self) -> dict[str, str]:
        return dict(zip(self.columns, self.attributes, strict=True))

    def attribute(self, column: str) -> str:
        """The attribute of a column; KeyError if the table has none of that name."""
        return self._attribute_of[column]


class EnumClass(msgspec.Struct, frozen=True, kw_only=True):
    enum: Name
    name: str
    module: str
    members: tuple[tuple[str, str], ...]


class PythonModel(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All decided names of a schema, in the order of its tables and enums."""

    classes: tuple[MappedClass, ...]
    enums: tuple[EnumClass, ...]

    @cached_property
    def _by_table(self) -> dict[Name, MappedClass]:
        return {mapped.table: mapped for mapped in self.classes}

    @cached_property
    def _by_enum(self) -> dict[Name, EnumClass]:
        return {enum.enum: enum for enum in self.enums}

    def of_table(self, name: Name) -> MappedClass | None:
        """The class of a table; None for a partition and for a table that this schema does not make."""
        return self._by_table.get(name)

    def of_enum(self, name: Name) -> EnumClass | None:
        """The class of an enum type; None for a type that is no enum of this schema."""
        return self._by_enum.get(name)
