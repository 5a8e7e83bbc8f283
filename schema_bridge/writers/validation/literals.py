"""The facts of a schema as the catalog queries would give them: what the validation expects, apart from its spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any

from schema_bridge import pgtypes
from schema_bridge.emit.sql import ident
from schema_bridge.ir import (
    Column,
    Domain,
    Exclusion,
    ForeignKey,
    Function,
    Identity,
    IndexPart,
    MaterializedView,
    Name,
    Node,
    Option,
    PrimaryKey,
    Publication,
    Schema,
    SequenceOptions,
    Statistics,
    Struct,
    Table,
    Type,
    Unique,
    View,
    facts,
)
from schema_bridge.statements.tables import bound, partition_by

Row = tuple[list[str], dict[str, Any]]
"""The key of an object and its facts; a fact that is PostgreSQL's default is left out."""

NEVER = frozenset({"origin", "notes", "inherited"})
_ATOMS = frozenset({str, int, float, bool, type(None)})
_BOOLEANS = {"on": "true", "yes": "true", "true": "true", "off": "false", "no": "false", "false": "false"}


@cache
def type_text(type: Type) -> str:
    """The spelling of `format_type` where nothing is in the search path; an unknown schema is left out."""
    if type.schema == "public":
        return f"public.{pgtypes.render(type)}"
    return pgtypes.render(type)


@cache
def signature(types: tuple[Type, ...]) -> str:
    """The types of a routine's input, without their schemas and modifiers, as `functions.sql` spells them."""
    return ", ".join(_bare(type) for type in types)


def _bare(type: Type) -> str:
    text = pgtypes.render(Type(name=type.name)) if type.schema == "pg_catalog" else ident(type.name)
    return text + "[]" if type.dimensions else text


def plain(value: Any) -> Any:
    """A value of the IR as JSON, without what is the default."""
    kind = value.__class__
    if kind in _ATOMS:
        return value
    if kind is tuple:
        return [plain(item) for item in value]
    special = _SPECIAL.get(kind)
    return special(value) if special is not None else _struct(value, ())


def _struct(node: Struct, skipped: tuple[str, ...]) -> dict[str, Any]:
    names, values, defaults = _plan(node.__class__, skipped)
    found = {}
    for name, value, default in zip(names, values(node), defaults, strict=True):
        if value is not default and value != default:
            found[name] = value if value.__class__ in _ATOMS else plain(value)
    return found


@cache
def _plan(cls: type[Struct], skipped: tuple[str, ...]) -> tuple[tuple[str, ...], Callable[[Any], Any], tuple[Any, ...]]:
    """The names of the facts of a struct, what takes them from one at once, and their defaults."""
    stated = [fact for fact in facts(cls) if fact.name not in NEVER and fact.name not in skipped]
    names = tuple(fact.name for fact in stated)
    take = attrgetter(*names)
    return names, take if len(names) > 1 else lambda node: (take(node),), tuple(fact.default for fact in stated)


def _name(name: Name) -> dict[str, str]:
    return {"schema": name.schema, "name": name.name}


def _option(option: Option) -> dict[str, str]:
    return {"name": option.name.lower(), "value": _BOOLEANS.get(option.value.lower(), option.value)}


def _options(options: tuple[Option, ...]) -> list[dict[str, str]]:
    return sorted((_option(o) for o in options), key=lambda o: o["name"])


def _sequence_options(options: SequenceOptions) -> dict[str, Any]:
    return _struct(pgtypes.plain_sequence(options), ())


def _identity(identity: Identity) -> dict[str, Any]:
    found = {"always": identity.always, **_struct(identity, ("always",))}
    if not found.get("options", True):
        del found["options"]
    return found


_SPECIAL: dict[type, Callable[[Any], Any]] = {
    Name: _name,
    Type: type_text,
    Option: _option,
    SequenceOptions: _sequence_options,
    Identity: _identity,
    IndexPart: lambda part: _struct(part, ()),
}


def rows(schema: Schema) -> Iterator[tuple[str, Row]]:
    """Every object of the schema with the name of its catalog query; in the order of the schema."""
    for kind in ("namespaces", "extensions", "roles"):
        for node in getattr(schema, kind):
            yield kind, ([node.name], _struct(node, ("name",)))
    for kind in ("enums", "composites", "ranges"):
        for node in getattr(schema, kind):
            yield kind, _standing(node)
    yield from (("domains", _domain(node)) for node in schema.domains)
    yield from (("sequences", _sequence(node)) for node in schema.sequences)
    for table in schema.tables:
        yield from _table(table)
    for table in schema.external_tables:
        yield from _parts(table, ("policies", "triggers"))
    for view in views(schema):
        yield from _view(view)
    yield from (("functions", _function(node)) for node in schema.functions)
    for node in schema.aggregates:
        yield "aggregates", ([node.name.schema, node.name.name, signature(node.signature)], _about(node))
    yield from (("statistics", _statistics(node)) for node in schema.statistics)
    for node in schema.event_triggers:
        yield "event_triggers", ([node.name], _struct(node, ("name",)))
    yield from (("publications", _publication(node)) for node in schema.publications)


def _about(node: Any) -> dict[str, Any]:
    return {name: value for name in ("comment", "owner") if (value := getattr(node, name)) is not None}


def _standing(node: Any, skipped: tuple[str, ...] = ()) -> Row:
    return [node.name.schema, node.name.name], _struct(node, ("name", *skipped))


def _domain(node: Domain) -> Row:
    key, found = _standing(node, ("not_null_constraint",))
    if "checks" in found:
        found["checks"].sort(key=lambda check: check["name"])
    return key, found


def _sequence(node: Any) -> Row:
    key, found = _standing(node)
    if not found.get("options", True):
        del found["options"]
    return key, found


