"""Whether a dump of a Drizzle schema still is what its files say: they stand in it with their SHA-256."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from schema_bridge.errors import SourceStale
from schema_bridge.ir import Origin
from schema_bridge.project import drizzle
from schema_bridge.readers.drizzle import dump
from schema_bridge.registry import Source


def refuse(source: Source) -> None:
    """SourceStale where a file that a dump was made from is here and has changed."""
    if not dump.recognises(source):
        return
    (file,) = source.files
    folder = os.path.dirname(file.path)
    files = {os.path.normpath(os.path.join(folder, path)): digest for path, digest in dump.parse(file).files.items()}
    changed = list(_changed(files))
    if changed:
        verb = "has" if len(changed) == 1 else "have"
        raise SourceStale(
            f"{', '.join(changed)} {verb} changed since this dump was made",
            origin=Origin(file.path, 1),
            hint=f"run: schema-bridge dump {_named(list(files))} -o {file.path}",
        )


def _changed(files: dict[str, str]) -> Iterator[str]:
    """Those whose contents are others; one that is not here, in a back end's own repository, cannot be looked at."""
    for path, digest in files.items():
        if os.path.isfile(path) and sha256(Path(path).read_bytes()).hexdigest() != digest:
            yield Path(path).as_posix()


def _named(files: list[str]) -> str:
    """What the dump was made of, where that can be told: a drizzle.config, or one file."""
    configs = [path for path in files if drizzle.is_config(path)]
    found = configs or (files if len(files) == 1 else ["PATH…"])
    return Path(found[0]).as_posix()
