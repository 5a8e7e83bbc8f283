"""A place in a file for people: line and column from 1, the line itself and a caret below."""

from __future__ import annotations

from functools import cache

from pglast.parser import ParseError, parse_sql_json

from schema_bridge.ir import Origin

WIDTH = 120


def place(file: str, data: bytes, at: int) -> tuple[Origin, str]:
    """The origin of a position in bytes, and its line with a caret; of a long line only the part around it."""
    at = min(at, len(data))
    begin = data.rfind(b"\n", 0, at) + 1
    end = data.find(b"\n", at)
    end = len(data) if end < 0 else end
    before = data[begin:at].decode(errors="replace")
    line = before + data[at : min(end, at + 4 * WIDTH)].decode(errors="replace").rstrip("\r")
    origin = Origin(file, data.count(b"\n", 0, at) + 1, len(before) + 1)
    cut = max(len(before) - WIDTH // 2, 0)
    shown = line[cut : cut + WIDTH]
    pad = "".join("\t" if char == "\t" else " " for char in before[cut:])
    return origin, f"{shown}\n{pad}^"


def error_offset(text: str, error: ParseError) -> int:
    """Where in the bytes of a text its syntax error is; the end of what is written, where the input ends too early."""
    message, index = error.args
    if message.endswith("at end of input"):
        return len(text.rstrip().encode())
    if index is None:
        return 0
    if not text.isascii() and not _counts_characters():
        index = _converted_once_too_often(text, message, index)
    return len(text[:index].encode())


@cache
def _counts_characters() -> bool:
    """Whether this pglast gives an error's place in characters, as the server does, and as pglast 8.8 and later do."""
    try:
        parse_sql_json("-- éé\n)")
    except ParseError as error:
        return bool(error.args[1] == len("-- éé\n"))
    return False


def _converted_once_too_often(text: str, message: str, index: int) -> int:
    """The character of an error of pglast before 8.8, which took PostgreSQL's characters for bytes to convert."""
    characters = min(len(text[:index].encode()), len(text))
    token = message.rpartition('at or near "')[2].removesuffix('"')
    if text.startswith(token, characters):
        return characters
    near = text.find(token, max(characters - 3, 0), characters + 4 + len(token))
    return near if near >= 0 else characters
