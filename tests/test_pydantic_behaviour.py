"""Create takes a row exactly where the server takes it and gives it back unchanged: random rows for every table.

The server's table is a copy with types, defaults and checks, without keys. Set aside are checks and types that the
schemas name as the database's alone, and what Python's types leave out on purpose: NULL in an array, other dimensions
than the declared, NaN, a lone JSON null, and what Python cannot hold.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg import sql
from pydantic import BaseModel, ValidationError

from schema_bridge.ir import Column, Name, Schema, Table
from schema_bridge.pgtypes import render
from schema_bridge.python_model import MappedClass, NamingOptions, decide_names
from schema_bridge.writers import pydantic as writer
from support.cases import CASES
from support.rows import Constants, constants, same, sent, values
from support.schemas import imported
from support.server import Server
from support.strategies import examples

RANDOM = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
MISSING = object()
Models = tuple[type[BaseModel], ...]
ROWS = examples(35)
_named: dict[tuple[Any, Constants], list[Any]] = {}


class Copy:
    """A table's copy on the server, its classes Create and Update, and what the schemas leave to the server."""

    def __init__(self, connection: psycopg.Connection[Any], schema: Schema, table: Table, models: Models) -> None:
        self.connection, self.schema, self.table, self.models = connection, schema, table, models
        self.create = models[0]
        self.columns = {column.name: column for column in table.columns}
        self.name = sql.Identifier("copies", str(table.name)[-60:])
        like = sql.Identifier(table.name.schema, table.name.name)
        parts = "CONSTRAINTS", "DEFAULTS", "GENERATED", "IDENTITY"
        including = sql.SQL(" ").join(sql.SQL(f"INCLUDING {part}") for part in parts)
        connection.execute(sql.SQL("CREATE TABLE {} (LIKE {} {})").format(self.name, like, including))

    def refuses(self, row: dict[str, Any]) -> str | None:
        """Why the server does not take a row, or not as it is: the name of a constraint, or a word; None if it does."""
        columns = [self.columns[name] for name in row]
        given = [sent(column.type, row[column.name], not column.not_null) for column in columns]
        insert = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}").format(
            self.name,
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.SQL(f"${at}") for at in range(1, len(row) + 1)),
            sql.SQL(", ").join(map(self._returned, columns)),
        )
        try:
            back = self.connection.execute(insert, given).fetchone()
        except psycopg.Error as error:
            return error.diag.constraint_name or type(error).__name__
        except (UnicodeEncodeError, OverflowError) as error:
            return type(error).__name__
        assert back is not None
        alike = [same(column.type, one, other) for column, one, other in zip(columns, given, back, strict=True)]
        return None if all(alike) else "changed"

    def _returned(self, column: Column) -> sql.Composable:
        """A column; an array of a type that psycopg does not know, as one that it does."""
        name = sql.Identifier(column.name)
        domain = next((d for d in self.schema.domains if d.name == Name(column.type.schema, column.type.name)), None)
        if not column.type.dimensions or column.type.schema == "pg_catalog":
            return name
        return sql.SQL("{}::{}").format(name, sql.SQL((render(domain.type) if domain else "text") + "[]"))


def test_create_takes_what_the_server_takes_unchanged(tmp_path: Path, server: Server) -> None:
    counted: Counter[str] = Counter()
    for case in CASES:
        said = [finding.message for finding in writer.unexpressed(case.schema, writer.Options())]
        conninfo = server.database(case.sql, supabase=case.supabase).conninfo
        with (
            imported(tmp_path, case.schema) as schemas,
            psycopg.connect(conninfo, autocommit=True, cursor_factory=psycopg.RawCursor) as connection,
        ):
            connection.execute("CREATE SCHEMA copies; SET TimeZone = 'UTC'")
            for table, mapped in mapped_tables(case.schema):
                models = tuple(getattr(schemas, f"{mapped.name}{variant}") for variant in ("Create", "Update"))
                found = agree(Copy(connection, case.schema, table, models), mapped, said)
                assert found["taken by both"] > 0 or not table.columns, f"{case.name}, {table.name}: {found}"
                counted += found
    assert counted["taken by both"] > 1800, counted
    assert counted["refused by both"] > 350, counted
    assert counted["set aside"] > 0, counted


