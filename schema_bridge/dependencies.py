"""Puts statements in an order in which each finds what it needs: by dependencies first, by where it reads best second.

An `Item` says which place it would like (`order`), where it goes when the text has gone past that place before it can
stand (`late`), and by names and texts what it needs. Most items can stand where they would like to: the sort goes
through them in that order once, and keeps aside those that must wait. A cycle is cut where an item has parts that can
be stated later.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from heapq import heappop, heappush
from typing import Any, TypeAlias

import msgspec

from schema_bridge.ir import Name, Origin

Place: TypeAlias = tuple[int, int, tuple[str, ...], int, tuple[str, ...]]
"""A section, where the group stands among those of its section, the group (a table's name; groups of one position go
by their names), a rank within the group, and what settles ties."""

RELATION, SEQUENCE, FUNCTION, TYPE, OTHER, RUN, UNIQUE_INDEXES, PARTITIONS = (1 << bit for bit in range(8))
"""What a name can be the name of; several together are a sum. Types come by extensions: kinds only narrow a search.
`RUN` is a function whose body can be executed; `UNIQUE_INDEXES` are what a foreign key needs of the table that it
refers to, `PARTITIONS` what some indexes of a partitioned table follow, both found by that table's name."""
ANY_KIND = RELATION | SEQUENCE | FUNCTION | TYPE
EXPRESSION = FUNCTION | TYPE | SEQUENCE
"""What an expression of a column or an index can speak of."""
_CALLED = FUNCTION | RUN


Making: TypeAlias = Callable[[Any], list[str]]
"""Gives the statements that a maker makes of an object: makers differ in their text, and in what needs one at all."""


class Item(msgspec.Struct, kw_only=True, gc=False):
    """Statements that belong together, and what they need.

    `exact` are names with their kinds, `texts` what mentions objects of some kinds, `runs` what is executed right
    away, so that the bodies of its functions count too, and `after` the numbers of other items. `cut` are the parts
    that may be taken out to break a cycle, `instead` the statements without them. Until an item is `made_by` a maker,
    `making` and `making_instead` stand for what that one puts before the statements.

    An item without statements stands for a fact (`this function can run now`) and gives way in a cycle before one
    with statements does.
    """

    order: Place
    late: tuple[int, int] | None = None
    """The section and the rank where it goes instead; None: it is never too late."""
    soon: int | None = None
    """The section where it goes instead while the text has not gone past that one."""
    statements: Sequence[str] = ()
    exact: Sequence[tuple[int, Name]] = ()
    texts: Sequence[tuple[int, str]] = ()
    runs: Sequence[str] = ()
    after: Collection[int] = ()
    cut: Sequence[Item] = ()
    instead: Sequence[str] = ()
    origin: Origin | None = None
    home: str = "public"
    """The namespace that the texts belong to."""
    making: Making | None = None
    making_instead: Making | None = None

    def made_by(self, maker: object) -> Item:
        """A copy with all its statements; those of its `cut` parts settle ties among them."""
        made = msgspec.structs.replace(self)
        if self.making is not None:
            made.statements = (*self.making(maker), *self.statements)
        if self.cut:
            made.cut = [part.made_by(maker)._tied_by_statements() for part in self.cut]
        if self.making_instead is not None:
            made.instead = self.making_instead(maker)
        return made

    def _tied_by_statements(self) -> Item:
        section, position, group, rank, tie = self.order
        self.order = section, position, group, rank, (*tie, *self.statements)
        return self


WORD = r'"(?:[^"]|"")+"|[^\W\d][\w$]*'
_mention = re.compile(rf"(?:({WORD})\.)?({WORD})(\s*\()?")


class Mention(msgspec.Struct, frozen=True, gc=False):
    """A word of an SQL text that may be a name: `schema` where it is qualified, `called` where a bracket follows."""

    schema: str | None
    name: str
    called: bool


@lru_cache(maxsize=16384)
def mentions(text: str) -> frozenset[Mention]:
    """All words of an SQL text that may be names, those inside strings included (`'app.numbers'::regclass`)."""
    return frozenset(
        [
            Mention(identifier(schema) if schema else None, identifier(name), bool(call))
            for schema, name, call in set(_mention.findall(text))
        ]
    )


def identifier(word: str) -> str:
    """The name that an identifier in an SQL text stands for."""
    return word[1:-1].replace('""', '"') if word[:1] == '"' else word.lower()


@lru_cache(maxsize=16384)
def called(text: str) -> frozenset[str]:
    """The words of an SQL text that may be the names of functions it calls."""
    return frozenset([mention.name for mention in mentions(text) if mention.called])


MANY = 8
"""From so many objects of one name on, an unqualified mention means the one in its own namespace or in `public`."""


