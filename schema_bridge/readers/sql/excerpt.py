"""A place in a file for people: line and column from 1, the line itself and a caret below."""

from __future__ import annotations

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
