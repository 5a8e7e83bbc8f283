"""How long a database takes to run validate_schema.sql: `python benchmarks/validate.py [--debian MAJOR] [--tables N …]`.

The schema is that of `run.py`; the server is the tests' own. A tenth, a half and all of the tables say whether the time
grows with their number alone. It is CPU time, so that the machine's other work counts little; Linux only.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import psycopg
from schema import sql

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from schema_bridge import project
from support.server import Database, debian_binaries, embedded_binaries, started


def seconds(database: Database, script: str) -> float:
    """CPU seconds of the server process, of the best of three runs, each of which must find no difference."""
    found = []
    with psycopg.connect(database.conninfo) as connection:
        for _ in range(3):
            before = _cpu(connection.info.backend_pid)
            connection.execute(script.encode())
            found.append(_cpu(connection.info.backend_pid) - before)
            connection.rollback()
    return min(found)


def _cpu(process: int) -> float:
    """What Linux says that a process has used (proc(5), stat: utime and stime)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debian", metavar="MAJOR", help="Debian's server of this major, instead of the package's")
    parser.add_argument("--tables", type=int, nargs="*", default=[11, 100, 500, 1000], metavar="N")
    options = parser.parse_args()
    for server in started(debian_binaries()[options.debian] if options.debian else embedded_binaries()):
        for count in options.tables:
            text = sql(count)
            path = Path(server.host) / "schema.sql"
            path.write_text(text, "utf-8")
            (script,) = project.render(project.read([str(path)]).schema, "validation").values()
            took = seconds(server.database(text), script)
            print(f"{count:>5} tables: {took:6.2f} s, {took / count * 1000:.1f} ms each", flush=True)


if __name__ == "__main__":
    main()
