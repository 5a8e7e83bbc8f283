"""What can go wrong, as one tree; every error knows its place and prints `file:line: message`.

SchemaBridgeError
├── SourceError            an input cannot be read
│   ├── SourceMissing      no such file, folder or server
│   ├── SourceUnknown      what kind of source this is cannot be told
│   ├── SourceSyntax       the text is not what its kind allows (shows the line and a caret)
│   ├── SourceMeaning      it parses, and contradicts itself (a table unknown, a column twice)
│   └── SourceStale        it was made from files that have changed since; exit status 1
├── OptionError            an option, a config key or an argument is wrong
├── OutputError            the files cannot be written
└── ServerError            a database cannot be reached or refuses
"""

from __future__ import annotations

import msgspec

from schema_bridge.ir import Origin


class SchemaBridgeError(Exception):
    """`origin` is where the cause stands, `hint` what to do about it, `excerpt` the line itself with a caret."""

    def __init__(
        self, message: str, *, origin: Origin | None = None, hint: str | None = None, excerpt: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.origin = origin
        self.hint = hint
        self.excerpt = excerpt

    def __str__(self) -> str:
        place = ""
        if self.origin is not None:
            place = f"{self.origin.file}:{self.origin.line}:"
            place += f"{self.origin.column}: " if self.origin.column > 1 or self.excerpt else " "
        lines = [place + self.message]
        if self.excerpt:
            lines.append(self.excerpt)
        if self.hint:
            lines.append(self.hint)
        return "\n".join(lines)


class SourceError(SchemaBridgeError):
    pass


class SourceMissing(SourceError):
    pass


class SourceUnknown(SourceError):
    pass


class SourceSyntax(SourceError):
    pass


class SourceMeaning(SourceError):
    pass


class SourceStale(SourceError):
    pass


class OptionError(SchemaBridgeError):
    """`key` is the one in the config whose value is wrong, where whoever found that out does not know its line."""

    def __init__(self, message: str, *, origin: Origin | None = None, key: str | None = None) -> None:
        super().__init__(message, origin=origin)
        self.key = key


class OutputError(SchemaBridgeError):
    pass


class ServerError(SchemaBridgeError):
    pass


class Finding(msgspec.Struct, frozen=True, order=True):
    """Something worth saying that stops nothing: what a reader stepped over, what a writer could not express."""

    message: str
    origin: Origin | None = None

    def __str__(self) -> str:
        return f"{self.origin}: {self.message}" if self.origin else self.message
