"""CREATE and ALTER SEQUENCE, and the options that identity columns share with them."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge import pgtypes
from schema_bridge.ir import ColumnRef, Name, Sequence, SequenceOptions
from schema_bridge.readers.sql.context import Context, Tree, constant, role, strings

replace = msgspec.structs.replace

_FIELDS = {
    "start": "start",
    "increment": "increment",
    "minvalue": "minimum",
    "maxvalue": "maximum",
    "cache": "cache",
    "cycle": "cycle",
}
PERSISTENCE: dict[str, Any] = {"p": "permanent", "u": "unlogged", "t": "temporary"}


def options(context: Context, elements: list[Tree], type: Any, old: SequenceOptions | None = None) -> SequenceOptions:
    """The options that a list states on top of the old ones; bounds that are the type's own are left out."""
    values: dict[str, Any] = {}
    if old is not None:
        values = {field: getattr(old, field) for field in old.__struct_fields__}
    values["type"] = type
    for element in elements:
        definition = element["DefElem"]
        field = _FIELDS.get(definition["defname"])
        if field == "cycle":
            values[field] = constant(definition["arg"]) == "true" if "arg" in definition else False
        elif field:
            values[field] = int(constant(definition["arg"])) if "arg" in definition else None
    return pgtypes.plain_sequence(SequenceOptions(**values))


def create(context: Context, tree: Tree) -> None:
    """CREATE SEQUENCE."""
    name = context.made(tree["sequence"])
    state = context.state
    if state.relation_exists(name):
        if not tree.get("if_not_exists"):
            context.clash(f"relation {name} exists already")
        context.say(f"sequence {name} is there already: this statement changes nothing")
        return
    elements = tree.get("options", [])
    state.sequences[name] = Sequence(
        name=name,
        options=options(context, elements, _type(context, elements) or "bigint"),
        owned_by=_owner(context, elements),
        persistence=PERSISTENCE[tree["sequence"].get("relpersistence", "p")],
        owner=context.role,
        origin=context.origin(),
    )


def _type(context: Context, elements: list[Tree]) -> str | None:
    for element in elements:
        if element["DefElem"]["defname"] == "as":
            return context.type(element["DefElem"]["arg"]["TypeName"]).name
    return None


def _owner(context: Context, elements: list[Tree]) -> ColumnRef | None:
    for element in elements:
        if element["DefElem"]["defname"] != "owned_by":
            continue
        items = element["DefElem"]["arg"]["List"]["items"]
        if len(items) > 1:
            return ColumnRef(table=context.relation_name(items[:-1]), column=strings(items)[-1])
    return None


def alter(context: Context, tree: Tree) -> None:
    """ALTER SEQUENCE: options and ownership."""
    name = context.found(tree["sequence"])
    state = context.state
    sequence = state.sequences.get(name)
    if sequence is None:
        if name in state.identity_sequences:
            _alter_identity(context, name, tree.get("options", []))
        elif not tree.get("missing_ok"):
            context.fail(f"sequence {name} is not known here, so it cannot be altered")
        return
    elements = tree.get("options", [])
    stated = any(element["DefElem"]["defname"] == "owned_by" for element in elements)
    type = _type(context, elements) or sequence.options.type
    state.sequences[name] = replace(
        sequence,
        options=options(context, elements, type, _retyped(sequence.options, type)),
        owned_by=_owner(context, elements) if stated else sequence.owned_by,
    )


def _retyped(old: SequenceOptions, type: Any) -> SequenceOptions:
    """Bounds that were the old type's own become the new type's (they are None); the start stays."""
    return replace(old, type=type)


def _alter_identity(context: Context, name: Name, elements: list[Tree]) -> None:
    ref = context.state.identity_sequences[name]
    table = context.state.tables[ref.table]
    columns = []
    for column in table.columns:
        if column.name == ref.column and column.identity is not None:
            old = column.identity.options
            identity = replace(column.identity, options=options(context, elements, old.type, old))
            column = replace(column, identity=identity)
        columns.append(column)
    context.state.tables[ref.table] = replace(table, columns=tuple(columns))


def set_owner(context: Context, name: Name, tree: Tree) -> None:
    """ALTER SEQUENCE … OWNER TO."""
    sequence = context.state.sequences.get(name)
    if sequence is not None:
        context.state.sequences[name] = replace(sequence, owner=role(tree))
