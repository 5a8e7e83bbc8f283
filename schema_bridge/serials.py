"""A serial column as what it stands for: an integer, a sequence that the column owns, and a default that asks it."""

from __future__ import annotations

from msgspec.structs import replace

from schema_bridge.emit import sql
from schema_bridge.ir import ColumnRef, Name, Origin, Sequence, SequenceOptions, Type
from schema_bridge.pgtypes import SERIALS


def is_serial(type: Type) -> bool:
    """Whether a type as `pgtypes.parse` gives it is one of the serial names; they make no arrays."""
    return type.schema == "pg_catalog" and type.name in SERIALS and not type.dimensions


def unfold(type: Type, column: ColumnRef, sequence: Name, origin: Origin | None = None) -> tuple[Type, str, Sequence]:
    """The integer type, the default and the sequence of a serial column, which is also NOT NULL.

    `sequence` is the name PostgreSQL gives it. Source: manual, 8.1.4 Serial Types. The default names the sequence
    with its namespace, as pg_dump does, so that no search path changes its meaning.
    """
    integer = SERIALS[type.name]
    return (
        Type(name=integer),
        nextval(sequence),
        Sequence(name=sequence, options=options(integer), owned_by=column, origin=origin),
    )


def options(integer: str) -> SequenceOptions:
    """How the sequence of a serial column counts, whose type is `integer`."""
    return replace(SequenceOptions(), type=integer)


def nextval(sequence: Name) -> str:
    """The default that asks a sequence for its next value."""
    return f"nextval({sql.literal(sql.name(sequence, public=True))}::regclass)"
