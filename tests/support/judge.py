"""What a validation says of a changed database: whether the change is reported, and whether it was one at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from os.path import commonprefix

import psycopg

from schema_bridge import project
from schema_bridge.ir import Schema
from schema_bridge.plan import ordered
from schema_bridge.plan.makers import Once
from schema_bridge.plan.shape import crowded
from schema_bridge.writers.validation import Options
from support.cases import CASES, ROOT, read_text
from support.changes import Change
from support.mutations import Mutation
from support.objects import Described, differences
from support.server import Database, Server

TEXTS = ROOT / "tests" / "sql"
SCRIPT = "validate_schema.sql"
AT_ONCE = 100
"""So many changes are tried in one transaction: what they leave in the catalogs makes each slower than the one before."""
PATIENCE = 2
"""So many values that change nothing are tried of one fact."""
SPARE = """
CREATE SCHEMA spare;
CREATE FUNCTION spare.trigger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION spare.event() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
ALTER SCHEMA spare OWNER TO plain_role;
"""
"""What a changed schema may refer to; no schema here makes it, nor its owner."""


@dataclass(frozen=True)
class Subject:
    """A schema whose every change is to be reported, and the first server that takes it."""

    name: str
    schema: Schema
    supabase: bool = False
    major: int = 13


@cache
def subjects() -> tuple[Subject, ...]:
    """The fixtures, and what none of them holds."""
    rare = (("everything", 15), ("everything_18", 18))
    return (
        *(Subject(case.name, case.schema, case.supabase) for case in CASES),
        *(Subject(name, read_text((TEXTS / f"{name}.sql").read_text("utf-8")), major=major) for name, major in rare),
    )


def reported(connection: psycopg.Connection[object], script: str) -> list[str]:
    """What the script reports, a line a difference; the connection's transaction is left as it was."""
    try:
        with connection.transaction():
            connection.execute(script.encode())
    except psycopg.errors.RaiseException as error:
        return (error.diag.message_detail or "").splitlines()
    return []


@dataclass
class Verdict:
    """`caught` changes, those that the server refused or that change nothing in the database, and what went wrong."""

    caught: int = 0
    refused: int = 0
    without_effect: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.caught} changes reported, {len(self.wrong)} missed; {self.refused} that the server refuses,"
            f" {self.without_effect} that change nothing"
        )

    def add(self, other: Verdict) -> None:
        self.caught += other.caught
        self.refused += other.refused
        self.without_effect += other.without_effect
        self.wrong += other.wrong


class Judge:
    """Applies changes of one schema to an empty database, one at a time in a transaction that is rolled back.

    The statements before the first that a change changes are left for the next one, if those are its own too.
    """

    def __init__(self, server: Server, subject: Subject) -> None:
        self.server, self.schema, self.supabase = server, subject.schema, subject.supabase
        # (Supabase itself grants what its schemas need not state.)
        self.strict = not self.supabase
        self.script = project.render(self.schema, "validation", Options(strict=self.strict, owners=True))[SCRIPT]
        self.verdict = Verdict()
        self._right: Described | None = None
        self._statements = _statements(subject.schema)
        self._kept = 0

    @contextmanager
    def _empty(self) -> Iterator[psycopg.Connection[object]]:
        database = self.server.database(supabase=self.supabase).apply(SPARE)
        with psycopg.connect(database.conninfo) as opened:
            opened.execute("SET search_path TO public, extensions")
            opened.execute("SET check_function_bodies TO off")
            yield opened
            opened.rollback()
        self.server.release(database)

    def by_facts(self, wanted: list[Change]) -> Verdict:
        """Deploys the schema with a fact changed, and validates it as what it was."""
        for start in range(0, len(wanted), AT_ONCE):
            with self._empty() as connection:
                connection.execute(b"SAVEPOINT empty; SAVEPOINT kept")
                self._kept = 0
                for change in wanted[start : start + AT_ONCE]:
                    self._change(connection, change)
        return self.verdict

    def _change(self, connection: psycopg.Connection[object], change: Change) -> None:
        without_effect = 0
        for make in change.schemas:
            try:
                statements = _statements(make())
                if statements == self._statements:
                    without_effect += 1
                    continue
                self._deploy(connection, statements)
            except (psycopg.Error, LookupError, ValueError):
                continue
            found = reported(connection, self.script)
            if any(change.about in line for line in found):
                self.verdict.caught += 1
                return
            if found or not self._is_the_same(statements):
                self.verdict.wrong.append(f"{change}: {found}")
                return
            without_effect += 1
            if without_effect == PATIENCE:
                break
        if without_effect:
            self.verdict.without_effect += 1
        else:
            self.verdict.refused += 1

    def _deploy(self, connection: psycopg.Connection[object], statements: list[str]) -> None:
        shared = len(commonprefix([self._statements, statements]))
        if shared < self._kept:
            connection.execute(b"ROLLBACK TO empty; SAVEPOINT kept")
            self._kept = 0
        connection.execute(b"ROLLBACK TO kept")
        if shared > self._kept:
            connection.execute(_text(statements[self._kept : shared]).encode())
            connection.execute(b"RELEASE kept; SAVEPOINT kept")
            self._kept = shared
        connection.execute(_text(statements[shared:]).encode())

    def _is_the_same(self, statements: list[str]) -> bool:
        """Whether pg_dump sees no difference to the right database: then there is none to report."""
        if self._right is None:
            self._right = Described(self._made(_text(self._statements)))
        changed = self._made(_text(statements))
        same = not differences(self._right, changed)
        self.server.release(changed)
        return same

    def _made(self, ddl: str) -> Database:
        return self.server.database(supabase=self.supabase).apply(SPARE + "SET check_function_bodies TO off;" + ddl)

    def by_statements(self, wanted: list[Mutation]) -> Verdict:
        """Changes the deployed schema by a statement, and validates it."""
        for start in range(0, len(wanted), AT_ONCE):
            with self._empty() as connection:
                connection.execute(_text(self._statements).encode())
                if found := reported(connection, self.script):
                    self.verdict.wrong.append(f"the right database: {found}")
                for mutation in wanted[start : start + AT_ONCE]:
                    self._mutate(connection, mutation)
        return self.verdict

    def _mutate(self, connection: psycopg.Connection[object], mutation: Mutation) -> None:
        connection.execute(b"SAVEPOINT deployed")
        try:
            connection.execute(mutation.sql.encode())
            found = reported(connection, self.script)
            if any(mutation.about in line for line in found):
                self.verdict.caught += 1
            else:
                self.verdict.wrong.append(f"{mutation}: {found}")
        except psycopg.Error:
            self.verdict.refused += 1
        connection.execute(b"ROLLBACK TO deployed")


def _statements(schema: Schema) -> list[str]:
    return [text for item in ordered(schema, Once(crowded(schema))) for text in item.statements]


def _text(statements: list[str]) -> str:
    return "".join(f"{statement};\n" for statement in statements)
