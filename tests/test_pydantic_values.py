"""What a team says of values: the shape of JSON, types of its own, fields that are no column, lists as classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schema_bridge.errors import OptionError
from schema_bridge.ir import Schema
from schema_bridge.writers import pydantic as writer
from schema_bridge.writers.pydantic.options import Extra
from support.schemas import Orm, imported, table, takes, write

PETS = Schema(
    tables=(
        table(
            {
                "name": "text not null",
                "state": "jsonb not null default '{}'",
                "mood": "varchar(9) not null default 'so-so'",
                "moods": "text[]",
            },
            "mood IN ('so-so', 'glad')",
            "moods <@ ARRAY['so-so', 'glad']",
            "mood <> 'glad' OR name <> ''",
            name="pets",
        ),
    )
)
STATE = {
    "PetState": {"energy": "int 0..100", "last": "uuid?", "traits": ["str 1..9"], "food": "hay | fish", "at": "time"}
}
GOOD = {"energy": 7, "traits": ["shy"], "food": "hay", "at": "12:00:00"}


def test_json_has_the_shape_that_is_described(tmp_path: Path) -> None:
    with imported(tmp_path, PETS, types={"pets.state": STATE}) as schemas:
        assert takes(schemas.PetCreate, name="a", state=GOOD)
        for wrong in (
            {"energy": 101},
            {"energy": None},
            {"last": 1},
            {"traits": [""]},
            {"traits": "shy"},
            {"food": "bone"},
            {"at": "now"},
            {"traits": ["\0"]},
        ):
            assert not takes(schemas.PetCreate, name="a", state={**GOOD, **wrong}), wrong
        assert not takes(schemas.PetCreate, name="a", state={})
        assert schemas.PetCreate(name="a").state is None, "the database has a default"
        assert not takes(schemas.PetUpdate, state=None)
        shown = schemas.PetResponse.model_validate(Orm(name="a", state=GOOD, mood="glad", moods=None))
        assert isinstance(shown.state, schemas.PetState)
        assert shown.model_dump(mode="json")["state"] == {**GOOD, "last": None}


JSON_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "state of a pet",
    "type": "object",
    "additionalProperties": False,
    "required": ["class", "home"],
    "properties": {
        "class": {"enum": ["cat", 7, None], "description": 'A "kind"'},
        "home": {"$ref": "#/$defs/place"},
        "homes": {"type": "array", "items": {"$ref": "#/$defs/place"}, "maxItems": 1, "default": []},
        "weight": {"type": ["number", "null"], "exclusiveMinimum": 0.5},
        "code": {"type": "string", "pattern": "^[a-z]+$", "default": "a"},
        "scores": {"type": "object", "additionalProperties": {"type": "integer"}},
        "free": {},
    },
    "$defs": {
        "place": {"type": "object", "properties": {"model_name": {"type": "string"}}, "required": ["model_name"]}
    },
}


def test_json_has_the_shape_of_a_json_schema(tmp_path: Path) -> None:
    with imported(tmp_path, PETS, types={"state": JSON_SCHEMA}) as schemas:
        good = {"class": None, "home": {"model_name": "x"}}
        state = schemas.PetCreate(name="a", state=good).state
        assert state.model_dump(exclude_unset=True) == good
        assert (state.homes, state.code, state.weight) == ([], "a", None)
        assert schemas.StateOfAPet.model_fields["class_"].description == 'A "kind"'
        for wrong in (
            {"class": "dog"},
            {"home": {}},
            {"homes": [{"model_name": "x"}] * 2},
            {"weight": 0.5},
            {"code": "A"},
            {"scores": {"a": "b"}},
            {"more": 1},
        ):
            assert not takes(schemas.PetCreate, name="a", state={**good, **wrong}), wrong
        assert takes(schemas.PetCreate, name="a", state={**good, "scores": {"a": 1}, "weight": None, "free": [1]})


def test_a_type_of_the_project_is_imported(tmp_path: Path) -> None:
    target = write(tmp_path, PETS, types={"pets.name": ".own:Shout", "pets.state": ["datetime:date"]})
    (target / "schemas/own.py").write_text(
        "from typing import Annotated\n\nfrom pydantic import AfterValidator\n\n"
        "Shout = Annotated[str, AfterValidator(str.upper)]\n",
        "utf-8",
    )
    with imported(tmp_path, target) as schemas:
        assert schemas.PetCreate(name="a").name == "A"
        assert not takes(schemas.PetCreate, name="a", state=["x"])
        assert takes(schemas.PetCreate, name="a", state=["2024-01-01"])


def test_a_field_stands_in_for_a_column_that_is_left_out(tmp_path: Path) -> None:
    users = Schema(tables=(table({"email": "text not null", "hashed_password": "text not null"}, name="users"),))
    extra = {
        "users.password": Extra(type="str 8..72", variants=("create", "update"), description='In the "clear"'),
        "users.posts": Extra(type="int?", variants=("response",)),
    }
    out = {"users.hashed_password": ("create", "update", "response")}
    with imported(tmp_path, users, extra=extra, leave_out=out) as schemas:
        assert list(schemas.UserCreate.model_fields) == ["email", "password"]
        assert schemas.UserCreate.model_fields["password"].description == 'In the "clear"'
        assert takes(schemas.UserCreate, email="a", password="x" * 8)
        assert not takes(schemas.UserCreate, email="a", password="x" * 7)
        assert not takes(schemas.UserCreate, email="a")
        assert takes(schemas.UserUpdate) and not takes(schemas.UserUpdate, password=None)
        assert schemas.UserResponse.model_validate(Orm(email="a")).posts is None


def test_lists_in_checks_become_classes_on_request(tmp_path: Path) -> None:
    with imported(tmp_path, PETS, choices="classes") as schemas:
        assert [member.value for member in schemas.PetMood] == ["so-so", "glad"]
        assert schemas.PetCreate(name="a").mood is schemas.PetMood.SO_SO
        assert schemas.PetCreate(name="a", moods=["glad"]).moods == [schemas.PetMoods.GLAD]
        assert not takes(schemas.PetCreate, name="a", mood="sad")
        assert not takes(schemas.PetCreate, name="", mood="glad")
        assert takes(schemas.PetCreate, name="a", mood="glad")


def test_examples_stand_in_the_schema(tmp_path: Path) -> None:
    examples = {"pets.name": ("Tom", 'O"Malley'), "state": ({"a": [1, None]},)}
    with imported(tmp_path, PETS, examples=examples) as schemas:
        properties = schemas.PetCreate.model_json_schema()["properties"]
        assert properties["name"]["examples"] == ["Tom", 'O"Malley']
        assert properties["state"]["examples"] == [{"a": [1, None]}]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"types": {"pets.shape": "int"}}, "no column is called pets.shape"),
        ({"types": {"pets.state": "integer"}}, "'integer' is no type; known: any, bool"),
        ({"types": {"pets.state": "bool 0..1"}}, "bool has no limits"),
        ({"types": {"pets.state": "app:pet state"}}, "'app:pet state' is no class of a module"),
        ({"types": {"pets.state": ["int", "str"]}}, "describes no value"),
        ({"types": {"pets.state": {"type": "string", "contentEncoding": "base64"}}}, "contentEncoding of JSON Schema"),
        ({"types": {"pets.state": {"$ref": "#/$defs/x"}}}, "#/$defs/x leads nowhere"),
        (
            {"types": {"pets.state": {"$ref": "#/$defs/x", "$defs": {"x": {"anyOf": [{"$ref": "#/$defs/x"}]}}}}},
            "#/$defs/x leads to itself",
        ),
        ({"extra": {"pets.name": Extra(type="str", variants=("create",))}}, "pets.name is a column"),
        ({"extra": {"pets.model_dump": Extra(type="str", variants=("create",))}}, "cannot be the name of a field"),
        ({"extra": {"cats.age": Extra(type="int", variants=("create",))}}, "no table is called cats"),
        ({"examples": {"pets.age": (1,)}}, "no column is called pets.age"),
    ],
)
def test_a_description_that_cannot_be_is_an_error(options: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError) as raised:
        writer.write(PETS, writer.Options(**options))
    assert said in raised.value.message
    assert raised.value.key is not None
