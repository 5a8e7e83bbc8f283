"""A comparison as Markdown, for a pull request or a review by two teams: by weight, a table of facts by source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from schema_bridge.comparison import Difference, Report
from schema_bridge.reports import rows
from schema_bridge.weights import Weight

MEANING = {
    "breaking": "what works on one side fails on the other",
    "behaviour": "both work, and do something else",
    "performance": "both do the same, not as fast",
    "cosmetic": "nothing but people will notice",
}


def report(report: Report) -> str:
    sources = "".join(f"- `{_code(source.name)}` ({source.kind})\n" for source in report.sources)
    text = f"# Schema differences\n\n{sources}\n**{rows.count(report)}**\n"
    for weight in get_args(Weight):
        found = [row for row in report.differences if row.weight == weight]
        if found:
            text += "\n".join(["", f"## {weight.capitalize()}: {MEANING[weight]}", "", *_table(found), ""])
    return text + "".join(_texts(report.differences))


def _table(found: Sequence[Difference]) -> Iterator[str]:
    sources = list(found[0].values)
    why = any(row.why for row in found)
    heads = ["what", "fact", *(f"`{_code(source)}`" for source in sources), *(["why it matters"] if why else [])]
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for row in found:
        cells = [f"{rows.kind_of(row)} `{_code(rows.object_of(row))}`", _text(rows.fact_of(row))]
        cells += [_cell(row, source) for source in sources]
        yield f"| {' | '.join([*cells, *([_text(row.why or '')] if why else [])])} |"


def _cell(row: Difference, source: str) -> str:
    value = row.values[source]
    if source in row.unstated:
        return "*cannot state it*"
    shown = "*absent*" if value is None else "*empty*" if value == "" else f"`{_code(rows.on_one_line(value))}`"
    return shown + (f"<br><sub>{_text(row.origins[source] or '')}</sub>" if row.origins[source] else "")


def _texts(found: Sequence[Difference]) -> Iterator[str]:
    """Texts of several lines in full, folded."""
    for row in found:
        if any(value and "\n" in value for value in row.values.values()):
            yield f"\n<details><summary>{_text(rows.title(row))}</summary>\n"
            for source, value in row.values.items():
                if source in row.unstated:
                    continue
                fence = _fence(value or "")
                yield f"\n`{_code(source)}`:\n\n{fence}sql\n{value or ''}\n{fence}\n"
            yield "\n</details>\n"


def _code(text: str) -> str:
    """Text between backticks in a cell: neither ends there."""
    return text.replace("`", "'").replace("|", "\\|")


def _text(text: str) -> str:
    """Text that is not code: no character of it means anything to Markdown or HTML."""
    escaped = "".join(f"\\{c}" if c in "\\`*_[]|#~" else c for c in text)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fence(text: str) -> str:
    """A fence that the text does not close."""
    fence = "```"
    while fence in text:
        fence += "`"
    return fence
