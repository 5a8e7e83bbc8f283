"""What a validation says of a changed database: whether the change is reported, and whether it was one at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import psycopg

from schema_bridge import project
from schema_bridge.ir import Schema
from schema_bridge.writers.validation import Options
from support.cases import CASES, ROOT, read_text
from support.changes import Change
from support.mutations import Mutation
from support.objects import Described, differences
from support.server import Database, Server

TEXTS = ROOT / "tests" / "sql"
SCRIPT = "validate_schema.sql"
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
    """Applies changes of one schema to an empty database, one at a time in a transaction that is rolled back."""

    def __init__(self, server: Server, subject: Subject) -> None:
        self.server, self.schema, self.supabase = server, subject.schema, subject.supabase
        # (Supabase itself grants what its schemas need not state.)
        self.strict = not self.supabase
        self.script = project.render(self.schema, "validation", Options(strict=self.strict, owners=True))[SCRIPT]
        self.verdict = Verdict()
        self._right: Described | None = None

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
        with self._empty() as connection:
            for change in wanted:
                self._change(connection, change)
        return self.verdict

    def _change(self, connection: psycopg.Connection[object], change: Change) -> None:
        without_effect = 0
        for make in change.schemas:
            connection.execute(b"SAVEPOINT empty")
            try:
                ddl = _ddl(make())
                connection.execute(ddl.encode())
            except (psycopg.Error, LookupError, ValueError):
                connection.execute(b"ROLLBACK TO empty")
                continue
            found = reported(connection, self.script)
            connection.execute(b"ROLLBACK TO empty")
            if any(change.about in line for line in found):
                self.verdict.caught += 1
                return
            if found or not self._is_the_same(ddl):
                self.verdict.wrong.append(f"{change}: {found}")
                return
            without_effect += 1
            if without_effect == PATIENCE:
                break
        if without_effect:
            self.verdict.without_effect += 1
        else:
            self.verdict.refused += 1

    def _is_the_same(self, ddl: str) -> bool:
        """Whether pg_dump sees no difference to the right database: then there is none to report."""
        if self._right is None:
            self._right = Described(self._made(_ddl(self.schema)))
        changed = self._made(ddl)
        same = not differences(self._right, changed)
        self.server.release(changed)
        return same

    def _made(self, ddl: str) -> Database:
        return self.server.database(supabase=self.supabase).apply(SPARE + "SET check_function_bodies TO off;" + ddl)

    def by_statements(self, wanted: list[Mutation]) -> Verdict:
        """Changes the deployed schema by a statement, and validates it."""
        with self._empty() as connection:
            connection.execute(_ddl(self.schema).encode())
            if found := reported(connection, self.script):
                self.verdict.wrong.append(f"the right database: {found}")
            for mutation in wanted:
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
        return self.verdict


def _ddl(schema: Schema) -> str:
    return "".join(project.render(schema, "ddl").values())
