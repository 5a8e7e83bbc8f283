"""psql's own language, followed as psql would: variables, `\\if`, included files; what else it has is stepped over.

A file comes out as pieces of plain SQL, in the order in which they run, each with blanks in the place of all that is
not its own, so that every line stays where it was (reference, psql).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NoReturn

from schema_bridge.errors import Finding, SourceMeaning, SourceMissing, SourceSyntax
from schema_bridge.ir import Origin
from schema_bridge.readers.sql import backslash, lexer, migrations
from schema_bridge.readers.sql.backslash import FALSE, TRUE, VARIABLE, Branches, Command, substituted, words
from schema_bridge.readers.sql.context import Context
from schema_bridge.readers.sql.text import checked
from schema_bridge.registry import Source, SourceFile

_SUSPECT = re.compile(rb"[\n;][ \t]*\\|\\[gG]")
_FIRST = re.compile(rb"[ \t]*\\")
_COPY = re.compile(rb"\\?copy\b.*\bfrom\s+p?stdin\b", re.IGNORECASE | re.DOTALL)
_COPY_END = re.compile(rb"^\\\.[ \t\r]*$", re.MULTILINE)
_VARIABLE = re.compile(VARIABLE)

_RUNS = frozenset({"g", "gx", "gset", "gexec", "gdesc", "crosstabview", "watch"})
"""Commands that end a statement."""
_DECIDES = frozenset({"if", "elif", "else", "endif"})
_SIGNS = frozenset({";", ":"})
_INCLUDES = frozenset({"i", "include", "ir", "include_relative"})
_CONNECTS = frozenset({"c", "connect"})
_QUITS = frozenset({"q", "quit"})

Piece = tuple[str, bytes]
"""The path of a file, and its text with blanks around what runs now."""


class Session:
    """One run of psql: its variables, the files it goes through, and what is said of them."""

    def __init__(self, context: Context, source: Source) -> None:
        self.context = context
        self.source = source
        self.variables = dict(source.variables)

    def pieces(self, file: SourceFile, outer: tuple[str, ...] = ()) -> Iterator[Piece]:
        """The SQL of a file and of those that it includes, piece by piece as it is to be carried out; `outer` are the
        files that include this one."""
        data, back = migrations.way_forward(checked(file))
        if back:
            self.context.skipped[migrations.BACK] += back
        if self.variables or _suspect(data):
            yield from _File(self, file.path, data, outer).pieces()
        else:
            yield file.path, data


def _suspect(data: bytes) -> bool:
    """Whether there may be something of psql's: the tests are cheap, and few files need more."""
    if b"\\" in data and (_FIRST.match(data) or _SUSPECT.search(data)):
        return True
    return b"stdin" in data.lower()


def unknown_variable(data: bytes, at: int) -> str | None:
    """What to do about a variable of psql's that stands at a place and has no value."""
    found = _VARIABLE.match(data[at : at + 200].decode(errors="ignore"))
    return found and _hint(found)


def _hint(found: re.Match[str]) -> str:
    name = found[found.lastgroup or 0]
    return f"{found[0]} is a variable of psql without a value: give it one with --set {name}=VALUE."


