"""A sequence, a default and a not-null column, put together again as `serial` where that makes the same database."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from schema_bridge import pgtypes, serials
from schema_bridge.ir import Column, Name, Sequence, Table, Type

_SERIAL = {integer: serial for serial, integer in pgtypes.SERIALS.items() if serial.endswith("serial")}
_nextval = re.compile(r"""(?:pg_catalog\.)?nextval\('([^']+)'(?:::(?:pg_catalog\.)?regclass)?\)""").fullmatch
_name = re.compile(r'(?:("(?:[^"]|"")+"|[a-z_][\w$]*)\.)?("(?:[^"]|"")+"|[a-z_][\w$]*)').fullmatch


def fold(table: Table, owned: Mapping[tuple[Name, str], Sequence]) -> tuple[Table, tuple[Sequence, ...]]:
    """The table with its serial columns as such, and the sequences that come with them."""
    if not owned or table.of_type is not None or table.server is not None or table.persistence == "temporary":
        return table, ()
    folded: list[Sequence] = []
    columns = []
    for column in table.columns:
        sequence = owned.get((table.name, column.name))
        if sequence is not None and _is_serial(table, column, sequence):
            folded.append(sequence)
            serial = Type(name=_SERIAL[column.type.name])
            column = msgspec.structs.replace(column, type=serial, default=None, not_null=False)
        columns.append(column)
    if not folded:
        return table, ()
    return msgspec.structs.replace(table, columns=tuple(columns)), tuple(folded)


def _is_serial(table: Table, column: Column, sequence: Sequence) -> bool:
    """Whether `serial` makes this very column and sequence (manual, 8.1.4)."""
    type = column.type
    own = Name(table.name.schema, f"{table.name.name}_{column.name}_seq")
    return (
        type == Type(name=type.name)
        and type.name in _SERIAL
        and column.not_null
        and not column.inherited
        and column.not_null_constraint is None
        and sequence.name == own
        and len(own.name.encode()) <= 63
        and sequence.options == serials.options(type.name)
        and sequence.persistence == table.persistence
        and sequence.owner in (None, table.owner)
        and _counts_from(column.default or "", table.name.schema) == own
    )


def _counts_from(default: str, home: str) -> Name | None:
    """The sequence of `nextval('…'::regclass)`; one without a namespace is taken to be in the table's own."""
    if not (call := _nextval(default)) or not (name := _name(call[1])):
        return None
    schema, sequence = (word and (word[1:-1].replace('""', '"') if word[0] == '"' else word) for word in name.groups())
    return Name(schema or home, sequence)
