"""Probes of row security: what two users, and one who is not signed in, may do to rows, and what the policies say of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from schema_bridge.emit.sql import ident, literal, name
from schema_bridge.ir import Name, Policy, Schema, Table
from schema_bridge.probe.identity import MADE_UP_ROLE, SIGNED_IN, Person, becoming, conditions
from schema_bridge.probe.outcomes import Outcome, broken, counted, not_probed
from schema_bridge.probe.permission import COMMANDS, Command, allowed, question, trial
from schema_bridge.probe.promises import own_functions, stands_before
from schema_bridge.probe.recipes import Row, key_columns, where
from schema_bridge.probe.triggers import put_in_place
from schema_bridge.probe.world import World, touched, whole
from schema_bridge.servers.session import attempt, undone

NOBODY: Final = Person(None)
_OWN, _OTHER, _NONE = "its user", "another user", "who is not signed in"
_NO_SUCH_THING = ("42P", "427", "428", "42601", "42804")
"""Refusals of a question itself, not of the row: names and types that are not there (manual, appendix A)."""
Case = tuple[str, Command]


class Tried(msgspec.Struct):
    """Of one table, by who tries what: what the policies say, and what came of it (None: it cannot be told)."""

    table: Table
    expected: dict[tuple[Person, Person, Command], bool | None]
    actual: dict[tuple[Person, Person, Command], str]


class Security:
    """The probes of the tables under row security of which both users have a row."""

    def __init__(self, world: World, tables: Sequence[Table]) -> None:
        self.world = world
        self.people = tuple(world.rows)
        self.tried = [Tried(t, {}, {}) for t in tables if all(t.name in rows for rows in world.rows.values())]
        self.left_out = [t for t in tables if t not in [tried.table for tried in self.tried]]
        self.came_true: set[tuple[Name, str]] = set()
        self.refused: dict[str, str] = {}

    def outcomes(self) -> Iterator[Outcome]:
        """What differs, what could not be probed, and how many tables are as their policies say."""
        self._make_up_role()
        self._ask_policies()
        for tried in self.tried:
            for person in (NOBODY, *self.people):
                self._try(tried, person)
        good = 0
        for tried in self.tried:
            found = list(self._compared(tried))
            good += not found
            yield from found
        for table in self.left_out:
            yield not_probed(
                f"row security of {table.name}", self.world.missing.get(table.name, "no row could be made")
            )
        yield from self._idle()
        if good:
            line = (
                f"Row security of {counted(good, 'table', 'tables')} does what the policies say, for two users and for one"
                " who is not signed in"
            )
            yield Outcome(kind="kept", line=line)

    # Who

    def _role(self, table: Table, person: Person) -> str:
        """The role of who asks: Supabase's, or the first that the policies name, or the one made up for it."""
        if self.world.signs.auth or _names(self.world.schema, SIGNED_IN):
            return "anon" if person is NOBODY else SIGNED_IN
        named = sorted({role for policy in table.policies for role in policy.roles} - {"public"})
        return named[0] if named else MADE_UP_ROLE

    def _make_up_role(self) -> None:
        tables = [t.table for t in self.tried if self._role(t.table, NOBODY) == MADE_UP_ROLE]
        if tables:
            grants = [f"GRANT ALL ON {name(table.name, public=True)} TO {MADE_UP_ROLE}" for table in tables]
            spaces = sorted({ident(table.name.schema) for table in tables})
            grants.append(f"GRANT USAGE ON SCHEMA {', '.join(spaces)} TO {MADE_UP_ROLE}")
            answer = attempt(self.world.connection, f"CREATE ROLE {MADE_UP_ROLE}; {'; '.join(grants)}", keep=True)
            if answer.state:
                self.refused[MADE_UP_ROLE] = answer.said

    # What the policies say

    def _ask_policies(self) -> None:
        """Each condition for each row and person, with the schema's own functions where they can be put in place."""
        words = " ".join(text for t in self.tried for policy in t.table.policies for text in conditions(policy))
        names = frozenset(f.name for f in self.world.schema.functions if f.name.name in words)
        with undone(self.world.connection):
            put_in_place(self.world, own_functions(self.world.schema, names))
            for tried in self.tried:
                for person in (NOBODY, *self.people):
                    self._ask_about(tried, person)

    def _ask_about(self, tried: Tried, person: Person) -> None:
        role = self._role(tried.table, person)
        with undone(self.world.connection):
            if self._become(person, role):
                for owner in self.people:
                    row = whole(self.world.rows[owner][tried.table.name])
                    known: dict[str, bool | None] = {}

                    def ask(
                        policy: Policy, text: str, row: str = row, known: dict[str, bool | None] = known
                    ) -> bool | None:
                        if text not in known:
                            known[text] = self._holds(tried.table, text, row)
                        if known[text]:
                            self.came_true.add((tried.table.name, policy.name))
                        return known[text]

                    for command in COMMANDS:
                        tried.expected[person, owner, command] = allowed(tried.table, command, role, ask)

    def _holds(self, table: Table, condition: str, row: str) -> bool | None:
        answer = attempt(self.world.connection, question(table, condition, row))
        if answer.state:
            return None if answer.state.startswith(_NO_SUCH_THING) else False
        return bool(answer.rows[0]["answer"])

    def _become(self, person: Person, role: str) -> bool:
        if role in self.refused:
            return False
        answer = attempt(self.world.connection, becoming(person, role, self.world.signs), keep=True)
        if answer.state:
            self.refused[role] = answer.said
        return not answer.state

    # What happens

    def _try(self, tried: Tried, person: Person) -> None:
        role = self._role(tried.table, person)
        may = self._privileges(tried.table, role)
        with undone(self.world.connection):
            if self._become(person, role):
                for owner in self.people:
                    for command in COMMANDS:
                        tried.actual[person, owner, command] = self._tried(tried.table, command, owner, may)

    def _privileges(self, table: Table, role: str) -> Mapping[str, Any]:
        """What the role holds of the table, whatever its rows."""
        target, who = literal(name(table.name, public=True)), literal(role)
        columns, key = _array(touched(table)), _array(key_columns(table))

        def all_of(columns: str, word: str) -> str:
            held = f"has_column_privilege({who}, {target}, c, '{word}')"
            return f"(SELECT coalesce(bool_and({held}), false) FROM unnest({columns}) AS c)"

        sql = (
            f"SELECT {all_of(key, 'SELECT')} AS select, {all_of(columns, 'INSERT')} AS insert,"
            f" {all_of(key, 'SELECT')} AND has_table_privilege({who}, {target}, 'DELETE') AS delete,"
            f" ARRAY(SELECT c FROM unnest({columns}) AS c WHERE {all_of(key, 'SELECT')}"
            f" AND has_column_privilege({who}, {target}, c, 'UPDATE')"
            f" AND has_column_privilege({who}, {target}, c, 'SELECT')) AS update"
        )
        answer = attempt(self.world.connection, sql)
        return answer.rows[0] if answer.rows else {}

    def _tried(self, table: Table, command: Command, owner: Person, may: Mapping[str, Any]) -> str:
        """`allowed`, `refused` (also by finding no row), `no privilege`, or what else was in the way."""
        row: Row = self.world.rows[owner][table.name]
        key = where(table, row)
        if key is None and command != "insert":
            return "it has no key by which to find a row again"
        if not may.get(command):
            return "no privilege"
        column = may["update"][0] if command == "update" else ""
        answer = attempt(self.world.connection, trial(table, command, whole(row), key or "", column))
        if answer.rows or (not answer.state and answer.affected > 0) or answer.state.startswith("23"):
            return "allowed"  # a constraint is asked after row security
        return "refused" if answer.state in ("", "42501") else answer.said

    # The two side by side

    def _compared(self, tried: Tried) -> Iterator[Outcome]:
        about = f"row security of {tried.table.name}"
        reasons = {self.refused[r] for p in (NOBODY, *self.people) if (r := self._role(tried.table, p)) in self.refused}
        for reason in sorted(reasons):
            yield not_probed(about, reason)
        wrong: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
        unknown: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for (person, owner, command), expected in tried.expected.items():
            who = _NONE if person is NOBODY else _OWN if person == owner else _OTHER
            actual = tried.actual.get((person, owner, command), "refused")
            verdict = _verdict(expected, actual)
            if isinstance(verdict, tuple) and stands_before(self.world.schema, tried.table, command):
                verdict = "a trigger stands before the policies"
            if expected and actual == "no privilege":
                verdict = self._unprivileged(tried.table, self._role(tried.table, person), command)
            found = wrong[who, *verdict] if isinstance(verdict, tuple) else unknown[who, verdict] if verdict else []
            if command not in found:
                found.append(command)
        for (who, should, does), commands in wrong.items():
            yield broken(about, f"{_in_order(commands)} by {who}", should, does)
        for (who, why), commands in unknown.items():
            yield not_probed(f"{about}: {_in_order(commands)} by {who}", why)

    def _unprivileged(self, table: Table, role: str, command: Command) -> tuple[str, str] | str:
        """A fault where the schema grants the privilege; else the policies cannot be probed."""
        granted = _is_granted(self.world.schema, table.name, command, role)
        return ("allowed", "no privilege") if granted else f"{role} lacks the privilege"

    def _idle(self) -> Iterator[Outcome]:
        """The policies that no made-up row was let through by."""
        for tried in self.tried:
            roles = {self._role(tried.table, person) for person in (NOBODY, *self.people)}
            for policy in tried.table.policies:
                if (
                    (tried.table.name, policy.name) not in self.came_true
                    and conditions(policy)
                    and not roles & self.refused.keys()
                ):
                    about = f"policy {policy.name} on {tried.table.name}"
                    if roles.isdisjoint(policy.roles) and "public" not in policy.roles:
                        yield not_probed(about, f"it is for {', '.join(policy.roles)}")
                    else:
                        yield not_probed(about, "its condition is true for none of the rows made")


def _verdict(expected: bool | None, actual: str) -> tuple[str, str] | str | None:
    """Expected and actual where they differ; why it could not be told; None where all is well."""
    if expected is None:
        return "a policy's condition cannot be asked apart from its table"
    if not expected:
        return ("refused", "allowed") if actual == "allowed" else None
    if actual == "refused":
        return "allowed", "refused"
    return None if actual == "allowed" else actual


def _in_order(commands: Collection[str]) -> str:
    return ", ".join(command for command in COMMANDS if command in commands)


def _array(texts: Iterable[str]) -> str:
    return f"ARRAY[{', '.join(map(literal, texts))}]::text[]"


def _names(schema: Schema, role: str) -> bool:
    return any(role in policy.roles for table in schema.tables for policy in table.policies)


def _is_granted(schema: Schema, table: Name, command: Command, role: str) -> bool:
    """Whether the schema says that the role holds the privilege."""
    return any(
        privileges.object.name == table
        and privileges.object.kind == "table"
        and privileges.column is None
        and privileges.grantee in (role, "public")
        and not {command.upper(), "ALL"}.isdisjoint(privileges.granted)
        for privileges in schema.privileges
    )
