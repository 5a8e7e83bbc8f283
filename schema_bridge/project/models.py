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
    `models.py:metadata`; none where it is another kind of source."""
    specs = source.split(",")
    if os.path.exists(source) and not source.endswith(".py"):
        return []
    known = all(_SPEC.fullmatch(spec) and (":" in spec or spec.endswith(".py")) for spec in specs)
    return specs if known else []


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
