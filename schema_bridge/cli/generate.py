"""`schema-bridge generate`: write what a schema says in every other language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from schema_bridge.cli.variables import set_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema_bridge.config import Config
    from schema_bridge.project import Rendering
    from schema_bridge.project.inputs import Inputs
    from schema_bridge.project.truth import Truth


@click.command("generate")
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option("-o", "--output", metavar="DIR", help="The folder to write into (by default, this one).")
@click.option("--only", multiple=True, metavar="WRITER", help="Only this writer; may be given several times.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 with a diff where a file is not fresh.")
@click.option("--fail-if-written", is_flag=True, help="Exit 1 when a file was written or removed, as hooks do.")
@click.option("--watch", is_flag=True, help="Go on: generate again when a source or the config changes.")
@click.option("--from", "reader", metavar="READER", help="What the source is, where that cannot be found out.")
@click.option("--beside", multiple=True, metavar="SOURCE", help="Count what SOURCE states and the other does not.")
@set_option
@click.option("--config", metavar="FILE", help="Instead of schema_bridge.yaml.")
def command(variables: dict[str, str], **given: Any) -> int:
    """Write models, schemas and validation SQL.

    From SOURCE, or from what schema_bridge.yaml names. A SOURCE is an SQL file, a folder of migrations, a
    Drizzle schema or its dump, or a drizzle-kit snapshot (the file, or its folder); what it is, is found out.
    """
    from schema_bridge.config import NAME
    from schema_bridge.errors import OptionError
    from schema_bridge.project.inputs import Inputs

    check, strictly, watch = (given.pop(name) for name in ("check", "fail_if_written", "watch"))

    def config() -> Config:
        return _config(**given).with_variables(variables)

    if watch and (check or strictly):
        raise OptionError("--watch goes on writing: it is no check, and has no verdict")
    if watch:
        return _watch(config)
    inputs = Inputs(NAME)
    return _check(config(), inputs) if check else _generate(config(), inputs, strictly)


def _rendered(config: Config, inputs: Inputs) -> tuple[Truth, Rendering | None]:
    """What the config's sources state, and the files that come of it; none, and a word about it, where they contradict
    each other."""
    from schema_bridge import project
    from schema_bridge.cli import talk
    from schema_bridge.project import truth

    stated = truth.of(config, inputs)
    if stated.conflicts:
        talk.say(talk.contradicted(stated))
        return stated, None
    return stated, project.render_all(stated.reading.schema, config.outputs)


def _check(config: Config, inputs: Inputs) -> int:
    from schema_bridge.cli import talk
    from schema_bridge.project import disk

    _, rendering = _rendered(config, inputs)
    if rendering is None:
        return 1
    found = disk.changes(rendering.files)
    click.echo(disk.unified_diff(rendering.files, found), nl=False)
    talk.say(talk.checked(found, _mend()))
    return 1 if found else 0


def _generate(config: Config, inputs: Inputs, strictly: bool) -> int:
    from schema_bridge.cli import talk
    from schema_bridge.project import disk, locking

    stated, rendering = _rendered(config, inputs)
    if rendering is None:
        return 1
    found = disk.changes(rendering.files)
    talk.say(talk.lost(stated, merged=bool(config.overlay)))
    disk.write(rendering.files, found)
    if [word for word in click.get_current_context().obj if word != "--fail-if-written"] == ["generate"]:
        locking.write(inputs, config, rendering.files)
    talk.say(talk.generated(stated.reading, rendering, found))
    return 1 if strictly and found else 0


def _watch(config: Callable[[], Config]) -> int:
    """Generate, a line each time, until Ctrl-C; an error is told, and the next change is another chance."""
    from schema_bridge.cli import talk
    from schema_bridge.config import NAME
    from schema_bridge.errors import SchemaBridgeError
    from schema_bridge.project import disk, watching
    from schema_bridge.project.inputs import Inputs

    inputs = Inputs(NAME)
    try:
        while True:
            known = inputs
            inputs = Inputs(NAME)
            try:
                _, rendering = _rendered(config(), inputs)
                if rendering is not None:
                    found = disk.changes(rendering.files)
                    disk.write(rendering.files, found)
                    talk.say(talk.watched(found))
            except SchemaBridgeError as error:
                talk.say([f"schema-bridge: {error}"])
                inputs.add(known)
            watching.wait(inputs)
    except KeyboardInterrupt:
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
