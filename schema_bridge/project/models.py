"""Asks SQLAlchemy models for their DDL: in a process of their own, so that what they import and do stays there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from schema_bridge.errors import SourceError

_PROGRAM = Path(__file__).parents[1] / "readers" / "sqlalchemy" / "program.py"
_SPEC = re.compile(r"(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*|.*\.py)(?::[A-Za-z_]\w*)?")


def named(source: str) -> list[str]:
    """The models that a source names, several of them with commas between: `package.module:Base`, `models.py`,
    `models.py:metadata`, a module or package of this folder (`app.schemas`, `app/schemas`); none where it is another
    kind of source."""
    specs = [os.path.normpath(spec).replace(os.sep, ".") if _is_package(spec) else spec for spec in source.split(",")]
    if os.path.exists(source) and not source.endswith(".py") and not _is_package(source):
        return []
    known = all(_SPEC.fullmatch(spec) and (":" in spec or spec.endswith(".py") or _is_module(spec)) for spec in specs)
    return specs if known else []


def _is_package(path: str) -> bool:
    """Whether a folder in this one is a package of Python, and none of migrations."""
    path = os.path.normpath(path)
    is_one = not path.startswith(("..", os.sep)) and os.path.isfile(os.path.join(path, "__init__.py"))
    return is_one and not any(name.endswith(".sql") for name in os.listdir(path))


def _is_module(name: str) -> bool:
    path = name.replace(".", os.sep)
    return os.path.isfile(f"{path}.py") or _is_package(path)


def files(dumped: bytes) -> list[str]:
    """The project's own files from which models were loaded."""
    return list(json.loads(dumped)["files"])


def dump(specs: Sequence[str]) -> bytes:
    """What the models state, as JSON. SourceError where they cannot be loaded."""
    shown = ", ".join(specs)
    command = [sys.executable, str(_PROGRAM), *specs]
    done = subprocess.run(command, capture_output=True, check=False)
    try:
        found = json.loads(done.stdout)
    except ValueError as error:
        said = "\n".join(done.stderr.decode(errors="replace").strip().splitlines()[-6:])
        raise SourceError(f"{shown}: Python ended before the models were read", hint=said) from error
    if "refusal" in found:
        raise SourceError(found["refusal"]["message"], hint=found["refusal"]["hint"])
    return done.stdout
