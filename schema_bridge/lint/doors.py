"""Rules on who may do what: row security, policies, and functions that run as their owner."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schema_bridge.emit.sql import ident, name, role
from schema_bridge.ir import Name, Policy, Schema, Table
from schema_bridge.lint.conditions import called_once, calls_per_row, compared_columns, is_always_true
from schema_bridge.lint.remarks import CLIENTS, LintOptions, Remark, alter_policy, own_rows
from schema_bridge.statements.objects import signature

_USERS = Name("auth", "users")
_PRIVILEGED = frozenset(
    ("admin", "balance", "banned", "credit", "credits", "permission", "permissions", "plan", "quota", "role", "roles")
    + ("staff", "superuser", "tier", "verified")
)
_WRITES = {"insert": ("check",), "update": ("using", "check"), "delete": ("using",), "all": ("using", "check")}


def row_security(schema: Schema, options: LintOptions) -> Iterator[Remark]:
    """Tables and policies that row security does not hold together."""
    for table in schema.tables:
        about, on = str(table.name), f"ALTER TABLE {name(table.name)} ENABLE ROW LEVEL SECURITY;"
        if not table.row_security and table.policies:
            reason = "it has policies, which do nothing while its row security is off"
            yield _remark("policy-without-rls", table, about, reason, on)
        elif table.row_security and not table.policies:
            reason = "its row security is on and it has no policy: nobody but its owner sees a row"
            yield _remark("rls-without-policy", table, about, reason, _first_policy(schema, table))
        elif not table.row_security and table.name.schema in options.exposed and _has_rows_of_its_own(table):
            reason = "its schema is exposed and its row security is off: clients reach all rows"
            yield _remark("table-without-rls", table, about, reason, on)


def policies(schema: Schema, options: LintOptions) -> Iterator[Remark]:
    """Policies that let too much through, or that cost too much."""
    for table in (*schema.tables, *schema.external_tables):
        for policy in table.policies:
            about = f"{policy.name} on {table.name}"
            if _is_open(table, policy):
                verb = "write" if policy.command == "all" else policy.command
                reason = f"it is always true: {_who(policy)} may {verb} any row"
                mend = _closed(schema, table, policy)
                yield _remark("policy-always-true", table, about, reason, mend, policy)
            texts = [policy.using, policy.check]
            if any(text is not None and calls_per_row(text) for text in texts):
                reason = "it asks who the client is for every row, not once a query"
                once = [None if text is None else called_once(text) for text in texts]
                mend = alter_policy(policy.name, table.name, *once)
                yield _remark("auth-call-per-row", table, about, reason, mend, policy)


def privileged_columns(schema: Schema, options: LintOptions) -> Iterator[Remark]:
    """Columns such as a role or a balance, in rows that their owners may change."""
    for table in schema.tables:
        names = frozenset(column.name for column in table.columns)
        columns = [c.name for c in table.columns if c.generated is None and _is_privileged(c.name)]
        for policy in filter(_lets_change, table.policies if columns else ()):
            if not compared_columns(policy.using or "", table.name, names, call="auth.uid"):
                continue
            for column in columns:
                if not _is_guarded(schema, table, policy, column):
                    reason = f"who owns a row may change this column, by the policy {policy.name}"
                    mend = _only_other_columns(table, policy, columns)
                    about = f"{table.name}.{column}"
                    yield _remark("owner-updates-privileged-column", table, about, reason, mend, policy)


def functions(schema: Schema, options: LintOptions) -> Iterator[Remark]:
    """Functions that run with their owner's rights (manual, CREATE FUNCTION: Writing SECURITY DEFINER Functions Safely)."""
    for function in schema.functions:
        fixed = any(setting.name.lower() == "search_path" for setting in function.settings)
        if function.security_definer and not fixed and function.sql_body is None:
            kind = "PROCEDURE" if function.procedure else "FUNCTION"
            place = ident(function.name.schema)
            yield Remark(
                rule="security-definer-search-path",
                object=f"{function.name}({signature(function).partition('(')[2]}",
                owner=function.name,
                reason="it runs with its owner's rights, and the caller's search_path says what its names mean",
                mend=f"ALTER {kind} {signature(function)} SET search_path = {place}, pg_temp;",
                origin=function.origin,
            )


def _remark(rule: str, table: Table, about: str, reason: str, mend: str, part: Policy | None = None) -> Remark:
    origin = table.origin if part is None else part.origin
    return Remark(rule=rule, object=about, owner=table.name, reason=reason, mend=mend, origin=origin)


