"""ALTER TABLE and its kin: what changes a whole relation; `alter_columns` and `alter_constraints` hold the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schema_bridge.ir import MaterializedView, Name, Table, View
from schema_bridge.readers.sql import (
    alter_columns,
    alter_constraints,
    alter_indexes,
    alter_types,
    inheritance,
    partitions,
    sequences,
    unmodelled,
)
from schema_bridge.readers.sql.columns import keeping_not_null_name
from schema_bridge.readers.sql.context import Context, Tree, merged, options, role
from schema_bridge.readers.sql.triggers import ENABLED

replace = msgspec.structs.replace

# What may be said of a table that is not made here; every other change needs the table.
_HANGING = frozenset(
    {
        "AT_EnableRowSecurity",
        "AT_DisableRowSecurity",
        "AT_ForceRowSecurity",
        "AT_NoForceRowSecurity",
        "AT_EnableTrig",
        "AT_EnableAlwaysTrig",
        "AT_EnableReplicaTrig",
        "AT_DisableTrig",
        "AT_ChangeOwner",
    }
)


def alter(context: Context, tree: Tree) -> None:
    """ALTER TABLE, VIEW, MATERIALIZED VIEW, SEQUENCE, INDEX, TYPE … with a list of commands."""
    name = context.found(tree["relation"])
    commands = [item["AlterTableCmd"] for item in tree["cmds"]]
    context.commands = tree
    state = context.state
    if tree.get("objtype") == "OBJECT_TYPE":
        alter_types.alter(context, tree, commands)
        return
    if name in state.indexes:
        alter_indexes.alter(context, name, tree, commands)
    elif name in state.sequences or name in state.identity_sequences:
        _sequence(context, name, commands)
    elif name in state.views or name in state.materialized_views:
        _view(context, name, tree, commands)
    elif name in state.tables:
        _table(context, state.tables[name], tree, commands)
    elif all(command["subtype"] in _HANGING for command in commands):
        table = context.external(name)
        for command in commands:
            table = COMMANDS[command["subtype"]](context, table, command)
        state.put(table)
    elif (borrowed := context.borrowed(name)) is not None:
        _table(context, borrowed, tree, commands)
    elif tree.get("missing_ok"):
        context.skipped["ALTER IF EXISTS"] += 1
    elif name.schema in state.schemas_made():
        context.fail(f"{_kind(tree)} {name} is not known here, so it cannot be altered")
    else:
        unmodelled.keep(context, "AlterTableStmt", tree)


def _kind(tree: Tree) -> str:
    return str(tree.get("objtype", "OBJECT_TABLE")).removeprefix("OBJECT_").replace("_", " ").lower()


def _table(context: Context, table: Table, tree: Tree, commands: list[Tree]) -> None:
    before = table
    for command in sorted(commands, key=_pass):
        change = COMMANDS.get(command["subtype"])
        if change is None:
            context.fail(f"ALTER TABLE with {command['subtype']} cannot be read")
        table = change(context, table, command)
        context.state.tables[table.name] = table
    if table.name in context.state.children:
        spread = inheritance.pass_on if tree["relation"].get("inh") else inheritance.leave
        spread(context, before, context.state.tables[table.name])


def _pass(command: Tree) -> int:
    """When a command's turn comes, whatever its place in the statement (`ATPrepCmd`): what goes makes room first."""
    kind = command["subtype"]
    if kind == "AT_ColumnDefault":
        return _LAST if "def" in command else 0
    if kind == "AT_AddConstraint":
        return _INDEXES if command["def"]["Constraint"]["contype"] in _WITH_INDEX else _LAST
    return 0 if kind in _DROPS else _PASSES.get(kind, _LAST + 1)


_INDEXES, _LAST = 5, 6
_WITH_INDEX = frozenset({"CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION"})
_DROPS = frozenset({"AT_DropColumn", "AT_DropConstraint", "AT_DropNotNull", "AT_DropIdentity", "AT_DropExpression"})
_PASSES = {
    "AT_AlterColumnType": 1,
    "AT_AddColumn": 2,
    "AT_SetExpression": 3,
    "AT_SetNotNull": 4,
    "AT_AddIdentity": _LAST,
}


def _sequence(context: Context, name: Name, commands: list[Tree]) -> None:
    for command in commands:
        if command["subtype"] == "AT_ChangeOwner":
            sequences.set_owner(context, name, command["newowner"])
        elif command["subtype"] in ("AT_SetLogged", "AT_SetUnLogged") and name in context.state.sequences:
            persistence: Any = "permanent" if command["subtype"] == "AT_SetLogged" else "unlogged"
            context.state.sequences[name] = replace(context.state.sequences[name], persistence=persistence)


