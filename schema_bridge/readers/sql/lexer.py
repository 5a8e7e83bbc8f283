"""Where things begin and end in SQL bytes: tokens, matching brackets, commas, statements (manual, 4.1 Lexical Structure).

Trees say where an expression starts, and often only where its operator stands; the text between two places is found
here. Positions are offsets in bytes.

Most text is easy: no comment, no backslash, no dollar sign, few brackets in each other. One pattern passes over it at
once; wherever such a pattern does not match, the tokens are counted one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

_BLANKS = rb"(?:\s+|--[^\n]*|/\*[^*/]*+(?:\*(?!/)[^*/]*+|/(?!\*)[^*/]*+)*+\*/)*+"
_TOKEN = re.compile(
    _BLANKS
    + rb"""
    (?P<token>
        /\*
      | [eE]'(?:[^'\\]|\\.|'')*+(?:'|\Z)
      | [A-Za-z_\x80-\xff][A-Za-z0-9_$\x80-\xff]*+
      | '[^']*+(?:''[^']*+)*+(?:'|\Z)
      | "[^"]*+(?:""[^"]*+)*+(?:"|\Z)
      | \$(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*+)?\$
      | [0-9][0-9A-Za-z_.]*+
      | .
    )""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(rb"/\*|\*/")
_BLANK = re.compile(_BLANKS)
_NOT_BLANK = re.compile(rb"[^\r\n]")

# Strings, quoted names and operators that hold nothing to be looked into.
_OPAQUE = rb"""'[^'\\]*+'|"[^"]*+"|-(?!-)|/(?!\*)"""
_DEPTH = 6


def _inside(depth: int) -> bytes:
    """The pattern of easy text with brackets `depth` deep."""
    brackets = rb"|[(\[]" + _inside(depth - 1) + rb"[)\]]" if depth else b""
    return rb"""(?:[^()\[\]'"$/\\-]++|""" + _OPAQUE + brackets + rb")*+"


_INSIDE = _inside(_DEPTH)
_BRACKETED = rb"[(\[]" + _INSIDE + rb"[)\]]"
_EXPRESSION = re.compile(
    rb"""\s*+((?:[^()\[\]'"$/\\,;-]++|""" + _OPAQUE + b"|" + _BRACKETED + rb""")*+)(?=[,;)\]]|\Z)"""
)
_TO_BRACKET = re.compile(
    rb"""(?:[^()\[\]'"$/\\-]++|""" + _OPAQUE + rb"|\[" + _INSIDE + rb"[)\]])*+\((" + _INSIDE + rb")[)\]]"
)


