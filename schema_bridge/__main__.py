"""The entry point of the command line, `schema-bridge` and `python -m schema_bridge`."""

from __future__ import annotations

import sys

from schema_bridge.lock import unchanged

_WORDS = {
    ("generate",): "unchanged",
    ("generate", "--fail-if-written"): "unchanged",
    ("generate", "--check"): "fresh",
    ("check",): "fresh",
}
"""The command lines that the lock file may answer, and what it then says of the files."""


def main() -> None:
    """Run the command line and leave with its status; where there is nothing to do, without importing it."""
    words = tuple(sys.argv[1:])
    word = _WORDS.get(words)
    count = unchanged(alone=words == ("check",)) if word else None
    if count is not None:
        sys.stderr.write(f"{word}: {count} file{'' if count == 1 else 's'}\n")
        raise SystemExit(0)
    import gc

    from schema_bridge.cli import run

    status = run()
    gc.freeze()  # or Python looks through all there is once more before it ends
    raise SystemExit(status)


if __name__ == "__main__":
    main()
