"""psql's own language: backslash lines and COPY data become blanks, so that every position stays what it was."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schema_bridge.readers.sql import lexer

_SUSPECT = re.compile(rb"[\n;][ \t]*\\|\\[gG]")
_FIRST = re.compile(rb"[ \t]*\\")
_COPY = re.compile(rb"copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
_COPY_END = re.compile(rb"^\\\.[ \t\r]*$", re.MULTILINE)
_NOT_BLANK = re.compile(rb"[^\r\n]")
_RUNS = re.compile(rb"\\(?:g|gx|gset|gexec|gdesc|crosstabview|watch)\b")
_INCLUDE = re.compile(rb"\\(?:i|ir|include|include_relative)\s+(\S+)")

Command = tuple[int, str]
"""Where a backslash command stands, and its text."""


def stepped_over(data: bytes) -> tuple[bytes, list[Command]]:
    """The SQL with psql's commands and COPY data blanked out, line by line; and the commands."""
    if not _suspect(data):
        return data, []
    blanked = bytearray(data)
    commands: list[Command] = []
    for start, end, text in _foreign(data):
        blanked[start:end] = _NOT_BLANK.sub(b" ", data[start:end])
        if _RUNS.match(data, start, end):
            blanked[start : start + 1] = b";"
        if text:
            commands.append((start, text))
    return bytes(blanked), commands


def _suspect(data: bytes) -> bool:
    """Whether there may be something of psql's: the tests are cheap, and few files need more."""
    if b"\\" in data and (_FIRST.match(data) or _SUSPECT.search(data)):
        return True
    return b"stdin" in data.lower()


def _foreign(data: bytes) -> Iterator[tuple[int, int, str]]:
    """The spans that are not SQL, in order."""
    position = begun = 0
    fresh = True
    while True:
        for token in lexer.tokens(data, position, len(data)):
            first = data[token[0]]
            if fresh:
                begun, fresh = token[0], False
            if first == 0x5C:  # a backslash outside strings
                end = _line_end(data, token[0])
                yield token[0], end, data[token[0] : end].decode(errors="replace").strip()
                position = end
                fresh = fresh or begun == token[0]
                break
            if first == 0x3B:
                fresh = True
                if _COPY.match(data, begun, token[1]):
                    start = min(_line_end(data, token[1]) + 1, len(data))
                    closing = _COPY_END.search(data, start)
                    position = closing.end() if closing else len(data)
                    yield start, position, ""
                    break
        else:
            return


def _line_end(data: bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return end if end >= 0 else len(data)


def included(text: str) -> str | None:
    """The file that a `\\i` names."""
    found = _INCLUDE.match(text.encode())
    return found[1].decode().strip("'\"") if found else None
