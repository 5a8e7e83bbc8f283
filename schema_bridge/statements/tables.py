"""CREATE TABLE in all its forms, and the ALTERs for what it cannot say."""

from __future__ import annotations

import msgspec

from schema_bridge.emit.sql import foreign_options, ident, name, options
from schema_bridge.ir import Column, Exclusion, Partition, PartitionKey, PrimaryKey, Table, Unique
from schema_bridge.statements import columns, constraints
from schema_bridge.statements.indexes import part
from schema_bridge.statements.objects import Constraint

_PERSISTENCE = {"permanent": "", "unlogged": "UNLOGGED ", "temporary": "TEMPORARY "}


def create(table: Table, *, if_not_exists: bool = False, spelled_out: bool = False) -> str:
    """The table with its columns, keys, exclusions and validated checks; foreign keys, indexes and the rest apart.

    `spelled_out`: keys are named even where PostgreSQL would give them that name.
    """
    foreign = "FOREIGN " if table.server is not None else ""
    exists = "IF NOT EXISTS " if if_not_exists else ""
    head = f"CREATE {_PERSISTENCE[table.persistence]}{foreign}TABLE {exists}{name(table.name)}"
    made_as_partition = table.partition is not None and not table.partition.attached
    if made_as_partition and table.partition is not None:
        head += f" PARTITION OF {name(table.partition.parent)}"
    elif table.of_type is not None:
        head += f" OF {name(table.of_type)}"
    lines = elements(table, spelled_out)
    if lines:
        head += " (\n    " + ",\n    ".join(lines) + "\n)"
    elif not made_as_partition and table.of_type is None:
        head += " ()"
    return "\n".join([head, *_clauses(table)]) if len(lines) else " ".join([head, *_clauses(table)])


def elements(table: Table, spelled_out: bool = False) -> list[str]:
    """The lines between the brackets of CREATE TABLE."""
    if table.of_type is not None:
        stated = [line for column in table.columns if (line := _with_options(table, column))]
        return stated + [constraints.definition(constraint) for constraint in inline_constraints(table)]
    apart, beside = [], {}
    for constraint in inline_constraints(table):
        column = "" if spelled_out else _column_beside(table, constraint)
        if column:
            beside[column] = _KEY_WORDS[type(constraint)]
        else:
            apart.append(constraints.definition(constraint))
    return [
        *[columns.definition(table.name, c, beside.get(c.name, "")) for c in table.columns if not c.inherited],
        *apart,
    ]


_KEY_WORDS: dict[type[Constraint], str] = {PrimaryKey: "PRIMARY KEY", Unique: "UNIQUE"}


def _column_beside(table: Table, key: Constraint) -> str:
    """The column that a key of one column, with the name PostgreSQL gives it, stands beside: `id uuid PRIMARY KEY`."""
    if not isinstance(key, PrimaryKey | Unique) or len(key.columns) != 1:
        return ""
    column = key.columns[0]
    given = f"{table.name.name}_pkey" if isinstance(key, PrimaryKey) else f"{table.name.name}_{column}_key"
    if key.name != given or len(given.encode()) > 63 or not _says_nothing_else(key):
        return ""
    return "" if any(c.inherited and c.name == column for c in table.columns) else column


def _says_nothing_else(key: PrimaryKey | Unique) -> bool:
    return constraints.body(key) == f"{_KEY_WORDS[type(key)]} ({ident(key.columns[0])})"


def _with_options(table: Table, column: Column) -> str:
    """What a table of a type says of a column itself; its collation is the type's."""
    words = columns.constraints(table.name, msgspec.structs.replace(column, collation=None))
    return f"{ident(column.name)} WITH OPTIONS{words}" if words else ""


def inline_constraints(table: Table) -> list[Constraint]:
    """The constraints that stand in CREATE TABLE: all but foreign keys, inherited checks, NOT VALID ones and doubles."""
    checks = [c for c in table.checks if not c.inherited and not c.not_valid]
    return [*_keys(table)[0], *checks]


def doubles(table: Table) -> list[Constraint]:
    """The keys that CREATE TABLE would take for another one's repetition and leave out: only ALTER TABLE makes them."""
    return _keys(table)[1]


def _keys(table: Table) -> tuple[list[Constraint], list[Constraint]]:
    """The keys and exclusions that differ, and those that only differ in name (`transformIndexConstraints`)."""
    primary = () if table.primary_key is None else (table.primary_key,)
    made: list[PrimaryKey | Unique | Exclusion] = [*primary, *table.uniques, *table.exclusions]
    if len({key.columns for key in made if not isinstance(key, Exclusion)}) == len(made):
        return [*made], []
    first: dict[tuple[object, ...], Constraint] = {}
    more: list[Constraint] = [key for key in made if first.setdefault(_says(key), key) is not key]
    return [*first.values()], more


def _says(key: PrimaryKey | Unique | Exclusion) -> tuple[object, ...]:
    """What tells one key from another for PostgreSQL."""
    when = key.include, key.deferrable, key.initially_deferred
    if isinstance(key, Exclusion):
        return key.parts, key.method, key.where, *when
    return key.columns, key.without_overlaps, isinstance(key, Unique) and key.nulls_not_distinct, *when


def _clauses(table: Table) -> list[str]:
    """What follows the brackets, in the order of the grammar."""
    words = []
    if table.inherits:
        words.append(f"INHERITS ({', '.join(map(name, table.inherits))})")
    if table.partition is not None and not table.partition.attached:
        words.append(bound(table.partition))
    if table.partition_by is not None:
        words.append(partition_by(table.partition_by))
    if table.server is not None:
        words.append(f"SERVER {ident(table.server)}")
    if table.foreign_options:
        words.append(foreign_options(table.foreign_options))
    if table.access_method is not None:
        words.append(f"USING {ident(table.access_method)}")
    if table.options:
        words.append(f"WITH ({options(table.options)})")
    if table.tablespace is not None:
        words.append(f"TABLESPACE {ident(table.tablespace)}")
    return words


def partition_by(key: PartitionKey) -> str:
    return f"PARTITION BY {key.strategy.upper()} ({', '.join(map(part, key.parts))})"


def bound(partition: Partition) -> str:
    return "DEFAULT" if partition.bound.upper() == "DEFAULT" else f"FOR VALUES {partition.bound}"


def attach(table: Table, partition: Partition) -> str:
    """Makes a table that stands by itself a partition."""
    return f"ALTER TABLE ONLY {name(partition.parent)} ATTACH PARTITION {name(table.name)} {bound(partition)}"


def row_security(table: Table) -> list[str]:
    """ENABLE and FORCE ROW LEVEL SECURITY, where they are on."""
    found = [f"ALTER TABLE {name(table.name)} ENABLE ROW LEVEL SECURITY"] if table.row_security else []
    if table.force_row_security:
        found.append(f"ALTER TABLE {name(table.name)} FORCE ROW LEVEL SECURITY")
    return found


def index_settings(table: Table) -> list[str]:
    """What names an index of the table: its replica identity and the index it is clustered on."""
    found = []
    alter = f"ALTER TABLE ONLY {name(table.name)}"
    if table.replica_identity == "index":
        found.append(f"{alter} REPLICA IDENTITY USING INDEX {ident(table.replica_identity_index or '')}")
    elif table.replica_identity != "default":
        found.append(f"{alter} REPLICA IDENTITY {table.replica_identity.upper()}")
    if table.cluster_on is not None:
        found.append(f"ALTER TABLE {name(table.name)} CLUSTER ON {ident(table.cluster_on)}")
    return found
