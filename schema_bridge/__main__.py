"""The entry point of the command line, `schema-bridge` and `python -m schema_bridge`."""

from __future__ import annotations


def main() -> None:
    """Run the command line and leave with its status."""
    from schema_bridge.cli import run

    raise SystemExit(run())


if __name__ == "__main__":
    main()
