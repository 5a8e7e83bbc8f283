"""`alembic_hooks.py`: what autogenerate must be told, so that it finds no difference where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schema_bridge.emit import templates
from schema_bridge.emit.python import Call, layout, string
from schema_bridge.ir import Name, Table
from schema_bridge.writers.sqlalchemy.context import Context, table_key
from schema_bridge.writers.sqlalchemy.table_args import is_stated


def module(context: Context) -> str:
    """The text of `alembic_hooks.py`."""
    schemas = sorted({table.name.schema for table in context.tables.values()} - {"public"})
    apart = sorted({table_key(name) for name in _apart(context)})
    by_event = sorted(f"{table_key(table)}.{name}" for table, name in _by_event(context))
    parts = [
        layout(_set(["None", *map(string, schemas)]), lead="SCHEMAS: set[str | None] = "),
        layout(_set(map(string, apart)), lead="APART: set[str] = "),
        layout(_set(map(string, by_event)), lead="BY_EVENT: set[str] = "),
    ]
    return templates.render("sqlalchemy/alembic_hooks.py.j2", names="\n".join(parts))


def _apart(context: Context) -> Iterator[Name]:
    """What autogenerate may find as a table and the metadata does not hold."""
    schema = context.schema
    made: tuple[Table, ...] = (*schema.tables, *schema.external_tables)
    yield from (table.name for table in made if table.name not in context.tables)
    yield from (view.name for view in schema.views)
    yield from (view.name for view in schema.materialized_views)
    yield from context.left_out


def _by_event(context: Context) -> Iterator[tuple[Name, str]]:
    """Foreign keys that the metadata cannot hold, and columns that come from a parent."""
    for name, table in context.tables.items():
        yield from [(name, key.name) for key in table.foreign_keys if not is_stated(context, key)]
        yield from [(name, column.name) for column in table.columns if column.inherited]


def _set(items: Iterable[str]) -> Call:
    found = tuple(items)
    return Call("", found, "{}") if found else Call("set", ())
