"""What hangs on something that is dropped with CASCADE, and what hangs on that in turn (manual, 5.15)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from schema_bridge.ir import Composite, Domain, Function, MaterializedView, Name, Table, Type, View
from schema_bridge.readers.sql import dependents, mentions
from schema_bridge.readers.sql.context import Context

replace = msgspec.structs.replace


def _never(name: Name) -> bool:
    return False


class Fall(msgspec.Struct, frozen=True):
    """Tests of whether something hangs on what is gone: by a text of some kind, by the name of a relation or type, by
    the name of a routine. `column` is what is gone where that is a column."""

    text: Callable[[str, str], bool]
    name: Callable[[Name], bool] = _never
    routine: Callable[[Name], bool] = _never
    column: tuple[Name, str] | None = None

    def takes(self, text: str | None, kind: str = "expression") -> bool:
        return text is not None and self.text(text, kind)

    def takes_type(self, type: Type | None) -> bool:
        return type is not None and self.name(Name(type.schema, type.name))


def relation(name: Name) -> Fall:
    """A relation or a type: they share their names."""
    return Fall(text=lambda text, kind: mentions.names(text, kind, name), name=lambda other: other == name)


def routine(function: Function) -> Fall:
    """A function; a call of another one that shares its name is told by the number of arguments."""
    name = function.name
    needed = sum(a.default is None and a.mode in ("in", "inout") for a in function.arguments)
    variadic = any(a.mode == "variadic" for a in function.arguments)
    most = 100 if variadic else sum(a.mode in ("in", "inout") for a in function.arguments)
    return Fall(
        text=lambda text, kind: mentions.calls(text, kind, name, range(needed, most + 1)),
        routine=lambda other: other == name or other == Name("", name.name),
    )


def column(table: Name, name: str) -> Fall:
    return Fall(text=lambda text, kind: mentions.column(text, kind, table, name), column=(table, name))


def fall(context: Context, what: Fall) -> None:
    """Take away all that hangs on it."""
    state = context.state
    for relations in (state.tables, state.external_tables):
        for table in list(relations.values()):
            if table.name in relations:
                _table(context, relations[table.name], what)
    views: list[View | MaterializedView] = [*state.views.values(), *state.materialized_views.values()]
    for view in views:
        if state.relation(view.name) is view:
            _view(context, view, what)
    for function in list(state.functions.values()):
        if _function_falls(function, what) and state.functions.get((function.name, function.signature)) is function:
            drop_routine(context, function)
    _types(context, what)
    for key, aggregate in list(state.aggregates.items()):
        if _aggregate_falls(aggregate, what):
            del state.aggregates[key]
    for trigger in list(state.event_triggers.values()):
        if what.routine(trigger.function):
            del state.event_triggers[trigger.name]
    _publications(context, what)
    _unmodelled(context, what)


def drop_routine(context: Context, function: Function, *, cascade: bool = True) -> None:
    """A function with its privileges; with what hangs on it."""
    context.state.drop_function(function)
    context.state.forget_routine(function)
    if cascade:
        fall(context, routine(function))


def drop_view(context: Context, name: Name, *, cascade: bool = True) -> None:
    """A view or materialized view with its indexes and privileges; with what hangs on it."""
    dependents.drop_view(context, name)
    if cascade:
        fall(context, relation(name))


def drop_column(context: Context, table: Table, name: str) -> Table:
    """The table without a column, and nothing that hangs on the column."""
    dependents.drop_column(context, table, name)
    fall(context, column(table.name, name))
    return context.state.tables[table.name]


def drop_type(context: Context, name: Name, *, cascade: bool) -> bool:
    """A type of any kind; False where there is none of that name."""
    state = context.state
    for kind in ("enums", "domains", "composites", "ranges"):
        if getattr(state, kind).pop(name, None) is not None:
            state.forget("type", name)
            if cascade:
                fall(context, relation(name))
            return True
    return False


def _table(context: Context, table: Table, what: Fall) -> None:
    state = context.state
    heir_of = (*table.inherits, *((table.partition.parent,) if table.partition else ()))
    if any(map(what.name, heir_of)) or (table.of_type is not None and what.name(table.of_type)):
        dependents.drop_table(context, table.name)
        fall(context, relation(table.name))
        return
    new = _without_parts(context, table, what)
    if any(what.takes(c.default) for c in new.columns):
        new = replace(new, columns=tuple(replace(c, default=None) if what.takes(c.default) else c for c in new.columns))
    if new is not table:
        state.put(new)
    if table.name not in state.tables:
        return
    for item in new.columns:
        computed = item.generated is not None and _computed_from(item.generated.expression, table.name, what)
        if (computed or what.takes_type(item.type)) and table.name in state.tables:
            drop_column(context, state.tables[table.name], item.name)


def _computed_from(expression: str, table: Name, what: Fall) -> bool:
    """An expression of a table is about the table's own columns."""
    if what.column is not None:
        return what.column[0] == table and dependents.mentions(expression, what.column[1])
    return what.takes(expression)


