"""Reads a schema from the JSON that the `ir_json` writer makes."""

from __future__ import annotations

from collections.abc import Mapping

from schema_bridge.check import check
from schema_bridge.errors import SourceMeaning
from schema_bridge.ir import Origin
from schema_bridge.registry import Reading, Source
from schema_bridge.serialize import FORMAT, load

SILENT: Mapping[str, str] = {}


def recognises(source: Source) -> bool:
    """One JSON file whose beginning names our format."""
    return len(source.files) == 1 and f'"{FORMAT}"'.encode() in source.files[0].data[:200]


def read(source: Source) -> Reading:
    """The schema of one file; SourceSyntax or SourceMeaning where it is not ours."""
    if len(source.files) != 1:
        raise SourceMeaning(f"a schema in JSON is one file, and {source.name} is {len(source.files)}")
    schema = load(source.files[0].data, source.files[0].path)
    for finding in check(schema)[:1]:
        raise SourceMeaning(finding.message, origin=Origin(source.files[0].path, 1))
    return Reading(schema)
