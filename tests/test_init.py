"""`schema-bridge init`: what a repository holds is found, and the config written for it works as it stands."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from schema_bridge.cli import run
from schema_bridge.project.discovery import look_around
from support.cases import FIXTURES
from support.node import PROJECT

TEAMS = sorted(path.parent for path in FIXTURES.glob("teams/*/schema.sql"))
SHOP = """\
CREATE TABLE images (
  id bigint PRIMARY KEY,
  original_url text NOT NULL,
  license text NOT NULL DEFAULT 'none',
  title text NOT NULL,
  hash text
);
"""
BASE = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\n"
IMAGES = """\
from sqlalchemy import BigInteger, Column, Text
from .base import Base
class Image(Base):
    __tablename__ = "images"
    id = Column(BigInteger, primary_key=True, autoincrement=False)
    title = Column(Text)
    hash = Column(Text)
    width = Column(Text)
"""
OTHERS = """\
from sqlalchemy import BigInteger, Column
from .base import Base
class Label(Base):
    __tablename__ = "labels"
    id = Column(BigInteger, primary_key=True, autoincrement=False)
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, "utf-8")


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def config() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = yaml.safe_load(Path("schema_bridge.yaml").read_text("utf-8"))
    return found


def works(folder: Path) -> None:
    """init, generate and check, one after the other, pass and change no file that was there."""
    before = contents(folder)
    assert [run([word]) for word in ("init", "generate", "check")] == [0, 0, 0]
    after = contents(folder)
    assert {path: after[path] for path in before} == before
    assert {path.relative_to(folder).parts[0] for path in after.keys() - before.keys()} <= {
        "generated", "schema_bridge.yaml", "schema_bridge.lock",
    }  # fmt: skip


# The config works


@pytest.mark.parametrize("team", TEAMS, ids=lambda path: path.name)
def test_a_team_generates_and_checks_without_an_edit(team: Path, here: Path) -> None:
    if (team / "project").exists():
        shutil.copytree(team / "project", here, dirs_exist_ok=True)
    shutil.copy(team / "schema.sql", here)
    works(here)
    assert config()["sources"] == {"tables": "schema.sql"}


