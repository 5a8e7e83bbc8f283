"""`schema-bridge check`: one question before a commit: does everything say the same?"""

from __future__ import annotations

import click

from schema_bridge.cli.variables import set_option


@click.command("check")
@click.option("--config", metavar="FILE", help="Instead of schema_bridge.yaml.")
@click.option("--format", "form", type=click.Choice(["text", "github"]), default="text", show_default=True)
@set_option
def command(config: str | None, form: str, variables: dict[str, str]) -> int:
    """Say which generated files are stale and where the declared sources differ, and what mends each; exit 1 if so.

    Nothing is written. What is generated, and which sources must agree, says schema_bridge.yaml: its outputs, and its
    section `compare`.
    """
    import shlex

    from schema_bridge import project, reports
    from schema_bridge.cli import talk
    from schema_bridge.config import NAME, load
    from schema_bridge.project import comparing, disk, truth
    from schema_bridge.reports.rows import not_compared

    path = config or NAME
    named = load(path, comparing=True).with_variables(variables)
    stated = truth.of(named)
    if stated.conflicts:
        talk.say(talk.contradicted(stated))
        return 1
    rendering = project.render_all(stated.reading.schema, named.outputs)
    stale = disk.changes(rendering.files)
    click.echo(disk.unified_diff(rendering.files, stale), nl=False)
    at = ["--config", path] if config else []
    talk.say(talk.checked(stale, shlex.join(["schema-bridge", "generate", *at])))
    if not named.comparing.sources:
        return 1 if stale else 0
    found = comparing.compare_with(stated, named)
    click.echo(reports.written(found.report, form), nl=False)
    talk.say(not_compared(found.left_out), talk.disagreeing(found.report, path))
    return 1 if stale or found.report else 0
