"""The words of privileges: what ALL stands for by kind of object, and what PUBLIC holds by itself (manual, 5.8)."""

from __future__ import annotations

from collections.abc import Iterable

from schema_bridge.ir import Name

ALL: dict[str, frozenset[str]] = {
    "table": frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"}),
    "sequence": frozenset({"SELECT", "UPDATE", "USAGE"}),
    "function": frozenset({"EXECUTE"}),
    "procedure": frozenset({"EXECUTE"}),
    "routine": frozenset({"EXECUTE"}),
    "type": frozenset({"USAGE"}),
    "domain": frozenset({"USAGE"}),
    "schema": frozenset({"USAGE", "CREATE"}),
    "database": frozenset({"CREATE", "CONNECT", "TEMPORARY"}),
    "language": frozenset({"USAGE"}),
    "foreign data wrapper": frozenset({"USAGE"}),
    "foreign server": frozenset({"USAGE"}),
    "large object": frozenset({"SELECT", "UPDATE"}),
    "parameter": frozenset({"SET", "ALTER SYSTEM"}),
    "tablespace": frozenset({"CREATE"}),
    "column": frozenset({"SELECT", "INSERT", "UPDATE", "REFERENCES"}),
}
"""What ALL stands for, by kind of object."""

_SINCE = {"MAINTAIN": 17}
"""The major version that a word came with."""
_OF_PUBLIC: dict[str, frozenset[str]] = {
    "function": frozenset({"EXECUTE"}),
    "procedure": frozenset({"EXECUTE"}),
    "routine": frozenset({"EXECUTE"}),
    "aggregate": frozenset({"EXECUTE"}),
    "type": frozenset({"USAGE"}),
    "domain": frozenset({"USAGE"}),
    "database": frozenset({"CONNECT", "TEMPORARY"}),
    "language": frozenset({"USAGE"}),
}
"""What PUBLIC holds by default, by kind of object."""
_OF_PUBLIC_SCHEMA = frozenset({"USAGE"})


def of_public(kind: str, name: Name) -> frozenset[str]:
    """What PUBLIC holds without a GRANT on an object of this kind. (The schema `public` is everyone's to use; up to
    PostgreSQL 14 everyone could create in it as well.)"""
    if kind == "schema":
        return _OF_PUBLIC_SCHEMA if name.name == "public" else frozenset()
    return _OF_PUBLIC.get(kind, frozenset())


def known_to(words: Iterable[str], major: int) -> tuple[str, ...]:
    """The words that a server of this major version has."""
    return tuple(word for word in words if major >= _SINCE.get(word, 0))


def in_words(found: set[str], everything: frozenset[str]) -> tuple[str, ...]:
    """Sorted; a whole set is ALL (a table's without MAINTAIN, which came with PostgreSQL 17, is not)."""
    return ("ALL",) if found and found >= everything else tuple(sorted(found))


def expanded(words: Iterable[str], everything: frozenset[str]) -> set[str]:
    """The words with ALL as what it stands for."""
    return set(everything) if "ALL" in words else set(words)
