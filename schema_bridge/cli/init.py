"""`schema-bridge init`: find what states the schema of a repository, and write the config to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_bridge.project.choosing import Choice
    from schema_bridge.project.discovery import Surroundings

WORST = 5
"""So many of the differences of one source are told; the rest is counted."""


@click.command("init")
@click.argument("folder", metavar="[FOLDER]", default=".", type=click.Path(exists=True, file_okay=False))
@click.option("--print", "printed", is_flag=True, help="Print the config, and write nothing.")
def command(folder: str, printed: bool) -> None:
    """Look around FOLDER for what states its schema, and write a commented schema_bridge.yaml.

    It says what it found and what differs already, the worst first. To read them it imports the models it finds, and
    loads a Drizzle schema with Node.
    """
    import contextlib
    import os
    import shlex

    from schema_bridge.cli import talk
    from schema_bridge.config import NAME
    from schema_bridge.errors import OutputError
    from schema_bridge.project import beginning, choosing, discovery, disk

    with contextlib.chdir(folder):
        if os.path.lexists(NAME) and not printed:
            raise OutputError(f"{os.path.join(folder, NAME)} is there already: nothing was written; see --print")
        found = discovery.look_around()
        choice = choosing.choose(found.candidates)
        text = beginning.config(choice)
        if printed:
            click.echo(text, nl=False)
        else:
            disk.write({NAME: text}, disk.Changes(stale=(NAME,)))
    talk.say(_found(found, choice), _worst(choice))
    if not printed:
        place = [] if folder == "." else [f"cd {shlex.quote(folder)}"]
        talk.say([f"wrote {os.path.normpath(os.path.join(folder, NAME))}"])
        talk.say([f"run: {' && '.join([*place, 'schema-bridge generate', 'schema-bridge check'])}"])


def _found(found: Surroundings, choice: Choice) -> Iterator[str]:
    """What is generated from, and how the others stand to it."""
    from schema_bridge.project.beginning import how_far

    yield f"{choice.read.candidate.source}: generated from this: {choice.why}"
    for other in choice.beside:
        yield f"{other.read.candidate.source}: {how_far(other)}"
    for unread in choice.unread:
        first, *rest = unread.why.splitlines()
        yield f"{unread.candidate.source}: cannot be read: {first}"
        yield from (f"  {line}" for line in rest)
    for path in found.alembic:
        yield f"{path}: Alembic's steps are not read; compare with the database that they make (postgresql://…)"


def _worst(choice: Choice) -> Iterator[str]:
    """The differences that break something, and the command that shows all."""
    import shlex

    from schema_bridge.reports.worst import Side, breaking

    for other in choice.beside:
        sentences = list(breaking(other.report, *(Side(*read.named) for read in (other.against, other.read))))
        yield from sentences[:WORST]
        if other.report:
            rest = len(other.report.differences) - len(sentences[:WORST])
            more = f"and {rest} more: " if rest and sentences else "see: "
            names = [read.candidate.source for read in (other.against, other.read)]
            yield more + shlex.join(["schema-bridge", "diff", *names])
