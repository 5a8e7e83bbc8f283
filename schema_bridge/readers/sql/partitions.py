"""Partitioned tables: keys, bounds, and what a partition gets from its parent."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge import default_names
from schema_bridge.ir import Column, ForeignKey, Index, Name, Partition, PartitionKey, PrimaryKey, Table, Unique
from schema_bridge.readers.sql import columns, indexes, lexer, likes, nodes, triggers
from schema_bridge.readers.sql.context import Context, Tree

replace = msgspec.structs.replace

_STRATEGY: dict[str, Any] = {
    "PARTITION_STRATEGY_RANGE": "range",
    "PARTITION_STRATEGY_LIST": "list",
    "PARTITION_STRATEGY_HASH": "hash",
}


def key(context: Context, tree: Tree) -> PartitionKey:
    """PARTITION BY strategy (elements)."""
    elements = [nodes.typed(item["PartitionElem"], nodes.IndexElem) for item in tree["partParams"]]
    return PartitionKey(
        strategy=_STRATEGY[tree.get("strategy", "PARTITION_STRATEGY_LIST")],
        parts=indexes.parts(context, elements, tree.get("location", 0)),
    )


def bound(context: Context, parent: Name, tree: Tree) -> Partition:
    """FOR VALUES …, or DEFAULT."""
    if tree.get("is_default"):
        return Partition(parent=parent, bound="DEFAULT")
    if tree.get("strategy") == "h":
        return Partition(parent=parent, bound=f"WITH (modulus {tree['modulus']}, remainder {tree.get('remainder', 0)})")
    data = context.data
    words: list[str] = []
    for token in lexer.outer(data, tree.get("location", 0), context.end):
        if data[token[0]] == 0x28:
            words.append(context.sql(token, tree))
        elif words and lexer.word(data, token) not in _BOUND_WORDS:
            break
        elif lexer.word(data, token) in _BOUND_WORDS:
            words.append(lexer.word(data, token).decode())
    return Partition(parent=parent, bound=" ".join(words))


_BOUND_WORDS = frozenset({b"FROM", b"TO", b"IN"})


def clone_parent(context: Context, name: Name) -> None:
    """A new partition gets the parent's keys and indexes under its own default names, its foreign keys and row
    triggers under theirs (reference, CREATE TABLE … PARTITION OF)."""
    table = context.state.tables[name]
    parent = context.state.tables.get(table.partition.parent) if table.partition else None
    if parent is None:
        return
    table = with_keys(context, table, parent)
    for index in parent.indexes:
        table = with_index(context, table, index)
    for foreign_key in parent.foreign_keys:
        table = with_foreign_key(table, foreign_key)
    triggers = tuple(
        replace(trigger, inherited=True, comment=None) for trigger in parent.triggers if trigger.for_each == "row"
    )
    context.state.tables[name] = replace(table, triggers=(*table.triggers, *triggers))


def with_keys(context: Context, table: Table, parent: Table) -> Table:
    """The partition with its part of the parent's keys: one of its own on the same columns serves, else it is made."""
    missing = replace(
        parent,
        primary_key=None if table.primary_key is not None else parent.primary_key,
        uniques=tuple(u for u in parent.uniques if not _has_key(table, u.columns)),
        indexes=(),
    )
    if table.primary_key is not None and parent.primary_key is not None:
        table = replace(table, primary_key=_serving(table, table.primary_key, parent.name.schema, parent.primary_key))
    theirs = {unique.columns: unique for unique in parent.uniques}
    serving = (
        _serving(table, u, parent.name.schema, theirs[u.columns]) if u.columns in theirs else u for u in table.uniques
    )
    return likes.copy_keys(context, replace(table, uniques=tuple(serving)), missing)


def _serving(table: Table, own: Any, schema: str, theirs: PrimaryKey | Unique) -> Any:
    """A key that hangs on the parent's; that goes without saying under the name it would have got."""
    if isinstance(own, Unique):
        usual = default_names.unique(table.name.name, (*own.columns, *own.include))
    else:
        usual = default_names.primary_key(table.name.name)
    if own.partition_of is not None or own.name == usual:
        return own
    return replace(own, partition_of=Name(schema, theirs.name))


