"""Every single change of every schema of the tests, on a server: `python tests/mutate.py [--debian 15] [--every N] [CASE…]`.

Prints how many changes the validation named, how many the server refused or did not notice, and what was missed; exit 1
if anything was. It takes an hour and more; `--every 20` takes each twentieth change.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from support.changes import changes
from support.judge import Judge, Verdict, subjects
from support.mutations import extras, mutations
from support.server import Server, debian_binaries, embedded_binaries, started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="names of schemas; all by default")
    parser.add_argument("--debian", metavar="MAJOR", help="Debian's server of this major, instead of the package's")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    options = parser.parse_args()
    total = Verdict()
    with _server(options.debian) as server:
        for subject in subjects():
            if subject.name in (options.cases or [subject.name]) and subject.major <= server.major:
                judge = Judge(server, subject)
                judge.by_facts([*changes(subject.schema)][:: options.every])
                judge.by_statements(
                    [*mutations(subject.schema)][:: options.every] + [*extras(subject.schema, judge.strict)]
                )
                print(f"{subject.name}: {judge.verdict}", *judge.verdict.wrong, sep="\n  ", flush=True)
                total.add(judge.verdict)
    print(f"all: {total}")
    return 1 if total.wrong else 0


@contextmanager
def _server(major: str | None) -> Iterator[Server]:
    yield from started(debian_binaries()[major] if major else embedded_binaries())


if __name__ == "__main__":
    sys.exit(main())