class _File:
    """One file on its way through psql: `out` is its text so far, `copied` the position up to which it is there."""

    def __init__(self, session: Session, path: str, data: bytes, outer: tuple[str, ...]) -> None:
        self.session = session
        self.path = path
        self.data = data
        self.outer = outer
        self.out: list[bytes] = []
        self.copied = 0
        self.branches = Branches()

    # Places

    def origin(self, at: int) -> Origin:
        return Origin(self.path, self.data.count(b"\n", 0, at) + 1)

    def say(self, message: str, at: int) -> None:
        self.session.context.findings.append(Finding(message, self.origin(at)))

    def refuse(self, message: str, at: int, hint: str | None = None) -> NoReturn:
        raise SourceMeaning(message, origin=self.origin(at), hint=hint)

    def line_end(self, at: int) -> int:
        end = self.data.find(b"\n", at)
        return end if end >= 0 else len(self.data)

    # The text that comes out

    def copy(self, end: int) -> None:
        """The text up to a position, blank where an `\\if` leaves it out."""
        text = self.data[self.copied : end]
        self.out.append(text if self.branches.taken else lexer.blanked(text, [(0, len(text))]))
        self.copied = end

    def put(self, start: int, end: int, instead: bytes) -> None:
        """Something else in the place of a span."""
        self.copy(start)
        self.out.append(instead)
        self.copied = end

    def blank(self, start: int, end: int) -> None:
        self.put(start, end, lexer.blanked(self.data[start:end], [(0, end - start)]))

    def cut(self) -> Piece:
        """What there is so far, as a piece; the next one has blanks in its place."""
        text = b"".join(self.out)
        self.out = [lexer.blanked(text, [(0, len(text))])]
        return self.path, text

    # The way through

    def pieces(self) -> Iterator[Piece]:
        for at, found in self.commands():
            self.session.context.skipped[f"\\{found.name}"] += 1
            if found.name in _INCLUDES:
                yield self.cut()
                yield from self.included(found, at)
            elif found.name in _CONNECTS:
                yield self.cut()
                self.session.context.begin_session()
                self.say("\\connect: what follows is read as of the same database", at)
            elif found.name in _QUITS:
                break
            else:
                self.carry_out(found, at)
        else:
            self.copy(len(self.data))
        if self.branches.open:
            raise SourceSyntax("this \\if is never ended", origin=self.origin(self.branches.open[-1].begun))
        yield self.cut()

    def commands(self) -> Iterator[tuple[int, Command]]:
        """The commands with their places; on the way, values take the places of variables."""
        position, begun = 0, -1
        while position < len(self.data):
            for start, end in lexer.tokens(self.data, position, len(self.data)):
                first = self.data[start]
                position = end
                if first == 0x5C:  # a backslash outside strings
                    found, position = self.command(start)
                    begun = -1 if found.name in _RUNS else begun
                    if self.branches.taken and found.name not in _DECIDES | _SIGNS:
                        yield start, found
                    break
                if begun < 0:
                    begun = start
                if first == 0x3A:
                    position = self.variable(start)
                    break
                if first == 0x3B:
                    position, begun = self.after_copy(begun, end), -1
                    if position > end:
                        break
            else:
                return

    def command(self, at: int) -> tuple[Command, int]:
        """The command at a backslash, whose place is blank, and where it ends; a branch is decided at once."""
        line = self.data[at : self.line_end(at)]
        stop = at + backslash.end(line)
        found = backslash.command(self.data[at:stop].decode().removesuffix("\\\\"))
        if found.name in _SIGNS:
            self.put(at, at + 1, b" ")
            return found, at + 1 + (found.name == ":")
        self.blank(at, stop)
        if found.name in _RUNS and self.branches.taken:
            self.out[-1] = b";" + self.out[-1][1:]
        if found.name == "copy":
            stop = self.after_copy(at, stop)
        if found.name in _DECIDES and not self.branches.step(found.name, at, lambda: self.holds(found, at)):
            self.refuse(f"there is no \\if for this \\{found.name}", at)
        return found, stop

    def after_copy(self, begun: int, end: int) -> int:
        """After a statement; the data of a COPY … FROM stdin, which begin on the next line, are blank."""
        if not _COPY.match(self.data, begun, end):
            return end
        start = min(self.line_end(end) + 1, len(self.data))
        closing = _COPY_END.search(self.data, start)
        stop = closing.end() if closing else len(self.data)
        self.blank(start, stop)
        return stop

    def variable(self, at: int) -> int:
        """A colon: the value in the place of a variable; where none of that name is known, nothing changes."""
        if self.data[at + 1 : at + 2] in (b":", b"="):
            return at + 2
        found = _VARIABLE.match(self.data[at : self.line_end(at)].decode())
        value = substituted(found, self.session.variables) if found and self.branches.taken else None
        if found is None or value is None:
            return at + 1
        if "\n" in value:
            self.refuse(f"the value of {found[0]} has more than one line", at)
        end = at + len(found[0].encode())
        self.put(at, end, value.encode())
        return end

    def holds(self, found: Command, at: int) -> bool:
        """Whether the condition of an `\\if` is true; SourceMeaning where that cannot be told."""
        text = " ".join(words(found.rest, self.session.variables))
        if text.lower() not in TRUE | FALSE:
            variable = _VARIABLE.search(text)
            hint = _hint(variable) if variable else None
            self.refuse(f"whether this is true cannot be told: \\{found.name} {found.rest}", at, hint)
        return text.lower() in TRUE

    def carry_out(self, found: Command, at: int) -> None:
        """What changes variables; of anything else only what may have changed the schema is worth saying."""
        arguments = words(found.rest, self.session.variables)
        if found.name == "set" and arguments and "`" not in found.rest:
            self.session.variables[arguments[0]] = "".join(arguments[1:])
        elif found.name == "unset" and arguments:
            self.session.variables.pop(arguments[0], None)
        elif found.name == "gexec":
            self.say("what \\gexec runs cannot be known: it is not part of the schema", at)

    def included(self, found: Command, at: int) -> Iterator[Piece]:
        """The pieces of the file that `\\i` names: from where one stands, else from beside this file; `\\ir` looks
        only there."""
        path = "".join(words(found.rest, self.session.variables)[:1]).strip('"')
        include = self.session.source.include
        if include is None:
            self.say(f"\\{found.name} is not followed: name the files one by one", at)
            return
        near = (PurePosixPath(self.path).parent / path).as_posix()
        for candidate in [near] if found.name in ("ir", "include_relative") else [path, near]:
            try:
                file = include(candidate)
            except SourceMissing:
                continue
            if file.path in (*self.outer, self.path):
                self.refuse(f"{file.path} includes itself", at)
            yield from self.session.pieces(file, (*self.outer, self.path))
            return
        raise SourceMissing(f"there is no file {path} to include", origin=self.origin(at))
