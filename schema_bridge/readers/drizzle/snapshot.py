"""What drizzle-kit writes into a PostgreSQL snapshot of version 7, as its own schema of it has it."""

from __future__ import annotations

from typing import Any, Literal, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import UNSET, Struct, field

from schema_bridge.readers.drizzle.document import Document

T = TypeVar("T", bound=Struct)


class _Entry(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    pass


class SequenceEntry(_Entry, frozen=True):
    name: str
    schema: str = "public"
    increment: str | None = None
    min_value: str | None = None
    max_value: str | None = None
    start_with: str | None = None
    cache: str | None = None
    cycle: bool = False


class IdentityEntry(SequenceEntry, frozen=True, kw_only=True):
    type: Literal["always", "byDefault"]


class GeneratedEntry(_Entry, frozen=True):
    expression: str = field(name="as")
    type: Literal["stored"] = "stored"


class ColumnEntry(_Entry, frozen=True):
    name: str
    type: str
    type_schema: str | None = None
    primary_key: bool = False
    not_null: bool = False
    default: Any = UNSET
    generated: GeneratedEntry | None = None
    identity: IdentityEntry | None = None
    is_unique: bool = False
    unique_name: str | None = None
    nulls_not_distinct: bool = False


class PartEntry(_Entry, frozen=True):
    expression: str
    is_expression: bool = False
    asc: bool = True
    nulls: Literal["first", "last"] | None = None
    opclass: str | None = None


class IndexEntry(_Entry, frozen=True):
    name: str
    columns: tuple[PartEntry, ...]
    is_unique: bool = False
    where: str | None = None
    concurrently: bool = False
    method: str = "btree"
    options: dict[str, Any] = field(name="with", default_factory=dict)


class ForeignKeyEntry(_Entry, frozen=True):
    name: str
    table_from: str
    table_to: str
    columns_from: tuple[str, ...]
    columns_to: tuple[str, ...]
    schema_to: str | None = None
    on_delete: str | None = None
    on_update: str | None = None


class PrimaryKeyEntry(_Entry, frozen=True):
    columns: tuple[str, ...]
    name: str | None = None


class UniqueEntry(_Entry, frozen=True):
    columns: tuple[str, ...]
    name: str | None = None
    nulls_not_distinct: bool = False


class CheckEntry(_Entry, frozen=True):
    name: str
    value: str


class PolicyEntry(_Entry, frozen=True):
    name: str
    permissive: str | None = field(name="as", default=None)
    command: str | None = field(name="for", default=None)
    to: tuple[str, ...] = ("public",)
    using: str | None = None
    with_check: str | None = None
    on: str | None = None
    schema: str | None = None


class TableEntry(_Entry, frozen=True):
    name: str
    columns: dict[str, ColumnEntry]
    schema: str | None = None
    indexes: dict[str, IndexEntry] = {}
    foreign_keys: dict[str, ForeignKeyEntry] = {}
    composite_primary_keys: dict[str, PrimaryKeyEntry] = {}
    unique_constraints: dict[str, UniqueEntry] = {}
    policies: dict[str, PolicyEntry] = {}
    check_constraints: dict[str, CheckEntry] = {}
    row_security: bool = field(name="isRLSEnabled", default=False)


class EnumEntry(_Entry, frozen=True):
    name: str
    values: tuple[str, ...]
    schema: str = "public"


class RoleEntry(_Entry, frozen=True):
    name: str
    create_db: bool = False
    create_role: bool = False
    inherit: bool = True


class ViewEntry(_Entry, frozen=True):
    name: str
    schema: str = "public"
    columns: dict[str, ColumnEntry] = {}
    definition: str | None = None
    materialized: bool = False
    is_existing: bool = False
    options: dict[str, Any] = field(name="with", default_factory=dict)
    with_no_data: bool = False
    using: str | None = None
    tablespace: str | None = None


class Snapshot(_Entry, frozen=True):
    """The whole file. `_meta` and `internal` are drizzle-kit's notes to itself (renames, how `pull` saw arrays)."""

    version: str
    dialect: str
    tables: dict[str, TableEntry]
    id: str = ""
    prev_id: str = ""
    enums: dict[str, EnumEntry] = {}
    schemas: dict[str, str] = {}
    sequences: dict[str, SequenceEntry] = {}
    roles: dict[str, RoleEntry] = {}
    policies: dict[str, PolicyEntry] = {}
    views: dict[str, ViewEntry] = {}
    meta: Any = field(name="_meta", default=None)
    internal: Any = None


def decode(document: Document, value: Any) -> Snapshot:
    """The file's value as a snapshot; SourceMeaning at the line of the entry that is not as drizzle-kit writes it."""
    try:
        return msgspec.convert(value, Snapshot)
    except msgspec.ValidationError as error:
        _blame(document, value, Snapshot, ())
        document.fail(_message(error))


def _blame(document: Document, value: Any, cls: type[Struct], keys: tuple[str, ...]) -> None:
    """Fail at the innermost entry that is wrong in itself."""
    hints = get_type_hints(cls)
    for part in msgspec.structs.fields(cls):
        arguments = get_args(hints[part.name])
        inner = arguments[-1] if arguments else None
        entries = value.get(part.encode_name) if isinstance(value, dict) else None
        if isinstance(inner, type) and issubclass(inner, Struct) and isinstance(entries, dict):
            for key, entry in entries.items():
                _blame(document, entry, inner, (*keys, part.encode_name, key))
    try:
        msgspec.convert(value, cls)
    except msgspec.ValidationError as error:
        document.fail(_message(error), *keys)


def _message(error: msgspec.ValidationError) -> str:
    what, _, where = str(error).partition(" - at `$.")
    place = f" in {where.rstrip('`')}" if where else ""
    return f"this is not a snapshot as drizzle-kit writes it: {what[0].lower()}{what[1:]}{place}"
