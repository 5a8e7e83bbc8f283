"""The entry point of the command line, `schema-bridge` and `python -m schema_bridge`."""

from __future__ import annotations


def main() -> None:
    """Run the command line and leave with its status."""
    import gc

    from schema_bridge.cli import run

    # A schema is many values and hardly a cycle, and the process ends soon: looking for garbage often finds nothing.
    gc.set_threshold(100_000, 50, 50)
    raise SystemExit(run())


if __name__ == "__main__":
    main()
