"""Aggregates."""

from __future__ import annotations

from schema_bridge.emit.sql import ident, name
from schema_bridge.ir import Aggregate
from schema_bridge.statements.functions import argument
from schema_bridge.statements.objects import with_order


def create(aggregate: Aggregate, *, or_replace: bool = False) -> str:
    """CREATE AGGREGATE, an option a line."""
    arguments = with_order(*(", ".join(map(argument, a)) for a in (aggregate.arguments, aggregate.order_by)))
    lines = ",\n    ".join(_option(o.name, o.value) for o in aggregate.definition)
    return (
        f"CREATE {'OR REPLACE ' if or_replace else ''}AGGREGATE {name(aggregate.name)}({arguments}) (\n    {lines}\n)"
    )


def _option(option: str, value: str) -> str:
    """HYPOTHETICAL, FINALFUNC_EXTRA and MFINALFUNC_EXTRA stand without a value."""
    return ident(option) + (f" = {value}" if value else "")
