"""The lock file beside the config: while all that it names is as it was, `generate` has nothing to do.

Each line is a hash, a kind and a path; the last one seals the others. It is compared before anything else is imported,
so this module knows `os`, `sys` and a hash alone. Only what a run has read and written goes into it, never a guess:
whatever cannot be told from files leaves no lock.
"""

from __future__ import annotations

import os
import sys

try:
    # What hashlib gives, without loading OpenSSL first, which takes a third as long as Python's own start.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

NAME = "schema_bridge.lock"
_HEAD = "# Written by `schema-bridge generate`: while all of this holds, it has nothing to do."
_DISTRIBUTIONS = ("schema_bridge-", "jinja2-", "msgspec-", "pglast-")
"""The installed packages whose versions decide what is written."""
ALONE = "nothing-is-compared"
"""Stands in the lock of a config that compares its sources with no others: then fresh files are all that `check` asks."""
UNKNOWN = ""
"""Equals no hash: what has it cannot be locked."""
_PACKAGE = os.path.dirname(os.path.abspath(__file__))


def unchanged(alone: bool = False) -> int | None:
    """How many files stand as they were generated here; None where anything differs, or there is no lock to tell, or,
    where it has to be `alone`, sources are compared too."""
    try:
        with open(NAME, encoding="utf-8") as file:
            body, _, seal = file.read().removesuffix("\n").rpartition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    lines = body.split("\n")
    if lines[0] != _HEAD or seal != digest(body.encode()) or lines[1:2] != [_version_line()]:
        return None
    parts = [line.split(" ", 2) for line in lines[2:]]
    if not all(_FOUND[kind](path) == stated for stated, kind, path in parts):
        return None
    if alone and not any(kind == "alone" for _, kind, _ in parts):
        return None
    return sum(kind == "output" for _, kind, _ in parts)


def text(entries: list[tuple[str, str, str]]) -> str:
    """The lock of some (kind, path, hash), in the order in which they are compared."""
    lines = [_HEAD, _version_line(), *(f"{stated} {kind} {path}" for kind, path, stated in entries)]
    body = "\n".join(lines)
    return f"{body}\n{digest(body.encode())}\n"


def digest(data: bytes | None) -> str:
    """The hash of a file's bytes, of None for one that is not there."""
    return "absent" if data is None else blake2b(data, digest_size=32).hexdigest()


def names(folder: str) -> str:
    """The hash of the names of all that is below a folder; none for one with links to folders, which are not followed."""
    found: list[str] = []
    for home, folders, files in os.walk(folder):
        if any(os.path.islink(os.path.join(home, name)) for name in folders):
            return UNKNOWN
        found += [os.path.join(os.path.relpath(home, folder), name) for name in (*folders, *files)]
    return digest("\n".join(sorted(found)).encode(errors="surrogateescape"))


def modules(folder: str) -> str:
    """The hash of the names of the Python modules in a folder."""
    try:
        found = [name for name in os.listdir(folder) if name.endswith(".py")]
    except OSError:
        return "absent"
    return digest("\n".join(sorted(found)).encode(errors="surrogateescape"))


def content(path: str) -> str:
    """The hash of a file as it is on the disk."""
    try:
        with open(path, "rb") as file:
            return digest(file.read())
    except OSError:
        return "absent"


def _alone(_: str) -> str:
    return ALONE


_FOUND = {"source": content, "output": content, "names": names, "modules": modules, "alone": _alone}
"""How the hash of each kind of entry is found on the disk."""


def _version_line() -> str:
    """Python's version and those of the packages that have a part in the output; a checkout goes by its files' times."""
    found = {name for entry in sys.path for name in _listed(entry or ".") if name.lower().startswith(_DISTRIBUTIONS)}
    stated = sorted(name for name in found if name.endswith(".dist-info"))
    beside = _listed(os.path.dirname(_PACKAGE))
    if not any(name.startswith("schema_bridge-") and name.endswith(".dist-info") for name in beside):
        stated += [_times(_PACKAGE), _times(os.path.join(os.path.dirname(_PACKAGE), "templates"))]
    versions = "\n".join([f"{sys.version_info[:3]}", *stated])
    return f"{digest(versions.encode())} versions of Python and packages"


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _times(folder: str) -> str:
    """When each of the files below a folder was changed."""
    found = []
    for entry in os.scandir(folder) if os.path.isdir(folder) else ():
        if entry.name == "__pycache__":
            continue
        if entry.is_dir():
            found.append(_times(entry.path))
        else:
            found.append(f"{entry.path} {entry.stat().st_mtime_ns} {entry.stat().st_size}")
    return "\n".join(sorted(found))
