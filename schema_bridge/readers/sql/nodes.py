"""The parser's nodes that tables are made of, typed: what nobody reads is stepped over, and expressions stay JSON.

Fields have the names and meanings of PostgreSQL's src/include/nodes/parsenodes.h. The parser leaves out what is zero,
false or empty, so each field has that as its default. Every other statement is decoded as plain dictionaries.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

N = TypeVar("N")
Tree = dict[str, Any]
Expression = msgspec.Raw
"""An expression as JSON: most are never looked into, since their text is kept as it was written."""

ABSENT = msgspec.Raw()


class Node(msgspec.Struct, frozen=True, gc=False):
    """A node of the parser's tree."""


class Text(Node, frozen=True):
    sval: str = ""


class String(Node, frozen=True):
    text: Text = msgspec.field(name="String")


Strings = tuple[String, ...]


def texts(strings: Iterable[String]) -> tuple[str, ...]:
    return tuple([string.text.sval for string in strings])


class TypeName(Node, frozen=True):
    names: Expression = ABSENT
    """A list of strings, nearly always one that came before: `type_names` decodes it once."""
    pct_type: bool = False
    typmods: tuple[Tree, ...] = ()
    arrayBounds: tuple[Tree, ...] = ()
    location: int = 0


class Constraint(Node, frozen=True):
    contype: str
    conname: str | None = None
    deferrable: bool = False
    initdeferred: bool = False
    is_enforced: bool = False
    skip_validation: bool = False
    is_no_inherit: bool = False
    raw_expr: Expression = ABSENT
    generated_when: str | None = None
    generated_kind: str = "s"
    nulls_not_distinct: bool = False
    keys: Strings = ()
    without_overlaps: bool = False
    including: Strings = ()
    exclusions: tuple[Tree, ...] = ()
    options: tuple[Tree, ...] = ()
    indexname: str | None = None
    indexspace: str | None = None
    access_method: str | None = None
    where_clause: Expression = ABSENT
    pktable: Tree = {}
    fk_attrs: Strings = ()
    pk_attrs: Strings = ()
    fk_with_period: bool = False
    fk_matchtype: str = "s"
    fk_upd_action: str = "a"
    fk_del_action: str = "a"
    fk_del_set_cols: Strings = ()
    location: int = 0


class ConstraintItem(Node, frozen=True):
    node: Constraint = msgspec.field(name="Constraint")


class ColumnDef(Node, frozen=True):
    colname: str = ""
    typeName: TypeName | None = None
    compression: str | None = None
    storage_name: str | None = None
    collClause: Tree | None = None
    constraints: tuple[ConstraintItem, ...] = ()
    fdwoptions: tuple[Tree, ...] = ()
    location: int = 0


class ListedColumn(Node, frozen=True):
    """A ColumnDef of a CREATE TABLE, its type and constraints still JSON: one in the same words may have been read
    before."""

    colname: str = ""
    typeName: Expression = ABSENT
    compression: str | None = None
    storage_name: str | None = None
    collClause: Tree | None = None
    constraints: Expression = ABSENT
    fdwoptions: tuple[Tree, ...] = ()
    location: int = 0

    def whole(self) -> ColumnDef:
        return ColumnDef(
            colname=self.colname,
            typeName=_type_name.decode(self.typeName) if self.typeName else None,
            compression=self.compression,
            storage_name=self.storage_name,
            collClause=self.collClause,
            constraints=self.own_constraints(),
            fdwoptions=self.fdwoptions,
            location=self.location,
        )

    def own_constraints(self) -> tuple[ConstraintItem, ...]:
        return _constraints.decode(self.constraints) if self.constraints else ()


class TableElement(Node, frozen=True):
    """One of the three."""

    column: ListedColumn | None = msgspec.field(default=None, name="ColumnDef")
    constraint: Constraint | None = msgspec.field(default=None, name="Constraint")
    like: Tree | None = msgspec.field(default=None, name="TableLikeClause")

    @property
    def location(self) -> int:
        """Where a column or a constraint begins."""
        stated = self.column or self.constraint
        return 0 if stated is None else stated.location


