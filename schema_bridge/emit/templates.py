"""Jinja2 templates by name: they lay out what Python has decided. A name that is not given is an error."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

_PACKAGE = Path(__file__).parents[1]


def render(name: str, **values: object) -> str:
    """The text of a template, filled; it ends as the template ends."""
    return _template(name).render(**values)


def source(name: str) -> str:
    """The text of a template as it stands."""
    template = _template(name)
    return Path(str(template.filename)).read_text(encoding="utf-8")


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    """An installed wheel holds the templates inside the package, a checkout beside it."""
    return Environment(
        loader=FileSystemLoader([_PACKAGE / "templates", _PACKAGE.parent / "templates"]),
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
