"""What must hold for every schema we have: the laws, over all fixtures, with a real PostgreSQL as the judge."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from schema_bridge import serialize
from schema_bridge.comparison import compare
from schema_bridge.ir import Schema
from schema_bridge.registry import WRITERS
from schema_bridge.writers import ddl
from support import python
from support.cases import CASES, Case, read_text
from support.objects import Described, differences, restored
from support.server import PLAIN_ROLE, Server
from support.styles import STYLES

PYTHON_WRITERS = ("sqlalchemy", "pydantic")
RESPELLED = [case for case in CASES if case.respelled.exists()]
GOLDEN = [case for case in CASES if case.expected.exists()]

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def differing(one: Schema, other: Schema) -> list[str]:
    return [str(difference) for difference in compare(one, other).differences]


@dataclass(frozen=True)
class Generated:
    """The generated Python: a folder for each case and for each style, written when first asked for."""

    root: Path

    def of(self, case: Case) -> Path:
        folder = self.root / case.package
        if not folder.exists():
            files = {path: text for writer in PYTHON_WRITERS for path, text in case.written(writer).items()}
            for path, text in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, "utf-8", newline="")
        return folder

    def of_all(self) -> Path:
        for case in CASES:
            self.of(case)
        for name, style in STYLES.items():
            style.save(self.root / name)
        return self.root


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    return Generated(tmp_path_factory.mktemp("generated"))


@pytest.fixture(scope="session")
def original(server: Server) -> dict[str, Described]:
    """Each case's own SQL, applied; made when first asked for."""
    return {}


def applied(case: Case, server: Server, original: dict[str, Described]) -> Described:
    if case.name not in original:
        original[case.name] = Described(server.database(case.sql, supabase=case.supabase))
    return original[case.name]


# The values


@every_case
def test_a_schema_survives_json(case: Case) -> None:
    text = serialize.dump(case.schema)
    assert serialize.load(text.encode(), "schema.json") == case.schema
    assert serialize.dump(serialize.load(text.encode(), "schema.json")) == text


@every_case
def test_a_schema_does_not_differ_from_itself(case: Case) -> None:
    assert differing(case.schema, case.schema) == []


@pytest.mark.parametrize("case", RESPELLED, ids=lambda case: case.name)
def test_two_spellings_are_one_schema(case: Case) -> None:
    assert differing(case.schema, read_text(case.respelled.read_text("utf-8"))) == []


@every_case
def test_ddl_reads_back_as_the_same_schema(case: Case) -> None:
    (text,) = case.written("ddl").values()
    assert differing(case.schema, read_text(text)) == []


# The texts


@pytest.mark.parametrize("writer", WRITERS)
def test_texts_end_as_texts_do(writer: str) -> None:
    for case in CASES:
        for path, text in case.written(writer).items():
            lines = text.split("\n")
            assert "\r" not in path and "\\" not in path and not path.startswith("/"), f"{case.name}: {path}"
            assert text == "" or (lines[-1] == "" and lines[-2] != ""), f"{case.name}/{path}: one final newline"
            assert "schema_bridge." not in text.split("\n", 1)[0], f"{case.name}/{path}: no version at the top"


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Also under another hash seed, from another folder."""
    crawler = next(case for case in CASES if case.name == "crawler")
    outputs = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        command = [sys.executable, "-m", "schema_bridge", "generate", str(crawler.sql), "-o", str(folder)]
        subprocess.run(command, env={"PATH": "", "PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}, check=True)
        outputs.append({str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()})
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 3


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case.name)
@pytest.mark.parametrize("writer", WRITERS)
def test_the_output_is_the_expected_one(case: Case, writer: str, request: pytest.FixtureRequest) -> None:
    folder = case.expected / writer
    written = case.written(writer)
    if request.config.getoption("--update"):
        for path in folder.rglob("*"):
            if path.is_file() and path.relative_to(folder).as_posix() not in written:
                path.unlink()
        for name, text in written.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8", newline="")
    found = {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in folder.rglob("*") if p.is_file()}
    assert sorted(found) == sorted(written)
    for name, text in written.items():
        assert found[name] == text, f"{name}: `pytest --update` rewrites it; read `git diff` then"


# The generated Python


def test_schemas_import_and_describe_themselves(generated: Generated) -> None:
    python.run(python.SCHEMAS, generated.of_all(), *(case.package for case in CASES))


def test_generated_python_is_as_ruff_leaves_it(generated: Generated) -> None:
    python.tool("ruff", "format", "--check", "--isolated", "--no-cache", "--diff", ".", cwd=generated.of_all())
    python.tool(
        "ruff", "check", "--isolated", "--no-cache", "--extend-select", "I,UP,B,C4", ".", cwd=generated.of_all()
    )


def test_generated_python_passes_mypy_strict(generated: Generated) -> None:
    bases = ["--namespace-packages", "--explicit-package-bases"]
    python.tool("mypy", "--strict", "--config-file=", "--no-error-summary", *bases, ".", cwd=generated.of_all())


def test_generated_python_passes_pyright_strict(generated: Generated) -> None:
    (generated.of_all() / "pyrightconfig.json").write_text(
        '{"typeCheckingMode": "strict", "reportMissingTypeStubs": false}'
    )
    python.tool("basedpyright", "--pythonpath", sys.executable, ".", cwd=generated.of_all())


# The database


@every_case
def test_ddl_makes_the_same_database(case: Case, server: Server, original: dict[str, Described]) -> None:
    (text,) = case.written("ddl").values()
    made = server.database(text, supabase=case.supabase)
    assert not (found := differences(applied(case, server, original), made)), "\n".join(found)


@every_case
def test_repeatable_ddl_runs_twice(case: Case, server: Server, original: dict[str, Described]) -> None:
    (text,) = ddl.write(case.schema, ddl.Options(style="repeatable")).values()
    made = server.database(supabase=case.supabase).apply(text).apply(text)
    assert not (found := differences(applied(case, server, original), made)), "\n".join(found)


@every_case
def test_models_import_configure_and_make_the_same_database(
    case: Case, server: Server, original: dict[str, Described], generated: Generated
) -> None:
    made = server.database(supabase=case.supabase)
    python.run(python.CREATE, generated.of(case), made.sqlalchemy_url)
    assert not (found := differences(applied(case, server, original), made)), "\n".join(found)


@every_case
def test_validation_is_silent_on_the_right_database(case: Case, server: Server) -> None:
    (script,) = case.written("validation").values()
    right = server.database(case.sql, supabase=case.supabase)
    before = right.dump()
    for database in (right, right.as_role(PLAIN_ROLE)):
        done = database.psql(script, "-v", "ON_ERROR_STOP=1")
        assert (done.returncode, "❌" in done.stdout + done.stderr) == (0, False), done.stderr[-4000:]
        assert "✅" in done.stderr
    assert right.dump() == before


@every_case
def test_validation_is_silent_on_a_restored_database(case: Case, server: Server) -> None:
    (script,) = case.written("validation").values()
    right = server.database(case.sql, supabase=case.supabase)
    copy = server.database(restored(right).replace("CREATE SCHEMA public;", ""))
    done = copy.psql(script, "-v", "ON_ERROR_STOP=1")
    assert done.returncode == 0, done.stderr[-4000:]
