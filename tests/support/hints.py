"""The types of the IR's fields, bare."""

from __future__ import annotations

import types
from typing import Annotated, Any, Union, get_args, get_origin


def bare(hint: Any) -> Any:
    """The type without what annotates it and without None."""
    if get_origin(hint) is Annotated:
        return bare(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        return bare(next(arg for arg in get_args(hint) if arg is not type(None)))
    return hint
