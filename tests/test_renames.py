"""What was renamed is one row, also with what hangs on it; what only might have been is missing here and extra there."""

from __future__ import annotations

from pathlib import Path

import pytest

import schema_bridge
from schema_bridge.comparison import SourceInfo
from schema_bridge.project import comparing
from schema_bridge.registry import Reading
from schema_bridge.reports import rows
from support.cases import read_text

OLD = """\
CREATE TABLE people (id serial PRIMARY KEY, mail text NOT NULL UNIQUE, boss integer REFERENCES people);
CREATE TABLE posts (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id integer NOT NULL REFERENCES people ON DELETE CASCADE,
  title text,
  CHECK (owner_id > 0)
);
CREATE INDEX posts_by_owner ON posts (owner_id) WHERE title <> '';
ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON posts USING (owner_id = 1 OR EXISTS (SELECT FROM people p WHERE p.boss = posts.owner_id));
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(*texts: str) -> dict[str, str | None]:
    names = [f"{number}.sql" for number, _ in enumerate(texts)]
    for name, text in zip(names, texts, strict=True):
        Path(name).write_text(text)
    return {f"{rows.title(row)} ({row.weight})": row.why for row in comparing.compare_sources(names).report.differences}


HANGING = (
    "on it hang check posts_owner_id_check, check posts_user_id_check, foreign key posts_owner_id_fkey, "
    "foreign key posts_user_id_fkey, index posts_by_owner, policy own"
)


def test_a_column_with_all_that_hangs_on_it() -> None:
    column = {"column posts.owner_id: renamed owner_id -> user_id (breaking)": HANGING}
    assert told(OLD, OLD.replace("owner_id", "user_id")) == column
    assert told(OLD, OLD.replace("owner_id", "user_id"), OLD) == column
    altered = OLD + "ALTER TABLE posts RENAME COLUMN owner_id TO user_id;"
    assert list(told(OLD, altered)) == list(column), "names that were given before the change stay"


def test_from_python_too() -> None:
    one, other = read_text(OLD, "one.sql"), read_text(OLD.replace("owner_id", "user_id"), "other.sql")
    (row,) = schema_bridge.compare(one, other, one).differences
    assert (row.fact, row.values) == ("name", {"1": "owner_id", "2": "user_id", "3": "owner_id"})


def test_a_column_of_one_place_that_is_called_otherwise_is_a_row() -> None:
    """Two readings of one `schema.ts` may give a column two names: all else in them is the same, the lines too."""
    one, other = (read_text(f"CREATE TABLE t ({name} text);") for name in ("user_name", '"userName"'))
    infos = [SourceInfo("snake"), SourceInfo("camel")]
    report = comparing.compare_read(
        [(info, Reading(schema=s)) for info, s in zip(infos, (one, other), strict=True)]
    ).report
    assert [rows.title(row) for row in report.differences] == ["column t.user_name: renamed user_name -> userName"]


def test_a_table_with_its_keys_sequences_and_names() -> None:
    renamed = OLD.replace("people", "users").replace("posts (", "articles (").replace("ON posts", "ON articles")
    renamed = renamed.replace("posts.owner", "articles.owner").replace("TABLE posts", "TABLE articles")
    assert told(OLD, renamed) == {
        "table people: renamed people -> users (breaking)": None,
        "table posts: renamed posts -> articles (breaking)": None,
    }
    with_column = renamed.replace("owner_id", "user_id").replace("title text", "title varchar(9)")
    assert "table people: renamed people -> users (breaking)" in told(OLD, with_column)
    assert "table posts (breaking)" in told(OLD, with_column), "one with other columns is another one"


def test_a_constraint_and_an_index() -> None:
    named = OLD.replace("posts_by_owner", "of_owner").replace("CHECK (owner", "CONSTRAINT positive CHECK (owner")
    assert list(told(OLD, named)) == [
        "check posts.posts_owner_id_check: renamed posts_owner_id_check -> positive (cosmetic)",
        "index posts.posts_by_owner: renamed posts_by_owner -> of_owner (cosmetic)",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a int, b text, c text", "a int, d text, e text"),
        ("a int, b text", "a int, c varchar(9)"),
        ("a int, b text", "a int, c text NOT NULL"),
        ("b text, a int, z int", "a int, z int, c text"),
        ("a int, b text", "a int, b text, c text"),
    ],
    ids=["two of a kind", "another type", "another nullability", "another place", "only one is missing"],
)
def test_what_is_not_clear_is_missing_and_extra(one: str, other: str) -> None:
    found = told(f"CREATE TABLE t ({one});", f"CREATE TABLE t ({other});")
    assert found and not any("renamed" in row for row in found)
    assert told("CREATE TABLE a (x int, y int); CREATE TABLE b (x int, y int);", "CREATE TABLE c (x int, y int);").keys() == {
        "table a (breaking)", "table b (breaking)", "table c (breaking)",
    }  # fmt: skip
