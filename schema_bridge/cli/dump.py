"""`schema-bridge dump`: a Drizzle schema as JSON, which says more than drizzle-kit's snapshot and needs no Node to read."""

from __future__ import annotations

import click


@click.command("dump")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("-o", "--output", metavar="FILE", help="Write there, not to stdout; it names files as seen from there.")
@click.option("--casing", type=click.Choice(["snake_case", "camelCase"]), help="Of unnamed columns; else the config's.")
def command(paths: tuple[str, ...], output: str | None, casing: str | None) -> None:
    """Load a Drizzle schema with its project's own drizzle-orm and print all it states as JSON.

    PATH is a schema file, several, a folder of them, or a drizzle.config (by default that of this folder). It runs the
    schema's code, with Node.
    """
    import os

    from schema_bridge.cli import talk
    from schema_bridge.project import disk, drizzle

    data = drizzle.dump(paths, os.path.dirname(output or ""), casing)
    talk.say(talk.dumped(drizzle.outline(data)))
    if output is None:
        click.echo(data, nl=False)
        return
    files = {output: data.decode()}
    found = disk.changes(files)
    disk.write(files, found)
    talk.say(f"{'wrote' if found else 'unchanged:'} {path}" for path in files)
