"""Sources brought to the same names, so that what was renamed is one difference and not many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from schema_bridge import default_names
from schema_bridge.comparison import Report, SourceInfo, numbered, renames, stated
from schema_bridge.comparison.generated import generated_names, renamed_not_nulls
from schema_bridge.comparison.renames import Rename
from schema_bridge.emit import sql
from schema_bridge.errors import SourceError
from schema_bridge.ir import Name, Schema, Table

Schemas = Mapping[str, Schema]


def compare(*schemas: Schema, sources: Sequence[SourceInfo] = (), exact_names: bool = False) -> Report:
    """Every fact in which the schemas differ, in meaning, not in spelling; a table or column that was renamed is one row.

    `sources` names them, in order; without it two are called `old` and `new`, more of them by number. Two names that
    tools gave to one constraint or index are no difference, unless `exact_names`.
    """
    infos = sources or numbered(len(schemas))
    by_name, renamed = aligned({info.name: schema for info, schema in zip(infos, schemas, strict=True)})
    return stated({info: by_name[info.name] for info in infos}, exact_names=exact_names, renamed=renamed)[0]


def aligned(schemas: Schemas) -> tuple[Schemas, tuple[Rename, ...]]:
    """The schemas with their renamed tables and columns under the names of the first source, and which those are."""
    found: tuple[Rename, ...] = ()
    for search in (renames.of_tables, renames.of_columns):
        changes = search(schemas)
        try:
            renamed = {source: _renamed(schema, source, changes) for source, schema in schemas.items()}
        except SourceError:
            continue  # what cannot be renamed by a statement is left as it is, and shown as missing here and there
        found += tuple(replace(change, generated=_generated(schemas, change)) for change in changes)
        schemas = renamed
    return schemas, found


def _generated(schemas: Schemas, change: Rename) -> frozenset[str]:
    """The names in the table that tools gave before the change."""
    names = {source: old if change.column is None else change.table.name for source, old in change.names.items()}
    return frozenset().union(
        *(generated_names(schemas[source].table(name, change.table.schema)) for source, name in names.items())
    )


def _renamed(schema: Schema, source: str, changes: Sequence[Rename]) -> Schema:
    mine = [(change, old) for change in changes for named, old in change.old_names() if named == source]
    if not mine:
        return schema
    from schema_bridge.readers.sql.onto import applied  # with the parser: few comparisons find a rename

    script = "".join(f"{statement};\n" for change, old in mine for statement in _statements(schema, change, old))
    new = applied(schema, script)
    before = {table.name: table for table in schema.tables}
    olds = {change.table: change.table if change.column else Name(change.table.schema, old) for change, old in mine}
    tables = (renamed_not_nulls(before[olds[t.name]], t) if t.name in olds else t for t in new.tables)
    return replace(new, tables=tuple(tables))


def _statements(schema: Schema, change: Rename, old: str) -> Iterator[str]:
    """What renames the table or column, and the sequences that are called after it."""
    if change.column is not None:
        table = schema.table(change.table.name, change.table.schema)
        yield f"ALTER TABLE {_name(change.table)} RENAME COLUMN {sql.ident(old)} TO {sql.ident(change.column)}"
        yield from _of_sequences(schema, table, {old: (table.name.name, change.column)})
        return
    table = schema.table(old, change.table.schema)
    yield f"ALTER TABLE {_name(table.name)} RENAME TO {sql.ident(change.table.name)}"
    yield from _of_sequences(schema, table, {c.name: (change.table.name, c.name) for c in table.columns})


def _of_sequences(schema: Schema, table: Table, columns: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Those with the default name; `columns` are their new tables and columns by old column."""
    owned = {s.owned_by.column: s.name for s in schema.sequences if s.owned_by and s.owned_by.table == table.name}
    owned |= {column.name: column.identity.sequence for column in table.columns if column.identity is not None}
    for column, new in columns.items():
        name = owned.get(column)
        if name is not None and name.name == default_names.sequence(table.name.name, column):
            yield f"ALTER SEQUENCE {_name(name)} RENAME TO {sql.ident(default_names.sequence(*new))}"


def _name(name: Name) -> str:
    return sql.name(name, public=True)
