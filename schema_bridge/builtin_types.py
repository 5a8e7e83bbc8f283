"""The names of the types that every database has, and their other spellings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ALIASES: Final[Mapping[str, str]] = {
    "int": "integer",
    "int4": "integer",
    "int2": "smallint",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "float": "double precision",
    "bool": "boolean",
    "decimal": "numeric",
    "dec": "numeric",
    "varchar": "character varying",
    "char varying": "character varying",
    "nchar varying": "character varying",
    "national character varying": "character varying",
    "national char varying": "character varying",
    "bpchar": "character",
    "char": "character",
    "nchar": "character",
    "national character": "character",
    "national char": "character",
    "varbit": "bit varying",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "timetz": "time with time zone",
}
"""Other spellings of built-in types, to the canonical name."""

SYNTAX: Final = frozenset(
    {name for name in (*ALIASES, *ALIASES.values()) if " " in name}
    | {"int", "integer", "smallint", "bigint", "real", "float", "boolean", "decimal", "dec", "character", "nchar"}
)
"""Names that the parser knows and the catalog does not: in double quotes they are names like any other."""

SERIALS: Final[Mapping[str, str]] = {
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
    "serial2": "smallint",
}
"""The serial names and the integer each stands for; `parse` leaves them as names of `pg_catalog`."""

INTEGER_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "smallint": (-(2**15), 2**15 - 1),
    "integer": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
}

_PSEUDO_WORDS = (
    "any anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray anycompatiblerange "
    "anyelement anyenum anymultirange anynonarray anyrange cstring event_trigger fdw_handler index_am_handler internal "
    "language_handler pg_ddl_command record table_am_handler trigger tsm_handler unknown void"
)
_OTHER_WORDS = (
    "aclitem bit box bytea cid cidr circle date datemultirange daterange gtsvector inet int2vector "
    "int4multirange int4range int8multirange int8range interval json jsonb jsonpath line lseg macaddr macaddr8 "
    "money name nummultirange numrange oid oidvector path pg_lsn pg_node_tree pg_snapshot point polygon "
    "refcursor regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc "
    "regprocedure regrole regtype text tid tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector "
    "txid_snapshot uuid xid xid8 xml"
)
PSEUDO: Final = frozenset(_PSEUDO_WORDS.split())
BUILT_IN: Final = frozenset({*ALIASES.values(), *INTEGER_BOUNDS, *PSEUDO, *_OTHER_WORDS.split()})
"""The canonical names of the types that every database has."""
