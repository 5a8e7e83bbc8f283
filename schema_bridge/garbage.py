"""Python's search for unreachable cycles, put off while very many values are made that hold none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search in between: statements, schemas and their texts are trees, and looking through them again and again
    takes a fifth of all time. Serves as a decorator too."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
