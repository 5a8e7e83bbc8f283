"""Tables by the names and patterns that people write in a config."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from schema_bridge.errors import OptionError
from schema_bridge.ir import Name

DEFAULT_SCHEMA = "public"


def spellings(name: Name) -> tuple[str, ...]:
    """How people write a name: `app.users`; `public.users` or `users`."""
    full = f"{name.schema}.{name.name}"
    return (full, name.name) if name.schema == DEFAULT_SCHEMA else (full,)


def named(names: Iterable[Name], patterns: Iterable[str]) -> list[Name]:
    """The names that a name or a glob stands for, in their order; OptionError for a pattern that stands for none."""
    known = {name: spellings(name) for name in names}
    found: set[Name] = set()
    for pattern in patterns:
        matching = {name for name, spelt in known.items() if any(fnmatchcase(text, pattern) for text in spelt)}
        if not matching:
            raise OptionError(f"no table is called {pattern}", key=pattern)
        found |= matching
    return [name for name in known if name in found]
