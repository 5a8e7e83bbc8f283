"""Reads sources: finds their files, what kind they are, and the reader for it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from schema_bridge import registry
from schema_bridge.errors import Finding, OptionError, SourceMissing, SourceUnknown
from schema_bridge.ir import Origin, Schema
from schema_bridge.project import drizzle, folders, models
from schema_bridge.project.inputs import Inputs
from schema_bridge.registry import Reader, Reading, Source, SourceFile
from schema_bridge.serialize import check_json
from schema_bridge.servers import address


def read(
    sources: str | Sequence[str],
    reader: str | None = None,
    variables: Mapping[str, str] | None = None,
    inputs: Inputs | None = None,
) -> Reading:
    """Read the schema that one or several files, or a folder, state together; the reader is found out unless named.

    `variables` are psql's, for the scripts that use them; `inputs` is told of each file that is read. SourceError where
    the input is missing, unknown or bad.
    """
    source = load((sources,) if isinstance(sources, str) else sources, variables, inputs)
    return read_by(registry.reader(reader or detect(source)), source)


def read_by(reader: Reader, source: Source) -> Reading:
    """What a reader reads, with a word about a source that creates nothing: mostly another one was meant."""
    reading = reader.read(source)
    if reading.schema != Schema():
        return reading
    origin = Origin(source.files[0].path, 1) if len(source.files) == 1 else None
    said = Finding(f"{'this' if origin else address.shown(source.name)} creates nothing: the schema is empty", origin)
    return replace(reading, findings=(*reading.findings, said))


def load(paths: Sequence[str], variables: Mapping[str, str] | None = None, inputs: Inputs | None = None) -> Source:
    """The bytes of the files, and of a folder those in it, with the paths as they are shown; a Drizzle schema is dumped,
    a database is its URL, and models are asked for their DDL."""
    inputs = inputs or Inputs()
    if "" in paths:
        raise OptionError("the name of a source is empty")
    urls = [path for path in paths if address.is_url(path)]
    if urls and len(paths) > 1:
        raise OptionError(f"{address.shown(urls[0])} is a source by itself: give it alone")
    if urls:
        inputs.is_known = False
        return Source(urls[0], ())
    named = [models.named(path) for path in paths]
    if named and all(named):
        inputs.is_known = False
        specs = [spec for found in named for spec in found]
        inputs.code.update(spec.partition(":")[0] for spec in specs if ".py" in spec)
        dumped = SourceFile(paths[0], models.dump(specs))
        inputs.code.update(models.files(dumped.data))
        return Source(", ".join(paths), (dumped,))
    homes = [drizzle.home(path) for path in paths]
    if homes and all(homes):
        inputs.is_known = False
        inputs.code.update(map(str, homes))
        files: tuple[SourceFile, ...] = (_dumped(paths, str(homes[0])),)
        inputs.code.update(drizzle.files(files[0]))
    else:
        files = tuple(file for path in paths for file in _files(Path(path), inputs))
    return Source(", ".join(paths), files, variables or {}, partial(_included, inputs))


def _included(inputs: Inputs, path: str) -> SourceFile:
    """A file that another one names, under one path however it was spelled."""
    return _files(Path(os.path.normpath(path) if os.path.isabs(path) else os.path.relpath(path)), inputs)[0]


def _dumped(paths: Sequence[str], home: str) -> SourceFile:
    """The dump of a Drizzle schema, as a file that stands where the schema does."""
    return SourceFile(Path(home).as_posix(), drizzle.dump(paths, os.path.dirname(home)))


def _files(path: Path, inputs: Inputs) -> list[SourceFile]:
    try:
        if path.name == folders.JOURNAL:
            path = path.parent
        if path.is_dir():
            inputs.note_folder(path)
            found = folders.files(path)
        else:
            found = [SourceFile(path.as_posix(), path.read_bytes())]
        inputs.files.update({file.path: file.data for file in found})
        return found
    except FileNotFoundError as error:
        inputs.files[path.as_posix()] = None
        raise SourceMissing(f"there is no file {path.as_posix()}") from error
    except OSError as error:
        raise SourceMissing(f"{path.as_posix()} cannot be read: {error.strerror}") from error


def detect(source: Source) -> str:
    """The name of the reader that recognises the source; SourceUnknown if none does."""
    for name in registry.READERS:
        if registry.reader(name).recognises(source):
            return name
    from schema_bridge.project import classes  # comparing loads more than reading does

    if classes.recognises(source):
        raise SourceUnknown(f"{source.name} holds Pydantic classes: diff and check compare them with tables")
    for file in source.files:
        if file.path.endswith(".json"):
            check_json(file.data, file.path)
            raise SourceUnknown(
                f"{file.path} is JSON, but neither a snapshot of drizzle-kit nor a schema or dump of ours"
            )
    known = ", ".join(sorted(registry.READERS))
    raise SourceUnknown(f"it cannot be told what kind of source {source.name} is; name it with --from ({known})")
