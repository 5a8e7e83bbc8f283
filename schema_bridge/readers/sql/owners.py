"""ALTER … OWNER TO, for what is no relation."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge.ir import Namespace
from schema_bridge.readers.sql import routines, unmodelled
from schema_bridge.readers.sql.context import Context, Tree, role

replace = msgspec.structs.replace

_NAMED = {
    "OBJECT_TYPE": ("enums", "domains", "composites", "ranges"),
    "OBJECT_DOMAIN": ("domains",),
    "OBJECT_STATISTIC_EXT": ("statistics",),
}
_KEYED = {"OBJECT_EVENT_TRIGGER": "event_triggers", "OBJECT_PUBLICATION": "publications"}
_ROUTINES = frozenset({"OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE"})


def alter(context: Context, tree: Tree) -> None:
    """The owner as a fact of its object; of what is not modelled the statement is kept."""
    kind, owner = tree["objectType"], role(tree["newowner"])
    item = tree["object"]
    if kind in _NAMED:
        done = _named(context, _NAMED[kind], item, owner)
    elif kind in _KEYED:
        done = _set(getattr(context.state, _KEYED[kind]), item["String"]["sval"], owner)
    elif kind == "OBJECT_SCHEMA":
        done = _schema(context, item["String"]["sval"], owner)
    elif kind in _ROUTINES:
        done = _routine(context, item["ObjectWithArgs"], owner)
    else:
        done = False
    if not done:
        unmodelled.keep(context, "AlterOwnerStmt", tree)


def _set(nodes: dict[Any, Any], key: Any, owner: str) -> bool:
    if key not in nodes:
        return False
    nodes[key] = replace(nodes[key], owner=owner)
    return True


def _named(context: Context, kinds: tuple[str, ...], item: Tree, owner: str) -> bool:
    names = item["List"]["items"] if "List" in item else item["TypeName"]["names"]
    name = context.type_name(names)
    return any(_set(getattr(context.state, kind), name, owner) for kind in kinds)


def _schema(context: Context, name: str, owner: str) -> bool:
    namespaces = context.state.namespaces
    if name == "public" and name not in namespaces:
        namespaces[name] = Namespace(name=name, origin=context.origin())
    return _set(namespaces, name, owner)


def _routine(context: Context, tree: Tree, owner: str) -> bool:
    function = routines.find(context, tree)
    if function is not None:
        context.state.put_function(replace(function, owner=owner))
        return True
    key = routines.aggregate_key(context, tree)
    return key is not None and _set(context.state.aggregates, key, owner)
