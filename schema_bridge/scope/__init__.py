"""What of a database is compared with a source that states a part of it.

That is: the schemas in which the source creates objects, and the triggers and policies that it puts on tables of others;
of owners, grants, extensions and publications those that it mentions. A statement that is not modelled cannot be
compared: it is counted, and so is what bears a name that it may have made.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec

from schema_bridge.ir import Extension, MaterializedView, Name, Namespace, Node, Publication, Schema, Table, View, facts
from schema_bridge.scope import privileges

replace = msgspec.structs.replace
N = TypeVar("N", bound=Node)

_identifiers = re.compile(r"[^\W\d]\w*").findall
_STANDING = tuple(
    fact.name
    for fact in facts(Schema)
    if fact.items is not None
    and fact.name != "external_tables"
    and any(own.name == "name" and own.struct is Name for own in facts(fact.items))
)
"""The lists of objects that live in namespaces."""


class Scoped(NamedTuple):
    """The two schemas cut down to what can be compared, and how many things cannot be, by the name of their class."""

    database: Schema
    source: Schema
    left_out: Mapping[str, int]


def scoped(database: Schema, source: Schema, server: int) -> Scoped:
    """What of a whole database is compared with the source, and what of the source with the database.

    `server` is the major version that the database runs on.
    """
    source = privileges.known_to(source, server)
    covered = {node.name.schema for kind in _STANDING for node in getattr(source, kind)}
    covered |= {namespace.name for namespace in source.namespaces}
    left_out = Counter(type(statement).__name__ for statement in source.unmodelled)
    standing = _standing(database, source, covered, left_out)
    triggers = {trigger.name for trigger in database.event_triggers if trigger.function.schema in covered}
    held = privileges.scoped(database, source, left_out)
    defaults = privileges.defaults(database, source)
    cut = Schema(
        dialect=database.dialect,
        external_tables=tuple(_external(database, source)),
        namespaces=tuple(_namespaces(database, source)),
        extensions=tuple(_extensions(database, source, covered)),
        publications=tuple(_publications(database, source)),
        event_triggers=_mentioned(database.event_triggers, source.event_triggers, triggers),
        privileges=held.database,
        default_privileges=defaults.database,
        roles=database.roles,
        **standing,
    )
    stated = replace(source, privileges=held.source, default_privileges=defaults.source, unmodelled=())
    return Scoped(cut, stated, left_out)


def _standing(database: Schema, source: Schema, covered: set[str], left_out: Counter[str]) -> dict[str, Any]:
    """The objects of the covered namespaces that the source, or nothing it knows of, has made."""
    strangers = {table.name for table in source.external_tables}
    explained = _explained(source)
    kept: dict[str, Any] = {}
    for kind in _STANDING:
        stated = {node.key: node for node in getattr(source, kind)}
        found = []
        for node in getattr(database, kind):
            if node.name.schema not in covered or node.name in strangers:
                continue
            if node.key not in stated and node.name.name in explained:
                left_out[type(node).__name__] += 1
            else:
                found.append(_as_stated(node, stated.get(node.key)))
        kept[kind] = tuple(found)
    return kept


def _explained(source: Schema) -> set[str]:
    """The names that those statements of the source may have made which are not modelled."""
    found = {name.name for statement in source.unmodelled for name in statement.creates}
    return found.union(*(_identifiers(statement.sql) for statement in source.unmodelled if statement.opaque))


def _as_stated(node: N, stated: Node | None) -> N:
    """A view without the columns, and the types of columns, that go without saying where the source states none; a
    table of a type, whose columns may be stated or come with the type, as the source has it."""
    if isinstance(node, Table) and isinstance(stated, Table) and node.of_type is not None:
        known = {column.name: column.inherited for column in stated.columns}
        return replace(node, columns=tuple(replace(c, inherited=known.get(c.name, True)) for c in node.columns))
    if not isinstance(node, View | MaterializedView) or not isinstance(stated, View | MaterializedView):
        return node
    if any(column.type is not None for column in stated.columns):
        return node
    columns = (replace(c, type=None) for c in node.columns if c.default is not None or c.comment is not None)
    return replace(node, columns=tuple(columns))


_PUBLIC = Namespace(name="public", comment="standard public schema")
"""What every new database has."""


def _namespaces(database: Schema, source: Schema) -> Iterator[Namespace]:
    """Those that the source states; `public` too, of which a database says nothing where it is as it came."""
    yield from _mentioned(database.namespaces, source.namespaces)
    stated = next((node for node in source.namespaces if node.name == "public"), None)
    if stated is not None and all(node.name != "public" for node in database.namespaces):
        yield _PUBLIC if stated.comment is not None else replace(_PUBLIC, comment=None)


def _extensions(database: Schema, source: Schema, covered: Collection[str]) -> Iterator[Extension]:
    """Those that the source mentions, with what it states of them, and others in the covered namespaces.

    An extension comes with a comment, and goes where the search path says, unless the source says otherwise.
    """
    stated = {extension.name: extension for extension in source.extensions}
    for found in database.extensions:
        mine = stated.get(found.name)
        if mine is not None:
            unsaid = {fact: None for fact in ("schema", "comment") if getattr(mine, fact) is None}
            yield replace(found, **unsaid)
        elif found.schema in covered:
            yield found


def _publications(database: Schema, source: Schema) -> Iterator[Publication]:
    """Those that the source mentions, without the tables that came along with one that they inherit from."""
    parents = {table.name: table.inherits for table in database.tables}
    stated = {publication.name: {p.table for p in publication.tables} for publication in source.publications}
    for found in _mentioned(database.publications, source.publications):
        named = stated[found.name]

        def came_along(table: Name, named: Collection[Name] = named) -> bool:
            return any(parent in named or came_along(parent, named) for parent in parents.get(table, ()))

        yield replace(found, tables=tuple(p for p in found.tables if p.table in named or not came_along(p.table)))


def _mentioned(nodes: Iterable[N], stated: Iterable[Node], more: Collection[Any] = ()) -> tuple[N, ...]:
    names = {node.key for node in stated}
    return tuple(node for node in nodes if node.key in names or node.key[0] in more)


def _external(database: Schema, source: Schema) -> Iterator[Table]:
    """What the source says of tables that it does not make, as the database has it."""
    tables = {table.name: table for table in database.tables}
    for stated in source.external_tables:
        found = tables.get(stated.name)
        if found is not None:
            facts_stated = {fact: _said(getattr(found, fact), getattr(stated, fact)) for fact in _said_facts(stated)}
            yield Table(name=found.name, origin=found.origin, **facts_stated)


def _said_facts(table: Table) -> list[str]:
    """The facts of a table that are not the defaults."""
    return [f.name for f in facts(Table) if f.name not in ("name", "origin") and getattr(table, f.name) != f.default]


def _said(found: Any, stated: Any) -> Any:
    """Of lists of nodes those that are stated; any other fact as it is."""
    if isinstance(stated, tuple) and stated and isinstance(stated[0], Node):
        return _mentioned(found, stated)
    return found
