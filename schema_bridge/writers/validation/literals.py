"""The facts of a schema as the catalog queries would give them: what the validation expects, apart from its spelling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from msgspec.structs import astuple

from schema_bridge import pgtypes
from schema_bridge.emit.sql import ident
from schema_bridge.ir import (
    Column,
    Domain,
    Function,
    Identity,
    Index,
    IndexPart,
    MaterializedView,
    Name,
    Namespace,
    Node,
    Option,
    Policy,
    PrimaryKey,
    Publication,
    PublishedTable,
    Schema,
    SequenceOptions,
    Statistics,
    Struct,
    Table,
    Trigger,
    Type,
    Unique,
    View,
    defaults,
)
from schema_bridge.statements.tables import bound, partition_by

Row = tuple[tuple[str, ...], dict[str, Any]]
"""The key of an object and its facts, which are not to be changed: those of equal objects are one dictionary.

A fact that is PostgreSQL's default is left out.
"""

NEVER = frozenset({"origin", "notes", "inherited", "partition_of", "only"})
_ATOMS = frozenset({str, int, float, bool, type(None)})
_BOOLEANS = {"on": "true", "yes": "true", "true": "true", "off": "false", "no": "false", "false": "false"}


_SHORT_BOOLEANS = {"1": "true", "t": "true", "y": "true", "0": "false", "f": "false", "n": "false"}


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
    return _stated(node.__class__, astuple(node), skipped)


def _stated(cls: type[Struct], values: tuple[Any, ...], skipped: tuple[str, ...]) -> dict[str, Any]:
    """The facts among the values of a struct's last fields: those that are not its defaults."""
    found = {}
    for (name, default), value in zip(defaults(cls)[-len(values) :], values, strict=True):
        if value is not default and value != default and name not in NEVER and name not in skipped:
            found[name] = value if value.__class__ in _ATOMS else plain(value)
    return found


def _name(name: Name) -> dict[str, str]:
    return {"schema": name.schema, "name": name.name}


def _option(option: Option) -> dict[str, str]:
    name, value = option.name.lower(), option.value.lower()
    if name.startswith("security_"):
        return {"name": name, "value": _SHORT_BOOLEANS.get(value) or _BOOLEANS.get(value, option.value)}
    return {"name": name, "value": _BOOLEANS.get(value, option.value)}


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


