"""Items of tables with all that hangs on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from operator import methodcaller

import msgspec

from schema_bridge.dependencies import (
    EXPRESSION,
    OTHER,
    PARTITIONS,
    RELATION,
    SEQUENCE,
    TYPE,
    UNIQUE_INDEXES,
    Item,
    Place,
    called,
)
from schema_bridge.emit.sql import ident, name
from schema_bridge.ir import Check, Column, ForeignKey, Name, Sequence, Statistics, Table
from schema_bridge.plan import parts, places
from schema_bridge.plan.collecting import Plan, of_others, of_types, said_of
from schema_bridge.plan.parts import Host
from schema_bridge.plan.places import Section
from schema_bridge.plan.serial import fold
from schema_bridge.plan.shape import Shape, keys
from schema_bridge.statements import columns, comments, owners, sequences, statistics, tables
from schema_bridge.statements.objects import Constraint


def add(plan: Plan, table: Table, shape: Shape) -> tuple[Sequence, ...]:
    """Adds a table; the sequences that its serial columns make need no statement of their own."""
    stated = shape.own_defaults(shape.own_keys(table))
    folded, serials = fold(stated, shape.owned if plan.folds else {})
    late = shape.late_keys(folded)
    bare = _without(folded, {key.name for key in late})
    group = shape.group(table)
    position = shape.position(table)
    number = plan.add(
        _create(bare, (Section.TABLES, position, group, 0, ()), shape),
        (RELATION | TYPE | OTHER, table.name),
        *[(SEQUENCE | RELATION, sequence.name) for sequence in serials],
        *[(RELATION, Name(table.name.schema, key.name)) for key in keys(bare) if key.partition_of is not None],
        *([(PARTITIONS, table.partition.parent)] if table.partition and not table.partition.attached else []),
    )
    host = Host(table.name, (number,), Section.TABLES, group, position)
    doubles = tables.doubles(bare)
    _add_settings(plan, host, bare, [*_inherited(table, shape), *_said(bare, serials, doubles)])
    _add_unproved_checks(plan, host, bare, shape)
    indexes = [parts.add_index(plan, host, index, shape) for index in table.indexes if not index.inherited]
    attachment = _add_attachment(plan, host, table, indexes)
    _add_index_settings(plan, host, table, indexes + attachment)
    _add_parts(plan, host, table, shape)
    for key in (*late, *doubles):
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


def _create(table: Table, place: Place, shape: Shape) -> Item:
    item = Item(order=place, making=methodcaller("table", table), home=table.name.schema, origin=table.origin)
    exact, texts, calling = _relations(table), _fixed_texts(table), {}
    for column in table.columns:
        if column.inherited:
            continue
        if column.type.schema != "pg_catalog" or column.collation is not None:
            exact += [*of_types([column.type]), *of_others([column.collation])]
        if column.generated is not None:
            texts.append(column.generated.expression)
        if column.default is not None:
            if _calls(column.default, shape):
                calling[column.name] = column.default
            else:
                texts.append(column.default)
    item.runs = _key_texts(table)
    item.exact = exact
    item.texts = [(EXPRESSION, text) for text in (*texts, *item.runs)]
    checks = [c for c in table.checks if _calls(c.expression, shape) and not c.inherited and not c.not_valid]
    if calling or checks:
        _add_cuts(item, table, calling, checks)
    return item


def _relations(table: Table) -> list[tuple[int, Name]]:
    wanted = [(RELATION, parent) for parent in table.inherits]
    if table.partition is not None and not table.partition.attached:
        wanted.append((RELATION, table.partition.parent))
    if table.of_type is not None:
        wanted.append((TYPE, table.of_type))
    if table.server is not None:
        wanted.append((OTHER, Name("", table.server)))
    if table.partition_by is not None:
        wanted += parts.others_of(table.partition_by.parts)
    return wanted


def _fixed_texts(table: Table) -> list[str]:
    """The expressions beside its columns' that stay in CREATE TABLE whatever they need."""
    texts = [exclusion.where for exclusion in table.exclusions if exclusion.where is not None]
    if table.partition is not None:
        texts.append(table.partition.bound)
    return texts


