"""Whether what stands for something else still says the same: a dump of a Drizzle schema what its files say (they stand
in it with their SHA-256), drizzle-kit's newest snapshot what the SQL of its migrations makes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from schema_bridge import registry
from schema_bridge.errors import SourceError, SourceStale
from schema_bridge.ir import Origin
from schema_bridge.project import drizzle
from schema_bridge.readers.drizzle import dump
from schema_bridge.registry import Source


def refuse(source: Source) -> None:
    """SourceStale where a file that a dump was made from is here and has changed, or where a folder of drizzle-kit holds
    SQL that makes something else than its newest snapshot says."""
    if dump.recognises(source):
        _refuse_dump(source)
    kind = in_both_forms(source)
    differing = _differing(source, kind) if kind else []
    if differing:
        shown = ", ".join(differing[:_NAMED]) + (f" and {len(differing) - _NAMED} more" if differing[_NAMED:] else "")
        raise SourceStale(
            f"the newest snapshot in {source.name} and the SQL of its migrations disagree: {shown}",
            hint=f"see: schema-bridge diff {source.name} {source.name} --from {kind} --from sql\n"
            "or name what counts: the snapshot's file, or `from: sql` beside the folder",
        )


def in_both_forms(source: Source) -> str | None:
    """The name of the reader of its snapshots, where a source is a folder of drizzle-kit that holds its SQL too."""
    if not any(file.folder and file.path.endswith(".sql") for file in source.files):
        return None
    return next((kind for kind in _SNAPSHOTS if registry.reader(kind).recognises(source)), None)


_SNAPSHOTS = ("drizzle-snapshot", "drizzle-snapshot-6")
_NAMED = 3


def _differing(source: Source, kind: str) -> list[str]:
    """What of the two differs beyond what people notice alone; nothing where the SQL is none that can be read."""
    from schema_bridge.comparison import SourceInfo, stated
    from schema_bridge.reports.rows import title

    schemas, silent = {}, {}
    for name in (kind, "sql"):
        module = registry.reader(name)
        try:
            reading = module.read(source)
        except SourceError:
            return []  # the one that is to be read says so itself
        schemas[SourceInfo(name)] = reading.schema
        silent[name] = {**module.SILENT, **reading.silent}
    report, _ = stated(schemas, silent)
    return [title(row) for row in report.differences if row.weight != "cosmetic"]


def _refuse_dump(source: Source) -> None:
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
