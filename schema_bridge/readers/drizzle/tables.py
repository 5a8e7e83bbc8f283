"""Tables of a snapshot: columns, keys, checks, policies, and the sequences that serial columns bring along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, TypeVar, cast

from msgspec import UNSET
from msgspec.structs import replace

from schema_bridge import default_names, pgtypes, serials
from schema_bridge.default_names import cut
from schema_bridge.ir import (
    Action,
    Check,
    Column,
    ColumnRef,
    ForeignKey,
    Generated,
    Identity,
    Name,
    Node,
    Policy,
    PrimaryKey,
    Sequence,
    SequenceOptions,
    Table,
    Type,
    Unique,
)
from schema_bridge.readers.drizzle import defaults, texts
from schema_bridge.readers.drizzle.document import Document
from schema_bridge.readers.drizzle.indexes import index
from schema_bridge.readers.drizzle.snapshot import (
    ColumnEntry,
    Entries,
    ForeignKeyEntry,
    PolicyEntry,
    SequenceEntry,
    TableEntry,
)

_ARRAY = re.compile(r"(.*?)((?:\[\d*\])+)", re.DOTALL)
_ACTIONS = ("no action", "restrict", "cascade", "set null", "set default")
_COMMANDS = ("all", "select", "insert", "update", "delete")
N = TypeVar("N", bound=Node)
Made = tuple[Table, tuple[Sequence, ...]]


class Tables:
    """The tables of one snapshot; knows the names that are taken, for those PostgreSQL chooses."""

    def __init__(self, document: Document, snapshot: Entries) -> None:
        self.document = document
        self.enums = {(entry.schema, entry.name) for entry in snapshot.enums.values()}
        self.taken = set(_relations(snapshot))

    def table(self, key: str, entry: TableEntry) -> Made:
        """The table under that key of the snapshot, and the sequences of its serial columns."""
        at = ("tables", key)
        name = made(entry.schema, entry.name)
        sequences: list[Sequence] = []
        columns = [self._column(name, part, sequences, *at, "columns", word) for word, part in entry.columns.items()]
        primary_key = self._primary_key(name, entry, *at)
        required = primary_key.columns if primary_key else ()
        table = Table(
            name=name,
            columns=tuple(_not_null(column) if column.name in required else column for column in columns),
            primary_key=primary_key,
            uniques=ordered(self._uniques(name, entry, *at)),
            checks=ordered(self._checks(name, entry, *at)),
            foreign_keys=ordered(
                self._foreign_key(part, *at, "foreignKeys", word) for word, part in entry.foreign_keys.items()
            ),
            indexes=ordered(
                index(self.document, part, name, *at, "indexes", word) for word, part in entry.indexes.items()
            ),
            policies=ordered(
                policy(self.document, part, name, *at, "policies", word) for word, part in entry.policies.items()
            ),
            # drizzle-kit's SQL enables row security for a table with policies, whatever the flag says.
            row_security=entry.row_security or bool(entry.policies),
            origin=self.document.origin(*at),
        )
        return table, tuple(sequences)

    def type(self, entry: ColumnEntry, *keys: str) -> Type:
        """A column's type; that of an enum is named by `typeSchema`, where drizzle-kit wrote it."""
        found = _ARRAY.fullmatch(entry.type)
        base, dimensions = (found[1], found[2].count("[")) if found else (entry.type, 0)
        schema = entry.type_schema or ("public" if ("public", base) in self.enums else None)
        if schema is not None:
            return Type(name=cut(base), schema=schema, dimensions=dimensions)
        try:
            return pgtypes.parse(entry.type)
        except ValueError:
            self.document.fail(f"{entry.type} is not a type that can be read", *keys, "type")

    def _column(self, table: Name, entry: ColumnEntry, sequences: list[Sequence], *keys: str) -> Column:
        name = cut(entry.name)
        type = self.type(entry, *keys)
        origin = self.document.origin(*keys)
        serial = serials.is_serial(type)
        default = None
        if serial:
            own = self._free(table, name)
            type, default, sequence = serials.unfold(type, ColumnRef(table=table, column=name), own, origin)
            sequences.append(sequence)
        elif entry.default is not UNSET:
            default = defaults.default(self.document, entry.default, type, *keys, "default")
        generated = entry.generated and texts.expression(
            self.document, entry.generated.expression, table, *keys, "generated"
        )
        return Column(
            name=name,
            type=type,
            not_null=entry.not_null or serial or entry.identity is not None,
            default=default,
            generated=Generated(expression=generated) if generated else None,
            identity=self._identity(entry, type, *keys, "identity"),
            origin=origin,
        )

    def _identity(self, entry: ColumnEntry, type: Type, *keys: str) -> Identity | None:
        if entry.identity is None:
            return None
        counting = sequence_options(self.document, entry.identity, type.name, *keys)
        name = Name(entry.identity.schema or "public", cut(entry.identity.name))
        return Identity(always=entry.identity.type == "always", sequence=name, options=counting)

    def _free(self, table: Name, column: str) -> Name:
        name = default_names.free(table.name, column, "seq", lambda text: Name(table.schema, text) in self.taken)
        self.taken.add(Name(table.schema, name))
        return Name(table.schema, name)

    def _primary_key(self, table: Name, entry: TableEntry, *keys: str) -> PrimaryKey | None:
        single = tuple(cut(column.name) for column in entry.columns.values() if column.primary_key)
        if len(entry.composite_primary_keys) + bool(single) > 1:
            self.document.fail(f"table {table} has more than one primary key", *keys)
        for word, part in entry.composite_primary_keys.items():
            name = cut(part.name) if part.name else self._key_name(table, (), "pkey")
            origin = self.document.origin(*keys, "compositePrimaryKeys", word)
            return PrimaryKey(name=name, columns=tuple(map(cut, part.columns)), origin=origin)
        if not single:
            return None
        return PrimaryKey(name=self._key_name(table, (), "pkey"), columns=single, origin=self.document.origin(*keys))

    def _key_name(self, table: Name, columns: tuple[str, ...], label: str) -> str:
        """The name that the server gives to a key without one."""
        middle = default_names.columns_part(columns)
        return default_names.free(table.name, middle, label, lambda text: Name(table.schema, text) in self.taken)

    def _uniques(self, table: Name, entry: TableEntry, *keys: str) -> Iterator[Unique]:
        for word, part in entry.unique_constraints.items():
            columns = tuple(map(cut, part.columns))
            yield Unique(
                name=cut(part.name) if part.name else self._key_name(table, columns, "key"),
                columns=columns,
                nulls_not_distinct=part.nulls_not_distinct,
                origin=self.document.origin(*keys, "uniqueConstraints", word),
            )
        for word, column in entry.columns.items():
            if column.is_unique:
                yield Unique(
                    name=cut(column.unique_name or f"{entry.name}_{column.name}_unique"),
                    columns=(cut(column.name),),
                    nulls_not_distinct=column.nulls_not_distinct,
                    origin=self.document.origin(*keys, "columns", word),
                )

    def _checks(self, table: Name, entry: TableEntry, *keys: str) -> Iterator[Check]:
        for word, part in entry.check_constraints.items():
            at = (*keys, "checkConstraints", word)
            text = texts.expression(self.document, part.value, table, *at, "value")
            yield Check(name=cut(part.name), expression=text, origin=self.document.origin(*at))

    def _foreign_key(self, entry: ForeignKeyEntry, *keys: str) -> ForeignKey:
        target = (entry.table_to, entry.columns_to)
        unnamed = default_names.drizzle_foreign_key(entry.table_from, entry.columns_from, target, 1)
        return ForeignKey(
            name=cut(entry.name) if entry.name else unnamed,
            columns=tuple(map(cut, entry.columns_from)),
            table=made(entry.schema_to, entry.table_to),
            referenced_columns=tuple(map(cut, entry.columns_to)),
            on_delete=self._action(entry.on_delete, *keys, "onDelete"),
            on_update=self._action(entry.on_update, *keys, "onUpdate"),
            origin=self.document.origin(*keys),
        )

    def _action(self, word: str | None, *keys: str) -> Action:
        action = (word or "no action").lower()
        if action not in _ACTIONS:
            self.document.fail(f"there is no action {word} of a foreign key", *keys)
        return cast(Action, action)


