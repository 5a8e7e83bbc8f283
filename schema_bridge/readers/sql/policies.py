"""CREATE and ALTER POLICY."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge.ir import Policy, Table
from schema_bridge.readers.sql import lexer
from schema_bridge.readers.sql.context import Context, Tree, role

replace = msgspec.structs.replace


def create(context: Context, tree: Tree) -> None:
    """CREATE POLICY, also on a table that is not made here."""
    table = _table(context, tree)
    name = tree["policy_name"]
    if any(policy.name == name for policy in table.policies):
        context.clash(f"table {table.name} has a policy {name} already")
    command: Any = tree.get("cmd_name", "all")
    using, check = _clauses(context, tree)
    policy = Policy(
        name=name,
        command=command,
        permissive=bool(tree.get("permissive")),
        roles=_roles(tree),
        using=using,
        check=check,
        origin=context.origin(),
    )
    context.state.put(replace(table, policies=(*table.policies, policy)))


def _table(context: Context, tree: Tree) -> Table:
    table = context.hanger(tree["table"])
    if not isinstance(table, Table):
        context.fail(f"{table.name} is a view: it cannot have a policy")
    return table


def _roles(tree: Tree) -> tuple[str, ...]:
    return tuple(sorted({role(item) for item in tree.get("roles", ())})) or ("public",)


def _clauses(context: Context, tree: Tree) -> tuple[str | None, str | None]:
    """USING (…) and WITH CHECK (…): the only bracketed parts after the table's name."""
    using = check = None
    start = tree["table"].get("location", 0)
    if "qual" in tree:
        at = lexer.after_word(context.data, start, context.end, b"USING")
        using = context.bracketed(at, tree["qual"])
    if "with_check" in tree:
        at = lexer.after_word(context.data, start, context.end, b"CHECK")
        check = context.bracketed(at, tree["with_check"])
    return using, check


def alter(context: Context, tree: Tree) -> None:
    """ALTER POLICY … TO, USING, WITH CHECK."""
    table = _table(context, tree)
    name = tree["policy_name"]
    old = next((policy for policy in table.policies if policy.name == name), None)
    if old is None:
        context.fail(f"table {table.name} has no policy {name}")
    using, check = _clauses(context, tree)
    new = replace(
        old,
        roles=_roles(tree) if "roles" in tree else old.roles,
        using=using if "qual" in tree else old.using,
        check=check if "with_check" in tree else old.check,
    )
    policies = tuple(new if policy is old else policy for policy in table.policies)
    context.state.put(replace(table, policies=policies))
