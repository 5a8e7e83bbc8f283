"""Column definitions: types, serials, defaults, identity, generated columns; their constraints are left to `constraints`."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge import default_names, serials
from schema_bridge.ir import Column, ColumnRef, Generated, Identity, Name, NotNull, Table, Type
from schema_bridge.pgtypes import INTEGER_BOUNDS, SERIALS
from schema_bridge.readers.sql import lexer, sequences
from schema_bridge.readers.sql.context import Context, Tree, bare, options, strings
from schema_bridge.readers.sql.qualify import name_in

replace = msgspec.structs.replace

Pending = tuple[Tree, str | None]
"""A constraint's tree and the column it stands at."""

_STORAGE = {"plain", "external", "extended", "main"}
_PERSISTENCE: dict[str, Any] = {"permanent": "permanent", "unlogged": "unlogged", "temporary": "permanent"}


def column(context: Context, table: Table, tree: Tree) -> tuple[Column, list[Pending]]:
    """A column as its definition states it, and the constraints that stand in the definition."""
    type = context.type(tree["typeName"])
    result = Column(
        name=tree["colname"],
        type=type,
        collation=context.loose_name(tree["collClause"]["collname"]) if "collClause" in tree else None,
        storage=storage(tree["storage_name"]) if "storage_name" in tree else None,
        compression=tree.get("compression"),
        foreign_options=options(tree["fdwoptions"]) if "fdwoptions" in tree else (),
        origin=context.origin(tree.get("location", 0)),
    )
    if type.name in SERIALS and serials.is_serial(type):
        result = _serial(context, table, result)
    return constrained(context, table, result, tree)


def storage(text: str) -> Any:
    """`default` is the type's own."""
    word = text.lower()
    return word if word in _STORAGE else None


def constrained(context: Context, table: Table, result: Column, tree: Tree) -> tuple[Column, list[Pending]]:
    """The column with what its definition's constraint list says of itself; the rest is pending."""
    pending: list[Pending] = []
    for item in tree.get("constraints", ()):
        constraint = item["Constraint"]
        kind = constraint["contype"]
        if kind in _OWN:
            result = _OWN[kind](context, table, result, (constraint, tree))
        elif kind in _ATTRIBUTES:
            if pending:
                pending[-1] = ({**pending[-1][0], **_ATTRIBUTES[kind]}, result.name)
        elif kind != "CONSTR_NULL":
            pending.append((constraint, result.name))
    return result, pending


_ATTRIBUTES: dict[str, Tree] = {
    "CONSTR_ATTR_DEFERRABLE": {"deferrable": True},
    "CONSTR_ATTR_NOT_DEFERRABLE": {},
    "CONSTR_ATTR_DEFERRED": {"deferrable": True, "initdeferred": True},
    "CONSTR_ATTR_IMMEDIATE": {},
    "CONSTR_ATTR_ENFORCED": {},
    "CONSTR_ATTR_NOT_ENFORCED": {"is_enforced": False},
}


def _serial(context: Context, table: Table, result: Column) -> Column:
    schema = table.name.schema
    taken = context.state.index_name_taken(schema, constraint=False)
    name = Name(schema, default_names.free(table.name.name, result.name, "seq", taken))
    type, default, sequence = serials.unfold(result.type, ColumnRef(table=table.name, column=result.name), name)
    persistence = "unlogged" if table.persistence == "unlogged" else "permanent"
    context.state.sequences[name] = replace(sequence, origin=result.origin, persistence=persistence)
    return replace(result, type=type, default=default, not_null=True)


Own = tuple[Tree, Tree]
"""A constraint and the column definition it stands in."""


_SAYS_MORE = frozenset({"conname", "skip_validation", "is_no_inherit"})


def _not_null(context: Context, table: Table, result: Column, trees: Own) -> Column:
    return not_null(result, table, trees[0])


def keeping_not_null_name(column: Column, table: str, new_table: str, new_name: str) -> Column:
    """A not-null constraint keeps the name it has when the column or table is called otherwise (PostgreSQL 18)."""
    if not column.not_null:
        return column
    stated = column.not_null_constraint or NotNull()
    name = stated.name or default_names.not_null(table, column.name)
    kept = replace(stated, name=None if name == default_names.not_null(new_table, new_name) else name)
    return replace(column, not_null_constraint=None if kept == NotNull() else kept)


