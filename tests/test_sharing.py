"""Work shared with a copy of the process: the results are those of one process, whatever happens to the copy."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from support.cases import ROOT

BEFORE = """
import os, sys, time
from schema_bridge.project import sharing
sharing._has_two = lambda: True
first = os.getpid()
"""


def printed(code: str) -> str:
    """What a process prints that has no threads, as the runs of pytest have."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", BEFORE + code], check=False, capture_output=True, text=True, env=environment
    )
    assert done.stderr == ""
    return done.stdout


def test_two_processes_give_what_one_gives_in_its_order() -> None:
    code = """
def work(item):
    time.sleep(0.01)
    return item, os.getpid() == first
done = sharing.shared(work, range(20))
print([item for item, _ in done] == [*range(20)], {here for _, here in done} == {True, False})
"""
    assert printed(code) == "True True\n"


@pytest.mark.parametrize("end", ["os._exit(1)", "os.kill(os.getpid(), 9)", "raise KeyError(item)"])
def test_what_the_copy_could_not_do_is_done_here(end: str) -> None:
    code = f"""
def work(item):
    time.sleep(0.01)
    if os.getpid() != first:
        {end}
    return item
print(sharing.shared(work, range(20)) == [*range(20)])
"""
    assert printed(code) == "True\n"


def test_half_an_answer_is_none_and_no_second_process_is_no_error() -> None:
    code = """
import pickle
def dump(done, answer):
    answer.write(pickle.dumps(done)[:-3])
def fork():
    raise BlockingIOError("no more processes")
def work(item):
    time.sleep(0.01)
    return str(item) * 9
want = [str(item) * 9 for item in range(8)]
pickle.dump = dump
print(sharing.shared(work, range(8)) == want)
os.fork = fork
print(sharing.shared(work, range(8)) == want, sharing.shared(str, range(300)) == [str(n) for n in range(300)])
"""
    assert printed(code) == "True\nTrue True\n"


def test_the_copy_does_not_outlive_the_first_process() -> None:
    code = """
def work(item):
    time.sleep(0.05)
    if os.getpid() == first and item:
        os.kill(first, 9)
    return "x" * 10**6
sharing.shared(work, range(4))
"""
    assert printed(code) == ""  # both have closed the pipes of this test


def test_an_error_is_that_of_the_item() -> None:
    code = """
def work(item):
    if item == 3:
        raise ValueError(f"no {item}")
    return item
try:
    sharing.shared(work, range(6))
except ValueError as error:
    print(error, os.getpid() == first)
"""
    assert printed(code) == "no 3 True\n"


def test_the_outputs_are_the_same_from_one_process_and_from_two() -> None:
    code = """
from schema_bridge import project, registry
from schema_bridge.config import Output
from schema_bridge.ir import Column, Name, Schema, Table, Type
from schema_bridge.project import MANY
column = Column(name="id", type=Type(name="integer"))
tables = (Table(name=Name(schema="public", name=f"t{n}"), columns=(column,)) for n in range(MANY))
schema = Schema(tables=tuple(tables))
outputs = [Output(name, name, registry.writer(name).Options()) for name in registry.WRITERS]
two = project.render_all(schema, outputs)
sharing._has_two = lambda: False
one = project.render_all(schema, outputs)
print(len(two.files) > MANY, one == two, [*one.files] == [*two.files])
"""
    assert printed(code) == "True True True\n"
