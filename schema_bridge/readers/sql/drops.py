"""DROP of everything; with CASCADE what hangs on it goes too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schema_bridge.ir import Name, Table
from schema_bridge.readers.sql import cascade, dependents, routines, unmodelled
from schema_bridge.readers.sql.context import Context, Tree, role, strings
from schema_bridge.readers.sql.state import State
from schema_bridge.serials import nextval

replace = msgspec.structs.replace


def drop(context: Context, tree: Tree) -> None:
    """DROP …; SourceMeaning for what is not known here, unless IF EXISTS."""
    handler = _DROP.get(tree["removeType"])
    if handler is None:
        _drop_other(context, tree)
        return
    for item in tree["objects"]:
        if not handler(context, item, tree):
            _missing(context, item, tree)


def _drop_other(context: Context, tree: Tree) -> None:
    """What only an `Unmodelled` made goes with its DROP; a DROP of what is not made here is kept, unless IF EXISTS."""
    for item in tree["objects"]:
        name = unmodelled.named(context, item, tree["removeType"])
        if name is not None and _drop_unmodelled(context, name, tree):
            continue
        if not tree.get("missing_ok"):
            unmodelled.keep(context, "DropStmt", tree)
            return


def _drop_unmodelled(context: Context, name: Name, tree: Tree) -> bool:
    """Whether one statement made it: it goes, and so do those about it. Where several of its name were made, none
    can be told from the others by name."""
    statements = context.state.unmodelled
    made = [statement for statement in statements if name in statement.creates]
    if len(made) != 1:
        return False
    about = [u for u in statements if not u.creates and not u.opaque and name in u.mentions]
    statements[:] = [u for u in statements if u is not made[0] and u not in about]
    context.state.other_types.discard(name)
    context.state.other_tables.discard(name)
    if _cascades(tree):
        cascade.fall(context, cascade.relation(name))
    return True


def _missing(context: Context, item: Tree, tree: Tree) -> None:
    if tree.get("missing_ok"):
        return
    names = _names(item)
    if len(names) > 1 and names[-2] not in context.state.schemas_made():
        unmodelled.keep(context, "DropStmt", tree)
        return
    what = tree["removeType"].removeprefix("OBJECT_").replace("_", " ").lower()
    context.fail(f"{what} {'.'.join(names)} is not known here, so it cannot be dropped")


def _names(item: Tree) -> list[str]:
    if "String" in item:
        return strings([item])
    if "ObjectWithArgs" in item:
        return strings(item["ObjectWithArgs"]["objname"])
    if "TypeName" in item:
        return strings(item["TypeName"]["names"])
    return [name for part in item["List"]["items"] for name in (strings([part]) if "String" in part else [])]


def _table(context: Context, item: Tree, tree: Tree) -> bool:
    name = context.relation_name(item["List"]["items"])
    if name in context.state.other_tables:
        return _drop_unmodelled(context, name, tree)
    if name not in context.state.tables:
        return name in context.state.external_tables and _forget_external(context, name)
    dependents.drop_table(context, name)
    if _cascades(tree):
        cascade.fall(context, cascade.relation(name))
    return True


def _cascades(tree: Tree) -> bool:
    return tree.get("behavior") == "DROP_CASCADE"


def _forget_external(context: Context, name: Name) -> bool:
    del context.state.external_tables[name]
    return True


def _view(context: Context, item: Tree, tree: Tree) -> bool:
    name = context.relation_name(item["List"]["items"])
    if name not in context.state.views and name not in context.state.materialized_views:
        return False
    cascade.drop_view(context, name, cascade=_cascades(tree))
    return True


def _sequence(context: Context, item: Tree, tree: Tree) -> bool:
    name = context.relation_name(item["List"]["items"])
    return name in context.state.sequences and drop_sequence(context, name)


def drop_sequence(context: Context, name: Name) -> bool:
    """A sequence, and the defaults that call it."""
    state = context.state
    del state.sequences[name]
    state.forget("sequence", name)
    call = nextval(name)
    for table in list(state.tables.values()):
        if any(column.default == call for column in table.columns):
            columns = tuple(replace(c, default=None) if c.default == call else c for c in table.columns)
            state.tables[table.name] = replace(table, columns=columns)
    cascade.fall(context, cascade.relation(name))
    return True


def _index(context: Context, item: Tree, tree: Tree) -> bool:
    state = context.state
    name = context.relation_name(item["List"]["items"])
    owner = state.indexes.get(name)
    relation: Any = state.relation(owner) if owner is not None else None
    if relation is None or not any(index.name == name.name for index in relation.indexes):
        return False
    del state.indexes[name]
    changes: dict[str, Any] = {"indexes": tuple(i for i in relation.indexes if i.name != name.name)}
    if relation.cluster_on == name.name:
        changes["cluster_on"] = None
    if isinstance(relation, Table) and relation.replica_identity_index == name.name:
        changes |= {"replica_identity": "nothing", "replica_identity_index": None}
    state.put(replace(relation, **changes))
    _drop_partition_indexes(context, name, relation)
    return True


def _drop_partition_indexes(context: Context, name: Name, relation: Any) -> None:
    """The partitions' parts of an index go with it."""
    for child in context.state.children.get(relation.name, ()):
        table = context.state.tables.get(child)
        if table is None:
            continue
        gone = [index for index in table.indexes if index.partition_of == name]
        for index in gone:
            context.state.indexes.pop(Name(child.schema, index.name), None)
        if gone:
            kept = tuple(index for index in table.indexes if index not in gone)
            context.state.tables[child] = replace(table, indexes=kept)
            for index in gone:
                _drop_partition_indexes(context, Name(child.schema, index.name), table)


