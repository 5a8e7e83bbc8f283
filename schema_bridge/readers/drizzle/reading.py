"""The entries of a snapshot or a dump become a schema.

What drizzle-kit leaves out or spoils is put right where there is one right answer, warned of where something is
missing, and an error where a value is lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from schema_bridge.default_names import cut
from schema_bridge.emit.sql import literal
from schema_bridge.ir import Enum, MaterializedView, Name, Namespace, Option, Role, Schema, Sequence, Table, View
from schema_bridge.readers.drizzle import snapshot, texts
from schema_bridge.readers.drizzle.document import Document
from schema_bridge.readers.drizzle.indexes import options
from schema_bridge.readers.drizzle.snapshot import Entries, RoleEntry, Snapshot, ViewEntry
from schema_bridge.readers.drizzle.tables import Tables, made, ordered, policy, sequence_options


def schema_of(document: Document, entry: Entries) -> Schema:
    """The schema that the entries state; SourceMeaning at the entry that contradicts itself."""
    reader = Tables(document, entry)
    pairs = [reader.table(key, part) for key, part in entry.tables.items()]
    tables = ordered(table for table, _ in pairs)
    schema = Schema(
        namespaces=ordered(
            Namespace(name=cut(part.name), origin=document.origin("schemas", key))
            for key, part in entry.schemas.items()
            if part.name != "public"
        ),
        roles=ordered(_roles(document, entry)),
        enums=ordered(
            Enum(name=made(part.schema, part.name), labels=part.values, origin=document.origin("enums", key))
            for key, part in entry.enums.items()
        ),
        sequences=ordered([*_sequences(document, entry), *(made for _, found in pairs for made in found)]),
        tables=tables,
        external_tables=_external_tables(document, entry, tables),
        views=ordered(_view(document, key, part) for key, part in _views(entry, materialized=False)),
        materialized_views=ordered(
            _materialized_view(document, key, part) for key, part in _views(entry, materialized=True)
        ),
    )
    _warn_of_extensions(document, schema, entry)
    return schema


def _roles(document: Document, entry: Entries) -> list[Role]:
    """The roles that the schema makes; like in SQL, a password is never kept."""
    return [
        Role(name=cut(part.name), options=tuple(sorted(_role_options(part))), origin=document.origin("roles", key))
        for key, part in entry.roles.items()
        if not part.existing
    ]


def _role_options(entry: RoleEntry) -> Iterator[str]:
    """The words of CREATE ROLE that say more than its defaults (reference, CREATE ROLE)."""
    flags = {
        "createdb": entry.create_db,
        "createrole": entry.create_role,
        "superuser": entry.superuser,
        "login": entry.can_login,
        "replication": entry.replication,
        "bypassrls": entry.bypass_rls,
        "noinherit": entry.inherit is False,
    }
    yield from (word for word, stated in flags.items() if stated)
    if entry.conn_limit not in (None, -1):
        yield f"connection limit {entry.conn_limit}"
    if entry.valid_until is not None:
        yield f"valid until {literal(entry.valid_until)}"


def _sequences(document: Document, entry: Entries) -> list[Sequence]:
    return [
        Sequence(
            name=made(part.schema, part.name),
            options=sequence_options(document, part, "bigint", "sequences", key),
            origin=document.origin("sequences", key),
        )
        for key, part in entry.sequences.items()
    ]


def _external_tables(document: Document, entry: Entries, tables: tuple[Table, ...]) -> tuple[Table, ...]:
    """Tables that this schema refers to, or puts policies on, and does not make."""
    own = {table.name for table in tables}
    found = {
        key.table: Table(name=key.table, origin=key.origin)
        for table in tables
        for key in table.foreign_keys
        if key.table not in own
    }
    for word, part in entry.policies.items():
        name = _target(document, part, "policies", word)
        table = found.get(name, Table(name=name, origin=document.origin("policies", word)))
        policies = (*table.policies, policy(document, part, name, "policies", word))
        found[name] = Table(name=name, policies=ordered(policies), origin=table.origin)
    return ordered(found.values())


def _target(document: Document, entry: snapshot.PolicyEntry, *keys: str) -> Name:
    """The table of a linked policy: `on` is `"schema"."table"`, written without doubling the quotes inside."""
    frame = f'"{entry.schema or "public"}"."'
    if entry.on is None or not (entry.on.startswith(frame) and entry.on.endswith('"')):
        document.fail("this policy does not say which table it is for", *keys)
    return made(entry.schema, entry.on[len(frame) : -1])


# Views


def _views(entry: Entries, *, materialized: bool) -> list[tuple[str, ViewEntry]]:
    """The views of one kind that this schema makes; an existing one is somebody else's."""
    return [(k, v) for k, v in entry.views.items() if v.materialized == materialized and not v.is_existing]


def _view(document: Document, key: str, entry: ViewEntry) -> View:
    stated = {_snake_case(name): value for name, value in entry.options.items() if value is not None}
    return View(
        name=made(entry.schema, entry.name),
        query=_query(document, key, entry),
        check_option=stated.pop("check_option", None),
        options=options(stated),
        origin=document.origin("views", key),
    )


def _materialized_view(document: Document, key: str, entry: ViewEntry) -> MaterializedView:
    stated = {_snake_case(name): value for name, value in entry.options.items() if value is not None}
    found: tuple[Option, ...] = options(stated)
    return MaterializedView(
        name=made(entry.schema, entry.name),
        query=_query(document, key, entry),
        with_data=not entry.with_no_data,
        access_method=entry.using,
        tablespace=entry.tablespace,
        options=found,
        origin=document.origin("views", key),
    )


def _query(document: Document, key: str, entry: ViewEntry) -> str:
    if entry.definition is None:
        document.fail(f"view {entry.name} has no query", "views", key)
    return texts.query(document, entry.definition, "views", key, "definition")


def _snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


# What a snapshot leaves out


def _warn_of_extensions(document: Document, schema: Schema, entry: Entries) -> None:
    """Say once for each type that nothing in the schema makes: it cannot state extensions."""
    seen: set[str] = set()
    for table in schema.tables:
        for column in table.columns:
            type = column.type
            if type.schema or type.name in seen:
                continue
            seen.add(type.name)
            keys = ("tables", f"{table.name.schema}.{table.name.name}", "columns", column.name)
            document.warn(f"type {type.name} is not built in, and Drizzle names no extension that makes it", *keys)
            if type.name == "geometry" and len(type.modifiers) == 1 and isinstance(entry, Snapshot):
                document.warn("drizzle-kit leaves the SRID of geometry columns out", *keys)
