"""Which columns a condition compares with what the session says of who asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from schema_bridge import expressions
from schema_bridge.errors import SourceSyntax
from schema_bridge.ir import Name
from schema_bridge.trees import nodes

UID: Final = "auth.uid"
_SETTING: Final = "current_setting"


class Compared(NamedTuple):
    """A column set equal to `auth.uid`, or to a setting of the session by its name; `table` where the condition names it."""

    table: Name | None
    column: str
    to: str


@lru_cache(maxsize=1024)
def compared(condition: str) -> tuple[Compared, ...]:
    """All such comparisons anywhere in the condition, in sub-selects too."""
    try:
        tree = expressions.parse(condition)
    except SourceSyntax:
        return ()
    found = list(nodes(tree))
    places = {alias: name for kind, fields in found if kind == "RangeVar" for alias, name in [_place(fields)]}
    return tuple(_comparisons(found, places))


def _place(table: Mapping[str, Any]) -> tuple[str, Name]:
    alias = table.get("alias", {}).get("aliasname", table["relname"])
    return alias, Name(table.get("schemaname", "public"), table["relname"])


def _comparisons(found: list[tuple[str, dict[str, Any]]], places: Mapping[str, Name]) -> Iterator[Compared]:
    for kind, fields in found:
        if kind != "A_Expr" or fields["kind"] != "AEXPR_OP" or fields["name"][-1]["String"]["sval"] != "=":
            continue
        sides = [fields.get(side, {}) for side in ("lexpr", "rexpr")]
        for one, other in (sides, sides[::-1]):
            column = _column(one)
            to = None if column is None else _told(other)
            if column is not None and to is not None:
                yield Compared(places.get(column[-2]) if len(column) > 1 else None, column[-1], to)


def _column(tree: Any) -> list[str] | None:
    while isinstance(tree, dict) and "TypeCast" in tree:
        tree = tree["TypeCast"]["arg"]
    if not isinstance(tree, dict) or "ColumnRef" not in tree:
        return None
    return [part["String"]["sval"] for part in tree["ColumnRef"]["fields"] if "String" in part] or None


def _told(tree: Any) -> str | None:
    """The call that the text is about, where it asks no table."""
    found = list(nodes(tree))
    if any(kind == "ColumnRef" or "fromClause" in fields for kind, fields in found):
        return None
    for kind, fields in found:
        if kind == "FuncCall":
            function = ".".join(part["String"]["sval"] for part in fields["funcname"])
            if function == UID:
                return UID
            if function.removeprefix("pg_catalog.") == _SETTING:
                texts = [f["sval"].get("sval") for k, f in nodes(fields["args"]) if k == "A_Const" and "sval" in f]
                return texts[0] if texts else None
    return None
