"""Privileges as the catalog query gives them: a word a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from schema_bridge.ir import DefaultPrivileges, ObjectRef, Privileges, Schema
from schema_bridge.writers.validation.literals import Row, signature

_TABLE: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
WORDS: Final = {
    "table": _TABLE,
    "tables": _TABLE,
    "column": ("SELECT", "INSERT", "UPDATE", "REFERENCES"),
    "sequence": ("USAGE", "SELECT", "UPDATE"),
    "sequences": ("USAGE", "SELECT", "UPDATE"),
    "function": ("EXECUTE",),
    "functions": ("EXECUTE",),
    "type": ("USAGE",),
    "types": ("USAGE",),
    "schema": ("USAGE", "CREATE"),
    "schemas": ("USAGE", "CREATE"),
    "large objects": ("SELECT", "UPDATE"),
    "database": ("CREATE", "CONNECT", "TEMPORARY"),
    "language": ("USAGE",),
    "foreign data wrapper": ("USAGE",),
    "foreign server": ("USAGE",),
    "tablespace": ("CREATE",),
    "large object": ("SELECT", "UPDATE"),
    "parameter": ("SET", "ALTER SYSTEM"),
}
"""What ALL stands for (manual, 5.8, table 5.2); MAINTAIN is there from PostgreSQL 17 on."""

KINDS: Final = {
    "table": "table",
    "view": "table",
    "materialized view": "table",
    "sequence": "sequence",
    "function": "function",
    "procedure": "function",
    "routine": "function",
    "aggregate": "function",
    "type": "type",
    "domain": "type",
    "schema": "schema",
}
"""The kinds of objects that the catalog query tells apart."""
OUTER: Final = frozenset(
    {"database", "language", "foreign data wrapper", "foreign server", "tablespace", "large object", "parameter"}
)
"""The kinds of those that stand in no namespace."""
_OF_PUBLIC: Final = {"database": ("CONNECT", "TEMPORARY"), "language": ("USAGE",)}


def rows(schema: Schema) -> dict[str, list[Row]]:
    """A row for every word that is granted, and for every one that nobody may hold because it was revoked."""
    checked = (privileges for privileges in schema.privileges if privileges.object.kind in KINDS)
    outer = [privileges for privileges in schema.privileges if privileges.object.kind in OUTER]
    return {
        "outer_privileges": [row for p in outer if p.object.kind != "parameter" for row in _outer(p)],
        "parameter_privileges": [row for p in outer if p.object.kind == "parameter" for row in _outer(p)],
        "privileges": [row for privileges in checked for row in _privileges(privileges)],
        "default_privileges": [row for defaults in schema.default_privileges for row in _defaults(defaults)],
    }


def namespaces(schema: Schema) -> set[str]:
    """The namespaces of what privileges are about."""
    return {_place(p.object)[0] for p in schema.privileges if p.object.kind in KINDS}


def _place(target: ObjectRef) -> tuple[str, str]:
    if target.kind == "schema":
        return target.name.name, ""
    return target.name.schema, target.name.name


def _privileges(node: Privileges) -> Iterator[Row]:
    kind = KINDS[node.object.kind]
    arguments = signature(node.object.arguments) if node.object.arguments is not None else ""
    key = (*_place(node.object), kind, arguments, node.column or "", node.grantee)
    yield from _words(key, "column" if node.column else kind, node)


def _outer(node: Privileges) -> Iterator[Row]:
    kind, name = node.object.kind, node.object.name
    spelled = str(name).lower() if kind == "parameter" else name.name
    yield from _words((kind, spelled, node.grantee), kind, node)


def _defaults(node: DefaultPrivileges) -> Iterator[Row]:
    key = (node.role or "", node.schema or "", node.kind, node.grantee)
    yield from _words(key, node.kind, node)


def _words(key: tuple[str, ...], kind: str, node: Privileges | DefaultPrivileges) -> Iterator[Row]:
    grantable = _all(node.grantable, kind)
    for word in _all(node.granted, kind):
        facts: dict[str, Any] = {"grantable": True} if word in grantable else {}
        yield (*key, word), facts
    for word in _all(node.revoked, kind):
        if word not in node.granted and "ALL" not in node.granted:
            usual = node.grantee == "public" and (
                kind.startswith(("function", "type")) or word in _OF_PUBLIC.get(kind, ())
            )
            yield ((*key, f"no {word}"), {}) if usual else ((*key, word), {"absent": True})


def _all(words: tuple[str, ...], kind: str) -> tuple[str, ...]:
    return WORDS[kind] if "ALL" in words else words
