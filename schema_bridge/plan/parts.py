"""Drafts of what hangs on tables and views: indexes, policies, triggers, rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from schema_bridge.dependencies import ANY_KIND, FUNCTION, OTHER, RELATION, SEQUENCE, TYPE, Draft, Place
from schema_bridge.ir import ExclusionPart, Index, IndexPart, Name, Policy, Rule, Trigger
from schema_bridge.plan import places
from schema_bridge.plan.drafts import Plan, of_others
from schema_bridge.plan.places import Section
from schema_bridge.plan.shape import Shape
from schema_bridge.statements import comments, indexes, rules, triggers

SETTINGS, INDEXES, ATTACHMENT, INDEX_SETTINGS, ROW_SECURITY, POLICIES, TRIGGERS, RULES, STATISTICS = range(1, 10)
"""The ranks within the group of a table, after the table itself."""
_LATE = {
    INDEXES: places.INDEX,
    INDEX_SETTINGS: places.INDEX,
    POLICIES: places.POLICY,
    TRIGGERS: places.TRIGGER,
    STATISTICS: places.INDEX,
}

UNIQUE_INDEXES = "unique indexes"
"""What a foreign key needs of the table it refers to, found by that table's name."""
PARTITIONS = "partitions"
"""What some indexes of a partitioned table follow, found by that table's name."""
EXPRESSION = (FUNCTION, TYPE, SEQUENCE)
"""What an expression of a column or an index can speak of."""


class Host(NamedTuple):
    """A table or view that parts hang on: its name, the number of its item (None: made elsewhere), and its place."""

    name: Name
    number: int | None
    section: Section
    group: tuple[str, ...]
    position: int = 0


def draft(host: Host, rank: int, tie: str, statements: Iterable[str]) -> Draft:
    """A part of a table at its place in the table's group."""
    return Draft(
        order=(host.section, host.group, rank, (tie,)),
        late=(Section.LATE, (), _LATE.get(rank, places.REST), (*host.group, tie)),
        position=host.position,
        statements=tuple(statements),
        after=set() if host.number is None else {host.number},
        home=host.name.schema,
    )


def add_index(plan: Plan, host: Host, index: Index, shape: Shape) -> int:
    """An index; one of a partitioned table stands before its partitions, unless they have their own for it."""
    own = Name(host.name.schema, index.name)
    only = index.only and not shape.heirs(host.name, index)
    late = only or shape.is_late(own)
    index = index if index.only == only else msgspec.structs.replace(index, only=only)
    said = [*indexes.settings(host.name, index), *comments.part(host.name, index)]
    item = draft(host, INDEXES, index.name, [*plan.make.index(host.name, index), *said])
    item.runs = texts_of(index.parts) + ([index.where] if index.where is not None else [])
    item.texts = [(EXPRESSION, text) for text in item.runs]
    item.exact = others_of(index.parts)
    item.origin = index.origin
    if late:
        item.exact += after_partitions(host.name, own, shape)
    number = plan.add(item, (RELATION, own), *([(UNIQUE_INDEXES, host.name)] if index.unique else []))
    if only:
        _add_attachments(plan, own, shape)
    return number


def after_partitions(table: Name, index: Name, shape: Shape) -> list[tuple[str, Name]]:
    """The wish to follow all partitions of a table and those of their indexes that will hang on this one."""
    own = [(RELATION, Name(child.name.schema, name)) for child, name in shape.attached.get(index, ())]
    return [*own, (PARTITIONS, table)]


def _add_attachments(plan: Plan, index: Name, shape: Shape) -> None:
    """The ALTERs that attach the indexes of partitions to their parent's."""
    for child, name in shape.attached.get(index, ()):
        attached = Name(child.name.schema, name)
        place: Place = (Section.LATE, (), places.INDEX, (*places.key(index), *places.key(attached)))
        item = Draft(order=place, late=place, statements=(indexes.attach(index, attached),))
        item.exact = [(RELATION, index), (RELATION, attached)]
        plan.add(item)


def texts_of(made: Iterable[IndexPart | ExclusionPart]) -> list[str]:
    """The expressions among the elements of a key."""
    bare = [part.part if isinstance(part, ExclusionPart) else part for part in made]
    return [part.expression for part in bare if part.expression is not None]


def others_of(made: Sequence[IndexPart]) -> list[tuple[str, Name]]:
    """The collations and operator classes of the elements of a key."""
    return of_others([part.opclass for part in made]) + of_others([part.collation for part in made])


def add_policies(plan: Plan, host: Host, made: Iterable[Policy]) -> None:
    for policy in made:
        said = comments.part(host.name, policy)
        item = draft(host, POLICIES, policy.name, [*plan.make.policy(host.name, policy), *said])
        item.texts = [(ANY_KIND, text) for text in (policy.using, policy.check) if text is not None]
        item.origin = policy.origin
        plan.add(item)


def add_triggers(plan: Plan, host: Host, made: Iterable[Trigger]) -> None:
    """Triggers that the table has by itself."""
    for trigger in made:
        said = [*triggers.enable(host.name, trigger), *comments.part(host.name, trigger)]
        item = draft(host, TRIGGERS, trigger.name, [*plan.make.trigger(host.name, trigger), *said])
        item.exact = [(FUNCTION, trigger.function)]
        item.origin = trigger.origin
        if trigger.referenced_table is not None:
            item.exact.append((RELATION, trigger.referenced_table))
        item.texts = [(EXPRESSION, trigger.when)] if trigger.when is not None else []
        plan.add(item)


def add_rules(plan: Plan, host: Host, made: Iterable[Rule]) -> None:
    for rule in made:
        said = [*rules.enable(host.name, rule), *comments.part(host.name, rule)]
        item = draft(host, RULES, rule.name, [*plan.make.rule(host.name, rule), *said])
        item.texts = [((*ANY_KIND, OTHER), rule.definition)]
        item.origin = rule.origin
        plan.add(item)
