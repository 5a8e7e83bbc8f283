"""Snapshots of versions 8 and 9 (drizzle-kit 1.0), a flat list of everything: brought to the entries of version 7."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schema_bridge.ir import Origin
from schema_bridge.readers.drizzle.document import Document, Keys, items

Value = dict[str, Any]

_WHOLE = ("schemas", "enums", "sequences", "roles", "views")
_PARTS = {
    "columns": "columns",
    "indexes": "indexes",
    "fks": "foreignKeys",
    "pks": "compositePrimaryKeys",
    "uniques": "uniqueConstraints",
    "checks": "checkConstraints",
    "policies": "policies",
}
"""The kinds of what belongs to a table, with where version 7 has them."""
_NAMES = {
    "tables": {"isRlsEnabled": "isRLSEnabled"},
    "sequences": {"incrementBy": "increment", "cacheSize": "cache"},
    "fks": {"table": "tableFrom", "columns": "columnsFrom"},
    "policies": {"roles": "to"},
}
"""What version 7 calls otherwise."""
_NOT_IN_7 = frozenset({"entityType", "nameExplicit", "dimensions", "table"})


class Flat(Document):
    """A snapshot of version 8 or 9 while it is read: the keys of version 7 lead to the entity that they stand for."""

    def __init__(self, document: Document) -> None:
        self.__dict__.update(document.__dict__)
        self.places: dict[Keys, int] = {}
        self.starts: list[int] = []

    def origin(self, *keys: str) -> Origin:
        """Where the entity of the keys begins, or the nearest around it."""
        known = next((keys[:n] for n in range(len(keys), 0, -1) if keys[:n] in self.places), None)
        if known is None:
            return super().origin(*keys)
        self.starts = self.starts or items(self.text, "ddl")
        return self.at(self.starts[self.places[known]])


def brought_to_7(document: Flat, value: Value) -> Value:
    """The entries of version 7 that the list stands for, and in the document the place of each.

    SourceMeaning where an entity is none, or belongs to a table that is not there.
    """
    found: Value = {under: {} for under in ("tables", "policies", *_WHOLE)}
    entities = list(_entities(document, value))
    for number, entity in entities:
        kind = entity["entityType"]
        if kind == "tables" or kind in _WHOLE:
            key = ".".join(filter(None, (entity.get("schema"), entity["name"])))
            document.places[(kind, key)] = number
            found[kind][key] = _entry(kind, entity) | (
                {part: {} for part in _PARTS.values()} if kind == "tables" else {}
            )
    for number, entity in entities:
        if entity["entityType"] in _PARTS:
            _add_part(document, found, number, entity)
    return {"version": "7", "dialect": "postgresql", **found}


def _entities(document: Flat, value: Value) -> Iterator[tuple[int, Value]]:
    """The items of the list that can be read, with their numbers."""
    ddl = value.get("ddl")
    if "deltas" in value:
        hint = "dump the schema itself: schema-bridge dump"
        document.fail("this snapshot holds only what has changed since the one before it", "deltas", hint=hint)
    if not isinstance(ddl, list):
        document.fail("this is not a snapshot as drizzle-kit writes it: it has no list `ddl`")
    for number, entity in enumerate(ddl):
        document.places[("entity",)] = number
        if not isinstance(entity, dict) or not isinstance(entity.get("entityType"), str):
            document.fail(
                "this is not a snapshot as drizzle-kit writes it: an entity says not of which type it is", "entity"
            )
        kind = entity["entityType"]
        if kind == "privileges":
            document.warn("a grant in a snapshot is not read: state it in SQL", "entity")
        elif not isinstance(entity.get("name"), str) or kind not in ("tables", *_WHOLE, *_PARTS):
            document.fail(
                f"this is not a snapshot as drizzle-kit writes it: an entity of type {kind} is not known", "entity"
            )
        else:
            yield number, entity


def _add_part(document: Flat, found: Value, number: int, entity: Value) -> None:
    """Put what belongs to a table into it; a policy may be on a table that is somebody else's."""
    kind, schema, table = entity["entityType"], entity.get("schema"), str(entity.get("table"))
    key = f"{schema}.{table}"
    if key in found["tables"]:
        document.places[("tables", key, _PARTS[kind], entity["name"])] = number
        found["tables"][key][_PARTS[kind]][entity["name"]] = _entry(kind, entity)
        return
    if kind != "policies":
        document.places[("entity",)] = number
        document.fail(f"{entity['name']} belongs to table {key}, which the snapshot does not hold", "entity")
    # drizzle-kit 1.0 itself names the table; from an older snapshot it takes over a name that is qualified already.
    on = table if table.startswith('"') else f'"{schema}"."{table}"'
    document.places[("policies", f"{on}.{entity['name']}")] = number
    found["policies"][f"{on}.{entity['name']}"] = _entry(kind, entity) | {"on": on, "schema": schema}


def _entry(kind: str, entity: Value) -> Value:
    """The entry of version 7: what is null is left out there."""
    names = _NAMES.get(kind, {})
    left_out = _NOT_IN_7 - names.keys() | ({"schema"} if kind in _PARTS else set())
    entry = {names.get(key, key): value for key, value in entity.items() if value is not None and key not in left_out}
    if kind == "columns":
        entry["type"] = str(entity.get("type")) + "[]" * (entity.get("dimensions") or 0)
        if isinstance(entry.get("identity"), dict):
            entry["identity"] = _counting(entry["identity"]) | {"schema": entity.get("schema")}
    elif kind == "indexes":
        entry["columns"] = list(map(_index_part, entry.get("columns", ())))
        entry["with"] = dict(_options(entry.get("with", "")))
    elif kind in ("pks", "uniques") and not entity.get("nameExplicit") and len(entity.get("columns", ())) == 1:
        del entry["name"]  # drizzle-kit writes it beside the column, where the server names it
    return _counting(entry) if kind == "sequences" else entry


def _counting(entry: Value) -> Value:
    """How a sequence counts; version 7 has all numbers as text."""
    return {key: str(value) if type(value) is int else value for key, value in entry.items() if value is not None}


def _index_part(part: Value) -> Value:
    return {
        "expression": part.get("value"),
        "isExpression": part.get("isExpression"),
        "asc": part.get("asc"),
        "nulls": "first" if part.get("nullsFirst") else "last",
        "opclass": (part.get("opclass") or {}).get("name"),
    }


def _options(text: str) -> Iterator[tuple[str, str]]:
    """`m=16, ef_construction=64`, as drizzle-kit joins them."""
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.partition("=")
        yield name, value
