"""What can only be said at the end: keys to tables that came later or never, types that nothing makes."""

from __future__ import annotations

import msgspec

from schema_bridge.errors import SourceMeaning
from schema_bridge.ir import Column, ForeignKey, Table
from schema_bridge.readers.sql import partition_forms
from schema_bridge.readers.sql.constraints import primary_columns
from schema_bridge.readers.sql.context import Context

replace = msgspec.structs.replace

EXTENSIONS = {
    "citext": "citext",
    "hstore": "hstore",
    "ltree": "ltree",
    "lquery": "ltree",
    "cube": "cube",
    "vector": "vector",
    "halfvec": "vector",
    "sparsevec": "vector",
    "geometry": "postgis",
    "geography": "postgis",
    "isbn": "isn",
    "ean13": "isn",
    "semver": "semver",
}
"""The extension that brings a type people often use."""


def finish(context: Context) -> None:
    """Fill what waits for the end, in place."""
    partition_forms.settle(context.state)
    _settle_references(context)
    _settle_publications(context)
    _settle_types(context)
    state = context.state
    for name in [name for name in state.tables if name.schema == "pg_temp"]:
        del state.tables[name]
        context.skipped["CREATE TEMPORARY TABLE"] += 1


def _settle_references(context: Context) -> None:
    """Keys without columns get the primary key's; tables that nobody makes become external ones."""
    state = context.state
    for table in list(state.tables.values()):
        keys: list[ForeignKey] = []
        for key in table.foreign_keys:
            other = state.tables.get(key.table) or context.lender.tables.get(key.table)
            if other is None:
                _external_columns(context, table, key)
            elif not key.referenced_columns:
                key = replace(key, referenced_columns=primary_columns(other))
            keys.append(key)
        if any(new is not old for new, old in zip(keys, table.foreign_keys, strict=True)):
            state.tables[table.name] = replace(table, foreign_keys=tuple(keys))


def _external_columns(context: Context, table: Table, key: ForeignKey) -> None:
    """An external table has the columns that keys refer to, of the types of the columns that refer."""
    name = key.table
    external = context.state.external_tables.get(name)
    if external is None:
        external = Table(name=name, origin=key.origin)
    known = {column.name for column in external.columns}
    types = {column.name: column.type for column in table.columns}
    pairs = zip(key.columns, key.referenced_columns, strict=False)
    new = [Column(name=theirs, type=types[ours]) for ours, theirs in pairs if theirs not in known]
    context.state.external_tables[name] = replace(external, columns=(*external.columns, *new))


def _settle_publications(context: Context) -> None:
    """ONLY says nothing of a table without heirs."""
    state = context.state
    for publication in list(state.publications.values()):
        tables = tuple(replace(t, only=t.only and bool(state.children.get(t.table))) for t in publication.tables)
        state.publications[publication.name] = replace(publication, tables=tables)


def _settle_types(context: Context) -> None:
    """SourceMeaning for a type that is not built in, not made here, and that no declared extension can bring."""
    state = context.state
    if state.extensions or any(statement.opaque for statement in state.unmodelled):
        return
    for name, (origin, excerpt) in sorted(context.unknown_types.items(), key=lambda item: item[1][0]):
        likely = EXTENSIONS.get(name)
        hint = f"It comes with the extension {likely}: CREATE EXTENSION {likely};" if likely else None
        raise SourceMeaning(
            f"type {name} is not known: it is not built in, and nothing here makes it",
            origin=origin,
            excerpt=excerpt,
            hint=hint,
        )
