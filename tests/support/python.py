"""Running generated Python: in a process of its own, with every warning an error."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".mypy_cache"

CONFIGURE = """
import sys
sys.path.insert(0, sys.argv[1])
import models
from sqlalchemy.orm import configure_mappers
configure_mappers()
"""
CREATE = (
    CONFIGURE
    + """
from sqlalchemy import create_engine
engine = create_engine(sys.argv[2])
with engine.begin() as connection:
    models.Base.metadata.create_all(connection)
"""
)
SCHEMAS = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
from pydantic import BaseModel
for case in sys.argv[2:]:
    schemas = importlib.import_module(f"{case}.schemas")
    for name in schemas.__all__:
        value = getattr(schemas, name)
        if isinstance(value, type) and issubclass(value, BaseModel):
            value.model_json_schema()
"""


def run(script: str, folder: Path, *arguments: str) -> None:
    """Run one of the scripts above on a folder of generated code; AssertionError with what it printed to stderr."""
    command = [sys.executable, "-W", "error", "-c", script, str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-4000:]


def tool(*command: str, cwd: Path) -> None:
    """Run a program that must find nothing to say."""
    # What mypy makes out of the libraries holds for all that is generated.
    environment = {**os.environ, "MYPY_CACHE_DIR": str(CACHE / "generated")}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
