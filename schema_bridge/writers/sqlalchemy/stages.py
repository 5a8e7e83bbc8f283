"""When each statement beside the metadata runs: before the types, before, with or after the tables, and at a drop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from schema_bridge.dependencies import Item, mentions
from schema_bridge.ir import Function, Name, Schema, Table, walk
from schema_bridge.plan import ordered
from schema_bridge.plan.places import Section
from schema_bridge.statements import drops, grants
from schema_bridge.statements.objects import Part
from schema_bridge.writers.sqlalchemy.beside import MARK, Beside, Made, comments_of_metadata, with_table
from schema_bridge.writers.sqlalchemy.columns import is_serial
from schema_bridge.writers.sqlalchemy.context import Context, table_key
from schema_bridge.writers.sqlalchemy.table_args import is_native

SURROUNDINGS = (Section.ROLES, Section.NAMESPACES, Section.EXTENSIONS)


class Statement(msgspec.Struct, frozen=True, gc=False):
    """SQL, the key of the table it hangs on, and whether it can run only once."""

    sql: str
    table: str | None = None
    once: bool = False


@dataclass(frozen=True)
class Stages:
    """The statements in their order. `before_table` and `with_table` are by the key of the metadata's table; so are
    `follows`, the tables that must be made before it although no foreign key says so."""

    before_types: list[Statement] = field(default_factory=list)
    before_tables: list[Statement] = field(default_factory=list)
    before_table: dict[str, list[str]] = field(default_factory=dict)
    with_table: dict[str, list[str]] = field(default_factory=dict)
    after_tables: list[Statement] = field(default_factory=list)
    before_drop: list[Statement] = field(default_factory=list)
    after_drop: list[str] = field(default_factory=list)
    follows: dict[str, list[str]] = field(default_factory=dict)


def staged(context: Context) -> Stages:
    """Sorts all statements beside the metadata into their stages, and notes on the context what the tables leave out:
    constraints, defaults and indexes that need something which can be there only later."""
    beside = Beside(context)
    items = ordered(_without_serials(context), beside)
    return _Staging(context, beside, items).run()


def _without_serials(context: Context) -> Schema:
    """The schema without the sequences that SQLAlchemy's SERIAL makes."""
    made = {
        sequence.name
        for (name, column), sequence in context.owned.items()
        if (table := context.tables.get(name)) is not None and is_serial(context, table, table.column(column))
    }
    if not made:
        return context.schema
    kept = tuple(sequence for sequence in context.schema.sequences if sequence.name not in made)
    return msgspec.structs.replace(context.schema, sequences=kept)


