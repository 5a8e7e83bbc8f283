"""One snapshot file while it is read: where each key stands, and what is to be said about it."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from functools import cached_property
from typing import Any, NoReturn

from schema_bridge.errors import Finding, SourceMeaning, SourceSyntax
from schema_bridge.ir import Origin
from schema_bridge.registry import SourceFile

Keys = tuple[str, ...]
"""The keys that lead to a value of the JSON text, items of lists left out."""

_STRING = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
_TOKEN = re.compile(rf"{_STRING}(?:(\s*:\s*)(?:([{{\[])|{_STRING})?)?|[{{}}\[\]]")


class Document:
    """A JSON file with a line for each of its keys, and the findings collected on the way."""

    def __init__(self, file: SourceFile) -> None:
        self.path = file.path
        self.data = file.data.removeprefix(b"\xef\xbb\xbf")
        self._findings: set[tuple[Origin, str]] = set()
        self._breaks: list[int] = []
        self._places: dict[Keys, int] = {}
        self._all_placed = False

    def origin(self, *keys: str) -> Origin:
        """Where the key stands, or the nearest key around it."""
        if not self._places:
            self._places = _places(self.text, scalars=False)
        if keys not in self._places and not self._all_placed:
            self._places = _places(self.text, scalars=True)
            self._all_placed = True
        while keys and keys not in self._places:
            keys = keys[:-1]
        return self.at(self._places.get(keys, 0))

    @cached_property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")

    def at(self, position: int) -> Origin:
        """The line of a position in the text."""
        if not self._breaks:
            self._breaks = [-1, *(found.start() for found in re.finditer("\n", self.text))]
        return Origin(self.path, bisect_left(self._breaks, position))

    def warn(self, message: str, *keys: str) -> None:
        self._findings.add((self.origin(*keys), message))

    def said(self) -> tuple[Finding, ...]:
        """What was warned of, in the order of the lines."""
        return tuple(Finding(message, origin) for origin, message in sorted(self._findings))

    def fail(self, message: str, *keys: str, hint: str | None = None) -> NoReturn:
        raise SourceMeaning(message, origin=self.origin(*keys), hint=hint)

    def json(self) -> Any:
        """The value of the file; SourceSyntax with the line and a caret where it is no JSON."""
        try:
            return json.loads(self.data)
        except json.JSONDecodeError as error:
            line = error.doc.split("\n")[error.lineno - 1]
            raise SourceSyntax(
                f"this is not JSON: {error.msg[0].lower()}{error.msg[1:]}",
                origin=Origin(self.path, error.lineno, error.colno),
                excerpt=f"{line}\n{' ' * (error.colno - 1)}^",
            ) from error
        except (UnicodeDecodeError, RecursionError) as error:
            reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else "it is nested too deeply"
            raise SourceSyntax(f"this is not JSON: {reason}", origin=Origin(self.path, 1)) from error


def items(text: str, key: str) -> list[int]:
    """Where each object begins of the list that stands under a key of a JSON text's outermost object."""
    found: list[int] = []
    depth, inside = 0, False
    for token in _TOKEN.finditer(text):
        word, _, opens, _ = token.groups()
        bracket = opens or (token[0] if word is None else "")
        if bracket in ("{", "["):
            if depth == 2 and inside:
                found.append(token.start())
            inside = inside or (depth == 1 and word == key)
            depth += 1
        elif bracket:
            depth -= 1
            inside = inside and depth > 1
    return found


def _places(text: str, *, scalars: bool) -> dict[Keys, int]:
    """Each key of a JSON text with its position: of those that hold objects or lists, or of all.

    A key inside a list counts as one of the object around the list.
    """
    found: dict[Keys, int] = {(): 0}
    path: Keys = ()
    outer: list[Keys] = []
    for token in _TOKEN.finditer(text):
        word, colon, opens, _ = token.groups()
        if colon is not None and (opens or scalars):
            keys = (*path, json.loads(f'"{word}"', strict=False) if "\\" in word else word)
            found.setdefault(keys, token.start())
            if opens:
                outer.append(path)
                path = keys
        elif word is None and token[0] in "{[":
            outer.append(path)
        elif word is None and outer:
            path = outer.pop()
    return found
