"""The text of the script: the engine with the facts, the twin and the catalog queries in their places."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import count
from typing import Any

import msgspec

from schema_bridge import catalog, ir
from schema_bridge.emit import templates
from schema_bridge.emit.sql import dollar_quote, literal
from schema_bridge.writers.validation.groups import Group

_SPELLED = frozenset({"expression", "default", "where"})
_PLAIN_PART = frozenset({"column", "descending", "nulls_first"})
_TEMPLATE = "validate_schema.sql.j2"


def fill(path: str, places: Mapping[str, str], *, pgtap: bool) -> str:
    """The whole script; `places` are the texts for the template's names, each a complete SQL expression."""
    texts = (templates.source(_TEMPLATE), *places.values())
    tag = next(tag for n in count() if not any((tag := f"$validate{n or ''}$") in text for text in texts))
    return templates.render(_TEMPLATE, path=path, tag=tag, pgtap=pgtap, **places)


def queries(names: set[str]) -> str:
    """The catalog queries as arguments of jsonb_build_object."""
    found = [f"'{name}', {dollar_quote(text)}" for name, text in catalog.queries().items() if name in names]
    return ",\n    ".join(found)


def lines(rows: Mapping[str, list[Any]]) -> str:
    """A JSON object of lists, an item a line, as a dollar-quoted constant."""
    encoder = msgspec.json.Encoder(order="deterministic")
    parts = [f"{encoder.encode(name).decode()}: [\n{_items(encoder, items)}]" for name, items in rows.items() if items]
    return dollar_quote("{" + ",\n".join(parts) + "}")


def listing(items: list[Any]) -> str:
    """A JSON list, an item a line."""
    return dollar_quote(f"[{_items(msgspec.json.Encoder(), items)}]")


def _items(encoder: msgspec.json.Encoder, items: list[Any]) -> str:
    """No line end stands inside an item: JSON writes it as an escape."""
    return encoder.encode_lines(items).decode()[:-1].replace("\n", ",\n")


def texts(items: list[str]) -> str:
    return f"ARRAY[{', '.join(map(literal, items))}]::text[]"


_CLASSES = {
    "tables": ir.Table, "rls": ir.Table, "columns": ir.Column, "keys": ir.Unique, "checks": ir.Check,
    "foreign_keys": ir.ForeignKey, "exclusions": ir.Exclusion, "indexes": ir.Index, "policies": ir.Policy,
    "triggers": ir.Trigger, "rules": ir.Rule, "views": ir.View, "sequences": ir.Sequence, "functions": ir.Function,
    "domains": ir.Domain, "publications": ir.Publication, "published_tables": ir.PublishedTable, "event_triggers": ir.EventTrigger,
}  # fmt: skip


@cache
def defaults() -> str:
    """What a fact is that no row states, by query: how the report calls it."""
    found = {
        query: {name: str(value).lower() for name, value in ir.defaults(cls) if isinstance(value, bool | str | int)}
        for query, cls in _CLASSES.items()
    }
    found["indexes"]["valid"] = found["keys"]["valid"] = "true"
    return dollar_quote(msgspec.json.encode(found).decode())


def metadata(groups: list[tuple[str, Group]], unseen: frozenset[str], expected: Mapping[str, list[Any]]) -> str:
    """The groups as the engine reads them; `unseen` are facts that no group looks at."""
    found = []
    for place, (identity, group) in enumerate(groups, start=1):
        expressive = [fact for fact in group.twin if fact not in ("type", "returns", "function")]
        found.append(
            {
                "n": place,
                "id": identity,
                "one": group.one,
                "many": group.many,
                "query": group.query,
                "key": group.key,
                "child": group.child,
                "kinds": group.kinds or None,
                "free": group.free,
                "beside": group.beside or None,
                "twin": group.twin,
                "stated": [*group.stated, "owner"],
                "facts": group.only or None,
                "ignored": [*group.ignored, "inherited", *sorted(unseen)],
                "silent": group.silent,
                "expressive": expressive,
                "spelled": _has_twin(group, expected[identity]),
                "expressions": sum(_spelled(expected[identity], fact) for fact in expressive),
            }
        )
    return listing(found)


def _has_twin(group: Group, rows: list[Any]) -> bool:
    """Whether the twin holds any of these objects: those that hold nothing for the server to spell are not in it."""
    if not rows or not group.twin:
        return False
    if not set(group.twin).isdisjoint(group.stated):
        return True  # the twin alone knows them
    return any(fact in stated and _is_in_twin(fact, stated[fact]) for _, stated in rows for fact in group.twin)


def _is_in_twin(fact: str, value: Any) -> bool:
    if fact == "function":
        return not value["schema"]
    if fact == "parts":
        return any(not _PLAIN_PART.issuperset(part) for part in value)
    return True


def _spelled(rows: list[Any], fact: str) -> int:
    """How often the server spells this fact: an expression, or a list with one in it."""
    values = [stated[fact] for _, stated in rows if fact in stated]
    return sum([value.__class__ is str or _has_expression(value) for value in values])


def _has_expression(value: Any) -> bool:
    if isinstance(value, dict):
        return not _SPELLED.isdisjoint(value) or any(map(_has_expression, value.values()))
    return isinstance(value, list) and any(map(_has_expression, value))