def _view(context: Context, name: Name, tree: Tree, commands: list[Tree]) -> None:
    for command in commands:
        view = context.state.relation(name)
        subtype = command["subtype"]
        if isinstance(view, View) and subtype == "AT_ColumnDefault":
            alter_columns.view_default(context, view, command)
        elif isinstance(view, View | MaterializedView) and subtype in _SHARED:
            context.state.put(COMMANDS[subtype](context, view, command))
        elif isinstance(view, View) and subtype in _VIEW_OPTIONS:
            context.state.put(_view_options(view, COMMANDS[subtype](context, view, command)))
        else:
            unmodelled.keep(context, "AlterTableStmt", tree)
            return


def _view_options(old: View, new: Any) -> View:
    """check_option is a fact of its own."""
    stated = {option.name: option.value for option in new.options}
    plain = tuple(option for option in new.options if option.name != "check_option")
    check: Any = stated.get("check_option", old.check_option)
    return msgspec.structs.replace(old, options=plain, check_option=check)


def _owner(context: Context, relation: Any, command: Tree) -> Any:
    return replace(relation, owner=role(command["newowner"]))


def _fact(name: str, value: Any) -> Callable[[Context, Any, Tree], Any]:
    return lambda context, relation, command: replace(relation, **{name: value})


def _named_fact(name: str) -> Callable[[Context, Any, Tree], Any]:
    return lambda context, relation, command: replace(relation, **{name: command["name"]})


def _set_options(context: Context, relation: Any, command: Tree) -> Any:
    return replace(relation, options=merged(relation.options, options(command["def"]["List"]["items"])))


def _reset_options(context: Context, relation: Any, command: Tree) -> Any:
    gone = [option.name for option in options(command["def"]["List"]["items"])]
    return replace(relation, options=merged(relation.options, (), gone))


def _access_method(context: Context, relation: Any, command: Tree) -> Any:
    method = command.get("name")
    return replace(relation, access_method=None if method == "heap" else method)


def _trigger_state(letter: str) -> Callable[[Context, Any, Tree], Any]:
    def change(context: Context, relation: Any, command: Tree) -> Any:
        if not any(trigger.name == command["name"] for trigger in relation.triggers):
            if relation.name in context.state.external_tables:
                unmodelled.keep(context, "AlterTableStmt", {"cmds": [command]})
                return relation
            context.fail(f"table {relation.name} has no trigger {command['name']}")
        if context.commands["relation"].get("inh"):
            _set_state_below(context, relation.name, command["name"], ENABLED[letter])
        return _with_state(relation, command["name"], ENABLED[letter])

    return change


def _with_state(relation: Any, name: str, enabled: Any) -> Any:
    triggers = tuple(replace(t, enabled=enabled) if t.name == name else t for t in relation.triggers)
    return replace(relation, triggers=triggers)


def _set_state_below(context: Context, parent: Name, name: str, enabled: Any) -> None:
    """A row trigger's state reaches the triggers that partitions have of it."""
    for child in context.state.children.get(parent, ()):
        table = context.state.tables.get(child)
        if table is not None and any(t.name == name and t.inherited for t in table.triggers):
            context.state.tables[child] = _with_state(table, name, enabled)
            _set_state_below(context, child, name, enabled)


def _all_triggers(letter: str) -> Callable[[Context, Any, Tree], Any]:
    def change(context: Context, relation: Any, command: Tree) -> Any:
        return replace(relation, triggers=tuple(replace(t, enabled=ENABLED[letter]) for t in relation.triggers))

    return change


def _rule_state(letter: str) -> Callable[[Context, Any, Tree], Any]:
    def change(context: Context, relation: Any, command: Tree) -> Any:
        rules = tuple(replace(r, enabled=ENABLED[letter]) if r.name == command["name"] else r for r in relation.rules)
        return replace(relation, rules=rules)

    return change


_IDENTITIES = {"d": "default", "f": "full", "n": "nothing", "i": "index"}


def _replica_identity(context: Context, table: Any, command: Tree) -> Any:
    stated = command["def"]["ReplicaIdentityStmt"]
    return replace(
        table, replica_identity=_IDENTITIES[stated["identity_type"]], replica_identity_index=stated.get("name")
    )


def _add_inherit(context: Context, table: Any, command: Tree) -> Any:
    parent = context.found(command["def"]["RangeVar"])
    context.state.children.setdefault(parent, []).append(table.name)
    return replace(table, inherits=(*table.inherits, parent))


