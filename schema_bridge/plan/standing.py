"""Drafts of what stands by itself: namespaces, types, routines, sequences, views, publications, privileges."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from schema_bridge.dependencies import ANY_KIND, FUNCTION, OTHER, RELATION, SEQUENCE, TYPE, Draft, mentions
from schema_bridge.ir import (
    Aggregate,
    Composite,
    DefaultPrivileges,
    Domain,
    Enum,
    Function,
    Name,
    Origin,
    Privileges,
    Publication,
    Range,
    Schema,
    Sequence,
)
from schema_bridge.pgtypes import render
from schema_bridge.plan import places
from schema_bridge.plan.drafts import Plan, of_others, of_types, said_of
from schema_bridge.plan.places import Section, alone, last
from schema_bridge.statements import (
    comments,
    event_triggers,
    extensions,
    grants,
    roles,
)


def add(plan: Plan, schema: Schema) -> None:
    """All of a schema but its sequences, tables, views and unmodelled statements."""
    _add_surroundings(plan, schema)
    made: list[Enum | Composite | Range] = [*schema.enums, *schema.composites, *schema.ranges]
    for node in made:
        _add_type(plan, node)
    for domain in schema.domains:
        _add_domain(plan, domain)
    for function in schema.functions:
        _add_function(plan, function)
    for aggregate in schema.aggregates:
        _add_aggregate(plan, aggregate)
    for publication in schema.publications:
        _add_publication(plan, publication)
    for trigger in schema.event_triggers:
        place = last(Section.EVENT_TRIGGERS, trigger.name)
        said = (*plan.make.event_trigger(trigger), *event_triggers.enable(trigger), *said_of(trigger))
        plan.add(Draft(order=place, late=place, statements=said, exact=[(FUNCTION, trigger.function)]))
    _add_privileges(plan, schema.privileges)
    _add_default_privileges(plan, schema.default_privileges)


def _add_surroundings(plan: Plan, schema: Schema) -> None:
    for role in schema.roles:
        order, late = alone(Section.ROLES, places.REST, "0", role.name)
        plan.add(Draft(order=order, late=late, statements=(*plan.make.role(role), *said_of(role))))
    for role in schema.roles:
        if role.member_of:
            order, late = alone(Section.ROLES, places.REST, "1", role.name)
            plan.add(Draft(order=order, late=late, statements=tuple(roles.memberships(role))))
    for namespace in schema.namespaces:
        order, late = alone(Section.NAMESPACES, places.REST, namespace.name)
        plan.add(Draft(order=order, late=late, statements=(*plan.make.namespace(namespace), *said_of(namespace))))
    for extension in schema.extensions:
        order, late = alone(Section.EXTENSIONS, places.REST, extension.name)
        plan.add(Draft(order=order, late=late, statements=(extensions.create(extension), *said_of(extension))))


def _add_type(plan: Plan, node: Enum | Composite | Range) -> None:
    order, late = alone(Section.TYPES, places.TYPE, *places.key(node.name))
    draft = Draft(order=order, late=late, statements=(*plan.make.type(node), *said_of(node)), home=node.name.schema)
    draft.origin = node.origin
    if isinstance(node, Composite):
        said = tuple(s for attribute in node.attributes for s in comments.part(node.name, attribute))
        draft.statements += said
        draft.exact = of_types(a.type for a in node.attributes) + of_others(a.collation for a in node.attributes)
    elif isinstance(node, Range):
        routines = [(FUNCTION, name) for name in (node.canonical, node.subtype_diff) if name is not None]
        draft.exact = [*of_types([node.subtype]), *of_others([node.opclass, node.collation]), *routines]
    names = [node.name]
    if isinstance(node, Range) and node.multirange is not None:
        names.append(node.multirange)
    plan.add(draft, *((TYPE, name) for name in names))


def _add_domain(plan: Plan, domain: Domain) -> None:
    order, late = alone(Section.TYPES, places.TYPE, *places.key(domain.name))
    said = (s for check in domain.checks for s in comments.domain_constraint(domain, check))
    made = (*plan.make.domain(domain), *said_of(domain), *said)
    texts = [check.expression for check in domain.checks] + ([domain.default] if domain.default is not None else [])
    draft = Draft(order=order, late=late, statements=made, home=domain.name.schema)
    draft.origin = domain.origin
    draft.exact = [*of_types([domain.type]), *of_others([domain.collation])]
    draft.texts = [((FUNCTION, TYPE, SEQUENCE), text) for text in texts]
    plan.add(draft, (TYPE, domain.name))


def _add_function(plan: Plan, function: Function) -> None:
    order, late = alone(
        Section.FUNCTIONS, places.FUNCTION, *places.key(function.name), *map(render, function.signature)
    )
    draft = Draft(order=order, late=late, home=function.name.schema, origin=function.origin)
    draft.statements = (*plan.make.function(function), *said_of(function))
    draft.exact = of_types([*(a.type for a in function.arguments), function.returns, *function.transforms])
    if function.support is not None:
        draft.exact.append((FUNCTION, function.support))
    draft.texts = [(ANY_KIND, a.default) for a in function.arguments if a.default is not None]
    if function.sql_body is not None:
        draft.texts.append((ANY_KIND, function.sql_body))
    plan.add_function(draft, function)


def _add_aggregate(plan: Plan, aggregate: Aggregate) -> None:
    signature = map(render, aggregate.signature)
    order, late = alone(Section.FUNCTIONS, places.FUNCTION, *places.key(aggregate.name), "aggregate", *signature)
    draft = Draft(order=order, late=late, statements=(*plan.make.aggregate(aggregate), *said_of(aggregate)))
    draft.origin = aggregate.origin
    draft.exact = of_types(a.type for a in (*aggregate.arguments, *aggregate.order_by))
    for option in aggregate.definition:
        named = [Name(m.schema or "", m.name) for m in mentions(option.value)]
        draft.exact += [(kind, name) for name in named for kind in (FUNCTION, TYPE, OTHER)]
    plan.add(draft, (FUNCTION, aggregate.name))


def add_sequence(plan: Plan, sequence: Sequence) -> None:
    """A sequence that is not folded into `serial`."""
    order, late = alone(Section.SEQUENCES, places.TYPE, *places.key(sequence.name))
    made = (*plan.make.sequence(sequence), *said_of(sequence))
    draft = Draft(order=order, late=late, statements=made, origin=sequence.origin)
    plan.add(draft, (SEQUENCE, sequence.name), (RELATION, sequence.name))


def _add_publication(plan: Plan, publication: Publication) -> None:
    place = last(Section.PUBLICATIONS, publication.name)
    draft = Draft(order=place, late=place, statements=(*plan.make.publication(publication), *said_of(publication)))
    draft.exact = [(RELATION, table.table) for table in publication.tables]
    draft.texts = [(ANY_KIND, table.where) for table in publication.tables if table.where is not None]
    plan.add(draft)


def _add_privileges(plan: Plan, privileges: Iterable[Privileges]) -> None:
    """In the order in which they were stated, as the server keeps them; what is revoked from PUBLIC goes first."""
    for number, (held, grantees) in enumerate(_together(sorted(privileges, key=_by_object))):
        target = held.object
        place = last(Section.PRIVILEGES, f"{number:08}")
        kind = FUNCTION if target.kind in ("function", "procedure", "routine", "aggregate") else RELATION
        draft = Draft(order=place, late=place, statements=tuple(grants.statements(held, grantees)))
        draft.exact = [(kind, target.name), (TYPE, target.name)] if target.name.schema else []
        plan.add(draft)


def _together(privileges: Iterable[Privileges]) -> Iterable[tuple[Privileges, list[str]]]:
    """Those who hold the same on the same object, where they follow each other."""
    for _, same in groupby(privileges, key=lambda p: (p.object, p.column, p.granted, p.grantable, p.revoked)):
        held = list(same)
        yield held[0], [each.grantee for each in held]


def _by_object(held: Privileges) -> tuple[object, ...]:
    target = held.object
    return target.kind, *places.key(target.name), str(target.arguments or ""), *_stated(held)


def _stated(held: Privileges | DefaultPrivileges) -> tuple[bool, str, int, int, tuple[str, ...]]:
    origin = held.origin or Origin("", 0)
    first = held.grantee == "public" and bool(held.revoked)
    return not first, origin.file, origin.line, origin.column, tuple(map(str, held.key))


def _add_default_privileges(plan: Plan, privileges: Iterable[DefaultPrivileges]) -> None:
    for number, held in enumerate(sorted(privileges, key=_stated)):
        place = last(Section.DEFAULT_PRIVILEGES, f"{number:08}")
        plan.add(Draft(order=place, late=place, statements=tuple(grants.defaults(held))))
