"""`schema-bridge show`: look at one schema."""

from __future__ import annotations

import click

from schema_bridge.cli.variables import set_option


@click.command("show")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["sql", "json", "summary"]), default="summary", show_default=True)
@click.option("--from", "reader", metavar="READER", help="What the source is, where that cannot be found out.")
@set_option
def command(sources: tuple[str, ...], form: str, reader: str | None, variables: dict[str, str]) -> None:
    """Print what a SOURCE says: as SQL, as JSON, or counted by kind."""
    from schema_bridge import project
    from schema_bridge.cli import talk

    reading = project.read(sources, reader, variables)
    if form == "summary":
        click.echo("\n".join(talk.summary(reading)))
    elif form == "json":
        from schema_bridge.serialize import dump

        click.echo(dump(reading.schema), nl=False)
    else:
        click.echo("".join(project.render(reading.schema, "ddl").values()), nl=False)
        talk.say(str(finding) for finding in reading.findings)
