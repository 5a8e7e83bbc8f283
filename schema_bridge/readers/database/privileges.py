"""What roles hold beyond, or short of, PostgreSQL's defaults (manual, 5.8 Privileges)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from schema_bridge.ir import Aggregate, DefaultPrivileges, Function, Name, ObjectKind, ObjectRef, Origin, Privileges
from schema_bridge.readers.database.connection import Row
from schema_bridge.readers.database.told import Told
from schema_bridge.rights import ALL, in_words, known_to, of_public

Object = tuple[str, str, ObjectKind, str]
"""The schema, the name, the kind and the signature of an object, as the rows of privileges spell them."""
Routines = Mapping[tuple[str, str, str], Function | Aggregate]
"""By schema, name and the signature as the queries spell it."""

_ABSENT = "no "
_PUBLIC: Object = ("public", "", "schema", "")
_OBJECT = ("schema", "name", "kind", "signature")
_DEFAULT = ("role", "schema", "kind")


def privileges(told: Told, owners: Mapping[Object, str], routines: Routines) -> Iterator[Privileges]:
    """What each grantee holds on each object, where that is not what it holds anyway; `owners` are by object."""
    held = _grouped(told.rows("privileges"), (*_OBJECT, "column", "grantee"))
    spoken_of = {key[:4] for key in held}
    for thing, owner in owners.items():
        if thing[2] != "type" or thing in spoken_of:  # no word is said of a type whose privileges are the usual ones
            held.setdefault((*thing, "", owner), [])
    if _PUBLIC in owners:
        held.setdefault((*_PUBLIC, "", "public"), [])
    for (schema, name, kind, signature, column, grantee), rows in held.items():
        target = _target((schema, name, kind, signature), routines)
        usual: frozenset[str] = frozenset()
        everything = _everything("column" if column else target.kind, told.major)
        if not column and grantee == owners.get((schema, name, kind, signature)):
            usual = everything
        elif not column and grantee == "public":
            usual = of_public(target.kind, target.name)
        words = _words(rows, everything, usual)
        if words["granted"] or words["revoked"]:
            origin = told.origin(schema, name)
            yield Privileges(object=target, column=column or None, grantee=grantee, origin=origin, **words)


def _everything(kind: str, major: int) -> frozenset[str]:
    return frozenset(known_to(ALL[kind], major))


def _grouped(rows: Iterable[Row], key: tuple[str, ...]) -> dict[tuple[Any, ...], list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[column] for column in key), []).append(row)
    return found


def _words(rows: list[Row], everything: frozenset[str], usual: frozenset[str]) -> dict[str, Any]:
    """What is held beyond the usual, and what of the usual is not held."""
    held = {row["privilege"] for row in rows if not row["privilege"].startswith(_ABSENT)}
    grantable = {row["privilege"] for row in rows if row["grantable"]}
    return {
        "granted": in_words((held - usual) | grantable, everything),
        "grantable": in_words(grantable, everything),
        "revoked": in_words(set(usual - held), everything),
    }


def _target(thing: Object, routines: Routines) -> ObjectRef:
    schema, text, kind, signature = thing
    if kind == "schema":
        return ObjectRef(kind="schema", name=Name("", schema))
    name = Name(schema, text)
    if kind != "function":
        return ObjectRef(kind=kind, name=name)
    routine = routines[schema, text, signature]
    procedure = isinstance(routine, Function) and routine.procedure
    return ObjectRef(kind="procedure" if procedure else "function", name=name, arguments=routine.signature)


def default_privileges(told: Told) -> Iterator[DefaultPrivileges]:
    """ALTER DEFAULT PRIVILEGES, by the role whose objects they are about."""
    stated = [row for row in told.rows("default_privileges") if row["role"]]
    for (role, schema, kind, grantee), rows in _grouped(stated, (*_DEFAULT, "grantee")).items():
        everything = _everything(kind[:-1], told.major)
        usual: frozenset[str] = frozenset()
        if not schema:
            usual = everything if grantee == role else frozenset()
            usual = of_public(kind[:-1], Name("", "")) if grantee == "public" else usual
        words = _words(rows, everything, usual)
        if words["granted"] or words["revoked"]:
            yield DefaultPrivileges(
                role=role,
                schema=schema or None,
                kind=kind,
                grantee=grantee,
                origin=Origin(told.url, 0),
                **words,
            )
