"""Writes validate_schema.sql: a script that compares a database with the schema, in any role, and changes nothing.

Plain facts are literals; expressions are spelled by the server itself, through a twin of the expected objects in
scratch schemas that are rolled back. What cannot be built there is compared as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from operator import itemgetter
from typing import Any, cast

import msgspec

from schema_bridge.emit.sql import literal
from schema_bridge.errors import Finding, OptionError
from schema_bridge.ir import Schema, Table
from schema_bridge.lint.remarks import LintOptions
from schema_bridge.lint.rules import lint
from schema_bridge.writers.validation import grants, script, twin
from schema_bridge.writers.validation.groups import COMMENTS, GROUPS, NAMES, Group
from schema_bridge.writers.validation.literals import Row, nodes_of, rows

_IDENTIFIERS = re.compile(r"[^\W\d]\w*").findall

_BY_PARENT = "it comes with the parent table, which is validated"
_SPELLING = "a matter of spelling: the server does not keep it"

DROPS: Mapping[str, str] = {
    "Unmodelled": "what it does is not known; its objects are not counted as unexpected",
    "Column.inherited": _BY_PARENT,
    "Check.inherited": _BY_PARENT,
    "ForeignKey.inherited": _BY_PARENT,
    "Index.inherited": _BY_PARENT,
    "Trigger.inherited": _BY_PARENT,
    "Index.only": _SPELLING,
    "PublishedTable.only": _SPELLING,
    "View.recursive": _SPELLING,
    "View.column_names": "they are part of the query as the server spells it",
    "MaterializedView.column_names": "they are part of the query as the server spells it",
    "Partition.attached": _SPELLING,
    "PrimaryKey.partition_of": _BY_PARENT,
    "Unique.partition_of": _BY_PARENT,
    "Exclusion.partition_of": _BY_PARENT,
    "Index.partition_of": _BY_PARENT,
    "MaterializedView.with_data": "the first REFRESH changes it",
    "ViewColumn.type": "it follows from the query",
    "Domain.not_null_constraint": "only its being NOT NULL is validated",
    "ColumnNotes": "no fact of the database",
    "ObjectNotes": "no fact of the database",
    "RelationNote": "no fact of the database",
}


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`groups` to check, all where it is empty; `strict`: objects that the schema does not know are differences, not
    remarks; `ignore`: names of tables, or globs, that are left out (`drizzle.*`: that schema too); `owners` are compared where the schema states them;
    `lint`: the report ends with what the schema itself gets wrong; `pgtap`: a test an object, for `pg_prove`; `file` of the
    script."""

    groups: tuple[str, ...] = ()
    strict: bool = False
    ignore: tuple[str, ...] = ()
    owners: bool = False
    lint: LintOptions | None = None
    pgtap: bool = False
    file: str = "validate_schema.sql"

    def __post_init__(self) -> None:
        for group in self.groups:
            if group not in NAMES:
                raise OptionError(f"there is no group {group} to validate; known: {', '.join(NAMES)}")


