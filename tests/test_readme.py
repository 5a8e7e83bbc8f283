"""README's commands run as they stand, from an installation made as it says, and print what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import yaml

from schema_bridge import registry
from schema_bridge.cli import COMMANDS
from schema_bridge.config import Comparing
from support import shop
from support.cases import ROOT
from support.server import Server

README = (ROOT / "README.md").read_text("utf-8")
INSTALL, TEST = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^`([\w.]+)`:\n\n```(?:yaml|sql)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Each command of the console blocks, with the output that is shown under it."""
    pairs = []
    for block in CONSOLE.findall(README):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            pairs.append((command, output))
    return pairs


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository in which README's first command was run; it leaves what it printed in `first.log`."""
    folder = shop.copy(tmp_path_factory.mktemp("readme"))
    done = subprocess.run(["bash", "-c", INSTALL], cwd=folder, capture_output=True, text=True, check=False, env=plain())
    assert done.returncode == 0, done.stderr
    (folder / "first.log").write_text(done.stdout + done.stderr, "utf-8")
    for name, text in FILE.findall(README):
        (folder / name).write_text(text, "utf-8")
    return folder


def plain() -> dict[str, str]:
    """An environment in which the package is found where it is installed, and nowhere else."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}


def shown(output: str) -> re.Pattern[str]:
    """A pattern for an output in which `…` stands for anything."""
    return re.compile(re.escape(output).replace("…", ".*?"), re.DOTALL)


def test_the_first_command_says_what_it_wrote(installed: Path) -> None:
    said = (installed / "first.log").read_text("utf-8")
    for name in ("models.py", "schemas/__init__.py", "validate_schema.sql"):
        assert (installed / "out" / name).stat().st_size > 0
        assert f"out/{name}" in said


def test_the_installation_is_whole(installed: Path) -> None:
    """What lies outside the package in the repository (templates), and what is no Python, is in the wheel."""
    (home,) = (installed / ".venv").glob("lib/python3.*/site-packages/schema_bridge")
    inside = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    package = {
        p.relative_to(ROOT / "schema_bridge").as_posix() for p in (ROOT / "schema_bridge").rglob("*") if p.is_file()
    }
    layout = {
        f"templates/{p.relative_to(ROOT / 'templates').as_posix()}"
        for p in (ROOT / "templates").rglob("*")
        if p.is_file()
    }
    assert {name for name in package | layout if not name.endswith(".pyc")} == inside


def test_the_installed_command_writes_what_the_tree_does(installed: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "schema_bridge", "generate", "fixtures/crawler/schema.sql", "-o", str(tmp_path)]
    subprocess.run(command, cwd=installed, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert {name: (installed / "out" / name).read_bytes() for name in files} == {
        name: (tmp_path / name).read_bytes() for name in files
    }


def test_the_examples_print_what_is_shown(installed: Path, server: Server) -> None:
    environment = plain() | server.database().environment
    environment["PATH"] = f"{installed / '.venv' / 'bin'}:{server.binaries}:{environment['PATH']}"
    for command, output in examples():
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=installed,
            env=environment,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert shown(output.rstrip("\n")).fullmatch(done.stdout.rstrip("\n")), f"$ {command}\n{done.stdout}"


def test_the_python_example_runs(installed: Path) -> None:
    (script,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    python = installed / ".venv" / "bin" / "python"
    subprocess.run([str(python), "-c", script], cwd=installed, env=plain(), check=True)


def test_the_second_command_is_the_one_ci_runs() -> None:
    assert TEST.endswith("pytest")
    assert "README.md" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_described(command: str) -> None:
    assert f"`schema-bridge {command}" in README


def test_the_map_names_every_room() -> None:
    package = ROOT / "schema_bridge"
    rooms = {path.name for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    known = set(re.findall(r"^  (\w+\.py|\w+)(?=/|  )", README, re.MULTILINE))
    assert rooms - {"__pycache__"} - known == set()


@pytest.mark.parametrize("name", registry.WRITERS)
def test_every_option_is_listed(name: str) -> None:
    (row,) = re.findall(rf"^\| `{name}` \| (.*) \|$", README, re.MULTILINE)
    options = {field.name for field in msgspec.structs.fields(registry.writer(name).Options)}
    listed = set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", row)))
    for table in re.findall(rf"^\| option of `{name}` .*\n((?:\|.*\n)+)", README, re.MULTILINE):
        listed.update(re.findall(r"^\| `(\w+)`", table, re.MULTILINE))
    assert listed == options


def test_every_hook_is_described() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in hooks if hook["id"] not in README] == []


def test_every_option_of_compare_is_listed() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", README.split("| option of `compare` |")[1].split("\n\n")[0], re.MULTILINE)
    assert listed == [field.encode_name for field in msgspec.structs.fields(Comparing)]
