"""Models in another style make the very same database."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema_bridge import project
from schema_bridge.errors import OptionError
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
