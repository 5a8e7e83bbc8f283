"""What `__table_args__` and `sa.Table` hold beside columns: constraints, indexes and the table's own options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from schema_bridge.emit.python import Call, Code, block, call, entry, keyword, layout, listing, string, tuple_of
from schema_bridge.emit.sql import ident
from schema_bridge.emit.sql import name as sql_name
from schema_bridge.ir import Check, Exclusion, ForeignKey, Index, IndexPart, Name, PrimaryKey, Table, Unique
from schema_bridge.statements.indexes import part as part_text
from schema_bridge.statements.objects import Constraint
from schema_bridge.writers.sqlalchemy.context import Context, schema_of, table_key
from schema_bridge.writers.sqlalchemy.sql_texts import argument, text

_INHERITABLE = (Check, ForeignKey)


def constraints(table: Table) -> Iterator[Constraint]:
    """All constraints of a table, in the order in which they are written."""
    if table.primary_key is not None:
        yield table.primary_key
    yield from table.uniques
    yield from table.foreign_keys
    yield from table.checks
    yield from table.exclusions


def is_native(context: Context, constraint: Constraint) -> bool:
    """Whether SQLAlchemy can state the whole constraint in CREATE TABLE; otherwise an event adds it."""
    match constraint:
        case PrimaryKey() | Unique():
            return not (
                constraint.include or constraint.without_overlaps or constraint.options or constraint.tablespace
            )
        case Check():
            return not (constraint.no_inherit or constraint.not_valid or constraint.not_enforced)
        case ForeignKey():
            flags = constraint.not_valid or constraint.not_enforced or constraint.period or constraint.set_columns
            return not flags and constraint.match != "partial" and is_stated(context, constraint)
        case Exclusion():
            words = "".join(part.operator.name for part in constraint.parts)
            return not (constraint.include or constraint.options or constraint.tablespace or "%" in words)
        case _:
            assert_never(constraint)


def has_comment(context: Context, table: Table, constraint: Constraint) -> bool:
    """Whether SQLAlchemy comments on it: right after its CREATE TABLE it must be there. (ExcludeConstraint cannot.)"""
    if isinstance(constraint, Exclusion):
        return False
    late = context.is_late(table, constraint) or (table.name, constraint.name) in context.cyclic_keys
    return is_native(context, constraint) and not late


def is_native_index(index: Index) -> bool:
    return not (index.only or index.partition_of is not None)


def is_stated(context: Context, constraint: Constraint) -> bool:
    """Whether the metadata can hold the constraint at all: what a foreign key refers to must be there."""
    if not isinstance(constraint, ForeignKey):
        return True
    return bool(constraint.referenced_columns) and (
        constraint.table in context.tables or constraint.table in context.external
    )


def is_dotted(context: Context, constraint: Constraint) -> bool:
    """Whether SQLAlchemy would take the dots in the other table's names for those between them."""
    if not context.has_dots or not isinstance(constraint, ForeignKey) or constraint.table not in context.tables:
        return False
    return "." in "".join((constraint.table.schema, constraint.table.name, *constraint.referenced_columns))


def _is_inside(context: Context, key: ForeignKey) -> bool:
    """Whether the key can be stated with its table."""
    return is_stated(context, key) and not is_dotted(context, key)


def table_arguments(context: Context, table: Table) -> list[Code]:
    """Constraints, then indexes."""
    found: list[Code] = []
    for constraint in constraints(table):
        if isinstance(constraint, ForeignKey) and not _is_inside(context, constraint):
            continue
        inherited = isinstance(constraint, _INHERITABLE) and constraint.inherited
        native = is_native(context, constraint) and not inherited and not context.is_late(table, constraint)
        everywhere = not isinstance(constraint, (Check, Exclusion))
        found.append(_shown(context, _constraint(context, table, constraint), native, everywhere))
    for index in table.indexes:
        native = is_native_index(index) and (table.name, index.name) not in context.late_indexes
        everywhere = index.where is None and all(isinstance(_element(part), str) for part in index.parts)
        found.append(_shown(context, _index(index), native and not index.inherited, everywhere))
    return found


def late_lines(context: Context, table: Table) -> Iterator[str]:
    """The keys whose columns can only be named as objects, once all tables are there."""
    for key in table.foreign_keys if context.has_dots else ():
        if is_dotted(context, key):
            context.need("Base", "sa")
            code = _foreign_key(context, table, key, _rest(context, table, key))
            code = _shown(context, code, is_native(context, key))
            holder = f"{context.metadata}.tables[{string(table_key(table.name))}].append_constraint"
            yield layout(call(holder, code))


def _shown(context: Context, code: Code, native: bool, everywhere: bool = True) -> Code:
    """As it is, or as what an event makes, or, where SQLite is asked for, what it does without."""
    if native and not everywhere and context.options.sqlite:
        context.need("on_postgresql")
        return call("on_postgresql", code)
    if native:
        return code
    context.need("by_event")
    return call("by_event", code)


def table_keywords(context: Context, table: Table) -> Iterator[tuple[str, Code]]:
    """Keyword arguments of `sa.Table`, and the dictionary at the end of `__table_args__`."""
    if (schema := schema_of(table.name)) is not None:
        yield "schema", string(schema)
    if table.comment is not None:
        yield "comment", block(table.comment)
    if table.persistence != "permanent":
        yield "prefixes", listing([string(table.persistence.upper())])
    if table.partition_by is not None:
        parts = ", ".join(map(part_text, table.partition_by.parts))
        yield "postgresql_partition_by", string(f"{table.partition_by.strategy.upper()} ({parts})".replace("%", "%%"))
    if table.inherits:
        yield "postgresql_inherits", Call("", tuple(_inherited(name) for name in table.inherits), "[]")
    if table.access_method is not None:
        yield "postgresql_using", string(table.access_method)
    if table.tablespace is not None:
        yield "postgresql_tablespace", string(table.tablespace)


