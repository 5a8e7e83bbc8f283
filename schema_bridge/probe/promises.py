"""What the triggers of a schema promise: a column that says when a row changed, rows for every new user."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from schema_bridge.ir import Function, Name, Schema, Table, Trigger
from schema_bridge.probe.identity import USERS, conditions

_NOW = re.compile(
    r"\bNEW\.\"?(\w+)\"?\s*:?=\s*\(*(?:timezone\([^()]*\(?)?"
    r"(?:(?:pg_catalog\.)?(?:now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(\s*\)"
    r"|current_timestamp|localtimestamp)",
    re.IGNORECASE,
)
_INSERT = re.compile(r'\binsert\s+into\s+(?:"?(\w+)"?\s*\.\s*)?"?(\w+)"?', re.IGNORECASE)
_CONDITION = re.compile(r"\b(if|case|exception|return\s+null|on\s+conflict|where)\b", re.IGNORECASE)
_SET = re.compile(r'\bNEW\."?(\w+)"?\s*:?=|\bINTO\s+NEW\."?(\w+)', re.IGNORECASE)
_REFUSAL = re.compile(r"\bRAISE\s+EXCEPTION|\bRETURN\s+NULL|\bNEW\s*:?=", re.IGNORECASE)
_WORDS = re.compile(r"\w+").findall
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


class Maintained(msgspec.Struct, frozen=True):
    """The trigger sets the column whenever a row changes; `sometimes`: it may have reasons not to."""

    table: Table
    trigger: Trigger
    column: str
    sometimes: bool


class Following(msgspec.Struct, frozen=True):
    """The trigger makes rows of these tables for each new row of `source`."""

    source: Name
    trigger: Trigger
    tables: tuple[Name, ...]
    sometimes: bool


def maintained(schema: Schema) -> Iterator[Maintained]:
    """The columns that triggers keep, by tables; those of partitions are their parents'."""
    for table in schema.tables:
        for trigger in table.triggers:
            if trigger.timing == "before" and "update" in trigger.events and _acts(trigger) and not trigger.inherited:
                body, columns = _body(schema, trigger), {column.name for column in table.columns}
                found = trigger.arguments[:1] if trigger.function.name == "moddatetime" else _NOW.findall(body)
                sometimes = trigger.when is not None or _CONDITION.search(body) is not None
                yield from (Maintained(table, trigger, c, sometimes) for c in dict.fromkeys(found) if c in columns)


def following(schema: Schema) -> Iterator[Following]:
    """What comes with a new account of Supabase."""
    known = {table.name for table in schema.tables}
    for table in schema.external_tables:
        for trigger in table.triggers if table.name == USERS else ():
            if "insert" in trigger.events and _acts(trigger):
                body = _body(schema, trigger)
                named = [Name(place or "public", name) for place, name in _INSERT.findall(body)]
                made = tuple(dict.fromkeys(name for name in named if name in known))
                sometimes = trigger.when is not None or _CONDITION.search(body) is not None
                if made:
                    yield Following(table.name, trigger, made, sometimes)


def stands_before(schema: Schema, table: Table, command: str) -> bool:
    """Whether a trigger may change the row before the policies see it, in a column that they ask, or may refuse it."""
    asked = set(_WORDS(" ".join(text for policy in table.policies for text in conditions(policy))))
    for trigger in table.triggers:
        if trigger.timing == "before" and command in trigger.events and _acts(trigger):
            body = _body(schema, trigger)
            set_columns = {column for found in _SET.findall(body) for column in found if column}
            if not body or _REFUSAL.search(body) or not asked.isdisjoint(set_columns):
                return True
    return False


def own_functions(schema: Schema, names: frozenset[Name]) -> Iterator[Function]:
    """The schema's functions of these names, which can be put in the place of a database's."""
    for function in schema.functions:
        if function.name in names and function.library is None and not function.procedure:
            yield function


def _acts(trigger: Trigger) -> bool:
    return trigger.for_each == "row" and trigger.enabled in ("origin", "always")


def _body(schema: Schema, trigger: Trigger) -> str:
    """The source of its function, without comments."""
    found = next((f.body for f in schema.functions if f.name == trigger.function), None)
    return _COMMENT.sub(" ", found or "")
