"""Items of views and materialised views."""

from __future__ import annotations

from operator import methodcaller

from schema_bridge.dependencies import ANY_KIND, OTHER, RELATION, TYPE, Item
from schema_bridge.ir import MaterializedView, View
from schema_bridge.plan import parts, places
from schema_bridge.plan.collecting import Plan, said_of
from schema_bridge.plan.places import Section
from schema_bridge.plan.shape import Shape
from schema_bridge.statements import comments, views


def add(plan: Plan, view: View | MaterializedView, shape: Shape) -> None:
    """A view with its triggers and rules, a materialised view with its indexes."""
    group = places.key(view.name)
    said = [s for column in view.columns for s in comments.part(view.name, column)]
    item = Item(
        order=(Section.VIEWS, 0, group, 0, ()),
        late=(Section.LATE, places.VIEW),
        making=methodcaller("view", view),
        statements=(*said_of(view), *said),
        texts=[(ANY_KIND, view.query)],
        home=view.name.schema,
        origin=view.origin,
    )
    if isinstance(view, MaterializedView) and view.with_data:
        item.runs = [view.query]
    number = plan.add(item, (RELATION | TYPE | OTHER, view.name))
    host = parts.Host(view.name, (number,), Section.VIEWS, group)
    if isinstance(view, MaterializedView):
        for index in view.indexes:
            parts.add_index(plan, host, index, shape)
    else:
        parts.add_triggers(plan, host, view.triggers)
        parts.add_rules(plan, host, view.rules)
    if settings := tuple(views.settings(view)):
        last = parts.item(host, parts.INDEX_SETTINGS, "", settings)
        last.texts = [(ANY_KIND, statement) for statement in settings]
        plan.add(last)
