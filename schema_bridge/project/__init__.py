"""What the commands do: read sources, call readers and writers; `disk` writes what comes of it, all or nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from schema_bridge import registry
from schema_bridge.errors import Finding, OptionError, SourceMissing, SourceUnknown
from schema_bridge.garbage import uncollected
from schema_bridge.ir import Schema
from schema_bridge.losses import Loss, dropped
from schema_bridge.project import drizzle, folders, models
from schema_bridge.project.disk import MARK
from schema_bridge.project.inputs import Inputs
from schema_bridge.project.sharing import shared
from schema_bridge.registry import Reading, Source, SourceFile
from schema_bridge.serialize import check_json
from schema_bridge.servers import address

if TYPE_CHECKING:
    from schema_bridge.config import Output

# Reading


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
    return (registry.reader(reader) if reader else registry.reader(detect(source))).read(source)


def load(paths: Sequence[str], variables: Mapping[str, str] | None = None, inputs: Inputs | None = None) -> Source:
    """The bytes of the files, and of a folder those in it, with the paths as they are shown; a Drizzle schema is dumped,
    a database is its URL, and models are asked for their DDL."""
    inputs = inputs or Inputs()
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


# Rendering

MANY = 200
"""From so many tables on, making the outputs takes longer than starting a second process for half of them."""


class Rendering(msgspec.Struct, frozen=True):
    """What the outputs hold, by path from where one stands, and what they could not express, by writer."""

    files: Mapping[str, str]
    dropped: Mapping[str, tuple[Loss, ...]]
    findings: Mapping[str, tuple[Finding, ...]]


@uncollected()
def render(schema: Schema, writer: str, options: Any = None) -> dict[str, str]:
    """The files of one writer, relative path -> text; nothing is written."""
    module = registry.writer(writer)
    return module.write(schema, options if options is not None else module.Options())


@uncollected()
def render_all(schema: Schema, outputs: Sequence[Output]) -> Rendering:
    """The files of all outputs; OptionError where two of them claim one file."""
    files: dict[str, str] = {}
    work = partial(_written, schema)
    done = shared(work, outputs) if len(schema.tables) >= MANY else list(map(work, outputs))
    for output, (written, _, _) in zip(outputs, done, strict=True):
        for target, text in written.items():
            if target in files:
                raise OptionError(f"two outputs write {target}; give {output.writer} another folder")
            files[target] = text
    lost = {output.writer: losses for output, (_, losses, _) in zip(outputs, done, strict=True)}
    findings = {output.writer: told for output, (_, _, told) in zip(outputs, done, strict=True)}
    return Rendering(files, lost, findings)


def _written(schema: Schema, output: Output) -> tuple[dict[str, str], tuple[Loss, ...], tuple[Finding, ...]]:
    """The files of one output, by path from where one stands, what it drops by its nature, and what it cannot express."""
    module = registry.writer(output.writer)
    try:
        written, told = registry.write_and_tell(module, schema, output.options)
    except OptionError as error:
        raise OptionError(error.message, origin=error.origin or output.places.get(error.key or "")) from error
    targets = {os.path.normpath(os.path.join(output.folder, path)): text for path, text in written.items()}
    files = {target: _marked(target, text) for target, text in targets.items()}
    return files, dropped(schema, module.DROPS), told


def _marked(path: str, text: str) -> str:
    """A Python module says at its top that it is generated: so one that is no longer made can be told and removed."""
    if not path.endswith(".py") or MARK in text[:400]:
        return text
    return f"# {MARK}; do not edit, run `schema-bridge generate`.\n{text}"