def test_the_snapshot_stands_for_a_drizzle_schema_that_cannot_be_loaded(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one source cannot state, two others must not contradict each other in: together all three are compared."""
    shutil.copytree(FIXTURES / "crawler" / "drizzle", here / "drizzle")
    schema = (FIXTURES / "crawler" / "schema.sql").read_text("utf-8")
    put({"schema.sql": schema, "second.sql": f"{schema}\nDROP FUNCTION handle_new_user CASCADE;\n"})
    monkeypatch.setenv("PATH", "")
    works(here)
    assert config()["sources"] == {"tables": "drizzle/migrations"}
    assert config()["compare"] == {"with": ["schema.sql"]}
    text = Path("schema_bridge.yaml").read_text("utf-8")
    assert "because drizzle/drizzle.config.ts cannot be read here" in text
    assert "  # overlay: schema.sql\n" in text
    assert "    # - second.sql  # 3 differences from schema.sql:" in text
    assert "there is no node on the PATH" in capsys.readouterr().err


def test_inside_the_folder_of_drizzle(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FIXTURES / "crawler" / "drizzle", here, dirs_exist_ok=True)
    monkeypatch.setenv("PATH", "")
    works(here)
    assert config()["sources"] == {"tables": "migrations"}


def test_the_folder_of_drizzle_kit_since_1_0(here: Path) -> None:
    shutil.copytree(FIXTURES / "drizzle_features" / "drizzle" / "v8", here / "drizzle" / "20250101120000_first")
    works(here)
    assert config()["sources"] == {"tables": "drizzle"}
    assert "the newest snapshot of drizzle-kit (5 tables)" in Path("schema_bridge.yaml").read_text("utf-8")


def test_a_drizzle_schema_is_loaded_and_its_dump_serves_without_node(
    bookshop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = bookshop / "beginning"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("node_modules"))
    monkeypatch.chdir(folder)
    assert run(["dump", "-o", "database/schema.json"]) == 0
    works(folder)
    assert config()["sources"] == {"tables": "drizzle.config.ts"}
    assert config()["compare"] == {"with": ["database/schema.json"]}
    for name in ("schema_bridge.yaml", "generated"):
        shutil.move(name, f"../{name}")
    monkeypatch.setenv("PATH", "")
    works(folder)
    assert config()["sources"] == {"tables": "database/schema.json"}
    Path("schema_bridge.yaml").unlink()
    Path("database/schema.json").unlink()
    capsys.readouterr()
    assert run(["init"]) == 2
    assert "drizzle.config.ts is loaded with Node, and there is no node on the PATH" in capsys.readouterr().err


def test_names_of_files_are_no_yaml(here: Path) -> None:
    put({"a: 'b' # c\\.sql": SHOP})
    works(here)


# What it says


def test_the_worst_comes_first(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put({"schema.sql": SHOP, "app/__init__.py": "", "app/base.py": BASE})
    put({"app/image.py": IMAGES, "app/label.py": OTHERS})
    assert run(["init"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "schema.sql: generated from this: the SQL file that creates most (1 table)",
        "app.image:Image,app.label:Label: 5 differences from schema.sql: 5 breaking",
        "INSERT through your model fails: images.original_url is NOT NULL and the model lacks it  [schema.sql:3]",
        "INSERT of None through your model fails: images.title is NOT NULL and the model takes None  [schema.sql:5, app/image.py:6]",
        "SELECT through your model fails: images.width is in the model, and schema.sql lacks it  [app/image.py:8]",
        "every query through your model fails: schema.sql has no table labels  [app/label.py:3]",
        "column images.license is in schema.sql, and the model lacks it  [schema.sql:4]",
        "see: schema-bridge diff schema.sql app.image:Image,app.label:Label",
        "wrote schema_bridge.yaml",
        "run: schema-bridge generate && schema-bridge check",
    ]
    assert "compare" not in config()
    assert '#     - "app.image:Image,app.label:Label"  # 5 differences from schema.sql: 5 breaking\n' in Path(
        "schema_bridge.yaml"
    ).read_text("utf-8")


def test_the_rest_is_counted(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    columns = [f"  c{number} text" for number in range(9)]
    put({"a.sql": SHOP, "b.sql": SHOP.replace("  hash", ",\n".join([*columns, "  hash"]))})
    assert run(["init"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[2] == "column images.c0 is in b.sql, and a.sql lacks it  [b.sql:6]"
    assert said[7] == "and 4 more: schema-bridge diff a.sql b.sql"


def test_a_config_that_is_there_stays(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put({"schema.sql": SHOP, "schema_bridge.yaml": "mine"})
    assert run(["init"]) == 2
    assert "schema_bridge.yaml is there already: nothing was written" in capsys.readouterr().err
    assert run(["init", "--print"]) == 0
    assert yaml.safe_load(capsys.readouterr().out)["sources"] == {"tables": "schema.sql"}
    assert Path("schema_bridge.yaml").read_text() == "mine"


def test_another_folder(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put({"my back end/schema.sql": SHOP, "my back end/generated/own.txt": "", "my back end/alembic.ini": ""})
    assert run(["init", "my back end"]) == 0
    assert Path.cwd() == here
    said = capsys.readouterr().err.splitlines()
    assert said[1].startswith("alembic.ini: Alembic's steps are not read")
    assert said[-2:] == [
        "wrote my back end/schema_bridge.yaml",
        "run: cd 'my back end' && schema-bridge generate && schema-bridge check",
    ]
    assert "to: generated_2\n" in Path("my back end/schema_bridge.yaml").read_text("utf-8")


def test_an_empty_folder_is_no_project(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put({"seed.sql": "INSERT INTO t VALUES (1);", "bad.sql": "CREATE TABLE t ("})
    assert run(["init"]) == 2
    assert "nothing that was found can be read\nbad.sql:1:" in capsys.readouterr().err
    Path("bad.sql").unlink()
    assert run(["init"]) == 2
    assert "nothing here creates a table" in capsys.readouterr().err
    assert not Path("schema_bridge.yaml").exists()


# What it looks at


def test_the_kinds_of_sources(here: Path) -> None:
    sqlmodel = "from sqlmodel import SQLModel\nclass A(SQLModel, table=True):\n    pass\n"
    put({
        "supabase/migrations/1_a.sql": SHOP, "supabase/seed.sql": "INSERT INTO t VALUES (1);",
        "kit/meta/_journal.json": "{}", "kit/0000_x.sql": SHOP, "package.json": "{}",
        "web/drizzle.config.js": "", "dump.json": '{"format": "schema_bridge.drizzle"}',
        "models.py": sqlmodel, "schemas.py": sqlmodel.replace("True", "False"), "broken.py": "__tablename__ (",
        "tests/models.py": sqlmodel, "Create.SQL": "create unlogged table t ();",
    })  # fmt: skip
    assert [(found.kind, found.source) for found in look_around().candidates] == [
        ("drizzle", "web/drizzle.config.js"),
        ("dump", "dump.json"),
        ("migrations", "supabase/migrations"),
        ("models", "models.py"),
        ("snapshot", "kit"),
        ("sql", "Create.SQL"),
    ]


def test_what_is_installed_built_or_ignored_is_left_alone(here: Path) -> None:
    left = ["node_modules/x/a.sql", "dist/a.sql", ".next/a.sql", "mine/bin/a.sql"]
    put(dict.fromkeys([*left, "scratch/a.sql", "kept.sql"], SHOP) | {"mine/pyvenv.cfg": "", ".gitignore": "scratch\n"})
    assert [found.source for found in look_around().candidates] == ["kept.sql", "scratch/a.sql"]
    subprocess.run(["git", "init", "-q"], check=True)
    assert [found.source for found in look_around().candidates] == ["kept.sql"]


A = "CREATE TABLE a (id int PRIMARY KEY);"
B = "CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a);"


@pytest.mark.parametrize(
    ("files", "source"),
    [
        ({"db/001_a.sql": A, "db/002_b.sql": f"{B} ALTER TABLE a ADD x int;"}, "db"),
        ({"sql/V1__a.sql": A, "sql/V2__b.sql": B}, "sql"),
        (
            {"db/schemas/a.sql": A, "db/schemas/b.sql": B, "db/schemas/policies.sql": "COMMENT ON TABLE a IS 'x';"},
            "db/schemas",
        ),
        ({"a.sql": A, "b.sql": B}, "."),
        ({"db/old.sql": A, "db/schema.sql": A + B}, "db/schema.sql"),
        ({"db/migrations/0_a.sql": A, "db/1_a.sql": A, "db/2_b.sql": B}, "db/migrations"),
    ],
    ids=["numbered", "flyway", "pieces", "here", "two of the same", "migrations inside"],
)
def test_sql_in_several_files(here: Path, files: dict[str, str], source: str) -> None:
    put(files)
    assert run(["init"]) == 0
    assert yaml.safe_load(Path("schema_bridge.yaml").read_text())["sources"]["tables"] == source
    assert run(["generate"]) == 0
    assert run(["check"]) == 0


def test_a_snapshot_without_a_journal_and_a_schema_without_a_config(here: Path) -> None:
    snapshot = (FIXTURES / "crawler/drizzle/migrations/meta/0000_snapshot.json").read_text("utf-8")
    table = "import { pgTable } from 'drizzle-orm/pg-core';\nexport const a = pgTable('a', {});\n"
    put({"old/0000_snapshot.json": snapshot, "old/0001_snapshot.json": snapshot, "s/other.ts": "pgTable()"})
    put({"src/a.ts": table, "src/b.ts": table, "lib/schema.ts": table})
    found = [(candidate.kind, candidate.source) for candidate in look_around().candidates]
    assert found == [("drizzle", "lib/schema.ts"), ("drizzle", "src"), ("snapshot", "old/0001_snapshot.json")]
