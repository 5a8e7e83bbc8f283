"""`schema-bridge diff`: say where two schemas differ."""

from __future__ import annotations

import click

from schema_bridge.cli.variables import set_option


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--from", "readers", multiple=True, metavar="READER", help="What the sources are: one, or one for each.")
@click.option("--strict", is_flag=True, help="Exit 2 where something could not be compared.")
@set_option
def command(old: str, new: str, form: str, readers: tuple[str, ...], strict: bool, variables: dict[str, str]) -> int:
    """Print every fact in which OLD and NEW differ in meaning; exit 1 if there is one.

    A source is also a database (postgresql://…): compared are the schemas in which the other one creates objects.
    """
    from schema_bridge import comparison, project
    from schema_bridge.cli import report as reports
    from schema_bridge.cli import talk

    report, left_out = project.compare_sources((old, new), readers, variables)
    click.echo(comparison.dump(report) if form == "json" else reports.text(report), nl=False)
    talk.say(reports.not_compared(left_out))
    return 1 if report else 2 if strict and left_out else 0
