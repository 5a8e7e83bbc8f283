"""A comparison as SARIF 2.1.0 (OASIS), which code scanners' hosts show beside the lines it names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from schema_bridge.comparison import EXISTS, Difference, Report
from schema_bridge.reports import rows
from schema_bridge.weights import Weight

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: Mapping[Weight, str] = {
    "breaking": "error",
    "behaviour": "warning",
    "performance": "note",
    "cosmetic": "note",
}


_RULES = {EXISTS: "absent", "name": "renamed"}


def report(report: Report) -> str:
    rules = {
        _rule(row): f"{rows.kind_of(row)}: {_RULES.get(row.fact) or rows.fact_of(row)}" for row in report.differences
    }
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "schema_bridge",
                        "rules": [{"id": id, "shortDescription": {"text": text}} for id, text in sorted(rules.items())],
                    }
                },
                "results": [_result(row) for row in report.differences],
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _rule(row: Difference) -> str:
    return f"{row.kind}.{row.fact}"


def _result(row: Difference) -> dict[str, Any]:
    values = [f"{source}: {rows.said(row, source)}" for source in row.values]
    found: dict[str, Any] = {
        "ruleId": _rule(row),
        "level": LEVELS[row.weight],
        "message": {"text": "\n".join([rows.title(row), *values, *([row.why] if row.why else [])])},
        # The same finding in the next run, wherever its line has moved to.
        "partialFingerprints": {"fact/v1": hashlib.sha256(rows.title(row).encode()).hexdigest()},
    }
    places = [_location(file, line) for file, line in rows.places(row)]
    if places:
        found["locations"] = places[-1:]
        if places[:-1]:
            found["relatedLocations"] = places[:-1]
    return found


def _location(file: str, line: int) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": quote(file)}, "region": {"startLine": line}}}
