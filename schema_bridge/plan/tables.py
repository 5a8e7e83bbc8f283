"""Drafts of tables with all that hangs on them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from schema_bridge.dependencies import OTHER, RELATION, SEQUENCE, TYPE, Draft, Place, called
from schema_bridge.emit.sql import ident, name
from schema_bridge.ir import Check, Column, ForeignKey, Name, Sequence, Statistics, Table
from schema_bridge.plan import parts, places
from schema_bridge.plan.drafts import Plan, of_others, of_types, said_of
from schema_bridge.plan.makers import Once
from schema_bridge.plan.parts import EXPRESSION, PARTITIONS, UNIQUE_INDEXES, Host
from schema_bridge.plan.places import Section
from schema_bridge.plan.serial import fold
from schema_bridge.plan.shape import Key, Shape, keys
from schema_bridge.statements import columns, comments, owners, sequences, statistics, tables
from schema_bridge.statements.objects import Constraint


def add(plan: Plan, table: Table, shape: Shape) -> tuple[Sequence, ...]:
    """Adds a table; the sequences that its serial columns make need no statement of their own."""
    folded, serials = fold(shape.own_keys(table), shape.owned if plan.make.folds else {})
    late = shape.late_keys(folded)
    bare = _without(folded, {key.name for key in late})
    group = shape.group(table)
    number = plan.add(
        _create(plan.make, bare, group, shape),
        *[(kind, table.name) for kind in (RELATION, TYPE, OTHER)],
        *[(kind, s.name) for s in serials for kind in (SEQUENCE, RELATION)],
        *[(RELATION, Name(table.name.schema, key.name)) for key in keys(bare) if key.partition_of is not None],
        *([(PARTITIONS, table.partition.parent)] if table.partition and not table.partition.attached else []),
    )
    host = Host(table.name, number, Section.TABLES, group, shape.position(table))
    _add_settings(plan, host, bare, [*_inherited(table, shape), *_said(bare, serials)])
    indexes = {parts.add_index(plan, host, index, shape) for index in table.indexes if not index.inherited}
    attachment = _add_attachment(plan, host, table, indexes)
    _add_index_settings(plan, host, table, indexes | attachment)
    _add_parts(plan, host, table)
    for key in (*late, *tables.doubles(bare)):
        _add_key(plan, host, key, table, shape)
    return serials


def _without(table: Table, late: set[str]) -> Table:
    """The table without the keys that come later."""
    if not late:
        return table
    return msgspec.structs.replace(
        table,
        primary_key=None if table.primary_key is not None and table.primary_key.name in late else table.primary_key,
        uniques=tuple(unique for unique in table.uniques if unique.name not in late),
        exclusions=tuple(exclusion for exclusion in table.exclusions if exclusion.name not in late),
    )


def _create(make: Once, table: Table, group: tuple[str, ...], shape: Shape) -> Draft:
    place: Place = (Section.TABLES, group, 0, ())
    draft = Draft(order=place, late=place, home=table.name.schema, origin=table.origin)
    draft.position = shape.position(table)
    draft.statements = tuple(make.table(table))
    own = [column for column in table.columns if not column.inherited]
    draft.exact = [*of_types([c.type for c in own]), *of_others([c.collation for c in own]), *_relations(table)]
    draft.runs = parts.texts_of([part for exclusion in table.exclusions for part in exclusion.parts])
    if table.partition_by is not None:
        draft.runs += parts.texts_of(table.partition_by.parts)
        draft.exact += parts.others_of(table.partition_by.parts)
    draft.texts = [(EXPRESSION, text) for text in (*_fixed_texts(table, own), *draft.runs)]
    _add_cuts(make, draft, table, shape)
    return draft


def _relations(table: Table) -> list[tuple[str, Name]]:
    wanted = [(RELATION, parent) for parent in table.inherits]
    if table.partition is not None and not table.partition.attached:
        wanted.append((RELATION, table.partition.parent))
    if table.of_type is not None:
        wanted.append((TYPE, table.of_type))
    if table.server is not None:
        wanted.append((OTHER, Name("", table.server)))
    return wanted


def _fixed_texts(table: Table, own: Iterable[Column]) -> list[str]:
    """The expressions that stay in CREATE TABLE whatever they need."""
    texts = [column.generated.expression for column in own if column.generated is not None]
    texts += [exclusion.where for exclusion in table.exclusions if exclusion.where is not None]
    if table.partition is not None:
        texts.append(table.partition.bound)
    return texts


def _add_cuts(make: Once, draft: Draft, table: Table, shape: Shape) -> None:
    """Checks and defaults that call the schema's own functions can be stated by ALTER, should there be a cycle."""
    defaults = {c.name: c.default for c in table.columns if c.default is not None and not c.inherited}
    checks = {c.name: c for c in table.checks if not c.inherited and not c.not_valid and _calls(c.expression, shape)}
    calling = {column: text for column, text in defaults.items() if _calls(text, shape)}
    draft.texts += [(EXPRESSION, text) for column, text in defaults.items() if column not in calling]
    if not checks and not calling:
        return
    draft.cut = [_cut(draft, make.constraint(table.name, c), c.expression) for c in checks.values()]
    draft.cut += [
        _cut(draft, [columns.set_default(table.name, column, text)], text) for column, text in calling.items()
    ]
    bare = msgspec.structs.replace(
        table,
        columns=tuple(msgspec.structs.replace(c, default=None) if c.name in calling else c for c in table.columns),
        checks=tuple(check for check in table.checks if check.name not in checks),
    )
    draft.instead = tuple(make.table(bare))