def _inherited(name: Name) -> Code:
    if schema_of(name) is None:
        return string(name.name)
    return call("sa.sql.quoted_name", string(sql_name(name)), "quote=False")


def class_arguments(context: Context, table: Table) -> str | None:
    """The line `__table_args__ = …` of a mapped class, if there is something to say."""
    items = table_arguments(context, table)
    options = [entry(key, value) for key, value in table_keywords(context, table)]
    if options:
        items.append(Call("", tuple(options), "{}"))
    return layout(tuple_of(items), indent=1, lead="__table_args__ = ") if items else None


def _constraint(context: Context, table: Table, constraint: Constraint) -> Code:
    rest = _rest(context, table, constraint)
    match constraint:
        case PrimaryKey():
            return call("sa.PrimaryKeyConstraint", *map(string, constraint.columns), *rest)
        case Unique():
            nulls = ["postgresql_nulls_not_distinct=True"] if constraint.nulls_not_distinct else []
            return call("sa.UniqueConstraint", *map(string, constraint.columns), *rest, *nulls)
        case Check():
            return call("sa.CheckConstraint", argument(constraint.expression), *rest)
        case ForeignKey():
            return _foreign_key(context, table, constraint, rest)
        case Exclusion():
            return _exclusion(context, constraint, rest)
        case _:
            assert_never(constraint)


def _rest(context: Context, table: Table, constraint: Constraint) -> list[Code]:
    """Name, deferrability and comment."""
    rest: list[Code] = [f"name={string(constraint.name)}"]
    if not isinstance(constraint, Check) and constraint.deferrable:
        rest.append("deferrable=True")
        if constraint.initially_deferred:
            rest.append(keyword("initially", string("DEFERRED")))
    if constraint.comment is not None and has_comment(context, table, constraint):
        rest.append(keyword("comment", block(constraint.comment)))
    return rest


def _foreign_key(context: Context, table: Table, key: ForeignKey, options: list[Code]) -> Code:
    for word, action in (("onupdate", key.on_update), ("ondelete", key.on_delete)):
        if action != "no action":
            only = f" ({', '.join(map(ident, key.set_columns))})" if word == "ondelete" and key.set_columns else ""
            options.append(keyword(word, string(action.upper() + only)))
    if key.match == "full":
        options.append(keyword("match", string("FULL")))
    if (table.name, key.name) in context.cyclic_keys:
        options.append("use_alter=True")
    columns = listing(map(string, key.columns))
    return call("sa.ForeignKeyConstraint", columns, _targets(context, key), *options)


def _targets(context: Context, key: ForeignKey) -> Call:
    if is_dotted(context, key):
        tables = f"{context.metadata}.tables[{string(table_key(key.table))}]"
        return listing(_column_of(tables, column) for column in key.referenced_columns)
    if key.table in context.tables:
        schema = schema_of(key.table)
        lead = f"{schema}.{key.table.name}" if schema else key.table.name
        return listing(string(f"{lead}.{column}") for column in key.referenced_columns)
    variable = context.table_variables[key.table]
    context.need(variable)
    return listing(_column_of(variable, column) for column in key.referenced_columns)


def _column_of(variable: str, column: str) -> str:
    return f"{variable}.c[{string(column)}]"


def _exclusion(context: Context, exclusion: Exclusion, options: list[Code]) -> Code:
    context.need("pg")
    parts = [Call("", (_element(part.part), string(_operator(part.operator)))) for part in exclusion.parts]
    options.append(keyword("using", string(exclusion.method)))
    if exclusion.where is not None:
        options.append(keyword("where", text(exclusion.where)))
    return call("pg.ExcludeConstraint", *parts, *options)


def _operator(operator: Name) -> str:
    if operator.schema in ("", "pg_catalog", "public"):
        return operator.name
    return f"OPERATOR({ident(operator.schema)}.{operator.name})"


def _element(part: IndexPart) -> Code:
    """A column by its name where there is no more to say; otherwise the SQL of the element."""
    plain = not (part.collation or part.opclass or part.descending or part.nulls_first)
    if part.column is not None and plain:
        return string(part.column)
    return text(part_text(part))


def _index(index: Index) -> Code:
    options: list[Code] = []
    if index.unique:
        options.append("unique=True")
    if index.method != "btree":
        options.append(keyword("postgresql_using", string(index.method)))
    if index.include:
        options.append(keyword("postgresql_include", listing(map(string, index.include))))
    if index.nulls_not_distinct:
        options.append("postgresql_nulls_not_distinct=True")
    if index.options:
        pairs = [f"{string(o.name)}: {string(o.value)}" for o in index.options]
        options.append(keyword("postgresql_with", Call("", tuple(pairs), "{}")))
    if index.tablespace is not None:
        options.append(keyword("postgresql_tablespace", string(index.tablespace)))
    if index.where is not None:
        options.append(keyword("postgresql_where", text(index.where)))
    return call("sa.Index", string(index.name), *map(_element, index.parts), *options)
