"""CREATE and ALTER POLICY."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge.ir import Policy, Table
from schema_bridge.readers.sql import lexer, nodes
from schema_bridge.readers.sql.context import Context, Tree, role

replace = msgspec.structs.replace


def create(context: Context, node: nodes.CreatePolicyStmt) -> None:
    """CREATE POLICY, also on a table that is not made here."""
    table = _table(context, node.table)
    name = node.policy_name
    if any(policy.name == name for policy in table.policies):
        context.clash(f"table {table.name} has a policy {name} already")
    command: Any = node.cmd_name
    using, check = _clauses(context, node)
    policy = Policy(
        name=name,
        command=command,
        permissive=node.permissive,
        roles=_roles(node.roles),
        using=using,
        check=check,
        origin=context.origin(),
    )
    context.state.put(replace(table, policies=(*table.policies, policy)))


def _table(context: Context, relation: Tree) -> Table:
    table = context.hanger(relation)
    if not isinstance(table, Table):
        context.fail(f"{table.name} is a view: it cannot have a policy")
    return table


def _roles(trees: tuple[Tree, ...]) -> tuple[str, ...]:
    return tuple(sorted({role(item) for item in trees})) or ("public",)


def _clauses(context: Context, node: nodes.AlterPolicyStmt) -> tuple[str | None, str | None]:
    """USING (…) and WITH CHECK (…): the only bracketed parts after the table's name."""
    using = check = None
    start = node.table.get("location", 0)
    if node.qual:
        at = lexer.after_word(context.data, start, context.end, b"USING")
        using = context.bracketed(at, node.qual)
    if node.with_check:
        at = lexer.after_word(context.data, start, context.end, b"CHECK")
        check = context.bracketed(at, node.with_check)
    return using, check


def alter(context: Context, node: nodes.AlterPolicyStmt) -> None:
    """ALTER POLICY … TO, USING, WITH CHECK."""
    table = _table(context, node.table)
    name = node.policy_name
    old = next((policy for policy in table.policies if policy.name == name), None)
    if old is None:
        context.fail(f"table {table.name} has no policy {name}")
    using, check = _clauses(context, node)
    new = replace(
        old,
        roles=_roles(node.roles) if node.roles else old.roles,
        using=using if using is not None else old.using,
        check=check if check is not None else old.check,
    )
    policies = tuple(new if policy is old else policy for policy in table.policies)
    context.state.put(replace(table, policies=policies))
