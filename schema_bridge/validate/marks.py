"""Two texts side by side: which pieces of them differ, and which lines of long ones are worth showing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_words = re.compile(r"\w+|\s+|[^\w\s]").findall
_AROUND = 1
"""So many lines are shown before and after those that differ."""
_SHORT = 40
"""A piece that is the same on both sides and longer than twice this is cut in its middle."""
_MANY = 3000
"""Where more words than this differ, they are marked as a whole: comparing them one by one takes too long."""


class Piece(NamedTuple):
    """A part of a text, and whether it stands on this side only."""

    text: str
    differs: bool


def marked(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces; of long ones what differs, with what stands around it, and `…` for the rest."""
    old, new = one.splitlines(keepends=True), other.splitlines(keepends=True)
    sides: tuple[list[Piece], list[Piece]] = ([], [])
    for tag, start, end, start_new, end_new in _runs(old, new):
        if tag == "equal":
            for side in sides:
                side.extend(_context(old[start:end], bool(side), end < len(old)))
        else:
            for side, pieces in zip(
                sides, _in_words("".join(old[start:end]), "".join(new[start_new:end_new])), strict=True
            ):
                side.extend(pieces)
    return list(_joined(sides[0])), list(_joined(sides[1]))


def _runs(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _context(lines: Sequence[str], after: bool, before: bool) -> Iterator[Piece]:
    """The lines next to what differs: after it at the beginning, before it at the end."""
    first, last = lines[: _AROUND if after else 0], lines[len(lines) - (_AROUND if before else 0) :]
    if len(first) + len(last) >= len(lines):
        yield Piece("".join(lines), differs=False)
    else:
        yield Piece("".join((*first, "…\n" if last else "…", *last)), differs=False)


def _in_words(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    old, new = _words(one), _words(other)
    if len(old) + len(new) > _MANY or not old or not new:
        return [Piece(one, differs=True)], [Piece(other, differs=True)]
    runs = _runs(old, new)
    return (
        [Piece(_cut("".join(old[a:b]), tag), tag != "equal") for tag, a, b, _, _ in runs],
        [Piece(_cut("".join(new[a:b]), tag), tag != "equal") for tag, _, _, a, b in runs],
    )


def _cut(text: str, tag: str) -> str:
    if tag != "equal" or len(text) <= 2 * _SHORT:
        return text
    return f"{text[:_SHORT]} … {text[-_SHORT:]}"


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one, empty ones left out."""
    waiting = Piece("", differs=False)
    for piece in pieces:
        if piece.differs == waiting.differs:
            waiting = Piece(waiting.text + piece.text, piece.differs)
        elif piece.text:
            if waiting.text:
                yield waiting
            waiting = piece
    if waiting.text:
        yield waiting
