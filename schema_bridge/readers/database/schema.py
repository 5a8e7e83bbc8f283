"""The rows of the catalog queries as one Schema, in the form in which the SQL reader states the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from schema_bridge import ir
from schema_bridge.ir import Aggregate, Function, Name, Node, ObjectKind, Option, Publication, PublishedTable
from schema_bridge.readers.database import not_nulls, privileges, routines, spelled, tables
from schema_bridge.readers.database.connection import Description, Row
from schema_bridge.readers.database.rows import struct
from schema_bridge.readers.database.told import Told
from schema_bridge.readers.sql import partition_forms
from schema_bridge.readers.sql.state import State
from schema_bridge.readers.sql.user_types import multirange_name
from schema_bridge.registry import Reading

_PLAIN: Mapping[str, type[Node]] = {
    "extensions": ir.Extension,
    "enums": ir.Enum,
    "domains": ir.Domain,
    "composites": ir.Composite,
    "ranges": ir.Range,
    "sequences": ir.Sequence,
    "event_triggers": ir.EventTrigger,
}
"""The kinds whose rows say it all, by the name of their query and of the schema's list."""

NAMED_NOT_NULLS = 18
"""The major version that keeps the names of not-null constraints."""


def build(description: Description, url: str) -> Reading:
    """The schema that the rows describe; `url` is what its origins name."""
    told = Told(description, url)
    state = State()
    _fill(state, told)
    state.derive()
    partition_forms.settle(state)
    not_nulls.settle(state)
    silent = {} if told.major >= NAMED_NOT_NULLS else {"Column.not_null_constraint": "It came with PostgreSQL 18."}
    return Reading(state.freeze(), findings=tuple(told.findings), silent=silent, server=told.major)


def _fill(state: State, told: Told) -> None:
    for kind, cls in _PLAIN.items():
        getattr(state, kind).update(_named(told.node(cls, row) for row in told.rows(kind)))
    state.extensions = {
        name: ir.Extension(name=name, schema=node.schema, comment=node.comment, origin=node.origin)
        for name, node in state.extensions.items()
    }
    state.namespaces.update(_named(_namespaces(told)))
    state.ranges.update(_named(map(_with_usual_multirange, state.ranges.values())))
    state.publications.update(_named(_publications(told)))
    texts = spelled.read(told)
    state.statistics.update(_named(texts.statistics))
    state.unmodelled.extend(texts.collations)
    state.aggregates.update({(node.name, node.signature): node for node in texts.aggregates.values()})
    state.tables.update(_named(tables.tables(told, texts.keys)))
    for view in tables.views(told):
        state.put(view)
    for function in routines.functions(told):
        state.functions[function.name, function.signature] = function
    _fill_privileges(state, told, texts)


def _named(nodes: Any) -> dict[Any, Any]:
    return {node.name: node for node in nodes}


def _namespaces(told: Told) -> Iterator[ir.Namespace]:
    """All but `public` where nothing is said of it but what every new database says."""
    for row in told.rows("namespaces"):
        node = told.node(ir.Namespace, row)
        if node.name == "public":
            usual = "pg_database_owner" if told.major >= 15 else told.description.superuser
            owner = None if node.owner == usual else node.owner
            comment = None if node.comment == "standard public schema" else node.comment
            node = ir.Namespace(name="public", owner=owner, comment=comment, origin=node.origin)
            if owner is None and comment is None:
                continue
        yield node


def _with_usual_multirange(node: ir.Range) -> ir.Range:
    """A multirange whose name is the default one goes without saying."""
    return msgspec.structs.replace(node, multirange=None) if node.multirange == multirange_name(node.name) else node


_ACTIONS = ("insert", "update", "delete", "truncate")


def _publications(told: Told) -> Iterator[Publication]:
    tables: defaultdict[str, list[PublishedTable]] = defaultdict(list)
    for row in told.rows("published_tables"):
        table = Name(row["schema"], row["relation"])
        tables[row["name"]].append(struct(PublishedTable, {**row, "columns": row["columns_in_order"]}, table=table))
    for row in told.rows("publications"):
        yield told.node(Publication, row, options=tuple(_publication_options(row)), tables=tuple(tables[row["name"]]))


def _publication_options(row: Row) -> Iterator[Option]:
    actions = [action for action in _ACTIONS if row[action]]
    if len(actions) < len(_ACTIONS):
        yield Option(name="publish", value=", ".join(actions))
    if row["publish_generated_columns"]:
        yield Option(name="publish_generated_columns", value="stored")
    if row["publish_via_partition_root"]:
        yield Option(name="publish_via_partition_root", value="true")


def _fill_privileges(state: State, told: Told, texts: spelled.Spelled) -> None:
    functions = list(state.functions.values())
    by_signature: dict[tuple[str, str, str], Function | Aggregate] = {}
    for row, function in zip(told.rows("functions"), functions, strict=True):
        by_signature[row["schema"], row["name"], row["signature"]] = function
    for number, aggregate in texts.aggregates.items():
        row = told.rows("aggregates")[number]
        by_signature[row["schema"], row["name"], row["signature"]] = aggregate
    for held in privileges.privileges(told, _owners(told), by_signature):
        state.privileges[held.object, held.column, held.grantee] = held
    for default in privileges.default_privileges(told):
        state.default_privileges[default.role, default.schema, default.kind, default.grantee] = default


_OWNED: Mapping[str, ObjectKind] = {
    "tables": "table", "views": "table", "sequences": "sequence", "functions": "function", "aggregates": "function",
    "enums": "type", "domains": "type", "composites": "type", "ranges": "type",
}  # fmt: skip


def _owners(told: Told) -> dict[privileges.Object, str]:
    """The owner of each object, as the rows of privileges name it."""
    found: dict[privileges.Object, str] = {
        (row["name"], "", "schema", ""): row["owner"] for row in told.rows("namespaces")
    }
    for query, kind in _OWNED.items():
        for row in told.rows(query):
            found[row["schema"], row["name"], kind, row.get("signature") or ""] = row["owner"]
    return found
