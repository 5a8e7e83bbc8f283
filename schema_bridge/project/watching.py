"""Waits until a file that a run has read is another one."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from schema_bridge import lock
from schema_bridge.project.inputs import Inputs

INTERVAL = 0.2
"""Seconds between two looks; who saves several files at once is given this time to finish."""

_Seen = Mapping[str, object]


def wait(inputs: Inputs) -> None:
    """Come back when something has changed since these inputs were read, and has rested for a moment."""
    before = _look(inputs)  # first: a change between the two looks would be in both
    files = any(lock.content(path) != lock.digest(data) for path, data in inputs.files.items())
    if files or any(lock.names(folder) != stated for folder, stated in inputs.names.items()):
        time.sleep(INTERVAL)  # it changed while the run was still at work
        return
    while (now := _look(inputs)) == before:
        time.sleep(INTERVAL)
    while (after := _rested(inputs)) != now:
        now = after


def _rested(inputs: Inputs) -> _Seen:
    time.sleep(INTERVAL)
    return _look(inputs)


def _look(inputs: Inputs) -> _Seen:
    """The state of every file and folder: which one it is, when it was written, how long it is."""
    return {
        **{path: _state(path) for path in (*inputs.files, *inputs.code)},
        **{folder: lock.names(folder) for folder in inputs.names},
    }


def _state(path: str) -> object:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
