"""`schema-bridge generate`: write what a schema says in every other language."""

from __future__ import annotations

import click

DEFAULT_WRITERS = ("sqlalchemy", "pydantic", "validation")


@click.command("generate")
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option("-o", "--output", metavar="DIR", help="The folder to write into.")
@click.option("--only", multiple=True, metavar="WRITER", help="Only this writer; may be given several times.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 with a diff where a file is not fresh.")
@click.option("--from", "reader", metavar="READER", help="What the source is, where that cannot be found out.")
def command(
    sources: tuple[str, ...], output: str | None, only: tuple[str, ...], check: bool, reader: str | None
) -> int:
    """Write models, schemas and validation SQL from SOURCE into DIR."""
    from schema_bridge import project

    reading = project.read(sources, reader)
    files: dict[str, str] = {}
    for name in only or DEFAULT_WRITERS:
        files |= project.render(reading.schema, name)
    project.write(files, output or ".")
    return 0
