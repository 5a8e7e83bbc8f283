"""The hooks that `.pre-commit-hooks.yaml` offers, run as pre-commit runs them, and by pre-commit itself at a commit."""

from __future__ import annotations

import os
import shlex
import shutil
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
    assert run("schema-bridge-generate", project).returncode == 1, "it wrote"
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
    assert run("schema-bridge-generate", project).returncode == 1, "it wrote"
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


# By pre-commit, at a commit


class Repository:
    """A git repository with pre-commit at work. Its hooks come from a repository that offers ours; only how they are
    installed is another: the program is there already (`language: system`)."""

    def __init__(self, folder: Path, hook: str) -> None:
        self.folder = folder / "project"
        self.folder.mkdir()
        programs = folder / "bin"
        programs.mkdir()
        program = programs / "schema-bridge"
        program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m schema_bridge "$@"\n')
        program.chmod(0o755)
        who = {f"GIT_{role}_{what}": "x@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT"))}
        self.environment = {
            **kept,
            **who,
            "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
            "PRE_COMMIT_HOME": str(folder / "cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }
        self.offer = folder / "offer"
        self.offer.mkdir()
        shutil.copy(ROOT / ".pre-commit-hooks.yaml", self.offer)
        self.run("git", "init", "-q", str(self.offer))
        self.run("git", "-C", str(self.offer), "add", ".")
        self.run("git", "-C", str(self.offer), "commit", "-qm", "the hooks")
        revision = self.run("git", "-C", str(self.offer), "rev-parse", "HEAD").stdout.strip()
        repo = {"repo": str(self.offer), "rev": revision, "hooks": [{"id": hook, "language": "system"}]}
        self.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [repo]}))
        self.write("schema_bridge.yaml", CONFIG)
        self.write("schema.sql", SQL)
        self.run("git", "init", "-q")
        self.run(sys.executable, "-m", "pre_commit", "install")

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text)

    def run(self, *command: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done

    def commit(self, status: int = 0) -> str:
        self.run("git", "add", ".")
        done = self.run("git", "commit", "-m", "a change", status=status)
        return done.stdout + done.stderr


def test_a_commit_with_stale_files_is_stopped_and_passes_once_they_are_generated(tmp_path: Path) -> None:
    repository = Repository(tmp_path, "schema-bridge-check")
    repository.run("schema-bridge", "generate")
    assert "Passed" in repository.commit()
    repository.write("schema.sql", SQL.replace("name text", "label text"))
    stopped = repository.commit(status=1)
    assert "stale: app/models.py" in stopped and "run: schema-bridge generate" in stopped
    assert "-    name: Mapped[str] = mapped_column(sa.Text)" in stopped
    repository.run("schema-bridge", "generate")
    assert "Passed" in repository.commit()
    assert repository.run("git", "status", "--short").stdout == ""


def test_the_hook_that_generates_stops_the_commit_until_its_files_are_added(tmp_path: Path) -> None:
    repository = Repository(tmp_path, "schema-bridge-generate")
    stopped = repository.commit(status=1)
    assert "wrote app/models.py" in stopped
    assert "Passed" in repository.commit()
    assert "app/models.py" in repository.run("git", "ls-files").stdout
