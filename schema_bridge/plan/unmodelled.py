"""Drafts of statements that are known only as text."""

from __future__ import annotations

from collections.abc import Iterable

from schema_bridge.dependencies import ANY_KIND, FUNCTION, OTHER, RELATION, TYPE, Draft, Place, mentions
from schema_bridge.ir import Unmodelled
from schema_bridge.plan.drafts import Plan
from schema_bridge.plan.places import Section


def add(plan: Plan, statements: Iterable[Unmodelled]) -> None:
    """Each at the place that its names demand; what may need anything comes after all that was stated before it."""
    opaque: list[tuple[int, Unmodelled]] = []
    for node in sorted(statements, key=lambda node: (node.position, node.sql)):
        tie = (f"{node.position:08}", node.sql)
        late: Place = (Section.OPAQUE if node.opaque else Section.OTHERS, (), 0, tie)
        order: Place = (Section.DEFINITIONS, (), 0, tie) if node.creates and not node.opaque else late
        draft = Draft(order=order, late=late, statements=(node.sql,), origin=node.origin)
        draft.exact = [(kind, name) for name in node.mentions for kind in (*ANY_KIND, OTHER)]
        number = plan.add(draft, *((kind, name) for name in node.creates for kind in (*ANY_KIND, OTHER)))
        if node.opaque:
            opaque.append((number, node))
    if opaque:
        _place_opaque(plan, opaque)


def _place_opaque(plan: Plan, opaque: list[tuple[int, Unmodelled]]) -> None:
    """An opaque statement that may make what others miss goes before those, and after all that was stated before it."""
    speaks: dict[str, list[int]] = {}
    for number, node in opaque:
        for word in {mention.name for mention in mentions(node.sql)}:
            speaks.setdefault(word, []).append(number)
    wanted: set[int] = set()
    for user, draft in enumerate(plan.drafts):
        for kind, name in draft.exact:
            if name.name in speaks and kind in (TYPE, RELATION, FUNCTION) and not plan.providers.find(kind, name):
                makers = set(speaks[name.name]) - {user}
                draft.after = draft.after | makers
                wanted |= makers
    _chain(plan, wanted)


def _chain(plan: Plan, wanted: set[int]) -> None:
    """Lets each of these follow the statements between it and the one before it, and that one."""
    stated = sorted((draft.origin, number) for number, draft in enumerate(plan.drafts) if draft.origin is not None)
    before: set[int] = set()
    for _, number in stated:
        if number in wanted:
            draft = plan.drafts[number]
            draft.after = draft.after | before
            before = set()
        before.add(number)