def _drop_inherit(context: Context, table: Any, command: Tree) -> Any:
    parent = context.found(command["def"]["RangeVar"])
    if table.name in context.state.children.get(parent, ()):
        context.state.children[parent].remove(table.name)
    kept = tuple(name for name in table.inherits if name != parent)
    others = [context.state.tables[name] for name in kept if name in context.state.tables]
    given = {column.name for other in others for column in other.columns}
    columns = tuple(
        c
        if c.name in given or not c.inherited
        else replace(keeping_not_null_name(c, parent.name, table.name.name, c.name), inherited=False)
        for c in table.columns
    )
    given = {check.name for other in others for check in other.checks}
    checks = tuple(c if c.name in given else replace(c, inherited=False) for c in table.checks)
    return replace(table, inherits=kept, columns=columns, checks=checks)


def _of_type(context: Context, table: Any, command: Tree) -> Any:
    of_type = context.type_name(command["def"]["TypeName"]["names"])
    return replace(table, of_type=of_type, columns=tuple(replace(c, inherited=True) for c in table.columns))


def _drop_of(context: Context, table: Any, command: Tree) -> Any:
    """The columns that the type gave are the table's own."""
    return replace(table, of_type=None, columns=tuple(replace(c, inherited=False) for c in table.columns))


def _foreign_options(context: Context, table: Any, command: Tree) -> Any:
    return replace(table, foreign_options=changed_options(table.foreign_options, command["def"]["List"]["items"]))


def changed_options(old: Any, elements: list[Tree]) -> Any:
    """OPTIONS (ADD a 'x', SET b 'y', DROP c)."""
    gone = [e["DefElem"]["defname"] for e in elements if e["DefElem"].get("defaction") == "DEFELEM_DROP"]
    stated = [e for e in elements if e["DefElem"].get("defaction") != "DEFELEM_DROP"]
    return merged(old, options(stated), gone)


def _column_options(context: Context, table: Any, command: Tree) -> Any:
    column = alter_columns.column(context, table, command)
    elements = command["def"]["List"]["items"]
    return alter_columns.put(table, replace(column, foreign_options=changed_options(column.foreign_options, elements)))


def _nothing(context: Context, relation: Any, command: Tree) -> Any:
    return relation


COMMANDS: dict[str, Callable[[Context, Any, Tree], Any]] = {
    "AT_ChangeOwner": _owner,
    "AT_EnableRowSecurity": _fact("row_security", True),
    "AT_DisableRowSecurity": _fact("row_security", False),
    "AT_ForceRowSecurity": _fact("force_row_security", True),
    "AT_NoForceRowSecurity": _fact("force_row_security", False),
    "AT_SetLogged": _fact("persistence", "permanent"),
    "AT_SetUnLogged": _fact("persistence", "unlogged"),
    "AT_SetTableSpace": _named_fact("tablespace"),
    "AT_SetAccessMethod": _access_method,
    "AT_ClusterOn": _named_fact("cluster_on"),
    "AT_DropCluster": _fact("cluster_on", None),
    "AT_SetRelOptions": _set_options,
    "AT_ReplaceRelOptions": _set_options,
    "AT_ResetRelOptions": _reset_options,
    "AT_EnableTrig": _trigger_state("O"),
    "AT_EnableAlwaysTrig": _trigger_state("A"),
    "AT_EnableReplicaTrig": _trigger_state("R"),
    "AT_DisableTrig": _trigger_state("D"),
    "AT_EnableTrigAll": _all_triggers("O"),
    "AT_EnableTrigUser": _all_triggers("O"),
    "AT_DisableTrigAll": _all_triggers("D"),
    "AT_DisableTrigUser": _all_triggers("D"),
    "AT_EnableRule": _rule_state("O"),
    "AT_EnableAlwaysRule": _rule_state("A"),
    "AT_EnableReplicaRule": _rule_state("R"),
    "AT_DisableRule": _rule_state("D"),
    "AT_ReplicaIdentity": _replica_identity,
    "AT_AddInherit": _add_inherit,
    "AT_DropInherit": _drop_inherit,
    "AT_AddOf": _of_type,
    "AT_DropOf": _drop_of,
    "AT_GenericOptions": _foreign_options,
    "AT_AlterColumnGenericOptions": _column_options,
    "AT_AttachPartition": partitions.attach,
    "AT_DetachPartition": partitions.detach,
    "AT_DetachPartitionFinalize": _nothing,
    "AT_DropOids": _nothing,
    **alter_columns.COMMANDS,
    **alter_constraints.COMMANDS,
}
_SHARED = frozenset({"AT_ChangeOwner", "AT_SetTableSpace", "AT_SetAccessMethod", "AT_ClusterOn", "AT_DropCluster"})
_VIEW_OPTIONS = frozenset({"AT_SetRelOptions", "AT_ResetRelOptions"})
