"""The hooks that `.pre-commit-hooks.yaml` offers, run as pre-commit runs them: in the project's folder, without files."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.cases import ROOT

CONFIG = "sources:\n  tables: schema.sql\noutputs:\n  sqlalchemy:\n    to: app\n"
SQL = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);\n"


def hooks() -> dict[str, str]:
    offered = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert all(hook["language"] == "python" and hook["pass_filenames"] is False for hook in offered)
    return {hook["id"]: hook["entry"] for hook in offered}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "schema_bridge.yaml").write_text(CONFIG)
    (tmp_path / "schema.sql").write_text(SQL)
    return tmp_path


def run(hook: str, project: Path) -> subprocess.CompletedProcess[str]:
    program, *arguments = shlex.split(hooks()[hook])
    assert program == "schema-bridge"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "schema_bridge", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_check_passes_on_fresh_files_and_stops_on_stale_ones(project: Path) -> None:
    assert run("schema-bridge-generate", project).returncode == 0
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert run("schema-bridge-check", project).returncode == 0
    (project / "schema.sql").write_text(SQL.replace("name text", "label text"))
    stopped = run("schema-bridge-check", project)
    assert stopped.returncode == 1
    assert (
        "models.py" in stopped.stdout + stopped.stderr and "schema-bridge generate" in stopped.stdout + stopped.stderr
    )
    assert {path: path.read_bytes() for path in before if path.name != "schema.sql"} == {
        path: data for path, data in before.items() if path.name != "schema.sql"
    }


def test_generate_mends_what_check_stopped_on(project: Path) -> None:
    run("schema-bridge-generate", project)
    (project / "schema.sql").write_text(SQL.replace("name text", "label text"))
    assert run("schema-bridge-generate", project).returncode == 0
    assert run("schema-bridge-check", project).returncode == 0
    assert "label" in (project / "app" / "models.py").read_text("utf-8")


def test_a_broken_source_stops_both_and_changes_nothing(project: Path) -> None:
    run("schema-bridge-generate", project)
    before = (project / "app" / "models.py").read_bytes()
    (project / "schema.sql").write_text("CREATE TABLE (;")
    for hook in hooks():
        stopped = run(hook, project)
        assert (stopped.returncode, "schema.sql:1:" in stopped.stderr) == (2, True)
    assert (project / "app" / "models.py").read_bytes() == before