def _calls(expression: str, shape: Shape) -> bool:
    return not shape.routines.isdisjoint(called(expression))


def _cut(draft: Draft, statements: list[str], expression: str) -> Draft:
    place: Place = (Section.LATE, (), places.TABLE, (*draft.order[1], *statements))
    cut = Draft(order=place, late=place, statements=tuple(statements), home=draft.home)
    cut.texts = [(EXPRESSION, expression)]
    return cut


def _add_attachment(plan: Plan, host: Host, table: Table, indexes: set[int]) -> set[int]:
    """The ALTER that makes a table of its own a partition, if it is one; its indexes then serve for its parent's."""
    if table.partition is None or not table.partition.attached:
        return set()
    item = parts.draft(host, parts.ATTACHMENT, "", plan.make.attachment(table))
    item.exact = [(RELATION, table.partition.parent)]
    item.after |= indexes
    return {plan.add(item, (PARTITIONS, table.partition.parent))}


def _add_settings(plan: Plan, host: Host, table: Table, said: list[str]) -> None:
    if said:
        plan.add(parts.draft(host, parts.SETTINGS, "1", said))
    for check in table.checks:
        if check.not_valid and not check.inherited:
            made = [*plan.make.constraint(table.name, check), *comments.part(table.name, check)]
            item = parts.draft(host, parts.SETTINGS, "2" + check.name, made)
            item.texts = [(EXPRESSION, check.expression)]
            plan.add(item)


def _said(table: Table, serials: Iterable[Sequence]) -> list[str]:
    """What ALTER TABLE and COMMENT say of the table, its columns, its keys and its checks."""
    checks = [check for check in table.checks if not check.not_valid]
    more = tables.doubles(table)
    stated: list[Key | Check] = [*(key for key in keys(table) if key not in more), *checks]
    return [
        *owners.statements(table),
        *[s for column in table.columns for s in columns.settings(table.name, column)],
        *comments.standing(table),
        *comments.parts(table.name, table.columns),
        *[s for sequence in serials for s in comments.standing(sequence)],
        *comments.parts(table.name, stated),
    ]


def _inherited(table: Table, shape: Shape) -> list[str]:
    """What a child's or partition's column has that its parent's has not."""
    parents = shape.parents(table)
    found = []
    for column in table.columns if parents else ():
        if column.inherited:
            theirs = [c for parent in parents for c in parent.columns if c.name == column.name]
            found += _difference(table.name, column, theirs)
    return found


