"""Column definitions: types, serials, defaults, identity, generated columns; their constraints are left to `constraints`."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge import default_names, serials
from schema_bridge.ir import Column, ColumnRef, Generated, Identity, Name, NotNull, Table, Type
from schema_bridge.pgtypes import INTEGER_BOUNDS, SERIALS
from schema_bridge.readers.sql import lexer, nodes, sequences
from schema_bridge.readers.sql.context import DEFAULT_PATH, Context, Tree, bare, options, strings
from schema_bridge.readers.sql.qualify import name_in
from schema_bridge.readers.sql.state import State

replace = msgspec.structs.replace

Pending = tuple[nodes.Constraint, str | None]
"""A constraint and the column it stands at."""

_STORAGE = {"plain", "external", "extended", "main"}
_PERSISTENCE: dict[str, Any] = {"permanent": "permanent", "unlogged": "unlogged", "temporary": "permanent"}


def listed(context: Context, table: Table, element: nodes.ListedColumn, end: int) -> tuple[Column, list[Pending]]:
    """The same as `column` for an element of a CREATE TABLE, which ends before `end`.

    The same few columns stand in nearly every table: words that made one make the next one without being read.
    """
    words = context.data[element.location : end] if context.path == DEFAULT_PATH else b""
    repeated = context.repeated.get(words)
    if repeated is None:
        node = element.whole()
        result, pending = column(context, table, node)
        if words and _is_told_by_its_words(node, result):
            context.repeated[words] = result, bool(pending)
        return result, pending
    known, is_constrained = repeated
    constraints = element.own_constraints() if is_constrained else ()
    pending = [(item.node, known.name) for item in constraints if item.node.contype not in _OWN]
    return replace(known, origin=context.origin(element.location)), pending


def _is_told_by_its_words(node: nodes.ColumnDef, column: Column) -> bool:
    """Whether nothing about the column was looked up or named after its table."""
    return (
        column.type.schema == "pg_catalog"
        and column.collation is None
        and column.identity is None
        and not (column.default or "").startswith("nextval(")
        and not (node.typeName is None or node.typeName.pct_type)
        and not any(_is_about_others(item.node) for item in node.constraints)
    )


def _is_about_others(constraint: nodes.Constraint) -> bool:
    """Whether a constraint changes the one before it, says nothing, or has a name to be compared with the table's."""
    kind = constraint.contype
    return kind in _ATTRIBUTES or kind == "CONSTR_NULL" or (kind == "CONSTR_NOTNULL" and constraint.conname is not None)


def column(context: Context, table: Table, node: nodes.ColumnDef) -> tuple[Column, list[Pending]]:
    """A column as its definition states it, and the constraints that stand in the definition."""
    assert node.typeName is not None
    type = context.type(node.typeName)
    result = Column(
        name=node.colname,
        type=type,
        collation=context.loose_name(node.collClause["collname"]) if node.collClause is not None else None,
        storage=storage(node.storage_name) if node.storage_name is not None else None,
        compression=node.compression,
        foreign_options=options(node.fdwoptions),
        origin=context.origin(node.location),
    )
    if type.name in SERIALS and serials.is_serial(type):
        result = _serial(context, table, result)
    return constrained(context, table, result, node)


def storage(text: str) -> Any:
    """`default` is the type's own."""
    word = text.lower()
    return word if word in _STORAGE else None


def constrained(context: Context, table: Table, result: Column, node: nodes.ColumnDef) -> tuple[Column, list[Pending]]:
    """The column with what its definition's constraint list says of itself; the rest is pending."""
    pending: list[Pending] = []
    for item in node.constraints:
        constraint = item.node
        kind = constraint.contype
        if kind in _OWN:
            result = _OWN[kind](context, table, result, (constraint, node))
        elif kind in _ATTRIBUTES:
            if pending:
                pending[-1] = (replace(pending[-1][0], **_ATTRIBUTES[kind]), result.name)
        elif kind != "CONSTR_NULL":
            pending.append((constraint, result.name))
    return result, pending


