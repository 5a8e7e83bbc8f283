"""The blocks of the models: types, external tables, classes and table objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schema_bridge import naming
from schema_bridge.emit.python import (
    Call,
    Code,
    Single,
    assignment,
    call,
    docstring,
    keyword,
    layout,
    literal,
    member,
    string,
)
from schema_bridge.ir import Domain, Name, Table
from schema_bridge.python_model import EnumClass, MappedClass
from schema_bridge.writers.sqlalchemy import columns
from schema_bridge.writers.sqlalchemy.column_types import column_type
from schema_bridge.writers.sqlalchemy.columns import attributes, plain
from schema_bridge.writers.sqlalchemy.context import Context, schema_of, schema_of_type
from schema_bridge.writers.sqlalchemy.relationships import relationship_lines
from schema_bridge.writers.sqlalchemy.sql_texts import text
from schema_bridge.writers.sqlalchemy.table_args import class_arguments, late_lines, table_arguments, table_keywords


def types(context: Context) -> list[str]:
    """Enums, domains and sequences: what columns are made of."""
    return [*_enums(context), *_choices(context), *_domains(context), *_sequences(context)]


def tables(context: Context, names: Iterable[Name]) -> list[str]:
    """Classes and table objects, classes first."""
    found = [_table(context, context.tables[name]) for name in names]
    return sorted(found, key=lambda block: not block.startswith("class "))


def late(context: Context) -> list[str]:
    """What can only be stated once all tables are there."""
    return [line for table in context.tables.values() for line in late_lines(context, table)]


def _table(context: Context, table: Table) -> str:
    mapped = context.model.of_table(table.name)
    if mapped is not None and mapped.mapped:
        return _class(context, table, mapped)
    return _object(context, table)


def _class(context: Context, table: Table, mapped: MappedClass) -> str:
    inherited = context.inherited.classes.get(table.name, [])
    context.need("Base", "sa", *inherited)
    is_sqlmodel = context.style == "sqlmodel"
    table_too = ["table=True"] if is_sqlmodel else []
    lines = [layout(call(f"class {mapped.name}", *inherited, "Base", *table_too), tail=":")]
    if table.comment is not None and table.comment.strip():
        lines += [docstring(table.comment, 1), ""]
    lines.append(f"    __tablename__ = {string(table.name.name)}")
    if (arguments := class_arguments(context, table)) is not None:
        lines.append(arguments)
    declared = attributes(context, table, mapped.attributes)
    if is_sqlmodel and (config := _config(mapped, declared)):
        context.need("Any", "ClassVar")
        lines += ["", layout(Call("", tuple(config), "{}"), indent=1, lead="model_config: ClassVar[Any] = ")]
    lines += ["", *declared]
    lines += columns.synonyms(context, table, mapped)
    if relations := relationship_lines(context, mapped):
        lines += ["", *relations]
    return "\n".join(lines)


def _config(mapped: MappedClass, declared: list[str]) -> list[str]:
    """What Pydantic must be told of a class of SQLModel."""
    found = []
    if any("pg.Range[" in line for line in declared):
        found.append('"arbitrary_types_allowed": True')
    if any(name.startswith(naming.PROTECTED) for name in mapped.attributes):
        found.append('"protected_namespaces": ()')
    return found


def _object(context: Context, table: Table) -> str:
    context.need("Base", "sa")
    items: list[Code] = [string(table.name.name), context.metadata]
    items += [plain(context, table, column) for column in table.columns]
    items += table_arguments(context, table)
    items += [keyword(key, value) for key, value in table_keywords(context, table)]
    return assignment(f"{context.table_variables[table.name]}: sa.Table = ", call("sa.Table", *items))


def externals(context: Context) -> Iterator[str]:
    """Tables made elsewhere, in a MetaData of their own: create_all and drop_all never touch them."""
    if not context.external:
        return
    context.need("sa")
    yield "external = sa.MetaData()"
    for name, table in context.external.items():
        items: list[Code] = [string(name.name), "external"]
        stated = {column.name for column in table.columns}
        items += [plain(context, table, column) for column in table.columns]
        for column, type in context.referenced.get(name, {}).items():
            if column not in stated:
                items.append(call("sa.Column", string(column), column_type(context, type)))
        if (schema := schema_of(name)) is not None:
            items.append(keyword("schema", string(schema)))
        yield assignment(f"{context.table_variables[name]} = ", call("sa.Table", *items))


def _enums(context: Context) -> Iterator[str]:
    style = context.options.enums
    for enum in context.model.enums:
        context.need("Base", "sa")
        if style == "classes":
            context.need("_labels", "enum")
            yield _labels(enum.name, enum.members)
        elif context.has_name(enum):
            context.need("Literal")
            labels = literal(tuple(string(label) for _, label in enum.members))
            yield assignment(f"{enum.name} = ", labels)
    for enum in context.model.enums:
        yield _enum_type(context, enum)


def _labels(name: str, members: tuple[tuple[str, str], ...]) -> str:
    lines = [layout(Single(f"class {name}", ("enum.StrEnum",)), tail=":")]
    lines += [member(key, label) for key, label in members]
    return "\n".join(lines if members else [*lines, "    pass"])


def _choices(context: Context) -> Iterator[str]:
    for found in context.choices.values():
        if context.options.choices == "classes" and found.labels:
            context.need("enum")
            yield _labels(found.name, found.members)
        else:
            context.need("Literal")
            codes = (string(value) if isinstance(value, str) else str(value) for value in found.values)
            yield assignment(f"{found.name} = ", literal(tuple(codes)))


def _enum_type(context: Context, enum: EnumClass) -> str:
    is_class = context.options.enums == "classes"
    items: list[Code] = [enum.name] if is_class else [string(label) for _, label in enum.members]
    items.append(keyword("name", string(enum.enum.name)))
    if (schema := schema_of_type(enum.enum)) is not None:
        items.append(keyword("schema", string(schema)))
    items += ["metadata=Base.metadata", *(["values_callable=_labels"] if is_class else [])]
    return assignment(f"{context.enum_variables[enum.enum]} = ", call("sa.Enum", *items))


def _domains(context: Context) -> Iterator[str]:
    """Domains in the order in which they are built on each other."""
    done: set[Name] = set()
    for domain in context.domains.values():
        yield from _domain(context, domain, done)


def _domain(context: Context, domain: Domain, done: set[Name]) -> Iterator[str]:
    if domain.name in done:
        return
    done.add(domain.name)
    below = context.domains.get(Name(domain.type.schema, domain.type.name))
    if below is not None:
        yield from _domain(context, below, done)
    context.need("pg")
    type = column_type(context, domain.type, domain.collation)
    items: list[Code] = [string(domain.name.name), type]
    if domain.default is not None:
        items.append(keyword("default", text(domain.default)))
    if domain.not_null:
        items.append("not_null=True")
    if domain.default is not None or len(domain.checks) == 1:
        context.need("sa")
    if len(domain.checks) == 1:
        items.append(keyword("constraint_name", string(domain.checks[0].name)))
        items.append(keyword("check", text(domain.checks[0].expression)))
    if (schema := schema_of_type(domain.name)) is not None:
        items.append(keyword("schema", string(schema)))
    items.append("create_type=False")
    yield assignment(f"{context.domain_variables[domain.name]} = ", call("pg.DOMAIN", *items))


def _sequences(context: Context) -> Iterator[str]:
    """Sequences that stand by themselves, for `next_value()`; an event makes them."""
    for sequence in context.schema.sequences:
        if sequence.name not in context.sequence_variables:
            continue
        context.need("sa")
        items: list[Code] = [string(sequence.name.name)]
        if sequence.options.type != "bigint":
            items.append(f"data_type={'sa.Integer' if sequence.options.type == 'integer' else 'sa.SmallInteger'}")
        items += columns.sequence_options(sequence.options)
        if (schema := schema_of(sequence.name)) is not None:
            items.append(keyword("schema", string(schema)))
        yield assignment(f"{context.sequence_variables[sequence.name]} = ", call("sa.Sequence", *items))
