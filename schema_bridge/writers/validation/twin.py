"""The twin: the DDL of the expected objects in scratch schemas, so that the server itself spells their expressions.

It holds no foreign keys (they would lock the other table), no grants, no roles of policies, no bodies of functions:
only what an expression needs, and what prints one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeAlias, cast

import msgspec

from schema_bridge import pgtypes
from schema_bridge.emit.sql import default, ident, name
from schema_bridge.ir import (
    Column,
    Composite,
    Domain,
    Function,
    Index,
    IndexPart,
    MaterializedView,
    Name,
    Option,
    Policy,
    Publication,
    Schema,
    Table,
    Trigger,
    Type,
    View,
    facts,
)
from schema_bridge.statements import (
    aggregates,
    comments,
    constraints,
    domains,
    functions,
    indexes,
    policies,
    publications,
    rules,
    statistics,
    tables,
    triggers,
    types,
)
from schema_bridge.statements import views as view_statements
from schema_bridge.writers.validation.literals import nodes_of, views

Statement: TypeAlias = str | tuple[str, list[str]]
"""A statement, as its text alone, or as what it begins with and a list of actions that may also stand one by one."""
Batch: TypeAlias = list[Statement]
"""Statements that are tried together first, and one by one where that fails."""

replace = msgspec.structs.replace

# A partitioned table has no file and no TOAST table: the server makes it in a fifth of the time.
_PARTITION_KEYS = frozenset(
    ("smallint", "integer", "bigint", "numeric", "text", "character varying", "uuid", "boolean", "date")
    + ("timestamp with time zone", "timestamp without time zone")
)
_THROUGH_ROOT = (Option(name="publish_via_partition_root", value="true"),)
_WORDS = re.compile(r"\w+").findall


class Turn:
    """Which names of a schema have a twin, and how a text that mentions them is rewritten."""

    def __init__(self, schema: Schema, prefix: str) -> None:
        self.prefix = prefix
        self._columns: dict[tuple[object, ...], str] = {}
        twins = [node for node in nodes_of(schema) if node.__class__.__name__ != "Sequence"]
        self.known = {cast(Name, cast(Any, node).name) for node in twins}
        self.schemas = sorted({known.schema for known in self.known})
        spelled = "|".join(re.escape(s) for schema in self.schemas for s in {schema, ident(schema)})
        self._qualified = re.compile(
            rf'(?<![\w".$])({spelled})\s*\.\s*("(?:[^"]|"")*"|(?:[a-z_]|[^\x00-\x7f])[\w$]*)' if spelled else r"(?!)",
            re.IGNORECASE,
        )

    def text(self, text: str) -> str:
        """The expression or statement with its qualified names of ours turned to the twin's.

        A name inside a string constant is turned too, and turned back when the server has spelled the constant.
        """
        return self._qualified.sub(self._twin, text) if "." in text else text

    def _twin(self, found: re.Match[str]) -> str:
        schema, identifier = (_value(part) for part in found.groups())
        if Name(schema, identifier) not in self.known:
            return found[0]
        return f"{ident(self.prefix + schema)}.{found[2]}"

    def name(self, value: Name) -> Name:
        return Name(self.prefix + value.schema, value.name) if value in self.known else value

    def type(self, value: Type) -> Type:
        if value.schema == "pg_catalog" or Name(value.schema, value.name) not in self.known:
            return value
        return replace(value, schema=self.prefix + value.schema)

    def column(self, column: Column) -> str:
        """What the twin's CREATE TABLE says of a column; the same few stand in nearly every table."""
        facts = column.name, column.type, column.collation, column.generated
        if facts not in self._columns:
            self._columns[facts] = self._definition(column)
        return self._columns[facts]

    def _definition(self, column: Column) -> str:
        text = f"{ident(column.name)} {pgtypes.render(self.type(column.type))}"
        if column.collation is not None:
            text += f" COLLATE {name(self.name(column.collation))}"
        if column.generated is not None:
            kind = "STORED" if column.generated.stored else "VIRTUAL"
            text += f" GENERATED ALWAYS AS ({self.text(column.generated.expression)}) {kind}"
        return text

    def node(self, node: Any) -> Any:
        """The same node with every name and expression in it turned."""
        kind = node.__class__
        if kind is str:
            return self.text(node)
        if kind is Name:
            return self.name(node)
        if kind is tuple:
            turned = tuple([self.node(item) for item in node])
            return node if turned == node else turned
        if kind is Type:
            return self.type(node)
        changed = {}
        for field in _turned(kind):
            value = getattr(node, field)
            if value:
                new = self.node(value)
                if new is not value:
                    changed[field] = new
        return replace(node, **changed) if changed else node


