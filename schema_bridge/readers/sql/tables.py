"""CREATE TABLE in all its forms: own columns, INHERITS, LIKE, OF a type, PARTITION OF, foreign tables."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

import msgspec

from schema_bridge.ir import Column, Name, Table
from schema_bridge.readers.sql import columns, constraints, inheritance, likes, nodes, partitions, unmodelled
from schema_bridge.readers.sql.columns import Pending
from schema_bridge.readers.sql.context import Context, Tree, options
from schema_bridge.readers.sql.outcome import UnknownColumn

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


def create(context: Context, node: nodes.CreateStmt) -> None:
    """CREATE TABLE; the statement is kept where it copies what only the server can tell."""
    name = context.made(node.relation)
    if not is_free(context, name, node.if_not_exists):
        return
    table = Table(
        name=name,
        persistence=PERSISTENCE[node.relation.get("relpersistence", "p")],
        access_method=method(node.accessMethod),
        tablespace=node.tablespacename or context.tablespace,
        options=options(node.options),
        owner=context.role,
        origin=context.origin(),
    )
    try:
        built = build(context, table, node)
    except UnknownColumn:
        unmodelled.keep(context, "CreateStmt", node)
        context.state.other_tables.add(name)
        return
    if node.partspec is not None:
        built = replace(built, partition_by=partitions.key(context, node.partspec))
    if context.state.renamed_tables:
        built = columns.numbering_not_nulls(built, context.state)
    settle(context, built)
    if node.partbound is not None:
        partitions.clone_parent(context, built.name)


def method(name: str | None) -> str | None:
    """The access method, unless it is the usual one."""
    return None if name == "heap" else name


def create_foreign(context: Context, tree: Tree) -> None:
    """CREATE FOREIGN TABLE."""
    base = nodes.typed(tree.get("base") or tree["base_stmt"], nodes.CreateStmt)
    name = context.made(base.relation)
    if not is_free(context, name, base.if_not_exists):
        return
    table = Table(
        name=name,
        server=tree["servername"],
        foreign_options=options(tree.get("options")),
        owner=context.role,
        origin=context.origin(),
    )
    settle(context, build(context, table, base))


def is_free(context: Context, name: Name, if_not_exists: bool) -> bool:
    """Whether the relation can be made; with IF NOT EXISTS an existing one is left as it is."""
    if not context.state.relation_exists(name):
        return True
    if not if_not_exists:
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


Waiting = tuple[int, nodes.Constraint | Tree, str | None]
"""A constraint, or what LIKE copies: its phase, its node and the column it stands at."""


def build(context: Context, table: Table, node: nodes.CreateStmt) -> Table:
    """The table with its columns and constraints."""
    table = _with_parents(context, table, node)
    known = {column.name: column for column in table.columns}
    waiting: list[Waiting] = []
    places = [*[element.location for element in node.tableElts], context.end]
    for element, end in zip(node.tableElts, places[1:], strict=True):
        if element.column is not None:
            for constraint, column in _add_column(context, (table, known), element.column, end):
                waiting.append((_PHASE[constraint.contype], constraint, column))
        elif element.constraint is not None:
            waiting.append((_PHASE[element.constraint.contype], element.constraint, None))
        elif element.like is not None:
            _add_copies(context, (table, known), element.like)
            waiting.append((_LIKE_PHASE, element.like, None))
    table = replace(table, columns=tuple(known.values()))
    for _, part, column in _once(sorted(waiting, key=itemgetter(0))):
        if isinstance(part, nodes.Constraint):
            table = constraints.add(context, table, part, column)
        else:
            table = likes.copy_rest(context, table, part)
    return table


def _with_parents(context: Context, table: Table, node: nodes.CreateStmt) -> Table:
    """Columns that come from elsewhere stand first: of parents, or of the composite type."""
    if node.ofTypename is not None:
        return inheritance.of_type(context, table, node.ofTypename)
    parents = [context.found(item["RangeVar"]) for item in node.inhRelations]
    if not parents:
        return table
    if node.partbound is not None:
        partition = partitions.bound(context, parents[0], node.partbound)
        return inheritance.inherit(context, replace(table, partition=partition), parents)
    return inheritance.inherit(context, replace(table, inherits=tuple(parents)), parents)


def _add_copies(context: Context, onto: tuple[Table, dict[str, Column]], like: Tree) -> None:
    table, known = onto
    for column in likes.copy_columns(context, table, like):
        if column.name in known:
            context.fail(f"table {table.name} has column {column.name} twice")
        known[column.name] = column


def _add_column(
    context: Context, onto: tuple[Table, dict[str, Column]], element: nodes.ListedColumn, end: int
) -> list[Pending]:
    """The column added, or laid over the inherited one of that name; its constraints are still to be added."""
    table, known = onto
    if table.columns:
        new, pending = _stated_again(context, onto, element.whole())
    else:
        new, pending = columns.listed(context, table, element, end)
        if new.name in known:
            context.fail(f"table {table.name} has column {new.name} twice", at=element.location)
    known[new.name] = new
    return pending


def _stated_again(
    context: Context, onto: tuple[Table, dict[str, Column]], node: nodes.ColumnDef
) -> tuple[Column, list[Pending]]:
    """A column of a table that has some from elsewhere: perhaps this very one."""
    table, known = onto
    old = known.get(node.colname)
    if node.typeName is not None:
        new, pending = columns.column(context, table, node)
    elif old is not None:
        new, pending = columns.constrained(context, table, old, node)
    else:
        context.fail(f"table {table.name} has no column {node.colname}")
    stated = new.default
    if old is not None:
        if not old.inherited and table.of_type is None:
            context.fail(f"table {table.name} has column {new.name} twice", at=node.location)
        new = _laid_over(old, new, table)
        if any(item.node.contype == "CONSTR_DEFAULT" for item in node.constraints):
            new = replace(new, default=stated)
    return new, pending


def _laid_over(old: Column, new: Column, table: Table) -> Column:
    """A column stated again on an heir is its own too, and keeps what it does not state."""
    if new.not_null and not old.not_null:
        new = columns.own_not_null(new, table)
    return replace(
        new,
        inherited=table.partition is not None or table.of_type is not None,
        not_null=new.not_null or old.not_null,
        default=new.default if new.default is not None else old.default,
        generated=new.generated or old.generated,
        collation=new.collation or old.collation,
    )


def _once(waiting: list[Waiting]) -> list[Waiting]:
    """A key that a CREATE TABLE states twice is made once, under the name that either has (`transformIndexConstraints`)."""
    found: list[Waiting] = []
    seen: dict[tuple[Any, ...], int] = {}
    for phase, node, column in waiting:
        if isinstance(node, nodes.Constraint) and node.contype in _KEYS and node.indexname is None:
            first = seen.setdefault(_key(node, column), len(found))
            if first < len(found) and node.contype == "CONSTR_UNIQUE":
                kept, prior, place = found[first]
                if node.conname is not None and isinstance(prior, nodes.Constraint) and prior.conname is None:
                    found[first] = kept, replace(prior, conname=node.conname), place
                continue
        found.append((phase, node, column))
    return found


_KEYS = frozenset({"CONSTR_PRIMARY", "CONSTR_UNIQUE"})


def _key(node: nodes.Constraint, column: str | None) -> tuple[Any, ...]:
    keys = node.keys or column
    return keys, node.including, node.nulls_not_distinct, node.deferrable, node.initdeferred
