"""Pydantic classes held against tables: what differs is told with both places, and ours differ in nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schema_bridge.cli import run
from schema_bridge.project import comparing
from schema_bridge.reports import rows
from support.cases import CASES, Case

SQL = """\
CREATE TYPE mood AS ENUM ('calm', 'wild');
CREATE DOMAIN short AS varchar(9);
CREATE TABLE users (
  id uuid PRIMARY KEY,
  email varchar(80) NOT NULL,
  nick short,
  mood mood NOT NULL DEFAULT 'calm',
  tags text[] NOT NULL,
  age integer,
  settings jsonb NOT NULL,
  seen_at timestamptz NOT NULL,
  born date,
  "format" text NOT NULL,
  hashed_password text NOT NULL
);
CREATE TABLE log_entries (at timestamptz PRIMARY KEY);
"""
CLASSES = """\
from datetime import date, datetime
from typing import Annotated, Any, Literal, Optional
from uuid import UUID

from pydantic import BaseModel, EmailStr, Field, NaiveDatetime


class Post(BaseModel):
    title: str


class UserBase(BaseModel):
    email: Annotated[str, Field(max_length=80)]
    nick: Optional[str] = Field(None, max_length=10)
    mood: Literal["calm", "angry"]
    tags: list[str]
    age: str | None
    settings: dict[str, Any]
    format_: str = Field(alias="format")


class UserCreate(UserBase):
    password: str


class UserUpdate(UserBase):
    mood: Literal["calm", "angry"] | None = None


class UserResponse(UserBase):
    id: UUID
    born: date
    seen_at: NaiveDatetime
    posts: list[Post]


class Token(BaseModel):
    access_token: str
"""
DRIFTS = {
    "column users.nick: max length": ("9", "10", 14),
    "column users.mood: labels": ("calm, wild", "calm, angry", 15),
    "column users.age: type": ("integer", "str | None", 17),
    "column users.born: not null": ("false", "true", 32),
    "column users.seen_at: type": ("timestamp with time zone", "NaiveDatetime", 33),
    "column users.hashed_password": ("text not null", None, 30),
    "column users.password": (None, "str", 23),
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schema.sql").write_text(SQL)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("")
    (tmp_path / "app" / "schemas.py").write_text(CLASSES.replace("EmailStr, ", ""))
    return tmp_path


@pytest.mark.parametrize("source", ["app.schemas", "app/schemas.py"])
def test_classes_are_held_against_tables(source: str) -> None:
    found, left_out = comparing.compare_sources(["schema.sql", source])
    told = {rows.title(row): (*row.values.values(), row.origins[source]) for row in found.differences}
    assert told == {title: (sql, py, f"app/schemas.py:{line}") for title, (sql, py, line) in DRIFTS.items()}
    assert all(row.origins["schema.sql"] for row in found.differences)
    assert left_out == {"Table": 1}, "log_entries has no class"


def test_they_stand_beside_other_sources(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "other.sql").write_text(SQL.replace("age integer", "age bigint"))
    (here / "schema_bridge.yaml").write_text(
        "sources: {tables: schema.sql}\noutputs: [ir_json]\n"
        "compare: {with: [other.sql, app/schemas.py], ignore: ['*password', users.born, users.nick]}\n"
    )
    assert run(["diff", "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [source["kind"] for source in report["sources"]] == ["sql", "sql", "pydantic"]
    values = {f"{row['name']}.{row['fact']}": list(row["values"].values()) for row in report["differences"]}
    assert values["age.type"] in (["integer", "bigint", None], ["integer", None, "str | None"])
    assert [row["unstated"] for row in report["differences"] if row["name"] == "seen_at"] == [["other.sql"]]
    assert run(["diff", "--format", "markdown"]) == 1
    assert "*cannot state it*" in capsys.readouterr().out


def test_they_are_no_source_by_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", "app/schemas.py", "-o", "out"]) == 2
    assert "app/schemas.py holds Pydantic classes: diff and check compare them" in capsys.readouterr().err
    assert run(["diff", "app/schemas.py", "app.schemas"]) == 2
    assert "name a source that has these" in capsys.readouterr().err


@pytest.mark.parametrize("case", [c for c in CASES if c.name in ("crawler", "types", "names")], ids=lambda c: c.name)
def test_our_own_classes_say_what_the_tables_do(case: Case, here: Path) -> None:
    for path, text in case.written("pydantic").items():
        (here / path).parent.mkdir(parents=True, exist_ok=True)
        (here / path).write_text(text)
    assert [rows.title(row) for row in comparing.compare_sources([str(case.sql), "schemas"]).report.differences] == []