def ordered(nodes: Iterable[N]) -> tuple[N, ...]:
    """The nodes sorted by their keys, as the IR wants its lists."""
    return tuple(sorted(nodes, key=lambda node: node.key))


def made(schema: str | None, name: str) -> Name:
    """A name of the snapshot, where an empty schema is `public`."""
    return Name(cut(schema) if schema else "public", cut(name))


def policy(document: Document, entry: PolicyEntry, table: Name, *keys: str) -> Policy:
    """A row security policy of the table."""
    command = (entry.command or "ALL").lower()
    if command not in _COMMANDS:
        document.fail(f"there is no command {entry.command} of a policy", *keys, "for")

    if entry.using is None and entry.with_check is None:
        document.warn(
            f"policy {entry.name} has neither USING nor WITH CHECK; `drizzle-kit pull` is known to lose them", *keys
        )

    def clause(text: str | None, key: str) -> str | None:
        return None if text is None else texts.expression(document, text, table, *keys, key)

    return Policy(
        name=cut(entry.name),
        command=cast(Any, command),
        permissive=(entry.permissive or "PERMISSIVE").upper() == "PERMISSIVE",
        roles=_roles(entry.to),
        using=clause(entry.using, "using"),
        check=clause(entry.with_check, "withCheck"),
        origin=document.origin(*keys),
    )


