"""Items of statements that are known only as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from operator import methodcaller

from schema_bridge.dependencies import ANY_KIND, FUNCTION, OTHER, RELATION, TYPE, WORD, Item, identifier, mentions
from schema_bridge.ir import Name, Unmodelled
from schema_bridge.plan.collecting import Plan
from schema_bridge.plan.places import Section


def add(plan: Plan, statements: Iterable[Unmodelled]) -> None:
    """Each at the place that its names demand; what may need anything comes after all that was stated before it."""
    opaque: list[tuple[int, Unmodelled]] = []
    shells: dict[Name, int] = {}
    for node in sorted(statements, key=lambda node: (node.position, node.sql)):
        tie = (f"{node.position:08}", node.sql)
        last = Section.OPAQUE if node.opaque else Section.OTHERS
        section = Section.DEFINITIONS if node.creates and not node.opaque else last
        item = Item(
            order=(section, 0, (), 0, tie), late=(last, 0), making=methodcaller("unmodelled", node), origin=node.origin
        )
        item.exact = [(ANY_KIND | OTHER, name) for name in node.mentions]
        number = plan.add(item, *[(ANY_KIND | OTHER, name) for name in node.creates])
        for name in node.creates if node.kind == "DefineStmt" else ():
            if name in shells:
                item.after = (shells[name],)
                _free_functions(plan, node, shells[name])
            shells[name] = number
        if node.opaque:
            opaque.append((number, node))
    if opaque:
        _place_opaque(plan, opaque)


def _free_functions(plan: Plan, node: Unmodelled, shell: int) -> None:
    """The functions that the definition of a type names need no more of it than the shell that was made before."""
    numbers = {number for name in node.mentions for number in plan.providers.find(FUNCTION, name)}
    for item in map(plan.items.__getitem__, numbers):
        item.exact = [(kind, name) for kind, name in item.exact if name not in node.creates]
        item.after = {*item.after, shell}


def _place_opaque(plan: Plan, opaque: list[tuple[int, Unmodelled]]) -> None:
    """An opaque statement that may make what others miss goes before those, and after all that was stated before it."""
    speaks: dict[str, list[int]] = {}
    for number, node in opaque:
        for word in {mention.name for mention in mentions(node.sql)}:
            speaks.setdefault(word, []).append(number)
    wanted: set[int] = set()
    for user, item in enumerate(plan.items):
        for kinds, name in (*item.exact, *_relations_of(item)):
            missed = kinds & (TYPE | RELATION | FUNCTION)
            if name.name in speaks and missed and not plan.providers.find(missed, name):
                makers = _before(plan, user, speaks[name.name])
                item.after = {*item.after, *makers}
                wanted |= makers
    _chain(plan, wanted)


def _before(plan: Plan, user: int, makers: list[int]) -> set[int]:
    """Of the makers those stated before the user, if there are such: it may have been altered since it was stated."""
    origin = plan.items[user].origin
    earlier = {n for n in makers if origin and (made := plan.items[n].origin) and made < origin}
    return earlier or set(makers) - {user}


def _relations_of(item: Item) -> Iterator[tuple[int, Name]]:
    """What a query reads from, by its words: a text says of no word for certain what it is."""
    for kinds, text in item.texts:
        if kinds & RELATION:
            for schema, name in _FROM(text):
                yield RELATION, Name(identifier(schema), identifier(name))


_FROM = re.compile(rf"\b(?:FROM|JOIN)\s+(?:ONLY\s+)?(?:({WORD})\.)?({WORD})", re.IGNORECASE).findall


def _chain(plan: Plan, wanted: set[int]) -> None:
    """Lets each of these follow the statements between it and the one before it, and that one."""
    stated = sorted((item.origin, number) for number, item in enumerate(plan.items) if item.origin is not None)
    before: set[int] = set()
    for _, number in stated:
        if number in wanted:
            item = plan.items[number]
            item.after = {*item.after, *before}
            before = set()
        before.add(number)