class CreateStmt(Node, frozen=True):
    relation: Tree
    tableElts: tuple[TableElement, ...] = ()
    inhRelations: tuple[Tree, ...] = ()
    partbound: Tree | None = None
    partspec: Tree | None = None
    ofTypename: Tree | None = None
    options: tuple[Tree, ...] = ()
    tablespacename: str | None = None
    accessMethod: str | None = None
    if_not_exists: bool = False


class IndexElem(Node, frozen=True):
    """Also a PartitionElem or a StatsElem, which state less."""

    name: str | None = None
    expr: Expression = ABSENT
    collation: tuple[Tree, ...] = ()
    opclass: tuple[Tree, ...] = ()
    opclassopts: tuple[Tree, ...] = ()
    ordering: str = "SORTBY_DEFAULT"
    nulls_ordering: str = "SORTBY_NULLS_DEFAULT"


class IndexItem(Node, frozen=True):
    node: IndexElem = msgspec.field(name="IndexElem")


class IndexStmt(Node, frozen=True):
    relation: Tree
    idxname: str | None = None
    accessMethod: str = "btree"
    tableSpace: str | None = None
    indexParams: tuple[IndexItem, ...] = ()
    indexIncludingParams: tuple[IndexItem, ...] = ()
    options: tuple[Tree, ...] = ()
    whereClause: Expression = ABSENT
    unique: bool = False
    nulls_not_distinct: bool = False
    if_not_exists: bool = False


class AlterPolicyStmt(Node, frozen=True):
    policy_name: str
    table: Tree
    roles: tuple[Tree, ...] = ()
    qual: Expression = ABSENT
    with_check: Expression = ABSENT


class CreatePolicyStmt(AlterPolicyStmt, frozen=True):
    cmd_name: str = "all"
    permissive: bool = False


_plain = msgspec.json.Decoder()
_strings = msgspec.json.Decoder(Strings)
_type_name = msgspec.json.Decoder(TypeName)
_constraints = msgspec.json.Decoder(tuple[ConstraintItem, ...])
_typed: dict[bytes, msgspec.json.Decoder[Any]] = {
    kind.__name__.encode(): msgspec.json.Decoder(dict[str, kind])  # type: ignore[valid-type]
    for kind in (CreateStmt, IndexStmt, CreatePolicyStmt, AlterPolicyStmt)
}


def statement(json: msgspec.Raw) -> tuple[str, Any]:
    """The kind and the fields of a statement: a struct for the kinds above, a dictionary for any other."""
    text = bytes(json)
    kind = text[2 : text.index(b'"', 2)]
    decoded: dict[str, Any] = _typed.get(kind, _plain).decode(text)
    [item] = decoded.items()
    return item


def restated(tree: Tree) -> tuple[str, Any]:
    """The same for a statement that was decoded as a part of another one."""
    return statement(msgspec.Raw(msgspec.json.encode(tree)))


def typed(tree: Tree, kind: type[N]) -> N:
    """The fields of a node that was decoded as a part of a plain statement."""
    return msgspec.json.decode(msgspec.json.encode(tree), type=kind)


def type_names(node: TypeName) -> tuple[str, ...]:
    """The name of a type, behind its schema where that is stated."""
    return _type_names(bytes(node.names))


@lru_cache(maxsize=4096)
def _type_names(json: bytes) -> tuple[str, ...]:
    return texts(_strings.decode(json))


def expression(node: Expression | Tree) -> Tree:
    """The tree of an expression."""
    tree: Tree = _plain.decode(node) if isinstance(node, msgspec.Raw) else node
    return tree


def json(node: Expression | Tree) -> bytes:
    """An expression as JSON: a key or a value that is not in it, is not in its tree."""
    return bytes(node) if isinstance(node, msgspec.Raw) else msgspec.json.encode(node)