def _roles(names: tuple[str, ...]) -> tuple[str, ...]:
    """The roles, sorted; beside PUBLIC the others mean nothing (reference, CREATE POLICY)."""
    return ("public",) if not names or "public" in names else tuple(sorted({cut(name) for name in names}))


def sequence_options(document: Document, entry: SequenceEntry, type: str, *keys: str) -> SequenceOptions:
    """How a sequence counts. drizzle-kit writes every bound down: what its type has anyway is left out again."""

    def number(text: str | None, key: str) -> int | None:
        try:
            return None if text is None else int(text)
        except ValueError:
            document.fail(f"{text} is not a whole number", *keys, key)

    integer = type if type in pgtypes.INTEGER_BOUNDS else "bigint"
    increment, cache = number(entry.increment, "increment"), number(entry.cache, "cache")
    return pgtypes.plain_sequence(
        SequenceOptions(
            type=cast(Literal["smallint", "integer", "bigint"], integer),
            start=number(entry.start_with, "startWith"),
            increment=1 if increment is None else increment,
            minimum=number(entry.min_value, "minValue"),
            maximum=number(entry.max_value, "maxValue"),
            cache=1 if cache is None else cache,
            cycle=entry.cycle,
        )
    )


def _relations(snapshot: Entries) -> Iterator[Name]:
    """The names in the namespace that tables, indexes, sequences and views share, as far as they are written down."""
    yield from (made(entry.schema, entry.name) for entry in snapshot.sequences.values())
    yield from (made(entry.schema, entry.name) for entry in snapshot.views.values())
    for table in snapshot.tables.values():
        names = [table.name, *(part.name for part in table.indexes.values())]
        names += (part.name for part in table.unique_constraints.values() if part.name)
        names += (part.name for part in table.composite_primary_keys.values() if part.name)
        yield from (made(table.schema, name) for name in names)
        for column in table.columns.values():
            if column.identity is not None:
                yield made(column.identity.schema, column.identity.name)


def _not_null(column: Column) -> Column:
    return column if column.not_null else replace(column, not_null=True)
