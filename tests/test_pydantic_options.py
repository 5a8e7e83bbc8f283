"""What a team may ask of the schemas: which classes there are, what they are called, hold and inherit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from schema_bridge.errors import OptionError
from schema_bridge.ir import Column, ColumnNotes, Enum, Name, Schema, Type
from schema_bridge.python_model import NamingOptions
from schema_bridge.writers import pydantic as writer
from schema_bridge.writers.pydantic.options import ClassNames
from support.schemas import Orm, imported, key, table, takes, write

USERS = table(
    {
        "id": "bigint not null default nextval('users_id_seq'::regclass)",
        "email": "varchar(20) not null",
        "hashed_password": "text not null",
        "age": "integer",
        "created_at": "timestamp with time zone not null default now()",
    },
    "age > 17 OR hashed_password <> ''",
    name="users",
    primary_key=key("id"),
)
SCHEMA = Schema(tables=(USERS, table({"text": "text not null"}, name="logs")))
ROW = {"id": 1, "email": "a@b.c", "age": 20, "created_at": "2024-01-01T00:00:00Z"}


def fields(model: Any) -> list[str]:
    return list(model.model_fields)


# Which classes there are


def test_names_are_given_as_for_the_models(tmp_path: Path) -> None:
    schema = Schema(tables=(table({"metadata": "text"}, name="people"),))
    names = NamingOptions(class_names={"people": "User"}, attribute_names={"people.metadata": "meta_data"})
    with imported(tmp_path, schema, naming=names) as schemas:
        assert schemas.UserCreate(metadata="a").meta_data == "a"
        assert schemas.UserResponse.model_validate(Orm(meta_data="a")).model_dump() == {"metadata": "a"}


def test_tables_are_chosen_by_name_and_pattern() -> None:
    schema = Schema(tables=tuple(table({"x": "text"}, name=name) for name in ("logs_a", "logs_b", "users")))
    files = writer.write(schema, writer.Options(exclude=("logs_*",)))
    assert sorted(files) == ["schemas/__init__.py", "schemas/types.py", "schemas/user.py"]
    assert sorted(writer.write(schema, writer.Options(tables=("public.users",)))) == sorted(files)


def test_variants_are_chosen_by_table_and_the_last_match_counts(tmp_path: Path) -> None:
    variants = {"*": (), "u*": ("response", "list")}
    with imported(tmp_path, SCHEMA, variants=variants) as schemas:
        assert schemas.__all__ == ["UserList", "UserResponse"]
        assert fields(schemas.UserResponse) == ["id", "email", "hashed_password", "age", "created_at"]
        page = schemas.UserList(items=[ROW | {"hashed_password": "x"}], total=7)
        assert page.items[0].email == "a@b.c"
        assert not takes(schemas.UserList, items=[{}], total=1)
    with imported(tmp_path, SCHEMA, variants={"users": ("create",)}) as schemas:
        assert [name for name in schemas.__all__ if name.startswith("User")] == ["UserCreate"]
        assert takes(schemas.UserCreate, email="a", hashed_password="b")
        assert not takes(schemas.UserCreate, email="a" * 21, hashed_password="b")
        assert not takes(schemas.UserCreate, email="a", hashed_password="", age=17)


def test_classes_are_called_as_the_team_calls_them(tmp_path: Path) -> None:
    names = ClassNames(base=None, create="Insert{}", response="{}", list="{}ListResponse")
    variants = {"*": ("create", "response", "list")}
    with imported(tmp_path, SCHEMA, classes=names, variants=variants) as schemas:
        known = ["InsertLog", "InsertUser", "Log", "LogListResponse", "User", "UserListResponse"]
        assert schemas.__all__ == known
        assert schemas.InsertUser(email="a", hashed_password="b").model_dump(exclude_unset=True) == {
            "email": "a",
            "hashed_password": "b",
        }
        assert schemas.User.model_validate(Orm(**ROW, hashed_password="x")).age == 20
        assert not issubclass(schemas.InsertUser, schemas.User)


# Where they stand

WIDE = ", ".join(f"'{letter * 20}'" for letter in "abcdef")
KINDS = Schema(
    tables=(
        table({"x": "text", "n": "integer", "t": "time"}, f"x IN ({WIDE}) OR n > 1", name="authors"),
        table({"x": "text", "n": "integer"}, f"x IN ({WIDE.upper()}) OR n > 1", name="author_books"),
        replace(
            table({"note": "text"}, "note IN ('a', 'b')", name="books"),
            columns=(*table({"note": "text"}).columns, Column(name="kind", type=Type(name="kind", schema="public"))),
        ),
    ),
    enums=(Enum(name=Name("public", "kind"), labels=("a",)),),
)


def test_all_may_stand_in_one_module(tmp_path: Path) -> None:
    files = writer.write(KINDS, writer.Options(layout="module", name="api"))
    assert list(files) == ["api.py"]
    with imported(tmp_path, KINDS, layout="module") as schemas:
        assert takes(schemas.AuthorCreate, x="a" * 20, n=0) and not takes(schemas.AuthorCreate, x="A" * 20, n=0)
        assert takes(schemas.AuthorBookCreate, x="A" * 20, n=0)
        assert not takes(schemas.AuthorBookCreate, x="a" * 20, n=0)
        assert takes(schemas.BookCreate, kind="a", note="b") and not takes(schemas.BookCreate, kind="b")


def test_groups_of_tables_have_a_module_each(tmp_path: Path) -> None:
    groups = {"people": ("author*",)}
    files = writer.write(KINDS, writer.Options(layout="groups", groups=groups))
    assert [path.removeprefix("schemas/") for path in files] == [
        "__init__.py",
        "enums.py",
        "other.py",
        "people.py",
        "types.py",
    ]
    with imported(tmp_path, KINDS, layout="groups", groups=groups) as schemas:
        assert schemas.AuthorCreate.__module__.endswith(".people")
        assert schemas.BookCreate.__module__.endswith(".other")
        assert not takes(schemas.AuthorBookCreate, x="a" * 20, n=0)


def test_only_what_is_used_is_written(tmp_path: Path) -> None:
    with imported(tmp_path, KINDS, variants={"*": ("response",)}, leave_out={"books.note": ("response",)}) as schemas:
        assert schemas.__all__ == ["AuthorBookResponse", "AuthorResponse", "BookResponse", "Kind"]
        assert not hasattr(sys.modules[schemas.AuthorResponse.__module__], "X_VALUES")


def test_an_empty_schema_has_an_empty_package(tmp_path: Path) -> None:
    assert writer.write(Schema(), writer.Options()) == {"schemas/__init__.py": "__all__ = []\n"}
    assert writer.write(Schema(), writer.Options(layout="module")) == {"schemas.py": ""}


# What they hold


def test_columns_are_left_out(tmp_path: Path) -> None:
    out = {
        "created_at": ("create", "update"),
        "*.hashed_*": ("response",),
        "users.id": ("create",),
        "users.email": ("create", "update", "response"),
    }
    with imported(tmp_path, SCHEMA, leave_out=out) as schemas:
        assert fields(schemas.UserCreate) == ["age", "hashed_password"]
        assert fields(schemas.UserUpdate) == ["hashed_password", "age"]
        assert fields(schemas.UserResponse) == ["age", "id", "created_at"]
        assert not takes(schemas.UserCreate, hashed_password="", age=1)
    with imported(tmp_path, SCHEMA, leave_out={"users.hashed_password": ("create",)}) as schemas:
        assert takes(schemas.UserCreate, email="a", age=1), "a check on a column that is left out asks nothing"


def test_a_base_of_the_project_is_inherited(tmp_path: Path) -> None:
    target = write(tmp_path, SCHEMA, base_import=".base:Strict")
    (target / "schemas/base.py").write_text(
        "from pydantic import BaseModel, ConfigDict\n\n\n"
        'class Strict(BaseModel):\n    model_config = ConfigDict(extra="forbid")\n',
        "utf-8",
    )
    with imported(tmp_path, target) as schemas:
        assert takes(schemas.LogCreate, text="a") and not takes(schemas.LogCreate, text="a", more=1)
        assert takes(schemas.LogUpdate, text="a") and not takes(schemas.LogUpdate, more=1)
        assert not takes(schemas.LogResponse, text="a", more=1)
        assert not takes(schemas.LogCreate, text="a\0")


# Other names


def test_camel_case_names_on_request(tmp_path: Path) -> None:
    columns = {"owner_id": "integer not null", "address_line_1": "text", "customer": "text", "metadata": "jsonb"}
    items = table(columns)
    noted = replace(items.columns[2], notes=ColumnNotes(property="lemonSqueezyCustomer"))
    items = replace(items, columns=(*items.columns[:2], noted, items.columns[3]))
    schema = Schema(tables=(items,))
    names = {"ownerId": 1, "addressLine1": "a", "lemonSqueezyCustomer": "b", "metadata": {}}
    with imported(tmp_path, schema, camel_aliases=True) as schemas:
        created = schemas.ItemCreate.model_validate(names)
        assert created.model_dump() == {"owner_id": 1, "address_line_1": "a", "customer": "b", "metadata_": {}}
        assert created.model_dump(by_alias=True) == names
        assert schemas.ItemCreate(owner_id=1, customer="b").customer == "b"
        orm = Orm(owner_id=1, address_line_1="a", customer="b", metadata_={})
        assert schemas.ItemResponse.model_validate(orm).model_dump(by_alias=True) == names
    with imported(tmp_path, schema, camel_aliases=True, classes=ClassNames(base=None)) as schemas:
        assert schemas.ItemCreate.model_validate(names).model_dump(by_alias=True) == names
    with imported(tmp_path, schema, camel_aliases=True, serialize_by_alias=True) as schemas:
        assert schemas.ItemCreate.model_validate(names).model_dump() == names
        assert schemas.ItemUpdate(owner_id=1).model_dump(exclude_unset=True) == {"ownerId": 1}


@pytest.mark.parametrize("camel", [False, True])
def test_former_names_are_accepted(tmp_path: Path, camel: bool) -> None:
    schema = Schema(tables=(table({"original_key": "text not null", "metadata": "jsonb"}, name="photos"),))
    names = NamingOptions(renamed={"photos.file_path": "original_key", "photos.exif": "metadata"})
    with imported(tmp_path, schema, naming=names, camel_aliases=camel) as schemas:
        accepted = ["file_path", "original_key", *(["filePath", "originalKey"] if camel else [])]
        for name in accepted:
            assert schemas.PhotoCreate.model_validate({name: "a"}).original_key == "a"
            assert schemas.PhotoUpdate.model_validate({name: "a"}).original_key == "a"
        orm = Orm(original_key="a", metadata_=[1])
        given = {"originalKey" if camel else "original_key": "a", "metadata": [1]}
        assert schemas.PhotoResponse.model_validate(orm).model_dump(by_alias=True) == given
        assert schemas.PhotoCreate.model_validate({"file_path": "a", "exif": {}}).metadata_ == {}


# What cannot be


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tables": ("user",)}, "no table is called user"),
        ({"variants": {"user": ()}}, "no table is called user"),
        ({"leave_out": {"user.email": ("create",)}}, "no column is called user.email"),
        ({"leave_out": {"mail": ("create",)}}, "no column is called mail"),
        ({"groups": {"people": ("users",)}}, "groups are given, and the layout is tables"),
        ({"layout": "groups"}, "no groups are given"),
        ({"layout": "groups", "groups": {"types": ("users",)}}, "types cannot be the module of a group"),
        ({"layout": "groups", "groups": {"a": ("users",), "b": ("*",)}}, "users is in two groups"),
        ({"name": "my schemas"}, "'my schemas' cannot be the name of a module"),
        ({"base_import": "base"}, "'base' is no class of a module"),
        ({"classes": ClassNames(create="Insert")}, "'Insert' is no pattern of class names"),
        ({"classes": ClassNames(create="{}Response")}, "'{}Response' is the pattern of two classes"),
        ({"classes": ClassNames(create="{}Kind")}, "UserKind, a class of users, is the name of something else"),
        ({"classes": ClassNames(response="{}")}, "Range, a class of ranges, is the name of something else"),
    ],
)
def test_an_option_that_cannot_be_is_an_error(options: dict[str, Any], said: str) -> None:
    kind = Enum(name=Name("public", "user_kind"), labels=("a",))
    schema = Schema(tables=(USERS, table({"x": "text"}, name="ranges")), enums=(kind,))
    with pytest.raises(OptionError) as raised:
        writer.write(schema, writer.Options(**options))
    assert said in raised.value.message
    assert raised.value.key is not None
