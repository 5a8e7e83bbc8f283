"""Probes of triggers: that columns are kept, that new users get their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from random import Random

from schema_bridge.emit.sql import ident, literal, name
from schema_bridge.ir import Function, Name
from schema_bridge.probe import values
from schema_bridge.probe.identity import Person
from schema_bridge.probe.outcomes import Outcome, broken, counted, not_probed
from schema_bridge.probe.promises import Following, Maintained, own_functions
from schema_bridge.probe.recipes import Recipe, Row, where
from schema_bridge.probe.world import World, people, touched
from schema_bridge.servers.session import attempt, undone
from schema_bridge.statements import functions

_LONG_AGO = "2000-01-01 00:00:00+00"


def kept_columns(world: World, promises: Sequence[Maintained], recipes: Sequence[Recipe]) -> Iterator[Outcome]:
    """Whether an UPDATE of a row changes the columns that triggers keep."""
    by_table = {recipe.table.name: recipe for recipe in recipes}
    kept = 0
    for promise in promises:
        about = f"{promise.trigger.name} on {promise.table.name}"
        row, key = _a_row(world, promise.table.name, by_table[promise.table.name])
        if row is None or key is None:
            reason = world.missing.get(promise.table.name, "it has no key by which to find a row again")
            yield not_probed(about, reason)
        elif _changes(world, promise, by_table[promise.table.name], key):
            kept += 1
        elif not promise.sometimes or _changes_with_own(world, promise, by_table[promise.table.name], key):
            yield broken(about, f"{promise.column} after an UPDATE", "changed", "as it was")
        else:
            yield not_probed(about, f"its function has reasons to leave {promise.column} as it is")
    if kept:
        line = f"An UPDATE changes what {counted(kept, 'trigger keeps', 'triggers keep')}"
        yield Outcome(kind="kept", line=line)


def _a_row(world: World, table: Name, recipe: Recipe) -> tuple[Row | None, str | None]:
    for rows in world.rows.values():
        if table in rows:
            return rows[table], where(recipe.table, rows[table])
    return None, None


def _changes(world: World, promise: Maintained, recipe: Recipe, key: str) -> bool:
    """Set the column to a day long past; where the trigger lets that stand, change the row in another column."""
    target, column = name(promise.table.name, public=True), ident(promise.column)
    fresh = f"RETURNING {column} > {literal(_LONG_AGO)}::timestamptz + interval '1 day' AS fresh"
    with undone(world.connection):
        past = f"UPDATE {target} SET {column} = {literal(_LONG_AGO)} WHERE {key} {fresh}"
        answer = attempt(world.connection, past, keep=True)
        if any(row["fresh"] for row in answer.rows):
            return True
        for other, text in _other_values(world, promise, recipe):
            change = f"UPDATE {target} SET {ident(other)} = {literal(text)} WHERE {key} {fresh}"
            answer = attempt(world.connection, change, keep=True)
            if answer.rows:
                return any(row["fresh"] for row in answer.rows)
    return False


def _other_values(world: World, promise: Maintained, recipe: Recipe) -> Iterator[tuple[str, str]]:
    """Columns whose change the trigger is for, with other values."""
    random = Random(0)
    for column in promise.trigger.columns or touched(promise.table):
        if column != promise.column:
            for _ in range(3):
                text = values.value(world.schema, promise.table.column(column).type, recipe.wishes[column], random)
                if text is not None:
                    yield column, text


def _changes_with_own(world: World, promise: Maintained, recipe: Recipe, key: str) -> bool:
    """Whether it would, did the database have the schema's function."""
    with undone(world.connection):
        used = own_functions(world.schema, frozenset({promise.trigger.function}))
        return put_in_place(world, used) and _changes(world, promise, recipe, key)


def put_in_place(world: World, used: Iterable[Function]) -> bool:
    """Whether the database's functions could be replaced by the schema's, to the end of the savepoint."""
    bare = "SET LOCAL check_function_bodies = off"
    texts = [f"{bare};\n{functions.create(function, or_replace=True)}" for function in used]
    states = [attempt(world.connection, text, keep=True).state for text in texts]
    return bool(states) and not any(states)


# New users


def new_accounts(
    world: World, person: Person, promises: Sequence[Following], recipes: Sequence[Recipe]
) -> Iterator[Outcome]:
    """Whether the rows of a new account are there; the account is made for it."""
    by_table = {recipe.table.name: recipe for recipe in recipes}
    answer = world.register(person)
    for promise in promises:
        about = f"{promise.trigger.name} on {promise.source}"
        if answer.state:
            yield not_probed(about, f"no account could be made: {answer.said}")
            continue
        made = _there(world, person, [by_table[table] for table in promise.tables])
        lacking = [table for table in promise.tables if table not in made]
        if lacking and promise.sometimes:
            lacking = [table for table in lacking if table in _there_with_own(world, promise, by_table)]
            if not lacking:
                yield not_probed(about, "its function has reasons to make no rows")
                continue
        if lacking:
            yield broken(about, "a new account gets", f"a row of {_named(promise.tables)}",
                         f"none of {_named(lacking)}")  # fmt: skip
        else:
            yield Outcome(kind="kept", line=f"A new account gets its row of {_named(promise.tables)}")


def _named(tables: Iterable[Name]) -> str:
    return ", ".join(map(str, tables))


def _there(world: World, person: Person, recipes: Iterable[Recipe]) -> set[Name]:
    """The tables of which the person has a row; those found are the person's."""
    for recipe in recipes:
        if (row := world.found(person, recipe)) is not None:
            world.rows[person][recipe.table.name] = row
    return set(world.rows[person])


def _there_with_own(world: World, promise: Following, by_table: dict[Name, Recipe]) -> set[Name]:
    """What another account would get, did the database have the schema's function."""
    other = people()[0]
    with undone(world.connection):
        used = own_functions(world.schema, frozenset({promise.trigger.function}))
        if not put_in_place(world, used) or world.register(other).state:
            return set()
        found = _there(world, other, [by_table[table] for table in promise.tables])
    del world.rows[other]
    return found
