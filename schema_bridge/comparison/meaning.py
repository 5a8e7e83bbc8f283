"""One hashable value for all spellings of one meaning: of names, types, expressions and the structs made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from schema_bridge import expressions
from schema_bridge.ir import (
    Aggregate,
    Argument,
    Column,
    Fact,
    Function,
    Name,
    Node,
    Option,
    Partition,
    Policy,
    Statistics,
    Trigger,
    Type,
    facts,
)
from schema_bridge.normal_context import UNKNOWN, Context

LEFT_OPEN = frozenset({"owner"})
"""Facts that a source leaves to whoever applies it where it does not state them: then there is nothing to compare."""


def same(fact: Fact, owners: Mapping[str, Any], contexts: Mapping[str, Context]) -> bool:
    """Whether one fact of an object means the same in all sources; `owners` and `contexts` are by source."""
    stated = {getattr(owner, fact.name) for owner in owners.values()} if fact.name in LEFT_OPEN else set()
    if stated and len(stated - {None}) < 2:
        return True
    if fact.name in _OF_QUERY and len({owner.query for owner in owners.values()}) > 1:
        return True  # the query's row says it
    return alike(_of_fact(fact, owner, contexts[source]) for source, owner in owners.items())


_OF_QUERY = frozenset({"column_names", "recursive"})
"""Facts of a view that say the same as another query without them."""


def _of_fact(fact: Fact, owner: Any, context: Context) -> Any:
    """The form of one fact of an object."""
    if fact.compare == "query" or fact.name in _OF_QUERY:
        return expressions.normal_view(owner, context)
    if fact.name == "sql_body" and owner.sql_body is not None:
        return expressions.normal_routine(owner, context)
    return form(_effective(fact, owner), fact.compare, context, context.beneath(_target(fact, owner)))


def alike(forms: Iterable[Any]) -> bool:
    """Whether the forms are of one meaning: names without a schema are those of any."""
    found = set(forms)
    return len(found) == 1 or (any(map(_unplaced, found)) and len(set(map(_without_schemas, found))) == 1)


_BOOLEANS = {"on": "true", "yes": "true", "off": "false", "no": "false"}
"""Other words for the value of a storage option (manual, 20.1)."""


class _Placed(NamedTuple):
    """A name with its schema; an empty one is found through the search path and equals any."""

    schema: str
    rest: tuple[Any, ...]


def _unplaced(form: Any) -> bool:
    if isinstance(form, _Placed):
        return form.schema == ""
    return isinstance(form, tuple) and any(map(_unplaced, form))


def _without_schemas(form: Any) -> Any:
    if isinstance(form, _Placed):
        return form.rest
    return tuple(map(_without_schemas, form)) if isinstance(form, tuple) else form


def _effective(fact: Fact, owner: msgspec.Struct) -> Any:
    """The value as the server takes it: an omitted WITH CHECK is that of USING (manual, CREATE POLICY), a routine's
    types have no length (CREATE FUNCTION), DEFAULT NULL is no default, the columns of statistics have no order, and on
    what condition the trigger of a partition runs is said by its parent, to whose type the server casts the rows."""
    value = getattr(owner, fact.name)
    if isinstance(owner, (Function, Aggregate)) and value:
        if isinstance(value, Type):
            return replace(value, modifiers=())
        if isinstance(value, tuple) and isinstance(value[0], Argument):
            return tuple(replace(a, type=replace(a.type, modifiers=())) for a in value)
    if fact.name == "options" and isinstance(value, tuple) and value and isinstance(value[0], Option):
        return tuple(replace(option, value=_BOOLEANS.get(option.value.lower(), option.value)) for option in value)
    if isinstance(owner, Policy) and fact.name == "check" and value is None and owner.command in ("all", "update"):
        return owner.using
    if fact.name == "default" and isinstance(owner, Column) and value is not None and _says_nothing(value, owner.type):
        return None
    if isinstance(owner, Trigger) and fact.name == "when" and owner.inherited:
        return None
    if isinstance(owner, Statistics) and fact.name == "parts":
        return tuple(sorted(value, key=lambda part: (part.column is None, part.column or "")))
    return value


def _says_nothing(default: str, type: Type) -> bool:
    """DEFAULT NULL is what a column has anyway, unless its type is a domain with a default of its own."""
    return type.schema == "pg_catalog" and "null" in default.lower() and expressions.is_null(default, type)


def _target(fact: Fact, owner: Any) -> Type | None:
    """The type that an expression is turned into where it stands."""
    found = getattr(owner, "type", None) if fact.name in ("default", "generated") else None
    return found if isinstance(found, Type) else None


def form(value: Any, how: str, context: Context, target: Type | None = None) -> Any:
    """A hashable value that is equal for all spellings of one meaning."""
    if isinstance(value, Type):
        return _Placed(value.schema, (value.name, value.modifiers, value.dimensions > 0))
    if isinstance(value, Name):
        return _Placed(value.schema, (value.name,))
    if isinstance(value, Partition):
        types = context.keys.get(str(value.parent), ())
        return value.parent, expressions.normal_bound(value.bound, types), value.attached
    if isinstance(value, msgspec.Struct):
        target = value.type if isinstance(value, Argument) else target
        return tuple(
            form(getattr(value, f.name), f.compare, context, _target(f, value) or target)
            for f in facts(type(value))
            if f.compare != "never"
        )
    if isinstance(value, tuple):
        if value and isinstance(value[0], Option):  # the server keeps their order, and it means nothing
            value = sorted(value, key=lambda option: option.name)
        return tuple(form(item, how, context) for item in value)
    if not isinstance(value, str) or how == "value":
        return value
    if how == "expression":
        return expressions.normal(value, context, target)
    return expressions.normal_body(value) if how == "body" else expressions.normal_query(value, context)


def key(node: Node) -> Any:
    """What an object is found by among its like: equal for all spellings of its name or signature."""
    if node.KEY == ("name",):
        return node.key[0]
    how = _hows(type(node))
    return tuple(
        _signature(part) if name == "signature" else form(part, how[name], UNKNOWN)
        for name, part in zip(node.KEY, node.key, strict=True)
    )


@cache
def _hows(cls: type[Node]) -> dict[str, str]:
    return {fact.name: fact.compare for fact in facts(cls)}


def _signature(types: tuple[Type, ...]) -> Any:
    """The types that tell routines apart: modifiers do not count (manual, CREATE FUNCTION)."""
    return tuple((t.schema, t.name, t.dimensions > 0) for t in types)
