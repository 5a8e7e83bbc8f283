"""Python text: literals that no text can break out of, imports in ruff's order, and the layout `ruff format` keeps.

The layout has one rule: what fits into a line of 88 stands in one, anything else is exploded to one item a line with
a trailing comma, which the formatter takes as final. Text that is not ASCII has no width two tools agree on, so what
holds it is always exploded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, ClassVar
from unicodedata import east_asian_width

import msgspec

from schema_bridge.words import words_of

WIDTH = 88
INDENT = "    "
_DIGITS = re.compile(r"([0-9]+)")
_PLAIN = re.compile(r"[ !#-\[\]-~]*").fullmatch
"""Printable ASCII that stands between double quotes as it is."""
_PLAIN_LINES = re.compile(r"[ -\[\]-~\n]*").fullmatch
"""Lines of printable ASCII without backslashes."""


class Call(msgspec.Struct, gc=False, eq=False):
    """Something in brackets: `head(item, …)`; `flat` is its one-line form, None where it must not be used."""

    head: str
    items: tuple[Code, ...]
    brackets: str = "()"
    flat: str | None = None

    comma: ClassVar[str] = ","
    """Ends each item that has a line of its own."""

    def __post_init__(self) -> None:
        items, opening, close = self.items, self.brackets[0], self.brackets[1]
        parts = [flat for item in items if (flat := item if isinstance(item, str) else item.flat) is not None]
        if len(parts) < len(items):
            return
        inner = ", ".join(parts)
        flat = f"{self.head}{opening}{inner}{close}"
        if len(flat) <= WIDTH and "\n" not in flat and flat.isascii():
            # The empty item at the end of a tuple of one stands for its comma.
            self.flat = flat if not items or items[-1] else f"{flat[:-3]},{close}"

    def opening(self, start: str, indent: int) -> str:
        """The first line of the form with a line for each item, at an indentation that `start` holds."""
        return f"{start}{self.head}{self.brackets[0]}"

    def behind(self, lead: str) -> Call:
        """The same behind what belongs to it, such as `name=`."""
        return type(self)(f"{lead}{self.head}", self.items, self.brackets)


class Folded(Call, gc=False, eq=False):
    """The parts of an expression, each with its operator, in brackets only where it needs several lines."""

    comma: ClassVar[str] = ""

    def __post_init__(self) -> None:
        text = self.head + " ".join(map(str, self.items))
        self.flat = text if _width(text) <= WIDTH else None


class Chained(Call, gc=False, eq=False):
    """`first.head(item, …)`: a call of a method of what another call gives."""

    first: Call | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.first.flat is not None:
            flat = Call(f"{self.first.flat}.{self.head}", self.items, self.brackets).flat
            self.flat = flat

    def behind(self, lead: str) -> Call:
        assert self.first is not None, "a chain has a first call"
        return Chained(self.head, self.items, self.brackets, first=self.first.behind(lead))

    def opening(self, start: str, indent: int) -> str:
        assert self.first is not None, "a chain has a first call"
        line = f"{start}{self.first.flat}.{self.head}{self.brackets[0]}"
        if self.first.flat is not None and len(line) <= WIDTH:
            return line
        return layout(self.first, indent=indent, lead=start.lstrip(" "), tail=f".{self.head}{self.brackets[0]}")


class Single(Call, gc=False, eq=False):
    """`head[key]`, where a comma would make a tuple of the key, or `head(item)` to which the formatter adds none."""

    comma: ClassVar[str] = ""

    def __post_init__(self) -> None:
        text = f"{self.head}{self.brackets[0]}{self.items[0]}{self.brackets[1]}"
        self.flat = text if _width(text) <= WIDTH else None


Code = str | Call
"""An expression: text that stays in its line, or something in brackets that can be laid out."""


def call(head: str, *items: Code) -> Call:
    return Call(head, items)


def listing(items: Iterable[Code]) -> Call:
    return Call("", tuple(items), "[]")


def literal(choices: tuple[str, ...]) -> Call:
    """`Literal[choice, …]`."""
    return Single("Literal", choices, "[]") if len(choices) == 1 else Call("Literal", choices, "[]")


def tuple_of(items: Iterable[Code]) -> Call:
    """A tuple, its comma kept where it has one item (an empty item at the end stands for that comma)."""
    found = tuple(items)
    return Call("", (*found, "") if len(found) == 1 else found)


def value(of: Any) -> Code:
    """A value of JSON as Python's literal."""
    if isinstance(of, str):
        return string(of)
    if isinstance(of, list):
        return listing(map(value, of))
    if isinstance(of, dict):
        return Call("", tuple(_entry(string(key), value(item)) for key, item in of.items()), "{}")
    return repr(of)


