"""The verdicts on databases for other programs: JSON, Markdown, annotations of GitHub, JUnit's XML."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from xml.etree import ElementTree

import msgspec

from schema_bridge.emit import github
from schema_bridge.ir import Origin
from schema_bridge.validate.marks import Piece, marked
from schema_bridge.validate.results import DOUBTS, Result, Verdict, actual, expected

VERSION = 2
"""Of the JSON: it changes when a field does."""

_not_in_xml = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_json(verdicts: Sequence[Verdict]) -> str:
    """One object: the version, and the databases with their status and results."""
    databases = [{"database": v.database, "status": v.status, "error": v.error, "results": v.results} for v in verdicts]
    data = msgspec.json.encode({"version": VERSION, "databases": databases})
    return msgspec.json.format(data, indent=2).decode() + "\n"


# Markdown


def to_markdown(verdicts: Sequence[Verdict]) -> str:
    """A section a database, with a table of what differs; the words that differ are bold."""
    return "\n".join(line for verdict in verdicts for line in _section(verdict))


def _section(verdict: Verdict) -> Iterator[str]:
    yield f"### {html.escape(verdict.database)}\n"
    if verdict.error is not None:
        yield f"❌ could not tell: {html.escape(verdict.error)}\n"
        return
    failures = verdict.failures
    yield f"❌ {counted(failures)}\n" if failures else "✅ matches its schema\n"
    if failures:
        yield "| | object | expected | actual |\n|---|---|---|---|"
        yield from map(_markdown_row, failures)
        yield ""
    yield from (f"- ⚠️ {html.escape(r.line)}" for r in verdict.results if r.problem in DOUBTS)


def counted(failures: Sequence[Result]) -> str:
    """`3 differences`."""
    return f"{len(failures)} difference{'' if len(failures) == 1 else 's'}"


def _markdown_row(result: Result) -> str:
    name = html.escape(result.object) + (f" ({result.fact})" if result.fact else "")
    sides = marked(expected(result), actual(result)) if result.problem == "differs" else None
    texts = map(_markdown_text, sides) if sides else (expected(result), actual(result))
    return f"| {' | '.join(_cell(text) for text in (result.group, name, *texts))} |"


def _markdown_text(pieces: Sequence[Piece]) -> str:
    inner = "".join(f"<b>{html.escape(p.text)}</b>" if p.differs else html.escape(p.text) for p in pieces)
    return f"<code>{inner}</code>"


def _cell(text: str) -> str:
    """Text that ends neither the cell nor the row, and means nothing to Markdown."""
    lines = re.sub(r"([\\`*_\[\]|~])", r"\\\1", text).splitlines()
    return "<br>".join(line.replace("  ", " &nbsp;") for line in lines)


# GitHub


def to_github(verdicts: Sequence[Verdict]) -> str:
    """A workflow command a line: errors for what differs, warnings for the rest."""
    return "".join(line for verdict in verdicts for line in _annotations(verdict))


def _annotations(verdict: Verdict) -> Iterator[str]:
    if verdict.error is not None:
        yield github.command("error", f"could not tell: {verdict.error}", title=verdict.database)
    for result in verdict.results:
        if result.problem != "none":
            level = "warning" if result.problem in DOUBTS else "error"
            place = _place(result.origin)
            yield github.command(level, result.line, **place, title=verdict.database)


def _place(origin: Origin | None) -> dict[str, str | int]:
    return {} if origin is None else {"file": origin.file, "line": origin.line}


# JUnit


def to_junit(verdicts: Sequence[Verdict]) -> str:
    """A suite a database, a case for every line of its report."""
    root = ElementTree.Element("testsuites", name="schema-bridge validate")
    for verdict in verdicts:
        broken = verdict.error is not None
        cases = {
            "tests": str(len(verdict.results) + broken),
            "failures": str(len(verdict.failures)),
            "errors": str(int(broken)),
        }
        suite = ElementTree.SubElement(root, "testsuite", {"name": _xml(verdict.database), **cases})
        if verdict.error is not None:
            case = ElementTree.SubElement(suite, "testcase", classname="validation", name="connection")
            ElementTree.SubElement(case, "error", message=_xml(verdict.error))
        for result in verdict.results:
            _case(suite, result, failed=result in verdict.failures)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, result: Result, *, failed: bool) -> None:
    name = " ".join(filter(None, (result.object, result.fact))) or result.line
    case = ElementTree.SubElement(suite, "testcase", classname=_xml(result.group), name=_xml(name))
    if failed:
        failure = ElementTree.SubElement(case, "failure", message=_xml(result.line))
        failure.text = _xml(f"expected: {expected(result)}\nactual: {actual(result)}")
    elif result.problem != "none":
        ElementTree.SubElement(case, "system-out").text = _xml(result.line)


def _xml(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _not_in_xml.sub("\ufffd", text)


FORMATS: Mapping[str, Callable[[Sequence[Verdict]], str]] = {
    "json": to_json, "markdown": to_markdown, "github": to_github, "junit": to_junit,
}  # fmt: skip