@cache
def _turned(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a struct in which a name or an expression can stand."""
    if not issubclass(kind, msgspec.Struct):
        return ()
    return tuple(f.name for f in facts(kind) if f.items or f.struct or f.compare not in ("value", "never"))


def _value(identifier: str) -> str:
    return identifier[1:-1].replace('""', '"') if identifier.startswith('"') else identifier.lower()


def batches(schema: Schema, prefix: str) -> list[Batch]:
    """The DDL of the twin; statements that fail for their order are tried again by the script."""
    turn = Turn(schema, prefix)
    keyed = _grouped_tables(schema)
    found: list[Batch] = [[types.create(turn.node(node))] for node in schema.enums]
    found += [_composite(turn.node(node)) for node in schema.composites]
    found += [[types.create(turn.node(node))] for node in schema.ranges]
    found += [[functions.create(_function(turn.node(node)))] for node in schema.functions]
    found += [_domain(turn.node(node)) for node in schema.domains]
    parents_first = sorted(schema.tables, key=lambda table: table.partition is not None)
    found += [[_table(turn, table, table.name in keyed)] for table in parents_first]
    found += [[aggregates.create(turn.node(node))] for node in schema.aggregates]
    found += [batch for table in parents_first if (batch := list(_details(turn, table)))]
    found += [_view(turn, view) for view in views(schema)]
    for owner in (*schema.tables, *schema.external_tables, *views(schema)):
        hangers: Batch = [*_hangers(turn, owner)]
        if hangers:
            found.append(hangers)
    found += [batch for publication in schema.publications if (batch := _publication(turn, publication))]
    found += [
        [statistics.create(turn.node(node))]
        for node in schema.statistics
        if any(part.expression is not None for part in node.parts)
    ]
    return found


def _publication(turn: Turn, publication: Publication) -> Batch:
    """One that publishes what has conditions; the twin of any table may be a partitioned one, which asks for the option."""
    twin = turn.prefix + publication.name
    filtered = [turn.node(replace(p, columns=(), only=True)) for p in publication.tables if p.where is not None]
    bare = replace(publication, name=twin, all_tables=False, tables=(), schemas=(), options=_THROUGH_ROOT)
    added = [publications.add(twin, published) for published in filtered]
    return [publications.create(bare), *added] if added else []


def externals(schema: Schema) -> list[list[str]]:
    """The tables of others whose triggers and policies have expressions: the script makes stubs of them."""
    return [
        [table.name.schema, table.name.name]
        for table in schema.external_tables
        if any(_spelled_trigger(t) for t in table.triggers) or any(_spelled_policy(p) for p in table.policies)
    ]


def _grouped_tables(schema: Schema) -> set[Name]:
    """The tables that a query may group by their primary key: these need one in the twin too."""
    queries = [view.query for view in views(schema)]
    queries += [function.sql_body for function in schema.functions if function.sql_body is not None]
    words = {word for query in queries if "group" in query.lower() for word in _WORDS(query)}
    return {table.name for table in schema.tables if table.name.name in words}


def _composite(node: Composite) -> Batch:
    said = [text for attribute in node.attributes for text in comments.part(node.name, attribute)]
    return [types.create(node), *said]


def _domain(node: Domain) -> Batch:
    said = [text for check in node.checks for text in comments.domain_constraint(node, check)]
    return [domains.create(node), *domains.unvalidated(node), *said]


def _function(function: Function) -> Function:
    """A function of the same signature that does nothing, in a language that every database has."""
    bare = replace(
        function, security_definer=False, leakproof=False, support=None, transforms=(), cost=None, rows=None,
        window=False, parallel="unsafe", strict=False,
    )  # fmt: skip
    if function.sql_body is not None:
        return bare
    return replace(bare, body="", library=None, language="plpgsql")


def _table(turn: Turn, table: Table, keyed: bool) -> str:
    twin = turn.name(table.name)
    if table.partition is not None and turn.name(table.partition.parent) != table.partition.parent:
        parent = name(turn.name(table.partition.parent))
        key = f" {tables.partition_by(turn.node(table.partition_by))}" if table.partition_by is not None else ""
        return f"CREATE TABLE {name(twin)} PARTITION OF {parent} {tables.bound(turn.node(table.partition))}{key}"
    columns = [turn.column(column) for column in table.columns]
    if keyed and table.primary_key is not None:
        columns.append(f"PRIMARY KEY ({', '.join(map(ident, table.primary_key.columns))})")
    return f"CREATE TABLE {name(twin)} ({', '.join(columns)})" + _partition_key(turn, table, keyed)


def _partition_key(turn: Turn, table: Table, keyed: bool) -> str:
    if table.partition_by is not None:
        return f" {tables.partition_by(turn.node(table.partition_by))}"
    if keyed or table.exclusions or table.rules or any(t.old_table or t.new_table for t in table.triggers):
        return ""
    for column in table.columns:
        type = column.type
        if column.generated is None and type.name in _PARTITION_KEYS and type.schema == "pg_catalog":
            return "" if type.dimensions else f" PARTITION BY LIST ({ident(column.name)})"
    return ""


def _details(turn: Turn, table: Table) -> Iterator[Statement]:
    """Defaults, checks and indexes of a table: what needs no other table."""
    actions = [
        f"ALTER COLUMN {ident(column.name)} SET DEFAULT {default(turn.text(column.default))}"
        for column in table.columns
        if column.default is not None
    ]
    checks = [
        f"ADD CONSTRAINT {ident(check.name)} CHECK ({turn.text(check.expression)})"
        for check in table.checks
        if not (check.inherited and table.partition is not None)
    ]
    twin = name(turn.name(table.name))
    if table.partition_by is None:
        actions += checks
    elif checks:
        yield f"ALTER TABLE {twin}", checks
    if actions:
        yield f"ALTER TABLE ONLY {twin}", actions
    for exclusion in table.exclusions:
        bare = replace(exclusion, tablespace=None, deferrable=False, initially_deferred=False, options=())
        yield constraints.add(turn.name(table.name), turn.node(bare))
    yield from _indexes(turn, table)


def _indexes(turn: Turn, owner: Table | MaterializedView) -> Iterator[str]:
    twin = turn.name(owner.name)
    for index in owner.indexes:
        if not index.inherited and (index.where is not None or any(map(_spelled_part, index.parts))):
            where = index.where and turn.text(index.where)
            bare = Index(name=index.name, parts=turn.node(index.parts), method=index.method, where=where)
            yield indexes.create(twin, bare)
            yield from indexes.settings(twin, bare)


def _spelled_part(part: IndexPart) -> bool:
    return part.column is None or bool(part.opclass or part.collation or part.opclass_options)


def _spelled_policy(policy: Policy) -> bool:
    return policy.using is not None or policy.check is not None


def _spelled_trigger(trigger: Trigger) -> bool:
    return trigger.when is not None or trigger.function.schema == ""


def _hangers(turn: Turn, owner: Table | View | MaterializedView) -> Iterator[str]:
    """Policies, triggers and rules, which may need any other object; and the indexes of a materialised view."""
    target = Name(turn.prefix + owner.name.schema, owner.name.name)
    if isinstance(owner, MaterializedView):
        yield from _indexes(turn, owner)
        return
    if isinstance(owner, Table):
        for policy in filter(_spelled_policy, owner.policies):
            using, check = policy.using and turn.text(policy.using), policy.check and turn.text(policy.check)
            yield policies.create(target, replace(policy, roles=(), using=using, check=check))
    for trigger in filter(_spelled_trigger, owner.triggers):
        if not trigger.inherited:
            yield triggers.create(target, turn.node(replace(trigger, referenced_table=None)))
    for rule in owner.rules:
        yield rules.create(turn.node(rule))


def _view(turn: Turn, view: View | MaterializedView) -> Batch:
    if isinstance(view, MaterializedView):
        stored = replace(view, options=(), tablespace=None, access_method=None, with_data=False)
        return [view_statements.create(turn.node(stored))]
    bare = turn.node(replace(view, options=(), check_option=None, persistence="permanent"))
    return [view_statements.create(bare), *view_statements.settings(bare)]
