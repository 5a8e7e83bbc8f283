"""What a run reads: of files their bytes, of folders the names in them."""

from __future__ import annotations

from pathlib import Path

from schema_bridge import lock
from schema_bridge.project import folders


class Inputs:
    """The files that were read, by path; None are those that were looked for and not there. `names` are the folders in
    which files were looked for, with the hashes of what they held just before. `is_known` is False where not only
    files decide what is read: a database, the code of a Drizzle schema, whose files are in `code`."""

    def __init__(self, *first: str) -> None:
        """`first` are files that are read in any case."""
        self.files: dict[str, bytes | None] = {path: _content(path) for path in first}
        self.names: dict[str, str] = {}
        self.code: set[str] = set()
        self.is_known = True

    def add(self, other: Inputs) -> None:
        """What another run has read, too: one that failed may not have come to all of it."""
        self.files = {**other.files, **self.files}
        self.names = {**other.names, **self.names}
        self.code |= other.code

    def note_folder(self, path: Path) -> None:
        """Notes what a folder of migrations holds; drizzle-kit keeps the SQL above its journal."""
        above = [path.parent] if (path / folders.JOURNAL).is_file() else []
        self.names.update({folder.as_posix(): lock.names(str(folder)) for folder in (path, *above)})


def _content(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except OSError:
        return None
