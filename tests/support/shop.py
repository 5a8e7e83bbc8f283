"""A copy of what is in the repository, for tests that install it, run README's commands in it or change files."""

from __future__ import annotations

import shutil
from pathlib import Path

from support.cases import ROOT

PARTS = ("schema_bridge", "templates", "fixtures", "pyproject.toml", "README.md", "LICENSE")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", ".*")


def copy(to: Path) -> Path:
    """What an installation needs, in the folder `to`."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, to / part, ignore=LEFT_OUT)
        else:
            shutil.copy(ROOT / part, to / part)
    return to
