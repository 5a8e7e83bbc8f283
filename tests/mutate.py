"""Every single change of every fixture, on a server: `python tests/mutate.py [--debian 15] [--every N] [CASE…]`.

Prints how many changes the validation named, how many the server refused or did not notice, and what was missed; exit 1
if anything was. It takes an hour and more; `--every 20` takes each twentieth change.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from support.cases import CASES
from support.changes import changes
from support.judge import Judge, Verdict
from support.mutations import mutations
from support.server import Server, debian_binaries, embedded_binaries, started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="folders of fixtures; all by default")
    parser.add_argument("--debian", metavar="MAJOR", help="Debian's server of this major, instead of the package's")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    options = parser.parse_args()
    total = Verdict()
    with _server(options.debian) as server:
        for case in CASES:
            if case.name in (options.cases or [case.name]):
                judge = Judge(server, case.schema, case.supabase)
                judge.by_facts([*changes(case.schema)][:: options.every])
                judge.by_statements([*mutations(case.schema)][:: options.every])
                print(f"{case.name}: {judge.verdict}", flush=True)
                total.add(judge.verdict)
    print(f"all: {total}", *total.wrong, sep="\n")
    return 1 if total.wrong else 0


@contextmanager
def _server(major: str | None) -> Iterator[Server]:
    yield from started(debian_binaries()[major] if major else embedded_binaries())


if __name__ == "__main__":
    sys.exit(main())
