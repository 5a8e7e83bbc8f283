"""How a schema knows who asks: Supabase's `auth.uid()`, or settings of the session; and which columns say who that is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from schema_bridge.emit.sql import ident, literal
from schema_bridge.ir import Name, Policy, Schema, Type
from schema_bridge.probe.callers import UID, compared

USERS: Final = Name("auth", "users")
SIGNED_IN: Final = "authenticated"
MADE_UP_ROLE: Final = "schema_bridge_probe"
"""The role of who is signed in where policies are for everyone; made for the probes, and undone with them."""
_CALL_OF_AUTH = re.compile(r"\bauth\.(uid|jwt|role|email)\s*\(", re.IGNORECASE)
_SETTING = re.compile(r"\bcurrent_setting\(\s*'(\w+\.\w+)'", re.IGNORECASE)

Column = tuple[Name, str]


class Person(msgspec.Struct, frozen=True):
    """A made-up user, by what may identify one; without an `id`, someone who is not signed in."""

    id: str | None
    number: int = 0

    def identity(self, type_: Type) -> str:
        """What stands for the person in a column of the type."""
        if type_.name in ("smallint", "integer", "bigint", "numeric"):
            return str(self.number)
        return str(self.id)


class Signs(msgspec.Struct, frozen=True):
    """`auth`: policies ask Supabase's functions; `settings`: the session's settings that they ask, with the type of the
    columns compared with them; `columns`: those that hold who somebody is."""

    auth: bool
    settings: Mapping[str, Type | None]
    columns: frozenset[Column]


def signs(schema: Schema) -> Signs:
    """How the policies of the schema, and the functions that they call, know who asks."""
    texts = [text for table in schema.tables for policy in table.policies for text in conditions(policy)]
    texts += [text for function in schema.functions for text in (function.body, function.sql_body) if text]
    settings: dict[str, Type | None] = {name: None for text in texts for name in _SETTING.findall(text)}
    tables = {table.name: table for table in schema.tables}
    columns = set()
    for name, column, to in _asked(schema):
        if name in tables and any(column == c.name for c in tables[name].columns):
            columns.add((name, column))
            if to in settings and settings[to] is None:
                settings[to] = tables[name].column(column).type
    auth = any(map(_CALL_OF_AUTH.search, texts))
    return Signs(auth, settings, frozenset(_upwards(schema, columns)))


def conditions(policy: Policy) -> list[str]:
    """What a policy asks."""
    return [text for text in (policy.using, policy.check) if text is not None]


def _asked(schema: Schema) -> Iterator[tuple[Name, str, str]]:
    """The columns that policies compare with who asks, those that refer to a user, and those whose default it is."""
    for table in schema.tables:
        for policy in table.policies:
            for text in conditions(policy):
                yield from ((found.table or table.name, found.column, found.to) for found in compared(text))
        for column in table.columns:
            if column.default is not None and f"{UID}(" in column.default:
                yield table.name, column.name, UID
        for key in table.foreign_keys:
            if key.table == USERS and len(key.columns) == 1:
                yield table.name, key.columns[0], UID


def _upwards(schema: Schema, columns: set[Column]) -> set[Column]:
    """The columns, and those that they refer to."""
    keys = [(t.name, key) for t in schema.tables for key in t.foreign_keys if len(key.columns) == 1]
    while True:
        more = {
            (key.table, key.referenced_columns[0])
            for name, key in keys
            if (name, key.columns[0]) in columns and key.referenced_columns and key.table != USERS
        } - columns
        if not more:
            return columns
        columns = columns | more


def becoming(person: Person, role: str, signs: Signs) -> str:
    """The statements that make a session the person's, to the end of the transaction or savepoint."""
    return f"SET LOCAL ROLE {ident(role)};" + claiming(person, role, signs)


def claiming(person: Person, role: str, signs: Signs) -> str:
    """What the session says of the person, whatever role it has."""
    types = {name: type_ or Type(name="text") for name, type_ in signs.settings.items()}
    settings = {name: "" if person.id is None else person.identity(type_) for name, type_ in types.items()}
    if signs.auth:
        settings |= _claims(person, role)
    calls = ", ".join(f"set_config({literal(name)}, {literal(text)}, true)" for name, text in sorted(settings.items()))
    return f"SELECT {calls};" if calls else ""


def _claims(person: Person, role: str) -> dict[str, str]:
    """What Supabase's API says of a request (its documentation, JWT Claims Reference)."""
    known = {"role": role, "aud": role}
    if person.id is not None:
        known |= {"sub": person.id, "email": email(person)}
    claims = {**known, "app_metadata": {}, "user_metadata": {}}
    single = {f"request.jwt.claim.{name}": known.get(name, "") for name in ("sub", "role", "email")}
    return {"request.jwt.claims": json.dumps(claims), **single}


def email(person: Person) -> str:
    """An address that nobody has (RFC 2606)."""
    return f"probe{person.number}@example.invalid"
