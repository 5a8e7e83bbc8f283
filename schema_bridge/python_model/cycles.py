"""Cycles of foreign keys between tables, and the fewest keys that break them as far as a simple rule finds them."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heappop, heappush

from schema_bridge.ir import ForeignKey, Name, Table


def breaking_keys(tables: Mapping[Name, Table]) -> frozenset[tuple[Name, str]]:
    """(table, constraint) of the keys without which the tables stand in an order: each after those it refers to.

    Tables are taken as they get free of references to others; where none is free, the one that has the fewest keys
    open on columns that must be filled, then the fewest at all, then the first by name, gives up its open keys.
    """
    open_keys = {name: _outgoing(table, tables) for name, table in tables.items()}
    pointed: dict[Name, list[Name]] = {}
    for name, keys in open_keys.items():
        for key in keys:
            pointed.setdefault(key.table, []).append(name)
    waiting = dict(sorted(open_keys.items()))
    broken: set[tuple[Name, str]] = set()
    free = [name for name, keys in waiting.items() if not keys]
    heapify(free)
    while waiting:
        if not free:
            chosen = min(waiting, key=lambda name: _cost(tables[name], waiting[name]))
            broken.update((chosen, key.name) for key in waiting[chosen])
            waiting[chosen] = []
            heappush(free, chosen)
        name = heappop(free)
        if waiting.pop(name, None) is None:
            continue
        for other in pointed.get(name, ()):
            if waiting.get(other):
                waiting[other] = [key for key in waiting[other] if key.table != name]
                if not waiting[other]:
                    heappush(free, other)
    return frozenset(broken)


def _outgoing(table: Table, tables: Mapping[Name, Table]) -> list[ForeignKey]:
    return [key for key in table.foreign_keys if key.table != table.name and key.table in tables]


def _cost(table: Table, keys: list[ForeignKey]) -> tuple[int, int, Name]:
    required = {column.name for column in table.columns if column.not_null}
    return sum(not required.isdisjoint(key.columns) for key in keys), len(keys), table.name
