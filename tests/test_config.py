"""`schema_bridge.yaml`: what it says, and the line of what is wrong in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from schema_bridge import config, project
from schema_bridge.errors import OptionError, SchemaBridgeError
from schema_bridge.ir import Schema
from schema_bridge.writers import ir_json


def load(folder: Path, text: str) -> config.Config:
    path = folder / "schema_bridge.yaml"
    path.write_text(text)
    return config.load(str(path))


def test_sources_and_outputs_are_relative_to_the_config(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        "sources:\n  tables: [a.sql, b.sql]\n  overlay: c.sql\n  from: sql\n"
        "outputs:\n  ir_json: {to: out, file: x.json, origins: true}\n",
    )
    assert found.sources == (os.path.join(tmp_path, "a.sql"), os.path.join(tmp_path, "b.sql"))
    assert found.overlay == (os.path.join(tmp_path, "c.sql"),)
    assert found.reader == "sql"
    (output,) = found.outputs
    assert (output.writer, output.folder) == ("ir_json", os.path.join(tmp_path, "out"))
    assert output.options == ir_json.Options(file="x.json", origins=True)
    assert (output.places["origins"].line, output.places["origins"].column) == (6, 36)


@pytest.mark.parametrize("outputs", ["[ir_json]", "{ir_json: }", "{ir_json: {}}"])
def test_an_output_without_options(tmp_path: Path, outputs: str) -> None:
    found = load(tmp_path, f"sources: {{tables: a.sql}}\noutputs: {outputs}\n")
    assert [(output.writer, output.options) for output in found.outputs] == [("ir_json", ir_json.Options())]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("sources: {tables: a.sql}\nouputs: {}\n", 2, "no option is called ouputs; did you mean outputs?"),
        ("sources:\n  tabels: a.sql\n", 2, "no option is called tabels; did you mean tables?"),
        ("sources: {tables: a}\noutputs:\n  ir_jsn: {}\n", 3, "no writer is called ir_jsn; did you mean ir_json?"),
        (
            "sources: {tables: a}\noutputs:\n  ir_json:\n    orgins: true\n",
            4,
            "no option is called orgins; did you mean",
        ),
        ("sources: {tables: a}\noutputs:\n  ir_json:\n    origins: 3\n", 4, "origins: expected `bool`, got `int`"),
        ("sources: {tables: a}\noutputs:\n  ir_json: {to: x}\n  ir_json: {}\n", 4, '"ir_json" stands here twice'),
        ("sources: {tables: 3}\n", 1, "tables: expected `str | array`, got `int`"),
        ("sources: [a.sql]\n", 1, "keys with values are expected here"),
        ("sources: {}\n", 1, '"sources" names no "tables"'),
        (
            "sources: {tables: a}\nnaming:\n  class_name: {}\n",
            3,
            "no option is called class_name; did you mean class_n",
        ),
        (
            "sources: {tables: a}\noutputs:\n  pydantic:\n    naming:\n      singular: 3\n",
            5,
            "singular: expected `bool`",
        ),
        ("", 1, "the config is empty"),
        ("sources: {tables: a\noutputs: {}\n", 2, "this is not YAML: "),
        ("a: &a [*a]\n", 1, "no option is called a"),
        ("sources: {tables: !!python/name:os.system a}\n", 1, "tables: "),
        ("sources: &a\n  tables: *a\n", 1, "tables: expected `str | array`, got `object`"),
        ("sources:\n  tables:\n    - a.sql\n    - ${NO_SUCH_URL}\n", 4, "NO_SUCH_URL is not set in the environment"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        load(tmp_path, text)
    assert caught.value.message.startswith(message)
    assert caught.value.origin is not None and caught.value.origin.line == line


NAMES = "sources: {tables: a}\nnaming:\n  class_names: {users: Account}\noutputs:\n"


def test_the_names_are_shared_by_all_outputs_that_give_names(tmp_path: Path) -> None:
    found = load(tmp_path, NAMES + "  - pydantic\n  - sqlalchemy: {to: x, naming: {singular: false}}\n  - ddl\n")
    pydantic, sqlalchemy, ddl = (output.options for output in found.outputs)
    assert pydantic.naming.class_names == {"users": "Account"}
    assert (sqlalchemy.naming.class_names, sqlalchemy.naming.singular) == ({}, False)
    assert not hasattr(ddl, "naming")


def test_several_targets_of_one_writer(tmp_path: Path) -> None:
    found = load(tmp_path, NAMES + "  - sqlalchemy: {to: users}\n  - sqlalchemy: {to: photos}\n")
    assert [os.path.basename(output.folder) for output in found.outputs] == ["users", "photos"]


def test_a_source_may_be_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@h/d")
    monkeypatch.setenv("FOLDER", "${DATABASE_URL}")
    found = load(tmp_path, "sources:\n  tables: ${DATABASE_URL}\n  overlay: ${FOLDER}/b.sql\n  set: {a: '${FOLDER}'}\n")
    assert found.sources == ("postgresql://u:p@h/d",)
    assert found.overlay == (os.path.join(tmp_path, "${DATABASE_URL}/b.sql"),)
    assert found.variables == {"a": "${DATABASE_URL}"}


def test_a_name_of_nothing_is_an_error_with_its_line(tmp_path: Path) -> None:
    found = load(tmp_path, NAMES.replace("users", "nobody") + "  sqlalchemy: {to: x}\n")
    with pytest.raises(OptionError, match="class_names speaks of nobody") as caught:
        project.render_all(Schema(), found.outputs)
    assert caught.value.origin is not None and caught.value.origin.line == 3


def test_a_config_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SchemaBridgeError, match=r"nope\.yaml cannot be read: No such file"):
        config.load(str(tmp_path / "nope.yaml"))
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff\n")
    with pytest.raises(OptionError, match="this is not UTF-8"):
        config.load(str(tmp_path / "latin.yaml"))
