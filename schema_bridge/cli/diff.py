"""`schema-bridge diff`: say where schemas differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from schema_bridge.cli.variables import set_option

if TYPE_CHECKING:
    from schema_bridge.config import Config

FORMS = ("text", "json", "markdown", "github", "sarif")


@click.command("diff")
@click.argument("sources", metavar="SOURCE SOURCE...", nargs=-1)
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True)
@click.option("--from", "readers", multiple=True, metavar="READER", help="What the sources are: one, or one for each.")
@click.option("--ignore", multiple=True, metavar="GLOB", help="Leave out tables, or objects of them, of such names.")
@click.option("--names", type=click.Choice(["meaning", "exact"]), help="Whether names that tools gave count.")
@click.option("--strict", is_flag=True, help="Exit 2 where something could not be compared.")
@click.option("--config", metavar="FILE", help="Instead of schema_bridge.yaml.")
@set_option
def command(
    sources: tuple[str, ...],
    form: str,
    readers: tuple[str, ...],
    ignore: tuple[str, ...],
    names: str | None,
    strict: bool,
    config: str | None,
    variables: dict[str, str],
) -> int:
    """Print every fact in which the sources differ in meaning; exit 1 if there is one.

    A source is also a database (postgresql://…): compared are the schemas in which the others create objects. Without
    sources, those that schema_bridge.yaml names are compared; its section `compare` holds in any case.
    """
    from msgspec.structs import replace

    from schema_bridge import reports
    from schema_bridge.cli import talk
    from schema_bridge.errors import OptionError
    from schema_bridge.project import comparing
    from schema_bridge.reports.rows import not_compared

    named = _config(config, sources).with_variables(variables)
    declared = named.comparing
    how = replace(declared, ignore=(*declared.ignore, *ignore), names=names or declared.names)
    if len(sources) == 1 or not (sources or how.sources):
        raise OptionError("name two sources or more, or say in schema_bridge.yaml what is compared with what")
    if sources:
        found = comparing.compare_sources(sources, readers, named.variables, how)
    else:
        found = comparing.compare_declared(replace(named, comparing=how))
    click.echo(reports.written(found.report, form), nl=False)
    talk.say(not_compared(found.left_out))
    return 1 if found.report else 2 if strict and found.left_out else 0


def _config(path: str | None, sources: tuple[str, ...]) -> Config:
    """What the config says, where there is one."""
    import os

    from schema_bridge.config import NAME, Config, load

    if path or os.path.exists(NAME):
        return load(path or NAME, comparing=not sources)
    return Config((), ())
