"""`schema_events.py`: the statements of all stages, and what hangs them on the metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from schema_bridge.emit.python import Call, Code, block, call, keyword, layout, listing, string
from schema_bridge.writers.sqlalchemy.context import Context
from schema_bridge.writers.sqlalchemy.stages import Stages, Statement

HEAD = '''\
"""What SQLAlchemy has no word for, as SQL on the events of the metadata.

`create_all` runs these when it makes at least one table, `drop_all` when it drops one; a
database that has all tables is left as it is. Schemas, extensions and roles stay when
all else is dropped.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event


class Statement(NamedTuple):
    """SQL; with a `table` it runs when that table is made, else when any table is.

    What is marked `once` waits for a create_all or drop_all of every table.
    """

    sql: str
    table: str | None = None
    once: bool = False


'''

FOOT = '''

def attach(metadata: sa.MetaData) -> None:
    """Lets create_all and drop_all of the metadata run the statements of this module."""
    for name, others in FOLLOWS.items():
        for other in others:
            metadata.tables[name].add_is_dependent_on(metadata.tables[other])
    event.listen(metadata, "before_create", _runs(BEFORE_TYPES), insert=True)
    event.listen(metadata, "before_create", _runs(BEFORE_TABLES))
    event.listen(metadata, "after_create", _runs(AFTER_TABLES))
    for name, statements in BEFORE_TABLE.items():
        event.listen(metadata.tables[name], "before_create", _always(statements))
    for name, statements in WITH_TABLE.items():
        event.listen(metadata.tables[name], "after_create", _always(statements))
    event.listen(metadata, "before_drop", _runs(BEFORE_DROP))
    event.listen(metadata, "after_drop", _runs(AFTER_DROP), insert=True)


def _runs(statements: list[Statement]) -> Any:
    def run(metadata: sa.MetaData, connection: sa.Connection, **kw: Any) -> None:
        tables = {table.key for table in kw.get("tables") or ()}
        if metadata.tables and not tables:
            return
        everything = len(tables) == len(metadata.tables)
        for statement in statements:
            here = statement.table is None or statement.table in tables
            if here and (everything or not statement.once):
                _execute(connection, statement.sql)

    return run


def _always(statements: list[str]) -> Any:
    def run(table: sa.Table, connection: sa.Connection, **_: Any) -> None:
        for statement in statements:
            _execute(connection, statement)

    return run


def _execute(connection: sa.Connection, statement: str) -> None:
    # DDL() has no annotations; it takes % for a format, whatever the driver.
    ddl: Any = sa.DDL
    connection.execute(ddl(statement.replace("%", "%%")))
'''


def module(stages: Stages, context: Context) -> str:
    """The text of `schema_events.py`."""
    before = list(stages.before_tables)
    if context.schema.functions:
        # Bodies may speak of what is made after them.
        before.insert(0, Statement("SET LOCAL check_function_bodies = off"))
    parts = [
        _statements("BEFORE_TYPES", stages.before_types),
        _statements("BEFORE_TABLES", before),
        _statements("AFTER_TABLES", stages.after_tables),
        _by_table("FOLLOWS", stages.follows),
        _by_table("BEFORE_TABLE", stages.before_table),
        _by_table("WITH_TABLE", stages.with_table),
        _statements("BEFORE_DROP", stages.before_drop),
        _statements("AFTER_DROP", (Statement(sql, once=True) for sql in stages.after_drop)),
    ]
    return HEAD + "\n".join(parts) + "\n" + FOOT


def _statements(name: str, statements: Iterable[Statement]) -> str:
    return layout(listing(map(_statement, statements)), lead=f"{name}: list[Statement] = ")


def _statement(statement: Statement) -> Code:
    table = [] if statement.table is None else [keyword("table", string(statement.table))]
    once = ["once=True"] if statement.once else []
    return call("Statement", block(statement.sql), *table, *once)


def _by_table(name: str, texts: Mapping[str, list[str]]) -> str:
    entries = []
    for table, statements in texts.items():
        value = listing(map(block, statements))
        entries.append(Call(f"{string(table)}: ", value.items, "[]"))
    return layout(Call("", tuple(entries), "{}"), lead=f"{name}: dict[str, list[str]] = ")
