"""`generate --watch`: a line for each run, errors among them, until it is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from schema_bridge.cli import run
from support.cases import ROOT

SQL = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);\n"
CONFIG = "sources: {tables: [schema.sql, migrations]}\noutputs: [ddl]\n"


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "schema.sql").write_text(SQL)
    (tmp_path / "schema_bridge.yaml").write_text(CONFIG)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "1_a.sql").write_text("CREATE TABLE a (x int);\n")
    command = [sys.executable, "-m", "schema_bridge", "generate", "--watch"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        giving_up = Timer(300, process.kill)
        giving_up.start()
        yield process
        giving_up.cancel()
        process.kill()


def test_each_change_is_a_run_and_errors_do_not_end_it(watching: subprocess.Popen[str], tmp_path: Path) -> None:
    stderr = watching.stderr
    assert stderr is not None
    assert stderr.readline() == "wrote production_schema.sql\n"
    (tmp_path / "schema.sql").write_text(SQL.replace("name", "label"))
    assert stderr.readline() == "wrote production_schema.sql\n"
    assert "label text" in (tmp_path / "production_schema.sql").read_text()
    (tmp_path / "unfinished").write_text("CREATE TABLE b (\n")
    (tmp_path / "unfinished").rename(tmp_path / "migrations" / "2_b.sql")
    assert stderr.readline() == "schema-bridge: migrations/2_b.sql:1:17: syntax error at end of input\n"
    (tmp_path / "migrations" / "2_b.sql").unlink()
    assert any(line == "unchanged: 1 file\n" for line in stderr), "after the excerpt of the error"
    (tmp_path / "schema_bridge.yaml").write_text(CONFIG.replace("ddl", "ir_json"))
    assert stderr.readline() == "wrote schema.json\n"
    watching.send_signal(signal.SIGINT)
    assert (watching.wait(), stderr.read()) == (0, "")


def test_a_watch_is_no_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", "--watch", "--check"]) == 2
    assert "--watch goes on writing" in capsys.readouterr().err
