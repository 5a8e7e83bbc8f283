"""COMMENT ON everything that is modelled; of anything else the statement is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schema_bridge.ir import Composite, Extension, Name, Namespace, NotNull, Table, ViewColumn
from schema_bridge.readers.sql import alter_indexes, routines, unmodelled
from schema_bridge.readers.sql.context import Context, Tree, strings

replace = msgspec.structs.replace


def comment(context: Context, tree: Tree) -> None:
    """An empty text takes the comment away, as NULL does."""
    handler = _ON.get(tree.get("objtype", "OBJECT_ACCESS_METHOD"))
    if handler is None or not handler(context, tree["object"], tree.get("comment") or None):
        unmodelled.keep(context, "CommentStmt", tree)


def _items(tree: Tree) -> list[Tree]:
    items: list[Tree] = tree["List"]["items"]
    return items


def _relation(context: Context, tree: Tree, text: str | None) -> bool:
    name = context.relation_name(_items(tree))
    relation = context.state.relation(name)
    if relation is None:
        if name.schema in context.state.schemas_made():
            context.fail(f"{name} is not known here, so nothing can be said of it")
        relation = context.external(name)
    context.state.put(replace(relation, comment=text))
    return True


def _column(context: Context, tree: Tree, text: str | None) -> bool:
    *names, last = _items(tree)
    column = strings([last])[0]
    name = context.relation_name(names)
    relation: Any = context.state.relation(name)
    match relation:
        case Table() if name in context.state.tables:
            if not any(c.name == column for c in relation.columns):
                context.fail(f"table {name} has no column {column}")
            columns: Any = tuple(replace(c, comment=text) if c.name == column else c for c in relation.columns)
            context.state.put(replace(relation, columns=columns))
            return True
        case None | Table():
            return _attribute(context, context.type_name(names), column, text)
        case _:
            known = {c.name: c for c in relation.columns}
            known[column] = replace(known.get(column, ViewColumn(name=column)), comment=text)
            kept = tuple(c for c in known.values() if c != ViewColumn(name=c.name))
            context.state.put(replace(relation, columns=kept))
            return True


def _attribute(context: Context, name: Name, attribute: str, text: str | None) -> bool:
    composite: Composite | None = context.state.composites.get(name)
    if composite is None:
        if name.schema in context.state.schemas_made():
            context.fail(f"{name} is not known here, so nothing can be said of its columns")
        return False
    attributes = tuple(replace(a, comment=text) if a.name == attribute else a for a in composite.attributes)
    context.state.composites[name] = replace(composite, attributes=attributes)
    return True


def _index(context: Context, tree: Tree, text: str | None) -> bool:
    name = context.relation_name(_items(tree))
    if name not in context.state.indexes:
        context.fail(f"index {name} is not known here, so nothing can be said of it")
    part = alter_indexes.find(context, name)
    field = "index_comment" if hasattr(part, "index_comment") else "comment"
    alter_indexes.put(context, name, replace(part, **{field: text}))
    return True


_CONSTRAINT_KINDS = ("uniques", "checks", "foreign_keys", "exclusions")


def _constraint(context: Context, tree: Tree, text: str | None) -> bool:
    *names, last = _items(tree)
    name = context.relation_name(names)
    table = context.state.tables.get(name)
    wanted = strings([last])[0]
    if table is None:
        return False
    if table.primary_key is not None and table.primary_key.name == wanted:
        context.state.put(replace(table, primary_key=replace(table.primary_key, comment=text)))
        return True
    for kind in _CONSTRAINT_KINDS:
        parts = getattr(table, kind)
        if any(part.name == wanted for part in parts):
            new = tuple(replace(part, comment=text) if part.name == wanted else part for part in parts)
            context.state.put(replace(table, **{kind: new}))
            return True
    return _not_null(context, table, wanted, text)


def _not_null(context: Context, table: Table, wanted: str, text: str | None) -> bool:
    from schema_bridge.default_names import not_null

    for column in table.columns:
        stated = column.not_null_constraint or NotNull()
        if column.not_null and (stated.name or not_null(table.name.name, column.name)) == wanted:
            said = replace(stated, comment=text)
            new = replace(column, not_null_constraint=None if said == NotNull() else said)
            context.state.put(replace(table, columns=tuple(new if c is column else c for c in table.columns)))
            return True
    raise context.error(f"table {table.name} has no constraint {wanted}")


def _hanging(kind: str) -> Callable[[Context, Tree, str | None], bool]:
    def handler(context: Context, tree: Tree, text: str | None) -> bool:
        *names, last = _items(tree)
        name = context.relation_name(names)
        wanted = strings([last])[0]
        relation: Any = context.state.relation(name)
        parts = getattr(relation, kind, ())
        if not any(part.name == wanted for part in parts):
            if name in context.state.tables:
                context.fail(f"table {name} has no {kind[:-1]} {wanted}".replace("policie ", "policy "))
            return False
        new = tuple(replace(part, comment=text) if part.name == wanted else part for part in parts)
        context.state.put(replace(relation, **{kind: new}))
        return True

    return handler


def _keyed(kind: str) -> Callable[[Context, Tree, str | None], bool]:
    """Objects outside namespaces, known by one text."""

    def handler(context: Context, tree: Tree, text: str | None) -> bool:
        nodes = getattr(context.state, kind)
        name = tree["String"]["sval"]
        if name not in nodes:
            return False
        nodes[name] = replace(nodes[name], comment=text)
        return True

    return handler


def _schema(context: Context, tree: Tree, text: str | None) -> bool:
    name = tree["String"]["sval"]
    namespaces = context.state.namespaces
    if name not in namespaces:
        if name != "public":
            return False
        namespaces[name] = Namespace(name=name, origin=context.origin())
    namespaces[name] = replace(namespaces[name], comment=text)
    return True


def _extension(context: Context, tree: Tree, text: str | None) -> bool:
    name = tree["String"]["sval"]
    extension: Extension | None = context.state.extensions.get(name)
    if extension is None:
        return False
    context.state.extensions[name] = replace(extension, comment=text)
    return True


_TYPES = ("enums", "domains", "composites", "ranges")


def _type(context: Context, tree: Tree, text: str | None) -> bool:
    name = context.type_name(tree["TypeName"]["names"])
    for kind in _TYPES:
        nodes = getattr(context.state, kind)
        if name in nodes:
            nodes[name] = replace(nodes[name], comment=text)
            return True
    return False


def _domain_constraint(context: Context, tree: Tree, text: str | None) -> bool:
    type_tree, last = _items(tree)
    name = context.type_name(type_tree["TypeName"]["names"])
    domain = context.state.domains.get(name)
    if domain is None:
        return False
    wanted = strings([last])[0]
    checks = tuple(replace(c, comment=text) if c.name == wanted else c for c in domain.checks)
    context.state.domains[name] = replace(domain, checks=checks)
    return True


def _sequence(context: Context, tree: Tree, text: str | None) -> bool:
    name = context.relation_name(_items(tree))
    sequence = context.state.sequences.get(name)
    if sequence is None:
        return False
    context.state.sequences[name] = replace(sequence, comment=text)
    return True


def _statistics(context: Context, tree: Tree, text: str | None) -> bool:
    name = context.made_name(_items(tree))
    statistics = context.state.statistics.get(name)
    if statistics is None:
        return False
    context.state.statistics[name] = replace(statistics, comment=text)
    return True


def _routine(context: Context, tree: Tree, text: str | None) -> bool:
    function = routines.find(context, tree["ObjectWithArgs"])
    if function is None:
        return False
    context.state.put_function(replace(function, comment=text))
    return True


def _aggregate(context: Context, tree: Tree, text: str | None) -> bool:
    key = routines.aggregate_key(context, tree["ObjectWithArgs"])
    if key is None:
        return False
    context.state.aggregates[key] = replace(context.state.aggregates[key], comment=text)
    return True


_ON: dict[str, Callable[[Context, Tree, str | None], bool]] = {
    "OBJECT_TABLE": _relation,
    "OBJECT_FOREIGN_TABLE": _relation,
    "OBJECT_VIEW": _relation,
    "OBJECT_MATVIEW": _relation,
    "OBJECT_COLUMN": _column,
    "OBJECT_INDEX": _index,
    "OBJECT_TABCONSTRAINT": _constraint,
    "OBJECT_TRIGGER": _hanging("triggers"),
    "OBJECT_POLICY": _hanging("policies"),
    "OBJECT_RULE": _hanging("rules"),
    "OBJECT_SCHEMA": _schema,
    "OBJECT_EXTENSION": _extension,
    "OBJECT_ROLE": _keyed("roles"),
    "OBJECT_PUBLICATION": _keyed("publications"),
    "OBJECT_EVENT_TRIGGER": _keyed("event_triggers"),
    "OBJECT_TYPE": _type,
    "OBJECT_DOMAIN": _type,
    "OBJECT_DOMCONSTRAINT": _domain_constraint,
    "OBJECT_SEQUENCE": _sequence,
    "OBJECT_STATISTIC_EXT": _statistics,
    "OBJECT_FUNCTION": _routine,
    "OBJECT_PROCEDURE": _routine,
    "OBJECT_ROUTINE": _routine,
    "OBJECT_AGGREGATE": _aggregate,
}
