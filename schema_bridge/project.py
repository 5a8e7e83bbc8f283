"""What the commands do with files: read sources, call readers and writers, write all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from schema_bridge import registry
from schema_bridge.errors import SourceMissing, SourceUnknown
from schema_bridge.ir import Schema
from schema_bridge.registry import Reading, Source, SourceFile


def read(paths: Sequence[str], reader: str | None = None) -> Reading:
    """Read the schema that the files state together; the reader is found out unless it is named."""
    source = load(paths)
    return (registry.reader(reader) if reader else _detect(source)).read(source)


def load(paths: Sequence[str]) -> Source:
    """The bytes of the files, of a folder the `.json` and `.sql` files in it, with the paths as they are shown."""
    return Source(", ".join(paths), tuple(file for path in paths for file in _files(Path(path))))


def _files(path: Path) -> list[SourceFile]:
    if path.is_dir():
        return [file for child in sorted(path.iterdir()) if child.suffix == ".json" for file in _files(child)]
    if not path.exists():
        raise SourceMissing(f"there is no file {path.as_posix()}")
    return [SourceFile(path.as_posix(), path.read_bytes())]


def _detect(source: Source) -> registry.Reader:
    for name in registry.READERS:
        try:
            reader = registry.reader(name)
        except ImportError:
            continue
        if reader.recognises(source):
            return reader
    raise SourceUnknown(f"it cannot be told what kind of source {source.name} is")


def render(schema: Schema, name: str, options: Any = None) -> dict[str, str]:
    """The files of one writer."""
    writer = registry.writer(name)
    return writer.write(schema, options if options is not None else writer.Options())


def write(files: dict[str, str], folder: str) -> None:
    for path, text in files.items():
        target = Path(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