def _without_parts(context: Context, table: Table, what: Fall) -> Table:
    """The table without its constraints, indexes, policies, triggers and rules that fall."""
    for check in table.checks:
        if what.takes(check.expression):
            table = dependents.remove(context, table, check.name)
    for exclusion in table.exclusions:
        if what.takes(exclusion.where) or any(what.takes(p.part.expression) for p in exclusion.parts):
            table = dependents.remove(context, table, exclusion.name)
    table = _without_indexes(context, table, what)
    changes: dict[str, Any] = {}
    policies = tuple(p for p in table.policies if not (what.takes(p.using) or what.takes(p.check)))
    triggers = tuple(t for t in table.triggers if not _trigger_falls(t, what))
    rules = tuple(r for r in table.rules if not what.takes(r.definition, "statement"))
    for fact, kept in (("policies", policies), ("triggers", triggers), ("rules", rules)):
        if len(kept) < len(getattr(table, fact)):
            changes[fact] = kept
    return replace(table, **changes) if changes else table


def _without_indexes(context: Context, relation: Any, what: Fall) -> Any:
    gone = [i for i in relation.indexes if what.takes(i.where) or any(what.takes(p.expression) for p in i.parts)]
    for index in gone:
        context.state.indexes.pop(Name(relation.name.schema, index.name), None)
    return replace(relation, indexes=tuple(i for i in relation.indexes if i not in gone)) if gone else relation


def _trigger_falls(trigger: Any, what: Fall) -> bool:
    other = trigger.referenced_table
    return what.routine(trigger.function) or what.takes(trigger.when) or (other is not None and what.name(other))


def _view(context: Context, view: Any, what: Fall) -> None:
    if what.takes(view.query, "query"):
        drop_view(context, view.name)
        return
    new = view
    if hasattr(view, "indexes"):
        new = _without_indexes(context, view, what)
    else:
        triggers = tuple(t for t in view.triggers if not _trigger_falls(t, what))
        rules = tuple(r for r in view.rules if not what.takes(r.definition, "statement"))
        if (triggers, rules) != (view.triggers, view.rules):
            new = replace(view, triggers=triggers, rules=rules)
    if new is not view:
        context.state.put(new)


def _function_falls(function: Function, what: Fall) -> bool:
    return (
        what.takes_type(function.returns)
        or any(what.takes_type(a.type) or what.takes(a.default) for a in function.arguments)
        or what.takes(function.sql_body, "statement")
        or (function.support is not None and what.routine(function.support))
    )


def _aggregate_falls(aggregate: Any, what: Fall) -> bool:
    types = (a.type for a in (*aggregate.arguments, *aggregate.order_by))
    return any(map(what.takes_type, types)) or any(_option_falls(o.name, o.value, what) for o in aggregate.definition)


def _option_falls(name: str, value: str, what: Fall) -> bool:
    """An aggregate's option that names a function or a type."""
    if name.endswith("func"):
        return any(map(what.routine, mentions.written_name(value)))
    return name.endswith("type") and any(map(what.name, mentions.written_name(value)))


def _types(context: Context, what: Fall) -> None:
    state = context.state
    for domain in list(state.domains.values()):
        if domain.name in state.domains:
            _domain(context, domain, what)
    for composite in list(state.composites.values()):
        kept = tuple(a for a in composite.attributes if not what.takes_type(a.type))
        if len(kept) < len(composite.attributes):
            new: Composite = replace(composite, attributes=kept)
            state.composites[composite.name] = new
    for range_ in list(state.ranges.values()):
        functions = (f for f in (range_.canonical, range_.subtype_diff) if f is not None)
        if what.takes_type(range_.subtype) or any(map(what.routine, functions)):
            drop_type(context, range_.name, cascade=True)


def _domain(context: Context, domain: Domain, what: Fall) -> None:
    if what.takes_type(domain.type) or what.takes(domain.default):
        drop_type(context, domain.name, cascade=True)
        return
    kept = tuple(check for check in domain.checks if not what.takes(check.expression))
    if len(kept) < len(domain.checks):
        context.state.domains[domain.name] = replace(domain, checks=kept)


def _publications(context: Context, what: Fall) -> None:
    for publication in list(context.state.publications.values()):
        kept = tuple(t for t in publication.tables if not (what.name(t.table) or what.takes(t.where)))
        if len(kept) < len(publication.tables):
            context.state.publications[publication.name] = replace(publication, tables=kept)


def _unmodelled(context: Context, what: Fall) -> None:
    """Statements about it, and those that make something of it."""
    if what.column is not None:
        return
    statements = context.state.unmodelled
    gone = [u for u in statements if not u.opaque and _any_falls(u.mentions, what)]
    if gone:
        statements[:] = [u for u in statements if u not in gone]
        for name in (name for statement in gone for name in statement.creates):
            context.state.other_types.discard(name)
            fall(context, relation(name))


def _any_falls(names: Iterable[Name], what: Fall) -> bool:
    return any(what.name(name) or what.routine(name) for name in names)
