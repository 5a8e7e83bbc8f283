"""GRANT and REVOKE on objects, and ALTER DEFAULT PRIVILEGES (manual, 5.8 Privileges)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from schema_bridge.ir import DefaultPrivileges, Name, ObjectRef, Origin, Privileges
from schema_bridge.readers.sql import routines
from schema_bridge.readers.sql.context import Context, Tree, role, strings
from schema_bridge.rights import ALL, expanded, in_words, of_public

replace = msgspec.structs.replace

_KINDS: dict[str, Any] = {
    "OBJECT_TABLE": "table",
    "OBJECT_SEQUENCE": "sequence",
    "OBJECT_FUNCTION": "function",
    "OBJECT_PROCEDURE": "procedure",
    "OBJECT_ROUTINE": "routine",
    "OBJECT_TYPE": "type",
    "OBJECT_DOMAIN": "domain",
    "OBJECT_SCHEMA": "schema",
    "OBJECT_DATABASE": "database",
    "OBJECT_LANGUAGE": "language",
    "OBJECT_FDW": "foreign data wrapper",
    "OBJECT_FOREIGN_SERVER": "foreign server",
    "OBJECT_LARGEOBJECT": "large object",
    "OBJECT_PARAMETER_ACL": "parameter",
    "OBJECT_TABLESPACE": "tablespace",
}


def grant(context: Context, tree: Tree) -> None:
    """GRANT or REVOKE on objects of one kind, one by one or all in a schema."""
    kind = _KINDS[tree.get("objtype", "OBJECT_TABLE")]
    for target in list(_targets(context, tree, kind)):
        for column, words in _stated(tree):
            for item in tree["grantees"]:
                _change(context, target, (column, item), (tree, words))


def _targets(context: Context, tree: Tree, kind: Any) -> Iterator[ObjectRef]:
    if tree.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
        for schema in strings(tree["objects"]):
            yield from _all_in_schema(context, schema, kind)
        return
    for item in tree.get("objects", ()):
        if "RangeVar" in item:
            yield ObjectRef(
                kind=_relation_kind(context, context.found(item["RangeVar"]), kind),
                name=context.found(item["RangeVar"]),
            )
        elif "ObjectWithArgs" in item:
            yield routine_ref(context, item["ObjectWithArgs"], kind)
        elif "List" in item:
            yield ObjectRef(kind="type", name=context.type_name(item["List"]["items"]))
        elif "TypeName" in item:
            yield ObjectRef(kind="type", name=context.type_name(item["TypeName"]["names"]))
        else:
            yield ObjectRef(kind=kind, name=Name("", strings([item])[0] if "String" in item else _number(item)))


def _number(item: Tree) -> str:
    """The number that a large object bears for a name."""
    return str(item["Integer"].get("ival", 0)) if "Integer" in item else str(item["Float"]["fval"])


def _relation_kind(context: Context, name: Name, kind: Any) -> Any:
    """GRANT ON TABLE reaches sequences too."""
    return "sequence" if kind == "table" and name in context.state.sequences else kind


def routine_ref(context: Context, tree: Tree, kind: Any) -> ObjectRef:
    """A routine by its real kind, name and argument types where it is made here."""
    function = routines.find(context, tree)
    if function is not None:
        real: Any = "procedure" if function.procedure else "function"
        return ObjectRef(kind=real, name=function.name, arguments=function.signature)
    aggregate = routines.aggregate_key(context, tree)
    if aggregate is not None:
        return ObjectRef(kind="function", name=aggregate[0], arguments=aggregate[1])
    arguments = None if tree.get("args_unspecified") else routines.signature_of(context, tree)
    return ObjectRef(kind=kind, name=context.function_name(tree["objname"]), arguments=arguments)


def _all_in_schema(context: Context, schema: str, kind: Any) -> Iterator[ObjectRef]:
    state = context.state
    if kind == "table":
        for relations in (state.tables, state.views, state.materialized_views):
            yield from (ObjectRef(kind="table", name=name) for name in relations if name.schema == schema)
    elif kind == "sequence":
        of_columns = (c.identity.sequence for t in state.tables.values() for c in t.columns if c.identity)
        names = dict.fromkeys((*state.sequences, *of_columns))
        yield from (ObjectRef(kind="sequence", name=name) for name in names if name.schema == schema)
    else:
        for function in state.functions.values():
            real: Any = "procedure" if function.procedure else "function"
            if function.name.schema == schema and kind in (real, "routine"):
                yield ObjectRef(kind=real, name=function.name, arguments=function.signature)
        for aggregate in state.aggregates.values() if kind != "procedure" else ():
            if aggregate.name.schema == schema:
                yield ObjectRef(kind="function", name=aggregate.name, arguments=aggregate.signature)


def _stated(tree: Tree) -> Iterator[tuple[str | None, frozenset[str]]]:
    """The privileges as words, by column; no word is ALL."""
    plain: set[str] = set()
    by_column: dict[str, set[str]] = {}
    for item in tree.get("privileges", ()):
        privilege = item["AccessPriv"]
        word = privilege.get("priv_name", "ALL").upper()
        word = "TEMPORARY" if word == "TEMP" else word
        for column in strings(privilege.get("cols", ())):
            by_column.setdefault(column, set()).add(word)
        if "cols" not in privilege:
            plain.add(word)
    if plain or not by_column:
        yield None, frozenset(plain or {"ALL"})
    for column, words in by_column.items():
        yield column, frozenset(words)


def _change(
    context: Context, target: ObjectRef, whom: tuple[str | None, Tree], what: tuple[Tree, frozenset[str]]
) -> None:
    (column, item), (tree, words) = whom, what
    state, grantee = context.state, role(item)
    key = (target, column, grantee)
    old = state.privileges.get(key) or Privileges(
        object=target, column=column, grantee=grantee, origin=_place(context, item)
    )
    everything = ALL["column" if column else target.kind]
    if tree.get("is_grant"):
        new = granted(old, words, everything, bool(tree.get("grant_option")))
    else:
        new = revoked(old, words, everything, bool(tree.get("grant_option")))
        if grantee == "public" and not of_public(target.kind, target.name):
            new = replace(new, revoked=())
    if new.granted or new.revoked:
        state.privileges[key] = new
    else:
        state.privileges.pop(key, None)


def _place(context: Context, item: Tree) -> Origin:
    """Where the grantee stands: the server keeps grants in the order in which they were made."""
    return context.origin_of(item["RoleSpec"].get("location", context.start))


def granted(old: Any, words: frozenset[str], everything: frozenset[str], option: bool) -> Any:
    """The privileges with some more of them."""
    more = expanded(words, everything)
    left = expanded(old.revoked, everything) - more if more < everything and "ALL" not in old.revoked else set()
    if "ALL" in old.revoked and more < everything:
        left = set(everything)
    return replace(
        old,
        granted=in_words(expanded(old.granted, everything) | more, everything),
        grantable=in_words(expanded(old.grantable, everything) | (more if option else set()), everything),
        revoked=in_words(left, everything),
    )


def revoked(old: Any, words: frozenset[str], everything: frozenset[str], option: bool) -> Any:
    """The privileges with some of them gone, or only the right to pass them on."""
    less = expanded(words, everything)
    grantable = expanded(old.grantable, everything) - less
    if option:
        return replace(old, grantable=in_words(grantable, everything))
    held = expanded(old.granted, everything)
    more = less if less == everything else less - held
    return replace(
        old,
        granted=in_words(held - less, everything),
        grantable=in_words(grantable, everything),
        revoked=in_words(expanded(old.revoked, everything) | more, everything),
    )


_DEFAULT_KINDS: dict[str, Any] = {
    "OBJECT_TABLE": "tables",
    "OBJECT_SEQUENCE": "sequences",
    "OBJECT_FUNCTION": "functions",
    "OBJECT_TYPE": "types",
    "OBJECT_SCHEMA": "schemas",
    "OBJECT_LARGEOBJECT": "large objects",
}


def default_privileges(context: Context, tree: Tree) -> None:
    """ALTER DEFAULT PRIVILEGES."""
    roles: list[str | None] = [None]
    schemas: list[str | None] = [None]
    for item in tree.get("options", ()):
        values = item["DefElem"]["arg"]["List"]["items"]
        if item["DefElem"]["defname"] == "roles":
            roles = [role(value) for value in values]
        else:
            schemas = list(strings(values))
    action = tree["action"].get("GrantStmt", tree["action"])
    for owner in roles:
        for schema in schemas:
            for grantee in (role(item) for item in action["grantees"]):
                _change_default(context, (owner, schema, grantee), action)


def _change_default(context: Context, whom: tuple[str | None, str | None, str], action: Tree) -> None:
    owner, schema, grantee = whom
    kind = _DEFAULT_KINDS[action.get("objtype", "OBJECT_TABLE")]
    key = (owner, schema, kind, grantee)
    old = context.state.default_privileges.get(key) or DefaultPrivileges(
        role=owner, schema=schema, kind=kind, grantee=grantee, origin=context.origin()
    )
    everything = ALL[kind[:-1]]
    words = next(_stated(action))[1]
    option = bool(action.get("grant_option"))
    if action.get("is_grant"):
        new = granted(old, words, everything, option)
    else:
        new = revoked(old, words, everything, option)
        if old.granted or (grantee == "public" and not of_public(kind[:-1], Name("", ""))):
            new = replace(new, revoked=())
    if new.granted or new.revoked:
        context.state.default_privileges[key] = new
    else:
        context.state.default_privileges.pop(key, None)


_MADE: dict[str, tuple[str, ...]] = {
    "tables": ("tables", "views", "materialized_views"),
    "sequences": ("sequences", "identity_sequences"),
    "functions": ("functions", "aggregates"),
    "types": ("enums", "domains", "composites", "ranges"),
    "schemas": ("namespaces",),
}
"""What default privileges of each kind are for."""

INSTALLER = "postgres"
"""Who runs a file is not in it: default privileges FOR this role, the usual one, are those of what the file makes."""


def made(context: Context) -> dict[str, int]:
    """How many there are of what default privileges are for."""
    return {field: len(getattr(context.state, field)) for fields in _MADE.values() for field in fields}


def give_defaults(context: Context, before: dict[str, int]) -> None:
    """What was made since then gets the default privileges of whoever makes things now (reference, ALTER DEFAULT
    PRIVILEGES)."""
    maker = context.role or INSTALLER
    defaults = [d for d in context.state.default_privileges.values() if d.role in (None, maker)]
    for kind, fields in _MADE.items():
        new = [_target(context, key, kind) for field in fields for key in _last(context, field, before[field])]
        for default in (d for d in defaults if d.kind == kind) if new else ():
            for target in new:
                if default.schema in (None, target.name.schema) and target.name.schema != "pg_temp":
                    _give(context, target, default)


def _last(context: Context, field: str, before: int) -> list[Any]:
    """What came to the end of a dictionary since it held so many."""
    nodes = getattr(context.state, field)
    return [*islice(reversed(nodes), len(nodes) - before)][::-1] if len(nodes) > before else []


def _target(context: Context, key: Any, kind: str) -> ObjectRef:
    if kind == "schemas":
        return ObjectRef(kind="schema", name=Name("", key))
    if kind == "functions":
        function = context.state.functions.get(key)
        return ObjectRef(
            kind="procedure" if function and function.procedure else "function", name=key[0], arguments=key[1]
        )
    single: Any = kind.removesuffix("s")
    return ObjectRef(kind=single, name=key)


def _give(context: Context, target: ObjectRef, default: DefaultPrivileges) -> None:
    key = (target, None, default.grantee)
    given = Privileges(
        object=target,
        grantee=default.grantee,
        granted=default.granted,
        grantable=default.grantable,
        revoked=default.revoked if default.schema is None else (),
        origin=context.origin(),
    )
    old = context.state.privileges.get(key)
    if old is not None and given.granted:
        everything = ALL[target.kind]
        given = granted(old, frozenset(given.granted), everything, bool(given.grantable))
    if given.granted or given.revoked:
        context.state.privileges[key] = given