def mapped_tables(schema: Schema) -> list[tuple[Table, MappedClass]]:
    model = decide_names(schema, NamingOptions())
    return [(table, mapped) for table in schema.tables if (mapped := model.of_table(table.name)) is not None]


def agree(copy: Copy, mapped: MappedClass, said: list[str]) -> Counter[str]:
    """Hold one table to the law, and count the rows; AssertionError with the row that breaks it."""
    counted = Counter[str]()
    own = [message.removeprefix(f"{copy.table.name}: the check ") for message in said]
    aside = {message.partition(" is not stated in full")[0] for message in own}
    unchecked = {message.partition(":")[0] for message in said if "taken as they are" in message}
    attributes = dict(zip(mapped.columns, mapped.attributes, strict=True))
    pools = {
        column.name: pool
        for column in copy.table.columns
        if attributes[column.name] in copy.create.model_fields
        and f"{copy.table.name}.{column.name}" not in unchecked
        and (pool := candidates(copy, column, attributes[column.name]))
    }

    fields = {attributes[name]: name for name in attributes}

    def hold(row: dict[str, Any]) -> str:
        try:
            taken = copy.create(**{attributes[name]: value for name, value in row.items()})
        except ValidationError:
            assert not row or copy.refuses(row) is not None, f"Create refuses what the server takes: {row}"
            return "refused by both"
        values = {fields[name]: getattr(taken, name) for name in taken.model_fields_set}
        refused = copy.refuses(values) if values else None
        assert refused is None or refused in aside, f"Create takes what is {refused} on the server: {values}"
        return "taken by both" if refused is None else "set aside"

    rows = st.fixed_dictionaries({name: st.sampled_from(pool) for name, pool in pools.items()})

    @settings(RANDOM, max_examples=5)
    @given(st.lists(rows, min_size=ROWS // 5, max_size=ROWS // 5))
    def hold_all(drawn: list[dict[str, Any]]) -> None:
        for row in drawn:
            counted[hold({name: value for name, value in row.items() if value is not MISSING})] += 1

    hold_all()
    return counted


def candidates(copy: Copy, column: Column, attribute: str) -> list[Any]:
    """Values for a column: mostly such as its own class takes, and others now and then."""
    checks = [check.expression for check in copy.table.checks if column.name in check.expression]
    near = constants(*checks)
    drawn = samples(copy.schema, column, near)
    if drawn is None:
        return []
    field = copy.create.model_fields[attribute]
    good = [value for value in drawn if takes(copy.models[::-1], attribute, value)]
    if column.not_null is False:
        good.append(None)
    if not field.is_required():
        good.append(MISSING)
    bad = [value for value in drawn if not any(value is other for other in good)]
    share = max(1, len(bad) * 2 * len(copy.columns) // max(1, len(good)))
    return [*good * share, *bad] if good else bad


def takes(models: Models, attribute: str, value: Any) -> bool:
    """Whether the first class that has the field, Update or else Create, has nothing against a value of it."""
    model = next(model for model in models if attribute in model.model_fields)
    try:
        model.model_validate({attribute: value})
    except ValidationError as error:
        names = (attribute, model.model_fields[attribute].alias)
        return not any(part["loc"] == () or part["loc"][0] in names for part in error.errors())
    return True


def samples(schema: Schema, column: Column, near: Constants) -> list[Any] | None:
    """Some values of a column's type, the same for all columns that are alike."""
    key = (column.type, near, id(schema))
    if key not in _named:
        strategy = values(schema, column.type, near)
        if strategy is None:
            return None
        found: list[Any] = []

        @settings(RANDOM, max_examples=4)
        @given(st.lists(strategy, min_size=30, max_size=30))
        def collect(drawn: list[Any]) -> None:
            found.extend(drawn)

        collect()
        _named[key] = found
    return _named[key]
