"""RENAME and SET SCHEMA: the object under its new name, and everything that mentions it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schema_bridge.emit.sql import ident
from schema_bridge.ir import Name, Rule, Table
from schema_bridge.readers.sql import (
    alter_indexes,
    lexer,
    rename_columns,
    retext,
    rewrite,
    routines,
    unmodelled,
    user_types,
)
from schema_bridge.readers.sql.columns import keeping_not_null_name
from schema_bridge.readers.sql.context import Context, Tree, strings
from schema_bridge.serials import nextval

replace = msgspec.structs.replace


def rename(context: Context, tree: Tree) -> None:
    """ALTER … RENAME."""
    handler = _RENAME.get(tree["renameType"])
    if handler is not None:
        handler(context, tree)
    elif not _other(context, tree, lambda name: Name(name.schema, tree["newname"])):
        unmodelled.keep(context, "RenameStmt", tree)


def _other(context: Context, tree: Tree, renamed: Callable[[Name], Name]) -> bool:
    """What only an `Unmodelled` makes, under another name there and wherever it is used."""
    kind = tree.get("renameType") or tree["objectType"]
    old = unmodelled.named(context, tree["object"], kind) if "object" in tree else None
    if old is None or not unmodelled.move(context, old, renamed(old)):
        return False
    new, state = renamed(old), context.state
    rewrite.everywhere(
        state,
        rewrite.Change(
            word=old.name,
            relation=lambda name: new if name == old and not old.schema else name,
            loose=lambda name: new if name in (old, Name("", old.name)) else name,
        ),
    )
    if kind == "OBJECT_FOREIGN_SERVER":
        for table in [table for table in state.tables.values() if table.server == old.name]:
            state.tables[table.name] = replace(table, server=new.name)
    return True


def _relation(context: Context, tree: Tree) -> None:
    old = context.found(tree["relation"])
    if context.is_missing(old, tree):
        return
    move(context, old, Name(old.schema, tree["newname"]))


def move(context: Context, old: Name, new: Name) -> None:
    """A relation or type under a new name or in another schema."""
    state = context.state
    if new != old and state.relation_exists(new):
        context.clash(f"relation {new} exists already")
    if old in state.indexes:
        _move_index(context, old, new)
        return
    if old in state.tables:
        table = state.tables[old]
        columns = tuple(keeping_not_null_name(c, old.name, new.name, c.name) for c in table.columns)
        state.tables[old] = replace(table, columns=columns)
        state.renamed_tables.add(new)
    if old in state.domains:
        state.domains[old] = user_types.keeping_not_null_name(state.domains[old], new)
    if old in state.ranges and state.ranges[old].multirange is None:
        state.ranges[old] = replace(state.ranges[old], multirange=user_types.multirange_name(old))
    is_sequence = old in state.sequences or old in state.identity_sequences
    names_rows = not any(c.name == old.name for table in state.tables.values() for c in table.columns)
    rewrite.everywhere(
        state,
        rewrite.Change(
            word=old.name,
            relation=lambda name: new if name == old else name,
            text=lambda text, kind: (
                _renamed_sequence(text, old, new)
                if is_sequence
                else retext.renamed_relation(text, kind, (old, new), rows=names_rows)
            ),
        ),
    )


def _renamed_sequence(text: str, old: Name, new: Name) -> str:
    return nextval(new) if text == nextval(old) else text


def _move_index(context: Context, old: Name, new: Name) -> None:
    """An index, or the constraint that it serves."""
    state = context.state
    part = alter_indexes.find(context, old)
    owner: Any = state.indexes[old]
    alter_indexes.put(context, old, replace(part, name=new.name))
    relation: Any = state.relation(owner)
    facts = {fact: new.name for fact in ("cluster_on", "replica_identity_index") if _is(relation, fact, old.name)}
    if facts:
        state.put(replace(relation, **facts))
    rewrite.everywhere(state, rewrite.Change(word=old.name, relation=lambda name: new if name == old else name))


def _is(relation: Any, fact: str, name: str) -> bool:
    return bool(getattr(relation, fact, None) == name)


def _attribute(context: Context, tree: Tree) -> None:
    name = context.found(tree["relation"])
    composite = context.state.composites.get(name)
    if composite is None:
        context.fail(f"type {name} is not known here, so it cannot be altered")
    attributes = tuple(
        replace(a, name=tree["newname"]) if a.name == tree["subname"] else a for a in composite.attributes
    )
    context.state.composites[name] = replace(composite, attributes=attributes)
    for table in [table.name for table in context.state.tables.values() if table.of_type == name]:
        rename_columns.in_table(context, table, tree["subname"], tree["newname"])


def _constraint(context: Context, tree: Tree) -> None:
    table = context.table(tree["relation"], action="altered")
    old, new = tree["subname"], tree["newname"]
    state, schema = context.state, table.name.schema
    if Name(schema, old) in state.indexes:
        _move_index(context, Name(schema, old), Name(schema, new))
        return
    for kind in ("checks", "foreign_keys"):
        parts = getattr(table, kind)
        if any(part.name == old for part in parts):
            renamed = tuple(replace(part, name=new) if part.name == old else part for part in parts)
            state.put(replace(table, **{kind: renamed}))
            state.constraint_names[Name(schema, old)] -= 1
            state.constraint_names[Name(schema, new)] += 1
            _heirs(context, table.name, (kind, old, new))
            return
    _not_null(context, table, old, new)


def _heirs(context: Context, parent: Name, what: tuple[str, str, str]) -> None:
    kind, old, new = what
    for child in context.state.children.get(parent, ()):
        table = context.state.tables.get(child)
        if table is not None:
            parts = getattr(table, kind)
            renamed = tuple(replace(p, name=new) if p.name == old and p.inherited else p for p in parts)
            context.state.tables[child] = replace(table, **{kind: renamed})
            _heirs(context, child, what)


def _not_null(context: Context, table: Table, old: str, new: str) -> None:
    from schema_bridge.default_names import not_null
    from schema_bridge.ir import NotNull

    for column in table.columns:
        default = not_null(table.name.name, column.name)
        stated = column.not_null_constraint or NotNull()
        if column.not_null and (stated.name or default) == old:
            named = replace(stated, name=None if new == default else new)
            changed = replace(column, not_null_constraint=None if named == NotNull() else named)
            columns = tuple(changed if c is column else c for c in table.columns)
            context.state.put(replace(table, columns=columns))
            return
    context.fail(f"table {table.name} has no constraint {old}")


def _hanging(kind: str) -> Callable[[Context, Tree], None]:
    """Policies, triggers and rules."""

    def handler(context: Context, tree: Tree) -> None:
        relation: Any = context.state.relation(context.found(tree["relation"]))
        parts = getattr(relation, kind, ())
        if not any(part.name == tree["subname"] for part in parts):
            if tree.get("missing_ok"):
                return
            if relation is not None and relation.name in context.state.tables:
                context.fail(f"{relation.name} has nothing called {tree['subname']} to rename")
            unmodelled.keep(context, "RenameStmt", tree)
            return
        renamed = tuple(_called(p, tree["newname"]) if p.name == tree["subname"] else p for p in parts)
        context.state.put(replace(relation, **{kind: renamed}))
        if kind == "triggers":
            _heirs(context, relation.name, (kind, tree["subname"], tree["newname"]))

    return handler


def _called(part: Any, name: str) -> Any:
    """A policy, trigger or rule under another name; a rule's stands in its text."""
    if not isinstance(part, Rule):
        return replace(part, name=name)
    data = part.definition.encode()
    start, end = next(lexer.tokens(data, lexer.after_word(data, 0, len(data), b"RULE"), len(data)))
    return replace(part, name=name, definition=(data[:start] + ident(name).encode() + data[end:]).decode())


