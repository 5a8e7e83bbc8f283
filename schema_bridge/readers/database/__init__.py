"""A live PostgreSQL -> Schema: what the catalog queries tell, read in one transaction that changes nothing."""

from __future__ import annotations

from collections.abc import Mapping

from schema_bridge.registry import Reading, Source
from schema_bridge.servers import address

_NO_TYPESCRIPT = "A database does not know the names and modes of a TypeScript schema."

SILENT: Mapping[str, str] = {
    "Column.notes": _NO_TYPESCRIPT,
    "ViewColumn.notes": _NO_TYPESCRIPT,
    "Table.notes": _NO_TYPESCRIPT,
    "View.notes": _NO_TYPESCRIPT,
    "MaterializedView.notes": _NO_TYPESCRIPT,
    "Enum.notes": _NO_TYPESCRIPT,
    "Role": "Roles are the cluster's: no database makes them.",
    "Extension.version": "It is the server's more than the schema's; pg_dump leaves it out too.",
    "PublishedTable.only": "The server keeps the tables that are published, not how they were named.",
}


def recognises(source: Source) -> bool:
    """A URL that begins with postgresql:// or postgres://."""
    return address.is_url(source.name)


def read(source: Source) -> Reading:
    """The schema of the database at that URL: all namespaces but the system's, without what extensions brought.

    ServerError where it cannot be reached or refuses; its message never holds the password.
    """
    from schema_bridge.readers.database import connection, schema  # psycopg is an extra, and slow to load

    return schema.build(connection.describe(source.name), address.shown(source.name))
