"""What SQLAlchemy makes of a schema by itself, and the statements for all the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from schema_bridge import default_names
from schema_bridge.emit.sql import dollar_quote, ident, name, options
from schema_bridge.ir import (
    Aggregate,
    Column,
    Composite,
    Domain,
    Enum,
    ForeignKey,
    Function,
    Index,
    MaterializedView,
    Name,
    Policy,
    Range,
    Rule,
    Sequence,
    Table,
    Trigger,
    View,
)
from schema_bridge.plan.makers import Again, Once
from schema_bridge.statements import comments, constraints
from schema_bridge.statements.objects import Constraint
from schema_bridge.statements.tables import inline_constraints
from schema_bridge.writers.sqlalchemy.context import Context
from schema_bridge.writers.sqlalchemy.table_args import constraints as all_constraints
from schema_bridge.writers.sqlalchemy.table_args import has_comment, is_native, is_native_index

MARK = "\0"
"""Begins the entry that stands for a CREATE TABLE of SQLAlchemy's; its number in `Beside.stated` follows."""


Made: TypeAlias = Aggregate | Composite | Domain | Function | MaterializedView | Range | Sequence | Table | View
"""What stands by itself and is made by a statement beside the metadata."""


class Beside(Again):
    """Makes what the metadata does not. What hangs on one of its tables is made once, with that table; what stands by
    itself is made so that it can be made again.

    `stated` are the tables as their CREATE TABLE is to state them, `made` the nodes that got a statement.
    """

    folds = False

    def __init__(self, context: Context) -> None:
        self.context = context
        self.stated: list[Table] = []
        self.made: dict[str, Made] = {}
        self._once = Once()

    def table(self, node: Table) -> list[str]:
        if node.name not in self.context.tables:
            return self._noted(node, super().table(node))
        self.stated.append(node)
        return [f"{MARK}{len(self.stated) - 1}"]

    def type(self, node: Enum | Composite | Range) -> list[str]:
        return [] if isinstance(node, Enum) else self._noted(node, super().type(node))

    def function(self, node: Function) -> list[str]:
        return self._noted(node, super().function(node))

    def aggregate(self, node: Aggregate) -> list[str]:
        return self._noted(node, super().aggregate(node))

    def domain(self, node: Domain) -> list[str]:
        return self._noted(node, super().domain(node))

    def sequence(self, node: Sequence) -> list[str]:
        return self._noted(node, super().sequence(node))

    def view(self, node: View | MaterializedView) -> list[str]:
        return self._noted(node, super().view(node))

    def constraint(self, table: Name, node: Constraint) -> list[str]:
        if table not in self.context.tables:
            return super().constraint(table, node)
        if isinstance(node, ForeignKey) and is_native(self.context, node):
            return []
        return self._once.constraint(table, node)

    def index(self, table: Name, node: Index) -> list[str]:
        if table in self.context.tables:
            return [] if is_native_index(node) else self._once.index(table, node)
        return super().index(table, node)

    def late_index(self, table: Name, node: Index) -> list[str]:
        """An index that the metadata could make, were what it calls there by then."""
        return self._once.index(table, node)

    def policy(self, table: Name, node: Policy) -> list[str]:
        return self._hanging(table).policy(table, node)

    def trigger(self, table: Name, node: Trigger) -> list[str]:
        return self._hanging(table).trigger(table, node)

    def rule(self, table: Name, node: Rule) -> list[str]:
        return self._hanging(table).rule(table, node)

    def _hanging(self, table: Name) -> Once:
        return self._once if table in self.context.tables else _AGAIN

    def _noted(self, node: Made, statements: list[str]) -> list[str]:
        self.made.update(dict.fromkeys(statements, node))
        return statements


_AGAIN = Again()


def with_table(context: Context, table: Table) -> Iterator[str]:
    """What must follow the CREATE TABLE that SQLAlchemy writes for this very table before anything refers to it."""
    for constraint in inline_constraints(table):
        if not is_native(context, constraint):
            yield constraints.add(table.name, constraint)
    alter = f"ALTER TABLE {name(table.name)}"
    if table.options:
        yield f"{alter} SET ({options(table.options)})"
    if table.of_type is not None:
        yield f"{alter} OF {name(table.of_type)}"
    told = [c for c in table.columns if c.identity or c.not_null_constraint or c.compression]
    own = [column for column in told if not column.inherited]
    renames = [rename for column in own if (rename := _not_null_name(table.name, column))]
    if renames:
        yield _since_18(renames)
    for column in own:
        yield from _with_column(table.name, column)


def _not_null_name(table: Name, column: Column) -> str | None:
    """Gives a NOT NULL, which SQLAlchemy writes without a name, its own."""
    given = default_names.not_null(table.name, column.name)
    stated = column.not_null_constraint
    if stated is None or stated.not_valid or stated.name in (None, given):
        return None
    return f"ALTER TABLE {name(table)} RENAME CONSTRAINT {ident(given)} TO {ident(stated.name or given)}"


def _since_18(statements: list[str]) -> str:
    """What only a server can carry out that keeps NOT NULL as constraints (PostgreSQL 18)."""
    lines = ["", "BEGIN", "    IF current_setting('server_version_num')::int >= 180000 THEN"]
    lines += [f"        {statement};" for statement in statements]
    return f"DO {dollar_quote(chr(10).join([*lines, '    END IF;', 'END', '']))}"


def _with_column(table: Name, column: Column) -> Iterator[str]:
    alter = f"ALTER TABLE {name(table)}"
    if column.compression is not None:
        yield f"{alter} ALTER COLUMN {ident(column.name)} SET COMPRESSION {ident(column.compression)}"
    constraint = column.not_null_constraint
    if constraint is not None and constraint.no_inherit and not constraint.not_valid:
        called = constraint.name or default_names.not_null(table.name, column.name)
        yield f"{alter} ALTER CONSTRAINT {ident(called)} NO INHERIT"
    if column.identity is not None:
        given = default_names.sequence(table.name, column.name)
        if column.identity.sequence.name != given:
            yield f"ALTER SEQUENCE {name(Name(table.schema, given))} RENAME TO {ident(column.identity.sequence.name)}"
        if column.identity.persistence == "unlogged":
            yield f"ALTER SEQUENCE {name(column.identity.sequence)} SET UNLOGGED"


def comments_of_metadata(context: Context) -> frozenset[str]:
    """The COMMENT statements that SQLAlchemy writes by itself: of tables, columns, native constraints."""
    found: set[str] = set()
    for table in context.tables.values():
        found.update(comments.standing(table))
        found.update([comments.part(table.name, c)[0] for c in table.columns if c.comment is not None])
        if any(constraint.comment is not None for constraint in all_constraints(table)):
            for constraint in (*inline_constraints(table), *table.foreign_keys):
                if constraint.comment is not None and has_comment(context, table, constraint):
                    found.add(comments.part(table.name, constraint)[0])
    return frozenset(found)
