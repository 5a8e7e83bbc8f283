"""Models in several modules: what one module says, said by a package, wherever the package stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from schema_bridge import project, registry
from schema_bridge.errors import OptionError
from schema_bridge.writers.sqlalchemy import Options
from support import python
from support.cases import read_text

SHOP = """
CREATE TYPE status AS ENUM ('open', 'paid');
CREATE TABLE users (id integer PRIMARY KEY, best_friend integer REFERENCES users);
CREATE TABLE invoices (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users, status status);
CREATE TABLE payments (id integer PRIMARY KEY, invoice_id integer REFERENCES invoices);
CREATE TABLE payment_tags (payment_id integer REFERENCES payments, user_id integer REFERENCES users, PRIMARY KEY (payment_id, user_id));
CREATE TABLE log (line text);
"""


def save(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8", newline="")
    return folder


def test_modules_hold_what_their_names_say() -> None:
    groups = {"billing": ("invoices", "payment*")}
    files = project.render(read_text(SHOP), "sqlalchemy", Options(layout="groups", name="db", groups=groups))
    homes = {
        path: [line.split("(")[0].removeprefix("class ") for line in text.split("\n") if line.startswith("class ")]
        for path, text in files.items()
    }
    assert homes == {
        "alembic_hooks.py": [],
        "db/__init__.py": [],
        "db/base.py": ["Base"],
        "db/billing.py": ["Invoice", "Payment"],
        "db/other.py": ["User"],
        "db/schema_events.py": ["Statement"],
        "db/types.py": ["Status"],
    }
    assert "payment_tags_table: sa.Table" in files["db/billing.py"]
    assert "log_table: sa.Table" in files["db/other.py"]
    apart = project.render(read_text(SHOP), "sqlalchemy", Options(layout="tables"))
    assert {"models/invoice.py", "models/payment_tag.py", "models/log.py"} < apart.keys()


def test_the_package_gives_out_every_name(tmp_path: Path) -> None:
    save(tmp_path, project.render(read_text(SHOP), "sqlalchemy", Options(layout="tables")))
    script = """
for name in models.__all__:
    assert getattr(models, name) is not None
assert {"Base", "Status", "User", "Invoice", "Payment", "log_table", "payment_tags_table"} == set(models.__all__)
"""
    python.run(python.CONFIGURE + script, tmp_path)


def test_a_module_never_hides_a_name(tmp_path: Path) -> None:
    """A table object's variable, or a sequence's, that another table's module would be called."""
    sql = """
CREATE TABLE x (a integer);
CREATE TABLE x_tables (id integer PRIMARY KEY);
CREATE SEQUENCE y;
CREATE TABLE y_sequences (id integer PRIMARY KEY);
CREATE TABLE bases (id integer PRIMARY KEY);
CREATE TABLE types (id integer PRIMARY KEY);
"""
    save(tmp_path, project.render(read_text(sql), "sqlalchemy", Options(layout="tables")))
    python.run(python.CONFIGURE + NO_MODULES, tmp_path)


HELPERS = """
CREATE TABLE either (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "Either" text CHECK ("Either" <> ''));
CREATE TABLE items (id integer PRIMARY KEY, item_id integer REFERENCES items, span int4range, "uuid4" uuid);
CREATE TABLE utc_date_times (id integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE sql_models (id integer PRIMARY KEY, item_id integer NOT NULL REFERENCES items, "Field" text);
CREATE TABLE relationships (id integer PRIMARY KEY, model_id integer REFERENCES sql_models, "Relationship" text);
CREATE TABLE class_vars (id integer PRIMARY KEY, "ClassVar" xml, computed text GENERATED ALWAYS AS (lower('X')) STORED);
"""


@pytest.mark.parametrize("writer", ["sqlalchemy", "sqlmodel"])
@pytest.mark.parametrize("layout", ["module", "tables"])
def test_a_class_never_hides_what_modules_define(writer: str, layout: Any, tmp_path: Path) -> None:
    options = registry.writer(writer).Options(layout=layout, sqlite=True)
    save(tmp_path, project.render(read_text(HELPERS), writer, options))
    script = """
import sqlalchemy as sa
models.Base.metadata.create_all(sa.create_engine("sqlite://"))
"""
    python.run(python.CONFIGURE + script, tmp_path)


NO_MODULES = """
import types
for name in models.__all__:
    assert not isinstance(getattr(models, name), types.ModuleType), name
"""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(groups={"a": ("users",)}), "groups are given, and the layout is module"),
        (Options(layout="groups"), "the layout is groups, and no groups are given"),
        (Options(layout="groups", groups={"a": ("user",)}), "no table is called user"),
        (
            Options(layout="groups", groups={"a": ("users",), "b": ("u*",)}),
            "users is in two groups, a and b",
        ),
        (Options(layout="groups", groups={"base": ("users",)}), "base cannot be the module of a group"),
        (Options(layout="groups", groups={"A b": ("users",)}), "A b cannot be the module of a group"),
        (Options(name="a/b"), "'a/b' cannot be the name of a module"),
        (Options(name="class"), "'class' cannot be the name of a module"),
    ],
)
def test_options_that_cannot_be(options: Options, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        project.render(read_text(SHOP), "sqlalchemy", options)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tables": ("nope*",)}, "no table is called nope*"),
        ({"exclude": ("nope",)}, "no table is called nope"),
        ({"exclude": ("parent",)}, "child inherits from parent, which is left out"),
    ],
)
def test_tables_that_cannot_be_chosen(options: dict[str, Any], message: str) -> None:
    sql = SHOP + "CREATE TABLE parent (id integer); CREATE TABLE child () INHERITS (parent);"
    with pytest.raises(OptionError, match=re.escape(message)):
        project.render(read_text(sql), "sqlalchemy", Options(**options))
