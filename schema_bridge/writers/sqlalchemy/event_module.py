"""`schema_events.py`: the statements of all stages, and what hangs them on the metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from schema_bridge.emit import templates
from schema_bridge.emit.python import Call, Code, block, call, keyword, layout, listing, string
from schema_bridge.writers.sqlalchemy.context import Context
from schema_bridge.writers.sqlalchemy.stages import Stages, Statement


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
    return templates.render("sqlalchemy/schema_events.py.j2", statements="\n".join(parts))


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
