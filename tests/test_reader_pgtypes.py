"""Every spelling of a type is one value, and prints as the server's format_type prints it."""

from __future__ import annotations

import pytest

from schema_bridge.ir import SequenceOptions, Type
from schema_bridge.pgtypes import parse, plain_sequence, render, sequence_bounds

SPELLINGS = [
    ("int4", "integer"),
    ("INT", "integer"),
    ("pg_catalog.int4", "integer"),
    ("timestamp (3) with time zone", "timestamp(3) with time zone"),
    ("timestamptz(3)", "timestamp(3) with time zone"),
    ("timestamp", "timestamp without time zone"),
    ("time(9)", "time(6) without time zone"),
    ("varchar(40)", "character varying(40)"),
    ("char varying (40)", "character varying(40)"),
    ("char", "character(1)"),
    ("bpchar", "bpchar"),
    ('"char"', '"char"'),
    ("bit", "bit(1)"),
    ('"bit"', '"bit"'),
    ("bit varying(3)", "bit varying(3)"),
    ("numeric(10,2)", "numeric(10,2)"),
    ("decimal(10)", "numeric(10,0)"),
    ("numeric(4,-2)", "numeric(4,-2)"),
    ("float(24)", "real"),
    ("float", "double precision"),
    ("text[]", "text[]"),
    ("integer array[4]", "integer[]"),
    ("_int4", "integer[]"),
    ("pg_catalog._bpchar", "bpchar[]"),
    ("_char", '"char"[]'),
    ("double precision[][]", "double precision[]"),
    ("interval day to second(3)", "interval day to second(3)"),
    ("interval(2)", "interval(2)"),
    ("interval", "interval"),
]


@pytest.mark.parametrize(("spelling", "printed"), SPELLINGS)
def test_a_built_in_type_prints_as_format_type_does(spelling: str, printed: str) -> None:
    assert render(parse(spelling)) == printed
    assert parse(printed) == Type(
        name=parse(spelling).name,
        modifiers=parse(spelling).modifiers,
        dimensions=min(parse(spelling).dimensions, 1),
    )


def test_a_type_that_is_not_built_in_has_its_schema_or_none() -> None:
    assert parse("_citext") == Type(name="_citext", schema="")
    assert parse("citext") == Type(name="citext", schema="")
    assert parse("extensions.citext") == Type(name="citext", schema="extensions")
    assert parse('"My"."T"[]') == Type(name="T", schema="My", dimensions=1)
    assert parse("geometry(Point,4326)") == Type(name="geometry", schema="", modifiers=("Point", 4326))


@pytest.mark.parametrize("text", ["", "int(", "varchar(40", "text]", "text[", "a b", "'x'", "text;"])
def test_what_is_no_type_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="not a type"):
        parse(text)


def test_bounds_that_are_the_types_own_are_not_stated() -> None:
    assert plain_sequence(SequenceOptions(type="integer", start=1, minimum=1, maximum=2**31 - 1)) == SequenceOptions(
        type="integer"
    )
    assert plain_sequence(SequenceOptions(start=5)) == SequenceOptions(start=5)
    assert plain_sequence(SequenceOptions(increment=-1, start=-1, maximum=-1)) == SequenceOptions(increment=-1)
    assert sequence_bounds(SequenceOptions(type="smallint", increment=-1)) == (-32768, -1, -1)
