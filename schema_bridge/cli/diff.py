"""`schema-bridge diff`: say where two schemas differ."""

from __future__ import annotations

import click

from schema_bridge.cli.variables import set_option


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--from", "readers", multiple=True, metavar="READER", help="What the sources are: one, or one for each.")
@set_option
def command(old: str, new: str, form: str, readers: tuple[str, ...], variables: dict[str, str]) -> int:
    """Print every fact in which OLD and NEW differ in meaning; exit 1 if there is one."""
    from schema_bridge import comparison, project
    from schema_bridge.cli import report as reports
    from schema_bridge.cli import talk

    report, left_out = project.compare_sources((old, new), readers, variables)
    click.echo(comparison.dump(report) if form == "json" else reports.text(report), nl=False)
    talk.say(reports.not_compared(left_out))
    return 1 if report else 0
