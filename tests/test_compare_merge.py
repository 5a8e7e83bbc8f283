"""Merging: what agrees is one, what only one source states is kept, what contradicts is named with both origins."""

from __future__ import annotations

from msgspec.structs import replace

from schema_bridge.comparison import compare
from schema_bridge.ir import (
    Check,
    Column,
    ColumnNotes,
    Index,
    IndexPart,
    Name,
    Origin,
    Policy,
    Schema,
    Table,
    Trigger,
    Type,
)
from schema_bridge.merge import Layer, merge


def column(name: str, **facts: object) -> Column:
    return Column(name=name, type=Type(name="integer"), **facts)  # type: ignore[arg-type]


IMAGES = Name("public", "images")
TRIGGER = Trigger(name="t", function=Name("public", "f"), timing="after", events=("insert",))
BASE = Table(name=IMAGES, columns=(column("a"), column("b")), row_security=True, origin=Origin("a.json", 1))


def test_a_schema_merged_with_itself_is_itself() -> None:
    schema = Schema(tables=(BASE,))
    assert merge(Layer(schema), Layer(schema)).schema == schema
    assert merge(Layer(schema), Layer(schema)).conflicts == ()


def test_an_overlay_hangs_things_on_the_tables_of_the_other() -> None:
    stub = Table(name=IMAGES, triggers=(TRIGGER,), policies=(Policy(name="p"),))
    for under, over in (
        (Schema(tables=(BASE,)), Schema(external_tables=(stub,))),
        (Schema(external_tables=(stub,)), Schema(tables=(BASE,))),
    ):
        merged = merge(Layer(under), Layer(over))
        assert merged.conflicts == ()
        (table,) = merged.schema.tables
        assert merged.schema.external_tables == ()
        assert (table.columns, table.row_security) == (BASE.columns, True)
        assert (table.triggers, table.policies) == (stub.triggers, stub.policies)


def test_objects_of_both_sides_stand_in_the_order_of_their_names() -> None:
    def indexes(*names: str) -> Schema:
        made = tuple(Index(name=name, parts=(IndexPart(column="a"),)) for name in names)
        return Schema(tables=(replace(BASE, indexes=made),))

    merged = merge(Layer(indexes("a", "c")), Layer(indexes("b", "c"))).schema
    assert merged == indexes("a", "b", "c")


def test_a_contradiction_is_named_with_both_origins_and_the_overlay_wins() -> None:
    one = Schema(tables=(replace(BASE, columns=(column("a", default="1", origin=Origin("a.json", 2)), column("b"))),))
    two = Schema(tables=(replace(BASE, columns=(column("a", default="2", origin=Origin("b.sql", 9)), column("b"))),))
    merged = merge(Layer(one), Layer(two))
    assert merged.schema.tables[0].columns[0].default == "2"
    (row,) = merged.conflicts
    assert (row.name, row.fact, row.values) == ("a", "default", {"under": "1", "over": "2"})
    assert row.origins == {"under": "a.json:2", "over": "b.sql:9"}


def test_what_a_source_cannot_state_is_the_others_to_say() -> None:
    one = Schema(tables=(replace(BASE, comment=None, persistence="permanent"),))
    two = Schema(tables=(replace(BASE, comment="said", persistence="unlogged"),))
    silent = {"Table.comment": "no comments there", "Table.persistence": "nor this"}
    for under, over in ((Layer(one, silent), Layer(two)), (Layer(two), Layer(one, silent))):
        merged = merge(under, over)
        assert merged.conflicts == ()
        assert (merged.schema.tables[0].comment, merged.schema.tables[0].persistence) == ("said", "unlogged")


def test_respellings_and_notes_are_no_contradiction() -> None:
    notes = ColumnNotes(property="createdAt")
    one = replace(BASE, columns=(column("a", notes=notes),), checks=(Check(name="c", expression="a IN (1, 2)"),))
    two = replace(BASE, columns=(column("a"),), checks=(Check(name="c", expression="(a = ANY (ARRAY[1, 2]))"),))
    merged = merge(Layer(Schema(tables=(one,))), Layer(Schema(tables=(two,))))
    assert merged.conflicts == ()
    assert merged.schema.tables[0].columns[0].notes == notes
    assert compare(merged.schema, Schema(tables=(one,))).differences == ()
