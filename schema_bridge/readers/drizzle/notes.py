"""What a dump states and a database does not know: the names of TypeScript, modes, relations; kept as notes."""

from __future__ import annotations

from msgspec.structs import replace

from schema_bridge.default_names import cut
from schema_bridge.ir import (
    Column,
    ColumnNotes,
    Enum,
    MaterializedView,
    Name,
    ObjectNotes,
    RelationNote,
    Schema,
    Table,
    View,
    ViewColumn,
)
from schema_bridge.readers.drizzle.document import Document
from schema_bridge.readers.drizzle.dump_entries import Dump, DumpColumn, DumpRelation, DumpTable, DumpView
from schema_bridge.readers.drizzle.tables import Tables, made


def with_notes(schema: Schema, dump: Dump, document: Document) -> Schema:
    """The schema of a dump with its notes, and its views with the columns that drizzle-orm knows of them."""
    notes = _Notes(dump, document)
    return replace(
        schema,
        enums=tuple(map(notes.enum, schema.enums)),
        tables=tuple(map(notes.table, schema.tables)),
        views=tuple(map(notes.view, schema.views)),
        materialized_views=tuple(map(notes.materialized_view, schema.materialized_views)),
    )


class _Notes:
    def __init__(self, dump: Dump, document: Document) -> None:
        self.dump = dump
        self.types = Tables(document, dump)
        self.enums = {made(entry.schema, entry.name): entry for entry in dump.enums.values()}
        self.tables = {made(entry.schema, entry.name): entry for entry in dump.tables.values()}
        self.views = {made(entry.schema, entry.name): (key, entry) for key, entry in dump.views.items()}

    def enum(self, node: Enum) -> Enum:
        return replace(node, notes=ObjectNotes(export=self.enums[node.name].export))

    def table(self, node: Table) -> Table:
        entry = self.tables[node.name]
        columns = {cut(part.name): part for part in entry.columns.values()}
        return replace(
            node,
            columns=tuple(_noted(column, columns[column.name]) for column in node.columns),
            notes=ObjectNotes(
                export=entry.export, type_exports=entry.types, relations=tuple(map(self.relation, entry.relations))
            ),
        )

    def relation(self, entry: DumpRelation) -> RelationNote:
        return RelationNote(
            property=entry.property,
            target=self.target(entry.target),
            many=entry.many,
            columns=tuple(map(cut, entry.columns)),
            referenced_columns=tuple(map(cut, entry.references)),
            relation_name=entry.relation_name,
        )

    def target(self, key: str) -> Name:
        known: DumpTable | None = self.dump.tables.get(key)
        return made(known.schema, known.name) if known else made(*key.split(".", 1))

    def view(self, node: View) -> View:
        return replace(node, columns=self.columns(node.name), notes=self.of_view(node.name))

    def materialized_view(self, node: MaterializedView) -> MaterializedView:
        return replace(node, columns=self.columns(node.name), notes=self.of_view(node.name))

    def of_view(self, name: Name) -> ObjectNotes:
        entry: DumpView = self.views[name][1]
        return ObjectNotes(export=entry.export, type_exports=entry.types)

    def columns(self, view: Name) -> tuple[ViewColumn, ...]:
        key, entry = self.views[view]
        return tuple(
            ViewColumn(
                name=cut(part.name),
                type=self.types.type(part, "views", key, "columns", word),
                notes=_notes(part),
                origin=self.types.document.origin("views", key, "columns", word),
            )
            for word, part in entry.columns.items()
        )


def _noted(column: Column, entry: DumpColumn) -> Column:
    return replace(column, notes=_notes(entry))


def _notes(entry: DumpColumn) -> ColumnNotes:
    return ColumnNotes(
        property=entry.property,
        mode=entry.mode,
        enum=entry.values,
        client_default=entry.client_default,
        on_update=entry.on_update,
        typescript_type=entry.typescript_type,
    )
