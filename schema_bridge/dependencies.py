"""Puts statements in an order in which each finds what it needs: by dependencies first, by where it reads best second.

An `Item` says which place it would like (`order`) and which one it takes when that place is gone before it can stand
(`late`). The sort is Kahn's with a heap; a cycle is cut where an item has parts that can be stated later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from heapq import heapify, heappop, heappush
from typing import TypeAlias

import msgspec

from schema_bridge.ir import Name

Place: TypeAlias = tuple[int, tuple[str, ...], int, tuple[str, ...]]
"""A section, a group within it (a table's name), a rank within the group, and what settles ties."""


class Item(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Statements that belong together. `needs` are the numbers of other items; `cut` are the parts that may be taken
    out to break a cycle, each with what it alone needs; `instead` are the statements without them.

    An item without statements stands for a fact (`this function can run now`) and is the first to give in a cycle.
    """

    order: Place
    late: Place
    statements: tuple[str, ...]
    needs: frozenset[int] = frozenset()
    cut: tuple[Item, ...] = ()
    instead: tuple[str, ...] = ()


def sort(items: list[Item]) -> list[Item]:
    """The items in an order that meets all needs which can be met; the same for the same items."""
    return _Sort(items).run()


class _Sort:
    def __init__(self, items: list[Item]) -> None:
        self.items = list(items)
        self.waiting = [set(item.needs | {need for part in item.cut for need in part.needs}) for item in items]
        self.users: list[list[int]] = [[] for _ in items]
        for number, needs in enumerate(self.waiting):
            needs.discard(number)
            for need in needs:
                self.users[need].append(number)
        self.ready = [(item.order, n) for n, item in enumerate(items) if not self.waiting[n]]
        heapify(self.ready)
        self.state = bytearray(len(items))
        self.done: list[Item] = []

    def run(self) -> list[Item]:
        by_place = sorted(range(len(self.items)), key=lambda n: self.items[n].order)
        next_stuck = 0
        while True:
            while self.ready:
                place, number = heappop(self.ready)
                self.emit(number, place)
            by_place.extend(range(len(by_place), len(self.items)))
            while next_stuck < len(by_place) and self.state[by_place[next_stuck]]:
                next_stuck += 1
            if next_stuck == len(by_place):
                return self.done
            self.break_cycle(by_place[next_stuck])

    def emit(self, number: int, here: Place) -> None:
        if self.state[number]:
            return
        self.state[number] = 1
        if self.items[number].statements:
            self.done.append(self.items[number])
        for user in self.users[number]:
            self.waiting[user].discard(number)
            if not self.waiting[user] and not self.state[user]:
                item = self.items[user]
                gone = item.order < here and item.order[:2] != here[:2]
                heappush(self.ready, (item.late if gone else item.order, user))

    def break_cycle(self, start: int) -> None:
        """Follows what `start` waits for round to where it began, and takes one item of that circle out of it."""
        path: list[int] = []
        seen: dict[int, int] = {}
        number = start
        while number not in seen:
            seen[number] = len(path)
            path.append(number)
            number = min(self.waiting[number])
        circle = path[seen[number] :]
        chosen = min(circle, key=self.reluctance)
        if self.items[chosen].cut:
            self.cut(chosen)
        if not self.waiting[chosen] or not self.items[chosen].cut:
            self.waiting[chosen].clear()
            heappush(self.ready, (self.items[chosen].order, chosen))

    def reluctance(self, number: int) -> tuple[int, Place]:
        item = self.items[number]
        return (0 if not item.statements else 1 if item.cut else 2), item.order

    def cut(self, number: int) -> None:
        """States the item without its parts, and the parts as items of their own."""
        item = self.items[number]
        self.items[number] = msgspec.structs.replace(item, statements=item.instead, cut=(), instead=())
        self.waiting[number] &= item.needs
        for part in item.cut:
            own = len(self.items)
            needs = {need for need in part.needs | {number} if not self.state[need]}
            self.items.append(part)
            self.waiting.append(needs)
            self.users.append([])
            self.state.append(0)
            for need in needs:
                self.users[need].append(own)


_word = r'"(?:[^"]|"")+"|[^\W\d][\w$]*'
_mention = re.compile(rf"(?:({_word})\.)?({_word})(\s*\()?")


class Mention(msgspec.Struct, frozen=True, gc=False):
    """A word of an SQL text that may be a name: `schema` where it is qualified, `called` where a bracket follows."""

    schema: str | None
    name: str
    called: bool


@lru_cache(maxsize=16384)
def mentions(text: str) -> frozenset[Mention]:
    """All words of an SQL text that may be names, those inside strings included (`'app.numbers'::regclass`)."""
    return frozenset(
        Mention(_identifier(schema) if schema else None, _identifier(name), bool(call))
        for schema, name, call in _mention.findall(text)
    )


def _identifier(word: str) -> str:
    return word[1:-1].replace('""', '"') if word[0] == '"' else word.lower()


MANY = 8
"""From so many objects of one name on, an unqualified mention means the one in its own namespace or in `public`."""


class Providers:
    """Which item makes what: objects are found by kind and name, or by a word in a text."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str, str], list[int]] = {}
        self._loose: dict[tuple[str, str], list[tuple[str, int]]] = {}

    def add(self, kind: str, name: Name, item: int) -> None:
        self._exact.setdefault((kind, name.schema, name.name), []).append(item)
        self._loose.setdefault((kind, name.name), []).append((name.schema, item))

    def find(self, kind: str, name: Name) -> Iterable[int]:
        """The items that make the object of that name: of any namespace where the name has none."""
        if name.schema:
            return self._exact.get((kind, name.schema, name.name), ())
        return [item for _, item in self._loose.get((kind, name.name), ())]

    def named(self, kinds: Iterable[str], text: str, home: str = "public") -> set[int]:
        """The items that make what a text may speak of; `home` is the namespace the text belongs to."""
        found: set[int] = set()
        for mention in mentions(text):
            for kind in kinds:
                if (kind, mention.name) not in self._loose or (kind == FUNCTION and not mention.called):
                    continue
                exact = self._exact.get((kind, mention.schema or "", mention.name)) if mention.schema else None
                found.update(exact or self._candidates(kind, mention.name, home))
        return found

    def _candidates(self, kind: str, name: str, home: str) -> Iterable[int]:
        candidates = self._loose[kind, name]
        if len(candidates) < MANY:
            return [item for _, item in candidates]
        return [item for schema, item in candidates if schema in (home, "public")]


RELATION, SEQUENCE, FUNCTION, TYPE, OTHER = "relation", "sequence", "function", "type", "other"