def _type(context: Context, tree: Tree) -> None:
    old = context.type_name(tree["object"]["List"]["items"])
    if not context.state.type_exists(old):
        context.fail(f"type {old} is not known here, so it cannot be renamed")
    unmodelled.move(context, old, Name(old.schema, tree["newname"]))
    move(context, old, Name(old.schema, tree["newname"]))


def _domain_constraint(context: Context, tree: Tree) -> None:
    name = context.type_name(tree["object"]["List"]["items"])
    domain = context.state.domains.get(name)
    if domain is None:
        context.fail(f"domain {name} is not known here, so it cannot be altered")
    context.state.domains[name] = user_types.with_constraint_named(context, domain, tree["subname"], tree["newname"])


def _routine(context: Context, tree: Tree) -> None:
    stated = tree["object"]["ObjectWithArgs"]
    key = _routine_name(context, stated)
    if key is None:
        unmodelled.keep(context, "RenameStmt", tree)
        return
    _move_routine(context, stated, key, Name(key.schema, tree["newname"]))


def _routine_name(context: Context, stated: Tree) -> Name | None:
    function = routines.find(context, stated)
    if function is not None:
        return function.name
    aggregate = routines.aggregate_key(context, stated)
    return aggregate[0] if aggregate else None


def _move_routine(context: Context, stated: Tree, old: Name, new: Name) -> None:
    """The routine, and those who call it by name; where others share the name, only the routine itself."""
    state = context.state
    function = routines.find(context, stated)
    if function is not None and state.function_names[old] > 1:
        state.drop_function(function)
        state.put_function(replace(function, name=new))
        return
    rewrite.everywhere(
        state,
        rewrite.Change(
            word=old.name,
            routine=lambda name: new if name == old else name,
            text=lambda text, kind: retext.renamed_routine(text, kind, old, new),
        ),
    )