@cache
def _to_word(words: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """The pattern of easy text up to the first of some key words outside brackets."""
    word = rb"(?i:" + b"|".join(words) + rb")(?![A-Za-z0-9_$\x80-\xff])"
    other = rb"(?!" + word + rb")[A-Za-z_\x80-\xff][A-Za-z0-9_$\x80-\xff]*+|[0-9][0-9A-Za-z_.]*+"
    plain = rb"""[^()\[\]'"$/\\A-Za-z0-9_\x80-\xff-]++"""
    return re.compile(rb"(?:" + b"|".join((plain, other, _OPAQUE, _BRACKETED)) + rb")*+" + word)


OPEN = b"(["
CLOSE = b")]"

Span = tuple[int, int]


def tokens(data: bytes, start: int, end: int) -> Iterator[Span]:
    """The tokens from `start` to `end`, blanks and comments left out."""
    match = _TOKEN.match
    while start < end:
        found = match(data, start, end)
        if found is None:
            return
        token = found.span("token")
        first, start = token
        if start - first > 1 and data[first] == 0x24:
            closed = data.find(data[first:start], start, end)
            start = closed + start - first if closed >= 0 else end
            yield first, start
        elif start - first == 2 and data[first:start] == b"/*":
            start = _comment_end(data, first, end)
        else:
            yield token


def _comment_end(data: bytes, start: int, end: int) -> int:
    """Comments nest in PostgreSQL; one that never ends takes the rest."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(data, start, end):
        depth += 1 if edge.group() == b"/*" else -1
        if depth == 0:
            return edge.end()
    return end


def outer(data: bytes, start: int, end: int) -> Iterator[Span]:
    """The tokens outside all brackets; an unmatched closing bracket ends them, a bracketed part is one span."""
    depth = 0
    opened = 0
    for token in tokens(data, start, end):
        first = data[token[0]]
        if first in OPEN:
            if depth == 0:
                opened = token[0]
            depth += 1
        elif first in CLOSE:
            if depth == 0:
                return
            depth -= 1
            if depth == 0:
                yield opened, token[1]
        elif depth == 0:
            yield token


def blanked(data: bytes, spans: Iterable[Span]) -> bytes:
    """The text with blanks in the place of some spans; its lines stay what they are."""
    changed = bytearray(data)
    for start, end in spans:
        changed[start:end] = _NOT_BLANK.sub(b" ", data[start:end])
    return bytes(changed)


def begin(data: bytes, start: int, end: int) -> int:
    """Where the first token is; `start` where there is none."""
    found = _BLANK.match(data, start, end)
    at = found.end() if found is not None else start
    if data.startswith(b"/*", at):
        return next(tokens(data, start, end), (start, start))[0]
    return at if at < end else start


def bracket(data: bytes, start: int, end: int) -> Span:
    """The inside of the first round brackets at or after `start`; an empty span at `end` where there are none."""
    easy = _TO_BRACKET.match(data, start, end)
    if easy is not None:
        return easy.span(1)
    for token in outer(data, start, end):
        if data[token[0]] == 0x28:
            return token[0] + 1, token[1] - 1
    return end, end


def trimmed(data: bytes, start: int, end: int) -> Span:
    """The span without the blanks and comments around it."""
    text = data[start:end].rstrip()
    if b"--" not in text and b"/*" not in text:
        last = start + len(text)
        first = last - len(text.lstrip())
        return (first, last) if first < last else (start, start)
    first = last = -1
    for token in tokens(data, start, end):
        if first < 0:
            first = token[0]
        last = token[1]
    return (first, last) if first >= 0 else (start, start)


def expression(data: bytes, start: int, end: int) -> Span:
    """From `start` to the comma, semicolon or closing bracket that ends it, without blanks and comments around."""
    easy = _EXPRESSION.match(data, start, end)
    if easy is not None:
        text = easy[1].rstrip()
        first = easy.start(1)
        return (first, first + len(text)) if text else (start, start)
    first = last = -1
    for token in outer(data, start, end):
        if data[token[0]] in b",;":
            break
        if first < 0:
            first = token[0]
        last = token[1]
    return (first, last) if first >= 0 else (start, start)


def word(data: bytes, token: Span) -> bytes:
    """A key word in upper case."""
    return data[token[0] : token[1]].upper()


def after_word(data: bytes, start: int, end: int, *words: bytes) -> int:
    """Where the first of these key words outside brackets ends; -1 where none stands."""
    easy = _to_word(words).match(data, start, end)
    if easy is not None:
        return easy.end()
    for token in outer(data, start, end):
        if word(data, token) in words:
            return token[1]
    return -1


def parts(data: bytes, start: int, end: int) -> list[Span]:
    """What stands between the commas outside brackets, blanks and comments around each left out."""
    found: list[Span] = []
    at = start - 1
    while at < end:
        easy = _EXPRESSION.match(data, at + 1, end)
        if easy is None or data[easy.end() : easy.end() + 1] == b";" or not easy[1]:
            return counted_parts(data, start, end)
        first = easy.start(1)
        found.append((first, first + len(easy[1].rstrip())))
        at = easy.end()
        if at < end and data[at] in CLOSE:
            break
    return found


def counted_parts(data: bytes, start: int, end: int) -> list[Span]:
    found: list[Span] = []
    first = last = -1
    for token in outer(data, start, end):
        if data[token[0]] == 0x2C:
            found.append((first, last))
            first = -1
            continue
        if first < 0:
            first = token[0]
        last = token[1]
    if first >= 0:
        found.append((first, last))
    return found


def cuts(data: bytes, size: int) -> Iterator[int]:
    """Where pieces of about `size` may end: after a line that ends with a semicolon and holds no comment to its end.

    Whether the semicolon ends a statement shows when the piece is parsed: inside a string, a comment or brackets it
    leaves them open.
    """
    at = data.find(b";\n", size)
    while at >= 0:
        if b"--" in data[data.rfind(b"\n", 0, at) + 1 : at]:
            at = data.find(b";\n", at + 2)
        else:
            yield at + 2
            at = data.find(b";\n", at + 2 + size)
    yield len(data)


def statements(data: bytes, start: int = 0) -> Iterator[Span]:
    """The statements between semicolons; the semicolons of BEGIN ATOMIC … END are inside one."""
    begun = -1
    depth = nested = 0
    last = start
    previous = b""
    for token in tokens(data, start, len(data)):
        first = data[token[0]]
        if begun < 0:
            begun, depth, nested = token[0], 0, 0
        if first == 0x3B and depth <= 0 and nested == 0:
            yield begun, token[0]
            begun = -1
        elif first in OPEN:
            depth += 1
        elif first in CLOSE:
            depth -= 1
        elif first in b"abceABCE":
            current = word(data, token)
            if (current == b"ATOMIC" and previous == b"BEGIN") or (nested and current == b"CASE"):
                nested += 1
            elif nested and current == b"END":
                nested -= 1
            previous = current
            last = token[1]
            continue
        previous = b""
        last = token[1]
    if begun >= 0:
        yield begun, last
