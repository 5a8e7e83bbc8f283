"""Names in the text of statements that are kept as text: found word by word, whatever the statement is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from schema_bridge.emit.sql import ident
from schema_bridge.emit.sql import name as sql_name
from schema_bridge.ir import Name, Unmodelled
from schema_bridge.readers.sql import lexer
from schema_bridge.readers.sql.qualify import Edit, spliced, split_name

_OPERATOR = frozenset(b"+-*/<>=~!@#%^&|`?")


def respelled(statement: Unmodelled, renamed: Callable[[Name], Name]) -> Unmodelled:
    """The statement with other names for what it creates and mentions, in its text too."""
    known = (*statement.creates, *statement.mentions)
    changes = {old: new for old, new in zip(known, map(renamed, known), strict=True) if new != old}
    if not changes:
        return statement
    return msgspec.structs.replace(
        statement,
        sql=_with_names(statement.sql, changes),
        creates=tuple(changes.get(name, name) for name in statement.creates),
        mentions=tuple(sorted({changes.get(name, name) for name in statement.mentions})),
    )


def placed(sql: str, created: Iterable[Name]) -> str:
    """The text with the namespace of what it makes, where that is neither `public` nor an operator's."""
    data = sql.encode()
    edits: list[Edit] = []
    for name in created:
        if name.schema in ("", "public", "pg_temp") or name.name.encode()[0] in _OPERATOR:
            continue
        words = [(chain, [word for _, _, word in chain[:2]]) for chain in _chains(data)]
        bare = next((chain for chain, found in words if found[0] == name.name), None)
        if bare is not None and all(found != [name.schema, name.name] for _, found in words):
            edits.append((bare[0][0], bare[0][1], sql_name(name)))
    return spliced(data, (0, len(data)), edits) if edits else sql


def with_words(statement: Unmodelled, old: str, new: str) -> Unmodelled:
    """The statement with another name for what it names without a schema, such as a column."""
    return msgspec.structs.replace(statement, sql=_with_names(statement.sql, {Name("", old): Name("", new)}))


def _with_names(sql: str, changes: Mapping[Name, Name]) -> str:
    data = sql.encode()
    return spliced(data, (0, len(data)), list(_edits(data, changes)))


def _edits(data: bytes, changes: Mapping[Name, Name]) -> Iterator[Edit]:
    """A name with its schema before it, else one of public or of no schema; what follows it may be a part of it."""
    for chain in _chains(data):
        words = [text for _, _, text in chain]
        for length, names in ((2, [Name(*words[:2])] if len(words) > 1 else []), (1, _bare(words[0]))):
            new = next((changes[name] for name in names if name in changes), None)
            if new is not None:
                yield chain[0][0], chain[length - 1][1], _spelled(new)
                break


def _spelled(name: Name) -> str:
    if name.name.encode()[0] not in _OPERATOR:
        return sql_name(name)
    return f"{ident(name.schema)}.{name.name}" if name.schema not in ("", "public") else name.name


def _bare(word: str) -> list[Name]:
    return [Name("", word), Name("public", word)]


Word = tuple[int, int, str]
"""Where a name stands, and what it is."""


def _chains(data: bytes) -> Iterator[list[Word]]:
    """The names with dots between them."""
    chain: list[Word] = []
    dotted = False
    for start, end in _words(data):
        first = data[start]
        if first == 0x2E:
            dotted = True
            continue
        if chain and not dotted:
            yield chain
            chain = []
        dotted = False
        if first in _OPERATOR:
            chain.append((start, end, data[start:end].decode()))
        elif first in b'"_' or first >= 0x80 or data[start : start + 1].isalpha():
            chain.append((start, end, split_name(data[start:end].decode())[0]))
        elif chain:
            yield chain
            chain = []
    if chain:
        yield chain


def _words(data: bytes) -> Iterator[lexer.Span]:
    """The tokens, with the characters of an operator as one."""
    start = end = 0
    for token in lexer.tokens(data, 0, len(data)):
        if data[token[0]] in _OPERATOR and end == token[0] and end > start:
            end = token[1]
            continue
        if end > start:
            yield start, end
            start = end = 0
        if data[token[0]] in _OPERATOR:
            start, end = token
        else:
            yield token
    if end > start:
        yield start, end
