"""Columns: `mapped_column(…)` of a class and `sa.Column(…)` of a table object."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from schema_bridge import serials
from schema_bridge.emit import sql
from schema_bridge.emit.python import Call, Code, assignment, block, call, declaration, keyword, string
from schema_bridge.ir import Column, Identity, Name, SequenceOptions, Table, Type
from schema_bridge.naming import attribute_name
from schema_bridge.python_model import MappedClass
from schema_bridge.writers.sqlalchemy import sqlite
from schema_bridge.writers.sqlalchemy.column_types import STRINGS, annotated, column_type
from schema_bridge.writers.sqlalchemy.context import Context
from schema_bridge.writers.sqlalchemy.sql_texts import argument, text

_UUID = Type(schema="pg_catalog", name="uuid")


def attributes(context: Context, table: Table, names: tuple[str, ...]) -> list[str]:
    """The lines of a mapped class, `name: Mapped[type] = mapped_column(…)`, for its columns."""
    lines = []
    mixed = context.inherited.columns.get(table.name, ())
    in_key = table.primary_key.columns if table.primary_key is not None else ()
    is_made = context.options.uuid4 or context.options.sqlite
    is_late = bool(context.late_defaults)
    behind = False
    for column, name in zip(table.columns, names, strict=True):
        if column.name in mixed:
            behind = True
            continue
        identity = column.identity
        # The same few columns stand in nearly every table.
        key = (
            name, column.name, column.type, column.collation, column.default, column.generated, column.comment,
            column.inherited and table.of_type is None, column.not_null, column.not_null_constraint, behind,
            identity and (identity.always, identity.options),
            column.name in in_key and (is_serial(context, table, column), _would_count(table, column)),
            is_late and context.is_default_late(table, column),
            client_default(context, table, column) if is_made else None,
            context.choices.get((table.name, column.name)) if context.choices else None,
        )  # fmt: skip
        known = context.lines.get(key)
        if known is None:
            known = context.lines[key] = context.noted(partial(_attribute, context, table, column, name, behind))
        line, needs = known
        lines.append(line)
        context.needs |= needs
    return lines


def _attribute(context: Context, table: Table, column: Column, name: str, behind: bool) -> str:
    """The line of a column; one that stands behind those of a mixin must say so, as they come last by themselves."""
    if context.style == "column":
        return assignment(f"{name} = ", plain(context, table, column, name), indent=1)
    if context.style == "sqlmodel":
        return _field(context, table, column, name)
    context.need("Mapped", "mapped_column")
    type = _type(context, table, column, column_type(context, column.type, column.collation))
    named: list[Code] = [] if name == column.name else [string(column.name)]
    order = ["sort_order=1"] if behind else []
    code = call("mapped_column", *named, type, *_arguments(context, table, column), *order)
    return declaration(name, _annotation(context, table, column), code)


def _field(context: Context, table: Table, column: Column, name: str) -> str:
    context.need("Field")
    filled = not is_required(table, column) or is_filled(context, table, column)
    code = call(
        "Field", *(["default=None"] if filled else []), keyword("sa_column", plain(context, table, column, name))
    )
    return declaration(name, _annotation(context, table, column), code, holder="")


def is_filled(context: Context, table: Table, column: Column) -> bool:
    """Whether a row may be made without a value for it."""
    return bool(column.default or column.identity or column.generated or client_default(context, table, column))


def synonyms(context: Context, table: Table, mapped: MappedClass) -> Iterator[str]:
    """The lines that let the former names of columns work."""
    for former, attribute in mapped.former:
        context.need("synonym")
        column = table.columns[mapped.attributes.index(attribute)]
        code = call("synonym", string(attribute))
        if context.style == "column":
            yield assignment(f"{attribute_name(former)} = ", code, indent=1)
        elif context.style == "sqlmodel":
            context.need("Any", "ClassVar")
            yield declaration(attribute_name(former), "ClassVar[Any]", code, holder="")
        else:
            yield declaration(attribute_name(former), _annotation(context, table, column), code)


def _annotation(context: Context, table: Table, column: Column) -> str:
    """What `Mapped[…]` holds."""
    chosen = context.choices.get((table.name, column.name)) if context.choices else None
    if chosen is not None:
        context.need(chosen.name)
        annotation = f"list[{chosen.name}]" if column.type.dimensions else chosen.name
    else:
        annotation = _shape(annotated(context, column.type, column.collation)[0], column)
    if "[Any]" in annotation or annotation == "Any":
        context.need("Any")
    return annotation if is_required(table, column) else f"{annotation} | None"


def plain(context: Context, table: Table, column: Column, attribute: str = "") -> Call:
    """The column of a table object, or of a class, where the attribute gives its name."""
    type = column_type(context, column.type, column.collation)
    null = ["nullable=False"] if is_required(table, column) and not _in_key(table, column) else []
    if context.style == "sqlmodel" and attribute and type in ("pg.JSON", "pg.JSONB"):
        # A field that nobody sets is None, which is to be NULL or the default, not JSON's null.
        type = call(str(type), "none_as_null=True")
    head = _head(context, table, column, type)
    type = _type(context, table, column, type)
    named = [] if attribute == column.name else [string(column.name)]
    return call(head, *named, type, *_arguments(context, table, column), *null)


def _type(context: Context, table: Table, column: Column, type: Code) -> Code:
    """The type as the options have it: for SQLite too, and with the class of what a check lists."""
    members = _class_of_choices(context, table, column)
    if members is not None and column.type.dimensions:
        item = column_type(context, replace(column.type, dimensions=0), column.collation)
        type = call("pg.ARRAY", call("OneOf", sqlite.made(context, item), members))
    if context.options.sqlite:
        type = sqlite.type_on_both(context, table, column, type)
    if members is not None and not column.type.dimensions:
        type = call("OneOf", sqlite.made(context, type), members)
    return type


def _class_of_choices(context: Context, table: Table, column: Column) -> str | None:
    if not context.choices or context.options.choices != "classes":
        return None
    found = context.choices.get((table.name, column.name))
    if found is None or not found.labels:
        return None
    context.need("OneOf", found.name)
    return found.name


def _head(context: Context, table: Table, column: Column, type: Code) -> str:
    """`sa.Column`; what its values are is said where the type says nothing of it to a type checker."""
    enum = context.model.of_enum(Name(column.type.schema, column.type.name))
    if enum is not None and not column.type.dimensions and type == context.enum_variables[enum.enum]:
        if context.options.enums != "classes":
            return "sa.Column[str]"
        if context.style == "column":
            context.need(enum.name)
            return f"sa.Column[{enum.name}]"
    if not column.type.dimensions and (members := _class_of_choices(context, table, column)) is not None:
        return f"sa.Column[{members}]" if context.style == "column" else "sa.Column"
    if (context.style == "column" and column.type.dimensions) or type in context.domain_variables.values():
        context.need("Any")
        return "sa.Column[Any]"
    return "sa.Column"


def is_required(table: Table, column: Column) -> bool:
    constraint = column.not_null_constraint
    valid = constraint is None or not constraint.not_valid
    return (column.not_null and valid) or _in_key(table, column)


def _shape(annotation: str, column: Column) -> str:
    """What a JSON column holds, as far as its default tells."""
    if annotation != "Any" or column.type.name not in ("json", "jsonb") or column.default is None:
        return annotation
    start = column.default.lstrip().removeprefix("'").lstrip()[:1]
    return {"{": "dict[str, Any]", "[": "list[Any]"}.get(start, annotation)


def _in_key(table: Table, column: Column) -> bool:
    return table.primary_key is not None and column.name in table.primary_key.columns


def _arguments(context: Context, table: Table, column: Column) -> Iterator[Code]:
    if column.generated is not None:
        yield _computed(context, column)
    if column.identity is not None:
        yield _identity(column.identity)
    if _in_key(table, column):
        yield "primary_key=True"
        if _would_count(table, column):
            yield "autoincrement=False"
    if (made := client_default(context, table, column)) is not None:
        context.need("uuid4")
        yield keyword("default", made)
    if context.is_default_late(table, column):
        yield "server_default=sa.FetchedValue()"
    elif column.default is not None and not is_serial(context, table, column):
        both = context.options.sqlite
        yield keyword(
            "server_default", sqlite.default_on_both(context, column) if both else text(sql.default(column.default))
        )
    if column.inherited and table.of_type is None:
        yield "system=True"
    if column.comment is not None:
        yield keyword("comment", block(column.comment))


def client_default(context: Context, table: Table, column: Column) -> str | None:
    """What makes a random UUID in Python: where the database makes one, and for a key that it does not fill."""
    if not (context.options.uuid4 or context.options.sqlite):
        return None
    if column.default is not None:
        makes = sqlite.is_random(column)
    else:
        key = table.primary_key
        makes = key is not None and key.columns == (column.name,)
        makes = makes and not any(column.name in foreign.columns for foreign in table.foreign_keys)
    if column.type == _UUID:
        return "uuid4" if makes else None
    is_text = column.type.name in STRINGS and not column.type.dimensions
    return "lambda: str(uuid4())" if makes and is_text and column.default is not None else None


def _computed(context: Context, column: Column) -> Code:
    assert column.generated is not None
    expression = argument(column.generated.expression)
    if context.options.sqlite:
        context.need("OnPostgreSQL")
        return call("OnPostgreSQL", expression, f"persisted={column.generated.stored}")
    if column.generated.stored:
        return call("sa.Computed", expression, "persisted=True")
    context.need("VirtualComputed")
    return call("VirtualComputed", expression)


def _identity(identity: Identity) -> Code:
    always = ["always=True"] if identity.always else []
    return Call("sa.Identity", (*always, *sequence_options(identity.options)))


def sequence_options(options: SequenceOptions) -> Iterator[str]:
    """As keyword arguments, what differs from the defaults; without the type."""
    if options.start is not None:
        yield f"start={options.start}"
    if options.increment != 1:
        yield f"increment={options.increment}"
    if options.minimum is not None:
        yield f"minvalue={options.minimum}"
    if options.maximum is not None:
        yield f"maxvalue={options.maximum}"
    if options.cycle:
        yield "cycle=True"
    if options.cache != 1:
        yield f"cache={options.cache}"


def _would_count(table: Table, column: Column) -> bool:
    """Whether SQLAlchemy would make this key column a SERIAL by itself although it is none."""
    key = table.primary_key
    return (
        key is not None
        and len(key.columns) == 1
        and column.type.name in sqlite.INTEGERS
        and column.type.schema == "pg_catalog"
        and column.type.dimensions == 0
        and column.default is None
        and column.identity is None
        and not any(column.name in foreign.columns for foreign in table.foreign_keys)
    )


def is_serial(context: Context, table: Table, column: Column) -> bool:
    """Whether SQLAlchemy's own SERIAL makes this very column and sequence: a single integer key, all by default."""
    sequence = context.owned.get((table.name, column.name)) if context.owned else None
    if sequence is None:
        return False
    key = table.primary_key
    own = Name(table.name.schema, f"{table.name.name}_{column.name}_seq")
    return (
        key is not None
        and key.columns == (column.name,)
        and not column.inherited
        and column.type.name in sqlite.INTEGERS
        and column.type.schema == "pg_catalog"
        and sequence.name == own
        and len(own.name.encode()) <= 63
        and sequence.options == serials.options(column.type.name)
        and sequence.persistence == table.persistence == "permanent"
        and sequence.owner in (None, table.owner)
        and (column.default or "").startswith("nextval(")
        and not any(column.name in foreign.columns for foreign in table.foreign_keys)
    )