def _hanging(kind: str) -> Callable[[Context, Tree, Tree], bool]:
    """Policies, triggers and rules: the last name is theirs, those before it the relation's."""

    def handler(context: Context, item: Tree, tree: Tree) -> bool:
        *names, last = item["List"]["items"]
        wanted = strings([last])[0]
        relation: Any = context.state.relation(context.relation_name(names))
        parts = getattr(relation, kind, ())
        if not any(part.name == wanted for part in parts):
            return False
        context.state.put(replace(relation, **{kind: tuple(p for p in parts if p.name != wanted)}))
        if kind == "triggers":
            _drop_partition_triggers(context, relation.name, wanted)
        return True

    return handler


def _drop_partition_triggers(context: Context, name: Name, wanted: str) -> None:
    for child in context.state.children.get(name, ()):
        table = context.state.tables.get(child)
        if table is not None:
            kept = tuple(t for t in table.triggers if not (t.inherited and t.name == wanted))
            context.state.tables[child] = replace(table, triggers=kept)
            _drop_partition_triggers(context, child, wanted)


def _type(context: Context, item: Tree, tree: Tree) -> bool:
    name = context.type_name(item["TypeName"]["names"])
    return cascade.drop_type(context, name, cascade=_cascades(tree)) or _drop_unmodelled(context, name, tree)


def _routine(context: Context, item: Tree, tree: Tree) -> bool:
    function = routines.find(context, item["ObjectWithArgs"])
    if function is None:
        return _aggregate(context, item, tree)
    cascade.drop_routine(context, function, cascade=_cascades(tree))
    return True


def _aggregate(context: Context, item: Tree, tree: Tree) -> bool:
    key = routines.aggregate_key(context, item["ObjectWithArgs"])
    if key is None:
        return False
    del context.state.aggregates[key]
    return True


def _keyed(kind: str) -> Callable[[Context, Tree, Tree], bool]:
    def handler(context: Context, item: Tree, tree: Tree) -> bool:
        return getattr(context.state, kind).pop(item["String"]["sval"], None) is not None

    return handler


def _schema(context: Context, item: Tree, tree: Tree) -> bool:
    name = item["String"]["sval"]
    state = context.state
    known = state.namespaces.pop(name, None) is not None or name == "public"
    if known and tree.get("behavior") == "DROP_CASCADE":
        drop_schema_content(context, name)
    return known


