"""The entries of a PostgreSQL snapshot of version 7, as drizzle-kit has them; older and newer ones are brought to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import UNSET, Struct, field

from schema_bridge.readers.drizzle.document import Document


class Entry(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A dump says of each entry where it stands (`schema.ts:12`), and under which name it is exported."""

    at: str | None = None
    export: str | None = None


class SequenceEntry(Entry, frozen=True):
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


class GeneratedEntry(Entry, frozen=True):
    expression: str = field(name="as")
    type: Literal["stored"] = "stored"


class ColumnEntry(Entry, frozen=True):
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


class PartEntry(Entry, frozen=True):
    expression: str
    is_expression: bool = False
    asc: bool = True
    nulls: Literal["first", "last"] | None = None
    opclass: str | None = None


class IndexEntry(Entry, frozen=True):
    name: str
    columns: tuple[PartEntry, ...]
    is_unique: bool = False
    where: str | None = None
    concurrently: bool = False
    method: str = "btree"
    options: dict[str, Any] = field(name="with", default_factory=dict)


class ForeignKeyEntry(Entry, frozen=True):
    """In a dump of drizzle-orm 1.0 one that nobody has named has no name."""

    table_from: str
    table_to: str
    columns_from: tuple[str, ...]
    columns_to: tuple[str, ...]
    name: str | None = None
    schema_to: str | None = None
    on_delete: str | None = None
    on_update: str | None = None


class PrimaryKeyEntry(Entry, frozen=True):
    columns: tuple[str, ...]
    name: str | None = None


class UniqueEntry(Entry, frozen=True):
    columns: tuple[str, ...]
    name: str | None = None
    nulls_not_distinct: bool = False


class CheckEntry(Entry, frozen=True):
    name: str
    value: str


class PolicyEntry(Entry, frozen=True):
    name: str
    permissive: str | None = field(name="as", default=None)
    command: str | None = field(name="for", default=None)
    to: tuple[str, ...] = ("public",)
    using: str | None = None
    with_check: str | None = None
    on: str | None = None
    schema: str | None = None


class TableEntry(Entry, frozen=True):
    name: str
    columns: Mapping[str, ColumnEntry]
    schema: str | None = None
    indexes: dict[str, IndexEntry] = {}
    foreign_keys: dict[str, ForeignKeyEntry] = {}
    composite_primary_keys: dict[str, PrimaryKeyEntry] = {}
    unique_constraints: dict[str, UniqueEntry] = {}
    policies: dict[str, PolicyEntry] = {}
    check_constraints: dict[str, CheckEntry] = {}
    row_security: bool = field(name="isRLSEnabled", default=False)


class EnumEntry(Entry, frozen=True):
    name: str
    values: tuple[str, ...]
    schema: str = "public"


class RoleEntry(Entry, frozen=True):
    """What stands after `existing` came with version 8 (drizzle-orm 1.0)."""

    name: str
    create_db: bool | None = None
    create_role: bool | None = None
    inherit: bool | None = None
    existing: bool = False
    superuser: bool | None = None
    can_login: bool | None = None
    replication: bool | None = None
    bypass_rls: bool | None = None
    conn_limit: int | None = None
    password: str | None = None
    valid_until: str | None = None


class SchemaEntry(Entry, frozen=True):
    name: str


class ViewEntry(Entry, frozen=True):
    name: str
    schema: str = "public"
    columns: Mapping[str, ColumnEntry] = {}
    definition: str | None = None
    materialized: bool = False
    is_existing: bool = False
    options: dict[str, Any] = field(name="with", default_factory=dict)
    with_no_data: bool = False
    using: str | None = None
    tablespace: str | None = None


class Entries(Entry, frozen=True, kw_only=True):
    """All that a schema states, by the keys that drizzle-kit gives."""

    tables: Mapping[str, TableEntry]
    enums: dict[str, EnumEntry] = {}
    schemas: dict[str, SchemaEntry] = {}
    sequences: dict[str, SequenceEntry] = {}
    roles: dict[str, RoleEntry] = {}
    policies: dict[str, PolicyEntry] = {}
    views: Mapping[str, ViewEntry] = {}


class Snapshot(Entries, frozen=True, kw_only=True):
    """The whole file. `_meta` and `internal` are drizzle-kit's notes to itself (renames, how `pull` saw arrays)."""

    version: str
    dialect: str
    id: str = ""
    prev_id: str = ""
    meta: Any = field(name="_meta", default=None)
    internal: Any = None


E = TypeVar("E", bound=Entries)


def decode(document: Document, value: Any, cls: type[E]) -> E:
    """The file's value as entries; SourceMeaning at the line of the entry that is not as drizzle-kit writes it."""
    try:
        return msgspec.convert(value, cls)
    except msgspec.ValidationError as error:
        _blame(document, value, cls, ())
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
