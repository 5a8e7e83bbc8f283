"""Texts that match a regular expression of PostgreSQL."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable
from random import Random

_LETTERS = string.ascii_lowercase
_ALL = string.ascii_letters + string.digits + "_- .@#"
_CLASSES = {
    "alpha": string.ascii_letters, "digit": string.digits, "alnum": string.ascii_letters + string.digits,
    "lower": string.ascii_lowercase, "upper": string.ascii_uppercase, "xdigit": string.hexdigits, "space": " ",
    "punct": string.punctuation, "blank": " ", "print": _ALL, "graph": _ALL.replace(" ", ""),
    "w": string.ascii_letters + string.digits + "_", "d": string.digits, "s": " ",
}  # fmt: skip
_ENOUGH = 8
"""So often something repeats that may repeat without end: enough to differ from what is there."""
Maker = Callable[[Random], str]


class _Foreign(Exception):
    """What this cannot write a text for: look-around, back references."""


def matching(regex: str, random: Random) -> str | None:
    """A text that the expression matches as a whole (manual, 9.7.3); None where it has what is not known here."""
    try:
        reader = _Reader(regex)
        made = reader.alternatives()
        return made(random) if reader.at == len(regex) else None
    except (_Foreign, IndexError, ValueError):
        return None


class _Reader:
    """The expression from left to right, into what makes its texts."""

    def __init__(self, regex: str) -> None:
        self.regex = regex
        self.at = 0

    def peek(self, length: int = 1) -> str:
        return self.regex[self.at : self.at + length]

    def take(self, length: int = 1) -> str:
        self.at += length
        return self.regex[self.at - length]

    def alternatives(self) -> Maker:
        branches = [self.branch()]
        while self.peek() == "|":
            self.take()
            branches.append(self.branch())
        return lambda random: random.choice(branches)(random)

    def branch(self) -> Maker:
        pieces: list[Maker] = []
        while self.peek() not in ("", "|", ")"):
            pieces.append(self.piece())
        return lambda random: "".join(piece(random) for piece in pieces)

    def piece(self) -> Maker:
        atom = self.atom()
        least, most = self.repetition()
        low = min(most, max(least, _ENOUGH if most > least + 1 else least))
        return lambda random: "".join(atom(random) for _ in range(random.randint(low, min(most, low + 4))))

    def repetition(self) -> tuple[int, int]:
        found = {"*": (0, 99), "+": (1, 99), "?": (0, 1)}.get(self.peek())
        if found is not None:
            self.take()
        elif self.peek() == "{":
            end = self.regex.index("}", self.at)
            low, comma, high = self.regex[self.at + 1 : end].partition(",")
            found = int(low), int(high or int(low) + 99) if comma else int(low)
            self.at = end + 1
        else:
            return 1, 1
        if self.peek() == "?":
            self.take()
        return found

    def atom(self) -> Maker:
        char = self.take()
        if char in "^$":
            return lambda _: ""
        if char == ".":
            return _one_of(_LETTERS)
        if char == "[":
            return _one_of(self.bracket())
        if char == "\\":
            return _one_of(self.escape())
        if char == "(":
            return self.group()
        if char in "*+?{":
            raise _Foreign
        return lambda _: char

    def group(self) -> Maker:
        if self.peek() == "?":
            if self.peek(2) != "?:":
                raise _Foreign
            self.at += 2
        inner = self.alternatives()
        if self.take() != ")":
            raise _Foreign
        return inner

    def escape(self) -> str:
        char = self.take()
        if char.lower() in "wds":
            known = _CLASSES[char.lower()]
            return known if char.islower() else _without(known)
        if char.isalnum():
            raise _Foreign
        return char

    def bracket(self) -> str:
        """The characters of a bracket expression."""
        negated = self.peek() == "^"
        self.at += negated
        found: list[str] = []
        while self.peek() != "]" or not found:
            found.append(self.member())
        self.take()
        return _without("".join(found)) if negated else "".join(found)

    def member(self) -> str:
        if self.peek(2) == "[:":
            end = self.regex.index(":]", self.at)
            name = self.regex[self.at + 2 : end]
            self.at = end + 2
            return _CLASSES.get(name, "")
        first = self.take()
        if first == "\\":
            return self.escape()
        if self.peek() == "-" and self.peek(2)[1:] not in ("", "]"):
            self.take()
            last = self.take()
            return "".join(map(chr, range(ord(first), min(ord(last), ord(first) + 500) + 1)))
        return first


def _without(known: str) -> str:
    return "".join(char for char in _ALL if char not in known)


def _one_of(characters: Iterable[str]) -> Maker:
    known = sorted(set(characters))
    if not known:
        raise _Foreign
    return lambda random: random.choice(known)
