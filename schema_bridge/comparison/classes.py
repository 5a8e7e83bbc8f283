"""Pydantic classes held against tables: fields that are missing or too many, their types, lengths, and whether they may
be None.

A table's classes together are taken as one: a column is there if one of them has it. What a response says of a field
counts before what a request says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from schema_bridge import naming, weights
from schema_bridge.comparison import EXISTS, Difference
from schema_bridge.ir import Column, Name, Schema, Table, Type
from schema_bridge.pgtypes import render


class FieldType(msgspec.Struct, frozen=True):
    """What a field takes: the names of its classes, what an array holds, whether None, which labels, how long a text."""

    names: tuple[str, ...]
    nullable: bool = False
    labels: tuple[str, ...] | None = None
    max_length: int | None = None
    items: FieldType | None = None


class Field(msgspec.Struct, frozen=True):
    name: str
    type: FieldType
    aliases: tuple[str, ...] = ()
    at: str | None = None


class Class(msgspec.Struct, frozen=True):
    name: str
    fields: tuple[Field, ...]
    at: str | None = None


class Held(msgspec.Struct, frozen=True):
    """A schema that classes are held against, and what the two are called."""

    schema: Schema
    schema_name: str
    classes_name: str


_ROLES = ("Response", "Read", "Out", "Public", "Select", "", "InDB", "Base", "Create", "Insert", "New", "In", "Update")
"""What is put before or behind a table's name for its classes; who says most of the row itself comes first."""
_WHOLE = frozenset(_ROLES[:8])
_AFFIX = re.compile(r"^(Insert|Select|New)(?=[A-Z])|(Response|Read|Out|Public|InDB|Base|Create|In|Update|Schema)$")

_CLASSES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("smallint", "integer", "bigint"), frozenset({"int"})),
    **dict.fromkeys(("numeric", "real", "double precision"), frozenset({"Decimal", "float", "int"})),
    "boolean": frozenset({"bool"}),
    "uuid": frozenset({"UUID", "UUID1", "UUID3", "UUID4", "UUID5"}),
    "date": frozenset({"date"}),
    "timestamp with time zone": frozenset({"datetime", "AwareDatetime"}),
    "timestamp without time zone": frozenset({"datetime", "NaiveDatetime"}),
    **dict.fromkeys(("time with time zone", "time without time zone"), frozenset({"time"})),
    "interval": frozenset({"timedelta"}),
    "bytea": frozenset({"bytes"}),
}
"""What a value of a type is in Python. Of texts and the types not named here any class but these is right."""
_NUMBERS_AND_THE_LIKE = frozenset().union(*_CLASSES.values())
_JSON = frozenset({"json", "jsonb"})
_TEXTS = frozenset({"text", "character varying", "character", "citext", "name"})


def rows(held: Held, classes: Sequence[Class]) -> tuple[list[Difference], int]:
    """The differences, and how many tables have no class, or one that might as well be another table's."""
    found: list[Difference] = []
    without = 0
    by_entity: dict[str, list[Class]] = {}
    for one in classes:
        by_entity.setdefault(_entity(one.name), []).append(one)
    names = {table.name: _entities(table) for table in held.schema.tables}
    claims = Counter(name for claimed in names.values() for name in claimed)
    for table in held.schema.tables:
        own = [one for name in sorted(names[table.name]) if claims[name] == 1 for one in by_entity.get(name, ())]
        if own:
            found += _of_table(held, table, own)
        else:
            without += 1
    return found, without


def _entities(table: Table) -> set[str]:
    """What the classes of a table may be called, in lower case: `users` has `User` or `Users`."""
    return {naming.class_name(table.name.name).lower(), naming.camel(table.name.name).lower()}


def _entity(name: str) -> str:
    return _AFFIX.sub("", name).lower() or name.lower()


def _role(one: Class) -> int:
    affix = _AFFIX.search(one.name)
    return _ROLES.index(affix[0]) if affix and affix[0] in _ROLES else _ROLES.index("")


def _of_table(held: Held, table: Table, classes: Iterable[Class]) -> Iterator[Difference]:
    ordered = sorted(classes, key=_role)
    columns = {column.name: column for column in table.columns}
    fields: dict[str, list[tuple[Class, Field]]] = {}
    for one in ordered:
        for field in one.fields:
            if "model" not in _names_within(field.type) or _column_of(field, columns) in columns:
                fields.setdefault(_column_of(field, columns), []).append((one, field))
    first = ordered[0].at
    for name, column in columns.items():
        if name not in fields:
            yield _row(held, table, column, EXISTS, (_column_text(column), None), first)
            continue
        yield from _of_column(held, table, column, fields[name])
    for name, said in fields.items():
        if name not in columns:
            extra = Column(name=name, type=Type(name="unknown"))
            yield _row(held, table, extra, EXISTS, (None, _said(said[0][1].type)), said[0][1].at)


