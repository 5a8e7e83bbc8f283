"""How many of the drifts planted in `fixtures/drift` are told, and how much of what is told was planted:
`python tests/drift.py [--debian 15]`. Prints both for the three files, and with the live database in the SQL's place.
"""

from __future__ import annotations

import argparse
import sys

from support import drift
from support.server import debian_binaries, embedded_binaries, started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debian", metavar="MAJOR", help="Debian's server of this major, instead of the package's")
    options = parser.parse_args()
    files = drift.compared()
    scores = [drift.score(files)]
    print(f"{', '.join(drift.SOURCES)}: {scores[0]}")
    for server in started(debian_binaries()[options.debian] if options.debian else embedded_binaries()):
        database = server.database(drift.HOME / drift.SQL, supabase=True)
        live = drift.compared(("schema.json", database.url, "models.py"))
        scores.append(drift.score(live, [source.name for source in live.sources]))
        print(f"schema.json, the database, models.py: {scores[1]}")
    return 0 if all(score.told == score.planted == score.reported for score in scores) else 1


if __name__ == "__main__":
    sys.exit(main())