def _key_texts(table: Table) -> list[str]:
    """The expressions that its exclusions and its partitions are made by."""
    elements = [element.part for exclusion in table.exclusions for element in exclusion.parts]
    if table.partition_by is not None:
        elements += table.partition_by.parts
    return parts.texts_of(elements)


def _add_cuts(item: Item, table: Table, calling: Mapping[str, str], checks: Collection[Check]) -> None:
    """Checks and defaults that call the schema's own functions can be stated by ALTER, should there be a cycle."""
    parted = []
    for check in checks:
        parted.append(_cut(item, check.expression))
        parted[-1].making = methodcaller("constraint", table.name, check)
    for column, text in calling.items():
        parted.append(_cut(item, text))
        parted[-1].statements = [columns.set_default(table.name, column, text)]
    bare = msgspec.structs.replace(
        table,
        columns=tuple(msgspec.structs.replace(c, default=None) if c.name in calling else c for c in table.columns),
        checks=tuple(check for check in table.checks if check not in checks),
    )
    item.cut, item.making_instead = parted, methodcaller("table", bare)


def _calls(expression: str, shape: Shape) -> bool:
    return "(" in expression and not shape.routines.isdisjoint(called(expression))


def _cut(item: Item, expression: str) -> Item:
    place = (Section.LATE, 0, (), places.TABLE, item.order[2])
    return Item(order=place, texts=[(EXPRESSION, expression)], home=item.home)


def _add_attachment(plan: Plan, host: Host, table: Table, indexes: list[int]) -> list[int]:
    """The ALTER that makes a table of its own a partition, if it is one; its indexes then serve for its parent's."""
    if table.partition is None or not table.partition.attached:
        return []
    item = parts.item(host, parts.ATTACHMENT, "", ())
    item.making = methodcaller("attachment", table)
    item.exact = [(RELATION, table.partition.parent)]
    item.after = [*host.after, *indexes]
    return [plan.add(item, (PARTITIONS, table.partition.parent))]


def _add_settings(plan: Plan, host: Host, table: Table, said: list[str]) -> None:
    if said:
        plan.add(parts.item(host, parts.SETTINGS, "1", said))


def _add_unproved_checks(plan: Plan, host: Host, table: Table, shape: Shape) -> None:
    """The checks that are NOT VALID, after the heirs where they are not valid either: later ones get them as valid."""
    for check in table.checks:
        if check.not_valid and not check.inherited:
            item = parts.item(host, parts.SETTINGS, "2" + check.name, comments.own(table.name, check))
            item.making = methodcaller("constraint", table.name, check)
            item.texts = [(EXPRESSION, check.expression)]
            item.exact = [
                (RELATION, heir.name)
                for heir in shape.children.get(table.name, ())
                if any(own.name == check.name and own.not_valid and own.inherited for own in heir.checks)
            ]
            plan.add(item)


