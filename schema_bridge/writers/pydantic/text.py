"""Python text as `ruff format` leaves it: literals, docstrings, calls over one or more lines, imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from textwrap import dedent

WIDTH = 88


@lru_cache(maxsize=65536)
def string(value: str) -> str:
    """A string literal: double quotes unless the value holds more of them than of single ones."""
    plain = repr(value)
    if plain[0] == '"' or value.count('"') > value.count("'"):
        return plain if plain[0] == "'" or '"' not in value else _double(plain)
    return _double(plain)


def _double(plain: str) -> str:
    inner = plain[1:-1]
    if plain[0] == '"':
        return plain
    return '"' + inner.replace("\\'", "'").replace('"', '\\"') + '"'


def docstring(text: str, indent: str) -> list[str]:
    """The lines of a docstring; whatever the text holds, it is read back as text and never ends the docstring."""
    lines = ["".join(map(_visible, line)).rstrip() for line in text.strip().splitlines()]
    rest = dedent("\n".join(lines[1:])).split("\n") if len(lines) > 1 else []
    lines = [lines[0].strip(), *rest] if lines else [""]
    lines[-1] = lines[-1].removesuffix('"') + ('\\"' if lines[-1].endswith('"') else "")
    if lines[0].startswith('"'):
        lines[0] = "\\" + lines[0]
    body = [f'{indent}"""{lines[0]}', *(f"{indent}{line}" if line else "" for line in lines[1:])]
    if len(lines) > 1:
        return [*body, f'{indent}"""']
    if len(body[0]) + 3 > WIDTH:
        return [body[0], f'{indent}"""']
    return [body[0] + '"""']


def _visible(char: str) -> str:
    if char == "\\":
        return "\\\\"
    if char.isprintable():
        return char
    return char.encode("unicode_escape").decode()


def call(head: str, arguments: Sequence[str], tail: str, indent: str) -> str:
    """`head(arguments)tail` on one line, or the arguments on one of their own, or each on its own."""
    return bracketed(head + "(", arguments, ")" + tail, indent)


def bracketed(head: str, items: Sequence[str], tail: str, indent: str) -> str:
    """The same for any brackets, which `head` and `tail` hold."""
    inner = ", ".join(items)
    if len(indent) + len(head) + len(inner) + len(tail) <= WIDTH:
        return f"{indent}{head}{inner}{tail}"
    if len(indent) + 4 + len(inner) <= WIDTH:
        return f"{indent}{head}\n{indent}    {inner}\n{indent}{tail}"
    each = "".join(f"{indent}    {item},\n" for item in items)
    if len(items) == 1 and head.endswith("("):
        each = f"{indent}    {items[0]}\n"
    return f"{indent}{head}\n{each}{indent}{tail}"


def imports(wanted: Iterable[tuple[str, str]]) -> list[str]:
    """Import lines in the order of isort: the standard library, others, our own package's.

    A pair is a module and a name in it; an empty name imports the module itself, `as short` under that name.
    """
    groups: tuple[dict[str, set[str]], ...] = ({}, {}, {})
    plain: set[str] = set()
    for module, name in wanted:
        if not name or name.startswith("as "):
            plain.add(f"import {module} {name}".rstrip())
            continue
        group = 2 if module.startswith(".") else 1 if module.split(".")[0] == "pydantic" else 0
        groups[group].setdefault(module, set()).add(name)
    blocks = [[*sorted(plain), *_from(groups[0])], _from(groups[1]), _from(groups[2])]
    return [line for block in blocks if block for line in ("", *block)][1:]


def _from(modules: dict[str, set[str]]) -> list[str]:
    return [_import(module, tuple(sorted(names, key=isort))) for module, names in sorted(modules.items())]


@lru_cache(maxsize=4096)
def _import(module: str, names: tuple[str, ...]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def isort(name: str) -> tuple[int, str, str]:
    """isort's order: CONSTANTS, then Classes, then functions."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    return (kind, name, name)
