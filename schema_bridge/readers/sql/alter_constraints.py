"""ALTER TABLE … ADD, DROP, ALTER and VALIDATE CONSTRAINT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schema_bridge import default_names
from schema_bridge.ir import NotNull, Table
from schema_bridge.readers.sql import constraints, dependents, nodes
from schema_bridge.readers.sql.context import Context, Tree

replace = msgspec.structs.replace


def _add(context: Context, table: Table, command: Tree) -> Table:
    return constraints.add(context, table, nodes.typed(command["def"]["Constraint"], nodes.Constraint))


def _drop(context: Context, table: Table, command: Tree) -> Table:
    name = command["name"]
    if constraints.has_constraint(table, name):
        return dependents.drop_constraint(context, table, name)
    for column in table.columns:
        stated = column.not_null_constraint.name if column.not_null_constraint else None
        if column.not_null and name == (stated or default_names.not_null(table.name.name, column.name)):
            new = replace(column, not_null=False, not_null_constraint=None)
            return replace(table, columns=tuple(new if c is column else c for c in table.columns))
    if not command.get("missing_ok"):
        context.fail(f"table {table.name} has no constraint {name}")
    return table


def _validate(context: Context, table: Table, command: Tree) -> Table:
    name = command["name"]
    if not constraints.has_constraint(table, name):
        return _with_not_null(context, table, name, lambda old: replace(old, not_valid=False))
    return replace(
        table,
        checks=tuple(replace(c, not_valid=False) if c.name == name else c for c in table.checks),
        foreign_keys=tuple(replace(k, not_valid=False) if k.name == name else k for k in table.foreign_keys),
    )


def _with_not_null(context: Context, table: Table, name: str, changed: Callable[[NotNull], NotNull]) -> Table:
    """The table with another state of the not-null constraint of that name."""
    for column in table.columns:
        old = column.not_null_constraint or NotNull()
        if column.not_null and (old.name or default_names.not_null(table.name.name, column.name)) == name:
            stated = changed(old)
            new = replace(column, not_null_constraint=None if stated == NotNull() else stated)
            return replace(table, columns=tuple(new if c is column else c for c in table.columns))
    return context.fail(f"table {table.name} has no constraint {name}")


def _alter(context: Context, table: Table, command: Tree) -> Table:
    change = command["def"].get("ATAlterConstraint") or command["def"]["Constraint"]
    name = change["conname"]
    if not constraints.has_constraint(table, name):
        return _with_not_null(context, table, name, lambda old: replace(old, no_inherit=bool(change.get("noinherit"))))
    facts: dict[str, Any] = {}
    if change.get("alterDeferrability"):
        facts |= {
            "deferrable": bool(change.get("deferrable")),
            "initially_deferred": bool(change.get("initdeferred")),
        }
    if change.get("alterEnforceability"):
        facts["not_enforced"] = not change.get("is_enforced")
    keys = tuple(replace(k, **facts) if k.name == name else k for k in table.foreign_keys)
    return replace(table, foreign_keys=keys)


COMMANDS: dict[str, Callable[[Context, Any, Tree], Any]] = {
    "AT_AddConstraint": _add,
    "AT_DropConstraint": _drop,
    "AT_ValidateConstraint": _validate,
    "AT_AlterConstraint": _alter,
}
