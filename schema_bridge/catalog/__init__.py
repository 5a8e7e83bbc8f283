"""PostgreSQL's own description of a database: one query per kind of object, a row an object.

Each query runs unchanged on PostgreSQL 13 to 18, or from its major in `SINCE` on, as any role, reads nothing outside
pg_catalog, and takes one parameter, `$1::text[]`, the namespaces to look at, where its kind lives in namespaces. Run them with an empty
search_path, so that every name the server prints is qualified. Columns are the IR's field names, or plain facts of
the server; NULL stands for the IR's default.

A column that only some majors have is read through `to_jsonb(row)`, or, where rows are many, in a subquery: there a
bare name means the table's own column, or, on a server that has none, the one of the same name in `older`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

SINCE: Mapping[str, int] = {"parameter_privileges": 15}
"""The oldest major that has what a query looks at."""


@cache
def query(name: str) -> str:
    """The text of one query, without its leading comment and a final semicolon; KeyError if there is none."""
    return queries()[name]


@cache
def queries() -> dict[str, str]:
    """All queries by the name of their kind (`tables`, `foreign_keys`), in the order of names."""
    found: dict[str, str] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".sql"):
            lines = file.read_text(encoding="utf-8").splitlines()
            found[file.name.removesuffix(".sql")] = "\n".join(line for line in lines if not line.startswith("--"))
    return found