class _Staging:
    def __init__(self, context: Context, beside: Beside, items: list[Item]) -> None:
        self.context = context
        self.beside = beside
        self.items = items
        self.stages = Stages()
        self.known = comments_of_metadata(context)
        self.late: set[Name] = set()
        self.roots: dict[tuple[str, ...], str] = {_group(name): table_key(name) for name in context.tables}
        self.unmodelled = {node.sql for node in context.schema.unmodelled}
        self.mentioned = {name for node in context.schema.unmodelled for name in node.mentions}

    def run(self) -> Stages:
        flat = [(item, sql) for item in self.items for sql in item.statements if sql not in self.known]
        marks = [at for at, (_, sql) in enumerate(flat) if sql.startswith(MARK)]
        first, last = (marks[0], marks[-1]) if marks else (len(flat), -1)
        middle: list[tuple[int, str]] = []
        for at, (item, sql) in enumerate(flat):
            if sql.startswith(MARK):
                self._table(self.beside.stated[int(sql[1:])])
            elif item.order[0] in SURROUNDINGS:
                self.stages.before_types.append(Statement(sql))
            elif at < first:
                self.stages.before_tables.append(self._statement(item, sql))
            else:
                self.stages.after_tables.append(self._statement(item, sql))
                if at < last and sql in self.beside.made:
                    middle.append((at, sql))
        self._needed_early(flat, middle)
        self._late_indexes()
        self._drops()
        return self.stages

    def _statement(self, item: Item, sql: str) -> Statement:
        tied = item.order[0] in (Section.TABLES, Section.FOREIGN_KEYS)
        table = self.roots.get(item.order[2][:2]) if tied else None
        return Statement(sql, table, sql in self.unmodelled)

    def _table(self, stated: Table) -> None:
        """Notes the difference between the table and what its CREATE TABLE may state."""
        key = table_key(stated.name)
        whole = self.context.tables[stated.name]
        if statements := list(with_table(self.context, stated)):
            self.stages.with_table[key] = statements
        if stated.inherits:
            self.stages.follows[key] = [table_key(name) for name in stated.inherits if name in self.context.tables]
        if stated != whole:
            kept = {node.name for node in walk(stated) if hasattr(node, "name")}
            self.context.late_constraints.update(
                (stated.name, constraint.name)
                for constraint in (*whole.checks, *whole.uniques, *whole.exclusions, whole.primary_key)
                if constraint is not None and constraint.name not in kept
            )
            self.context.late_defaults.update(
                (stated.name, column.name)
                for column, bare in zip(whole.columns, stated.columns, strict=True)
                if column.default is not None and bare.default is None
            )

    def _needed_early(self, flat: list[tuple[Item, str]], middle: Iterable[tuple[int, str]]) -> None:
        """Moves what a later table needs in front of that table, and lets that table follow those it speaks of."""
        tables = {name.name: name for name in self.context.tables}
        for at, sql in sorted(middle, reverse=True):
            made = self.beside.made[sql].name.name
            user = next((t for t in self._tables_after(flat, at) if made in _words(t)), None)
            if user is None:
                continue
            key = table_key(user.name)
            self.stages.before_table.setdefault(key, []).insert(0, sql)
            self.stages.after_tables.remove(next(s for s in self.stages.after_tables if s.sql == sql))
            spoken = {mention.name for mention in mentions(sql)} & tables.keys()
            follows = self.stages.follows.setdefault(key, [])
            follows += sorted({table_key(tables[word]) for word in spoken} - {key, *follows})

    def _tables_after(self, flat: list[tuple[Item, str]], at: int) -> Iterable[Table]:
        return (self.beside.stated[int(sql[1:])] for _, sql in flat[at + 1 :] if sql.startswith(MARK))

    def _late_indexes(self) -> None:
        """Indexes on expressions that call what is made after the tables are made by an event as well."""
        self.late = {self.beside.made[s.sql].name for s in self.stages.after_tables if s.sql in self.beside.made}
        late = {name.name for name in self.late}
        for table in self.context.tables.values() if late else ():
            for index in table.indexes:
                texts = [part.expression or "" for part in index.parts] + [index.where or ""]
                if any(mention.name in late for text in texts for mention in mentions(text)):
                    self.context.late_indexes.add((table.name, index.name))
                    self.stages.after_tables.extend(
                        Statement(sql, table_key(table.name)) for sql in self.beside.late_index(table.name, index)
                    )

    def _drops(self) -> None:
        """What the tables do not take with them, in the reverse order of making."""
        schema = self.context.schema
        before = [Statement(drops.drop(node)) for node in schema.event_triggers]
        before += [Statement(drops.drop(node)) for node in schema.publications]
        for table in schema.external_tables:
            parts: list[Part] = [*table.policies, *table.triggers, *table.rules]
            before += [Statement(drops.drop_part(table.name, part)) for part in parts]
        for statement in reversed(self.stages.after_tables):
            node = self.beside.made.get(statement.sql)
            # (A partition goes with its table.)
            if node is not None and not (isinstance(node, Table) and node.partition is not None):
                before.append(Statement(self._drop(node), statement.table))
        self.stages.before_drop.extend([*before, *self._keys_by_event()])
        for made in reversed(self.stages.before_table.values()):
            between = [node for sql in reversed(made) if (node := self.beside.made.get(sql)) is not None]
            # Tables that go next hang on these.
            self.stages.before_drop.extend(Statement(f"{drops.drop(node)} CASCADE") for node in between)
        early = [s.sql for s in self.stages.before_tables]
        nodes = [node for sql in reversed(early) if (node := self.beside.made.get(sql)) is not None]
        self.stages.after_drop.extend(self._drop(node) for node in nodes)
        for held in reversed(schema.default_privileges):
            back = msgspec.structs.replace(held, granted=held.revoked, revoked=held.granted, grantable=())
            self.stages.after_drop.extend(grants.defaults(back))

    def _keys_by_event(self) -> Iterator[Statement]:
        """The foreign keys that the metadata does not make, and would not take away before the tables."""
        for table in self.context.schema.tables:
            for key in table.foreign_keys:
                if not (key.inherited or (table.name in self.context.tables and is_native(self.context, key))):
                    yield Statement(drops.drop_part(table.name, key), self._root(table))

    def _root(self, table: Table) -> str | None:
        """The key of the metadata's table that a partition belongs to."""
        known = {table.name: table for table in self.context.schema.tables}
        while table.partition is not None and table.partition.parent in known:
            table = known[table.partition.parent]
        return table_key(table.name) if table.name in self.context.tables else None

    def _drop(self, node: Made) -> str:
        """A function that a statement speaks of which cannot be dropped by itself (an operator's) takes it along; so
        does one on which tables hang, which are dropped next."""
        statement = drops.drop(node)
        if not isinstance(node, Function):
            return statement
        needed = node.name in self.mentioned or node.name in self.late
        return f"{statement} CASCADE" if needed else statement


def _group(name: Name) -> tuple[str, str]:
    return ("" if name.schema == "public" else name.schema, name.name)


def _words(table: Table) -> set[str]:
    """All names that a table's CREATE TABLE may need: of types, and those in expressions."""
    found: set[str] = set() if table.of_type is None else {table.of_type.name}
    for node in walk(table):
        for attribute in ("type", "default", "expression"):
            value = getattr(node, attribute, None)
            if isinstance(value, str):
                found.update(mention.name for mention in mentions(value))
            elif value is not None and hasattr(value, "name"):
                found.add(value.name)
    return found
