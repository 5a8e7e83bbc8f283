"""A part of a schema: some of its tables, and what goes with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from schema_bridge.dependencies import mentions
from schema_bridge.errors import OptionError
from schema_bridge.ir import MaterializedView, Name, Origin, Publication, Schema, Table, Type, View, walk
from schema_bridge.python_model.model import PythonModel
from schema_bridge.python_model.selection import named

replace = msgspec.structs.replace
_STANDING = (
    "enums", "domains", "composites", "ranges", "sequences", "functions", "aggregates", "views", "materialized_views",
    "event_triggers", "unmodelled",
)  # fmt: skip
_READING = ("views", "materialized_views", "unmodelled")
"""What cannot be made without the tables that it speaks of."""
_SAYS_NOTHING = frozenset({"name", "columns", "referenced_columns", "include", "column", "comment", "notes", "origin"})


class Part(NamedTuple):
    """`left_out` are the tables and views of the whole that are not in it."""

    schema: Schema
    left_out: tuple[Name, ...] = ()


def part(schema: Schema, tables: Collection[str], exclude: Collection[str]) -> Part:
    """The tables that `tables` names (all, where it is empty) but for those of `exclude`, with their partitions.

    What the tables left out need alone, or what speaks of them, is left out as well; a table left out that a foreign
    key leads to is one that is made elsewhere. OptionError for a name or glob of no table, and for an heir whose parent
    is left out.
    """
    if not tables and not exclude:
        return Part(schema)
    roots = {table.name: _root(table, schema) for table in schema.tables}
    whole = [table.name for table in schema.tables if table.partition is None]
    chosen = set(named(whole, tables) if tables else whole) - set(named(whole, exclude))
    kept = [table for table in schema.tables if roots[table.name] in chosen]
    gone = [table for table in schema.tables if roots[table.name] not in chosen]
    _refuse_orphans(kept, {table.name for table in gone})
    needs = _needs(schema, kept, gone)
    standing = {
        field: tuple(node for node in getattr(schema, field) if needs.stays(node, field in _READING))
        for field in _STANDING
    }
    nodes = [node for field in ("tables", *_STANDING) for node in getattr(schema, field)]
    left = {id(node) for node in nodes} - {id(n) for held in (kept, *standing.values()) for n in held}
    names = {node.name for node in nodes if id(node) in left and isinstance(getattr(node, "name", None), Name)}
    cut = replace(
        schema,
        tables=tuple(_without_notes(table, names) for table in kept),
        external_tables=_external(schema, kept, names),
        publications=tuple(_publications(schema, names)),
        statistics=tuple(node for node in schema.statistics if not _speaks_of(node, names)),
        privileges=tuple(node for node in schema.privileges if not _speaks_of(node, names)),
        **standing,
    )
    hidden = [*gone, *(n for f in ("views", "materialized_views") for n in getattr(schema, f) if id(n) in left)]
    return Part(cut, tuple(node.name for node in hidden))


def part_of(model: PythonModel, schema: Schema) -> PythonModel:
    """The names that were decided for the whole, of what is in a part."""
    tables = {table.name for table in schema.tables}
    enums = {enum.name for enum in schema.enums}
    classes = (
        replace(mapped, relationships=tuple(r for r in mapped.relationships if {r.target, r.owner} <= tables))
        for mapped in model.classes
        if mapped.table in tables
    )
    return replace(model, classes=tuple(classes), enums=tuple(enum for enum in model.enums if enum.enum in enums))


def _root(table: Table, schema: Schema) -> Name:
    known = {other.name: other for other in schema.tables} if table.partition is not None else {}
    while table.partition is not None and table.partition.parent in known:
        table = known[table.partition.parent]
    return table.name


def _refuse_orphans(kept: list[Table], gone: set[Name]) -> None:
    for table in kept:
        for parent in table.inherits:
            if parent in gone:
                raise OptionError(f"{table.name} inherits from {parent}, which is left out", key="tables")


class _Needs(NamedTuple):
    """What the tables that stay need, and the others, by identity; `gone` are the tables left out and the views that
    read them."""

    wanted: set[int]
    unwanted: set[int]
    kept: set[Name]
    gone: set[str]

    def stays(self, node: Any, reading: bool) -> bool:
        """Whether the tables that stay need it, or it has nothing to do with the others."""
        if owner := getattr(node, "owned_by", None):
            return owner.table in self.kept
        speaks = not self.gone.isdisjoint(_words(node))
        if speaks and reading:
            return False
        return id(node) in self.wanted or not (speaks or id(node) in self.unwanted)


def _needs(schema: Schema, kept: list[Table], gone: list[Table]) -> _Needs:
    names = {table.name.name for table in gone}
    views: list[View | MaterializedView] = [*schema.views, *schema.materialized_views]
    reading = {view.name.name: set(_words(view)) for view in views}
    while more := [name for name, words in reading.items() if name not in names and words & names]:
        names.update(more)
    return _Needs(_needed(schema, kept), _needed(schema, gone), {table.name for table in kept}, names)


def _needed(schema: Schema, tables: list[Table]) -> set[int]:
    """What tables need, and what that needs, by the names that stand in their texts."""
    nodes: list[Any] = [n for field in _STANDING for n in getattr(schema, field) if hasattr(n, "name")]
    words = {word for table in tables for word in _words(table)}
    found: set[int] = set()
    while more := [n for n in nodes if id(n) not in found and getattr(n.name, "name", n.name) in words]:
        found.update(map(id, more))
        words.update(word for node in more for word in _words(node))
    return found


def _words(node: msgspec.Struct) -> Iterator[str]:
    """All names that something mentions, but for those of columns and constraints."""
    for inner in walk(node):
        if isinstance(inner, Name | Type):
            yield inner.name
        elif not isinstance(inner, Origin):
            for field in inner.__struct_fields__:
                value = getattr(inner, field)
                for text in value if isinstance(value, tuple) else (value,):
                    if isinstance(text, str) and field not in _SAYS_NOTHING:
                        yield from (mention.name for mention in mentions(text))


def _speaks_of(node: msgspec.Struct, names: Collection[Name]) -> bool:
    return any(isinstance(inner, Name) and inner in names for inner in walk(node))


def _without_notes(table: Table, names: Collection[Name]) -> Table:
    """The table without the relations that lead to what is left out."""
    if table.notes is None:
        return table
    relations = tuple(relation for relation in table.notes.relations if relation.target not in names)
    return replace(table, notes=replace(table.notes, relations=relations))


def _external(schema: Schema, kept: list[Table], left: Collection[Name]) -> tuple[Table, ...]:
    """The tables that are made elsewhere: those left out that keys lead to, and those that were so before, as far as
    they matter to what stays."""
    referred = {key.table for table in kept for key in table.foreign_keys}
    found = [Table(name=table.name) for table in schema.tables if table.name in left and table.name in referred]
    for table in schema.external_tables:
        own = {
            field: tuple(node for node in getattr(table, field) if not _speaks_of(node, left))
            for field in ("policies", "triggers", "rules")
        }
        if table.name in referred or any(own.values()):
            found.append(replace(table, **own))
    return tuple(sorted(found, key=lambda table: table.key))


def _publications(schema: Schema, left: Collection[Name]) -> Iterable[Publication]:
    for publication in schema.publications:
        tables = tuple(table for table in publication.tables if not _speaks_of(table, left))
        if tables or not publication.tables:
            yield replace(publication, tables=tables)
