"""Two made-up users in a database, each with an account and rows of their own; in a transaction that is rolled back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from schema_bridge.emit.sql import ident, literal, name
from schema_bridge.ir import Name, Schema, Table
from schema_bridge.probe import values
from schema_bridge.probe.identity import SIGNED_IN, USERS, Person, Signs, claiming, email
from schema_bridge.probe.recipes import (
    ATTEMPTS,
    WHOLE,
    Owner,
    Recipe,
    Row,
    Unmakeable,
    columns_of,
    insertion,
)
from schema_bridge.servers.session import Answer, attempt

_TRY_AGAIN = frozenset({"23514", "23505", "23P01", "22001", "22003", "22P02", "22007", "22008", "22023", "22004"})
"""Refusals that another value may get around: a check, a key, a length, a range, a form (manual, appendix A)."""


def people() -> tuple[Person, Person]:
    """Two users that no database knows."""
    random = Random(secrets.randbits(64))
    start = random.randrange(10**8, 2**30, 2)
    return Person(values.uuid(random), start), Person(values.uuid(random), start + 1)


class World:
    """The rows that stand in the database for some people: `rows` by person and table, `missing` why there is none."""

    def __init__(self, connection: Any, schema: Schema, signs: Signs) -> None:
        self.connection = connection
        self.schema = schema
        self.signs = signs
        self.rows: dict[Person, dict[Name, Row]] = {}
        self.missing: dict[Name, str] = {}

    def register(self, person: Person) -> Answer:
        """Make the user's account, where the database has Supabase's table of them."""
        self.rows[person] = {}
        wanted = {
            "id": literal(str(person.id)), "email": literal(email(person)), "aud": "'authenticated'", "role": "'authenticated'",
            "raw_user_meta_data": "'{}'", "raw_app_meta_data": "'{}'",
        }  # fmt: skip
        there = attempt(
            self.connection,
            "SELECT a.attname::text AS name FROM pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped"
            " AND a.attgenerated = '' AND a.attrelid = to_regclass('auth.users')",
        )
        known = {row["name"] for row in there.rows}
        if "id" not in known:
            return Answer([], state="42P01", said="there is no table auth.users")
        columns = [column for column in wanted if column in known]
        listed, texts = ", ".join(map(ident, columns)), ", ".join(wanted[column] for column in columns)
        return attempt(self.connection, f"INSERT INTO auth.users ({listed}) VALUES ({texts})", keep=True)

    def settle(self, person: Person, recipes: Sequence[Recipe], by_trigger: frozenset[Name]) -> None:
        """Make the user's rows, of which triggers may have made some; the session is theirs, as triggers may ask."""
        if claims := claiming(person, SIGNED_IN, self.signs):
            attempt(self.connection, claims, keep=True)
        for recipe in recipes:
            made = self.found(person, recipe) if recipe.table.name in by_trigger else None
            try:
                self.rows[person][recipe.table.name] = made or self._made(person, recipe)
            except Unmakeable as why:
                self._share(person, recipe, str(why))

    def found(self, person: Person, recipe: Recipe) -> Row | None:
        """The user's row that is there already."""
        condition = _whose(recipe, person, self.rows[person])
        if condition is None:
            return None
        target = name(recipe.table.name, public=True)
        query = f"SELECT {columns_of(recipe.table)} FROM {target} AS made WHERE {condition} LIMIT 1"
        answer = attempt(self.connection, query)
        return answer.rows[0] if answer.rows else None

    def _share(self, person: Person, recipe: Recipe, why: str) -> None:
        """Where a table has room for one row only, and nobody's, it is both users'."""
        made = [rows[recipe.table.name] for rows in self.rows.values() if recipe.table.name in rows]
        if made and not recipe.identities:
            self.rows[person][recipe.table.name] = made[0]
        else:
            self.missing.setdefault(recipe.table.name, why)

    def _made(self, person: Person, recipe: Recipe) -> Row:
        said = ""
        owner = Owner(self.schema, person, self.rows[person])
        for number in range(ATTEMPTS):
            sql = insertion(recipe, owner, number)
            answer = attempt(self.connection, sql, keep=True)
            if answer.rows:
                return answer.rows[0]
            said = answer.said or "a trigger or a rule took the row away"
            if answer.state not in _TRY_AGAIN:
                break
        raise Unmakeable(f"no row could be made: {said}")


def _whose(recipe: Recipe, person: Person, made: Mapping[Name, Row]) -> str | None:
    """What is true of the user's row: a column that says who it is, or a reference to another row of theirs."""
    for column in sorted(recipe.identities):
        return f"{ident(column)} = {literal(person.identity(recipe.table.column(column).type))}"
    for key in recipe.references:
        if key.table == USERS and len(key.columns) == 1:
            return f"{ident(key.columns[0])} = {literal(str(person.id))}"
        if key.table in made and all(made[key.table].get(c) for c in key.referenced_columns):
            pairs = zip(key.columns, key.referenced_columns, strict=True)
            return " AND ".join(f"{ident(one)} = {literal(str(made[key.table][other]))}" for one, other in pairs)
    return None


def whole(row: Row) -> str:
    """The row as one text of its table's type."""
    return str(row[WHOLE])


def touched(table: Table) -> list[str]:
    """The columns that an UPDATE may set, those of keys last."""
    keys = set(table.primary_key.columns if table.primary_key else ())
    keys |= {column for unique in table.uniques for column in unique.columns}
    keys |= {column for key in table.foreign_keys for column in key.columns}
    free = [c.name for c in table.columns if c.generated is None and not (c.identity and c.identity.always)]
    return sorted(free, key=lambda column: column in keys)
