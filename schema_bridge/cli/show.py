"""`schema-bridge show`: look at one schema."""

from __future__ import annotations

import click


@click.command("show")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["sql", "json", "summary"]), default="summary", show_default=True)
@click.option("--from", "reader", metavar="READER", help="What the source is, where that cannot be found out.")
def command(sources: tuple[str, ...], form: str, reader: str | None) -> None:
    """Print what a SOURCE says: as SQL, as JSON, or counted by kind."""
    from schema_bridge import project

    reading = project.read(sources, reader)
    if form != "summary":
        for text in project.render(reading.schema, {"sql": "ddl", "json": "ir_json"}[form]).values():
            click.echo(text, nl=False)
        return
    from schema_bridge.cli import talk

    click.echo(talk.summary(reading))