def _difference(table: Name, column: Column, theirs: list[Column]) -> list[str]:
    alter = f"ALTER TABLE ONLY {name(table)} ALTER COLUMN {ident(column.name)}"
    found = []
    if theirs and all(column.default != parent.default for parent in theirs):
        if column.default is None:
            found.append(f"{alter} DROP DEFAULT")
        else:
            found.append(columns.set_default(table, column.name, column.default))
    if column.not_null and theirs and not any(parent.not_null for parent in theirs):
        found.append(f"{alter} SET NOT NULL")
    return found


def _add_index_settings(plan: Plan, host: Host, table: Table, after: set[int]) -> None:
    if settings := tables.index_settings(table):
        item = parts.draft(host, parts.INDEX_SETTINGS, "", settings)
        item.after |= after
        plan.add(item)


def _add_parts(plan: Plan, host: Host, table: Table) -> None:
    if security := tables.row_security(table):
        plan.add(parts.draft(host, parts.ROW_SECURITY, "", security))
    parts.add_policies(plan, host, table.policies)
    parts.add_triggers(plan, host, (trigger for trigger in table.triggers if not trigger.inherited))
    parts.add_rules(plan, host, table.rules)
    for key in table.foreign_keys:
        if not key.inherited:
            _add_foreign_key(plan, host, key)


def _add_foreign_key(plan: Plan, host: Host, key: ForeignKey) -> None:
    place: Place = (Section.FOREIGN_KEYS, host.group, 0, (key.name,))
    made = (*plan.make.constraint(host.name, key), *comments.part(host.name, key))
    item = Draft(order=place, late=place, statements=made, home=host.name.schema, position=host.position)
    item.origin = key.origin
    item.exact = [(RELATION, key.table), (UNIQUE_INDEXES, key.table)]
    item.after = set() if host.number is None else {host.number}
    plan.add(item)


def _add_key(plan: Plan, host: Host, key: Constraint, table: Table, shape: Shape) -> None:
    """A key by ALTER TABLE; that of a partitioned table follows the keys of its partitions, which then serve for it."""
    own = Name(host.name.schema, key.name)
    made = [*plan.make.constraint(host.name, key), *comments.part(host.name, key)]
    item = parts.draft(host, parts.INDEXES, key.name, made)
    if table.partition_by is not None:
        item.exact = parts.after_partitions(host.name, own, shape)
    plan.add(item, (RELATION, own), (UNIQUE_INDEXES, host.name))


def add_external(plan: Plan, table: Table, shape: Shape) -> None:
    """What this schema hangs on a table that it does not make."""
    host = Host(table.name, None, Section.EXTERNAL, places.key(table.name))
    said = [*comments.standing(table), *(s for c in table.columns for s in comments.part(table.name, c))]
    _add_settings(plan, host, table, said)
    made = {parts.add_index(plan, host, index, shape) for index in table.indexes}
    _add_index_settings(plan, host, table, made)
    _add_parts(plan, host, table)


def add_statistics(plan: Plan, made: Statistics, shape: Shape) -> None:
    """Extended statistics of one table."""
    statements = [*plan.make.statistics(made), *statistics.settings(made), *said_of(made)]
    item = parts.draft(_of(made.table, shape), parts.STATISTICS, str(made.name), statements)
    item.exact = [(RELATION, made.table)]
    item.runs = parts.texts_of(made.parts)
    item.texts = [(EXPRESSION, text) for text in item.runs]
    plan.add(item, (RELATION, made.name))


def add_ownership(plan: Plan, sequence: Sequence, shape: Shape) -> None:
    """The ALTER that gives a sequence to a column, where `serial` does not."""
    if sequence.owned_by is None:
        return
    host = _of(sequence.owned_by.table, shape)
    item = parts.draft(host, parts.SETTINGS, f"0{sequence.name}", sequences.own(sequence))
    item.exact = [(RELATION, sequence.owned_by.table), (SEQUENCE, sequence.name)]
    plan.add(item)


def _of(name: Name, shape: Shape) -> Host:
    """A table as the host of what is not one of its own parts."""
    table = shape.tables.get(name)
    if table is None:
        return Host(name, None, Section.EXTERNAL, places.key(name))
    return Host(name, None, Section.TABLES, shape.group(table), shape.position(table))
