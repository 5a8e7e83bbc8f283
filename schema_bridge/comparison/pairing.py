"""Which objects of several sources are one: those of one name, and among a table's parts those of one definition."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from schema_bridge.comparison import meaning
from schema_bridge.comparison.generated import is_generated
from schema_bridge.ir import Check, Exclusion, ForeignKey, Index, Node, Table, Unique, facts
from schema_bridge.normal_context import Context

Found = dict[str, Any]
"""A node by source, None where the source lacks it."""

DEFINITIONS: Mapping[type[Node], tuple[str, ...]] = {
    Check: ("expression",),
    Exclusion: ("parts", "where"),
    ForeignKey: ("columns", "table"),
    Index: ("parts", "where"),
    Unique: ("columns",),
}
"""By these fields a part of a table is known although it goes by another name: who names it, a person or a tool, differs
from source to source. The other fields may differ: those are differences."""


def matched(cls: type[Node], lists: Mapping[str, tuple[Node, ...]], contexts: Mapping[str, Context]) -> Iterator[Found]:
    """The nodes of all sources, those that are one object together, in the order of their names."""
    by_key: dict[Any, Found] = {}
    for source, nodes in lists.items():
        for node in nodes:
            by_key.setdefault(meaning.key(node), dict.fromkeys(lists))[source] = node
    found = [by_key[key] for key in sorted(by_key, key=str)]
    return iter(_joined(found, DEFINITIONS[cls], contexts) if cls in DEFINITIONS else found)


def _joined(found: list[Found], fields: tuple[str, ...], contexts: Mapping[str, Context]) -> Iterator[Found]:
    """Objects that some source lacks, joined with the first later one of the same definition that fills the gap."""
    partial = [one for one in found if None in one.values()]
    gone: set[int] = set()
    for one in found:
        if id(one) in gone:
            continue
        for other in partial if None in one.values() else ():
            if other is not one and id(other) not in gone and _fit(one, other, fields, contexts):
                one.update({source: node for source, node in other.items() if node is not None})
                gone.add(id(other))
        yield one


def _fit(one: Found, other: Found, fields: tuple[str, ...], contexts: Mapping[str, Context]) -> bool:
    """Whether no source has both, and both are defined alike."""
    if any(one[source] is not None and other[source] is not None for source in one):
        return False
    return meaning.alike(
        _definition(node, fields, contexts[source])
        for group in (one, other)
        for source, node in group.items()
        if node is not None
    )


def _definition(node: Node, fields: tuple[str, ...], context: Context) -> Any:
    hows = {fact.name: fact.compare for fact in facts(type(node))}
    return tuple(meaning.form(getattr(node, field), hows[field], context) for field in fields)


def names_differ(found: Found, owner: Node | None, exact: bool, generated: Collection[str] = ()) -> bool:
    """Whether the names of one object are a difference: not where tools gave them all, unless names count as such.
    `generated` are those that are known to be such."""
    names = {node.name for node in found.values()}
    if len(names) == 1:
        return False
    columns = tuple(column.name for column in owner.columns) if isinstance(owner, Table) else ()
    table = owner.key[0].name if owner is not None else ""
    return exact or not all(n.name in generated or is_generated(table, n, columns) for n in found.values())
