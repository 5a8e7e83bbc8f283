"""Models as a source: what the metadata makes, with the lines of the classes; and that models say what they came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema_bridge import project
from schema_bridge.cli import run
from schema_bridge.errors import SourceError
from schema_bridge.ir import Column, Origin, Table
from schema_bridge.project import comparing
from support.cases import CASES, Case

MODELS = """\
from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, String, Table, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

print("loaded")


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True, default="nobody")


class Book(Base):
    __tablename__ = "books"

    id = Column(Integer, primary_key=True)
    author_id = Column(
        Integer,
        ForeignKey("authors.id", ondelete="CASCADE"),
        index=True,
    )
    changed = Column("changed_at", DateTime(timezone=True), onupdate=func.now())
    share = Column(String, server_default="50%", comment="100 % 'sure'")


others = MetaData()
stray = Table("strays", others, Column("id", Integer, primary_key=True))
"""
SQL = """\
CREATE TABLE authors (id serial PRIMARY KEY, name varchar(50) NOT NULL UNIQUE);
CREATE TABLE books (
  id serial PRIMARY KEY,
  author_id integer REFERENCES authors ON DELETE CASCADE,
  changed_at timestamptz,
  share varchar DEFAULT '50%'
);
COMMENT ON COLUMN books.share IS '100 % ''sure''';
CREATE INDEX ON books (author_id);
ALTER TABLE books ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON books USING (true);
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("")
    (tmp_path / "app" / "models.py").write_text(MODELS)
    (tmp_path / "schema.sql").write_text(SQL)
    return tmp_path


def columns(table: Table) -> dict[str, Column]:
    return {column.name: column for column in table.columns}


@pytest.mark.parametrize("source", ["app.models:Base", "app/models.py", "app/models.py:Base"])
def test_models_are_the_sql_that_they_make(source: str) -> None:
    compared = comparing.compare_sources(["schema.sql", source])
    assert [f"{row.table}.{row.name} {row.fact}" for row in compared.report.differences] == []
    assert compared.left_out == {"Policy": 1, "Table.row_security": 1}, "models without listeners cannot state them"


def test_tables_and_columns_stand_where_their_classes_and_attributes_do() -> None:
    authors, books = project.read("app.models:Base").schema.tables
    assert (authors.origin, books.origin) == (Origin("app/models.py", 11), Origin("app/models.py", 18))
    assert columns(books)["author_id"].origin == Origin("app/models.py", 22)
    assert columns(books)["changed_at"].origin == Origin("app/models.py", 27)
    assert books.foreign_keys[0].origin == Origin("app/models.py", 18)


def test_what_python_does_for_a_column_is_a_note() -> None:
    authors, books = project.read("app.models:Base").schema.tables
    name, changed = columns(authors)["name"].notes, columns(books)["changed_at"].notes
    assert name is not None and name.client_default and not name.on_update
    assert changed is not None and changed.on_update and not changed.client_default
    assert columns(authors)["name"].default is None


def test_a_metadata_is_named_or_several_are() -> None:
    assert [table.name.name for table in project.read("app.models:others").schema.tables] == ["strays"]
    both = project.read("app.models:Base,app.models:others").schema.tables
    assert [table.name.name for table in both] == ["authors", "books", "strays"]
    apart = project.read(["app.models:Base", "app.models:others"]).schema.tables
    assert [table.name for table in apart] == [table.name for table in both]


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("app.models:Bass", "app.models has no Bass", "Author, Base, Book, others"),
        ("app.models:func", "app.models:func is neither a declarative base nor a MetaData", "name one"),
        ("app.modules:Base", "app.modules:Base cannot be loaded: No module named", "installed beside"),
        ("app/broken.py", "app/broken.py cannot be loaded: ZeroDivisionError", "1 / 0"),
        ("app/quits.py", "app/quits.py: Python ended before the models were read", "good bye"),
        ("app/__init__.py", "app/__init__.py holds no tables", "imports all models"),
        ("app/not_there.py", "there is no file app/not_there.py", "name a module"),
    ],
)
def test_models_that_cannot_be_had_are_one_error(here: Path, source: str, message: str, hint: str) -> None:
    (here / "app" / "broken.py").write_text("1 / 0\n")
    (here / "app" / "quits.py").write_text("import sys\nsys.exit('good bye')\n")
    with pytest.raises(SourceError) as caught:
        project.read(source)
    assert caught.value.message.startswith(message)
    assert hint in str(caught.value)


def test_a_sqlmodel_is_a_model(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "people.py").write_text(
        "from sqlmodel import Field, SQLModel\n\n\nclass Person(SQLModel, table=True):\n"
        "    id: int | None = Field(default=None, primary_key=True)\n    name: str = Field(max_length=20)\n"
    )
    (here / "people.sql").write_text("CREATE TABLE person (id serial PRIMARY KEY, name varchar(21) NOT NULL);")
    assert run(["diff", "people.sql", "people.py"]) == 1
    assert "  people.py: character varying(20)  [people.py:6]\n" in capsys.readouterr().out


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_our_own_models_say_what_they_came_from(case: Case, here: Path) -> None:
    for path, text in case.written("sqlalchemy").items():
        (here / path).parent.mkdir(parents=True, exist_ok=True)
        (here / path).write_text(text)
    compared = comparing.compare_sources([str(case.sql), "models.py"])
    assert [f"{row.table}.{row.name} {row.fact}" for row in compared.report.differences] == []
