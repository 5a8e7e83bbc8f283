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

from schema_bridge.ir import Name, Origin

Place: TypeAlias = tuple[int, tuple[str, ...], int, tuple[str, ...]]
"""A section, a group within it (a table's name), a rank within the group, and what settles ties."""


Spot: TypeAlias = tuple[int, int, tuple[str, ...], int, tuple[str, ...]]
"""A place with the position of its group."""


class Item(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Statements that belong together. `needs` are the numbers of other items; `cut` are the parts that may be taken
    out to break a cycle, each with what it alone needs; `instead` are the statements without them.

    An item without statements stands for a fact (`this function can run now`) and gives way in a cycle before one with statements does.
    """

    order: Place
    late: Place
    position: int = 0
    """Where its group stands among those of its section; groups of one position go by their names."""
    statements: tuple[str, ...]
    needs: frozenset[int] = frozenset()
    cut: tuple[Item, ...] = ()
    instead: tuple[str, ...] = ()


def sort(items: list[Item]) -> list[Item]:
    """The items in an order that meets all needs, cycles cut; `order` is then the place that each has taken."""
    items = list(items)
    needs = [_all_needs(number, item) for number, item in enumerate(items)]
    done, count = _in_order(items, needs)
    if count < len(items):
        _cut_cycles(items, needs)
        done, _ = _in_order(items, needs)
    return done


def _all_needs(number: int, item: Item) -> set[int]:
    """What the item needs with all its parts, itself apart."""
    needs = set(item.needs)
    for part in item.cut:
        needs |= part.needs
    needs.discard(number)
    return needs


def _in_order(items: list[Item], needs: list[set[int]]) -> tuple[list[Item], int]:
    """The items that can stand, and how many that are; the others are in a cycle or need one that is."""
    waiting = [len(own) for own in needs]
    users: list[list[int]] = [[] for _ in items]
    for number, own in enumerate(needs):
        for need in own:
            users[need].append(number)
    wanted = [_wanted(item) for item in items]
    ready = [(wanted[number], number) for number, left in enumerate(waiting) if not left]
    heapify(ready)
    done: list[Item] = []
    here: Spot = (-1, 0, (), 0, ())
    count = 0
    while ready:
        spot, number = heappop(ready)
        item = items[number]
        count += 1
        if item.statements:
            here = spot
            done.append(item if spot is wanted[number] else msgspec.structs.replace(item, order=item.late))
        for user in users[number]:
            waiting[user] -= 1
            if not waiting[user]:
                heappush(ready, (_spot(items[user], wanted[user], here), user))
    return done, count


def _wanted(item: Item) -> Spot:
    section, group, rank, tie = item.order
    return section, item.position, group, rank, tie


def _spot(item: Item, wanted: Spot, here: Spot) -> Spot:
    """Where an item goes that can stand now: its own place, unless the text has gone on to another section, or, for a
    part of a group (its rank is not 0), to another group."""
    if wanted >= here:
        return wanted
    gone = wanted[0] < here[0] or (item.order[2] > 0 and wanted[0] == here[0] and wanted[1:3] < here[1:3])
    return (item.late[0], 0, *item.late[1:]) if gone else wanted


def _cut_cycles(items: list[Item], needs: list[set[int]]) -> None:
    """Takes items apart, or needs away, until no item needs itself by way of others."""
    suspects: Iterable[int] = range(len(items))
    while circles := _circles(needs, suspects):
        for circle in circles:
            chosen = min(circle, key=lambda n: _reluctance(items[n]))
            if items[chosen].cut:
                _cut(chosen, items, needs)
            else:
                needs[chosen] -= circle
        suspects = [*(n for circle in circles for n in circle)]


def _reluctance(item: Item) -> tuple[int, Place]:
    """To cut loses nothing; a fact that gives way may be missed; a statement that does may fail."""
    return (0 if item.cut else 1 if not item.statements else 2), item.order


def _cut(number: int, items: list[Item], needs: list[set[int]]) -> None:
    """States the item without its parts, and the parts as items of their own."""
    item = items[number]
    items[number] = msgspec.structs.replace(item, statements=item.instead, cut=(), instead=())
    needs[number] &= item.needs
    items += item.cut
    needs += [set(part.needs | {number}) for part in item.cut]


def _circles(needs: list[set[int]], suspects: Iterable[int]) -> list[set[int]]:
    """The sets of items that need each other (Tarjan's strongly connected components, without recursion)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    circles = []
    for root in suspects:
        work = [] if root in index else [(root, iter(sorted(needs[root])))]
        while work:
            number, rest = work[-1]
            if number not in index:
                index[number] = low[number] = len(index)
                stack.append(number)
                on_stack.add(number)
            for need in rest:
                if need not in index:
                    work.append((need, iter(sorted(needs[need]))))
                    break
                if need in on_stack:
                    low[number] = min(low[number], index[need])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[number])
                if low[number] == index[number] and len(circle := _unwind(stack, on_stack, number)) > 1:
                    circles.append(circle)
    return circles


def _unwind(stack: list[int], on_stack: set[int], number: int) -> set[int]:
    """Takes one component off the stack."""
    circle = set()
    while number not in circle:
        circle.add(stack.pop())
    on_stack -= circle
    return circle


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


@lru_cache(maxsize=16384)
def called(text: str) -> frozenset[str]:
    """The words of an SQL text that may be the names of functions it calls."""
    return frozenset([mention.name for mention in mentions(text) if mention.called])


MANY = 8
"""From so many objects of one name on, an unqualified mention means the one in its own namespace or in `public`."""


RELATION, SEQUENCE, FUNCTION, TYPE, OTHER, RUN = "relation", "sequence", "function", "type", "other", "run"
"""What a name can be the name of. Types come by extensions, sequences are relations too: kinds only narrow a search.
`RUN` is a function whose body can be executed."""
ANY_KIND = (RELATION, SEQUENCE, FUNCTION, TYPE)
CALLED = (FUNCTION, RUN)


class Draft(msgspec.Struct, kw_only=True, gc=False):
    """An item whose needs are still names and texts: `exact` are (kind, name), `texts` what mentions objects of some
    kinds, `runs` what is executed right away, so that the bodies of its functions count too."""

    order: Place
    late: Place
    position: int = 0
    statements: tuple[str, ...] = ()
    exact: list[tuple[str, Name]] = []
    texts: list[tuple[tuple[str, ...], str]] = []
    runs: list[str] = []
    after: set[int] = set()
    cut: list[Draft] = []
    instead: tuple[str, ...] = ()
    origin: Origin | None = None
    home: str = "public"


class Providers:
    """Which item makes what: objects are found by kind and name, or by a word in a text."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str, str], list[int]] = {}
        self._loose: dict[tuple[str, str], list[tuple[str, int]]] = {}
        self._words: set[str] = set()
        self._named: dict[tuple[tuple[str, ...], str, str], frozenset[int]] = {}

    def add(self, kind: str, name: Name, item: int) -> None:
        self._exact.setdefault((kind, name.schema, name.name), []).append(item)
        self._loose.setdefault((kind, name.name), []).append((name.schema, item))
        self._words.add(name.name)
        self._named.clear()

    def find(self, kind: str, name: Name) -> Iterable[int]:
        """The items that make the object of that name: of any namespace where the name has none."""
        if name.schema:
            return self._exact.get((kind, name.schema, name.name), ())
        return [item for _, item in self._loose.get((kind, name.name), ())]

    def named(self, kinds: tuple[str, ...], text: str, home: str = "public") -> frozenset[int]:
        """The items that make what a text may speak of; `home` is the namespace the text belongs to."""
        known = self._named.get((kinds, text, home))
        if known is None:
            known = self._named[kinds, text, home] = frozenset(self._look_up(kinds, text, home))
        return known

    def _look_up(self, kinds: tuple[str, ...], text: str, home: str) -> set[int]:
        found: set[int] = set()
        for mention in mentions(text):
            if mention.name not in self._words:
                continue
            for kind in kinds:
                if (kind, mention.name) not in self._loose or (kind in CALLED and not mention.called):
                    continue
                exact = self._exact.get((kind, mention.schema or "", mention.name)) if mention.schema else None
                found.update(exact or self._candidates(kind, mention.name, home))
        return found

    def _candidates(self, kind: str, name: str, home: str) -> Iterable[int]:
        candidates = self._loose[kind, name]
        if len(candidates) < MANY:
            return [item for _, item in candidates]
        return [item for schema, item in candidates if schema in (home, "public")]

    def needs(self, draft: Draft) -> frozenset[int]:
        """The numbers of the items that a draft needs before it."""
        exact = [number for kind, name in draft.exact for number in self.find(kind, name)]
        named = [self.named(kinds, text, draft.home) for kinds, text in draft.texts]
        return frozenset(draft.after).union(exact, *named)

    def item(self, draft: Draft) -> Item:
        return Item(
            order=draft.order,
            late=draft.late,
            position=draft.position,
            statements=draft.statements,
            needs=self.needs(draft),
            cut=tuple([self.item(part) for part in draft.cut]) if draft.cut else (),
            instead=draft.instead,
        )