def _entry(key: str, of: Code) -> Code:
    return f"{key}: {of}" if isinstance(of, str) else of.behind(f"{key}: ")


def keyword(name: str, value: Code) -> Code:
    return f"{name}={value}" if isinstance(value, str) else value.behind(f"{name}=")


def entry(key: str, value: Code) -> Code:
    """An entry of a dictionary."""
    return _entry(string(key), value)


def layout(code: Code, *, indent: int = 0, lead: str = "", tail: str = "") -> str:
    """The code behind `lead` at an indentation, ending in `tail`, as the formatter leaves it; no final newline."""
    start = INDENT * indent + lead
    if isinstance(code, str):
        return f"{start}{code}{tail}"
    if code.flat is not None and len(start) + len(code.flat) + len(tail) <= WIDTH:
        return f"{start}{code.flat}{tail}"
    if not code.items:
        return f"{start}{code.head}{code.brackets}{tail}"
    lines = [code.opening(start, indent)]
    inner = INDENT * (indent + 1)
    room = WIDTH - len(inner) - 1
    for item in code.items:
        flat = item if isinstance(item, str) else item.flat
        if flat is None or (len(flat) > room and flat is not item):
            lines.append(layout(item, indent=indent + 1, tail=code.comma))
        elif flat:
            lines.append(f"{inner}{flat}{code.comma}")
    lines.append(f"{INDENT * indent}{code.brackets[1]}{tail}")
    return "\n".join(lines)


def assignment(lead: str, value: Call, *, indent: int = 0) -> str:
    """The value behind `lead`, which ends in `=`; where the value's head is too long for the line, it is put between
    brackets, unless even their first is, or the lines inside; what the annotation's own brackets outweigh."""
    room = WIDTH - len(INDENT) * indent - len(lead)
    flat = value.flat is not None and len(value.flat) <= room
    if flat or room < 1 or (value.items and len(value.head) + 1 <= room):
        return layout(value, indent=indent, lead=lead)
    margin = INDENT * indent
    outer, bracket, key = value.head.partition("[")
    if bracket and len(outer) + 1 <= room:
        rest = layout(Call("]", value.items, value.brackets), indent=indent)
        return f"{margin}{lead}{outer}[\n{margin}{INDENT}{key[:-1]}\n{rest}"
    inner = layout(value, indent=indent + 1)
    has_brackets = "[" in lead or "|" in lead
    if value.items and not has_brackets and max(map(len, inner.split("\n"))) > WIDTH:
        return layout(value, indent=indent, lead=lead)
    return f"{margin}{lead}(\n{inner}\n{margin})"


def member(name: str, label: str) -> str:
    """A member of an enum's class."""
    text = string(label)
    lead = f"{INDENT}{name} = "
    long = _width(lead) + _width(text) > WIDTH and _width(lead) + 1 <= WIDTH and len(INDENT * 2) + _width(text) <= WIDTH
    return f"{lead}(\n{INDENT * 2}{text}\n{INDENT})" if long else f"{lead}{text}"


def _width(text: str) -> int:
    """The columns that a text takes, as the formatter counts them."""
    return len(text) if text.isascii() else sum(1 + (east_asian_width(char) in "WF") for char in text)