def not_null(result: Column, table: Table, constraint: Tree) -> Column:
    """NOT NULL; what the constraint says beyond that is kept, its default name is not."""
    if result.not_null and "conname" not in constraint:
        return result
    if constraint.keys().isdisjoint(_SAYS_MORE):
        return replace(result, not_null=True, not_null_constraint=None)
    name = constraint.get("conname")
    stated = NotNull(
        name=name if name != default_names.not_null(table.name.name, result.name) else None,
        not_valid=bool(constraint.get("skip_validation")),
        no_inherit=bool(constraint.get("is_no_inherit")),
    )
    return replace(result, not_null=True, not_null_constraint=None if stated == NotNull() else stated)


def _default(context: Context, table: Table, result: Column, trees: Own) -> Column:
    constraint, definition = trees
    start = constraint.get("location", 0)
    if "conname" in constraint:
        start = lexer.after_word(context.data, start, context.end, b"DEFAULT")
    else:
        start += len("DEFAULT")
    span = (start, _next_item(constraint, definition, context.end))
    return replace(result, default=default(context, span, constraint["raw_expr"], result.type))


def _next_item(constraint: Tree, definition: Tree, end: int) -> int:
    """Where the next constraint or COLLATE of a column definition begins: a default ends there."""
    here = constraint.get("location", 0)
    first = definition["collClause"].get("location", 0) if "collClause" in definition else end
    if first <= here:
        first = end
    for item in definition["constraints"]:
        place = item["Constraint"].get("location", 0)
        if here < place < first:
            first = place
    return first


def default(context: Context, span: lexer.Span, tree: Tree, type: Type) -> str | None:
    """A default's text; that of a sequence in one spelling. A plain NULL is no default, as for the server."""
    inner = tree
    if "TypeCast" in tree and not type.modifiers and bare(context.type(tree["TypeCast"]["typeName"])) == bare(type):
        inner = tree["TypeCast"]["arg"]
    if inner.get("A_Const", {}).get("isnull"):
        return None
    if "FuncCall" in tree and strings(tree["FuncCall"]["funcname"])[-1] == "nextval":
        sequence = _sequence_of(context, tree["FuncCall"])
        if sequence is not None:
            return serials.nextval(sequence)
    return context.expression(*span, tree)


def _sequence_of(context: Context, call: Tree) -> Name | None:
    """The sequence that `nextval('…')` or `nextval('…'::regclass)` names; None where it is found at run time."""
    args = call.get("args", [])
    constant = args[0] if len(args) == 1 else {}
    if "TypeCast" in constant:
        if strings(constant["TypeCast"]["typeName"]["names"])[-1] != "regclass":
            return None
        constant = constant["TypeCast"]["arg"]
    text = constant.get("A_Const", {}).get("sval", {}).get("sval")
    return name_in(context, text) if text else None


def _identity(context: Context, table: Table, result: Column, trees: Own) -> Column:
    return identity(context, table, result, trees[0])


def identity(context: Context, table: Table, result: Column, constraint: Tree) -> Column:
    """GENERATED … AS IDENTITY makes the column not null and a sequence of its type."""
    elements = constraint.get("options", [])
    stated = [e["DefElem"]["arg"]["List"]["items"] for e in elements if e["DefElem"]["defname"] == "sequence_name"]
    schema = table.name.schema
    if stated:
        name = context.made_name(stated[0])
    else:
        taken = context.state.index_name_taken(schema, constraint=False)
        name = Name(schema, default_names.free(table.name.name, result.name, "seq", taken))
    kind: Any = result.type.name if result.type.name in INTEGER_BOUNDS else "bigint"
    context.state.identity_sequences[name] = ColumnRef(table=table.name, column=result.name)
    return replace(
        result,
        not_null=True,
        identity=Identity(
            always=constraint.get("generated_when") == "a",
            sequence=name,
            options=sequences.options(context, elements, kind),
            persistence=_PERSISTENCE[table.persistence],
        ),
    )


def _generated(context: Context, table: Table, result: Column, trees: Own) -> Column:
    constraint = trees[0]
    expression = context.bracketed(constraint.get("location", 0), constraint["raw_expr"])
    return replace(
        result, generated=Generated(expression=expression, stored=constraint.get("generated_kind", "s") == "s")
    )


_OWN = {
    "CONSTR_NOTNULL": _not_null,
    "CONSTR_DEFAULT": _default,
    "CONSTR_IDENTITY": _identity,
    "CONSTR_GENERATED": _generated,
}
