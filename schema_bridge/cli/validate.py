"""`schema-bridge validate`: whether databases are what a schema says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from schema_bridge.cli.variables import set_option

if TYPE_CHECKING:
    from schema_bridge.ir import Schema


@click.command("validate")
@click.argument("words", metavar="[DATABASE_URL] [SOURCE]...", nargs=-1)
@click.option("--all", "listed", metavar="FILE", help="Instead of DATABASE_URL: a file with a URL in each line.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "github", "junit"]),
    default="text",
    show_default=True,
)
@click.option("--strict", is_flag=True, help="Objects that the schema does not know are differences too.")
@click.option(
    "--probe", is_flag=True, help="Also make rows and users, and see what triggers and policies do; all undone."
)
@click.option("--jobs", type=click.IntRange(1, 64), default=4, show_default=True, help="So many databases at a time.")
@click.option("--from", "reader", metavar="READER", help="What the source is, where that cannot be found out.")
@set_option
@click.option("--config", metavar="FILE", help="Instead of schema_bridge.yaml.")
def command(words: tuple[str, ...], listed: str | None, form: str, jobs: int, probe: bool, **given: Any) -> int:
    """Run the validation against a database and show what differs; nothing is changed there.

    The schema is SOURCE, or what schema_bridge.yaml names; that file also says which groups are checked, as
    for validate_schema.sql. Exit status: 0 all databases match, 1 one differs, 2 one could not tell.
    """
    from schema_bridge.validate import formats, places, results, running

    urls = _listed(listed) if listed else _given(words)
    script, schema = _stated(words if listed else words[1:], **given)
    probed = schema if probe else None
    verdicts = (
        running.validate_all(urls, script, jobs, probed) if listed else [running.validate(urls[0], script, probed)]
    )
    known = places.places(schema)
    verdicts = [places.placed(verdict, known) for verdict in verdicts]
    if form == "text":
        from schema_bridge.cli import verdicts as terminal

        terminal.show(verdicts)
    else:
        click.echo(formats.FORMATS[form](verdicts), nl=False)
    return results.exit_status(verdicts)


def _given(words: tuple[str, ...]) -> list[str]:
    from schema_bridge.errors import OptionError
    from schema_bridge.servers import address

    if not words:
        raise OptionError("name a DATABASE_URL, or a file of them with --all")
    if not address.is_url(words[0]):
        raise OptionError(f"{words[0]} is no URL of a database: it is written postgresql://user@host:port/database")
    return [words[0]]


def _listed(path: str) -> list[str]:
    """The URLs of a file, one a line; `#` begins a comment, `${NAME}` stands for a variable of the environment."""
    from pathlib import Path

    from schema_bridge.config import filled_in
    from schema_bridge.errors import OptionError, SourceMissing
    from schema_bridge.ir import Origin
    from schema_bridge.servers import address

    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceMissing(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
        ) from error
    urls = []
    for number, line in enumerate(lines, 1):
        origin = Origin(path, number)
        url = filled_in(line.strip(), origin)
        if url and not url.startswith("#"):
            if not address.is_url(url):
                raise OptionError("this is no URL of a database", origin=origin)
            urls.append(url)
    if not urls:
        raise OptionError(f"{path} names no database")
    return urls


def _stated(
    sources: tuple[str, ...], strict: bool, reader: str | None, variables: dict[str, str], config: str | None
) -> tuple[str, Schema]:
    """The validation script of the sources named, or of the config's, with the config's options; and their schema."""
    import msgspec

    from schema_bridge import project
    from schema_bridge.cli import known as knowing
    from schema_bridge.errors import OptionError
    from schema_bridge.project import truth
    from schema_bridge.writers.validation import Options

    known = knowing.config(sources, config).with_variables(variables)
    options = next((output.options for output in known.outputs if output.writer == "validation"), Options())
    if strict:
        options = msgspec.structs.replace(options, strict=True)
    stated = truth.of(msgspec.structs.replace(known, reader=reader or known.reader))
    if stated.conflicts:
        raise OptionError("the sources contradict each other: schema-bridge generate --check names the facts")
    (script,) = project.render(stated.reading.schema, "validation", options).values()
    return script, stated.reading.schema
