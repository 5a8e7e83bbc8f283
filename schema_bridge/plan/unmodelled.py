"""Items of statements that are known only as text."""

from __future__ import annotations

from collections.abc import Iterable
from operator import methodcaller

from schema_bridge.dependencies import ANY_KIND, FUNCTION, OTHER, RELATION, TYPE, Item, mentions
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
        for kinds, name in item.exact:
            missed = kinds & (TYPE | RELATION | FUNCTION)
            if name.name in speaks and missed and not plan.providers.find(missed, name):
                makers = set(speaks[name.name]) - {user}
                item.after = {*item.after, *makers}
                wanted |= makers
    _chain(plan, wanted)


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