def _said(table: Table, serials: Iterable[Sequence], doubles: list[Constraint]) -> list[str]:
    """What ALTER TABLE and COMMENT say of the table, its columns, its keys and its checks."""
    stated_keys = [key for key in keys(table) if key not in doubles] if doubles else keys(table)
    return [
        *owners.statements(table),
        *columns.settings(table.name, table.columns),
        *comments.standing(table),
        *comments.columns(table.name, table.columns),
        *[s for sequence in serials for s in comments.standing(sequence)],
        *[s for key in stated_keys for s in comments.part(table.name, key)],
        *[
            s
            for check in table.checks
            if check.comment and not check.not_valid
            for s in comments.own(table.name, check)
        ],
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
        own = columns.add_not_null(table, column)
        found.append(own or f"{alter} SET NOT NULL")
    if theirs and all(column.compression != parent.compression for parent in theirs):
        found.append(f"{alter} SET COMPRESSION {ident(column.compression or 'default')}")
    return found


def _add_index_settings(plan: Plan, host: Host, table: Table, after: list[int]) -> None:
    if settings := tables.index_settings(table):
        item = parts.item(host, parts.INDEX_SETTINGS, "", settings)
        item.after = [*host.after, *after]
        plan.add(item)


def _add_parts(plan: Plan, host: Host, table: Table, shape: Shape) -> None:
    if security := tables.row_security(table):
        plan.add(parts.item(host, parts.ROW_SECURITY, "", security))
    parts.add_policies(plan, host, table.policies)
    own = [trigger for trigger in table.triggers if not trigger.inherited]
    parts.add_triggers(plan, host, own, lambda trigger: shape.triggers_below(table.name, trigger))
    parts.add_rules(plan, host, table.rules)
    for key in table.foreign_keys:
        if not key.inherited:
            _add_foreign_key(plan, host, key)


def _add_foreign_key(plan: Plan, host: Host, key: ForeignKey) -> None:
    item = Item(order=(Section.FOREIGN_KEYS, host.position, host.group, 0, (key.name,)))
    item.making = methodcaller("constraint", host.name, key)
    item.statements = comments.own(host.name, key)
    item.exact = [(RELATION | UNIQUE_INDEXES, key.table)]
    item.after = host.after
    item.origin = key.origin
    plan.add(item)


def _add_key(plan: Plan, host: Host, key: Constraint, table: Table, shape: Shape) -> None:
    """A key by ALTER TABLE; that of a partitioned table follows the keys of its partitions, which then serve for it."""
    own = Name(host.name.schema, key.name)
    item = parts.item(host, parts.INDEXES, key.name, comments.part(host.name, key))
    item.making = methodcaller("constraint", host.name, key)
    if table.partition_by is not None:
        item.exact = parts.after_partitions(host.name, own, shape)
    plan.add(item, (RELATION, own), (UNIQUE_INDEXES, host.name))


def add_external(plan: Plan, table: Table, shape: Shape) -> None:
    """What this schema hangs on a table that it does not make."""
    host = Host(table.name, (), Section.EXTERNAL, places.key(table.name))
    said = [*comments.standing(table), *(s for c in table.columns for s in comments.part(table.name, c))]
    _add_settings(plan, host, table, said)
    made = [parts.add_index(plan, host, index, shape) for index in table.indexes]
    _add_index_settings(plan, host, table, made)
    _add_parts(plan, host, table, shape)


def add_statistics(plan: Plan, made: Statistics, shape: Shape) -> None:
    """Extended statistics of one table."""
    said = [*statistics.settings(made), *said_of(made)]
    item = parts.item(_of(made.table, shape), parts.STATISTICS, str(made.name), said)
    item.making = methodcaller("statistics", made)
    item.exact = [(RELATION, made.table)]
    item.runs = parts.texts_of(made.parts)
    item.texts = [(EXPRESSION, text) for text in item.runs]
    plan.add(item, (RELATION, made.name))


def add_ownership(plan: Plan, sequence: Sequence, shape: Shape) -> None:
    """The ALTER that gives a sequence to a column, where `serial` does not."""
    if sequence.owned_by is None:
        return
    host = _of(sequence.owned_by.table, shape)
    item = parts.item(host, parts.SETTINGS, f"0{sequence.name}", sequences.own(sequence))
    item.exact = [(RELATION, sequence.owned_by.table), (SEQUENCE, sequence.name)]
    plan.add(item)


def _of(name: Name, shape: Shape) -> Host:
    """A table as the host of what is not one of its own parts."""
    table = shape.tables.get(name)
    if table is None:
        return Host(name, (), Section.EXTERNAL, places.key(name))
    return Host(name, (), Section.TABLES, shape.group(table), shape.position(table))
