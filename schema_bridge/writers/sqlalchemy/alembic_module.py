"""`alembic_hooks.py`: what autogenerate must be told, so that it finds no difference where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schema_bridge.emit.python import Call, layout, string
from schema_bridge.ir import Name, Table
from schema_bridge.writers.sqlalchemy.context import Context, table_key
from schema_bridge.writers.sqlalchemy.table_args import constraints, is_stated

HEAD = '''\
"""Hooks for Alembic's env.py, so that autogenerate finds what differs and nothing else.

context.configure(
    ...,
    target_metadata=Base.metadata,
    include_schemas=True,
    include_name=alembic_hooks.include_name,
    include_object=alembic_hooks.include_object,
    compare_server_default=alembic_hooks.compare_server_default,
)
"""

from __future__ import annotations

import json
import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

'''

FOOT = r'''

def include_name(name: str | None, type_: str, parent_names: Any) -> bool:
    """Only the schemas of the models."""
    return type_ != "schema" or name in SCHEMAS


def include_object(
    item: Any, name: str | None, type_: str, reflected: bool, compare_to: Any
) -> bool:
    """Leaves out what events make (partitions, views, inherited columns), tables that
    are made elsewhere, and indexes whose expressions Alembic cannot compare."""
    if type_ == "table":
        return item.key not in APART
    key = getattr(getattr(item, "table", None), "key", None)
    if key in APART or f"{key}.{name}" in BY_EVENT:
        return False
    if type_ == "column" and compare_to is not None:
        _reconcile(item, compare_to)
    if type_ == "index" and compare_to is not None:
        return all(isinstance(part, sa.Column) for part in item.expressions)
    return True


def compare_server_default(
    context: Any,
    inspected_column: Any,
    metadata_column: Any,
    inspected_default: str | None,
    metadata_default: Any,
    rendered_metadata_default: str | None,
) -> bool | None:
    """Whether the defaults differ. Alembic asks the server to evaluate both, which json
    refuses and no volatile default survives."""
    clauses = (inspected_column.server_default, metadata_default)
    if any(isinstance(clause, (sa.Identity, sa.Computed)) for clause in clauses):
        return None
    ours = _plain(rendered_metadata_default or "")
    if not inspected_default and ours.startswith("nextval("):
        # Reflection takes the default of a serial column away.
        return False
    theirs = _plain(inspected_default or "")
    return ours != theirs and _json(ours) != _json(theirs)


def _reconcile(column: Any, found: Any) -> None:
    """Takes back what reflection adds: a domain's default and NOT NULL are not the
    column's own. And Alembic 1.20 wants an `arg` of every default."""
    if isinstance(column.type, pg.DOMAIN):
        found.nullable = found.nullable or (column.nullable and column.type.not_null)
        if column.server_default is None and column.type.default is not None:
            found.server_default = None
    if isinstance(found.type, sa.String) and str(column.type) in ("name", '"char"'):
        found.type = column.type
    if isinstance(found.server_default, (sa.Identity, sa.Computed)):
        found.server_default.__dict__["arg"] = sa.text("")


_STRING = re.compile(r"('(?:[^']|'')*')")
_CAST = re.compile(r'::"?[a-zA-Z_][\w. ]*"?(\([\d, ]+\))?(\[\])*')
_SCHEMA = re.compile(r'("[^"]+"|[a-z_]\w*)\.(?=["a-z_])')
_TYPED = re.compile(r"(interval|date|timestamp|timestamptz|time|timetz)$")
_ESCAPES = re.compile(r"(^|\W)e$")
_NUMBER = re.compile(r"'(-?\d+(\.\d+)?)'")


def _json(default: str) -> Any:
    """The value of a JSON constant, which the server prints in its own way."""
    try:
        return json.loads(default[1:-1].replace("''", "'"))
    except ValueError:
        return default


def _plain(default: str) -> str:
    """Without casts, schemas, outer brackets and spelling."""
    parts = _STRING.split(default)
    for at in range(0, len(parts), 2):
        bare = _CAST.sub("", parts[at]).replace(" ", "").lower()
        bare = bare.replace("current_timestamp", "now()")
        if _ESCAPES.search(bare):
            bare = bare[:-1]
            string = parts[at + 1].replace("\\n", "\n").replace("\\t", "\t")
            parts[at + 1] = string.replace("\\\\", "\\")
        parts[at] = _TYPED.sub("", _SCHEMA.sub("", bare))
    text = "".join(parts).replace("'public.", "'")
    if text[:2] in ("b'", "x'"):
        text = text[1:]
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1]
    number = _NUMBER.fullmatch(text)
    return number[1] if number else text


def _closing(text: str) -> int:
    """Where the first bracket is closed."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if not depth:
            return at
    return -1
'''


def module(context: Context) -> str:
    """The text of `alembic_hooks.py`."""
    schemas = sorted({table.name.schema for table in context.tables.values()} - {"public"})
    apart = sorted(table_key(name) for name in _apart(context))
    by_event = sorted(f"{table_key(table)}.{name}" for table, name in _by_event(context))
    parts = [
        layout(_set(["None", *map(string, schemas)]), lead="SCHEMAS: set[str | None] = "),
        layout(_set(map(string, apart)), lead="APART: set[str] = "),
        layout(_set(map(string, by_event)), lead="BY_EVENT: set[str] = "),
    ]
    return HEAD + "\n".join(parts) + "\n" + FOOT


def _apart(context: Context) -> Iterator[Name]:
    """What autogenerate may find as a table and the metadata does not hold."""
    schema = context.schema
    made: tuple[Table, ...] = (*schema.tables, *schema.external_tables)
    yield from (table.name for table in made if table.name not in context.tables)
    yield from (view.name for view in schema.views)
    yield from (view.name for view in schema.materialized_views)


def _by_event(context: Context) -> Iterator[tuple[Name, str]]:
    """Constraints that the metadata cannot hold, and columns that come from a parent."""
    for name, table in context.tables.items():
        yield from ((name, c.name) for c in constraints(table) if not is_stated(context, c))
        yield from ((name, c.name) for c in table.columns if c.inherited)


def _set(items: Iterable[str]) -> Call:
    found = tuple(items)
    return Call("", found, "{}") if found else Call("set", ())
