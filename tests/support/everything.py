"""Whole schemas made by hypothesis that state one of nearly everything, each of them valid for PostgreSQL 18."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from msgspec.structs import replace

from schema_bridge import default_names, ir
from schema_bridge.ir import Column, Name, Schema, Table, Type
from support import grammar
from support.making import INTEGER, OTHER, TEXT, TYPES, Maker, in_order, pairs
from support.server import PLAIN_ROLE
from support.strategies import literal, quoted, texts

RIGHTS = ("DELETE", "INSERT", "SELECT", "UPDATE")


def written(name: Name) -> str:
    return f"{quoted(name.schema)}.{quoted(name.name)}"


class Builder(Maker):
    """Draws what stands beside tables, and what hangs on several of them."""

    # Heirs and partitions

    def heir(self, parent: Table) -> Table:
        """A table that inherits: constraints and columns come along, identity, keys and comments do not."""
        columns = [
            replace(c, inherited=True, identity=None, comment=None, statistics=None, options=())
            for c in parent.columns
        ]  # fmt: skip
        checks = [replace(c, inherited=True, comment=None, not_valid=False) for c in parent.checks if not c.no_inherit]
        own = Column(name=self.word(), type=TEXT, comment=self.comment())
        return Table(
            name=self.name(), columns=(*columns, own), checks=in_order(checks), inherits=(parent.name,),
            comment=self.comment(),
        )  # fmt: skip

    def partitioned(self, function: Name) -> list[Table]:
        strategy = self.one("range", "list", "hash")
        key = Column(name=self.word(), type=INTEGER, not_null=True, default=self.one(None, "3"))
        note = Column(name=self.word(), type=TEXT, comment=self.comment())
        columns = (key, note)
        trigger = replace(self.trigger(columns, function), old_table=None, new_table=None, enabled="origin")
        parent = Table(
            name=self.name(), columns=columns, comment=self.comment(),
            partition_by=ir.PartitionKey(strategy=strategy, parts=(ir.IndexPart(column=key.name),)),  # type: ignore[arg-type]
            uniques=(ir.Unique(name=self.word(), columns=(key.name,)),),
            indexes=(ir.Index(name=self.word(), parts=(ir.IndexPart(column=note.name),)),),
            checks=(ir.Check(name=self.word(), expression=self.condition(columns)),), triggers=(trigger,),
        )  # fmt: skip
        bounds = {
            "range": ("FROM (1) TO (5)", "FROM (MINVALUE) TO (1)", "DEFAULT"),
            "list": ("IN (1, 2)", "IN (NULL)", "DEFAULT"),
            "hash": ("WITH (modulus 2, remainder 0)", "WITH (modulus 2, remainder 1)"),
        }[strategy]
        return [parent, *(self.part(parent, bound) for bound in self.some(bounds))]

    def part(self, parent: Table, bound: str) -> Table:
        key, note = parent.columns
        name = self.name()
        triggers = [replace(t, inherited=True, comment=None) for t in parent.triggers if t.for_each == "row"]
        return replace(
            parent, name=name, comment=self.comment(), partition_by=None, triggers=tuple(triggers),
            partition=ir.Partition(parent=parent.name, bound=bound),
            columns=tuple(replace(c, inherited=True, comment=None) for c in parent.columns),
            uniques=(ir.Unique(name=default_names.unique(name.name, [key.name]), columns=(key.name,)),),
            indexes=(
                replace(parent.indexes[0], name=default_names.index(name.name, [note.name]), inherited=True),
            ),
            checks=tuple(replace(c, inherited=True) for c in parent.checks),
        )  # fmt: skip

    # Views

    def query(self, tables: Sequence[Table]) -> tuple[str, list[str]]:
        """A query and the columns that it gives, which have names of their own."""
        table = self.one(*tables)
        chosen = self.some([c.name for c in table.columns])
        where = f" WHERE {self.condition(table.columns)}" if self.chance() else ""
        form = self.one("plain", "join", "count")
        if form == "plain":
            return f"SELECT {', '.join(map(quoted, chosen))} FROM {written(table.name)}{where}", list(chosen)
        counted = self.word()
        if form == "count":
            what = f"SELECT count(*) AS {quoted(counted)} FROM {written(table.name)}{where}"
            return f"{what} HAVING count(*) > 1 ORDER BY 1 LIMIT 5", [counted]
        kinds = grammar.by_kind(pairs(table.columns), "a.")
        number, flag = self.draw(grammar.numbers(kinds, 1)), self.draw(grammar.flags(kinds, 1))
        other = self.one(*tables)
        join = f"{written(table.name)} AS a {self.one('LEFT JOIN', 'JOIN')} {written(other.name)} AS b ON {flag}"
        return f"SELECT ({number})::numeric AS {quoted(counted)} FROM {join}", [counted]

    def view(self, tables: Sequence[Table]) -> ir.View:
        query, columns = self.query(tables)
        return ir.View(
            name=self.name(), query=query, comment=self.comment(),
            column_names=tuple(self.word() for _ in columns) if self.chance(3) else (),
            options=(ir.Option(name="security_barrier", value="true"),) if self.chance(3) else (),
        )  # fmt: skip

    def materialized_view(self, tables: Sequence[Table]) -> ir.MaterializedView:
        query, columns = self.query(
            [replace(t, columns=(c,)) for t in tables for c in t.columns if c.type == TEXT] or tables
        )
        indexed = self.chance() and query.startswith("SELECT count")
        return ir.MaterializedView(
            name=self.name(), query=query, comment=self.comment(), with_data=self.chance(),
            indexes=(ir.Index(name=self.word(), parts=(ir.IndexPart(column=columns[0]),), unique=True),) if indexed else (),
        )  # fmt: skip

    # Routines

    def touching(self) -> ir.Function:
        """A trigger's function."""
        body = f"BEGIN\n  -- {self.draw(texts)!a}\n  RETURN NEW; -- {literal(self.draw(texts))!a}\nEND"
        return ir.Function(
            name=self.name(), returns=Type(name="trigger"), language="plpgsql", body=body, comment=self.comment(),
            security_definer=self.chance(3), settings=(ir.Option(name="search_path", value="''"),) if self.chance() else (),
        )  # fmt: skip

    def argument(self, own: Sequence[Type], *, optional: bool) -> ir.Argument:
        type_, defaults = self.one(*(pair for pair in TYPES if pair[1] or not optional))
        if own and not optional and self.chance(4):
            type_ = self.one(*own)
        type_ = replace(type_, modifiers=(), dimensions=min(type_.dimensions, 1))
        return ir.Argument(type=type_, name=self.word(), default=self.one(*defaults) if optional else None)

    def function(self, own: Sequence[Type], tables: Sequence[Table]) -> ir.Function:
        first = [self.argument(own, optional=False) for _ in range(self.draw(st.integers(0, 2)))]
        last = [self.argument(own, optional=True) for _ in range(self.draw(st.integers(0, 2)))]
        function = ir.Function(
            name=self.name(), arguments=(*first, *last), returns=INTEGER, language="sql", comment=self.comment(),
            volatility=self.one("volatile", "stable", "immutable"), strict=self.chance(3), parallel=self.one("unsafe", "safe"),
            cost=self.one(None, None, 7.0), leakproof=self.chance(8),
        )  # fmt: skip
        form = self.one("body", "return", "atomic", "rows", "plpgsql", "procedure")
        named = [(a.name or "", a.type) for a in function.arguments]
        number = f"({self.draw(grammar.numbers(grammar.by_kind(named), 2))})::integer"
        if form == "body":
            return replace(function, body=f"SELECT {number}")
        if form == "return":
            return replace(function, sql_body=f"RETURN {number}")
        if form == "atomic":
            table = written(self.one(*tables).name)
            return replace(function, sql_body=f"BEGIN ATOMIC SELECT count(*)::integer FROM {table}; END")
        if form == "rows":
            given = ir.Argument(type=TEXT, name=self.word(), mode="table")
            arguments = (*function.arguments, given)
            return replace(
                function, returns=None, returns_set=True, rows=self.one(None, 50.0), arguments=arguments,
                body=f"SELECT {literal(self.draw(texts))}::text",
            )  # fmt: skip
        body = f"BEGIN\n  PERFORM {literal(self.draw(texts))};\n  RETURN 1;\nEND"
        if form == "plpgsql":
            return replace(function, language="plpgsql", body=body)
        return ir.Function(
            name=function.name, arguments=function.arguments, procedure=True, language="plpgsql", comment=function.comment,
            body=body.replace("RETURN 1", "RETURN"),
        )  # fmt: skip

    def aggregate(self) -> ir.Aggregate:
        options = (("initcond", "'0'"), ("sfunc", "int4pl"), ("stype", "integer"))
        return ir.Aggregate(
            name=self.name(), arguments=(ir.Argument(type=INTEGER),), comment=self.comment(),
            definition=tuple(ir.Option(name=name, value=value) for name, value in options),
        )  # fmt: skip

    # The rest

    def statistics(self, tables: Sequence[Table]) -> ir.Statistics | None:
        table = self.one(*tables)
        names = sorted(self.keyed(table.columns))
        if len(names) < 2:
            return None
        kinds = [kind for kind in ("dependencies", "mcv") if self.chance()]
        return ir.Statistics(
            name=self.name(), table=table.name, kinds=tuple(kinds), comment=self.comment(),  # type: ignore[arg-type]
            parts=tuple(ir.IndexPart(column=c.name) for c in table.columns if c.name in names[:3]),
            target=self.one(None, None, 20),
        )  # fmt: skip

    def privileges(self, tables: Sequence[Table], functions: Sequence[ir.Function]) -> tuple[ir.Privileges, ...]:
        made = []
        for table in tables:
            granted = tuple(sorted(self.some(RIGHTS)))
            held = ir.ObjectRef(kind="table", name=table.name)
            if self.chance():
                grantable = granted[:1] if self.chance() else ()
                made.append(ir.Privileges(object=held, grantee=PLAIN_ROLE, granted=granted, grantable=grantable))
            if self.chance(3):
                column = self.one(*table.columns).name
                made.append(ir.Privileges(object=held, grantee="public", column=column, granted=("UPDATE",)))
        for function in functions:
            kind = "procedure" if function.procedure else "function"
            held = ir.ObjectRef(kind=kind, name=function.name, arguments=function.signature)  # type: ignore[arg-type]
            if self.chance(3):
                made.append(ir.Privileges(object=held, grantee="public", revoked=("ALL",)))
        return in_order(made)

    def publication(self, tables: Sequence[Table]) -> ir.Publication:
        chosen = [table for table in tables if not table.partition_by and self.chance()]
        return ir.Publication(
            name=self.word(), comment=self.comment(), tables=in_order([ir.PublishedTable(table=t.name) for t in chosen]),
            options=(ir.Option(name="publish", value="insert, delete"),) if self.chance() else (),
        )  # fmt: skip


