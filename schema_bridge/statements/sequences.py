"""CREATE SEQUENCE, its ownership, and the options it shares with identity columns."""

from __future__ import annotations

from schema_bridge.emit.sql import ident, name
from schema_bridge.ir import Sequence, SequenceOptions


def options(value: SequenceOptions) -> list[str]:
    """What differs from the defaults of the sequence's type and direction, without its type."""
    words = []
    if value.increment != 1:
        words.append(f"INCREMENT BY {value.increment}")
    if value.minimum is not None:
        words.append(f"MINVALUE {value.minimum}")
    if value.maximum is not None:
        words.append(f"MAXVALUE {value.maximum}")
    if value.start is not None:
        words.append(f"START WITH {value.start}")
    if value.cache != 1:
        words.append(f"CACHE {value.cache}")
    if value.cycle:
        words.append("CYCLE")
    return words


_PERSISTENCE = {"permanent": "", "unlogged": "UNLOGGED ", "temporary": "TEMPORARY "}


def create(sequence: Sequence, *, if_not_exists: bool = False) -> str:
    """The sequence without its owner column, which `own` states once the table is there."""
    exists = "IF NOT EXISTS " if if_not_exists else ""
    words = [f"CREATE {_PERSISTENCE[sequence.persistence]}SEQUENCE {exists}{name(sequence.name)}"]
    if sequence.options.type != "bigint":
        words.append(f"AS {sequence.options.type}")
    return " ".join([*words, *options(sequence.options)])


def own(sequence: Sequence) -> list[str]:
    """ALTER SEQUENCE … OWNED BY, for the sequence of a column."""
    if sequence.owned_by is None:
        return []
    column = f"{name(sequence.owned_by.table)}.{ident(sequence.owned_by.column)}"
    return [f"ALTER SEQUENCE {name(sequence.name)} OWNED BY {column}"]
