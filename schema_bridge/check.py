"""What contradicts itself in a schema: two objects of one name, and names of columns and tables that are not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from schema_bridge.errors import Finding
from schema_bridge.ir import ForeignKey, IndexPart, Node, Schema, Table, facts, leading_to, walk
from schema_bridge.losses import label

_NODES = frozenset({Node})
_PARTS = frozenset({IndexPart})


def check(schema: Schema) -> tuple[Finding, ...]:
    """Every contradiction, sorted; none in what a reader of ours has made."""
    return tuple(sorted({*_duplicates(schema), *_dangling(schema)}, key=str))


def _duplicates(schema: Schema) -> Iterator[Finding]:
    for struct in _holders(schema):
        for name in leading_to(type(struct), _NODES):
            nodes = getattr(struct, name)
            if not isinstance(nodes, tuple) or len({node.key for node in nodes}) == len(nodes):
                continue
            counts = Counter(node.key for node in nodes)
            for node in nodes:
                if counts[node.key] > 1:
                    outer = (struct, node) if isinstance(struct, Node) else (node,)
                    yield Finding(f"two of one name in {name}: {label(outer)}", node.origin)


def _holders(struct: msgspec.Struct) -> Iterator[msgspec.Struct]:
    """The struct and all inside it that hold nodes."""
    yield struct
    for name in leading_to(type(struct), _NODES):
        value = getattr(struct, name)
        for item in value if isinstance(value, tuple) else ():
            yield from _holders(item)


def _dangling(schema: Schema) -> Iterator[Finding]:
    known = {table.name: table for table in (*schema.tables, *schema.external_tables)}
    for table in schema.tables:
        if table.partition or table.inherits or table.of_type:
            continue  # its columns are also another's
        own = {column.name for column in table.columns}
        for node in _parts(table):
            for column in sorted(_columns(node) - own):
                yield Finding(f"{label((table, node))} names a column {column} that {table.name} lacks", node.origin)
        for key in table.foreign_keys:
            yield from _foreign_key(table, key, known.get(key.table), {n.name for n in schema.namespaces})


def _foreign_key(table: Table, key: ForeignKey, target: Table | None, namespaces: set[str]) -> Iterator[Finding]:
    place = label((table, key))
    if target is None:
        if key.table.schema in namespaces | {table.name.schema}:
            yield Finding(f"{place} refers to {key.table}, which is not there", key.origin)
        return
    if key.referenced_columns and len(key.referenced_columns) != len(key.columns):
        yield Finding(f"{place} joins {len(key.columns)} columns to {len(key.referenced_columns)}", key.origin)
    if target.columns and not (target.partition or target.inherits or target.of_type):
        for column in sorted(set(key.referenced_columns) - {column.name for column in target.columns}):
            yield Finding(f"{place} refers to a column {column} that {target.name} lacks", key.origin)


def _parts(table: Table) -> Iterator[Node]:
    """What hangs on a table and names its columns."""
    for fact in facts(Table):
        value = getattr(table, fact.name)
        nodes = value if isinstance(value, tuple) else (value,)
        yield from (node for node in nodes if isinstance(node, Node) and fact.name != "columns")


def _columns(node: msgspec.Struct) -> set[str]:
    """The columns of its own table that a node names: in `columns`, `include` and the parts of a key."""
    names = {*getattr(node, "columns", ()), *getattr(node, "include", ())}
    if not leading_to(type(node), _PARTS):
        return names
    return names | {part.column for part in walk(node) if isinstance(part, IndexPart) and part.column is not None}
