"""Items of what hangs on tables and views: indexes, policies, triggers, rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import methodcaller
from typing import NamedTuple, TypeAlias

import msgspec

from schema_bridge.dependencies import (
    ANY_KIND,
    EXPRESSION,
    FUNCTION,
    OTHER,
    PARTITIONS,
    RELATION,
    UNIQUE_INDEXES,
    Item,
)
from schema_bridge.ir import Index, IndexPart, Name, Policy, Rule, Trigger
from schema_bridge.plan import places
from schema_bridge.plan.collecting import Plan, of_others
from schema_bridge.plan.places import Section
from schema_bridge.plan.shape import Shape
from schema_bridge.statements import comments, indexes, rules, triggers

SETTINGS, INDEXES, ATTACHMENT, INDEX_SETTINGS, ROW_SECURITY, POLICIES, TRIGGERS, RULES, STATISTICS = range(1, 10)
"""The ranks within the group of a table, after the table itself."""
_LATE = {
    SETTINGS: (Section.LATE, places.REST),
    INDEXES: (Section.LATE, places.INDEX),
    ATTACHMENT: (Section.LATE, places.REST),
    INDEX_SETTINGS: (Section.LATE, places.INDEX),
    ROW_SECURITY: (Section.LATE, places.REST),
    POLICIES: (Section.LATE, places.POLICY),
    TRIGGERS: (Section.LATE, places.TRIGGER),
    RULES: (Section.LATE, places.REST),
    STATISTICS: (Section.LATE, places.INDEX),
}


class Host(NamedTuple):
    """A table or view that parts hang on: its name, what they follow (the number of its item, unless it is made
    elsewhere), and its place."""

    name: Name
    after: tuple[int, ...]
    section: Section
    group: tuple[str, ...]
    position: int = 0


def item(host: Host, rank: int, tie: str, statements: Sequence[str]) -> Item:
    """A part of a table at its place in the table's group."""
    return Item(
        order=(host.section, host.position, host.group, rank, (tie,)),
        late=_LATE[rank],
        statements=statements,
        after=host.after,
        home=host.name.schema,
    )


def add_index(plan: Plan, host: Host, index: Index, shape: Shape) -> int:
    """An index; one of a partitioned table stands before its partitions, unless they have their own for it."""
    own = Name(host.name.schema, index.name)
    only = index.only and not shape.heirs(host.name, index)
    late = only or shape.is_late(own)
    index = index if index.only == only else msgspec.structs.replace(index, only=only)
    made = item(host, INDEXES, index.name, indexes.settings(host.name, index) + comments.own(host.name, index))
    made.making = methodcaller("index", host.name, index)
    made.runs = texts_of(index.parts) if index.where is None else [*texts_of(index.parts), index.where]
    made.texts = [(EXPRESSION, text) for text in made.runs]
    made.exact = others_of(index.parts)
    made.origin = index.origin
    if late:
        made.exact += after_partitions(host.name, own, shape)
    number = plan.add(made, (RELATION, own))
    if index.unique:
        plan.providers.add(UNIQUE_INDEXES, host.name, number)
    if only:
        _add_attachments(plan, own, shape)
    return number


def after_partitions(table: Name, index: Name, shape: Shape) -> list[tuple[int, Name]]:
    """The wish to follow all partitions of a table and those of their indexes that will hang on this one."""
    own = [(RELATION, Name(child.name.schema, name)) for child, name in shape.attached.get(index, ())]
    return [*own, (PARTITIONS, table)]


def _add_attachments(plan: Plan, index: Name, shape: Shape) -> None:
    """The ALTERs that attach the indexes of partitions to their parent's."""
    for child, name in shape.attached.get(index, ()):
        attached = Name(child.name.schema, name)
        tie = (*places.key(index), *places.key(attached))
        made = Item(order=(Section.LATE, 0, (), places.INDEX, tie), statements=[indexes.attach(index, attached)])
        made.exact = [(RELATION, index), (RELATION, attached)]
        plan.add(made)


def texts_of(made: Iterable[IndexPart]) -> list[str]:
    """The expressions among the elements of a key."""
    return [part.expression for part in made if part.expression is not None]


def others_of(made: Sequence[IndexPart]) -> list[tuple[int, Name]]:
    """The collations and operator classes of the elements of a key."""
    return of_others([name for part in made for name in (part.opclass, part.collation)])


def add_policies(plan: Plan, host: Host, made: Iterable[Policy]) -> None:
    for policy in made:
        one = item(host, POLICIES, policy.name, comments.own(host.name, policy))
        one.making = methodcaller("policy", host.name, policy)
        one.texts = [(ANY_KIND, text) for text in (policy.using, policy.check) if text is not None]
        one.origin = policy.origin
        plan.add(one)


Below: TypeAlias = Callable[[Trigger], Iterable[tuple[Name, Trigger, Trigger]]]


def add_triggers(plan: Plan, host: Host, made: Iterable[Trigger], below: Below = lambda trigger: ()) -> None:
    """Triggers that the table has by itself; `below` are those that partitions have of one, each with their table and
    the trigger above it."""
    for trigger in made:
        said = triggers.enable(host.name, trigger) + comments.own(host.name, trigger)
        other = [(table, triggers.enable(table, own, whole.enabled)) for table, own, whole in below(trigger)]
        said += [statement for _, statements in other for statement in statements]
        one = item(host, TRIGGERS, trigger.name, said)
        one.making = methodcaller("trigger", host.name, trigger)
        one.exact = [(FUNCTION, trigger.function)]
        if any(changed for _, changed in other):
            # A partition that is attached has no such trigger before.
            one.exact += [(PARTITIONS, table) for table in (host.name, *(table for table, _ in other))]
        if trigger.referenced_table is not None:
            one.exact = [*one.exact, (RELATION, trigger.referenced_table)]
        one.texts = [(EXPRESSION, trigger.when)] if trigger.when is not None else ()
        one.origin = trigger.origin
        plan.add(one)


def add_rules(plan: Plan, host: Host, made: Iterable[Rule]) -> None:
    for rule in made:
        said = rules.enable(host.name, rule) + comments.own(host.name, rule)
        one = item(host, RULES, rule.name, said)
        one.making = methodcaller("rule", host.name, rule)
        one.texts = [(ANY_KIND | OTHER, rule.definition)]
        one.origin = rule.origin
        plan.add(one)
