"""What several writers work out of one schema, one after the other, is worked out once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from schema_bridge.ir import Schema

P = ParamSpec("P")
R = TypeVar("R")


def of_one_schema(function: Callable[Concatenate[Schema, P], R]) -> Callable[Concatenate[Schema, P], R]:
    """A pure function of a schema, which gives its last result again for the very same schema and equal arguments.

    It goes by identity: to compare two schemas, or to hash one, takes longer than most of what is remembered.
    """
    last: tuple[Schema, object, R] | None = None

    @wraps(function)
    def remembering(schema: Schema, /, *args: P.args, **kwargs: P.kwargs) -> R:
        nonlocal last
        if last is None or last[0] is not schema or last[1] != (args, kwargs):
            last = schema, (args, kwargs), function(schema, *args, **kwargs)
        return last[2]

    return remembering