_TABLE_PARTS = {
    "columns": "columns", "uniques": "keys", "checks": "checks", "foreign_keys": "foreign_keys",
    "exclusions": "exclusions", "indexes": "indexes", "policies": "policies", "triggers": "triggers", "rules": "rules",
}  # fmt: skip
_OF_TABLE = (*_TABLE_PARTS, "primary_key", "partition_by", "partition", "row_security", "force_row_security")


def _table(table: Table) -> Iterator[tuple[str, Row]]:
    key, found = _standing(table, _OF_TABLE)
    if table.server is not None:
        found["kind"] = "foreign"
    if "options" in found:
        found["options"] = _options(table.options)
    if table.access_method == "heap":
        del found["access_method"]
    if table.partition_by is not None:
        found["partition_by"] = partition_by(table.partition_by).removeprefix("PARTITION BY ")
    if table.partition is not None:
        found["partition_of"] = _name(table.partition.parent)
        found["bound"] = bound(table.partition)
    yield "tables", (key, found)
    flags = {name: True for name in ("row_security", "force_row_security") if getattr(table, name)}
    yield "rls", (key, flags)
    if table.primary_key is not None:
        yield "keys", _key(table, table.primary_key)
    yield from _parts(table, tuple(_TABLE_PARTS))


def _parts(owner: Table | View | MaterializedView, kinds: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    for kind in kinds:
        make = _PART.get(kind, _part)
        for node in getattr(owner, kind):
            yield _TABLE_PARTS[kind], make(owner, node)


def _part(owner: Any, node: Any) -> Row:
    return [owner.name.schema, owner.name.name, node.name], _struct(node, ("name",))


def _key(owner: Table, node: PrimaryKey | Unique) -> Row:
    key, found = _part(owner, node)
    found.pop("partition_of", None)
    found["kind"] = "primary key" if isinstance(node, PrimaryKey) else "unique"
    return key, found


def _column(owner: Table, node: Column) -> Row:
    key, found = _part(owner, node)
    if node.statistics == -1:
        del found["statistics"]
    return key, found


def _index(owner: Table, node: Any) -> Row:
    key, found = _part(owner, node)
    found.pop("partition_of", None)
    found.pop("only", None)
    if "options" in found:
        found["options"] = _options(node.options)
    return key, found


def _foreign_key(owner: Table, node: ForeignKey) -> Row:
    key, found = _part(owner, node)
    if not node.referenced_columns:
        found.pop("referenced_columns", None)
    return key, found


def _exclusion(owner: Table, node: Exclusion) -> Row:
    key, found = _part(owner, node)
    found.pop("partition_of", None)
    return key, found


def _policy(owner: Table, node: Any) -> Row:
    key, found = _part(owner, node)
    found["roles"] = sorted(node.roles)
    return key, found


def _trigger(owner: Any, node: Any) -> Row:
    key, found = _part(owner, node)
    if node.columns:
        found["columns"] = sorted(node.columns)
    return key, found


_PART: dict[str, Callable[[Any, Any], Row]] = {
    "columns": _column, "uniques": _key, "indexes": _index, "foreign_keys": _foreign_key, "exclusions": _exclusion,
    "policies": _policy, "triggers": _trigger,
}  # fmt: skip


def _view(view: View | MaterializedView) -> Iterator[tuple[str, Row]]:
    parts = ("columns", "column_names", "triggers", "rules", "indexes", "with_data", "recursive")
    key, found = _standing(view, parts)
    if isinstance(view, MaterializedView):
        found["kind"] = "materialized"
    if "options" in found:
        found["options"] = _options(view.options)
    if found.get("access_method") == "heap":
        del found["access_method"]
    yield "views", (key, found)
    for column in view.columns:
        yield "view_columns", ([*key, column.name], _struct(column, ("name", "type")))
    kinds = ("indexes",) if isinstance(view, MaterializedView) else ("triggers", "rules")
    yield from _parts(view, kinds)


def _function(node: Function) -> Row:
    key, found = _standing(node)
    key.append(signature(node.signature))
    if node.library is not None and node.body is None:
        found["body"] = node.name.name
    if node.cost == (1 if node.language in ("c", "internal") else 100):
        del found["cost"]
    if node.rows == (1000 if node.returns_set else 0):
        del found["rows"]
    if "settings" in found:
        found["settings"] = sorted(found["settings"], key=lambda o: str(o["name"]))
    return key, found


def _statistics(node: Statistics) -> Row:
    key, found = _standing(node, ("parts",))
    columns = sorted(part.column for part in node.parts if part.column is not None)
    if columns:
        found["columns"] = columns
    if not node.kinds:
        found.pop("kinds", None)
    return key, found


_ACTIONS = ("insert", "update", "delete", "truncate")


def _publication(node: Publication) -> Row:
    found = _struct(node, ("name", "options", "tables"))
    options = {option.name.lower(): option.value.lower() for option in node.options}
    published = [word.strip() for word in options.pop("publish", ",".join(_ACTIONS)).strip("'").split(",")]
    found |= {action: action in published for action in _ACTIONS}
    if _BOOLEANS.get(options.get("publish_via_partition_root", "")) == "true":
        found["publish_via_partition_root"] = True
    if node.tables:
        found["tables"] = [_struct(table, ("only",)) for table in node.tables]
    return [node.name], found


def nodes_of(schema: Schema) -> Iterator[Node]:
    """The standing objects that live in namespaces."""
    for kind in ("enums", "domains", "composites", "ranges", "sequences", "tables", "views", "materialized_views",
                 "functions", "aggregates", "statistics"):  # fmt: skip
        yield from getattr(schema, kind)


def views(schema: Schema) -> list[View | MaterializedView]:
    return [*schema.views, *schema.materialized_views]
