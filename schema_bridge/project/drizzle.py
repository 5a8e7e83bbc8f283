"""Dumps a Drizzle schema: our Node program loads it with the drizzle-orm and the esbuild of its own project."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from schema_bridge.errors import SourceError
from schema_bridge.ir import Origin
from schema_bridge.registry import SourceFile

_PROGRAM = Path(__file__).parents[1] / "node" / "dump.mjs"
_CODE = re.compile(r"\.[cm]?[jt]s\Z")
_CONFIG = re.compile(r"drizzle\.config\.(?:[cm]?[jt]s|json)\Z")


class _Related(msgspec.Struct):
    relations: tuple[msgspec.Raw, ...] = ()


class Outline(msgspec.Struct, rename="camel", frozen=True):
    """What is told of a dump; its reader takes as long to load and to check it all as Node to make it."""

    drizzle_orm: str
    casing: str | None
    tables: Mapping[str, _Related]
    views: Mapping[str, msgspec.Raw]
    enums: Mapping[str, msgspec.Raw]
    left_out: int = 0
    stubbed: tuple[str, ...] = ()


def outline(data: bytes) -> Outline:
    """What is told of a dump that was just made."""
    return msgspec.json.decode(data, type=Outline)


def is_config(path: str) -> bool:
    return bool(_CONFIG.search(path))


def home(path: str) -> str | None:
    """The file that a path stands for where it is a Drizzle schema: itself, or a folder's drizzle.config or first file.

    None for any other path, also for a folder that holds SQL.
    """
    if _CODE.search(path) or is_config(path):
        return path
    names = sorted(os.listdir(path)) if os.path.isdir(path) else []
    configs = [name for name in names if _CONFIG.fullmatch(name)]
    files = [] if any(name.endswith(".sql") for name in names) else [name for name in names if _CODE.search(name)]
    return next((os.path.join(path, name) for name in (*configs, *files)), None)


def dump(paths: Sequence[str], base: str = "", casing: str | None = None) -> bytes:
    """The dump of schema files, folders or a drizzle.config (by default that of this folder), as JSON.

    It names files as they are seen from the folder `base`. SourceError where something is missing, or the schema
    cannot be loaded.
    """
    shown = ", ".join(paths) or "drizzle.config.ts"
    node = shutil.which("node")
    if node is None:
        raise SourceError(
            f"{shown} is loaded with Node, and there is no node on the PATH",
            hint="install Node 18 or newer, or give the file that `schema-bridge dump -o FILE` wrote where Node is",
        )
    request = {"paths": list(paths), "base": os.path.abspath(base), "casing": casing}
    command = [node, str(_PROGRAM), json.dumps(request)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode or not done.stdout:
        said = "\n".join(done.stderr.strip().splitlines()[-12:])
        raise SourceError(f"{shown}: Node ended before the schema was read (exit status {done.returncode})", hint=said)
    refusal = json.loads(done.stdout).get("refusal") if done.stdout.startswith('{\n  "refusal"') else None
    if refusal:
        raise SourceError(refusal["message"], origin=_origin(base, refusal["at"]), hint=refusal["hint"])
    return done.stdout.encode()


def files(dumped: SourceFile) -> list[str]:
    """The files that a dump was made from, as they are seen from here."""
    named = json.loads(dumped.data)["files"]
    return [os.path.normpath(os.path.join(os.path.dirname(dumped.path), path)) for path in named]


def _origin(base: str, place: str | None) -> Origin | None:
    if place is None:
        return None
    file, _, line = place.rpartition(":")
    return Origin(os.path.normpath(os.path.join(base, file)).replace(os.sep, "/"), int(line))
