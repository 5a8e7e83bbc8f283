"""CREATE TABLE in all its forms: own columns, INHERITS, LIKE, OF a type, PARTITION OF, foreign tables."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

import msgspec

from schema_bridge.ir import Column, Name, Table
from schema_bridge.readers.sql import columns, constraints, inheritance, likes, partitions
from schema_bridge.readers.sql.columns import Pending
from schema_bridge.readers.sql.context import Context, Tree, only, options, strings

replace = msgspec.structs.replace

PERSISTENCE: dict[str, Any] = {"p": "permanent", "u": "unlogged", "t": "temporary"}

# The server makes checks with the table, then its indexes, the primary key first, then foreign keys: default names
# that collide are numbered in this order.
_PHASE = {
    "CONSTR_NOTNULL": 0,
    "CONSTR_CHECK": 0,
    "CONSTR_PRIMARY": 1,
    "CONSTR_UNIQUE": 2,
    "CONSTR_EXCLUSION": 2,
    "CONSTR_FOREIGN": 4,
}
_LIKE_PHASE = 3


def create(context: Context, tree: Tree) -> None:
    """CREATE TABLE."""
    name = context.made(tree["relation"])
    if not is_free(context, name, tree):
        return
    table = Table(
        name=name,
        persistence=PERSISTENCE[tree["relation"].get("relpersistence", "p")],
        access_method=method(tree.get("accessMethod")),
        tablespace=tree.get("tablespacename") or context.tablespace,
        options=options(tree.get("options")),
        owner=context.role,
        origin=context.origin(),
    )
    built = build(context, table, tree)
    if "partspec" in tree:
        built = replace(built, partition_by=partitions.key(context, tree["partspec"]))
    settle(context, built)
    if "partbound" in tree:
        partitions.clone_parent(context, built.name)


def method(name: str | None) -> str | None:
    """The access method, unless it is the usual one."""
    return None if name == "heap" else name


def create_foreign(context: Context, tree: Tree) -> None:
    """CREATE FOREIGN TABLE."""
    base = tree.get("base") or tree["base_stmt"]
    name = context.made(base["relation"])
    if not is_free(context, name, base):
        return
    table = Table(
        name=name,
        server=tree["servername"],
        foreign_options=options(tree.get("options")),
        owner=context.role,
        origin=context.origin(),
    )
    settle(context, build(context, table, base))


def is_free(context: Context, name: Name, tree: Tree) -> bool:
    """Whether the relation can be made; with IF NOT EXISTS an existing one is left as it is."""
    if not context.state.relation_exists(name):
        return True
    if not tree.get("if_not_exists"):
        context.clash(f"relation {name} exists already")
    context.say(f"{name} is there already: this statement changes nothing")
    return False


def settle(context: Context, table: Table) -> None:
    """Put a new table into the state; what hung on it as an external one comes with it."""
    state = context.state
    external = state.external_tables.pop(table.name, None)
    if external is not None:
        table = replace(
            table,
            policies=external.policies,
            triggers=external.triggers,
            indexes=(*table.indexes, *external.indexes),
            row_security=external.row_security,
            force_row_security=external.force_row_security,
        )
    state.tables[table.name] = table


def build(context: Context, table: Table, tree: Tree) -> Table:
    """The table with its columns and constraints."""
    table = _with_parents(context, table, tree)
    known = {column.name: column for column in table.columns}
    pending: list[tuple[int, Pending]] = []
    for element in tree.get("tableElts", ()):
        kind, node = only(element)
        if kind == "ColumnDef":
            _add_column(context, (table, known), node, pending)
        elif kind == "Constraint":
            pending.append((_PHASE[node["contype"]], (node, None)))
        else:
            for column in likes.copy_columns(context, table, node):
                if column.name in known:
                    context.fail(f"table {table.name} has column {column.name} twice")
                known[column.name] = column
            pending.append((_LIKE_PHASE, (node, None)))
    table = replace(table, columns=tuple(known.values()))
    for phase, (node, name) in _once(sorted(pending, key=itemgetter(0))):
        if phase == _LIKE_PHASE:
            table = likes.copy_rest(context, table, node)
        else:
            table = constraints.add(context, table, node, name)
    return table


def _with_parents(context: Context, table: Table, tree: Tree) -> Table:
    """Columns that come from elsewhere stand first: of parents, or of the composite type."""
    if "ofTypename" in tree:
        return inheritance.of_type(context, table, tree["ofTypename"])
    parents = [context.found(item["RangeVar"]) for item in tree.get("inhRelations", ())]
    if not parents:
        return table
    if "partbound" in tree:
        partition = partitions.bound(context, parents[0], tree["partbound"])
        return inheritance.inherit(context, replace(table, partition=partition), parents)
    return inheritance.inherit(context, replace(table, inherits=tuple(parents)), parents)


def _add_column(
    context: Context, onto: tuple[Table, dict[str, Column]], node: Tree, pending: list[tuple[int, Pending]]
) -> None:
    """The column added, or laid over the inherited one of that name."""
    table, known = onto
    old = known.get(node["colname"])
    if "typeName" not in node:
        if old is None:
            context.fail(f"table {table.name} has no column {node['colname']}")
        new, found = columns.constrained(context, table, old, node)
    else:
        new, found = columns.column(context, table, node)
    pending += [(_PHASE[constraint["contype"]], (constraint, column)) for constraint, column in found]
    if old is not None:
        if not old.inherited and table.of_type is None:
            context.fail(f"table {table.name} has column {new.name} twice")
        new = _laid_over(old, new, table)
    known[new.name] = new


def _laid_over(old: Column, new: Column, table: Table) -> Column:
    """A column stated again on an heir is its own too, and keeps what it does not state."""
    return replace(
        new,
        inherited=table.partition is not None,
        not_null=new.not_null or old.not_null,
        default=new.default if new.default is not None else old.default,
        generated=new.generated or old.generated,
        collation=new.collation or old.collation,
    )


def _once(pending: list[tuple[int, Pending]]) -> list[tuple[int, Pending]]:
    """A key that a CREATE TABLE states twice is made once, under the name that either has (`transformIndexConstraints`)."""
    found: list[tuple[int, Pending]] = []
    seen: dict[tuple[Any, ...], int] = {}
    for phase, (node, column) in pending:
        if node.get("contype") in ("CONSTR_PRIMARY", "CONSTR_UNIQUE") and "indexname" not in node:
            key = _key(node, column)
            first = seen.setdefault(key, len(found))
            if first < len(found) and node["contype"] == "CONSTR_UNIQUE":
                kept, (prior, place) = found[first]
                if "conname" in node and "conname" not in prior:
                    found[first] = kept, ({**prior, "conname": node["conname"]}, place)
                continue
        found.append((phase, (node, column)))
    return found


def _key(node: Tree, column: str | None) -> tuple[Any, ...]:
    keys = tuple(strings(node["keys"])) if "keys" in node else (column,)
    facts = (node.get("nulls_not_distinct"), node.get("deferrable"), node.get("initdeferred"))
    return keys, tuple(strings(node.get("including", ()))), *map(bool, facts)