def declaration(name: str, annotation: str, value: Call, holder: str = "Mapped") -> str:
    """`name: holder[annotation] = value` in a class body (`name: annotation = value` where the holder is empty); a head
    that is too long is broken as the formatter does."""
    lead = f"{name}: {holder}[{annotation}] = " if holder else f"{name}: {annotation} = "
    if len(INDENT) + len(lead) + 1 <= WIDTH:
        return assignment(lead, value, indent=1)
    if not holder:
        whole = "[" not in annotation and " " not in annotation
        split = f"{INDENT}{name}: {annotation}" if whole else split_annotation(name, annotation)
        head, _, last = split.rpartition(INDENT)
        return head + layout(value, indent=1, lead=f"{last} = ")
    opening = f"{INDENT}{name}: {holder}[\n{INDENT * 2}{annotation}\n"
    outer, bracket, inner = annotation.partition("[")
    if len(INDENT * 2) + len(annotation) > WIDTH and bracket and inner.endswith("]"):
        lines = [f"{name}: {holder}[", f"{INDENT}{outer}[", f"{INDENT * 2}{inner[:-1]}", f"{INDENT}]"]
        opening = "".join(f"{INDENT}{line}\n" for line in lines)
    return opening + layout(value, indent=1, lead="] = ")


def split_annotation(name: str, annotation: str) -> str:
    """An annotation in lines of its own: inside its only brackets, or inside some around it."""
    head, opening, inner = annotation.partition("[")
    if opening and inner.endswith("]") and " | " not in annotation:
        return f"{INDENT}{name}: {head}[\n{INDENT * 2}{inner[:-1]}\n{INDENT}]"
    if annotation.isidentifier() and len(INDENT * 2) + len(annotation) > WIDTH:
        return f"{INDENT}{name}: {annotation}"
    return f"{INDENT}{name}: (\n{_alternatives(annotation)}\n{INDENT})"


def _alternatives(annotation: str) -> str:
    """An annotation inside brackets, with `| None` in a line of its own where it does not fit."""
    if len(INDENT * 2) + len(annotation) <= WIDTH:
        return f"{INDENT * 2}{annotation}"
    of = annotation.removesuffix(" | None")
    head, opening, inner = of.partition("[")
    if len(INDENT * 2) + len(of) > WIDTH and opening:
        of = f"{head}[\n{INDENT * 3}{inner[:-1]}\n{INDENT * 2}]"
    return f"{INDENT * 2}{of}" + (f"\n{INDENT * 2}| None" if annotation.endswith(" | None") else "")


@lru_cache(maxsize=65536)
def string(text: str) -> str:
    """A string literal in one line, in the quotes that need fewer escapes (double where it is even)."""
    if _PLAIN(text):
        return f'"{text}"'
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(char, quote) for char in text) + quote


def block(text: str) -> str:
    """A literal of several lines between three double quotes; a single line becomes a `string`.

    Blanks at line ends are escaped, so that an editor that trims them changes nothing.
    """
    if "\n" not in text:
        return string(text)
    bare = text.rstrip('"')
    plain = _PLAIN_LINES(bare) and " \n" not in bare and not bare.endswith(" ")
    body = bare if plain else "\n".join([_block_line(line) for line in bare.split("\n")])
    body = body.replace('"""', '\\"\\"\\"') + '\\"' * (len(text) - len(bare))
    return f'"""{body}"""'


def docstring(text: str, indent: int) -> str:
    """A docstring of any text: whatever it holds, it stays one, and the formatter leaves it as it is."""
    if _PLAIN(text):
        return f'{INDENT * indent}"""{text.strip()}"""'
    lines = [_printable(line).strip() for line in text.strip().splitlines()]
    body = "\n".join(f"{INDENT * indent if at and line else ''}{line}" for at, line in enumerate(lines))
    open_quotes = (len(body) - len(body.rstrip('"'))) % 3
    body = body.replace('"""', '\\"\\"\\"')
    lead = " " if body.startswith('"') else ""
    return f'{INDENT * indent}"""{lead}{body}{" " if open_quotes else ""}"""'


def comment(text: str, indent: int = 0) -> str:
    """A comment; line ends in the text do not end it early."""
    return "\n".join(f"{INDENT * indent}# {_printable(line)}".rstrip() for line in text.splitlines() or [""])


def _printable(text: str) -> str:
    if text.isascii() and text.isprintable() and "\\" not in text:
        return text
    return "".join(_escaped(char, "") for char in text)


def _block_line(line: str) -> str:
    if not (line.isascii() and line.isprintable() and "\\" not in line):
        line = "".join("\t" if char == "\t" else _escaped(char, "") for char in line)
    if line.endswith(" "):
        return f"{line[:-1]}\\x20"
    return f"{line[:-1]}\\t" if line.endswith("\t") else line


