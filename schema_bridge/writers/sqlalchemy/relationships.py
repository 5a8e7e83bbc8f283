"""Relationships of a mapped class, as lines."""

from __future__ import annotations

from collections.abc import Iterator

from schema_bridge.emit.python import Call, Code, Folded, Single, assignment, call, declaration, entry, keyword, string
from schema_bridge.ir import ForeignKey, Name
from schema_bridge.python_model import MappedClass, Relationship
from schema_bridge.writers.sqlalchemy.context import Context, table_key


def relationship_lines(context: Context, mapped: MappedClass) -> list[str]:
    """One line, or one exploded call, for each relationship."""
    relations = [relation for relation in mapped.relationships if _is_stated(context, relation)]
    if not relations:
        return []
    return [_line(context, mapped, relation) for relation in relations]


def _is_stated(context: Context, relation: Relationship) -> bool:
    """Whether the side is asked for; one-sided relations are stated where the key is, or where a join table begins."""
    wanted = context.options.relationships
    if wanted != "one-sided" or relation.holds_key:
        return wanted != "none"
    if relation.other_key is None:
        return False
    keys = [key.name for key in context.tables[relation.owner].foreign_keys]
    return keys.index(relation.foreign_key) < keys.index(relation.other_key)


def _line(context: Context, mapped: MappedClass, relation: Relationship) -> str:
    target = context.class_of(relation.target).name
    arguments = list(_arguments(context, mapped, relation))
    if context.style == "sqlmodel":
        return _sqlmodel(context, relation, arguments)
    context.need("relationship")
    stated = [keyword(word, value) for word, value in arguments]
    if context.style == "column":
        return assignment(f"{relation.name} = ", call("relationship", string(target), *stated), indent=1)
    context.need("Mapped")
    context.typed.add(target)
    if relation.kind in ("one-to-many", "many-to-many"):
        annotation = f"list[{target}]"
    elif relation.holds_key and not relation.optional:
        annotation = target
    else:
        annotation = f"{target} | None"
    return declaration(relation.name, annotation, call("relationship", *stated))


def _sqlmodel(context: Context, relation: Relationship, arguments: list[tuple[str, Code]]) -> str:
    target = context.class_of(relation.target).name
    context.need("sqlmodel_Relationship")
    context.typed.add(target)
    holder = "Optional"
    if relation.kind in ("one-to-many", "many-to-many"):
        holder = "list"
    elif relation.holds_key and not relation.optional:
        holder = ""
    else:
        context.need("Optional")
    own = [keyword(word, value) for word, value in arguments if word == "back_populates"]
    rest = [entry(word, value) for word, value in arguments if word != "back_populates"]
    passed = [keyword("sa_relationship_kwargs", Call("", tuple(rest), "{}"))] if rest else []
    code = call(context.spelled("Relationship"), *own, *passed)
    return declaration(relation.name, string(target), code, holder)


def _arguments(context: Context, mapped: MappedClass, relation: Relationship) -> Iterator[tuple[str, Code]]:
    if relation.kind == "many-to-many":
        yield from _secondary(context, relation)
    elif relation.ambiguous or relation.self_reference:
        yield from _keys(context, relation)
    if context.options.relationships == "both":
        yield "back_populates", string(relation.back_populates)
    if context.style != "mapped" and relation.kind == "one-to-one" and not relation.holds_key:
        yield "uselist", "False"
    if (lazy := context.lazy.get((mapped.table, relation.name))) is not None:
        yield "lazy", string(lazy)
    if (cascade := context.cascade.get((mapped.table, relation.name))) is not None:
        yield "cascade", string(cascade)
        if relation.on_delete in ("cascade", "set null"):
            yield "passive_deletes", "True"
    elif not relation.holds_key:
        yield from _deleting(relation)
    if relation.post_update:
        yield "post_update", "True"
    if relation.overlaps:
        yield "overlaps", string(",".join(relation.overlaps))


def _deleting(relation: Relationship) -> Iterator[tuple[str, Code]]:
    """What happens to the rows that point here is the database's to decide; the session only follows."""
    if relation.on_delete == "cascade":
        if relation.kind != "many-to-many":
            yield "cascade", string("all" if relation.optional else "all, delete-orphan")
        yield "passive_deletes", "True"
    elif relation.on_delete == "set null":
        yield "passive_deletes", "True"
    elif relation.kind != "many-to-many":
        yield "passive_deletes", string("all")


def _keys(context: Context, relation: Relationship) -> Iterator[tuple[str, Code]]:
    key = context.foreign_key(relation.owner, relation.foreign_key)
    if relation.ambiguous:
        yield "foreign_keys", string(_attributes(context, relation.owner, key.columns))
    if relation.self_reference and relation.holds_key:
        yield "remote_side", string(_attributes(context, key.table, key.referenced_columns))


def _attributes(context: Context, table: Name, columns: tuple[str, ...]) -> str:
    mapped = context.class_of(table)
    return "[" + ", ".join(f"{mapped.name}.{mapped.attribute(column)}" for column in columns) + "]"


def _secondary(context: Context, relation: Relationship) -> Iterator[tuple[str, Code]]:
    table = _table(context, relation.owner)
    if context.is_package:
        yield "secondary", Single(f"lambda: {context.metadata}.tables", (string(table_key(relation.owner)),), "[]")
    else:
        yield "secondary", Folded("lambda: ", (table,))
    if relation.ambiguous and relation.other_key is not None:
        for word, name in (("primaryjoin", relation.foreign_key), ("secondaryjoin", relation.other_key)):
            key = context.foreign_key(relation.owner, name)
            yield word, _join(context, table, key)


def _table(context: Context, name: Name) -> str:
    """A table object, where all modules are loaded."""
    if not context.is_package:
        return context.table_variables[name]
    context.need("Base")
    return f"{context.metadata}.tables[{string(table_key(name))}]"


def _column(context: Context, table: Name, column: str) -> str:
    if context.is_package:
        return f"{_table(context, table)}.c[{string(column)}]"
    mapped = context.class_of(table)
    return f"{mapped.name}.{mapped.attribute(column)}"


def _join(context: Context, table: str, key: ForeignKey) -> Code:
    pairs = [
        (f"{table}.c[{string(column)}]", f"== {_column(context, key.table, other)}")
        for column, other in zip(key.columns, key.referenced_columns, strict=True)
    ]
    return Folded("lambda: ", pairs[0]) if len(pairs) == 1 else call("lambda: sa.and_", *map(" ".join, pairs))
