"""Every single change of a schema, made from the structs themselves: each fact of each object, with another value.

The values are guesses; the server refuses those that make no sense there, and then the next one is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import replace

from schema_bridge.ir import (
    Attribute,
    Column,
    DefaultPrivileges,
    Domain,
    Extension,
    Fact,
    IndexPart,
    Name,
    Node,
    Option,
    Policy,
    Privileges,
    PublishedTable,
    Schema,
    Table,
    Type,
    Unmodelled,
    facts,
)
from schema_bridge.writers.validation import DROPS
from support.hints import bare
from support.server import PLAIN_ROLE

REASONS = {
    "Namespace.name": "the schema public is always there; another one's name is that of all that it holds",
    "Role": "roles belong to the server, which all tests share",
    "Schema.dialect": "there is one dialect",
    "Type": "a type is changed as a whole, as a value of the facts that hold it",
}
"""Of what `changes` has no other value, and why: a class, or one fact of it."""

Put = Callable[[Any], Schema]
"""The schema with another node in the place of one."""


@dataclass(frozen=True)
class Change:
    """`fact` of one object (`Column.default`), the name that a report must mention, and the schemas that have another
    value of it, from the likeliest on."""

    fact: str
    about: str
    schemas: tuple[Callable[[], Schema], ...]

    def __str__(self) -> str:
        return f"{self.fact} of {self.about}"


@dataclass(frozen=True)
class Place:
    node: Any
    put: Put
    about: str
    table: Table | None
    external: bool = False


def changes(schema: Schema) -> Iterator[Change]:
    """A change of every fact of every object that the schema holds, but for those with a reason."""
    for place in _places(schema):
        cls = type(place.node)
        hints = get_type_hints(cls, include_extras=True)
        for fact in facts(cls):
            if (
                is_changed_alone(cls, fact)
                and not _follows_from_others(place, fact)
                and not _is_impossible(place, fact)
            ):
                values = _others(schema, place, fact, bare(hints[fact.name]))
                schemas = tuple(_changed(place, fact.name, value) for value in values)
                yield Change(f"{cls.__name__}.{fact.name}", place.about, schemas)


def _changed(place: Place, name: str, value: Any) -> Callable[[], Schema]:
    return lambda: place.put(replace(place.node, **{name: value}))


def is_changed_alone(cls: type[msgspec.Struct], fact: Fact) -> bool:
    """Whether the validation sees the fact, as a value of its own: the items of a list of nodes are changed one by one."""
    names = {cls.__name__, f"{cls.__name__}.{fact.name}"}
    return fact.compare != "never" and not _is_list_of_nodes(fact) and names.isdisjoint({*DROPS, *REASONS})


def _follows_from_others(place: Place, fact: Fact) -> bool:
    """Whether the fact of a column follows from a parent table, which is changed instead, or from a primary key."""
    table = place.table
    if table is None or not isinstance(place.node, Column):
        return False
    if fact.name == "not_null" and table.primary_key is not None and place.node.name in table.primary_key.columns:
        return True
    return (table.partition is not None or bool(table.inherits)) and fact.name in ("name", "type", "not_null")


def _is_impossible(place: Place, fact: Fact) -> bool:
    """A partition is of no type: PARTITION OF leaves no place for OF, and ATTACH refuses a typed table. Of another's
    table and its columns only what is stated is a fact; what hangs on them, such as a trigger, is our own."""
    if place.external and isinstance(place.node, Table | Column):
        return bool(getattr(place.node, fact.name) == fact.default)
    return isinstance(place.node, Table) and place.node.partition is not None and fact.name == "of_type"


def _is_list_of_nodes(fact: Fact) -> bool:
    return fact.items is not None and issubclass(fact.items, Node)


def _places(schema: Schema) -> Iterator[Place]:
    """Every struct inside the schema, but for types and names, which are values."""
    for fact in facts(Schema):
        for index, node in enumerate(getattr(schema, fact.name) if fact.items else ()):
            if not isinstance(node, Unmodelled):
                put = _put_item(lambda new: new, schema, fact.name, index)
                external = fact.name == "external_tables"
                yield from _inside(Place(node, put, _name(node), node if isinstance(node, Table) else None, external))


def _inside(place: Place) -> Iterator[Place]:
    yield place
    for fact in facts(type(place.node)):
        value = getattr(place.node, fact.name)
        if fact.compare == "never" or not value:
            continue
        if fact.items is not None and not issubclass(fact.items, Type | Name):
            for index, item in enumerate(value):
                put = _put_item(place.put, place.node, fact.name, index)
                yield from _inside(Place(item, put, _about(place, item), place.table, place.external))
        elif isinstance(value, msgspec.Struct) and not isinstance(value, Type | Name):
            put = _put_value(place.put, place.node, fact.name)
            yield from _inside(Place(value, put, place.about, place.table, place.external))


def _put_item(put: Put, node: Any, name: str, index: int) -> Put:
    items = getattr(node, name)
    return lambda new: put(replace(node, **{name: (*items[:index], new, *items[index + 1 :])}))


def _put_value(put: Put, node: Any, name: str) -> Put:
    return lambda new: put(replace(node, **{name: new}))


def _about(place: Place, item: Any) -> str:
    """The name that a report of the item mentions: its own, or that of what it is a part of."""
    if not isinstance(item, Node) or isinstance(item, Attribute | PublishedTable) or isinstance(place.node, Domain):
        return place.about
    return _name(item)


def _name(node: Any) -> str:
    if isinstance(node, Privileges):
        return node.object.name.name
    if isinstance(node, DefaultPrivileges):
        return node.grantee
    return node.name.name if isinstance(node.name, Name) else str(node.name)


# Other values

_EXPRESSIONS = ("1 = 2", "1 = 1", "'77'", "77", "NULL", "now()", "'{77}'", "lower('A')")
_BODIES = ("BEGIN RETURN NULL; END", "SELECT NULL", "")
_STATEMENTS = (
    "RETURN NULL", "RETURN 77", "BEGIN ATOMIC\n SELECT NULL;\nEND", "BEGIN ATOMIC\n SELECT 77;\nEND", "BEGIN ATOMIC\nEND",
)  # fmt: skip
_TYPES = (
    Type(name="text"), Type(name="bigint"), Type(name="integer"), Type(name="character varying", modifiers=(77,)),
    Type(name="numeric", modifiers=(7, 2)), Type(name="uuid"), Type(name="tstzrange"), Type(name="trigger"),
)  # fmt: skip
_NAMES = tuple(
    Name("pg_catalog", name)
    for name in (
        "C",
        "POSIX",
        "text_pattern_ops",
        "varchar_pattern_ops",
        "int4_ops",
        "jsonb_path_ops",
        "float8mi",
        "<>",
    )
)
_OPTIONS = (
    Option(name="fillfactor", value="33"), Option(name="security_barrier", value="true"),
    Option(name="n_distinct", value="5"), Option(name="publish_via_partition_root", value="true"),
    Option(name="work_mem", value="'77MB'"), Option(name="siglen", value="77"), Option(name="fastupdate", value="off"),
)  # fmt: skip
_TEXTS: dict[str, tuple[str, ...]] = {
    "owner": (PLAIN_ROLE,), "method": ("hash", "gist", "btree"), "language": ("sql", "plpgsql"),
    "compression": ("pglz", "lz4"), "tablespace": ("mutation",), "event": ("ddl_command_end", "sql_drop"),
    "schema": ("pg_catalog", "public"), "strategy": ("list", "hash"), "bound": ("DEFAULT", "IN ('77')"),
}  # fmt: skip
_WORDS: dict[str, tuple[str, ...]] = {
    "roles": ("pg_monitor",), "events": ("insert", "delete", "update"), "kinds": ("ndistinct", "mcv"),
    "tags": ("CREATE TABLE", "DROP TABLE"), "granted": ("SELECT", "EXECUTE", "USAGE", "INSERT"),
    "grantable": ("SELECT", "EXECUTE", "USAGE"), "revoked": ("EXECUTE", "USAGE"), "options": ("createdb",),
    "schemas": ("public",), "member_of": ("pg_monitor",),
}  # fmt: skip


def _others(schema: Schema, place: Place, fact: Fact, hint: Any) -> Iterator[Any]:
    """Values that differ from the one that is there."""
    value = getattr(place.node, fact.name)
    if value is None and (fact.name == "owner" or isinstance(place.node, Extension)):
        return  # compared where they are stated
    # (A policy without WITH CHECK checks what it shows: to leave out the same is no change.)
    repeats = isinstance(place.node, Policy) and fact.name == "check" and value == place.node.using
    if value is not None and fact.default is None and not repeats:
        yield None
    if get_origin(hint) is tuple:
        yield from _lists(place, fact, value)
    elif fact.compare != "value":
        yield from (other for other in _spelled(fact, value) if other != value)
    elif hint is bool:
        yield not value
    elif get_origin(hint) is Literal:
        yield from (other for other in get_args(hint) if other != value)
    elif hint in (int, float):
        yield from (hint(other) for other in (77, (value or 0) + 1) if other != value)
    elif hint is Type:
        yield from (other for other in _TYPES if other != value)
    elif hint is Name:
        yield from (other for other in _named(schema, place, fact) if other != value)
    elif hint is str:
        yield from (other for other in _texts(place, fact, value) if other != value)


def _spelled(fact: Fact, value: str | None) -> tuple[str, ...]:
    if fact.compare == "query":
        return (f"SELECT * FROM ({value}) AS inner_query LIMIT 3",)
    if fact.compare == "body":
        return ("" if value is None else value + "\n-- one more line", *_BODIES)
    if fact.compare == "statement":
        return (f"{value} WHERE 1 = 1", (value or "").replace("INSTEAD", "ALSO"), *_STATEMENTS)
    if fact.name == "bound":
        return "DEFAULT", "IN ('77')", "FROM (770) TO (780)", "FROM ('2077-01-01') TO ('2078-01-01')"
    return _EXPRESSIONS


def _lists(place: Place, fact: Fact, value: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """One item less, in another order, one more."""
    if value:
        yield from (value[:-1], value[1:])
        yield value[::-1]
    if fact.name == "options" and fact.items is Option:
        more: tuple[Any, ...] = _OPTIONS
    elif fact.items is IndexPart or fact.items is Type or fact.items is Name:
        more = (
            tuple(IndexPart(column=c.name) for c in place.table.columns) if place.table and fact.name == "parts" else ()
        )
    elif fact.name in _WORDS:
        more = _WORDS[fact.name]
    elif fact.items is None:
        more = (*(column.name for column in place.table.columns), "one more") if place.table else ("one more",)
    else:
        more = _OPTIONS if fact.items is Option else ()
    yield from ((*value, item) for item in more if item not in value)
    yield from ((item,) for item in more if (item,) != value)


def _named(schema: Schema, place: Place, fact: Fact) -> Iterator[Name]:
    if fact.name in ("table", "parent", "referenced_table"):
        yield from (table.name for table in schema.tables)
    elif fact.name == "function":
        yield Name("spare", "trigger")
        yield Name("spare", "event")
    elif fact.name == "sequence":
        yield Name(place.node.sequence.schema, "one_more_sequence")
    elif fact.name == "multirange":
        yield Name("public", "one_more_multirange")
    else:
        yield from _NAMES


def _texts(place: Place, fact: Fact, value: str | None) -> Iterator[str]:
    yield from _TEXTS.get(fact.name, ())
    if place.table is not None:
        names = {index.name for index in place.table.indexes} | {key.name for key in place.table.uniques}
        yield from sorted(names if fact.name in ("cluster_on", "replica_identity_index") else ())
        if isinstance(place.node, Column | IndexPart):
            yield from (column.name for column in place.table.columns)
    yield "changed"
