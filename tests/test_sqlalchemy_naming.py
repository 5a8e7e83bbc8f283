"""Names: what a table, a column and a label are called in Python."""

import keyword
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schema_bridge import naming
from schema_bridge.errors import OptionError
from schema_bridge.ir import Column, Enum, Name, ObjectNotes, Schema, Table, Type
from schema_bridge.python_model import NamingOptions, decide

TEXT = Type(name="text")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("people", "Person"),
        ("media", "Media"),
        ("media_assets", "MediaAsset"),
        ("ai_prompts", "AIPrompt"),
        ("api_keys", "APIKey"),
        ("statuses", "Status"),
        ("addresses", "Address"),
        ("categories", "Category"),
        ("indices", "Index"),
        ("process", "Process"),
        ("crawl_jobs", "CrawlJob"),
        ("metrics_cache", "MetricsCache"),
        ("event_raw", "EventRaw"),
        ("usage_metrics", "UsageMetric"),
        ("user_settings", "UserSettings"),
        ("caches", "Cache"),
        ("batches", "Batch"),
        ("movies", "Movie"),
        ("purchases", "Purchase"),
        ("MediaAssets", "MediaAsset"),
        ("relationships", "Relationship"),
        ("bases", "BaseRow"),
        ("2fa_codes", "N2faCode"),
        ("order items", "OrderItem"),
        ("", "Blank"),
        ("größen", "Größen"),
    ],
)
def test_class_names(table: str, expected: str) -> None:
    assert naming.class_name(table) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Größe", "grosse"), ("日本", "u65e5u672c"), ("Café", "cafe"), ("Import", "import_"), ("Datetime", "datetime")],
)
def test_module_names(name: str, expected: str) -> None:
    assert naming.module_name(name) == expected


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("metadata", "metadata_"),
        ("registry", "registry_"),
        ("type", "type_"),
        ("format", "format_"),
        ("hash", "hash_"),
        ("class", "class_"),
        ("match", "match_"),
        ("id", "id"),
        ("createdAt", "created_at"),
        ("__table__", "table"),
        ("_id", "id"),
        ("2fa", "n2fa"),
        ("first name", "first_name"),
        ("schema", "schema_"),
        ("sa", "sa_"),
        ("", "blank"),
    ],
)
def test_attribute_names(column: str, expected: str) -> None:
    assert naming.attribute_name(column) == expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [("in-progress", "IN_PROGRESS"), ("1st", "N_1ST"), ("", "EMPTY"), ("+", "U002B"), ("Draft", "DRAFT")],
)
def test_enum_members(label: str, expected: str) -> None:
    assert naming.enum_member(label) == expected


@given(st.text())
def test_every_text_gives_an_identifier(text: str) -> None:
    for name in (naming.class_name(text), naming.attribute_name(text), naming.enum_member(text)):
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")
    assert naming.attribute_name(text) not in naming.RESERVED


@given(st.lists(st.text(), unique=True))
def test_names_are_told_apart(texts: list[str]) -> None:
    names = naming.unique(map(naming.attribute_name, texts))
    assert len(set(names)) == len(texts)


def table(schema: str, name: str, *columns: str) -> Table:
    return Table(name=Name(schema, name), columns=tuple(Column(name=c, type=TEXT) for c in columns))


def test_collisions_have_one_answer() -> None:
    schema = Schema(
        tables=(table("app", "users", "createdAt", "created_at"), table("public", "user"), table("public", "users")),
        enums=(Enum(name=Name("public", "user"), labels=("a", "A", "b")),),
    )
    model = decide(schema, NamingOptions())
    assert [c.name for c in model.classes] == ["AppUser", "User", "User_2"]
    assert model.classes[0].attributes == ("created_at_2", "created_at")
    assert model.enums[0].name == "UserEnum"
    assert model.enums[0].members == (("A", "a"), ("A_2", "A"), ("B", "b"))


def test_overrides() -> None:
    schema = Schema(tables=(table("public", "pets", "metadata"),))
    model = decide(
        schema, NamingOptions(class_names={"pets": "Creature"}, attribute_names={"pets.metadata": "meta_data"})
    )
    assert (model.classes[0].name, model.classes[0].attributes) == ("Creature", ("meta_data",))
    with pytest.raises(OptionError, match=r"pets\.nothing"):
        decide(schema, NamingOptions(attribute_names={"pets.nothing": "x"}))
    with pytest.raises(OptionError, match="cannot be the name of a class"):
        decide(schema, NamingOptions(class_names={"pets": "class"}))


def test_an_attribute_is_named_in_every_table_by_its_column_alone() -> None:
    schema = Schema(tables=(table("public", "a", "metadata"), table("public", "b", "id", "metadata")))
    options = NamingOptions(attribute_names={"metadata": "meta_data", "b.metadata": "extra"})
    assert [c.attributes for c in decide(schema, options).classes] == [("meta_data",), ("id", "extra")]


def test_acronyms_are_added() -> None:
    schema = Schema(tables=(table("public", "lora_api_ids", "x"),))
    options = NamingOptions(acronyms=("LoRa", "Id"), singular=False)
    assert decide(schema, options).classes[0].name == "LoRaAPIIds"


def test_a_row_is_called_as_in_the_front_end() -> None:
    notes = ObjectNotes(export="aiPrompts", type_exports=("InsertAiPrompt", "Prompt"))
    schema = Schema(tables=(replace(table("public", "ai_prompts", "x"), notes=notes),))
    assert decide(schema, NamingOptions()).classes[0].name == "Prompt"
    assert decide(schema, NamingOptions(class_names={"ai_prompts": "P"})).classes[0].name == "P"


def test_a_renamed_column_keeps_its_former_names() -> None:
    schema = Schema(tables=(table("public", "photos", "original_key", "metadata"),))
    options = NamingOptions(
        renamed={"photos.file_path": "original_key", "public.photos.path": "original_key"},
        attribute_names={"original_key": "key"},
    )
    assert decide(schema, options).classes[0].former == (("file_path", "key"), ("path", "key"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"class_names": {"nobody": "X"}}, "class_names speaks of nobody, which is no table or enum type"),
        ({"class_names": {"photos": "Base"}}, "'Base', given for photos, cannot be the name of a class"),
        ({"attribute_names": {"photos.id": "metadata"}}, "'metadata', given for photos.id, cannot be the name of an"),
        ({"attribute_names": {"nothing": "x"}}, "attribute_names speaks of nothing, which is no column"),
        ({"renamed": {"photos.old": "new"}}, "photos.old was renamed to new, which is no column of photos"),
        ({"renamed": {"photos.key": "id"}}, "photos.key was renamed, and photos has a column of that name"),
        ({"renamed": {"old": "id"}}, "renamed speaks of old, which is not table.column"),
    ],
)
def test_what_contradicts_the_schema_is_refused(options: dict[str, dict[str, str]], message: str) -> None:
    schema = Schema(tables=(table("public", "photos", "id", "key"),))
    with pytest.raises(OptionError, match=re.escape(message)) as caught:
        decide(schema, NamingOptions(**options))  # type: ignore[arg-type]
    assert caught.value.key in next(iter(options.values()))