def drop_schema_content(context: Context, schema: str) -> None:
    """Everything that is in a namespace, and what hangs on that elsewhere."""
    state = context.state
    drop_where(context, lambda node: node.name.schema == schema)
    for name in [name for name in state.external_tables if name.schema == schema]:
        del state.external_tables[name]
        cascade.fall(context, cascade.relation(name))
    for name in [n for u in state.unmodelled for n in u.creates if n.schema == schema]:
        _drop_unmodelled(context, name, {"behavior": "DROP_CASCADE"})
    _forget_schema(state, schema)


def drop_where(context: Context, test: Callable[[Any], bool]) -> None:
    """The objects inside namespaces that a test is true of, and what hangs on them."""
    state = context.state
    for name in [table.name for table in state.tables.values() if test(table)]:
        if name in state.tables:
            dependents.drop_table(context, name)
            cascade.fall(context, cascade.relation(name))
    for views in (state.views, state.materialized_views):
        for name in [view.name for view in views.values() if test(view)]:
            cascade.drop_view(context, name)
    for function in [function for function in state.functions.values() if test(function)]:
        if (function.name, function.signature) in state.functions:
            cascade.drop_routine(context, function)
    for name in [type.name for types in _types(state) for type in types.values() if test(type)]:
        cascade.drop_type(context, name, cascade=True)
    for sequence in [sequence for sequence in state.sequences.values() if test(sequence)]:
        drop_sequence(context, sequence.name)
    others: tuple[dict[Any, Any], ...] = (state.statistics, state.aggregates)
    for nodes in others:
        for key in [key for key, node in nodes.items() if test(node)]:
            del nodes[key]


def _types(state: State) -> tuple[dict[Name, Any], ...]:
    return (state.enums, state.domains, state.composites, state.ranges)


def _forget_schema(state: State, schema: str) -> None:
    """The privileges on a namespace and in it, and what publications say of it."""
    for key in list(state.privileges):
        if key[0].name.schema == schema or (key[0].kind == "schema" and key[0].name.name == schema):
            del state.privileges[key]
    for key in [key for key in state.default_privileges if key[1] == schema]:
        del state.default_privileges[key]
    for publication in list(state.publications.values()):
        if schema in publication.schemas:
            kept = tuple(name for name in publication.schemas if name != schema)
            state.publications[publication.name] = replace(publication, schemas=kept)


def _statistics(context: Context, item: Tree, tree: Tree) -> bool:
    return context.state.statistics.pop(context.made_name(item["List"]["items"]), None) is not None


_DROP: dict[str, Callable[[Context, Tree, Tree], bool]] = {
    "OBJECT_TABLE": _table,
    "OBJECT_FOREIGN_TABLE": _table,
    "OBJECT_VIEW": _view,
    "OBJECT_MATVIEW": _view,
    "OBJECT_SEQUENCE": _sequence,
    "OBJECT_INDEX": _index,
    "OBJECT_TRIGGER": _hanging("triggers"),
    "OBJECT_POLICY": _hanging("policies"),
    "OBJECT_RULE": _hanging("rules"),
    "OBJECT_TYPE": _type,
    "OBJECT_DOMAIN": _type,
    "OBJECT_FUNCTION": _routine,
    "OBJECT_PROCEDURE": _routine,
    "OBJECT_ROUTINE": _routine,
    "OBJECT_AGGREGATE": _aggregate,
    "OBJECT_SCHEMA": _schema,
    "OBJECT_EXTENSION": _keyed("extensions"),
    "OBJECT_PUBLICATION": _keyed("publications"),
    "OBJECT_EVENT_TRIGGER": _keyed("event_triggers"),
    "OBJECT_STATISTIC_EXT": _statistics,
}


def drop_roles(context: Context, tree: Tree) -> None:
    """DROP ROLE."""
    for item in tree["roles"]:
        name = role(item)
        if context.state.roles.pop(name, None) is not None:
            context.state.forget("role", Name("", name))
        elif not tree.get("missing_ok"):
            unmodelled.keep(context, "DropRoleStmt", tree)
            return
