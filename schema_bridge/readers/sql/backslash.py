"""psql's backslash commands: their words, and the branches of `\\if` (reference, psql, Meta-Commands)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from schema_bridge.emit.sql import ident, literal

VARIABLE = r""":(?:(?P<plain>\w+)|'(?P<text>\w+)'|"(?P<name>\w+)"|\{\?(?P<asked>\w+)\})"""
_WORD = re.compile(
    VARIABLE
    + r"""|'(?P<quoted>(?:[^'\\]|\\.|'')*)'?
      |(?P<kept>"(?:[^"]|"")*"?)
      |`(?P<shell>[^`]*)`?
      |(?P<bare>[^\s'"`:]+|:)
      |(?P<blank>\s+)""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"''|\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_COMMAND = re.compile(r"\\([^\s\\]+)\s*(.*)", re.DOTALL)
_END = re.compile(rb"\\[^\s\\]+(?:'(?:[^'\\]|\\.|'')*'|\"[^\"]*\"|`[^`]*`|[^\\])*+(?:\\\\)?")
_WHOLE_LINES = re.compile(rb"\\(?:copy|!|help|h|ef|ev|sf|sv)\b")

TRUE = frozenset({"true", "tru", "tr", "t", "yes", "ye", "y", "on", "1"})
FALSE = frozenset({"false", "fals", "fal", "fa", "f", "no", "n", "off", "of", "0"})


def end(line: bytes) -> int:
    """Where a command at the beginning of a line ends: at the next one, after `\\\\`, or with the line."""
    found = None if _WHOLE_LINES.match(line) else _END.match(line)
    return found.end() if found else len(line)


class Command(msgspec.Struct, frozen=True):
    """A command by its name, and the rest of its line."""

    name: str
    rest: str


def command(line: str) -> Command:
    """The command that a line begins with; a backslash before a sign (`\\;`) is a command of that name."""
    if line[1:2] in (";", ":"):
        return Command(line[1], "")
    found = _COMMAND.match(line)
    return Command(found[1], found[2].strip()) if found else Command("", "")


def words(rest: str, variables: Mapping[str, str]) -> list[str]:
    """The arguments of a command: single quotes taken off, the values of variables put in; one not known stays as it is."""
    found: list[str] = [""]
    open_word = False
    for part in _WORD.finditer(rest):
        if part.lastgroup == "blank":
            found += [""] if open_word else []
            open_word = False
        else:
            found[-1] += _part(part, variables)
            open_word = True
    return found if open_word else found[:-1]


def _part(part: re.Match[str], variables: Mapping[str, str]) -> str:
    text = part[part.lastgroup or 0]
    match part.lastgroup:
        case "quoted":
            return _ESCAPE.sub(lambda e: _ESCAPES.get(e[1], e[1]) if e[1] else "'", text)
        case "plain" | "text" | "name" | "asked":
            value = substituted(part, variables)
            return part[0] if value is None else value
        case _:
            return text


def substituted(found: re.Match[str], variables: Mapping[str, str]) -> str | None:
    """What stands for `:name`, `:'name'`, `:"name"` or `:{?name}`; None for a variable that is not known."""
    name = found[found.lastgroup or 0]
    if found.lastgroup == "asked":
        return "TRUE" if name in variables else "FALSE"
    if name not in variables:
        return None
    value = variables[name]
    return value if found.lastgroup == "plain" else literal(value) if found.lastgroup == "text" else ident(value)


class _Branch(msgspec.Struct):
    begun: int
    taken: bool
    decided: bool
    """Whether no later part can be taken: one has been, or the whole stands in a part that is left out."""


class Branches:
    """The `\\if` of a file that are open, the innermost last."""

    def __init__(self) -> None:
        self.open: list[_Branch] = []

    @property
    def taken(self) -> bool:
        return not self.open or self.open[-1].taken

    def step(self, word: str, at: int, condition: Callable[[], bool]) -> bool:
        """Carry out `\\if`, `\\elif`, `\\else` or `\\endif`; False where there is no `\\if` for it."""
        if word == "if":
            outer = self.taken
            now = outer and condition()
            self.open.append(_Branch(at, now, now or not outer))
            return True
        if not self.open:
            return False
        branch = self.open[-1]
        if word == "endif":
            self.open.pop()
        else:
            branch.taken = not branch.decided and (word == "else" or condition())
            branch.decided = branch.decided or branch.taken
        return True
