"""How to make a row of each table for a made-up user: which columns need a value, and from where, parents first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from random import Random

import msgspec

from schema_bridge.emit.sql import ident, literal, name
from schema_bridge.ir import Column, ForeignKey, Name, Partition, Schema, Table
from schema_bridge.probe import values
from schema_bridge.probe.identity import USERS, Person, Signs, conditions
from schema_bridge.probe.wishes import Wish, wish

_WORDS = re.compile(r"\w+").findall
_LITERAL = re.compile(r"'((?:[^']|'')*)'|(?<![\w.'])(\d+)")
Row = Mapping[str, str | None]
"""A row as texts, by column; the whole row is under the name `WHOLE`."""
WHOLE = "schema_bridge.row"


class Recipe(msgspec.Struct, frozen=True):
    """`columns` must have a value, of `optional` those that a check turns out to need; `references` say whose row a
    column refers to, `identities` which columns hold who the user is; `flags` are what policies ask yes or no."""

    table: Table
    columns: tuple[Column, ...]
    optional: tuple[Column, ...]
    flags: tuple[Column, ...]
    references: tuple[ForeignKey, ...]
    identities: frozenset[str]
    wishes: Mapping[str, Wish]


def recipes(schema: Schema, signs: Signs, wanted: Iterable[Name]) -> list[Recipe]:
    """One for every table that is wanted, and for those that their rows refer to, in an order that works."""
    tables = {table.name: table for table in schema.tables}
    bounds = _bounds(schema)
    found: dict[Name, Recipe] = {}

    def add(table: Table, above: tuple[Name, ...]) -> None:
        if table.name in found or table.name in above:
            return
        recipe = _recipe(table, signs, bounds.get(table.name, {}))
        needed = {column.name for column in recipe.columns}
        for key in table.foreign_keys:
            if key.table in tables and not needed.isdisjoint(key.columns):
                add(tables[key.table], (*above, table.name))
        found[table.name] = recipe

    for table_name in sorted(set(wanted) & tables.keys()):
        add(tables[table_name], ())
    return list(found.values())


def _recipe(table: Table, signs: Signs, bounds: Mapping[str, tuple[str, ...]]) -> Recipe:
    identities = frozenset(column for owner, column in signs.columns if owner == table.name)
    told = set(_WORDS(" ".join(text for policy in table.policies for text in conditions(policy))))
    keys = {column for key in table.foreign_keys for column in key.columns}
    own = [column for column in table.columns if column.generated is None]
    needed = [c for c in own if c.name in identities or _is_needed(c) or (c.name in keys & told and _is_open(c))]
    checks = [check.expression for check in table.checks if not check.not_enforced]
    wishes = {column.name: wish(checks, column.name) for column in own}
    for column, choices in bounds.items():
        wishes[column] = msgspec.structs.replace(wishes[column], choices=choices)
    return Recipe(
        table,
        tuple(needed),
        tuple(column for column in own if column not in needed and _is_open(column)),
        tuple(column for column in own if column.name in told and column.type.name == "boolean"),
        tuple(key for key in table.foreign_keys if key.referenced_columns and not key.not_enforced),
        identities,
        wishes,
    )


def _is_needed(column: Column) -> bool:
    return column.not_null and column.default is None and column.identity is None


def _is_open(column: Column) -> bool:
    """Whether it stays NULL unless something is put there."""
    return column.default is None and column.identity is None


def _bounds(schema: Schema) -> dict[Name, dict[str, tuple[str, ...]]]:
    """What the key of a partitioned table may be: the lower bounds, or the values, of its partitions."""
    found: dict[Name, dict[str, tuple[str, ...]]] = {}
    keys = {table.name: table.partition_by for table in schema.tables if table.partition_by is not None}
    for table in schema.tables:
        key = keys.get(table.partition.parent) if table.partition is not None else None
        if table.partition is None or key is None or key.strategy == "hash" or key.parts[0].column is None:
            continue
        column = found.setdefault(table.partition.parent, {})
        column[key.parts[0].column] = (*column.get(key.parts[0].column, ()), *_lowest(table.partition))
    return {name: {c: texts for c, texts in columns.items() if texts} for name, columns in found.items()}


def _lowest(partition: Partition) -> list[str]:
    """The literals of FROM (…), or of IN (…)."""
    first = partition.bound.partition(")")[0]
    return [(quoted or number).replace("''", "'") for quoted, number in _LITERAL.findall(first)][
        : 1 if "FROM" in first else None
    ]


# The statement


class Unmakeable(Exception):
    """Why a row cannot be made."""


class Owner(msgspec.Struct, frozen=True):
    """Whose row it will be, and which rows of theirs there are to refer to."""

    schema: Schema
    person: Person
    made: Mapping[Name, Row]


def insertion(recipe: Recipe, owner: Owner, attempt: int) -> str:
    """The INSERT of the user's row, of other values in each attempt; from some on, optional columns have values too.

    Unmakeable where it needs what is not there."""
    random = Random(f"{recipe.table.name} {owner.person.id} {attempt}")
    columns = list(recipe.columns)
    if attempt > _PLAIN:
        columns += [column for column in recipe.optional if random.random() < 0.5]
    found = {column.name: "true" for column in recipe.flags if owner.person.number % 2 and attempt < _PLAIN}
    for column in columns:
        text = found.get(column.name) or _text(recipe, owner, column, random)
        if text is not None:
            found[column.name] = literal(text)
        elif column.not_null:
            raise Unmakeable(f"no value of type {column.type.name} is known for {column.name}")
    target = f"{name(recipe.table.name, public=True)} AS made"
    if not found:
        return f"INSERT INTO {target} DEFAULT VALUES {returning(recipe.table)}"
    listed = ", ".join(map(ident, found))
    over = " OVERRIDING SYSTEM VALUE" if any(c.identity is not None and c.name in found for c in columns) else ""
    return f"INSERT INTO {target} ({listed}){over} VALUES ({', '.join(found.values())}) {returning(recipe.table)}"


_PLAIN = 4
"""So many attempts leave the optional columns alone."""
ATTEMPTS = 40


def _text(recipe: Recipe, owner: Owner, column: Column, random: Random) -> str | None:
    if column.name in recipe.identities:
        return owner.person.identity(column.type)
    for key in recipe.references:
        if column.name in key.columns:
            return _referred(owner, key, column)
    return values.value(owner.schema, column.type, recipe.wishes[column.name], random)


def _referred(owner: Owner, key: ForeignKey, column: Column) -> str | None:
    """What the user's row of the other table has in the column referred to."""
    other = key.referenced_columns[key.columns.index(column.name)]
    if key.table == USERS:
        return owner.person.id
    if key.table in owner.made:
        return owner.made[key.table].get(other)
    if column.not_null:
        raise Unmakeable(f"it refers to {key.table}, of which there is no row")
    return None


def returning(table: Table) -> str:
    """The row that was made, whole and by columns, as texts."""
    return f"RETURNING {columns_of(table)}"


def columns_of(table: Table) -> str:
    """What a query says of a row of `made`."""
    return ", ".join(
        [f"made::text AS {ident(WHOLE)}", *(f"made.{ident(c.name)}::text AS {ident(c.name)}" for c in table.columns)]
    )


def where(table: Table, row: Row) -> str | None:
    """The condition that finds one row again; None where the table has no key of one row."""
    for key in _keys(table):
        if all(row.get(column) is not None for column in key):
            return " AND ".join(f"{ident(column)} = {literal(str(row[column]))}" for column in key)
    return None


def key_columns(table: Table) -> tuple[str, ...]:
    """The columns of the first key of the table."""
    return next(_keys(table), ())


def _keys(table: Table) -> Iterator[tuple[str, ...]]:
    if table.primary_key is not None:
        yield table.primary_key.columns
    yield from (unique.columns for unique in table.uniques)
