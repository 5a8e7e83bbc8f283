"""The first config of a project, as text with comments."""

from __future__ import annotations

import json
import os
import re
from itertools import count

from schema_bridge.emit import templates
from schema_bridge.project.choosing import Beside, Choice
from schema_bridge.reports import rows

_FOLDER = "generated"
_PLAIN = re.compile(r"[A-Za-z][\w./-]*[./]\w[\w./-]*", re.ASCII)


def config(choice: Choice) -> str:
    """The text of schema_bridge.yaml: the outputs go to a folder that does not exist yet; who agrees is compared with."""
    differing = [
        {"name": _scalar(other.read.candidate.source), "why": _comment(how_far(other))}
        for other in choice.beside
        if other.report
    ]
    differing += [
        {"name": _scalar(unread.candidate.source), "why": f"cannot be read: {_comment(unread.why)}"}
        for unread in choice.unread
    ]
    return templates.render(
        "schema_bridge.yaml.j2",
        why=_comment(choice.why),
        tables=_scalar(choice.read.candidate.source),
        overlay=_overlay(choice),
        folder=_new_folder(),
        agreeing=[_scalar(other.read.candidate.source) for other in choice.beside if not other.report],
        differing=differing,
    )


def how_far(other: Beside) -> str:
    """`agrees`, or `3 differences from schema.sql: 3 breaking`."""
    if not other.report:
        return "agrees"
    number, _, weights = rows.count(other.report).partition(": ")
    return f"{number} from {other.against.candidate.source}: {weights}"


def _overlay(choice: Choice) -> str:
    """SQL that agrees with the chosen source, and so may say what that cannot; otherwise an example."""
    fitting = (
        o.read.candidate for o in choice.beside if not o.report and o.read.candidate.kind in ("sql", "migrations")
    )
    return next((_scalar(candidate.source) for candidate in fitting), "policies.sql")


def _new_folder() -> str:
    names = (f"{_FOLDER}_{number}" if number > 1 else _FOLDER for number in count(1))
    return next(name for name in names if not os.path.lexists(name))


def _scalar(text: str) -> str:
    """Text as a value in YAML, quoted where it might be taken for something else."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _comment(text: str) -> str:
    """The first line, without what may not stand in YAML."""
    return "".join(char for char in text.partition("\n")[0] if char.isprintable())
