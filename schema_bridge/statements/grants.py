"""GRANT, REVOKE and ALTER DEFAULT PRIVILEGES."""

from __future__ import annotations

from collections.abc import Sequence

from schema_bridge.emit.sql import ident, name, role, routine
from schema_bridge.ir import DefaultPrivileges, ObjectRef, Privileges
from schema_bridge.rights import ALL
from schema_bridge.statements.objects import types


def target(object: ObjectRef) -> str:
    """The object as GRANT takes it: views are tables there."""
    kind = "table" if object.kind in ("view", "materialized view") else object.kind
    arguments = "" if object.arguments is None else f"({types(object.arguments)})"
    return f"{kind.upper()} {_spelled(object)}{arguments}"


def _spelled(object: ObjectRef) -> str:
    if not object.name.schema:
        return _without_namespace(object)
    return routine(object.name) if object.kind in _ROUTINES else name(object.name)


_ROUTINES = frozenset({"function", "procedure", "routine", "aggregate"})


def _without_namespace(object: ObjectRef) -> str:
    """Large objects are numbers, parameters have dots; all others are identifiers."""
    if object.kind == "large object":
        return str(int(object.name.name))
    if object.kind == "parameter":
        return ".".join(map(ident, object.name.name.split(".")))
    return ident(object.name.name)


def _words(privileges: tuple[str, ...], column: str | None) -> str:
    where = "" if column is None else f" ({ident(column)})"
    return ", ".join(word + where for word in privileges)


def _all_but(words: tuple[str, ...]) -> list[str]:
    """What is missing of most of a table's privileges, MAINTAIN among them: servers before PostgreSQL 17 know that one
    only as a part of ALL."""
    missing = sorted(ALL["table"].difference(words))
    return missing if "MAINTAIN" in words and len(missing) < len(words) else []


def statements(privileges: Privileges, grantees: Sequence[str] = ()) -> list[str]:
    """The REVOKE and the GRANTs that bring the grantee from PostgreSQL's defaults to what it holds; or several
    `grantees` that hold the same."""
    on = f"ON {target(privileges.object)}"
    who = ", ".join(map(role, grantees or [privileges.grantee]))
    plain = tuple(word for word in privileges.granted if word not in privileges.grantable)
    found = []
    if privileges.revoked:
        found.append(f"REVOKE {_words(privileges.revoked, privileges.column)} {on} FROM {who}")
    if missing := _all_but(plain):
        found += [f"GRANT ALL {on} TO {who}", f"REVOKE {', '.join(missing)} {on} FROM {who}"]
    elif plain:
        found.append(f"GRANT {_words(plain, privileges.column)} {on} TO {who}")
    if privileges.grantable:
        found.append(f"GRANT {_words(privileges.grantable, privileges.column)} {on} TO {who} WITH GRANT OPTION")
    return found


def defaults(privileges: DefaultPrivileges) -> list[str]:
    """ALTER DEFAULT PRIVILEGES for one role, schema, kind and grantee."""
    head = "ALTER DEFAULT PRIVILEGES"
    if privileges.role is not None:
        head += f" FOR ROLE {role(privileges.role)}"
    if privileges.schema is not None:
        head += f" IN SCHEMA {ident(privileges.schema)}"
    on, who = f"ON {privileges.kind.upper()}", role(privileges.grantee)
    plain = tuple(word for word in privileges.granted if word not in privileges.grantable)
    found = []
    if privileges.revoked:
        found.append(f"{head} REVOKE {', '.join(privileges.revoked)} {on} FROM {who}")
    if missing := _all_but(plain):
        found += [f"{head} GRANT ALL {on} TO {who}", f"{head} REVOKE {', '.join(missing)} {on} FROM {who}"]
    elif plain:
        found.append(f"{head} GRANT {', '.join(plain)} {on} TO {who}")
    if privileges.grantable:
        found.append(f"{head} GRANT {', '.join(privileges.grantable)} {on} TO {who} WITH GRANT OPTION")
    return found
