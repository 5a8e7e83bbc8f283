"""PostgreSQL's regular expressions in the spelling of ECMAScript, Rust and Python, where all of them agree.

Source: manual, 9.7.3 POSIX Regular Expressions (AREs), and what the server does. What depends on the database's locale
(`\\w`, `\\s`, `[[:alpha:]]`) or on the engine (look-around, back references, word boundaries) has no translation.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PUNCTUATION = frozenset("\\.+*?()|[]{}^$")
_IN_BRACKET = frozenset("\\[]^-&~")
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "e": "\x1b"}
_SPELT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f", "\v": "\\v"}
_DIGITS = "0-9"
_CLASSES = {"digit": _DIGITS, "xdigit": "0-9A-Fa-f"}
_ANY = "[\\s\\S]"
_MOST = 1000
"""How often one part may repeat altogether: engines unroll repetitions, and give up on large ones."""


class _Apart(Exception):
    """Here the engines differ."""


@lru_cache(maxsize=4096)
def translate(regex: str, case: bool = True, end: str = "$") -> str | None:
    """The pattern to be sought in a text; None where the engines may differ.

    `end` is how the engine spells the very end of the text: `$` in Rust and ECMAScript, `\\Z` in Python.
    `case` False is PostgreSQL's `~*`, stated letter by letter. The pattern holds printable ASCII and the letters of
    `regex` only.
    """
    if regex.startswith(("***", "(?")) or not (case or regex.isascii()):
        return None
    try:
        reader = _Reader(regex, case, end)
        text = reader.alternatives(1)
        return text if reader.at == len(regex) else None
    except (_Apart, IndexError):
        return None


def like(pattern: str, end: str = "$") -> str | None:
    """The regular expression that matches what LIKE matches (manual, 9.7.1), with `\\` as the escape character."""
    if not pattern.isprintable():
        return None
    parts: list[str] = []
    escaped = False
    for char in pattern:
        if escaped or char not in "\\%_":
            parts.append(literal(char))
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            parts.append(_ANY + ("*" if char == "%" else ""))
    text = "".join(parts)
    start = "" if text.startswith(_ANY + "*") else "^"
    last = "" if text.endswith(_ANY + "*") else end
    return start + text.removeprefix("" if start else _ANY + "*").removesuffix("" if last else _ANY + "*") + last


def literal(char: str) -> str:
    """One character, as it stands in a pattern outside brackets."""
    if char in _PUNCTUATION:
        return f"\\{char}"
    return _spelt(char)


def _spelt(char: str) -> str:
    if char in _SPELT:
        return _SPELT[char]
    if not char.isprintable():
        raise _Apart
    return char


class _Reader:
    """The pattern from left to right; `within` is how often all that is around the place repeats."""

    def __init__(self, regex: str, case: bool, end: str) -> None:
        self.regex = regex
        self.case = case
        self.end = end
        self.at = 0
        self.depth = 0

    def peek(self, length: int = 1) -> str:
        return self.regex[self.at : self.at + length]

    def take(self) -> str:
        char = self.regex[self.at]
        self.at += 1
        return char

    def alternatives(self, within: int) -> str:
        parts = [self.branch(within)]
        while self.peek() == "|":
            self.at += 1
            parts.append(self.branch(within))
        return "|".join(parts)

    def branch(self, within: int) -> str:
        parts: list[str] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.piece(within))
        return "".join(parts)

    def piece(self, within: int) -> str:
        start = self.at
        atom = self.atom(within)
        repeat, times = self.repetition()
        if not repeat:
            return atom
        if atom in ("^", self.end):
            raise _Apart
        if times > 1 and within * times > _MOST:
            raise _Apart
        if times > 1 and atom.startswith("("):
            # The repetition around a group is known only behind it: read the group again, as often as it stands.
            self.at = start
            atom = self.atom(within * times)
            self.repetition()
        return atom + repeat

    def atom(self, within: int) -> str:
        char = self.take()
        match char:
            case "(":
                return self.group(within)
            case "[":
                return self.bracket()
            case ".":
                return _ANY
            case "^":
                return char
            case "$":
                return self.end
            case "\\":
                return self.escape()
            case "*" | "+" | "?":
                raise _Apart
            case _:
                return self.letter(char)

    def letter(self, char: str) -> str:
        if not self.case and char.isalpha():
            return f"[{char.lower()}{char.upper()}]"
        return literal(char)

    def group(self, within: int) -> str:
        self.depth += 1
        if self.depth > 50:
            raise _Apart
        if self.peek() == "?":
            if self.peek(2) != "?:":
                raise _Apart
            self.at += 2
        inner = self.alternatives(within)
        if self.take() != ")":
            raise _Apart
        self.depth -= 1
        return f"(?:{inner})"

    def escape(self) -> str:
        char = self.take()
        if char in "dD":
            return f"[{_DIGITS}]" if char == "d" else f"[^{_DIGITS}]"
        if char in "AZ":
            return "^" if char == "A" else self.end
        if char in _CONTROLS:
            return literal(_CONTROLS[char])
        if char.isalnum():
            raise _Apart
        return self.letter(char)

    def repetition(self) -> tuple[str, int]:
        """The quantifier and the most times it asks for by number."""
        char = self.peek()
        if char and char in "*+?":
            self.at += 1
            text, times = char, 1
        elif char == "{" and self.regex[self.at + 1 : self.at + 2].isdigit():
            text, times = self.bound()
        else:
            return "", 1
        if self.peek() == "?":
            self.at += 1
        if self.peek() and (self.peek() in "*+?" or re.match(r"\{\d", self.peek(2))):
            raise _Apart
        return text, times

    def bound(self) -> tuple[str, int]:
        end = self.regex.index("}", self.at) if "}" in self.regex[self.at :] else -1
        inner = self.regex[self.at + 1 : end]
        low, comma, high = inner.partition(",")
        if end < 0 or not low.isdecimal() or not inner.isascii() or (high and not high.isdecimal()):
            raise _Apart
        self.at = end + 1
        return "{" + low + comma + high + "}", max(1, int(high or low))

    def bracket(self) -> str:
        negated = self.peek() == "^"
        self.at += negated
        parts: list[str] = []
        first = True
        while first or self.peek() != "]":
            parts.append(self.members())
            first = False
        self.at += 1
        return f"[{'^' if negated else ''}{''.join(parts)}]"

    def members(self) -> str:
        """One member of a bracket expression: a class, a character or a range."""
        start = self.member()
        if len(start) != 1:
            return start
        if self.peek() == "-" and self.regex[self.at + 1 : self.at + 2] not in ("]", ""):
            self.at += 1
            end = self.member()
            if len(end) != 1 or ord(end) < ord(start):
                raise _Apart
            return self.span(start, end)
        return self.span(start, start)

    def member(self) -> str:
        """A character, or the text of a class."""
        char = self.take()
        if char == "[" and self.peek() in (":", ".", "="):
            end = self.regex.find(":]", self.at)
            known = _CLASSES.get(self.regex[self.at + 1 : end]) if self.peek() == ":" and end > 0 else None
            if known is None:
                raise _Apart
            self.at = end + 2
            return known
        if char != "\\":
            return char
        char = self.take()
        if char == "d":
            return _DIGITS
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char.isalnum():
            raise _Apart
        return char

    def span(self, start: str, end: str) -> str:
        text = self.ends(start, end)
        if self.case:
            return text
        for low, high, other in (("a", "z", str.upper), ("A", "Z", str.lower)):
            first, last = max(start, low), min(end, high)
            if first <= last:
                text += self.ends(other(first), other(last))
        return text

    def ends(self, start: str, end: str) -> str:
        one, other = (f"\\{char}" if char in _IN_BRACKET else _spelt(char) for char in (start, end))
        return one if start == end else f"{one}-{other}"
