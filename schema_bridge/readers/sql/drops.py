"""DROP of everything; with CASCADE what hangs on it goes too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schema_bridge.ir import MaterializedView, Name, Table, View
from schema_bridge.readers.sql import dependents, routines, unmodelled
from schema_bridge.readers.sql.context import Context, Tree, role, strings

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
    """What only an `Unmodelled` made goes with its DROP; a DROP of what is not made here is kept."""
    if tree.get("missing_ok"):
        context.say("what is dropped here is not known: this statement changes nothing")
        return
    unmodelled.keep(context, "DropStmt", tree)


def _missing(context: Context, item: Tree, tree: Tree) -> None:
    what = tree["removeType"].removeprefix("OBJECT_").replace("_", " ").lower()
    name = _spelled(item)
    if not tree.get("missing_ok"):
        if len(_names(item)) > 1 and _names(item)[-2] not in context.state.schemas_made():
            unmodelled.keep(context, "DropStmt", tree)
            return
        context.fail(f"{what} {name} is not known here, so it cannot be dropped")
    context.skipped["DROP IF EXISTS"] += 1


def _names(item: Tree) -> list[str]:
    if "String" in item:
        return strings([item])
    if "ObjectWithArgs" in item:
        return strings(item["ObjectWithArgs"]["objname"])
    if "TypeName" in item:
        return strings(item["TypeName"]["names"])
    return [name for part in item["List"]["items"] for name in (strings([part]) if "String" in part else [])]


def _spelled(item: Tree) -> str:
    return ".".join(_names(item))


def _table(context: Context, item: Tree, tree: Tree) -> bool:
    name = context.relation_name(item["List"]["items"])
    if name not in context.state.tables:
        return name in context.state.external_tables and _forget_external(context, name)
    dependents.drop_table(context, name)
    if tree.get("behavior") == "DROP_CASCADE":
        drop_views_on(context, name)
    return True


def _forget_external(context: Context, name: Name) -> bool:
    del context.state.external_tables[name]
    return True


def drop_views_on(context: Context, name: Name) -> None:
    """The views whose query mentions a relation by name."""
    state = context.state
    views: list[View | MaterializedView] = [*state.views.values(), *state.materialized_views.values()]
    for view in views:
        if state.relation(view.name) is view and dependents.query_uses(view.query, name):
            _drop_relation(context, view.name)
            drop_views_on(context, view.name)


def _drop_relation(context: Context, name: Name) -> None:
    state = context.state
    state.views.pop(name, None)
    if state.materialized_views.pop(name, None) is not None:
        for key in [key for key, owner in state.indexes.items() if owner == name]:
            del state.indexes[key]
    state.forget("table", name)


def _view(context: Context, item: Tree, tree: Tree) -> bool:
    name = context.relation_name(item["List"]["items"])
    if name not in context.state.views and name not in context.state.materialized_views:
        return False
    _drop_relation(context, name)
    if tree.get("behavior") == "DROP_CASCADE":
        drop_views_on(context, name)
    return True


def _sequence(context: Context, item: Tree, tree: Tree) -> bool:
    from schema_bridge.serials import nextval

    name = context.relation_name(item["List"]["items"])
    if context.state.sequences.pop(name, None) is None:
        return False
    context.state.forget("sequence", name)
    call = nextval(name)
    for table in list(context.state.tables.values()):
        if any(column.default == call for column in table.columns):
            columns = tuple(replace(c, default=None) if c.default == call else c for c in table.columns)
            context.state.tables[table.name] = replace(table, columns=columns)
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


_TYPES = ("enums", "domains", "composites", "ranges")


def _type(context: Context, item: Tree, tree: Tree) -> bool:
    name = context.type_name(item["TypeName"]["names"])
    for kind in _TYPES:
        if getattr(context.state, kind).pop(name, None) is not None:
            context.state.forget("type", name)
            if tree.get("behavior") == "DROP_CASCADE":
                drop_columns_of_type(context, name)
            return True
    if name in context.state.other_types:
        context.state.other_types.discard(name)
        made = [u for u in context.state.unmodelled if name not in u.creates]
        context.state.unmodelled[:] = made
        return True
    return False


def drop_columns_of_type(context: Context, name: Name) -> None:
    """DROP TYPE … CASCADE takes the columns and routines of that type."""
    state = context.state
    for table in list(state.tables.values()):
        for column in table.columns:
            if (column.type.schema, column.type.name) == (name.schema, name.name):
                table = dependents.drop_column(context, table, column.name)
    for function in list(state.functions.values()):
        types = [argument.type for argument in function.arguments]
        types += [function.returns] if function.returns is not None else []
        if any((type.schema, type.name) == (name.schema, name.name) for type in types):
            state.drop_function(function)


def _routine(context: Context, item: Tree, tree: Tree) -> bool:
    function = routines.find(context, item["ObjectWithArgs"])
    if function is None:
        return _aggregate(context, item, tree)
    context.state.drop_function(function)
    context.state.forget_routine(function)
    if tree.get("behavior") == "DROP_CASCADE":
        _drop_uses(context, function.name)
    return True


def _drop_uses(context: Context, name: Name) -> None:
    """DROP FUNCTION … CASCADE takes triggers, policies, checks and defaults that call it."""
    state = context.state
    for relations in (state.tables, state.external_tables):
        for table in list(relations.values()):
            relations[table.name] = dependents.without_function(context, table, name)
    for trigger in list(state.event_triggers.values()):
        if trigger.function == name:
            del state.event_triggers[trigger.name]


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
    """Everything that is in a namespace."""
    state = context.state
    for name in [name for name in state.tables if name.schema == schema]:
        if name in state.tables:
            dependents.drop_table(context, name)
    for name in [n for views in (state.views, state.materialized_views) for n in views if n.schema == schema]:
        _drop_relation(context, name)
    for function in [f for f in state.functions.values() if f.name.schema == schema]:
        state.drop_function(function)
    for nodes in (state.enums, state.domains, state.composites, state.ranges, state.sequences, state.statistics):
        for name in [name for name in nodes if name.schema == schema]:
            del nodes[name]
    for key in [key for key in state.aggregates if key[0].schema == schema]:
        del state.aggregates[key]
    state.unmodelled[:] = [u for u in state.unmodelled if not any(n.schema == schema for n in u.creates)]
    gone = [k for k, p in state.privileges.items() if schema in (p.object.name.schema, p.object.name.name)]
    for key in [k for k in gone if k[0].name.schema == schema or k[0].kind == "schema"]:
        del state.privileges[key]


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
        if context.state.roles.pop(name, None) is None and not tree.get("missing_ok"):
            unmodelled.keep(context, "DropRoleStmt", tree)
            return