_ATTRIBUTES: dict[str, dict[str, bool]] = {
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


Own = tuple[nodes.Constraint, nodes.ColumnDef]
"""A constraint and the column definition it stands in."""


def _not_null(context: Context, table: Table, result: Column, own: Own) -> Column:
    return not_null(result, table, own[0])


def keeping_not_null_name(column: Column, table: str, new_table: str, new_name: str) -> Column:
    """A not-null constraint keeps the name it has when the column or table is called otherwise (PostgreSQL 18)."""
    if not column.not_null:
        return column
    stated = column.not_null_constraint or NotNull()
    name = stated.name or default_names.not_null(table, column.name)
    kept = replace(stated, name=None if name == default_names.not_null(new_table, new_name) else name)
    return replace(column, not_null_constraint=None if kept == NotNull() else kept)


def numbering_not_nulls(table: Table, state: State) -> Table:
    """A new table whose not-null constraints are numbered where a renamed table's bear their names (PostgreSQL 18)."""
    schema = table.name.schema
    others = [state.tables[name] for name in state.renamed_tables if name.schema == schema and name in state.tables]
    names = {c.not_null_constraint.name for other in others for c in other.columns if c.not_null_constraint is not None}

    def numbered(column: Column) -> Column:
        stated = column.not_null_constraint or NotNull()
        if not column.not_null or stated.name or default_names.not_null(table.name.name, column.name) not in names:
            return column
        name = default_names.free(table.name.name, column.name, "not_null", names.__contains__)
        return replace(column, not_null_constraint=replace(stated, name=name))

    return replace(table, columns=tuple(map(numbered, table.columns))) if names else table


def own_not_null(column: Column, table: Table) -> Column:
    """A partition's column that is not null before its parent's is: the constraint keeps its own name then."""
    if table.partition is None or column.not_null_constraint is not None:
        return column
    name = default_names.not_null(table.name.name, column.name)
    return replace(column, not_null_constraint=NotNull(name=name))


def not_null(result: Column, table: Table, constraint: nodes.Constraint) -> Column:
    """NOT NULL; what the constraint says beyond that is kept, its default name is not."""
    name = constraint.conname
    if result.not_null and name is None:
        return result
    if name == default_names.not_null(table.name.name, result.name):
        name = None
    if name is None and not constraint.skip_validation and not constraint.is_no_inherit:
        return replace(result, not_null=True, not_null_constraint=None)
    stated = NotNull(name=name, not_valid=constraint.skip_validation, no_inherit=constraint.is_no_inherit)
    return replace(result, not_null=True, not_null_constraint=stated)


def _default(context: Context, table: Table, result: Column, own: Own) -> Column:
    constraint, definition = own
    start = constraint.location
    if constraint.conname is not None:
        start = lexer.after_word(context.data, start, context.end, b"DEFAULT")
    else:
        start += len("DEFAULT")
    span = (start, _next_item(constraint, definition, context.end))
    return replace(result, default=default(context, span, constraint.raw_expr, result.type))


def _next_item(constraint: nodes.Constraint, definition: nodes.ColumnDef, end: int) -> int:
    """Where the next constraint or COLLATE of a column definition begins: a default ends there."""
    here = constraint.location
    first = definition.collClause.get("location", 0) if definition.collClause is not None else end
    if first <= here:
        first = end
    for item in definition.constraints:
        if here < item.node.location < first:
            first = item.node.location
    return first


def default(context: Context, span: lexer.Span, node: nodes.Expression | Tree, type: Type) -> str | None:
    """A default's text; that of a sequence in one spelling. A plain NULL is no default, as for the server
    (`AddRelationNewConstraints`)."""
    json = nodes.json(node)
    if b'"isnull"' in json or b'"nextval"' in json:
        tree = nodes.expression(node)
        if not _is_coerced(context, type) and _is_null(context, tree, type):
            return None
        sequence = _sequence_of(context, tree)
        if sequence is not None:
            return serials.nextval(sequence)
    return context.expression(*span, node)


def _is_coerced(context: Context, type: Type) -> bool:
    """Whether even a NULL is turned into the type by a call, which then stands as the default: into one that has a
    length or a precision (an interval's is given to the constant itself: `coerce_type`), and into a domain, whose own
    default it replaces."""
    return bool(type.modifiers and not type.name.startswith("interval")) or (
        not type.dimensions and Name(type.schema, type.name) in context.state.domains
    )


def _is_null(context: Context, tree: Tree, type: Type) -> bool:
    if "TypeCast" in tree and bare(context.type(tree["TypeCast"]["typeName"])) == bare(type):
        tree = tree["TypeCast"]["arg"]
    return bool(tree.get("A_Const", {}).get("isnull"))


def _sequence_of(context: Context, tree: Tree) -> Name | None:
    """The sequence that `nextval('…')` or `nextval('…'::regclass)` names; None where it is found at run time."""
    call = tree.get("FuncCall", {})
    if strings(call.get("funcname", ()))[-1:] != ["nextval"]:
        return None
    args = call.get("args", [])
    constant = args[0] if len(args) == 1 else {}
    if "TypeCast" in constant:
        if strings(constant["TypeCast"]["typeName"]["names"])[-1] != "regclass":
            return None
        constant = constant["TypeCast"]["arg"]
    text = constant.get("A_Const", {}).get("sval", {}).get("sval")
    return name_in(context, text) if text else None


def _identity(context: Context, table: Table, result: Column, own: Own) -> Column:
    return identity(context, table, result, own[0])


def identity(context: Context, table: Table, result: Column, constraint: nodes.Constraint) -> Column:
    """GENERATED … AS IDENTITY makes the column not null and a sequence of its type."""
    elements = list(constraint.options)
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
            always=constraint.generated_when == "a",
            sequence=name,
            options=sequences.options(context, elements, kind),
            persistence=_PERSISTENCE[table.persistence],
        ),
    )


def _generated(context: Context, table: Table, result: Column, own: Own) -> Column:
    constraint = own[0]
    expression = context.bracketed(constraint.location, constraint.raw_expr)
    return replace(result, generated=Generated(expression=expression, stored=constraint.generated_kind == "s"))


_OWN = {
    "CONSTR_NOTNULL": _not_null,
    "CONSTR_DEFAULT": _default,
    "CONSTR_IDENTITY": _identity,
    "CONSTR_GENERATED": _generated,
}
