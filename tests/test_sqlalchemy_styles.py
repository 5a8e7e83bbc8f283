"""Models in another style make the very same database."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema_bridge import project
from schema_bridge.errors import OptionError
from schema_bridge.python_model import NamingOptions
from schema_bridge.writers.sqlalchemy import Options
from support import python
from support.cases import read_text
from support.objects import differences
from support.server import Server
from support.styles import STYLES


@pytest.mark.parametrize("name", STYLES)
def test_a_style_changes_the_code_and_not_the_database(name: str, server: Server, tmp_path: Path) -> None:
    style = STYLES[name]
    case = style.of
    direct, made = server.database(case.sql, supabase=case.supabase), server.database(supabase=case.supabase)
    # In a namespace package here; other tests import the models by themselves.
    style.save(tmp_path / "app")
    python.run(python.CREATE.replace("import models", "from app import models"), tmp_path, made.sqlalchemy_url)
    assert not (found := differences(direct, made)), "\n".join(found)
    server.release(direct)
    server.release(made)


MIXED = """
CREATE TABLE both_there (id integer PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz DEFAULT NOW() NOT NULL);
CREATE TABLE nullable (id integer PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz DEFAULT now());
CREATE TABLE without_zone (id integer PRIMARY KEY, created_at timestamp NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE without_default (id integer PRIMARY KEY, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE one_only (id integer PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE explained (id integer PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
COMMENT ON COLUMN explained.created_at IS 'when';
"""
STAMPS = {"created_at": "timestamptz NOT NULL DEFAULT now()", "updated_at": "timestamptz NOT NULL DEFAULT now()"}


def heads(options: Options) -> list[str]:
    models = project.render(read_text(MIXED), "sqlalchemy", options)["models.py"]
    return [line for line in models.split("\n") if line.startswith("class ")]


def test_a_mixin_is_inherited_where_all_its_columns_match() -> None:
    options = Options(
        base_import="app.base:Base", mixins={"app.base:Stamped": STAMPS}, bases={"one_*": ("app.own:Extra",)}
    )
    assert heads(options) == [
        "class BothThere(Stamped, Base):",
        "class Explained(Base):",
        "class Nullable(Base):",
        "class OneOnly(Extra, Base):",
        "class WithoutDefault(Base):",
        "class WithoutZone(Base):",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(base_import="app.base"), "'app.base' is no class of a module; it reads package.module:Class"),
        (Options(bases={"nobody": ("a:B",)}), "no table is called nobody"),
        (Options(bases={"*": ("a:Nullable",)}), "a:Nullable: the models have another Nullable"),
        (Options(bases={"*": ("a:B", "c:B")}), "c:B: the models have another B"),
        (Options(mixins={"a:B": {}}), "no table has the columns of a:B as they are given there"),
        (Options(mixins={"a:B": {"id": "text"}}), "no table has the columns of a:B as they are given there"),
        (Options(mixins={"a:B": {"id": "in te ger !"}}), "id: not a type: in te ger !"),
        (Options(mixins={"a:B": {"id": "int default )"}}), 'id: syntax error at or near ")": )'),
        (Options(mixins={"a:B": {"id": ""}}), "id: '' reads TYPE [NOT NULL] [DEFAULT …]"),
    ],
)
def test_heirs_of_nothing(options: Options, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        heads(options)
    assert caught.value.message == message


LIBRARY = """
CREATE TYPE genre AS ENUM ('novel', 'it''s "odd"');
CREATE TABLE authors (id uuid PRIMARY KEY, code varchar(40) NOT NULL DEFAULT gen_random_uuid());
CREATE TABLE books (
  id uuid PRIMARY KEY DEFAULT uuid_generate_v4(), author_id uuid NOT NULL REFERENCES authors, genre genre,
  genres genre[] NOT NULL DEFAULT '{}', editor_id uuid REFERENCES authors ON DELETE CASCADE
);
CREATE TABLE covers (id uuid PRIMARY KEY REFERENCES books ON DELETE CASCADE, path text);
CREATE TABLE tags (id integer PRIMARY KEY);
CREATE TABLE book_tags (book_id uuid REFERENCES books, tag_id integer REFERENCES tags, PRIMARY KEY (book_id, tag_id));
"""


def models(options: Options) -> str:
    return project.render(read_text(LIBRARY), "sqlalchemy", options)["models.py"]


def test_keys_and_random_ids_are_made_in_python(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(models(Options(uuid4=True)))
    (tmp_path / "schema_events.py").write_text("def attach(metadata: object) -> None: ...\n")
    script = """
made = {
    str(column): column.default.arg(None)
    for table in models.Base.metadata.sorted_tables for column in table.columns if column.default is not None
}
assert sorted(made) == ["authors.code", "authors.id", "books.id"], made
assert made["books.id"].version == 4 and len(made["authors.code"]) == 36
"""
    python.run(python.CONFIGURE + script, tmp_path)


def test_labels_are_members_literals_or_strings() -> None:
    text = models(Options(enums="literals"))
    assert """Genre = Literal["novel", 'it\\'s "odd"']""" in text
    assert """genre_type = sa.Enum("novel", 'it\\'s "odd"', name="genre", metadata=Base.metadata)""" in text
    assert "genre: Mapped[Genre | None] = mapped_column(genre_type)" in text
    text = models(Options(enums="strings"))
    assert "Genre" not in text
    assert "genres: Mapped[list[str]]" in text


CHOICES = """
CREATE DOMAIN mood AS text CHECK (VALUE = ANY (ARRAY['calm'::text, 'wild'::text]));
CREATE TABLE pets (
  id integer PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('new', 'it''s', '')),
  size smallint CHECK (size IN (1, 2, 99999)),
  mood mood,
  tags varchar(3)[] NOT NULL CHECK (tags <@ ARRAY['a', 'long one', 'b']::varchar[]),
  padded char(3) CHECK (padded IN ('a')),
  folded text COLLATE own CHECK (folded IN ('a')),
  pattern text CHECK (pattern IN ('a') OR pattern LIKE 'b%'),
  former text
);
ALTER TABLE pets ADD CONSTRAINT for_new_rows CHECK (former IN ('a')) NOT VALID;
CREATE TABLE pet_states (id integer PRIMARY KEY);
"""


def test_what_checks_list_are_literals_or_members() -> None:
    schema = read_text("CREATE COLLATION own (provider = icu, locale = 'und', deterministic = false);" + CHOICES)
    text = project.render(schema, "sqlalchemy", Options(choices="literals"))["models.py"]
    found = [line for line in text.split("\n") if "Literal[" in line or "(sa.String(3)" in line or "Mapped[Pet" in line]
    assert found == [
        'PetState2 = Literal["new", "it\'s", ""]',
        "PetSize = Literal[1, 2]",
        'PetMood = Literal["calm", "wild"]',
        'PetTags = Literal["a", "b"]',
        "    state: Mapped[PetState2] = mapped_column(sa.Text)",
        "    size: Mapped[PetSize | None] = mapped_column(sa.SmallInteger)",
        "    mood: Mapped[PetMood | None] = mapped_column(mood_domain)",
        "    tags: Mapped[list[PetTags]] = mapped_column(pg.ARRAY(sa.String(3)))",
    ]
    text = project.render(schema, "sqlalchemy", Options(choices="classes"))["models.py"]
    assert """class PetState2(enum.StrEnum):\n    NEW = "new"\n    IT_S = "it's"\n    EMPTY = ""\n""" in text
    assert "state: Mapped[PetState2] = mapped_column(OneOf(sa.Text(), PetState2))" in text
    assert "tags: Mapped[list[PetTags]] = mapped_column(pg.ARRAY(OneOf(sa.String(3), PetTags)))" in text
    assert "size: Mapped[PetSize | None] = mapped_column(sa.SmallInteger)" in text


def test_relationships_are_called_loaded_and_deleted_as_the_config_says() -> None:
    naming = NamingOptions(relationship_names={"books.author": "writer", "authors.books": "works"})
    options = Options(
        naming=naming,
        lazy={"*": "raise", "books.*": "selectin", "books.writer": "joined"},
        cascade={"authors.works": "all"},
    )
    text = " ".join(models(options).split())
    for stated in (
        'writer: Mapped[Author] = relationship( foreign_keys="[Book.author_id]", back_populates="works", lazy="joined", )',
        'back_populates="writer", lazy="raise", cascade="all", )',
        'tags: Mapped[list[Tag]] = relationship( secondary=lambda: book_tags_table, back_populates="books", lazy="selectin"',
    ):
        assert stated in text
    assert "relationship" not in models(Options(relationships="none"))


def test_one_side_of_each_relation() -> None:
    text = models(Options(relationships="one-sided"))
    found = [line.split(":")[0].strip() for line in text.split("\n") if ": Mapped" in line and "relationship(" in line]
    assert found == ["author", "editor", "tags", "book"]
    assert "back_populates" not in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(lazy={"books.authors": "raise"}), "no such relationship is called books.authors"),
        (Options(cascade={"books.author": "all"}), "no such relationship is called books.author"),
        (Options(cascade={"*": "all, orphans"}), "cascade of *: 'orphans' is none of SQLAlchemy's"),
        (
            Options(naming=NamingOptions(relationship_names={"books.x": "y"})),
            "relationship_names speaks of books.x, which is no relationship of this schema",
        ),
        (
            Options(naming=NamingOptions(relationship_names={"books.author": "genre"})),
            "'genre' cannot be the name of a relationship of books",
        ),
    ],
)
def test_relationships_of_nothing(options: Options, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        models(options)
    assert caught.value.message == message
