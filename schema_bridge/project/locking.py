"""What a run has read and written, as the lock file by which the next one can tell that it has nothing to do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from schema_bridge import config, lock, registry
from schema_bridge.errors import OutputError
from schema_bridge.project import disk
from schema_bridge.project.inputs import Inputs


def write(inputs: Inputs, done: config.Config, files: Mapping[str, str]) -> None:
    """Write the lock of a run of the config in this folder, or remove one that holds no more.

    The hashes are of the very bytes that were read and written. A lock that cannot be written is none.
    """
    entries = list(_entries(inputs, done, files)) if _can_lock(inputs, done) else []
    texts = {lock.NAME: lock.text(entries)}
    if not entries or any(not stated or "\n" in path or not path.isprintable() for _, path, stated in entries):
        texts = {}
    try:
        disk.write(texts, disk.changes(texts))
        if not texts:
            disk.remove(lock.NAME)
    except (OSError, OutputError):
        return


def _can_lock(inputs: Inputs, done: config.Config) -> bool:
    """Whether the files read decide alone what is written: SQL does, but no database, no environment, no dump (which may
    lag the code it was made from), no stranger's reader or writer."""
    text = inputs.files[config.NAME]
    ours = done.reader in (None, *registry.READERS) and all(o.writer in registry.WRITERS for o in done.outputs)
    is_sql = all(path.lower().endswith(".sql") for path in inputs.files if path != config.NAME)
    return inputs.is_known and is_sql and ours and text is not None and b"${" not in text


def _entries(inputs: Inputs, done: config.Config, files: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Kind, path and hash: what was read, what was written, and what else is in the packages that are ours alone."""
    yield from (("source", path, lock.digest(data)) for path, data in sorted(inputs.files.items()))
    yield from (("names", path, stated) for path, stated in sorted(inputs.names.items()))
    yield from (("output", path, lock.digest(text.encode())) for path, text in sorted(files.items()))
    if not done.comparing.sources:
        yield "alone", config.NAME, lock.ALONE
    packages = {os.path.dirname(path) for path in files if os.path.basename(path) == "__init__.py"}
    yield from (("modules", path or ".", lock.modules(path or ".")) for path in sorted(packages))
