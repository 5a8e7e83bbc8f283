"""ALTER TABLE … ADD, DROP and ALTER COLUMN."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from schema_bridge import pgtypes
from schema_bridge.ir import Column, Generated, Table, Type, View, ViewColumn
from schema_bridge.pgtypes import INTEGER_BOUNDS
from schema_bridge.readers.sql import cascade, columns, constraints, dependents, lexer, nodes, sequences, stars
from schema_bridge.readers.sql.context import Context, Tree, bare, constant, merged, options

replace = msgspec.structs.replace

_STRING = re.compile(r"'(?:[^']|'')*'")


def column(context: Context, table: Table, command: Tree) -> Column:
    """The column a command names; SourceMeaning if the table has none."""
    for found in table.columns:
        if found.name == command["name"]:
            return found
    raise context.error(f"table {table.name} has no column {command['name']}")


def put(table: Table, new: Column) -> Table:
    return replace(table, columns=tuple(new if c.name == new.name else c for c in table.columns))


def _add(context: Context, table: Table, command: Tree) -> Table:
    definition = nodes.typed(command["def"]["ColumnDef"], nodes.ColumnDef)
    if any(c.name == definition.colname for c in table.columns):
        if not command.get("missing_ok"):
            context.clash(f"table {table.name} has a column {definition.colname} already")
        context.say(f"column {table.name}.{definition.colname} is there already: it is not added")
        return table
    stars.keep(context, table.name)
    new, pending = columns.column(context, table, definition)
    table = replace(table, columns=(*table.columns, new))
    for constraint, name in sorted(pending, key=lambda item: _PHASE.get(item[0].contype, 0)):
        table = constraints.add(context, table, constraint, name)
    return table


# Indexes are made before checks here, foreign keys last (ATExecCmd's passes).
_PHASE = {"CONSTR_PRIMARY": 0, "CONSTR_UNIQUE": 1, "CONSTR_EXCLUSION": 1, "CONSTR_CHECK": 2, "CONSTR_FOREIGN": 3}


def _drop(context: Context, table: Table, command: Tree) -> Table:
    name = command["name"]
    if not any(c.name == name for c in table.columns):
        if command.get("missing_ok"):
            return table
        column(context, table, command)
    if command.get("behavior") == "DROP_CASCADE":
        return cascade.drop_column(context, table, name)
    return dependents.drop_column(context, table, name)


def span(context: Context, command: Tree) -> lexer.Span:
    """The text of one command of an ALTER: the commas outside brackets divide it."""
    tree = context.commands
    at = tree["relation"].get("location", 0)
    parts = lexer.parts(context.data, at, context.end)
    wanted = [item["AlterTableCmd"] for item in tree["cmds"]]
    return parts[next(i for i, c in enumerate(wanted) if c is command)]


def _default_text(context: Context, command: Tree, type: Any) -> str | None:
    if "def" not in command:
        return None
    start, end = span(context, command)
    begin = lexer.after_word(context.data, start, end, b"DEFAULT")
    if type is None:
        return context.expression(begin, end, command["def"])
    return columns.default(context, (begin, end), command["def"], type)


def _default(context: Context, table: Table, command: Tree) -> Table:
    old = column(context, table, command)
    return put(table, replace(old, default=_default_text(context, command, old.type)))


def view_default(context: Context, view: View, command: Tree) -> None:
    """ALTER VIEW … ALTER COLUMN … SET DEFAULT."""
    name = command["name"]
    known = {c.name: c for c in view.columns}
    known[name] = replace(known.get(name, ViewColumn(name=name)), default=_default_text(context, command, None))
    kept = tuple(c for c in known.values() if c != ViewColumn(name=c.name))
    context.state.views[view.name] = replace(view, columns=kept)


def _set_not_null(context: Context, table: Table, command: Tree) -> Table:
    old = column(context, table, command)
    return table if old.not_null else put(table, columns.own_not_null(replace(old, not_null=True), table))


def _drop_not_null(context: Context, table: Table, command: Tree) -> Table:
    return put(table, replace(column(context, table, command), not_null=False, not_null_constraint=None))


def _type(context: Context, table: Table, command: Tree) -> Table:
    old = column(context, table, command)
    definition = command["def"]["ColumnDef"]
    type = context.type(definition["typeName"])
    collation = context.loose_name(definition["collClause"]["collname"]) if "collClause" in definition else None
    identity = old.identity
    if identity is not None and type.name in INTEGER_BOUNDS:
        kind: Any = type.name
        identity = replace(identity, options=sequences.options(context, [], kind, identity.options))
    default = _cast_as_before(old, type)
    return put(table, replace(old, type=type, collation=collation, identity=identity, default=default, storage=None))


def _cast_as_before(old: Column, new: Type) -> str | None:
    """A default that is a string alone keeps the type it had (it is a constant of that type, then converted)."""
    if (
        old.default is None
        or not _STRING.fullmatch(old.default)
        or (old.type.schema, old.type.name) == (new.schema, new.name)
    ):
        return old.default
    return f"{old.default}::{pgtypes.render(bare(old.type))}"


def _set_expression(context: Context, table: Table, command: Tree) -> Table:
    old = column(context, table, command)
    start, _ = span(context, command)
    begin = lexer.after_word(context.data, start, context.end, b"EXPRESSION")
    expression = context.bracketed(begin, command["def"])
    stored = old.generated.stored if old.generated else True
    return put(table, replace(old, generated=Generated(expression=expression, stored=stored)))


def _drop_expression(context: Context, table: Table, command: Tree) -> Table:
    return put(table, replace(column(context, table, command), generated=None))


def _add_identity(context: Context, table: Table, command: Tree) -> Table:
    old = column(context, table, command)
    if old.identity is not None:
        context.clash(f"column {table.name}.{old.name} is an identity column already")
    return put(
        table, columns.identity(context, table, old, nodes.typed(command["def"]["Constraint"], nodes.Constraint))
    )


def _set_identity(context: Context, table: Table, command: Tree) -> Table:
    old = column(context, table, command)
    if old.identity is None:
        context.fail(f"column {table.name}.{old.name} is no identity column")
    always = old.identity.always
    elements = command["def"]["List"]["items"]
    for element in elements:
        if element["DefElem"]["defname"] == "generated":
            always = chr(int(constant(element["DefElem"]["arg"]))) == "a"
    kept = old.identity.options
    identity = replace(old.identity, always=always, options=sequences.options(context, elements, kept.type, kept))
    return put(table, replace(old, identity=identity))


def _drop_identity(context: Context, table: Table, command: Tree) -> Table:
    old = column(context, table, command)
    if old.identity is None:
        if not command.get("missing_ok"):
            context.fail(f"column {table.name}.{old.name} is no identity column")
        return table
    context.state.identity_sequences.pop(old.identity.sequence, None)
    return put(table, replace(old, identity=None))


def _statistics(context: Context, table: Table, command: Tree) -> Table:
    target = int(constant(command["def"])) if "def" in command else -1
    return put(table, replace(column(context, table, command), statistics=target if target >= 0 else None))


def _set_options(context: Context, table: Table, command: Tree) -> Table:
    old = column(context, table, command)
    return put(table, replace(old, options=merged(old.options, options(command["def"]["List"]["items"]))))


def _reset_options(context: Context, table: Table, command: Tree) -> Table:
    old = column(context, table, command)
    gone = [option.name for option in options(command["def"]["List"]["items"])]
    return put(table, replace(old, options=merged(old.options, (), gone)))


def _storage(context: Context, table: Table, command: Tree) -> Table:
    old = column(context, table, command)
    return put(table, replace(old, storage=columns.storage(constant(command["def"]))))


def _compression(context: Context, table: Table, command: Tree) -> Table:
    method = constant(command["def"])
    return put(table, replace(column(context, table, command), compression=None if method == "default" else method))


COMMANDS: dict[str, Callable[[Context, Any, Tree], Any]] = {
    "AT_AddColumn": _add,
    "AT_DropColumn": _drop,
    "AT_ColumnDefault": _default,
    "AT_SetNotNull": _set_not_null,
    "AT_DropNotNull": _drop_not_null,
    "AT_AlterColumnType": _type,
    "AT_SetExpression": _set_expression,
    "AT_DropExpression": _drop_expression,
    "AT_AddIdentity": _add_identity,
    "AT_SetIdentity": _set_identity,
    "AT_DropIdentity": _drop_identity,
    "AT_SetStatistics": _statistics,
    "AT_SetOptions": _set_options,
    "AT_ResetOptions": _reset_options,
    "AT_SetStorage": _storage,
    "AT_SetCompression": _compression,
}