def _has_rows_of_its_own(table: Table) -> bool:
    """Row security is for tables; foreign and temporary ones are no part of an API."""
    return table.server is None and table.persistence != "temporary"


def _first_policy(schema: Schema, table: Table) -> str:
    column = _owner_column(schema, table)
    if column is None:
        return f"CREATE POLICY nobody ON {name(table.name)} USING (false);"
    own = own_rows(column)
    return f"CREATE POLICY own_rows ON {name(table.name)} TO authenticated USING ({own}) WITH CHECK ({own});"


def _owner_column(schema: Schema, table: Table) -> str | None:
    """The column that refers to Supabase's users, itself or by way of a table that has their keys."""
    keys = [key for key in table.foreign_keys if len(key.columns) == 1]
    direct = [key.columns[0] for key in keys if key.table == _USERS]
    if direct:
        return direct[0]
    users = {t.name for t in schema.tables for key in t.foreign_keys if _is_key_of_users(t, key.table, key.columns)}
    return next((key.columns[0] for key in keys if key.table in users), None)


def _is_key_of_users(table: Table, target: Name, columns: tuple[str, ...]) -> bool:
    return target == _USERS and table.primary_key is not None and table.primary_key.columns == columns


def _is_open(table: Table, policy: Policy) -> bool:
    """Whether clients may write any row; a restrictive policy beside it may still hold them back."""
    if not policy.permissive or policy.command == "select" or CLIENTS.isdisjoint(policy.roles):
        return False
    restrained = any(
        not other.permissive and other.command in ("all", policy.command) and not is_always_true(other.using)
        for other in table.policies
    )
    clauses = (getattr(policy, clause) for clause in _WRITES[policy.command])
    return not restrained and any(map(is_always_true, clauses))


def _who(policy: Policy) -> str:
    clients = sorted(CLIENTS.intersection(policy.roles))
    return "everybody" if "public" in clients else " and ".join(clients)


def _closed(schema: Schema, table: Table, policy: Policy) -> str:
    """For the owner of a row alone; where nobody is that, no policy at all, which leaves the roles that need none."""
    column = _owner_column(schema, table)
    if column is None:
        return f"DROP POLICY {ident(policy.name)} ON {name(table.name)};"
    clauses = _WRITES[policy.command]
    using, check = (own_rows(column) if clause in clauses else None for clause in ("using", "check"))
    return alter_policy(policy.name, table.name, using, check)


def _is_privileged(column: str) -> bool:
    words = [word for word in column.lower().split("_") if word not in ("id", "is")]
    return bool(words) and words[-1] in _PRIVILEGED


def _lets_change(policy: Policy) -> bool:
    return policy.permissive and policy.command in ("update", "all") and not CLIENTS.isdisjoint(policy.roles)


def _is_guarded(schema: Schema, table: Table, policy: Policy, column: str) -> bool:
    """Whether something else keeps the owner's hands off: the policy's check, a trigger, or a privilege taken back."""
    word = re.compile(rf"\b{re.escape(column)}\b")
    if policy.check is not None and word.search(policy.check):
        return True
    before = [t.function for t in table.triggers if t.timing == "before" and "update" in t.events]
    bodies = (f.body or "" for f in schema.functions if f.name in before)
    return any(map(word.search, bodies)) or _is_revoked(schema, table, column)


def _is_revoked(schema: Schema, table: Table, column: str) -> bool:
    """Whether no client may UPDATE the column, by what the schema says of privileges."""
    said = [p for p in schema.privileges if p.object.name == table.name and p.grantee in CLIENTS]
    on_all = [p for p in said if p.column is None]
    granted = [*on_all, *(p for p in said if p.column == column)]
    return any(_has_update(p.revoked) for p in on_all) and not any(_has_update(p.granted) for p in granted)


def _has_update(words: tuple[str, ...]) -> bool:
    return "UPDATE" in words or "ALL" in words


def _only_other_columns(table: Table, policy: Policy, privileged: list[str]) -> str:
    roles = ", ".join(map(role, sorted(CLIENTS.intersection(policy.roles) - {"public"}))) or "anon, authenticated"
    free = ", ".join(ident(c.name) for c in table.columns if c.generated is None and c.name not in privileged)
    spelled = name(table.name)
    return f"REVOKE UPDATE ON {spelled} FROM {roles}; GRANT UPDATE ({free}) ON {spelled} TO {roles};"
