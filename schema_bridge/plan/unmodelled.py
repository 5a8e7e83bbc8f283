"""Items of statements that are known only as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import methodcaller

from schema_bridge.dependencies import ANY_KIND, FUNCTION, OTHER, RELATION, TYPE, WORD, Item, identifier, mentions
from schema_bridge.ir import Name, Schema, Unmodelled
from schema_bridge.plan.collecting import Plan
from schema_bridge.plan.places import Section


def add(plan: Plan, schema: Schema) -> None:
    """Each at the place that its names demand; what may need anything comes after all that was stated before it."""
    opaque: list[tuple[int, Unmodelled]] = []
    shells: dict[Name, int] = {}
    for node in sorted(schema.unmodelled, key=lambda node: (node.position, node.sql)):
        tie = (f"{node.position:08}", node.sql)
        last = Section.OPAQUE if node.opaque else Section.OTHERS
        section = Section.DEFINITIONS if node.creates and not node.opaque else last
        item = Item(
            order=(section, 0, (), 0, tie), late=(last, 0), making=methodcaller("unmodelled", node), origin=node.origin
        )
        item.exact = [(ANY_KIND | OTHER, name) for name in node.mentions]
        number = plan.add(item, *[(ANY_KIND | OTHER, name) for name in node.creates])
        for name in node.creates if _IS_TYPE(node.sql) else ():
            if name in shells:
                item.after = (shells[name],)
                _free_functions(plan, node, shells[name])
            shells[name] = number
        if node.opaque:
            opaque.append((number, node))
    if opaque:
        _place_opaque(plan, opaque, {namespace.name for namespace in schema.namespaces})


_IS_TYPE = re.compile(r"CREATE\s+TYPE\b", re.IGNORECASE).match
"""A type may be stated twice, as a shell and then as what it is; operators of one name are several."""


def _free_functions(plan: Plan, node: Unmodelled, shell: int) -> None:
    """The functions that the definition of a type names need no more of it than the shell that was made before."""
    numbers = {number for name in node.mentions for number in plan.providers.find(FUNCTION, name)}
    for item in map(plan.items.__getitem__, numbers):
        item.exact = [(kind, name) for kind, name in item.exact if name not in node.creates]
        item.after = {*item.after, shell}


def _place_opaque(plan: Plan, opaque: list[tuple[int, Unmodelled]], namespaces: set[str]) -> None:
    """An opaque statement that may make what others miss goes before those, and after all that was stated before it."""
    speaks: dict[str, list[int]] = {}
    for number, node in opaque:
        for word in {mention.name for mention in mentions(node.sql)}:
            speaks.setdefault(word, []).append(number)
    of_schemas = set(speaks.get("schema", ()))
    wanted: set[int] = set()
    for user, item in enumerate(plan.items):
        makers = {maker for word in _missed(plan, item) for maker in _before(plan, user, speaks.get(word, []))}
        if item.home not in namespaces:
            makers |= of_schemas & _stated_before(plan, user, speaks.get(item.home, []))
        if makers:
            item.after = {*item.after, *makers}
            wanted |= makers
    _chain(plan, wanted)


def _missed(plan: Plan, item: Item) -> Iterator[str]:
    """The names of what an item needs and nothing known makes."""
    for kinds, name in (*item.exact, *_relations_of(item)):
        missed = kinds & (TYPE | RELATION | FUNCTION)
        if missed and not plan.providers.find(missed, name):
            yield name.name


def _before(plan: Plan, user: int, makers: list[int]) -> set[int]:
    """Of the makers those stated before the user, if there are such: it may have been altered since it was stated."""
    return _stated_before(plan, user, makers) or set(makers) - {user}


def _stated_before(plan: Plan, user: int, makers: list[int]) -> set[int]:
    origin = plan.items[user].origin
    return {n for n in makers if origin and (made := plan.items[n].origin) and made < origin}


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
