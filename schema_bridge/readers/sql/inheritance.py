"""What a table has from its parents or from a composite type: columns and checks marked as inherited."""

from __future__ import annotations

import msgspec

from schema_bridge.ir import Attribute, Check, Column, Name, NotNull, Table
from schema_bridge.readers.sql import dependents
from schema_bridge.readers.sql.columns import keeping_not_null_name
from schema_bridge.readers.sql.context import Context, Tree

replace = msgspec.structs.replace


def inherit(context: Context, table: Table, parents: list[Name]) -> Table:
    """The table with the columns and checks of its parents; a parent not made here gives nothing."""
    for name in parents:
        parent = context.state.tables.get(name)
        if parent is None:
            context.external(name)
            continue
        context.state.children.setdefault(name, []).append(table.name)
        table = replace(
            table,
            columns=_merged(table.columns, parent),
            checks=(*table.checks, *_checks(context, table, parent)),
        )
    return table


def _merged(columns: tuple[Column, ...], parent: Table) -> tuple[Column, ...]:
    known = {column.name for column in columns}
    return (*columns, *(inherited(c) for c in parent.columns if c.name not in known))


def inherited(column: Column) -> Column:
    """A parent's column as its heir has it: its identity, a partition's too, is the parent's, NO INHERIT stays behind."""
    stated = column.not_null_constraint
    heir = replace(
        column,
        inherited=True,
        comment=None,
        notes=None,
        options=(),
        statistics=None,
        identity=None,
        not_null_constraint=replace(stated, comment=None) if stated and not stated.no_inherit else None,
    )
    if stated is not None and stated.no_inherit:
        return replace(heir, not_null=False)
    return heir if heir.not_null_constraint != NotNull() else replace(heir, not_null_constraint=None)


def _checks(context: Context, table: Table, parent: Table, made: bool = True) -> tuple[Check, ...]:
    """The parent's that the table has not; valid in a table that is being made even where the parent's rows are not
    yet checked."""
    known = {check.name for check in table.checks}
    found = tuple(
        replace(check, inherited=True, comment=None, not_valid=check.not_valid and not made)
        for check in parent.checks
        if not check.no_inherit and check.name not in known
    )
    for check in found:
        context.state.constraint_names[Name(table.name.schema, check.name)] += 1
    return found


def of_type(context: Context, table: Table, tree: Tree) -> Table:
    """CREATE TABLE … OF type: the columns are the type's attributes."""
    name = context.type_name(tree["names"])
    composite = context.state.composites.get(name)
    attributes = composite.attributes if composite is not None else ()
    return replace(table, of_type=name, columns=tuple(of_attribute(context, a) for a in attributes))


def of_attribute(context: Context, attribute: Attribute) -> Column:
    """The column that a table of a type has for an attribute."""
    return Column(
        name=attribute.name,
        type=attribute.type,
        collation=attribute.collation,
        inherited=True,
        origin=context.origin(),
    )


def pass_on(context: Context, before: Table, after: Table) -> None:
    """What an ALTER of a parent changed comes to its heirs (reference, ALTER TABLE: ONLY leaves it out)."""
    for name in list(context.state.children.get(after.name, ())):
        child = context.state.tables.get(name)
        if child is None:
            continue
        changed = _with_columns(child, before, after)
        changed = _with_checks(context, changed, before, after)
        if changed.partition is not None:
            changed = _with_keys(context, changed, before, after)
        context.state.tables[name] = changed
        pass_on(context, child, changed)


def leave(context: Context, before: Table, after: Table) -> None:
    """What an ALTER … ONLY took from a parent is its heirs' own (reference, ALTER TABLE)."""
    gone = {c.name for c in before.columns} - {c.name for c in after.columns}
    gone_checks = set() if gone else {c.name for c in before.checks} - {c.name for c in after.checks}
    for name in context.state.children[after.name]:
        child = context.state.tables.get(name)
        if child is not None and (gone or gone_checks):
            columns = tuple(replace(c, inherited=False) if c.name in gone else c for c in child.columns)
            checks = tuple(replace(c, inherited=False) if c.name in gone_checks else c for c in child.checks)
            context.state.tables[name] = replace(child, columns=columns, checks=checks)


def _with_columns(child: Table, before: Table, after: Table) -> Table:
    old = {column.name: column for column in before.columns}
    new = {column.name: column for column in after.columns}
    columns = []
    for column in child.columns:
        if column.name in old and column.name not in new and column.inherited:
            continue
        was, now = old.get(column.name), new.get(column.name)
        if was is not None and now is not None and was != now:
            column = _changed(column, was, now, (after.name.name, child.name.name))
        columns.append(column)
    known = {column.name for column in child.columns}
    columns += [inherited(c) for c in after.columns if c.name not in old and c.name not in known]
    return replace(child, columns=tuple(columns))


_PASSED_ON = ("type", "not_null", "default", "generated", "collation", "storage", "statistics")
"""SET COMPRESSION and SET (options) stay with the table they are said of (`ATPrepCmd`)."""


def _changed(column: Column, was: Column, now: Column, names: tuple[str, str]) -> Column:
    """The heir's column after a change of its parent's, of the tables of these names; NOT NULL comes with the name of
    the parent's constraint."""
    facts = {fact: getattr(now, fact) for fact in _PASSED_ON if getattr(was, fact) != getattr(now, fact)}
    if facts.get("not_null") and not column.not_null and not column.inherited:
        stated = keeping_not_null_name(now, names[0], names[1], column.name).not_null_constraint
        facts["not_null_constraint"] = stated and replace(stated, comment=None)
    return replace(column, **facts)


def _with_checks(context: Context, child: Table, before: Table, after: Table) -> Table:
    gone = {check.name for check in before.checks} - {check.name for check in after.checks}
    proved = {check.name for check in before.checks if check.not_valid} & {
        c.name for c in after.checks if not c.not_valid
    }
    kept = tuple(
        replace(c, not_valid=False) if c.inherited and c.name in proved else c
        for c in child.checks
        if not (c.inherited and c.name in gone)
    )
    return replace(child, checks=(*kept, *_checks(context, replace(child, checks=kept), after, made=False)))


def _with_keys(context: Context, child: Table, before: Table, after: Table) -> Table:
    from schema_bridge.readers.sql import partitions

    gone = {key.name for key in before.foreign_keys} - {key.name for key in after.foreign_keys}
    child = replace(child, foreign_keys=tuple(k for k in child.foreign_keys if not (k.inherited and k.name in gone)))
    for key in after.foreign_keys:
        if key not in before.foreign_keys:
            child = partitions.with_foreign_key(child, key)
    child = _without_keys(context, child, before, after)
    made = replace(
        after,
        primary_key=after.primary_key if before.primary_key is None else None,
        uniques=tuple(u for u in after.uniques if u not in before.uniques),
        exclusions=tuple(e for e in after.exclusions if e not in before.exclusions),
    )
    return partitions.with_keys(context, child, made)


def _without_keys(context: Context, child: Table, before: Table, after: Table) -> Table:
    """The partition without its parts of the keys that its parent lost."""
    kept = {key.name for key in (after.primary_key, *after.uniques, *after.exclusions) if key is not None}
    gone = [key for key in (before.primary_key, *before.uniques) if key is not None and key.name not in kept]
    for lost in gone:
        own = [key for key in (child.primary_key, *child.uniques) if key is not None]
        for key in own:
            if key.columns == lost.columns and isinstance(key, type(lost)):
                child = dependents.remove(context, child, key.name)
    return child
