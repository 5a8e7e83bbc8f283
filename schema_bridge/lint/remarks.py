"""What a lint says, and what it may be told: the rules by name, the schemas that clients reach, what is to be silent."""

from __future__ import annotations

from fnmatch import fnmatchcase

import msgspec

from schema_bridge.emit.sql import ident, name
from schema_bridge.ir import Name, Origin

CLIENTS = frozenset({"public", "anon", "authenticated"})
"""The roles that anybody may come by: everyone, and Supabase's of its API."""


class Silence(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """For every rule, the tables or objects (names or globs) of which it says nothing."""

    table_without_rls: tuple[str, ...] = ()
    rls_without_policy: tuple[str, ...] = ()
    policy_without_rls: tuple[str, ...] = ()
    policy_always_true: tuple[str, ...] = ()
    owner_updates_privileged_column: tuple[str, ...] = ()
    security_definer_search_path: tuple[str, ...] = ()
    auth_call_per_row: tuple[str, ...] = ()
    foreign_key_without_index: tuple[str, ...] = ()
    policy_column_without_index: tuple[str, ...] = ()
    duplicate_index: tuple[str, ...] = ()


class LintOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`exposed` are the schemas whose tables clients reach without a back end in between (Supabase's API)."""

    exposed: tuple[str, ...] = ("public",)
    silence: Silence = Silence()


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a schema gets wrong: `rule` by its name, `object` and the `owner` it belongs to, the `reason`, and
    the SQL that mends it."""

    rule: str
    object: str
    owner: Name
    reason: str
    mend: str
    origin: Origin | None = None

    def __str__(self) -> str:
        return f"{self.object}: {self.reason} [{self.rule}]"


RULES: tuple[str, ...] = tuple(field.encode_name for field in msgspec.structs.fields(Silence))


def is_silent(remark: Remark, silence: Silence) -> bool:
    """Whether a name or glob of the remark's rule meets its object, or the table that this belongs to."""
    globs: tuple[str, ...] = getattr(silence, remark.rule.replace("-", "_"))
    names = {remark.object, str(remark.owner), f"{remark.owner.schema}.{remark.owner.name}"}
    return any(fnmatchcase(text, glob) for text in names for glob in globs)


def own_rows(column: str) -> str:
    """The condition that a row is the client's own, with `auth.uid()` called once a query."""
    return f"(SELECT auth.uid()) = {ident(column)}"


def alter_policy(policy: str, table: Name, using: str | None, check: str | None) -> str:
    """ALTER POLICY with the clauses that are given."""
    text = f"ALTER POLICY {ident(policy)} ON {name(table)}"
    text += f" USING ({using})" if using is not None else ""
    text += f" WITH CHECK ({check})" if check is not None else ""
    return text + ";"
