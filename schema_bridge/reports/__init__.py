"""A comparison in the forms in which it is read: by people in a terminal or a review, and by the tools of a CI."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from schema_bridge.comparison import Report

FORMS: Mapping[str, str] = {
    "text": "schema_bridge.reports.text",
    "json": "schema_bridge.reports.json",
    "markdown": "schema_bridge.reports.markdown",
    "github": "schema_bridge.reports.github",
    "sarif": "schema_bridge.reports.sarif",
}


def written(report: Report, form: str) -> str:
    """The report in a form of `FORMS`, with one final newline; empty where a form says nothing of no difference."""
    text: str = import_module(FORMS[form]).report(report)
    return text
