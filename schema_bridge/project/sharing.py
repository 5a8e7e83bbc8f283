"""Does pieces of work in two processes at once, where the system can copy a process and has a second core."""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from signal import SIGKILL
from typing import NoReturn, TypeVar

T = TypeVar("T")
R = TypeVar("R")
Work = Callable[[T], R]

_MOST = 256
"""The numbers of so many items are a byte each in the queue."""


def shared(work: Work[T, R], items: Sequence[T]) -> list[R]:
    """What the work makes of each item, in their order, as one process would give it; an item's error is raised.

    A copy of this process takes items from the same queue; what it could not do, for whatever reason, is done here.
    Results must be picklable.
    """
    done: dict[int, R] = {}
    if 1 < len(items) <= _MOST and _has_two():
        queue = _queue(len(items))
        try:
            done = _by_two(work, items, queue)
        finally:
            os.close(queue)
    return [done[at] if at in done else work(item) for at, item in enumerate(items)]


def _has_two() -> bool:
    """A process with threads is not copied: they may hold locks that nobody in the copy would open."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return hasattr(os, "fork") and cores > 1 and threading.active_count() == 1


def _queue(length: int) -> int:
    """A pipe that holds the number of each item, to be read by one or the other process."""
    queue, end = os.pipe()
    os.write(end, bytes(range(length)))
    os.close(end)
    return queue


def _taken(queue: int) -> Iterator[int]:
    while number := os.read(queue, 1):
        yield number[0]


def _by_two(work: Work[T, R], items: Sequence[T], queue: int) -> dict[int, R]:
    results, end = os.pipe()
    try:
        copy = os.fork()
    except OSError:  # no more processes, or no memory for one
        os.close(results)
        os.close(end)
        return {}
    if not copy:
        os.close(results)  # once the first process has ended, nobody reads, and the copy ends too
        _serve(work, items, queue, end)
    os.close(end)
    with open(results, "rb") as answer:
        try:
            done = {at: work(items[at]) for at in _taken(queue)}
            theirs = answer.read()
        except BaseException:
            os.kill(copy, SIGKILL)
            raise
        finally:
            os.waitpid(copy, 0)
    with suppress(EOFError, pickle.UnpicklingError):  # a copy that was killed gave no answer, or half of one
        done |= pickle.loads(theirs)
    return done


def _serve(work: Work[T, R], items: Sequence[T], queue: int, end: int) -> NoReturn:
    """What the copy does; it leaves without running anything that the first process will run at its own end."""
    try:
        done = {at: work(items[at]) for at in _taken(queue)}
        with open(end, "wb") as answer:
            pickle.dump(done, answer)
    finally:
        os._exit(0)