def write(schema: Schema, options: Options) -> dict[str, str]:
    """The script, a single file."""
    schema = _without(schema, options.ignore)
    chosen = [(_identity(g), g) for g in GROUPS if not options.groups or g.name in options.groups]
    comments = not options.groups or "comments" in options.groups
    unseen = frozenset(() if comments else COMMENTS) | frozenset(() if options.owners else ("owner",))
    expected = _expected(schema, chosen, unseen)
    chosen = [(identity, g) for identity, g in chosen if expected[identity] or not g.free]
    made = {namespace.name for namespace in schema.namespaces}
    namespaces = sorted(made | {cast(Any, node).name.schema for node in nodes_of(schema)}) or ["public"]
    external = {table.name.schema for table in schema.external_tables} | grants.namespaces(schema)
    external |= {published.table.schema for publication in schema.publications for published in publication.tables}
    external |= {namespace.name for namespace in schema.namespaces}
    others = sorted(external - set(namespaces))
    prefix = "sb_expect_"
    batches = twin.batches(schema, prefix)
    places = {
        "catalog": script.queries({group.query for _, group in chosen}),
        "groups": script.metadata(chosen, unseen, expected),
        "expected": script.lines(expected),
        "defaults": script.defaults(),
        "twin": script.listing(batches),
        "namespaces": script.texts(namespaces),
        "others": script.texts(others),
        "externals": script.listing(twin.externals(schema)),
        "overlooked": script.texts([pattern for glob in options.ignore for pattern in _patterns(glob)]),
        "remarks": script.listing(_remarks(schema, options.lint)),
        "explained": script.texts(_explained(schema)),
        "main": literal("public" if "public" in namespaces else namespaces[0]),
        "prefix": literal(prefix),
        "grants": str(bool(schema.privileges)).lower(),
        "strict": str(options.strict).lower(),
        "comments": str(comments).lower(),
        "comments_count": str(
            sum([comment in stated for items in expected.values() for _, stated in items for comment in COMMENTS])
        ),
    }
    return {options.file: script.fill(options.file, places, pgtap=options.pgtap)}


def unexpressed(schema: Schema, options: Options) -> tuple[Finding, ...]:
    """The statements and privileges that no group can check."""
    statements = (
        Finding(f"not validated: {statement.kind} ({' '.join(statement.sql.split())[:60]})", statement.origin)
        for statement in schema.unmodelled
    )
    unchecked = (p for p in schema.privileges if p.object.kind not in grants.KINDS.keys() | grants.OUTER)
    granted = (Finding(f"not validated: privileges on {p.object.kind} {p.object.name}", p.origin) for p in unchecked)
    return (*statements, *granted)


def _remarks(schema: Schema, options: LintOptions | None) -> list[dict[str, str]]:
    """What the lint says, as the script prints it."""
    found = lint(schema, options) if options is not None else ()
    return [{"rule": remark.rule, "object": remark.object, "line": f"{remark}: {remark.mend}"} for remark in found]


def _identity(group: Group) -> str:
    return "rls" if group.name == "rls" else group.query


def _expected(schema: Schema, chosen: list[tuple[str, Group]], unseen: frozenset[str]) -> dict[str, list[Row]]:
    """The rows of every chosen group, sorted by key, with the facts that the group looks at."""
    all_rows = rows(schema) | grants.rows(schema)
    found = {identity: all_rows.get(identity, []) for identity, _ in chosen}
    return {identity: sorted(_seen(items, unseen), key=itemgetter(0)) for identity, items in found.items()}


def _seen(items: list[Row], unseen: frozenset[str]) -> list[Row]:
    if unseen.isdisjoint({name for _, stated in items for name in stated}):
        return items
    return [(key, {name: fact for name, fact in stated.items() if name not in unseen}) for key, stated in items]


def _explained(schema: Schema) -> list[str]:
    """The names in statements that no node holds: what bears one of them may be theirs, and is no surprise."""
    found = {name.name for statement in schema.unmodelled for name in statement.creates}
    opaque = (statement.sql for statement in schema.unmodelled if statement.opaque)
    return sorted(found.union(*map(_IDENTIFIERS, opaque)))


def _without(schema: Schema, ignored: tuple[str, ...]) -> Schema:
    if not ignored:
        return schema

    def kept(table: Table) -> bool:
        names = (str(table.name), f"{table.name.schema}.{table.name.name}")
        return not any(fnmatchcase(name, glob) for name in names for glob in ignored)

    return msgspec.structs.replace(schema, tables=tuple(filter(kept, schema.tables)))


def _patterns(glob: str) -> list[str]:
    """The glob as patterns of LIKE over the words of the report: `Table a.b`, and for `a.*` also `Schema a`."""
    tables = "%able " + _like(glob.removeprefix("public."))
    return [tables, f"Schema {_like(glob[:-2])}"] if glob.endswith(".*") else [tables]


def _like(glob: str) -> str:
    escaped = glob.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_")
