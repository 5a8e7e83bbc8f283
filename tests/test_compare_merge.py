"""Merging: what agrees is one, what only one source states is kept, what contradicts is named with both origins."""

from __future__ import annotations

from msgspec.structs import replace

from schema_bridge.comparison import compare
from schema_bridge.hanging import hanging
from schema_bridge.ir import (
    Check,
    Column,
    ColumnNotes,
    ForeignKey,
    Index,
    IndexPart,
    Name,
    Origin,
    Policy,
    PrimaryKey,
    Schema,
    Table,
    Trigger,
    Type,
    Unique,
)
from schema_bridge.merge import Layer, alone, merge
from schema_bridge.precedence import Precedence


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
        made = tuple(Index(name=name, parts=(IndexPart(column=name),)) for name in names)
        return Schema(tables=(replace(BASE, indexes=made),))

    merged = merge(Layer(indexes("a", "c")), Layer(indexes("b", "c"))).schema
    assert merged == indexes("a", "b", "c")


def test_a_contradiction_is_named_with_both_origins_and_the_overlay_wins() -> None:
    one = Schema(tables=(replace(BASE, columns=(column("a", default="1", origin=Origin("a.json", 2)), column("b"))),))
    two = Schema(tables=(replace(BASE, columns=(column("a", default="2", origin=Origin("b.sql", 9)), column("b"))),))
    merged = merge(Layer(one), Layer(two))
    assert merged.schema.tables[0].columns[0].default == "2"
    (conflict,) = merged.conflicts
    assert (conflict.row.name, conflict.row.fact, conflict.settled_by) == ("a", "default", "column.default")
    assert conflict.row.values == {"tables": "1", "overlay": "2"}
    assert conflict.row.origins == {"tables": "a.json:2", "overlay": "b.sql:9"}


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


def test_a_table_leaves_open_what_it_does_not_say_of_itself() -> None:
    plain = replace(BASE, row_security=False)
    for under, over in ((plain, BASE), (BASE, plain)):
        merged = merge(Layer(Schema(tables=(under,))), Layer(Schema(tables=(over,))))
        assert (merged.conflicts, merged.schema.tables[0].row_security) == ((), True)


def test_one_key_by_two_names_that_tools_gave_is_one() -> None:
    drizzle = replace(BASE, uniques=(Unique(name="images_a_unique", columns=("a",)),))
    server = replace(BASE, uniques=(Unique(name="images_a_key", columns=("a",)),))
    merged = merge(Layer(Schema(tables=(drizzle,))), Layer(Schema(tables=(server,))))
    assert merged.conflicts == ()
    assert [unique.name for unique in merged.schema.tables[0].uniques] == ["images_a_key"]


def test_a_name_that_a_person_gave_is_a_contradiction_to_another() -> None:
    one = replace(BASE, checks=(Check(name="mine", expression="a > 0"),))
    two = replace(BASE, checks=(Check(name="theirs", expression="(a > 0)"),))
    layers = Layer(Schema(tables=(one,))), Layer(Schema(tables=(two,)))
    assert [conflict.settled_by for conflict in merge(*layers).conflicts] == ["check.name"]
    settled = merge(*layers, Precedence({"check.name": "tables"}))
    assert settled.conflicts == ()
    assert [check.name for check in settled.schema.tables[0].checks] == ["mine"]


def test_what_hangs_on_a_column() -> None:
    table = replace(
        BASE,
        checks=(Check(name="c", expression="a + b > 0"), Check(name="other", expression="'a' = b::text")),
        indexes=(
            Index(name="i", parts=(IndexPart(expression="abs(a)"),)),
            Index(name="j", parts=(IndexPart(column="b"),)),
        ),
        policies=(Policy(name="p", using="images.a = 1"),),
        primary_key=PrimaryKey(name="k", columns=("a",)),
    )
    key = ForeignKey(name="f", columns=("x",), table=IMAGES, referenced_columns=("a",))
    child = Table(name=Name("app", "t"), foreign_keys=(key,))
    schema = Schema(tables=(child, table))
    assert hanging(schema, IMAGES, "a") == ("check c", "foreign key app.t.f", "index i", "policy p", "primary key k")
    assert hanging(schema, IMAGES, "gone") == ()


def test_what_one_source_alone_would_lose_is_counted() -> None:
    kept = replace(BASE, policies=(Policy(name="p"),))
    merged = replace(BASE, policies=(Policy(name="p"), Policy(name="q")), triggers=(TRIGGER,), comment="said")
    found = alone(Layer(Schema(tables=(kept,)), {"Trigger": "no triggers"}), Schema(tables=(merged,)))
    assert [(loss.what, loss.names, loss.why) for loss in found] == [
        ("Policy", ("images.q",), "it is stated there alone"),
        ("Table.comment", ("images",), "it is stated there alone"),
        ("Trigger", ("images.t",), "no triggers"),
    ]