_SHORT = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escaped(char: str, quote: str) -> str:
    if char == quote:
        return f"\\{char}"
    if char in _SHORT:
        return _SHORT[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class Imports:
    """What a module imports, printed as ruff's isort sorts it."""

    def __init__(self) -> None:
        self._modules: set[tuple[str, str]] = set()
        self._members: dict[str, set[str]] = {}

    def module(self, name: str, alias: str = "") -> None:
        self._modules.add((name, alias))

    def member(self, module: str, *names: str) -> None:
        self._members.setdefault(module, set()).update(names)

    def lines(self, indent: int = 0) -> list[str]:
        """The import block, a blank line between the sections, for a place that is indented so far."""
        sections: dict[int, list[str]] = {}
        for name, alias in sorted(self._modules, key=lambda pair: (_natural(pair[0]), pair[1])):
            text = f"import {name} as {alias}" if alias else f"import {name}"
            sections.setdefault(_section(name), []).append(text)
        for name in sorted(self._members, key=_module_order):
            sections.setdefault(_section(name), []).extend(
                _from(name, frozenset(self._members[name]), WIDTH - len(INDENT) * indent)
            )
        result: list[str] = []
        for section in sorted(sections):
            result += [*([""] if result else []), *sections[section]]
        return result


STANDARD = frozenset(
    words_of("collections dataclasses datetime decimal enum functools importlib ipaddress math re struct typing uuid")
)
LIBRARIES = frozenset(
    {"alembic", "annotated_types", "pydantic", "pydantic_core", "sqlalchemy", "sqlmodel", "typing_extensions"}
)
"""What generated modules import of the standard library and of others; anything else is the user's own package."""


def _section(module: str) -> int:
    if module.startswith("."):
        return 4
    top = module.partition(".")[0]
    return 0 if top == "__future__" else 1 if top in STANDARD else 2 if top in LIBRARIES else 3


def exported(names: Iterable[str]) -> list[str]:
    """The names of an `__all__` in ruff's order: by kind, then naturally, capitals first."""
    return sorted(names, key=_export_order)


def _export_order(name: str) -> tuple[int, str, str]:
    kind, _, parts = _order(name)
    return (kind, parts, name)


def _natural(name: str) -> tuple[str, str, str]:
    """`item2` before `item10`, and case last of all, as isort sorts."""
    _, lower, parts = _order(name)
    return (lower, parts, name)


def _module_order(name: str) -> tuple[int, tuple[str, str, str]]:
    """Of relative modules the furthest first."""
    bare = name.lstrip(".")
    return (len(bare) - len(name), _natural(bare))


def _member_order(name: str) -> tuple[int, str, str, str]:
    """Constants, then classes, then the rest, as isort's order-by-type."""
    kind, lower, parts = _order(name)
    return (kind, lower, parts, name)


@lru_cache(maxsize=65536)
def _order(name: str) -> tuple[int, str, str]:
    """A constant, a class, or anything else; and the name with its numbers as wide as any, so that text sorts them by
    value: in lower case, and as it is."""
    parts = _DIGITS.split(name)
    parts[1::2] = [number.zfill(20) for number in parts[1::2]]
    wide = "".join(parts)
    bare = name.partition(" as ")[0]
    kind = 0 if bare.isupper() and len(bare.encode()) > 1 else 1 if bare[:1].isupper() else 2
    return kind, wide.lower(), wide


@lru_cache(maxsize=4096)
def _from(module: str, names: frozenset[str], width: int) -> list[str]:
    """The statements that import the names: one for each that gets another name, and one for all others."""
    ordered = sorted(names, key=_member_order)
    plain = [name for name in ordered if " as " not in name]
    if len(plain) == len(ordered):
        return [_statement(module, plain, width)]
    apart = [[name] for name in ordered if " as " in name]
    groups = sorted([plain, *apart] if plain else apart, key=lambda group: _member_order(group[0]))
    return [_statement(module, group, width) for group in groups]


def _statement(module: str, names: list[str], width: int) -> str:
    flat = f"from {module} import {', '.join(names)}"
    if _width(flat) <= width:
        return flat
    return "\n".join([f"from {module} import (", *(f"{INDENT}{name}," for name in names), ")"])