@st.composite
def everything(draw: st.DrawFn) -> Schema:
    """A schema of up to nine tables, with everything else that can stand beside them."""
    build = Builder(draw)
    enums, domains = build.times(2, build.enum), build.times(2, build.domain)
    composites, ranges = build.times(2, build.composite), build.times(1, build.range)
    own = [Type(name=made.name.name, schema=made.name.schema) for made in (*enums, *domains, *composites, *ranges)]
    touch = build.touching()
    made = [build.table(own, touch.name) for _ in range(draw(st.integers(1, 3)))]
    tables = build.referring([table for table, _ in made])
    if build.chance():
        tables.append(build.heir(build.one(*tables)))
    if build.chance():
        tables += build.partitioned(touch.name)
    functions = (touch, *build.times(3, lambda: build.function(own, tables)))
    sequences = [sequence for _, owned in made for sequence in owned]
    sequences += build.times(
        1, lambda: ir.Sequence(name=build.name(), options=build.counting(), comment=build.comment())
    )
    return Schema(
        namespaces=(ir.Namespace(name=OTHER, comment=build.comment()),), enums=enums, domains=domains,
        composites=composites, ranges=ranges, sequences=in_order(sequences), tables=in_order(tables),
        views=build.times(2, lambda: build.view(tables)), functions=in_order(functions),
        materialized_views=build.times(1, lambda: build.materialized_view(tables)),
        aggregates=build.times(1, build.aggregate), statistics=build.times(1, lambda: build.statistics(tables)),
        publications=build.times(1, lambda: build.publication(tables)), privileges=build.privileges(tables, functions),
        default_privileges=(
            ir.DefaultPrivileges(schema=OTHER, kind="tables", grantee=PLAIN_ROLE, granted=("SELECT",)),
        ) if build.chance(3) else (),
    )  # fmt: skip