class Providers:
    """Which item makes what: objects are found by kind and name, or by a word in a text."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        self._loose: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
        self._named: dict[tuple[int, str, str], frozenset[int]] = {}

    def add(self, kinds: int, name: Name, item: int) -> None:
        self._exact[name.schema, name.name].append((kinds, item))
        self._loose[name.name].append((kinds, name.schema, item))
        self._named.clear()

    def find(self, kinds: int, name: Name) -> list[int]:
        """The items that make the object of that name: of any namespace where the name has none."""
        if name.schema:
            return [item for made, item in self._exact.get((name.schema, name.name), ()) if made & kinds]
        return [item for made, _, item in self._loose.get(name.name, ()) if made & kinds]

    def needs(self, item: Item) -> set[int]:
        """The numbers of the items that one needs before it, its `cut` parts apart."""
        found = set(item.after)
        for kinds, name in item.exact:
            found.update(self.find(kinds, name))
        for kinds, text in item.texts:
            found |= self._speaks_of(kinds, text, item.home)
        for text in item.runs:
            found |= self._speaks_of(RUN, text, item.home)
        return found

    def _speaks_of(self, kinds: int, text: str, home: str) -> frozenset[int]:
        """The items that make what a text may speak of."""
        known = self._named.get((kinds, text, home))
        if known is None:
            known = self._named[kinds, text, home] = frozenset(self._look_up(kinds, text, home))
        return known

    def _look_up(self, kinds: int, text: str, home: str) -> set[int]:
        found: set[int] = set()
        for mention in mentions(text):
            if mention.name in self._loose:
                wanted = kinds if mention.called else kinds & ~_CALLED
                exact = self.find(wanted, Name(mention.schema, mention.name)) if mention.schema else ()
                found.update(exact or self._candidates(wanted, mention.name, home))
        return found

    def _candidates(self, kinds: int, name: str, home: str) -> list[int]:
        candidates = [(schema, item) for made, schema, item in self._loose[name] if made & kinds]
        if len(candidates) < MANY:
            return [item for _, item in candidates]
        return [item for schema, item in candidates if schema in (home, "public")]


def sort(items: list[Item], needs: list[set[int]], providers: Providers) -> list[Item]:
    """The items with statements, in an order that meets all needs, cycles cut; `order` is then the place taken."""
    line = _Line(items, needs)
    if len(line.standing) < len(items):
        items, needs = list(items), [set(numbers) for numbers in needs]
        _cut_cycles(items, needs, providers)
        line = _Line(items, needs)
    for item, place in line.moved:
        item.order = place
    return line.done


def all_needs(items: Sequence[Item], providers: Providers) -> list[set[int]]:
    """What each of the items needs with all its parts, itself apart."""
    found = []
    for number, item in enumerate(items):
        needs = providers.needs(item)
        for part in item.cut:
            needs |= providers.needs(part)
        needs.discard(number)
        found.append(needs)
    return found


class _Line:
    """The items that can stand, in their order: `done` are those with statements, `moved` those of them that have lost
    their place, with the new one. What is missing is in a cycle or needs something that is."""

    def __init__(self, items: list[Item], needs: list[set[int]]) -> None:
        self.items = items
        self.standing: set[int] = set()
        self.done: list[Item] = []
        self.moved: list[tuple[Item, Place]] = []
        self._here: Place = (-1, 0, (), 0, ())
        self._users: dict[int, list[int]] = {}
        self._waiting: dict[int, int] = {}
        self._ready: list[tuple[Place, int]] = []
        self._run(needs)

    def _run(self, needs: list[set[int]]) -> None:
        places = [item.order for item in self.items]
        for number in sorted(range(len(places)), key=places.__getitem__):
            while self._ready and self._ready[0] < (places[number], number):
                self._stand(*heappop(self._ready))
            if needs[number] <= self.standing:
                self._stand(places[number], number)
            else:
                missing = needs[number] - self.standing
                self._waiting[number] = len(missing)
                for need in missing:
                    self._users.setdefault(need, []).append(number)
        while self._ready:
            self._stand(*heappop(self._ready))

    def _stand(self, place: Place, number: int) -> None:
        self.standing.add(number)
        item = self.items[number]
        if item.statements:
            self._here = place
            self.done.append(item)
            if place is not item.order:
                self.moved.append((item, place))
        for user in self._users.pop(number, ()):
            self._waiting[user] -= 1
            if not self._waiting[user]:
                heappush(self._ready, (_spot(self.items[user], self._here), user))


def _spot(item: Item, here: Place) -> Place:
    """Where an item goes that can stand now: its own place, unless the text has gone on to another section, or, for a
    part of a group (its rank is not 0), to another group."""
    section, position, group, rank, tie = wanted = item.order
    if wanted >= here or item.late is None:
        return wanted
    gone = section < here[0] or (rank > 0 and section == here[0] and (position, group) < here[1:3])
    if not gone:
        return wanted
    section = item.soon if item.soon is not None and here[0] <= item.soon else item.late[0]
    return (section, 0, (), item.late[1], (*group, *tie))


def _cut_cycles(items: list[Item], needs: list[set[int]], providers: Providers) -> None:
    """Takes items apart, or needs away, until no item needs itself by way of others."""
    suspects: Iterable[int] = range(len(items))
    while circles := _circles(needs, suspects):
        for circle in circles:
            chosen = min(circle, key=lambda n: _reluctance(items[n]))
            if items[chosen].cut:
                _cut(chosen, items, needs, providers)
            else:
                needs[chosen] -= circle
        suspects = [*(n for circle in circles for n in circle)]


def _reluctance(item: Item) -> tuple[int, Place]:
    """To cut loses nothing; a fact that gives way may be missed; a statement that does may fail."""
    return (0 if item.cut else 1 if not item.statements else 2), item.order


def _cut(number: int, items: list[Item], needs: list[set[int]], providers: Providers) -> None:
    """States the item without its parts, and the parts as items of their own."""
    item = items[number]
    needs[number] &= providers.needs(item)
    needs += [providers.needs(part) | {number} for part in item.cut]
    items += item.cut
    items[number] = msgspec.structs.replace(item, statements=item.instead, cut=(), instead=())


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
