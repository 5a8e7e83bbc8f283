"""Writes the IR itself as `schema.json`, for other programs and for comparing later."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from schema_bridge.errors import Finding
from schema_bridge.ir import Schema
from schema_bridge.serialize import dump

DROPS: Mapping[str, str] = {}


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`path` is the file's name; `origins` keeps where each object was stated, file and line."""

    file: str = "schema.json"
    origins: bool = False


def write(schema: Schema, options: Options) -> dict[str, str]:
    """One JSON file."""
    return {options.file: dump(schema, origins=options.origins)}


def unexpressed(schema: Schema, options: Options) -> tuple[Finding, ...]:
    """Nothing: the JSON form holds every fact."""
    return ()
