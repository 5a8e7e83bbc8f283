"""One snapshot file while it is read: where each key stands, and what is to be said about it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from schema_bridge.errors import Finding, SourceMeaning, SourceSyntax
from schema_bridge.ir import Origin
from schema_bridge.registry import SourceFile

Keys = tuple[str, ...]
"""The keys that lead to a value of the JSON text, items of lists left out."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(\s*:)?|[{}\[\]\n]')


class Document:
    """A JSON file with a line for each of its keys, and the findings collected on the way."""

    def __init__(self, file: SourceFile) -> None:
        self.path = file.path
        self.data = file.data.removeprefix(b"\xef\xbb\xbf")
        self._findings: set[tuple[Origin, str]] = set()
        self._lines: dict[Keys, int] | None = None

    def origin(self, *keys: str) -> Origin:
        """Where the key stands, or the nearest key around it."""
        if self._lines is None:
            self._lines = dict(_lines(self.data.decode("utf-8", "replace")))
        while keys and keys not in self._lines:
            keys = keys[:-1]
        return Origin(self.path, self._lines.get(keys, 1))

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


def _lines(text: str) -> Iterator[tuple[Keys, int]]:
    """Each key of a JSON text with its line. A key inside a list counts as one of the object around the list."""
    line, path, pending = 1, [""], ""
    yield (), 1
    for token in _TOKEN.finditer(text):
        match token[0][0]:
            case "\n":
                line += 1
            case "{" | "[":
                path.append(pending)
                pending = ""
            case "}" | "]":
                pending = ""
                if len(path) > 1:
                    path.pop()
            case _ if token[1] is not None:
                word = token[0][: -len(token[1])]
                pending = json.loads(word, strict=False) if "\\" in word else word[1:-1]
                yield (*filter(None, path[1:]), pending), line
                line += token[0].count("\n")
            case _:
                pending = ""
