"""The parts of a schema made by hypothesis: types, columns, tables and what stands on them, all valid for PostgreSQL 18."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st
from msgspec.structs import replace

from schema_bridge import ir
from schema_bridge.ir import Column, Name, Table, Type
from support import grammar
from support.server import PLAIN_ROLE
from support.strategies import comments, identifiers, literal, quoted, texts

T = TypeVar("T")
INTEGER, TEXT = Type(name="integer"), Type(name="text")
OTHER = 'Other "schema"; \''
TYPES: tuple[tuple[Type, tuple[str, ...]], ...] = (
    (INTEGER, ("0", "-5", "1 + 2", "abs(-3)")),
    (Type(name="bigint"), ("5000000000", "0")),
    (Type(name="smallint"), ("7",)),
    (TEXT, ("''", "'it''s'", "E'\\\\ \\n'", "CURRENT_USER", "upper('a' || 'b')")),
    (Type(name="character varying", modifiers=(40,)), ("'x'", "lower('X')")),
    (Type(name="character", modifiers=(3,)), ("'abc'",)),
    (Type(name="numeric", modifiers=(10, 2)), ("0.00", "1", "-0.5")),
    (Type(name="numeric"), ("3",)),
    (Type(name="double precision"), ("1.5", "0", "random()")),
    (Type(name="real"), ("1",)),
    (Type(name="boolean"), ("true", "NOT false", "'f'")),
    (Type(name="date"), ("CURRENT_DATE", "'2020-01-01'")),
    (Type(name="timestamp with time zone"), ("now()", "CURRENT_TIMESTAMP", "now() + '7 days'::interval")),
    (Type(name="timestamp without time zone", modifiers=(3,)), ("LOCALTIMESTAMP", "timezone('utc', now())")),
    (Type(name="time without time zone"), ("'12:30'",)),
    (Type(name="interval"), ("'1 day 02:03:04'",)),
    (Type(name="uuid"), ("gen_random_uuid()", "'00000000-0000-0000-0000-00000000000A'")),
    (Type(name="jsonb"), ("'{}'", '\'{"b": [1.0, null], "a": {}}\'', "jsonb_build_object('a', 1)")),
    (Type(name="json"), ("'[]'",)),
    (Type(name="bytea"), ("'\\x00ff'",)),
    (Type(name="inet"), ("'127.0.0.1'",)),
    (Type(name="bit varying", modifiers=(5,)), ("B'101'",)),
    (Type(name="xml"), ()),
    (Type(name="tsvector"), ("to_tsvector('english', 'words')",)),
    (Type(name="text", dimensions=1), ("'{}'", "ARRAY['a', 'b']", "'{a,\"b c\"}'")),
    (Type(name="integer", dimensions=2), ("'{{1,2},{3,4}}'",)),
    (Type(name="int4range"), ("'[1,5)'", "int4range(1, 5)")),
    (Type(name="tstzrange"), ("'empty'",)),
    (Type(name="point"), ("'(1,2)'",)),
)  # fmt: skip
PLAIN = {"integer", "bigint", "smallint", "text", "uuid", "date", "character varying"}
"""Types that every kind of key and index takes."""
ACTIONS = ("no action", "restrict", "cascade", "set null", "set default")


def _built_in(type_: Type, names: set[str]) -> bool:
    return type_.schema == "pg_catalog" and type_.name in names and not type_.dimensions


def in_order(nodes: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(sorted(nodes, key=lambda node: str(node.key)))


def pairs(columns: Sequence[Column]) -> list[tuple[str, Type]]:
    """What expressions may speak of: two collations do not meet, so that columns with one of their own are left out."""
    return [(column.name, column.type) for column in columns if column.collation is None]


class Maker:
    """Draws one object after another; names are new in the whole database, so that no two of them meet."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.taken: set[str] = {"public", OTHER, "plain_role"}

    def maybe(self, make: Callable[[], T], odds: int = 2) -> T | None:
        return make() if self.chance(odds) else None

    def chance(self, odds: int = 2) -> bool:
        """True in one of so many."""
        return self.draw(st.integers(1, odds)) == odds

    def one(self, *of: T) -> T:
        return self.draw(st.sampled_from(of))

    def some(self, of: Sequence[T], most: int = 3) -> tuple[T, ...]:
        """At least one of them, in any order."""
        return tuple(self.draw(st.lists(st.sampled_from(of), min_size=1, max_size=most, unique=True)))

    def times(self, most: int, make: Callable[[], T | None]) -> tuple[T, ...]:
        made = [make() for _ in range(self.draw(st.integers(0, most)))]
        return in_order([one for one in made if one is not None])

    def word(self) -> str:
        name = drawn = self.draw(identifiers)
        while name in self.taken:
            name = f"{drawn[:12]}{len(self.taken)}"
        self.taken.add(name)
        return name

    def name(self) -> Name:
        return Name(self.one("public", "public", OTHER), self.word())

    def comment(self) -> str | None:
        return self.draw(comments)

    def condition(self, columns: Sequence[Column], prefix: str = "") -> str:
        return self.draw(grammar.flags(grammar.by_kind(pairs(columns), prefix), 2))

    # Types

    def enum(self) -> ir.Enum:
        labels = self.draw(st.lists(identifiers, min_size=1, max_size=4, unique=True))
        return ir.Enum(name=self.name(), labels=tuple(labels), comment=self.comment())

    def domain(self) -> ir.Domain:
        type_, defaults = self.one(*TYPES)
        kinds = grammar.by_kind([("value", type_)])
        kinds = {kind: ["VALUE"] for kind in kinds}
        checks = self.times(
            2,
            lambda: ir.Check(name=self.word(), expression=self.draw(grammar.flags(kinds, 1)), comment=self.comment()),
        )
        return ir.Domain(
            name=self.name(), type=type_, default=self.one(None, *defaults), not_null=self.chance(3), checks=checks,
            comment=self.comment(),
        )  # fmt: skip

    def composite(self) -> ir.Composite:
        attributes = tuple(
            ir.Attribute(name=self.word(), type=self.one(*TYPES)[0], comment=self.comment())
            for _ in range(self.draw(st.integers(1, 3)))
        )
        return ir.Composite(name=self.name(), attributes=attributes, comment=self.comment())

    def range(self) -> ir.Range:
        subtype = self.one(INTEGER, TEXT, Type(name="numeric"), Type(name="date"))
        multirange = self.maybe(self.word)
        name = self.name()
        return ir.Range(
            name=name, subtype=subtype, multirange=Name(name.schema, multirange) if multirange else None,
            subtype_diff=self.maybe(lambda: Name("", "int4range_subdiff")) if subtype == INTEGER else None,
            comment=self.comment(),
        )  # fmt: skip

    def counting(self, type_: str = "bigint") -> ir.SequenceOptions:
        start = self.one(None, 10, 17)
        return ir.SequenceOptions(
            type=type_, start=start, increment=self.one(1, 1, 5), minimum=self.one(None, 2), cache=self.one(1, 7),  # type: ignore[arg-type]
            maximum=self.one(None, 30000), cycle=self.chance(3),
        )  # fmt: skip

    # Columns

    def column(self, own: Sequence[Type]) -> Column:
        type_, defaults = self.one(*TYPES)
        if own and self.chance(4):
            type_, defaults = self.one(*own), ()
        return Column(
            name=self.word(), type=type_, not_null=self.chance(3), default=self.one(None, *defaults),
            collation=Name("", "C") if _built_in(type_, {"text", "character varying"}) and self.chance(4) else None,
            statistics=self.one(None, None, None, 50), comment=self.comment(),
            storage=self.one(None, None, "external") if _built_in(type_, {"text", "jsonb", "bytea"}) else None,
            options=(ir.Option(name="n_distinct", value="5"),) if self.chance(8) else (),
        )  # fmt: skip

    def counted(self, table: Name) -> tuple[Column, ir.Sequence | None]:
        """An identity column, or a serial one with its sequence."""
        kind, sequence = self.one("smallint", "integer", "bigint"), Name(table.schema, self.word())
        column = Column(name=self.word(), type=Type(name=kind), not_null=True)
        if self.chance():
            identity = ir.Identity(always=self.chance(), sequence=sequence, options=self.counting(kind))
            return replace(column, identity=identity), None
        call = f"nextval({literal(f'{quoted(sequence.schema)}.{quoted(sequence.name)}')}::regclass)"
        owner = ir.ColumnRef(table=table, column=column.name)
        owned = ir.Sequence(name=sequence, options=self.counting(kind), owned_by=owner, comment=self.comment())
        return replace(column, default=call), owned

    def computed(self, columns: Sequence[Column]) -> Column:
        kinds = grammar.by_kind([pair for pair in pairs(columns) if pair[1].schema == "pg_catalog"])
        one, other = self.draw(grammar.numbers(kinds, 0)), self.draw(grammar.numbers(kinds, 0))
        generated = ir.Generated(expression=f"({one})::numeric * abs({other})", stored=self.chance())
        return Column(name=self.word(), type=Type(name="numeric"), generated=generated, comment=self.comment())

    # What stands on a table

    def keyed(self, columns: Sequence[Column]) -> list[str]:
        return [c.name for c in columns if _built_in(c.type, PLAIN) and c.generated is None]

    def deferring(self) -> dict[str, Any]:
        deferrable = self.chance(4)
        return {"deferrable": deferrable, "initially_deferred": deferrable and self.chance()}

    def unique(self, columns: Sequence[Column]) -> ir.Unique | None:
        names = self.keyed(columns)
        if not names:
            return None
        chosen = self.some(names)
        return ir.Unique(
            name=self.word(), columns=chosen, include=self.including(columns, chosen), nulls_not_distinct=self.chance(3),
            comment=self.comment(), **self.deferring(),
        )  # fmt: skip

    def including(self, columns: Sequence[Column], chosen: Sequence[str]) -> tuple[str, ...]:
        free = [c.name for c in columns if c.name not in chosen and (c.generated is None or c.generated.stored)]
        return self.some(free, 2) if free and self.chance(3) else ()

    def check(self, columns: Sequence[Column]) -> ir.Check:
        return ir.Check(
            name=self.word(), expression=self.condition(columns), comment=self.comment(), no_inherit=self.chance(6),
            **{self.one("not_valid", "not_enforced"): True} if self.chance(5) else {},
        )  # fmt: skip

    def exclusion(self, columns: Sequence[Column]) -> ir.Exclusion | None:
        ranges = [c.name for c in columns if _built_in(c.type, {"int4range", "tstzrange"})]
        if not ranges:
            return None
        part = ir.IndexPart(column=self.one(*ranges))
        return ir.Exclusion(
            name=self.word(), parts=(ir.ExclusionPart(part=part, operator=Name("", self.one("&&", "="))),),
            where=self.maybe(lambda: self.condition(self.stored(columns))), comment=self.comment(), **self.deferring(),
        )  # fmt: skip

    def stored(self, columns: Sequence[Column]) -> list[Column]:
        return [c for c in columns if c.generated is None or c.generated.stored]

    def index(self, columns: Sequence[Column]) -> ir.Index | None:
        columns = self.stored(columns)
        names = self.keyed(columns)
        if not names:
            return None
        method = self.one("btree", "btree", "btree", "hash", "brin")
        chosen = self.some(names, 1 if method == "hash" else 3)
        typed = {column.name: column.type for column in columns}
        parts = tuple(self.index_part(name, typed[name], method) for name in chosen)
        if method == "btree" and self.chance(3):
            words = self.draw(grammar.words(grammar.by_kind(pairs(columns)), 2))
            parts += (ir.IndexPart(expression=f"lower({words})"),)
        unique = method == "btree" and self.chance(3)
        return ir.Index(
            name=self.word(), parts=parts, method=method, unique=unique, nulls_not_distinct=unique and self.chance(),
            include=self.including(columns, chosen) if method == "btree" else (), comment=self.comment(),
            where=self.maybe(lambda: self.condition(columns), 3),
            options=(ir.Option(name="fillfactor", value="70"),) if method != "brin" and self.chance(5) else (),
        )  # fmt: skip

    def index_part(self, name: str, type_: Type, method: str) -> ir.IndexPart:
        down = method == "btree" and self.chance(3)
        return ir.IndexPart(
            column=name, descending=down, nulls_first=not down if method == "btree" and self.chance(4) else down,
            opclass=Name("", "text_pattern_ops") if type_.name == "text" and method == "btree" and self.chance() else None,
        )  # fmt: skip

    def policy(self, columns: Sequence[Column]) -> ir.Policy:
        command = self.one("all", "select", "insert", "update", "delete")
        using = None if command == "insert" else self.condition(columns)
        check = None if command in ("select", "delete") or self.chance(3) else self.condition(columns)
        return ir.Policy(
            name=self.word(), command=command, permissive=self.chance(), using=using, check=check,  # type: ignore[arg-type]
            roles=self.one(("public",), (PLAIN_ROLE,)), comment=self.comment(),
        )  # fmt: skip

    def trigger(self, columns: Sequence[Column], function: Name) -> ir.Trigger:
        events = [e for e in ("insert", "delete", "update") if self.chance()] or ["update"]
        row = self.chance()
        touched = self.some([c.name for c in columns]) if events == ["update"] and self.chance() else ()
        stored = [c for c in columns if c.generated is None]
        constraint = row and self.chance(4)
        timing = "after" if constraint else self.one("before", "after")
        shown = not row and timing == "after" and len(events) == 1 and not touched and self.chance()
        return ir.Trigger(
            name=self.word(), function=function, arguments=tuple(self.draw(st.lists(texts, max_size=2))), timing=timing,  # type: ignore[arg-type]
            events=tuple(events), columns=touched, for_each="row" if row else "statement", constraint=constraint,  # type: ignore[arg-type]
            when=self.condition(stored, "NEW.") if row and "delete" not in events and self.chance() else None,
            old_table=self.word() if shown and events != ["insert"] else None,
            new_table=self.word() if shown and events != ["delete"] else None,
            enabled=self.one("origin", "origin", "disabled", "always"), comment=self.comment(),
            **self.deferring() if constraint else {},
        )  # fmt: skip

    # Tables

    def table(self, own: Sequence[Type], function: Name) -> tuple[Table, list[ir.Sequence]]:
        name = self.name()
        columns = [self.column(own) for _ in range(self.draw(st.integers(1, 6)))]
        counted = [self.counted(name) for _ in range(self.draw(st.integers(0, 2)))]
        columns += [column for column, _ in counted]
        columns += [self.computed(columns) for _ in range(self.draw(st.integers(0, 2)))]
        key = self.primary_key(columns)
        columns = [replace(c, not_null=True) if key and c.name in key.columns else c for c in columns]
        secured = self.chance()
        table = Table(
            name=name, columns=tuple(columns), primary_key=key, row_security=secured,
            force_row_security=secured and self.chance(), comment=self.comment(),
            uniques=self.times(2, lambda: self.unique(columns)), checks=self.times(3, lambda: self.check(columns)),
            exclusions=self.times(1, lambda: self.exclusion(columns)), indexes=self.times(3, lambda: self.index(columns)),
            policies=self.times(3, lambda: self.policy(columns)),
            triggers=self.times(2, lambda: self.trigger(columns, function)),
            options=(ir.Option(name="fillfactor", value="80"),) if self.chance(5) else (),
            replica_identity=self.one("default", "default", "full", "nothing"),
        )  # fmt: skip
        return table, [sequence for _, sequence in counted if sequence is not None]

    def primary_key(self, columns: Sequence[Column]) -> ir.PrimaryKey | None:
        names = self.keyed(columns)
        if not names or self.chance(4):
            return None
        chosen = self.some(names, 2)
        return ir.PrimaryKey(
            name=self.word(), columns=chosen, include=self.including(columns, chosen), comment=self.comment()
        )

    def referring(self, tables: Sequence[Table]) -> list[Table]:
        """Keys between any two of the tables, in cycles too, and from a table to itself."""
        return [
            replace(table, foreign_keys=self.times(2, lambda t=table: self.foreign_key(t, tables))) for table in tables
        ]

    def foreign_key(self, table: Table, tables: Sequence[Table]) -> ir.ForeignKey | None:
        other = self.one(*tables)
        targets = [u.columns for u in (other.primary_key, *other.uniques) if u is not None and not u.deferrable]
        if not targets:
            return None
        target = self.one(*targets)
        columns: list[str] = []
        for name in target:
            fitting = [
                c.name for c in table.columns
                if (c.type, c.collation) == (other.column(name).type, other.column(name).collation)
                and c.generated is None and c.name not in columns
            ]  # fmt: skip
            if not fitting:
                return None
            columns.append(self.one(*fitting))
        on_delete = self.one(*ACTIONS)
        return ir.ForeignKey(
            name=self.word(), columns=tuple(columns), table=other.name, referenced_columns=target,
            on_delete=on_delete, on_update=self.one(*ACTIONS), match=self.one("simple", "simple", "full"),  # type: ignore[arg-type]
            set_columns=(columns[0],) if on_delete in ("set null", "set default") and self.chance() else (),
            comment=self.comment(), **self.deferring(),
            **{self.one("not_valid", "not_enforced"): True} if self.chance(4) else {},
        )  # fmt: skip
