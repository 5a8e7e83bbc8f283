"""`schema-bridge generate`: write what a schema says in every other language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from schema_bridge.cli.variables import set_option

if TYPE_CHECKING:
    from schema_bridge.config import Config


@click.command("generate")
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option("-o", "--output", metavar="DIR", help="The folder to write into (by default, this one).")
@click.option("--only", multiple=True, metavar="WRITER", help="Only this writer; may be given several times.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 with a diff where a file is not fresh.")
@click.option("--from", "reader", metavar="READER", help="What the source is, where that cannot be found out.")
@click.option("--beside", multiple=True, metavar="SOURCE", help="Count what SOURCE states and the other does not.")
@set_option
@click.option("--config", metavar="FILE", help="Instead of schema_bridge.yaml.")
def command(check: bool, variables: dict[str, str], **given: Any) -> int:
    """Write models, schemas and validation SQL.

    From SOURCE, or from what schema_bridge.yaml names. A SOURCE is an SQL file, a folder of migrations, a
    Drizzle schema or its dump, or a drizzle-kit snapshot (the file, or its folder); what it is, is found out.
    """
    from schema_bridge import project
    from schema_bridge.cli import talk
    from schema_bridge.project import disk, locking, truth

    inputs = locking.Inputs()
    config = _config(**given).with_variables(variables)
    stated = truth.of(config, inputs)
    if stated.conflicts:
        talk.say(talk.contradicted(stated))
        return 1
    rendering = project.render_all(stated.reading.schema, config.outputs)
    found = disk.changes(rendering.files)
    if check:
        click.echo(disk.unified_diff(rendering.files, found), nl=False)
        talk.say(talk.checked(found, _mend()))
        return 1 if found else 0
    talk.say(talk.lost(stated, merged=bool(config.overlay)))
    disk.write(rendering.files, found)
    if click.get_current_context().obj == ["generate"]:
        locking.write(inputs, config, rendering.files)
    talk.say(talk.generated(stated.reading, rendering, found))
    return 0


def _config(
    sources: tuple[str, ...],
    output: str | None,
    only: tuple[str, ...],
    reader: str | None,
    beside: tuple[str, ...],
    config: str | None,
) -> Config:
    """What is to be done: the sources named, else what the config says."""
    import os

    import msgspec

    from schema_bridge.config import NAME, Config, default_outputs, load
    from schema_bridge.errors import OptionError

    if sources and not config:
        return Config(sources, default_outputs(output or ".", only), reader, beside=beside)
    if not config and not os.path.exists(NAME):
        raise OptionError(f"name a SOURCE, or say in {NAME} what is to be done")
    named = load(config or NAME, output)
    outputs = tuple(o for o in named.outputs if o.writer in only) if only else named.outputs
    unknown = [name for name in only if name not in {o.writer for o in named.outputs}]
    if unknown:
        raise OptionError(f"{config or NAME} has no output called {unknown[0]}")
    return msgspec.structs.replace(
        named,
        outputs=outputs,
        sources=sources or named.sources,
        reader=reader or named.reader,
        overlay=() if sources else named.overlay,
        beside=beside,
    )


def _mend() -> str:
    """The command that was run, without --check."""
    import shlex

    words: list[str] = click.get_current_context().obj
    return shlex.join(["schema-bridge", *(word for word in words if word != "--check")])
