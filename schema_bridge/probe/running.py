"""Runs the probes of a schema in one transaction of a database; who calls rolls it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schema_bridge.ir import Schema, Table
from schema_bridge.probe import promises, triggers
from schema_bridge.probe.identity import signs
from schema_bridge.probe.outcomes import Outcome
from schema_bridge.probe.recipes import recipes
from schema_bridge.probe.security import Security
from schema_bridge.probe.world import World, people


def probes(connection: Any, schema: Schema) -> Iterator[Outcome]:
    """What was found, for triggers that keep columns, for new accounts, for row security.

    Rows are made and changed, and locked as by any INSERT and UPDATE, until the transaction ends; sequences move on."""
    asked = signs(schema)
    columns, accounts = list(promises.maintained(schema)), list(promises.following(schema))
    secured = [table for table in schema.tables if _is_secured(table)]
    if not (columns or accounts or secured):
        return
    wanted = [p.table.name for p in columns] + [t for p in accounts for t in p.tables] + [t.name for t in secured]
    made_of = recipes(schema, asked, wanted)
    world = World(connection, schema, asked)
    by_trigger = frozenset(table for promise in accounts for table in promise.tables)
    connection.execute("SET LOCAL lock_timeout = '5s'")
    one, other = people()
    yield from triggers.new_accounts(world, one, accounts, made_of)
    if not accounts:
        world.register(one)
    world.register(other)
    for person in (one, other):
        world.settle(person, made_of, by_trigger)
    yield from triggers.kept_columns(world, columns, made_of)
    if secured:
        yield from Security(world, secured).outcomes()


def _is_secured(table: Table) -> bool:
    """Partitions are reached through their parent, whose policies count."""
    return table.row_security and table.partition is None and table.server is None
