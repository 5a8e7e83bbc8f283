"""`schema-bridge lint`: say what a schema itself gets wrong, and what mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from schema_bridge.cli.variables import set_option

if TYPE_CHECKING:
    from schema_bridge.lint.remarks import Remark


@click.command("lint")
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True)
@click.option("--from", "reader", metavar="READER", help="What the source is, where that cannot be found out.")
@set_option
@click.option("--config", metavar="FILE", help="Instead of schema_bridge.yaml.")
def command(
    sources: tuple[str, ...], form: str, reader: str | None, variables: dict[str, str], config: str | None
) -> int:
    """Print what a SOURCE, or the one that schema_bridge.yaml names, gets wrong by itself; exit 1 if there is anything.

    Open doors (row security, policies, functions that run as their owner) and indexes that are missing or superfluous,
    each with its reason and the SQL that mends it. The config's section `lint` silences rules by name.
    """
    from msgspec.structs import replace

    from schema_bridge.cli import known as knowing
    from schema_bridge.cli import talk
    from schema_bridge.lint.rules import lint
    from schema_bridge.project import truth

    known = knowing.config(sources, config).with_variables(variables)
    stated = truth.of(replace(known, reader=reader or known.reader))
    if stated.conflicts:
        talk.say(talk.contradicted(stated))
        return 1
    found = lint(stated.reading.schema, known.lint)
    click.echo({"text": _text, "json": _json, "github": _github}[form](found), nl=False)
    return 1 if found else 0


def _text(found: Sequence[Remark]) -> str:
    """Two lines for each remark, and how many there are."""
    return "\n".join([line for remark in found for line in _lines(remark)] + [_summary(found)]) + "\n"


def _lines(remark: Remark) -> Iterator[str]:
    yield f"{remark.origin}: {remark}" if remark.origin else str(remark)
    yield f"  {remark.mend}"


def _summary(found: Sequence[Remark]) -> str:
    counts = Counter(remark.rule for remark in found)
    rules = ", ".join(f"{count} {rule}" for rule, count in counts.items())
    return f"{len(found)} remark{'s' if len(found) > 1 else ''}: {rules}" if found else "no remark"


def _json(found: Sequence[Remark]) -> str:
    import msgspec

    text = msgspec.json.encode({"version": 1, "remarks": [msgspec.to_builtins(remark) for remark in found]})
    return msgspec.json.format(text, indent=2).decode() + "\n"


def _github(found: Sequence[Remark]) -> str:
    from schema_bridge.emit import github

    return "".join(
        github.command("warning", f"{remark}\n{remark.mend}", file=origin.file, line=origin.line, title=remark.rule)
        for remark in found
        if (origin := remark.origin)
    )
