"""The figures that README quotes, as ratios inside one run: `python benchmarks/run.py [--tables N] [--largest N]`.

CPU time of the best of several runs, each in a process of its own and by turns with what it is compared to, so that the
machine's other work counts little; for all outputs, which two processes share as on the command line, the time that
passes too. The search for unreachable cycles is put off, as there. All outputs are the writers' but `sqlmodel`, which writes the same files as `sqlalchemy` in another form: a project generates the
one or the other.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from schema import sql

READ = """
from schema_bridge import garbage, project
with garbage.uncollected():
    project.read([sys.argv[1]])
"""
OUTPUTS = """
from schema_bridge import garbage, project, registry
from schema_bridge.config import Output
with garbage.uncollected():
    schema = project.read([sys.argv[1]]).schema
    names = [name for name in registry.WRITERS if name != "sqlmodel"]
    project.render_all(schema, [Output(name, name, registry.writer(name).Options()) for name in names])
"""
SCHEMAS = """
with garbage.uncollected():
    for writer in ("sqlalchemy", "pydantic"):
        project.render(schema, writer)
"""
PARSE = "pglast.parser.parse_sql_json(open(sys.argv[1]).read())"
IMPORTS = """
from schema_bridge import project, registry
for name in registry.READERS: registry.reader(name)
for name in registry.WRITERS: registry.writer(name)
"""
READ_BEFORE = f"""
{IMPORTS}
from schema_bridge import garbage
with garbage.uncollected():
    schema = project.read([sys.argv[1]]).schema
"""
WORKS = {
    "parse": ("import pglast.parser", PARSE),
    "read": (IMPORTS, READ),
    "outputs": (IMPORTS, OUTPUTS),
    "schemas": (READ_BEFORE, SCHEMAS),
}
"""What is measured: what goes before, and what counts."""
MEASURE = """
import os, resource, sys, time
def spent():
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system
{setup}
start, clock = spent(), time.perf_counter()
{work}
peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(spent() - start, time.perf_counter() - clock, sum(peaks))
"""


class Measured(NamedTuple):
    """CPU seconds of a run and its copy, the seconds that passed, and the peak of the memory of both in MiB."""

    cpu: float
    passed: float
    memory: float


def measured(works: Iterable[str], path: Path, runs: int) -> dict[str, Measured]:
    """The best run of each work; they take turns."""
    found: dict[str, Measured] = {}
    for work in list(works) * runs:
        before, counted = WORKS[work]
        command = [sys.executable, "-c", MEASURE.format(setup=before, work=counted), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        run = Measured(*map(float, done.stdout.split()[-3:]))
        found[work] = Measured(*map(min, found.get(work, run), run))
    return found


def started(arguments: list[str], runs: int = 10, folder: Path | None = None) -> float:
    """CPU seconds of the best run of a whole process."""
    best = float("inf")
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True, cwd=folder)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--largest", type=int, default=10000, help="0 leaves the largest out")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scale(Path(folder), options.tables, options.largest, options.runs)
        start_up(Path(folder))


def scale(folder: Path, tables: int, largest: int, runs: int) -> None:
    path = folder / "schema.sql"
    path.write_text(sql(tables))
    best = measured(WORKS, path, runs)
    parse, read, outputs, schemas = (best[work].cpu for work in WORKS)
    passed, memory = best["outputs"].passed, best["outputs"].memory
    print(f"{tables} tables, {path.stat().st_size / 1e6:.1f} MB of SQL")
    print(f"  parse_sql_json          {parse:8.2f} s")
    print(f"  read                    {read:8.2f} s  {read / parse:6.1f} x the parse")
    print(f"  models and schemas      {schemas:8.2f} s  {schemas / read:6.1f} x the reading")
    print(f"  read, all outputs       {outputs:8.2f} s  {outputs / parse:6.1f} x the parse")
    print(
        f"    by two processes      {passed:8.2f} s  {passed / best['parse'].passed:6.1f} x the parse, in time that passes"
    )
    print(f"  memory at its peak      {memory:8.0f} MiB")
    for count in (tables // 10, largest):
        if count:
            path.write_text(sql(count))
            seconds = measured(["outputs"], path, 1 if count > tables else runs)["outputs"].cpu
            print(f"  {count:6} tables           {seconds:8.2f} s  {seconds / outputs:6.2f} x {tables} tables")


def start_up(folder: Path) -> None:
    nothing = started(["-c", "pass"])
    program = ["-c", "from schema_bridge.__main__ import main; main()"]
    helped = started([*program, "--help"])
    print("start-up, CPU time of the process")
    print(f"  python -c pass          {nothing * 1000:8.0f} ms")
    print(f"  schema-bridge --help    {helped * 1000:8.0f} ms {helped / nothing:6.1f} x")
    source, config = folder / "schema.sql", folder / "schema_bridge.yaml"
    source.write_text(sql(100))
    config.write_text("sources:\n  tables: schema.sql\n")
    command = [*program, "generate"]
    subprocess.run([sys.executable, *command], cwd=folder, check=True, capture_output=True)
    fresh = started([*command, "--check"], folder=folder)
    print(f"  hook, nothing to do     {fresh * 1000:8.0f} ms {fresh / nothing:6.1f} x")
    # Another source, in other words, so that everything is read, written and compared.
    (folder / "other.sql").write_text(source.read_text().replace("timestamptz", "timestamp with time zone"))
    config.write_text("sources:\n  tables: schema.sql\ncompare:\n  with: other.sql\n")
    checked = started([*program, "check"], runs=3, folder=folder)
    print(f"  check of 100 tables     {checked * 1000:8.0f} ms {checked / nothing:6.1f} x")


if __name__ == "__main__":
    main()
