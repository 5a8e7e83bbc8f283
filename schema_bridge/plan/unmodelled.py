"""Drafts of statements that are known only as text."""

from __future__ import annotations

from collections.abc import Iterable

from schema_bridge.dependencies import ANY_KIND, OTHER, Draft, Place
from schema_bridge.ir import Unmodelled
from schema_bridge.plan.drafts import Plan
from schema_bridge.plan.places import Section


def add(plan: Plan, statements: Iterable[Unmodelled]) -> None:
    """Each at the place that its names demand; what may need anything comes after all that was stated before it."""
    for node in sorted(statements, key=lambda node: (node.position, node.sql)):
        tie = (f"{node.position:08}", node.sql)
        late: Place = (Section.OPAQUE if node.opaque else Section.OTHERS, (), 0, tie)
        order: Place = (Section.DEFINITIONS, (), 0, tie) if node.creates and not node.opaque else late
        draft = Draft(order=order, late=late, statements=(node.sql,))
        draft.exact = [(kind, name) for name in node.mentions for kind in (*ANY_KIND, OTHER)]
        plan.add(draft, *((kind, name) for name in node.creates for kind in (*ANY_KIND, OTHER)))
