"""`--set NAME=VALUE`: what psql's variables stand for in the scripts that use them."""

from __future__ import annotations

import click


def _parsed(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """As a mapping; the last value of a name counts."""
    for text in given:
        if not text.partition("=")[0].isidentifier() or "=" not in text:
            raise click.BadParameter(f"{text} is not NAME=VALUE")
    return {name: value for name, _, value in (text.partition("=") for text in given)}


set_option = click.option(
    "--set", "variables", multiple=True, metavar="NAME=VALUE", callback=_parsed, help="A variable of psql's."
)
