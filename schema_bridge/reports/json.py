"""A comparison as JSON: a contract, with `format` and `version`; `serialize.json_schema(Report)` describes it."""

from __future__ import annotations

import msgspec

from schema_bridge.comparison import Report


def report(report: Report) -> str:
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"
