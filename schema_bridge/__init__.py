"""One schema, every language: `read` a PostgreSQL schema, `write` it as Python or SQL, `compare` it with another.

    import schema_bridge
    reading = schema_bridge.read("schema.sql")            # Reading: .schema is the IR, .findings what is worth saying
    files = schema_bridge.write(reading.schema, "pydantic")   # {path: text}, nothing is written to disk
    report = schema_bridge.compare(reading.schema, other)

The IR's names (`Schema`, `Table`, `Column`, …) are here too; `schema_bridge.ir` describes them, `schema_bridge.errors`
what can go wrong, `schema_bridge.registry` how a reader or a writer of your own is added. Everything is imported when
it is asked for.
"""

from __future__ import annotations

TYPE_CHECKING = False
"""As in `typing`, which takes longer to import than Python takes to start."""
if TYPE_CHECKING:
    from typing import Any

    from schema_bridge.comparison import Report as Report
    from schema_bridge.errors import SchemaBridgeError as SchemaBridgeError
    from schema_bridge.ir import *
    from schema_bridge.project import read as read
    from schema_bridge.project import render as write
    from schema_bridge.project.renaming import compare as compare
    from schema_bridge.registry import Reading as Reading

_HOMES = {
    "read": ("project", "read"),
    "write": ("project", "render"),
    "compare": ("project.renaming", "compare"),
    "Report": ("comparison", "Report"),
    "Reading": ("registry", "Reading"),
    "SchemaBridgeError": ("errors", "SchemaBridgeError"),
}

__all__ = ["Reading", "Report", "SchemaBridgeError", "compare", "read", "write"]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    home, inner = _HOMES.get(name, ("ir", name))
    found = None if name.startswith("_") else getattr(import_module(f"schema_bridge.{home}"), inner, None)
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found
