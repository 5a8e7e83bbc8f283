"""What the policies of a table allow, asked of one row for one role: the rules of row security, as a three-valued logic.

Source: reference, CREATE POLICY ("Policies Applied by Command Type"), and manual, 5.9 Row Security Policies. A row is
found by its key, so that UPDATE and DELETE need the policies for SELECT too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from schema_bridge.emit.sql import ident, literal, name
from schema_bridge.ir import Policy, Table

Command = Literal["select", "insert", "update", "delete"]
COMMANDS: tuple[Command, ...] = ("select", "insert", "update", "delete")
Ask = Callable[[Policy, str], bool | None]
"""Whether a condition of a policy holds; None where that cannot be told."""


def allowed(table: Table, command: Command, role: str, ask: Ask) -> bool | None:
    """Whether the role may do that to the row which `ask` knows of; None where a policy cannot tell."""
    policies = [policy for policy in table.policies if "public" in policy.roles or role in policy.roles]
    select = _passes(policies, "select", False, ask)
    if command == "select":
        return select
    if command == "insert":
        return _passes(policies, "insert", True, ask)
    using = _passes(policies, command, False, ask)
    check = _passes(policies, "update", True, ask) if command == "update" else True
    return _all([select, using, check])


def _passes(policies: Iterable[Policy], command: Command, checked: bool, ask: Ask) -> bool | None:
    concerned = [policy for policy in policies if policy.command in ("all", command)]
    permissive = [_asked(policy, checked, ask) for policy in concerned if policy.permissive]
    restrictive = [_asked(policy, checked, ask) for policy in concerned if not policy.permissive]
    found = [answer for answer in permissive if answer != "nothing"]
    one: bool | None = True if True in found else None if None in found else False
    return _all([one, *(answer for answer in restrictive if answer != "nothing")])


def _asked(policy: Policy, checked: bool, ask: Ask) -> bool | None | Literal["nothing"]:
    """A policy without a condition has no say; without WITH CHECK, its USING stands for it."""
    text = policy.check if checked and policy.check is not None else policy.using
    return "nothing" if text is None else ask(policy, text)


def _all(answers: Iterable[bool | None]) -> bool | None:
    known = list(answers)
    return False if False in known else None if None in known else True


def question(table: Table, condition: str, row: str) -> str:
    """The query that says whether the condition holds for a row, without reading the table."""
    target = name(table.name, public=True)
    return (
        f"SELECT coalesce((\n{condition}\n), false) AS answer"
        f" FROM (SELECT ({literal(row)}::{target}).*) AS {ident(table.name.name)}"
    )


def trial(table: Table, command: Command, row: str, key: str, column: str) -> str:
    """The statement that does it to the row and changes nothing; a new row is the same once more."""
    target = name(table.name, public=True)
    if command == "select":
        return f"SELECT 1 FROM {target} WHERE {key}"
    if command == "delete":
        return f"DELETE FROM {target} WHERE {key}"
    if command == "update":
        return f"UPDATE {target} SET {ident(column)} = {ident(column)} WHERE {key}"
    columns = ", ".join(ident(c.name) for c in table.columns if c.generated is None)
    again = f"SELECT {columns} FROM (SELECT ({literal(row)}::{target}).*) AS again"
    return f"INSERT INTO {target} ({columns}) OVERRIDING SYSTEM VALUE {again}"
