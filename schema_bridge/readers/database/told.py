"""The rows that a database told, by the relation they belong to, and where their facts come from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from schema_bridge.errors import Finding
from schema_bridge.ir import Name, Node, Option, Origin, facts
from schema_bridge.readers.database.connection import Description, Row
from schema_bridge.readers.database.rows import struct

N = TypeVar("N", bound=Node)
Relation = tuple[str, str]


class Told:
    """A description of a database, with the URL that its facts name as their origin."""

    def __init__(self, description: Description, url: str) -> None:
        self.description = description
        self.url = url
        self.findings: list[Finding] = []
        self._under: dict[str, Mapping[Relation, list[Row]]] = {}

    @property
    def major(self) -> int:
        return self.description.major

    def rows(self, query: str) -> list[Row]:
        return self.description.rows[query]

    def under(self, query: str, relation: Relation) -> list[Row]:
        """The rows of a query that belong to one relation."""
        if query not in self._under:
            found: dict[Relation, list[Row]] = defaultdict(list)
            for row in self.rows(query):
                found[row["schema"], row["relation"]].append(row)
            self._under[query] = dict(found)
        return self._under[query].get(relation, [])

    def origin(self, *names: str | None) -> Origin:
        """The object of these names: `postgresql://host/base#public.users.email`, and no line."""
        return Origin(f"{self.url}#{'.'.join(name for name in names if name)}", 0)

    def node(self, cls: type[N], row: Row, **stated: Any) -> N:
        """The node of a row, its name in the namespace or relation that the row names."""
        origin = self.origin(row.get("schema"), row.get("relation"), row["name"])
        if row.get("options_as_stated"):
            stated["options"] = tuple(map(_option, row["options_as_stated"]))
        if _stands_alone(cls):
            stated["name"] = Name(row["schema"], row["name"])
        return struct(cls, row, origin=origin, **stated)

    def parts(self, cls: type[N], query: str, relation: Relation) -> tuple[N, ...]:
        """The nodes of a relation's rows."""
        return tuple([self.node(cls, row) for row in self.under(query, relation)])


def _option(text: str) -> Option:
    """`name=value`, in the words in which it was stated."""
    name, _, value = text.partition("=")
    return Option(name=name, value=value)


@cache
def _stands_alone(cls: type[Node]) -> bool:
    """Whether objects of this class live in a namespace, and not in another object."""
    return any(fact.name == "name" and fact.struct is Name for fact in facts(cls))
