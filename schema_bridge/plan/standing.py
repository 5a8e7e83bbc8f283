"""Items of what stands by itself: namespaces, types, routines, sequences, views, publications, privileges."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import methodcaller
from typing import TypeAlias

from schema_bridge.dependencies import (
    ANY_KIND,
    EXPRESSION,
    FUNCTION,
    OTHER,
    RELATION,
    SEQUENCE,
    TYPE,
    Item,
    Making,
    mentions,
)
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
from schema_bridge.plan.collecting import Plan, of_others, of_types, said_of
from schema_bridge.plan.places import Section, alone
from schema_bridge.statements import (
    comments,
    event_triggers,
    extensions,
    grants,
    roles,
)

_Found: TypeAlias = Aggregate | Composite | Domain | Enum | Function | Range | Sequence


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
        place = alone(Section.EVENT_TRIGGERS, trigger.name)
        item = Item(order=place, making=methodcaller("event_trigger", trigger), exact=[(FUNCTION, trigger.function)])
        item.statements = (*event_triggers.enable(trigger), *said_of(trigger))
        plan.add(item)
    _add_privileges(plan, schema.privileges)
    _add_default_privileges(plan, schema.default_privileges)


def _add_surroundings(plan: Plan, schema: Schema) -> None:
    for role in schema.roles:
        place = alone(Section.ROLES, "0", role.name)
        plan.add(Item(order=place, making=methodcaller("role", role), statements=said_of(role)))
    for role in schema.roles:
        if role.member_of:
            plan.add(Item(order=alone(Section.ROLES, "1", role.name), statements=roles.memberships(role)))
    for namespace in schema.namespaces:
        place = alone(Section.NAMESPACES, namespace.name)
        plan.add(Item(order=place, making=methodcaller("namespace", namespace), statements=said_of(namespace)))
    for extension in schema.extensions:
        place = alone(Section.EXTENSIONS, extension.name)
        plan.add(Item(order=place, statements=(extensions.create(extension), *said_of(extension))))


def _item(node: _Found, section: Section, late: int, making: Making, *tie: str) -> Item:
    """What is made in a namespace, with what is said of it, at its place in its section; `late` is its rank among what
    comes later: before the tables if it can stand there, else behind what it needs of them."""
    place = alone(section, *places.key(node.name), *tie)
    item = Item(order=place, late=(Section.LATE, late), soon=Section.DEFINITIONS, making=making, origin=node.origin)
    item.home, item.statements = node.name.schema, said_of(node)
    return item


def _add_type(plan: Plan, node: Enum | Composite | Range) -> None:
    item = _item(node, Section.TYPES, places.TYPE, methodcaller("type", node))
    if isinstance(node, Composite):
        said = [s for attribute in node.attributes for s in comments.part(node.name, attribute)]
        item.statements = [*item.statements, *said]
        item.exact = of_types(a.type for a in node.attributes) + of_others(a.collation for a in node.attributes)
    elif isinstance(node, Range):
        routines = [(FUNCTION, name) for name in (node.canonical, node.subtype_diff) if name is not None]
        item.exact = [*of_types([node.subtype]), *of_others([node.opclass, node.collation]), *routines]
    names = [node.name]
    if isinstance(node, Range) and node.multirange is not None:
        names.append(node.multirange)
    plan.add(item, *[(TYPE, name) for name in names])


def _add_domain(plan: Plan, domain: Domain) -> None:
    said = (s for check in domain.checks for s in comments.domain_constraint(domain, check))
    texts = [check.expression for check in domain.checks] + ([domain.default] if domain.default is not None else [])
    item = _item(domain, Section.TYPES, places.TYPE, methodcaller("domain", domain))
    item.statements = [*item.statements, *said]
    item.exact = [*of_types([domain.type]), *of_others([domain.collation])]
    item.texts = [(EXPRESSION, text) for text in texts]
    plan.add(item, (TYPE, domain.name))


def _add_function(plan: Plan, function: Function) -> None:
    making = methodcaller("function", function)
    item = _item(function, Section.FUNCTIONS, places.FUNCTION, making, *map(render, function.signature))
    item.exact = of_types([*(a.type for a in function.arguments), function.returns, *function.transforms])
    if function.support is not None:
        item.exact = [*item.exact, (FUNCTION, function.support)]
    texts = [a.default for a in function.arguments if a.default is not None]
    if function.sql_body is not None:
        texts.append(function.sql_body)
    item.texts = [(ANY_KIND, text) for text in texts]
    plan.add_function(item, function)


def _add_aggregate(plan: Plan, aggregate: Aggregate) -> None:
    tie = "aggregate", *map(render, aggregate.signature)
    item = _item(aggregate, Section.FUNCTIONS, places.FUNCTION, methodcaller("aggregate", aggregate), *tie)
    spoken = [mention for option in aggregate.definition for mention in mentions(option.value)]
    item.exact = of_types(a.type for a in (*aggregate.arguments, *aggregate.order_by))
    item.exact += [(FUNCTION | TYPE | OTHER, Name(m.schema or "", m.name)) for m in spoken]
    item.exact += [(OTHER, _operator(o.value)) for o in aggregate.definition if o.name == "sortop"]
    plan.add(item, (FUNCTION, aggregate.name))


def _operator(text: str) -> Name:
    """What `<` or `OPERATOR(app.<)` is the name of, wherever that may stand."""
    return Name("", text.removesuffix(")").rpartition(".")[2])


def add_sequence(plan: Plan, sequence: Sequence) -> None:
    """A sequence that is not folded into `serial`."""
    item = _item(sequence, Section.SEQUENCES, places.TYPE, methodcaller("sequence", sequence))
    plan.add(item, (SEQUENCE | RELATION, sequence.name))


def _add_publication(plan: Plan, publication: Publication) -> None:
    place = alone(Section.PUBLICATIONS, publication.name)
    item = Item(order=place, making=methodcaller("publication", publication), statements=said_of(publication))
    item.exact = [(RELATION, table.table) for table in publication.tables]
    item.texts = [(ANY_KIND, table.where) for table in publication.tables if table.where is not None]
    plan.add(item)


def _add_privileges(plan: Plan, privileges: Iterable[Privileges]) -> None:
    """In the order in which they were stated, as the server keeps them; what is revoked from PUBLIC goes first."""
    for number, (held, grantees) in enumerate(_together(sorted(privileges, key=_by_object))):
        target = held.object
        kind = FUNCTION if target.kind in ("function", "procedure", "routine", "aggregate") else RELATION
        item = Item(order=alone(Section.PRIVILEGES, f"{number:08}"), statements=grants.statements(held, grantees))
        item.exact = [(kind | TYPE, target.name)] if target.name.schema else ()
        item.origin = held.origin
        if target.kind == "schema":
            item.home = target.name.name
        plan.add(item)


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
        item = Item(order=alone(Section.DEFAULT_PRIVILEGES, f"{number:08}"), statements=grants.defaults(held))
        item.home, item.origin = held.schema or "public", held.origin
        plan.add(item)
