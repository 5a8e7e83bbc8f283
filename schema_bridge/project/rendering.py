"""Makes the files of outputs; nothing is written."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from schema_bridge import registry
from schema_bridge.errors import Finding, OptionError
from schema_bridge.garbage import uncollected
from schema_bridge.ir import Schema
from schema_bridge.losses import Loss, dropped
from schema_bridge.project.disk import MARK
from schema_bridge.project.sharing import shared

if TYPE_CHECKING:
    from schema_bridge.config import Output

MANY = 200
"""From so many tables on, making the outputs takes longer than starting a second process for half of them."""


class Rendering(msgspec.Struct, frozen=True):
    """What the outputs hold, by path from where one stands, and what they could not express, by writer."""

    files: Mapping[str, str]
    dropped: Mapping[str, tuple[Loss, ...]]
    findings: Mapping[str, tuple[Finding, ...]]


@uncollected()
def render(schema: Schema, writer: str, options: Any = None) -> dict[str, str]:
    """The files of one writer, relative path -> text; nothing is written."""
    module = registry.writer(writer)
    return module.write(schema, options if options is not None else module.Options())


@uncollected()
def render_all(schema: Schema, outputs: Sequence[Output]) -> Rendering:
    """The files of all outputs; OptionError where two of them claim one file."""
    files: dict[str, str] = {}
    work = partial(_written, schema)
    done = shared(work, outputs) if len(schema.tables) >= MANY else list(map(work, outputs))
    for output, (written, _, _) in zip(outputs, done, strict=True):
        for target, text in written.items():
            if target in files:
                raise OptionError(f"two outputs write {target}; give {output.writer} another folder")
            files[target] = text
    lost = {output.writer: losses for output, (_, losses, _) in zip(outputs, done, strict=True)}
    findings = {output.writer: told for output, (_, _, told) in zip(outputs, done, strict=True)}
    return Rendering(files, lost, findings)


def _written(schema: Schema, output: Output) -> tuple[dict[str, str], tuple[Loss, ...], tuple[Finding, ...]]:
    """The files of one output, by path from where one stands, what it drops by its nature, and what it cannot express."""
    module = registry.writer(output.writer)
    try:
        written, told = registry.write_and_tell(module, schema, output.options)
    except OptionError as error:
        raise OptionError(error.message, origin=error.origin or output.places.get(error.key or "")) from error
    targets = {os.path.normpath(os.path.join(output.folder, path)): text for path, text in written.items()}
    files = {target: _marked(target, text) for target, text in targets.items()}
    return files, dropped(schema, module.DROPS), told


def _marked(path: str, text: str) -> str:
    """A Python module says at its top that it is generated: so one that is no longer made can be told and removed."""
    if not path.endswith(".py") or MARK in text[:400]:
        return text
    return f"# {MARK}; do not edit, run `schema-bridge generate`.\n{text}"
