"""Single changes of a deployed database, made from its schema: each one must be reported, with the name it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from schema_bridge.emit.sql import ident, literal, name, role
from schema_bridge.ir import (
    Column,
    Domain,
    Function,
    IndexPart,
    MaterializedView,
    Name,
    Policy,
    Schema,
    Sequence,
    Table,
    View,
)
from schema_bridge.statements import constraints, functions, indexes, policies, triggers
from schema_bridge.statements.grants import target


@dataclass(frozen=True)
class Mutation:
    """`sql` changes `about`, which the report must name; `dropped` says that the object itself is gone or new."""

    about: str
    sql: str

    def __str__(self) -> str:
        return f"{self.about}: {' '.join(self.sql.split())[:120]}"


def mutations(schema: Schema) -> Iterator[Mutation]:
    """A change of each fact of each object where SQL can make one, a drop of each object, and an extra of each kind."""
    for table in schema.tables:
        yield from _table(table)
        yield from (m for column in table.columns for m in _column(table, column))
        yield from _constraints(table)
        yield from _indexes(table)
        yield from (m for policy in table.policies for m in _policy(table, policy))
        yield from _triggers(table)
        yield from _extras(table)
    for table in schema.external_tables:
        yield from _triggers(table)
        yield from (m for policy in table.policies for m in _policy(table, policy))
    for view in (*schema.views, *schema.materialized_views):
        yield from _view(view)
    for function in schema.functions:
        yield from _function(function)
    for enum in schema.enums:
        yield Mutation(enum.name.name, f"ALTER TYPE {name(enum.name)} ADD VALUE 'one more label'")
        last = enum.labels[-1]
        yield Mutation(enum.name.name, f"ALTER TYPE {name(enum.name)} RENAME VALUE {literal(last)} TO 'renamed'")
        yield Mutation(enum.name.name, f"DROP TYPE {name(enum.name)} CASCADE")
        yield Mutation(enum.name.name, f"COMMENT ON TYPE {name(enum.name)} IS 'changed'")
    for privileges in schema.privileges:
        if privileges.granted:
            on, who = target(privileges.object), role(privileges.grantee)
            where = "" if privileges.column is None else f" ({ident(privileges.column)})"
            yield Mutation(privileges.grantee, f"REVOKE {privileges.granted[0]}{where} ON {on} FROM {who}")
    if schema.privileges and schema.tables:
        yield Mutation("pg_monitor", f"GRANT DELETE ON {name(schema.tables[0].name)} TO pg_monitor")
    for domain in schema.domains:
        yield from _domain(domain)
    for sequence in schema.sequences:
        yield from _sequence(sequence)


def _table(table: Table) -> Iterator[Mutation]:
    spelled, about = name(table.name), table.name.name
    yield Mutation(about, f"DROP TABLE {spelled} CASCADE")
    yield Mutation(about, f"ALTER TABLE {spelled} RENAME TO another_name")
    yield Mutation(about, f"COMMENT ON TABLE {spelled} IS 'changed'")
    security = "DISABLE" if table.row_security else "ENABLE"
    yield Mutation(about, f"ALTER TABLE {spelled} {security} ROW LEVEL SECURITY")
    forced = "NO FORCE" if table.force_row_security else "FORCE"
    yield Mutation(about, f"ALTER TABLE {spelled} {forced} ROW LEVEL SECURITY")
    yield Mutation(about, f"ALTER TABLE {spelled} REPLICA IDENTITY {_other_identity(table)}")
    if table.partition_by is None and table.partition is None and table.server is None:
        other = "LOGGED" if table.persistence == "unlogged" else "UNLOGGED"
        yield Mutation(about, f"ALTER TABLE {spelled} SET {other}")
        yield Mutation(about, f"ALTER TABLE {spelled} SET (fillfactor = 33)")
    if table.partition is not None:
        yield Mutation(about, f"ALTER TABLE {name(table.partition.parent)} DETACH PARTITION {spelled}")
    for parent in table.inherits:
        yield Mutation(about, f"ALTER TABLE {spelled} NO INHERIT {name(parent)}")


def _other_identity(table: Table) -> str:
    return "NOTHING" if table.replica_identity == "full" else "FULL"


def _column(table: Table, column: Column) -> Iterator[Mutation]:
    if column.inherited:
        return
    about = column.name
    alter = f"ALTER TABLE {name(table.name)} ALTER COLUMN {ident(column.name)}"
    yield Mutation(about, f"ALTER TABLE {name(table.name)} DROP COLUMN {ident(column.name)} CASCADE")
    yield Mutation(about, f"COMMENT ON COLUMN {name(table.name)}.{ident(column.name)} IS 'changed'")
    yield Mutation(about, f"{alter} {'DROP' if column.not_null else 'SET'} NOT NULL")
    yield Mutation(about, f"{alter} SET STATISTICS 77")
    yield Mutation(about, f"{alter} SET (n_distinct = 5)")
    if column.default is not None:
        yield Mutation(about, f"{alter} DROP DEFAULT")
    elif column.generated is None and column.identity is None and column.type.name == "text":
        yield Mutation(about, f"{alter} SET DEFAULT 'changed'")
    if column.generated is not None:
        yield Mutation(about, f"{alter} DROP EXPRESSION")
    if column.identity is not None:
        yield Mutation(about, f"{alter} DROP IDENTITY")
        yield Mutation(about, f"{alter} SET INCREMENT BY 7")
        yield Mutation(about, f"{alter} SET GENERATED {'BY DEFAULT' if column.identity.always else 'ALWAYS'}")
    else:
        new = "varchar(77)" if column.type.name != "integer" else "bigint"
        convert = f"ALTER COLUMN {ident(column.name)} TYPE {new} USING NULL"
        drop = f"ALTER COLUMN {ident(column.name)} DROP DEFAULT, " if column.default else ""
        yield Mutation(about, f"ALTER TABLE {name(table.name)} {drop}{convert}")


def _constraints(table: Table) -> Iterator[Mutation]:
    drop = f"ALTER TABLE {name(table.name)} DROP CONSTRAINT"
    keys = (*([table.primary_key] if table.primary_key else []), *table.uniques)
    for constraint in (*keys, *table.checks, *table.foreign_keys, *table.exclusions):
        if getattr(constraint, "inherited", False):
            continue
        about = constraint.name
        yield Mutation(about, f"{drop} {ident(about)} CASCADE")
        yield Mutation(about, f"ALTER TABLE {name(table.name)} RENAME CONSTRAINT {ident(about)} TO another_name")
        yield Mutation(about, f"COMMENT ON CONSTRAINT {ident(about)} ON {name(table.name)} IS 'changed'")
    for key in keys:
        other = replace(key, columns=tuple(c.name for c in table.columns[-2:] if c.generated is None)[::-1])
        if other.columns != key.columns:
            yield _swap(table, key, other)
        yield _swap(table, key, replace(key, deferrable=not key.deferrable, initially_deferred=False))
    for check in table.checks:
        yield _swap(table, check, replace(check, expression=f"({check.expression}) OR 1 = 2"))
        yield _swap(table, check, replace(check, not_valid=not check.not_valid))
    for foreign in table.foreign_keys:
        action = "cascade" if foreign.on_delete != "cascade" else "restrict"
        yield _swap(table, foreign, replace(foreign, on_delete=action, set_columns=()))
        yield _swap(
            table, foreign, replace(foreign, on_update="set null" if foreign.on_update != "set null" else "cascade")
        )
        yield _swap(table, foreign, replace(foreign, deferrable=not foreign.deferrable, initially_deferred=False))
        yield _swap(table, foreign, replace(foreign, match="full" if foreign.match == "simple" else "simple"))
    for exclusion in table.exclusions:
        yield _swap(table, exclusion, replace(exclusion, where="1 = 2"))


def _swap(table: Table, old: object, new: object) -> Mutation:
    about = str(old.name)  # type: ignore[attr-defined]
    drop = f"ALTER TABLE {name(table.name)} DROP CONSTRAINT {ident(about)} CASCADE"
    return Mutation(about, f"{drop}; {constraints.add(table.name, new)}")  # type: ignore[arg-type]


def _indexes(owner: Table | MaterializedView) -> Iterator[Mutation]:
    columns = [c.name for c in owner.columns] if isinstance(owner, Table) else []
    for index in owner.indexes:
        if index.inherited or index.partition_of:
            continue
        spelled = name(Name(owner.name.schema, index.name))
        drop = f"DROP INDEX {spelled} CASCADE"
        changes = [replace(index, unique=not index.unique, method="btree")]
        changes.append(replace(index, where="1 = 1" if index.where is None else None))
        changes.append(
            replace(index, parts=(*index.parts[1:], replace(index.parts[0], descending=True, nulls_first=False)))
        )
        for column in columns[-2:]:
            changes.append(replace(index, method="hash", unique=False, include=(), parts=(IndexPart(column=column),)))
        yield Mutation(index.name, drop)
        yield Mutation(index.name, f"ALTER INDEX {spelled} RENAME TO another_name")
        yield Mutation(index.name, f"COMMENT ON INDEX {spelled} IS 'changed'")
        yield Mutation(index.name, f"ALTER INDEX {spelled} SET (fillfactor = 33)")
        for changed in changes:
            if changed != index:
                yield Mutation(index.name, f"{drop}; {indexes.create(owner.name, changed)}")


def _policy(table: Table, policy: Policy) -> Iterator[Mutation]:
    about = policy.name
    drop = f"DROP POLICY {ident(about)} ON {name(table.name)}"
    alter = f"ALTER POLICY {ident(about)} ON {name(table.name)}"
    yield Mutation(about, drop)
    yield Mutation(about, f"{alter} RENAME TO another_name")
    if policy.command != "insert":
        yield Mutation(about, f"{alter} USING ({'true' if policy.using != 'true' else 'false'})")
    if policy.command in ("insert", "update", "all"):
        yield Mutation(about, f"{alter} WITH CHECK (1 = 1)")
    yield Mutation(about, f"{alter} TO {'public' if policy.roles != ('public',) else 'current_user'}")
    yield Mutation(about, f"COMMENT ON POLICY {ident(about)} ON {name(table.name)} IS 'changed'")
    yield Mutation(about, f"{drop}; {policies.create(table.name, replace(policy, permissive=not policy.permissive))}")
    other = "delete" if policy.command != "delete" else "select"
    using = policy.using or "true"
    yield Mutation(
        about, f"{drop}; {policies.create(table.name, replace(policy, command=other, using=using, check=None))}"
    )


def _triggers(owner: Table | View) -> Iterator[Mutation]:
    for trigger in owner.triggers:
        if trigger.inherited:
            continue
        about, target = trigger.name, name(owner.name)
        drop = f"DROP TRIGGER {ident(about)} ON {target}"
        yield Mutation(about, drop)
        yield Mutation(about, f"ALTER TRIGGER {ident(about)} ON {target} RENAME TO another_name")
        yield Mutation(about, f"COMMENT ON TRIGGER {ident(about)} ON {target} IS 'changed'")
        if isinstance(owner, View):
            continue
        for state in {"DISABLE", "ENABLE REPLICA", "ENABLE ALWAYS"} - {_STATES[trigger.enabled]}:
            yield Mutation(about, f"ALTER TABLE {target} {state} TRIGGER {ident(about)}")
        changes = [replace(trigger, arguments=(*trigger.arguments, "one more"))]
        if trigger.when is not None:
            changes.append(replace(trigger, when=None))
        if not trigger.constraint and not (trigger.old_table or trigger.new_table):
            other = "after" if trigger.timing == "before" else "before"
            changes.append(replace(trigger, timing=other))
            changes.append(
                replace(trigger, events=("insert",) if trigger.events != ("insert",) else ("delete",), columns=())
            )
        for changed in changes:
            yield Mutation(about, f"{drop}; {triggers.create(owner.name, changed)}")


_STATES = {"origin": "ENABLE", "disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"}


def _extras(table: Table) -> Iterator[Mutation]:
    target = name(table.name)
    yield Mutation("one_more", f"ALTER TABLE {target} ADD COLUMN one_more integer")
    yield Mutation("one_more", f"ALTER TABLE {target} ADD CONSTRAINT one_more CHECK (1 = 1)")
    yield Mutation("one_more", f"CREATE POLICY one_more ON {target}")
    if plain := [c.name for c in table.columns if c.generated is None]:
        yield Mutation("one_more", f"CREATE INDEX one_more ON {target} ({ident(plain[0])})")
    yield Mutation("one_more", f"CREATE RULE one_more AS ON INSERT TO {target} DO ALSO NOTIFY x")
    yield Mutation(
        "one_more",
        "CREATE FUNCTION pg_temp.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        f"CREATE TRIGGER one_more AFTER INSERT ON {target} EXECUTE FUNCTION pg_temp.f()",
    )


def extras(schema: Schema, strict: bool) -> Iterator[Mutation]:
    """One more object of each kind that stands by itself, which only a strict validation counts."""
    homes = sorted({table.name.schema for table in schema.tables}) or ["public"]
    place = ident(homes[0])
    statements = (
        "TABLE {} (id integer)", "VIEW {} AS SELECT 1 AS one", "MATERIALIZED VIEW {} AS SELECT 1 AS one",
        "FUNCTION {}() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "PROCEDURE {}() LANGUAGE sql AS 'SELECT 1'",
        "AGGREGATE {}(integer) (SFUNC = int4pl, STYPE = integer)", "TYPE {} AS ENUM ('a')", "TYPE {} AS (a integer)",
        "TYPE {} AS RANGE (SUBTYPE = text)", "DOMAIN {} AS integer", "SEQUENCE {}", "TABLE {} (a integer) PARTITION BY LIST (a)",
    )  # fmt: skip
    if not strict or not any(getattr(schema, kind) for kind in ("tables", "functions", "enums", "domains")):
        return
    yield from (Mutation("one_more", f"CREATE {text.format(f'{place}.one_more')}") for text in statements)
    yield Mutation("one_more", "CREATE SCHEMA one_more")
    yield Mutation("one_more", "CREATE PUBLICATION one_more")
    yield Mutation("one_more", "CREATE EVENT TRIGGER one_more ON sql_drop EXECUTE FUNCTION spare.event()")
    yield Mutation("tsm_system_rows", "CREATE EXTENSION tsm_system_rows")
    for table in [table for table in schema.tables if len(table.columns) > 1 and table.partition is None][:1]:
        two = ", ".join(ident(column.name) for column in table.columns[:2])
        yield Mutation("one_more", f"CREATE STATISTICS {place}.one_more ON {two} FROM {name(table.name)}")


def _view(view: View | MaterializedView) -> Iterator[Mutation]:
    kind = "MATERIALIZED VIEW" if isinstance(view, MaterializedView) else "VIEW"
    spelled, about = name(view.name), view.name.name
    yield Mutation(about, f"DROP {kind} {spelled} CASCADE")
    yield Mutation(about, f"ALTER {kind} {spelled} RENAME TO another_name")
    yield Mutation(about, f"COMMENT ON {kind} {spelled} IS 'changed'")
    columns = f" ({', '.join(map(ident, view.column_names))})" if view.column_names else ""
    again = f"CREATE {kind} {spelled}{columns} AS SELECT * FROM ({view.query}) AS inner_query LIMIT 3"
    yield Mutation(about, f"DROP {kind} {spelled} CASCADE; {again}")
    if isinstance(view, View):
        barrier = any(o.name == "security_barrier" for o in view.options)
        yield Mutation(
            about, f"ALTER VIEW {spelled} {'RESET (security_barrier)' if barrier else 'SET (security_barrier)'}"
        )
        yield from _triggers(view)
    else:
        yield from _indexes(view)


def _function(function: Function) -> Iterator[Mutation]:
    kind = "PROCEDURE" if function.procedure else "FUNCTION"
    about = function.name.name
    types = ", ".join(functions.argument(replace(a, default=None)) for a in function.arguments if a.mode != "table")
    spelled = f"{kind} {name(function.name)}({types})"
    yield Mutation(about, f"DROP {spelled} CASCADE")
    yield Mutation(about, f"ALTER {spelled} RENAME TO another_name")
    yield Mutation(about, f"ALTER {spelled} SECURITY {'INVOKER' if function.security_definer else 'DEFINER'}")
    yield Mutation(about, f"ALTER {spelled} SET work_mem = '77MB'")
    yield Mutation(about, f"COMMENT ON {spelled} IS 'changed'")
    if function.settings:
        yield Mutation(about, f"ALTER {spelled} RESET ALL")
    if not function.procedure:
        yield Mutation(about, f"ALTER {spelled} {'STABLE' if function.volatility != 'stable' else 'VOLATILE'}")
        yield Mutation(about, f"ALTER {spelled} {'CALLED ON NULL INPUT' if function.strict else 'STRICT'}")
        yield Mutation(about, f"ALTER {spelled} PARALLEL {'RESTRICTED' if function.parallel == 'safe' else 'SAFE'}")
        yield Mutation(about, f"ALTER {spelled} COST 77")
        yield Mutation(about, f"ALTER {spelled} {'NOT ' if function.leakproof else ''}LEAKPROOF")
    if function.body is not None and function.library is None:
        setting = "SET check_function_bodies = off"
        for body in ("", function.body + "\n-- one more line"):
            yield Mutation(about, f"{setting}; {functions.create(replace(function, body=body), or_replace=True)}")


def _domain(domain: Domain) -> Iterator[Mutation]:
    spelled, about = name(domain.name), domain.name.name
    yield Mutation(about, f"DROP DOMAIN {spelled} CASCADE")
    yield Mutation(about, f"ALTER DOMAIN {spelled} {'DROP' if domain.not_null else 'SET'} NOT NULL")
    yield Mutation(about, f"ALTER DOMAIN {spelled} ADD CONSTRAINT one_more CHECK (VALUE IS NOT NULL)")
    yield Mutation(about, f"COMMENT ON DOMAIN {spelled} IS 'changed'")
    if domain.default is not None:
        yield Mutation(about, f"ALTER DOMAIN {spelled} DROP DEFAULT")
    for check in domain.checks:
        yield Mutation(about, f"ALTER DOMAIN {spelled} DROP CONSTRAINT {ident(check.name)}")


def _sequence(sequence: Sequence) -> Iterator[Mutation]:
    spelled, about = name(sequence.name), sequence.name.name
    yield Mutation(about, f"DROP SEQUENCE {spelled} CASCADE")
    for change in ("INCREMENT BY 77", "MINVALUE -77", "MAXVALUE 7777", "START WITH 77", "CACHE 77"):
        yield Mutation(about, f"ALTER SEQUENCE {spelled} {change}")
    yield Mutation(about, f"ALTER SEQUENCE {spelled} {'NO CYCLE' if sequence.options.cycle else 'CYCLE'}")
    yield Mutation(about, f"COMMENT ON SEQUENCE {spelled} IS 'changed'")
    if sequence.owned_by is not None:
        yield Mutation(about, f"ALTER SEQUENCE {spelled} OWNED BY NONE")