def _has_key(table: Table, columns: tuple[str, ...]) -> bool:
    return any(unique.columns == columns for unique in table.uniques)


def with_index(context: Context, table: Table, index: Index) -> Table:
    """The partition with its part of a parent's index: one of its own that is the same serves, else it is made."""
    bare = _shape(index)
    for own in table.indexes:
        if _shape(own) == bare and own.partition_of is None and not own.inherited and table.partition is not None:
            serving = replace(own, partition_of=Name(table.partition.parent.schema, index.name))
            return replace(table, indexes=tuple(serving if i is own else i for i in table.indexes))
    copy = replace(likes.copy_index(context, table, index), inherited=True)
    return replace(table, indexes=(*table.indexes, copy))


def spread_index(context: Context, parent: Name, index: Index) -> None:
    """An index made on a partitioned table comes to its partitions, and to theirs."""
    for name in context.state.children.get(parent, ()):
        table = context.state.tables.get(name)
        if table is not None and table.partition is not None:
            table = with_index(context, table, index)
            context.state.tables[name] = table
            spread_index(context, name, table.indexes[-1] if table.indexes[-1].inherited else index)


def _shape(index: Index) -> Index:
    return replace(
        index, name="", origin=None, comment=None, only=False, inherited=False, partition_of=None, tablespace=None
    )


def with_foreign_key(table: Table, foreign_key: ForeignKey) -> Table:
    """The partition with a foreign key of its parent's; one of its own of that name becomes it."""
    kept = tuple(own for own in table.foreign_keys if own.name != foreign_key.name)
    heir = replace(foreign_key, inherited=True, comment=None)
    return replace(table, foreign_keys=(*kept, heir))


def attach(context: Context, parent: Table, command: Tree) -> Table:
    """ATTACH PARTITION: the table's own indexes serve where they are the same, missing ones are made."""
    stated = command["def"]["PartitionCmd"]
    name = context.found(stated["name"])
    child = context.state.tables.get(name)
    if child is None:
        context.fail(f"table {name} is not known here, so it cannot be attached")
    partition = replace(bound(context, parent.name, stated["bound"]), attached=True)
    child = replace(child, partition=partition)
    context.state.children.setdefault(parent.name, []).append(name)
    context.state.tables[name] = child
    for foreign_key in parent.foreign_keys:
        child = with_foreign_key(child, foreign_key)
    context.state.tables[name] = child
    known = {trigger.name for trigger in child.triggers}
    for trigger in parent.triggers:
        if trigger.for_each == "row" and trigger.name not in known:
            triggers.clone(context, name, replace(trigger, comment=None))
    child = context.state.tables[name]
    child = with_keys(context, child, parent)
    for index in parent.indexes:
        child = with_index(context, child, index)
    context.state.tables[name] = child
    return parent


def _own_again(column: Column, parent: str, child: str) -> Column:
    """A column that came from the parent, with its not-null constraint under the parent's name; an identity stays the
    parent's."""
    if not column.inherited:
        return replace(column, identity=None)
    return replace(columns.keeping_not_null_name(column, parent, child, column.name), inherited=False, identity=None)


def detach(context: Context, parent: Table, command: Tree) -> Table:
    """DETACH PARTITION: the table stands by itself again."""
    name = context.found(command["def"]["PartitionCmd"]["name"])
    child = context.state.tables.get(name)
    if child is None or child.partition is None:
        context.fail(f"{name} is not a partition of {parent.name}")
    context.state.children[parent.name].remove(name)
    primary = child.primary_key
    context.state.tables[name] = replace(
        child,
        partition=None,
        columns=tuple(_own_again(c, parent.name.name, name.name) for c in child.columns),
        checks=tuple(replace(c, inherited=False) for c in child.checks),
        foreign_keys=tuple(replace(k, inherited=False) for k in child.foreign_keys),
        indexes=tuple(replace(i, inherited=False, partition_of=None) for i in child.indexes),
        triggers=tuple(t for t in child.triggers if not t.inherited),
        primary_key=replace(primary, partition_of=None) if primary is not None else None,
        uniques=tuple(replace(u, partition_of=None) for u in child.uniques),
    )
    return parent
