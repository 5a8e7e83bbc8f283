"""What roles hold in the end, in a source and in a database: defaults, grants and revocations taken together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from schema_bridge import rights
from schema_bridge.ir import DefaultPrivileges, Name, Privileges, Schema
from schema_bridge.rights import ALL, expanded, in_words, of_public

replace = msgspec.structs.replace

P = TypeVar("P", Privileges, DefaultPrivileges)
Key = tuple[Any, ...]
_KINDS: Mapping[str, str] = {
    "table": "table", "view": "table", "materialized view": "table", "sequence": "sequence", "function": "function",
    "procedure": "function", "routine": "function", "aggregate": "function", "type": "type", "domain": "type",
    "schema": "schema",
}  # fmt: skip
"""The kinds of objects whose privileges a database tells, and as what."""
_OWNED: Mapping[str, str] = {
    "tables": "table", "views": "table", "materialized_views": "table", "sequences": "sequence",
    "functions": "function", "aggregates": "function", "enums": "type", "domains": "type", "composites": "type",
    "ranges": "type",
}  # fmt: skip


class Two(NamedTuple, Generic[P]):
    """The privileges of the two, each as the difference from what comes by itself."""

    database: tuple[P, ...]
    source: tuple[P, ...]


def scoped(database: Schema, source: Schema, left_out: Counter[str]) -> Two[Privileges]:
    """The privileges on objects that the source makes, and any others that it mentions; none where it mentions none.

    What a role holds by the database's default privileges is no surprise, unless the source revokes it.
    """
    if not source.privileges:
        return Two((), ())
    made, owners = _owners(source), _owners(database)
    made.pop(("schema", Name("", "public"), None), None)
    by_default = _by_default(database)
    found = {_key(node): node for node in database.privileges}
    stated = {}
    for node in source.privileges:
        if node.object.kind not in _KINDS or (_KINDS[node.object.kind] == "function" and _object(node) not in owners):
            left_out["Privileges"] += 1
        else:
            stated[_key(node)] = node
    ours, theirs = [], []
    for key in sorted({*stated, *(key for key in found if key[:3] in made)}, key=str):
        one, other = found.get(key), stated.get(key)
        known = other or one
        assert known is not None
        usual = _usual(known, owners.get(_object(known)))
        expected = _words(other, usual)
        actual = _words(one, usual).without(by_default[_place(known, owners)] - expected.lacking, expected)
        ours += _node(known, actual, usual, one)
        theirs += _node(known, expected, usual, other)
    return Two(tuple(ours), tuple(theirs))


def known_to(source: Schema, server: int) -> Schema:
    """The source without the privileges that a server of this major version does not know."""

    def cut(node: P) -> P:
        words = {fact: rights.known_to(getattr(node, fact), server) for fact in ("granted", "grantable", "revoked")}
        return replace(node, **words)

    return replace(
        source,
        privileges=tuple(map(cut, source.privileges)),
        default_privileges=tuple(map(cut, source.default_privileges)),
    )


def _object(node: Privileges) -> Key:
    arguments = node.object.arguments
    types = None if arguments is None else tuple((type.name, type.dimensions > 0) for type in arguments)
    return _KINDS.get(node.object.kind, node.object.kind), node.object.name, types


def _key(node: Privileges) -> Key:
    return (*_object(node), node.column or "", node.grantee)


def _owners(schema: Schema) -> dict[Key, str | None]:
    """The owner of each object that a schema makes."""
    found: dict[Key, str | None] = {("schema", Name("", n.name), None): n.owner for n in schema.namespaces}
    for kind, word in _OWNED.items():
        for node in getattr(schema, kind):
            types = tuple((t.name, t.dimensions > 0) for t in node.signature) if word == "function" else None
            found[word, node.name, types] = node.owner
    return found


def _usual(node: Privileges, owner: str | None) -> frozenset[str]:
    """What the grantee holds on the object without a GRANT."""
    if node.column is not None:
        return frozenset()
    if node.grantee == owner:
        return ALL[node.object.kind]
    return of_public(node.object.kind, node.object.name) if node.grantee == "public" else frozenset()


Place = tuple[str, str | None, str | None, str]
"""A kind of objects, the schema they are in, their owner, and the grantee."""
_PLURALS = {"table": "tables", "sequence": "sequences", "function": "functions", "type": "types", "schema": "schemas"}


def _place(node: Privileges, owners: Mapping[Key, str | None]) -> Place:
    kind = _PLURALS[_KINDS[node.object.kind]] if node.column is None else ""
    return kind, node.object.name.schema, owners.get(_object(node)), node.grantee


def _by_default(database: Schema) -> Mapping[Place, frozenset[str]]:
    """What a role is given on each new object."""
    found: defaultdict[Place, frozenset[str]] = defaultdict(frozenset)
    schemas = {name.schema for name in (node.object.name for node in database.privileges)}
    for node in database.default_privileges:
        words = frozenset(expanded(node.granted, ALL[node.kind[:-1]]))
        for schema in schemas if node.schema is None else (node.schema,):
            found[node.kind, schema, node.role, node.grantee] |= words
    return found


class _Words(NamedTuple):
    """What is held, what of it may be passed on, and what was taken away in so many words."""

    held: frozenset[str]
    grantable: frozenset[str]
    lacking: frozenset[str]

    def without(self, explained: frozenset[str], expected: _Words) -> _Words:
        """Less what is explained and not expected."""
        held = self.held - (explained - expected.held)
        return _Words(held, self.grantable - (explained - expected.grantable), self.lacking)


def _words(node: Privileges | DefaultPrivileges | None, usual: frozenset[str]) -> _Words:
    if node is None:
        return _Words(usual, frozenset(), frozenset())
    everything = _everything(node)
    granted, grantable, revoked = (
        frozenset(expanded(words, everything)) for words in (node.granted, node.grantable, node.revoked)
    )
    return _Words((usual - revoked) | granted, grantable, revoked - granted)


def _node(known: P, words: _Words, usual: frozenset[str], own: P | None) -> list[P]:
    """The node that says so of the known object; none where there is nothing to say."""
    everything = _everything(known)
    made = replace(
        known,
        granted=in_words({*(words.held - usual), *words.grantable}, everything),
        grantable=in_words(set(words.grantable), everything),
        revoked=in_words(set(usual - words.held), everything),
        origin=own.origin if own is not None else None,
    )
    return [made] if made.granted or made.revoked else []


def _everything(node: Privileges | DefaultPrivileges) -> frozenset[str]:
    if isinstance(node, DefaultPrivileges):
        return ALL[node.kind[:-1]]
    return ALL["column" if node.column is not None else node.object.kind]


def defaults(database: Schema, source: Schema) -> Two[DefaultPrivileges]:
    """The default privileges that the source mentions, as the database and as the source has them.

    Those that name no role are about the objects of whoever applied the source: any role's will do.
    """
    ours, theirs = [], []
    for stated in source.default_privileges:
        same = [
            node
            for node in database.default_privileges
            if (node.schema, node.kind, node.grantee) == (stated.schema, stated.kind, stated.grantee)
            and stated.role in (None, node.role)
        ]
        usual = _usual_default(stated)
        expected = _words(stated, usual)
        found = next((node for node in same if _words(node, usual)[:2] == expected[:2]), same[0] if same else None)
        ours += _node(stated, _words(found, usual), usual, found)
        theirs += _node(stated, expected, usual, stated)
    return Two(tuple(ours), tuple(theirs))


def _usual_default(node: DefaultPrivileges) -> frozenset[str]:
    """What comes with every new object; IN SCHEMA only adds to it (reference, ALTER DEFAULT PRIVILEGES)."""
    if node.schema is not None:
        return frozenset()
    if node.grantee == node.role:
        return _everything(node)
    return of_public(node.kind[:-1], Name("", "")) if node.grantee == "public" else frozenset()
