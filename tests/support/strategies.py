"""Schemas made by hypothesis: small, valid for PostgreSQL, and full of names and texts that want to break out."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schema_bridge.ir import (
    Check,
    Column,
    Enum,
    ForeignKey,
    Function,
    Index,
    IndexPart,
    Name,
    Policy,
    PrimaryKey,
    Schema,
    Table,
    Type,
    Unique,
)

LAWS = settings(deadline=None, derandomize="EXAMPLES" not in os.environ, suppress_health_check=list(HealthCheck))
"""The same examples in every run, unless a longer one is asked for."""


def examples(few: int) -> int:
    """How many examples to try: a few, or that many times more by the environment variable EXAMPLES, each run others."""
    return few * int(os.environ.get("EXAMPLES", "1"))


HOSTILE = (
    "'", '"', '"""', "\\", "\\'", "\n", "\r\n", "\t", "$$", "$body$", "%", "%s", "%%", ":x", "::text", "--", "/*", "*/", ";",
    "{x}", "{{", "}}", "{% x %}", "\N{SNOWMAN}", "\N{PILE OF POO}", "e\u0301", "\u200b", "\x7f", "\x85", "\u2028", " ",
    "#", "`", "\\N", "\\u0041", "import os", "None", "class", "select", "metadata", "registry", "self", "id", "Id", "a", "_",
)  # fmt: skip
TYPES: tuple[tuple[Type, str | None], ...] = (
    (Type(name="integer"), "0"),
    (Type(name="bigint"), "-5"),
    (Type(name="smallint"), "7"),
    (Type(name="text"), None),
    (Type(name="character varying", modifiers=(40,)), None),
    (Type(name="numeric", modifiers=(10, 2)), "0.00"),
    (Type(name="boolean"), "false"),
    (Type(name="timestamp with time zone"), "now()"),
    (Type(name="timestamp without time zone"), "CURRENT_TIMESTAMP"),
    (Type(name="date"), "CURRENT_DATE"),
    (Type(name="uuid"), "gen_random_uuid()"),
    (Type(name="jsonb"), "'[]'::jsonb"),
    (Type(name="double precision"), "1.5"),
    (Type(name="bytea"), None),
    (Type(name="text", dimensions=1), "'{}'::text[]"),
    (Type(name="interval"), "'1 day'::interval"),
    (Type(name="inet"), None),
)
COMPARABLE = {"integer", "bigint", "smallint", "text", "uuid", "date", "boolean"}

texts = st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4).map("".join)


def _cut(text: str) -> str:
    return text.encode()[:60].decode(errors="ignore")


identifiers = texts.map(_cut).filter(lambda text: text.strip() != "")
comments = st.none() | texts
choices: st.SearchStrategy[bool] = st.booleans()


def literal(text: str) -> str:
    """A text as an SQL literal that means the same under either setting of standard_conforming_strings."""
    escaped = text.replace("'", "''")
    return f"E'{escaped.replace(chr(92), chr(92) * 2)}'" if "\\" in text else f"'{escaped}'"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sorted(nodes: list[Any]) -> tuple[Any, ...]:
    return tuple(sorted(nodes, key=lambda node: node.key))


@st.composite
def columns(draw: st.DrawFn, enums: tuple[Enum, ...]) -> tuple[Column, ...]:
    made = []
    for name in draw(st.lists(identifiers, min_size=1, max_size=5, unique=True)):
        if enums and draw(st.integers(0, 3)) == 0:
            enum = draw(st.sampled_from(enums))
            type_, default = Type(name=enum.name.name, schema=enum.name.schema), literal(enum.labels[0])
        else:
            type_, known = draw(st.sampled_from(TYPES))
            default = known or (literal(draw(texts)) if type_.name == "text" and not type_.dimensions else "NULL")
        made.append(
            Column(
                name=name,
                type=type_,
                not_null=draw(st.booleans()),
                default=draw(st.sampled_from([None, default])) if default != "NULL" else None,
                comment=draw(comments),
            )
        )
    return tuple(made)


@st.composite
def tables(draw: st.DrawFn, name: Name, enums: tuple[Enum, ...], taken: set[str]) -> Table:
    cols = draw(columns(enums))
    usable = [c.name for c in cols if c.type.name in COMPARABLE and not c.type.dimensions]

    def fresh() -> str:
        found: str = draw(identifiers.filter(lambda text: text not in taken))
        taken.add(found)
        return found

    key: PrimaryKey | None = None
    uniques: list[Unique] = []
    indexes: list[Index] = []
    checks: list[Check] = []
    policies: list[Policy] = []
    if draw(choices) and usable:
        key = PrimaryKey(name=fresh(), columns=(usable[0],), comment=draw(comments))
        cols = tuple(replace(c, not_null=True) if c.name == usable[0] else c for c in cols)
    if draw(choices) and usable:
        uniques.append(Unique(name=fresh(), columns=tuple(usable), comment=draw(comments)))
    if draw(choices) and usable:
        part = IndexPart(column=usable[-1], descending=True, nulls_first=True)
        indexes.append(
            Index(name=fresh(), parts=(part,), where=f"{quoted(usable[-1])} IS NOT NULL", comment=draw(comments))
        )
    words = [c.name for c in cols if c.type.name == "text" and not c.type.dimensions]
    if draw(choices) and words:
        checks.append(
            Check(name=fresh(), expression=f"{quoted(words[0])} <> {literal(draw(texts))}", comment=draw(comments))
        )
    secured = draw(choices)
    if secured and words:
        policies.append(Policy(name=draw(identifiers), using=f"{quoted(words[0])} = {literal(draw(texts))}"))
    return Table(
        name=name, columns=cols, primary_key=key, uniques=_sorted(uniques), indexes=_sorted(indexes), checks=_sorted(checks),
        policies=_sorted(policies), row_security=secured, comment=draw(comments),
    )  # fmt: skip


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """A schema of up to three tables with keys between them, enums, a function and comments."""
    names = draw(st.lists(identifiers, min_size=2, max_size=6, unique=True))
    taken = set(names)
    half = len(names) // 2
    labels = st.lists(texts.map(_cut), min_size=1, max_size=3, unique=True).map(tuple)
    enums = tuple(Enum(name=Name("public", n), labels=draw(labels), comment=draw(comments)) for n in names[half:])
    made: list[Table] = []
    for name in names[:half]:
        table = draw(tables(Name("public", name), enums, taken))
        made.append(draw(_referring(table, made, taken)))
    functions = []
    if draw(st.booleans()):
        functions.append(
            Function(
                name=Name("public", draw(identifiers)), language="sql", returns=Type(name="text"),
                body=f"SELECT {literal(draw(texts))}::text", comment=draw(comments),
            )
        )  # fmt: skip
    return Schema(tables=_sorted(made), enums=_sorted(list(enums)), functions=_sorted(functions))


@st.composite
def _referring(draw: st.DrawFn, table: Table, others: list[Table], taken: set[str]) -> Table:
    for other in others:
        if other.primary_key is None:
            continue
        target = other.column(other.primary_key.columns[0])
        fitting = [c.name for c in table.columns if c.type == target.type]
        name = draw(identifiers.filter(lambda text: text not in taken))
        if draw(choices) and fitting:
            key = ForeignKey(
                name=name,
                columns=(fitting[0],),
                table=other.name,
                referenced_columns=(target.name,),
                on_delete="cascade",
            )
            return replace(table, foreign_keys=(key,))
    return table