def _names_within(type: FieldType) -> set[str]:
    return {*type.names, *(_names_within(type.items) if type.items else ())}


def _column_of(field: Field, columns: Mapping[str, Column]) -> str:
    """The column that a field is about: that of its name, or of an alias, without what keeps it from hiding another."""
    names = (field.name, *field.aliases, field.name.rstrip("_"), *map(naming.snake, field.aliases))
    return next((name for name in names if name in columns), field.name)


def _of_column(held: Held, table: Table, column: Column, said: Sequence[tuple[Class, Field]]) -> Iterator[Difference]:
    field = said[0][1]
    base = _base(column.type, held.schema)
    for _, other in said:
        if not _takes(base, other.type):
            yield _row(held, table, column, "type", (render(column.type), _said(other.type)), other.at)
            break
    labels = next((e.labels for e in held.schema.enums if e.name == Name(base.schema, base.name)), None)
    if labels is not None and field.type.labels is not None and set(labels) != set(field.type.labels):
        yield _row(held, table, column, "labels", (", ".join(labels), ", ".join(field.type.labels)), field.at)
    whole = [one for cls, one in said if _ROLES[_role(cls)] in _WHOLE]
    # JSON has a null of its own.
    if whole and whole[0].type.nullable == column.not_null and base.name not in _JSON:
        stated = ("true" if column.not_null else "false", "false" if whole[0].type.nullable else "true")
        yield _row(held, table, column, "not_null", stated, whole[0].at)
    yield from _of_length(held, table, column, [one for _, one in said])


def _of_length(held: Held, table: Table, column: Column, fields: Sequence[Field]) -> Iterator[Difference]:
    base = _base(column.type, held.schema)
    limit = base.modifiers[0] if base.name == "character varying" and base.modifiers and not base.dimensions else None
    texts = [field for field in fields if "str" in field.type.names and field.type.labels is None]
    if not isinstance(limit, int) or not texts:
        return
    stated = [field for field in texts if field.type.max_length is not None]
    field = next((one for one in stated if one.type.max_length != limit), None if stated else texts[0])
    if field is not None:
        length = None if field.type.max_length is None else str(field.type.max_length)
        yield _row(held, table, column, "max_length", (str(limit), length), field.at)


def _base(type: Type, schema: Schema) -> Type:
    """The type beneath a domain."""
    domains = {domain.name: domain.type for domain in schema.domains}
    while (beneath := domains.get(Name(type.schema, type.name))) is not None:
        type = msgspec.structs.replace(beneath, dimensions=beneath.dimensions + type.dimensions)
    return type


def _takes(type: Type, field: FieldType) -> bool:
    """Whether a field takes what a column of the type holds."""
    if "any" in field.names or not field.names or type.name in _JSON:
        return True
    if type.dimensions:
        inner = msgspec.structs.replace(type, dimensions=0)
        return "array" in field.names and (field.items is None or field.items.names == () or _takes(inner, field.items))
    known = _CLASSES.get(type.name) if type.schema == "pg_catalog" else None
    if known is not None:
        return bool(known & set(field.names))
    return type.name not in _TEXTS or "array" not in field.names and not set(field.names) <= _NUMBERS_AND_THE_LIKE


def _said(type: FieldType) -> str:
    inner = f"[{_said(type.items)}]" if type.items else ""
    names = [f"list{inner}" if name == "array" else name for name in type.names] or ["None"]
    return " | ".join([*names, *(["None"] if type.nullable else [])])


def _column_text(column: Column) -> str:
    return render(column.type) + (" not null" if column.not_null else "")


def _row(
    held: Held, table: Table, column: Column, fact: str, values: tuple[str | None, str | None], at: str | None
) -> Difference:
    by_source = dict(zip((held.schema_name, held.classes_name), values, strict=True))
    weight, why = weights.of(Column, fact, by_source, {})
    home = column.origin if column.type.name != "unknown" else table.origin
    return Difference(
        kind="column",
        schema=table.name.schema,
        table=table.name.name,
        name=column.name,
        fact=fact,
        weight=weight,
        why=why if fact != "not_null" else "None passes in one and fails in the other",
        values=by_source,
        origins={held.schema_name: str(home) if home else None, held.classes_name: at},
        unstated=(),
    )