def _schema(context: Context, tree: Tree) -> None:
    old, new = tree["subname"], tree["newname"]
    state = context.state
    if old not in state.namespaces:
        context.fail(f"schema {old} is not known here, so it cannot be renamed")
    namespace = state.namespaces.pop(old)
    state.namespaces[new] = replace(namespace, name=new)

    def moved(name: Name) -> Name:
        return Name(new, name.name) if name.schema == old else name

    rewrite.everywhere(
        state,
        rewrite.Change(
            word=old,
            relation=moved,
            routine=moved,
            loose=moved,
            text=lambda text, kind: retext.renamed_schema(text, kind, old, new),
        ),
    )
    state.unmodelled[:] = [
        replace(u, search_path=tuple(new if schema == old else schema for schema in u.search_path))
        for u in state.unmodelled
    ]


def _keyed(kind: str) -> Callable[[Context, Tree], None]:
    def handler(context: Context, tree: Tree) -> None:
        nodes = getattr(context.state, kind)
        old = tree.get("subname") or strings([tree["object"]])[0]
        if old not in nodes:
            unmodelled.keep(context, "RenameStmt", tree)
            return
        node = nodes.pop(old)
        nodes[tree["newname"]] = replace(node, name=tree["newname"])

    return handler


def _statistics(context: Context, tree: Tree) -> None:
    _move_statistics(context, tree, lambda name: Name(name.schema, tree["newname"]))


def _move_statistics(context: Context, tree: Tree, renamed: Callable[[Name], Name]) -> None:
    name = context.made_name(tree["object"]["List"]["items"])
    statistics = context.state.statistics.pop(name, None)
    if statistics is None:
        context.fail(f"statistics {name} is not known here, so it cannot be renamed")
    context.state.statistics[renamed(name)] = replace(statistics, name=renamed(name))


_RENAME: dict[str, Callable[[Context, Tree], None]] = {
    "OBJECT_TABLE": _relation,
    "OBJECT_FOREIGN_TABLE": _relation,
    "OBJECT_VIEW": _relation,
    "OBJECT_MATVIEW": _relation,
    "OBJECT_SEQUENCE": _relation,
    "OBJECT_INDEX": _relation,
    "OBJECT_COLUMN": rename_columns.rename,
    "OBJECT_ATTRIBUTE": _attribute,
    "OBJECT_TABCONSTRAINT": _constraint,
    "OBJECT_DOMCONSTRAINT": _domain_constraint,
    "OBJECT_POLICY": _hanging("policies"),
    "OBJECT_TRIGGER": _hanging("triggers"),
    "OBJECT_RULE": _hanging("rules"),
    "OBJECT_TYPE": _type,
    "OBJECT_DOMAIN": _type,
    "OBJECT_FUNCTION": _routine,
    "OBJECT_PROCEDURE": _routine,
    "OBJECT_ROUTINE": _routine,
    "OBJECT_AGGREGATE": _routine,
    "OBJECT_SCHEMA": _schema,
    "OBJECT_ROLE": _keyed("roles"),
    "OBJECT_PUBLICATION": _keyed("publications"),
    "OBJECT_EVENT_TRIGGER": _keyed("event_triggers"),
    "OBJECT_STATISTIC_EXT": _statistics,
}


def set_schema(context: Context, tree: Tree) -> None:
    """ALTER … SET SCHEMA; a table takes its indexes, and sequences that its columns own, along."""
    kind, schema = tree["objectType"], tree["newschema"]
    if "relation" in tree:
        name = context.found(tree["relation"])
        if not context.is_missing(name, tree):
            _move_with_sequences(context, name, schema)
    elif kind in ("OBJECT_TYPE", "OBJECT_DOMAIN"):
        name = context.type_name(tree["object"]["List"]["items"])
        unmodelled.move(context, name, Name(schema, name.name))
        move(context, name, Name(schema, name.name))
    elif kind in ("OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE"):
        stated = tree["object"]["ObjectWithArgs"]
        old = _routine_name(context, stated)
        if old is None:
            unmodelled.keep(context, "AlterObjectSchemaStmt", tree)
            return
        _move_routine(context, stated, old, Name(schema, old.name))
    elif kind == "OBJECT_STATISTIC_EXT":
        _move_statistics(context, tree, lambda name: Name(schema, name.name))
    elif kind == "OBJECT_EXTENSION" and strings([tree["object"]])[0] in context.state.extensions:
        extension = context.state.extensions[strings([tree["object"]])[0]]
        context.state.extensions[extension.name] = replace(extension, schema=schema)
    elif not _other(context, tree, lambda name: Name(schema, name.name)):
        unmodelled.keep(context, "AlterObjectSchemaStmt", tree)


def _move_with_sequences(context: Context, name: Name, schema: str) -> None:
    state = context.state
    owned = [s.name for s in state.sequences.values() if s.owned_by is not None and s.owned_by.table == name]
    owned += [key for key, owner in state.identity_sequences.items() if owner.table == name]
    move(context, name, Name(schema, name.name))
    for sequence in owned:
        move(context, sequence, Name(schema, sequence.name))