def rows(schema: Schema) -> dict[str, list[Row]]:
    """The objects of the schema by the name of their catalog query; each list in the order of the schema."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    found["namespaces"] = list(map(_namespace, schema.namespaces))
    for kind in ("extensions", "roles", "event_triggers"):
        found[kind] = [((node.name,), _struct(node, _NAME)) for node in getattr(schema, kind)]
    for kind in ("enums", "composites", "ranges"):
        found[kind] = [_standing(node) for node in getattr(schema, kind)]
    found["domains"] = list(map(_domain, schema.domains))
    found["sequences"] = list(map(_sequence, schema.sequences))
    for table in schema.tables:
        _table(found, table)
    for table in schema.external_tables:
        _parts(found, table, ("policies", "triggers"))
        if flags := _security(table):
            found["rls"].append(((table.name.schema, table.name.name), flags))
    for view in views(schema):
        _view(found, view)
    found["functions"] = list(map(_function, schema.functions))
    for node in schema.aggregates:
        found["aggregates"].append(((node.name.schema, node.name.name, signature(node.signature)), _about(node)))
    found["statistics"] = list(map(_statistics, schema.statistics))
    for publication in schema.publications:
        found["publications"].append(_publication(publication))
        found["published_tables"] += [_published(publication, published) for published in publication.tables]
    return found


def _about(node: Any) -> dict[str, Any]:
    return {name: value for name in ("comment", "owner") if (value := getattr(node, name)) is not None}


def _standing(node: Any, skipped: tuple[str, ...] = ()) -> Row:
    return (node.name.schema, node.name.name), _struct(node, ("name", *skipped))


def _namespace(node: Namespace) -> Row:
    found = _struct(node, _NAME)
    if node.name == "public" and node.comment == "standard public schema":
        del found["comment"]  # as initdb says it
    return (node.name,), found


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
_NAME = ("name",)
_OF_TABLE = (*_TABLE_PARTS, "primary_key", "partition_by", "partition", "row_security", "force_row_security")


def _table(rows: dict[str, list[Row]], table: Table) -> None:
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
    rows["tables"].append((key, found))
    rows["rls"].append((key, _security(table)))
    if table.primary_key is not None:
        _add(rows["keys"], table.name, (table.primary_key,))
    _parts(rows, table, tuple(_TABLE_PARTS))


def _security(table: Table) -> dict[str, Any]:
    return {name: True for name in ("row_security", "force_row_security") if getattr(table, name)}


def _parts(rows: dict[str, list[Row]], owner: Table | View | MaterializedView, kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        nodes = getattr(owner, kind)
        if nodes:
            _add(rows[_TABLE_PARTS[kind]], owner.name, nodes)


def _add(rows: list[Row], owner: Name, nodes: tuple[Any, ...]) -> None:
    """A row for each part of a relation; all parts are of one kind, and begin with their origins and names."""
    cls, schema, relation = nodes[0].__class__, owner.schema, owner.name
    rows += [((schema, relation, node.name), _part(cls, astuple(node)[2:])) for node in nodes]


@lru_cache(maxsize=20_000)
def _part(cls: type[Struct], values: tuple[Any, ...]) -> dict[str, Any]:
    """The facts of a part of a table: most columns, triggers and keys are like many others but for their names."""
    found = _stated(cls, values, ())
    if cls in _SETTLED:
        _SETTLED[cls](found)
    return found


def _key(kind: str) -> Callable[[dict[str, Any]], None]:
    return lambda found: found.update(kind=kind)


def _column(found: dict[str, Any]) -> None:
    if found.get("statistics") == -1:
        del found["statistics"]


def _index(found: dict[str, Any]) -> None:
    if "options" in found:
        found["options"].sort(key=_BY_NAME)


def _policy(found: dict[str, Any]) -> None:
    found["roles"] = sorted(found.get("roles", _EVERYBODY))


def _trigger(found: dict[str, Any]) -> None:
    if "columns" in found:
        found["columns"].sort()


_BY_NAME = itemgetter("name")
_SETTLED: dict[type, Callable[[dict[str, Any]], None]] = {
    Column: _column, PrimaryKey: _key("primary key"), Unique: _key("unique"), Index: _index, Policy: _policy,
    Trigger: _trigger,
}  # fmt: skip
_EVERYBODY = Policy(name="").roles


def _view(rows: dict[str, list[Row]], view: View | MaterializedView) -> None:
    parts = ("columns", "column_names", "triggers", "rules", "indexes", "with_data", "recursive")
    key, found = _standing(view, parts)
    if isinstance(view, MaterializedView):
        found["kind"] = "materialized"
    if "options" in found:
        found["options"] = _options(view.options)
    if found.get("access_method") == "heap":
        del found["access_method"]
    rows["views"].append((key, found))
    rows["view_columns"] += [((*key, column.name), _struct(column, ("name", "type"))) for column in view.columns]
    kinds = ("indexes",) if isinstance(view, MaterializedView) else ("triggers", "rules")
    _parts(rows, view, kinds)


def _function(node: Function) -> Row:
    key, found = _standing(node)
    if node.library is not None and node.body is None:
        found["body"] = node.name.name
    if node.cost == (1 if node.language in ("c", "internal") else 100):
        del found["cost"]
    if node.rows == (1000 if node.returns_set else 0):
        del found["rows"]
    if "settings" in found:
        found["settings"] = sorted(found["settings"], key=_BY_NAME)
    return (*key, signature(node.signature)), found


_STATISTICS = ("ndistinct", "dependencies", "mcv")
"""The kinds of statistics over several columns, all of which are kept where none is named, in the server's order."""


def _statistics(node: Statistics) -> Row:
    key, found = _standing(node, ("parts",))
    columns = sorted(part.column for part in node.parts if part.column is not None)
    if columns:
        found["columns"] = columns
    if len(node.parts) > 1:
        found["kinds"] = [kind for kind in _STATISTICS if kind in (node.kinds or _STATISTICS)]
    return key, found


_ACTIONS = ("insert", "update", "delete", "truncate")


def _publication(node: Publication) -> Row:
    found = _struct(node, ("name", "options", "tables"))
    options = {option.name.lower(): option.value.lower() for option in node.options}
    published = [word.strip() for word in options.pop("publish", ",".join(_ACTIONS)).strip("'").split(",")]
    found |= {action: action in published for action in _ACTIONS}
    if _BOOLEANS.get(options.get("publish_via_partition_root", "")) == "true":
        found["publish_via_partition_root"] = True
    if node.schemas:
        found["schemas"] = sorted(node.schemas)
    return (node.name,), found


def _published(publication: Publication, published: PublishedTable) -> Row:
    found = _struct(published, ("table",))
    if published.columns:
        found["columns"] = sorted(published.columns)
    return (published.table.schema, published.table.name, publication.name), found


def nodes_of(schema: Schema) -> Iterator[Node]:
    """The standing objects that live in namespaces."""
    for kind in ("enums", "domains", "composites", "ranges", "sequences", "tables", "views", "materialized_views",
                 "functions", "aggregates", "statistics"):  # fmt: skip
        yield from getattr(schema, kind)


def views(schema: Schema) -> list[View | MaterializedView]:
    return [*schema.views, *schema.materialized_views]
