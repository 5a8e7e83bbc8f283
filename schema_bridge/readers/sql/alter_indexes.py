"""ALTER INDEX: options, tablespace, statistics, and ATTACH PARTITION."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge.ir import Index, Name, Table
from schema_bridge.readers.sql import unmodelled
from schema_bridge.readers.sql.context import Context, Tree, constant, merged, options

replace = msgspec.structs.replace


def find(context: Context, name: Name) -> Any:
    """The index, or the constraint whose index it is."""
    relation: Any = context.state.relation(context.state.indexes[name])
    parts = [*relation.indexes]
    if isinstance(relation, Table):
        keys = [relation.primary_key] if relation.primary_key is not None else []
        parts += [*relation.uniques, *relation.exclusions, *keys]
    return next(part for part in parts if part.name == name.name)


def put(context: Context, name: Name, new: Any, *, old: Any = None) -> None:
    """A new version of an index or of its constraint."""
    old = old or find(context, name)
    relation: Any = context.state.relation(context.state.indexes[name])
    if isinstance(relation, Table) and relation.primary_key is old:
        context.state.put(replace(relation, primary_key=new))
        return
    for kind in ("indexes", "uniques", "exclusions"):
        parts = getattr(relation, kind, ())
        if any(part is old for part in parts):
            context.state.put(replace(relation, **{kind: tuple(new if part is old else part for part in parts)}))
            return


def alter(context: Context, name: Name, tree: Tree, commands: list[Tree]) -> None:
    """ALTER INDEX; ALTER TABLE with an index's name does the same."""
    for command in commands:
        index = find(context, name)
        match command["subtype"]:
            case "AT_SetRelOptions":
                stated = options(command["def"]["List"]["items"])
                put(context, name, replace(index, options=merged(index.options, stated)))
            case "AT_ResetRelOptions":
                gone = [option.name for option in options(command["def"]["List"]["items"])]
                put(context, name, replace(index, options=merged(index.options, (), gone)))
            case "AT_SetTableSpace":
                put(context, name, replace(index, tablespace=command["name"]))
            case "AT_SetStatistics" if isinstance(index, Index):
                put(context, name, _with_statistics(index, command))
            case "AT_AttachPartition":
                _attach(context, name, context.found(command["def"]["PartitionCmd"]["name"]))
            case "AT_ChangeOwner":
                pass  # an index belongs to its table's owner
            case _:
                unmodelled.keep(context, "AlterTableStmt", tree)


def _with_statistics(index: Index, command: Tree) -> Index:
    number = int(command.get("num", 1)) - 1
    target = int(constant(command["def"]))
    parts = list(index.parts)
    parts[number] = replace(parts[number], statistics=target if target >= 0 else None)
    return replace(index, parts=tuple(parts))


def _attach(context: Context, parent: Name, child: Name) -> None:
    if child not in context.state.indexes:
        context.fail(f"index {child} is not known here, so it cannot be attached")
    put(context, child, replace(find(context, child), partition_of=parent))
