"""The verdicts on databases for a terminal: a line for what matches, a table of what differs, side by side."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from schema_bridge.validate.formats import counted
from schema_bridge.validate.marks import Piece, marked
from schema_bridge.validate.results import DOUBTS, MODE, Result, Verdict, actual, expected

WIDTH = 120
"""Of what is not printed on a terminal."""
_SHORT = 24
"""Shorter values are not marked: that they differ can be seen."""


def show(verdicts: Sequence[Verdict]) -> None:
    """Print the report on stdout, in colour where that is a terminal."""
    console = Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else WIDTH)
    for verdict in verdicts:
        if len(verdicts) > 1:
            console.print(Text(verdict.database, style="bold"))
        _show(console, verdict)
    if len(verdicts) > 1:
        console.print(Text(_summary(verdicts), style="bold"))


def _show(console: Console, verdict: Verdict) -> None:
    if verdict.error is not None:
        console.print(_line("❌", f"could not tell: {verdict.error}"))
        return
    for result in verdict.results:
        if result.problem == "none" and result.group != MODE:
            console.print(_line("✅", result.line))
    if verdict.failures:
        console.print(_table(verdict.failures, console.color_system is not None))
    for result in verdict.results:
        if result.problem in DOUBTS:
            console.print(_line("⚠️", result.line))
        elif result.group == MODE:
            console.print(_line("ℹ️", result.line))
    ending = f"❌ {counted(verdict.failures)}" if verdict.failures else "✅ the database matches its schema"
    console.print(Text(ending))


def _line(mark: str, text: str) -> Text:
    return Text(f"{mark} {_plain(text)}")


def _table(failures: Iterable[Result], coloured: bool) -> Table:
    """The differences by group; a group is named in its first row."""
    table = Table(box=box.ROUNDED, show_lines=False, pad_edge=False)
    for title in ("", "object", "expected", "actual"):
        table.add_column(title, overflow="fold")
    group = None
    for result in failures:
        if group not in (None, result.group):
            table.add_section()
        fact = f"\n{result.fact}" if result.fact else ""
        table.add_row(
            Text(result.group if group != result.group else "", style="bold"),
            Text(_plain(result.object)).append(fact, style="dim"),
            *_sides(result, coloured),
        )
        group = result.group
    return table


def _sides(result: Result, coloured: bool) -> Iterator[Text]:
    one, other = expected(result), actual(result)
    if result.problem != "differs" or max(len(one), len(other)) <= _SHORT:
        yield from (Text(_plain(one)), Text(_plain(other)))
        return
    for pieces, style in zip(marked(one, other), ("bold red", "bold green"), strict=True):
        yield _text(pieces, style if coloured else None)


def _text(pieces: Sequence[Piece], style: str | None) -> Text:
    """The pieces that differ in a colour, or in brackets where there is none."""
    text = Text()
    for piece in pieces:
        shown = _plain(piece.text)
        if not piece.differs:
            text.append(shown)
        elif style is not None:
            text.append(shown, style=f"{style} underline")
        else:
            text.append(f"«{shown}»")
    return text


def _plain(text: str) -> str:
    """Text that says nothing to the terminal itself."""
    return "".join(c if c.isprintable() or c == "\n" else "    " if c == "\t" else f"\\x{ord(c):02x}" for c in text)


def _summary(verdicts: Sequence[Verdict]) -> str:
    counts = [
        (status, sum(verdict.status == status for verdict in verdicts)) for status in ("matches", "differs", "not told")
    ]
    words = {"matches": "as the schema says", "differs": "different", "not told": "could not tell"}
    return f"{len(verdicts)} databases: " + ", ".join(f"{count} {words[status]}" for status, count in counts if count)
