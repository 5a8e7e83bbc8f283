"""The part of PL/pgSQL that DO blocks of migrations are made of, taken apart (manual, 43.2 and 43.6)."""

from __future__ import annotations

import msgspec

from schema_bridge.readers.sql import lexer
from schema_bridge.readers.sql.lexer import Span


class UnknownStatement(Exception):
    """The block holds a statement that is not one of these."""


class Sql(msgspec.Struct, frozen=True):
    """A statement of SQL."""

    span: Span


class Execute(msgspec.Struct, frozen=True):
    """EXECUTE: the span of the expression that gives the statement."""

    span: Span


class Talk(msgspec.Struct, frozen=True):
    """RAISE NOTICE, NULL and their like: nothing happens."""


class Assign(msgspec.Struct, frozen=True):
    """variable := expression."""

    variable: str
    span: Span


class If(msgspec.Struct, frozen=True):
    condition: Span
    then: Block
    otherwise: Block | None = None


class Each(msgspec.Struct, frozen=True):
    """A loop over the values of an expression."""

    variable: str
    span: Span
    body: Block


class Block(msgspec.Struct, frozen=True):
    """BEGIN … END; `handlers` are the steps of each WHEN of its EXCEPTION."""

    steps: tuple[Step, ...]
    handlers: tuple[tuple[Step, ...], ...] = ()


Step = Sql | Execute | Talk | Assign | If | Each | Block

_SQL_WORDS = frozenset({b"CREATE", b"ALTER", b"DROP", b"GRANT", b"REVOKE", b"COMMENT", b"SET", b"REFRESH"})
_DATA_WORDS = frozenset({b"INSERT", b"UPDATE", b"DELETE"})
_LEVELS = frozenset({b"NOTICE", b"INFO", b"WARNING", b"LOG", b"DEBUG"})


def parse(data: bytes, span: Span) -> Block:
    """The block that stands in a span; UnknownStatement where it is anything but the usual."""
    return _Parser(data, span).whole()


class _Parser:
    def __init__(self, data: bytes, span: Span) -> None:
        self.data = data
        self.tokens = list(lexer.tokens(data, *span))
        self.at = 0

    def word(self, ahead: int = 0) -> bytes:
        at = self.at + ahead
        return lexer.word(self.data, self.tokens[at]) if at < len(self.tokens) else b""

    def take(self, *words: bytes) -> bool:
        if all(self.word(i) == word for i, word in enumerate(words)):
            self.at += len(words)
            return True
        return False

    def expect(self, *words: bytes) -> None:
        if not self.take(*words):
            raise UnknownStatement

    def until(self, *words: bytes) -> Span:
        """The span up to one of the words outside brackets, which is passed."""
        depth, first = 0, self.at
        while self.at < len(self.tokens):
            word = self.word()
            if depth == 0 and word in words and self.at > first:
                self.at += 1
                return self.tokens[first][0], self.tokens[self.at - 2][1]
            depth += (word in (b"(", b"[")) - (word in (b")", b"]"))
            self.at += 1
        raise UnknownStatement

    def whole(self) -> Block:
        steps: list[Step] = []
        if self.take(b"DECLARE"):
            while self.word() != b"BEGIN":
                steps += self.declaration()
        self.expect(b"BEGIN")
        block = self.rest_of_block()
        if self.at < len(self.tokens):
            raise UnknownStatement
        return Block((*steps, *block.steps), block.handlers)

    def declaration(self) -> list[Step]:
        """A variable; its value matters, its type does not."""
        name = self.identifier()
        first = self.at
        _start, end = self.until(b";")
        last, self.at = self.at, first
        while self.at < last - 1:
            if self.take(b":", b"=") or self.take(b"DEFAULT"):
                begin = self.tokens[self.at][0]
                self.at = last
                return [Assign(name, (begin, end))]
            self.at += 1
        self.at = last
        return []

    def identifier(self) -> str:
        text = self.data[slice(*self.tokens[self.at])].decode() if self.at < len(self.tokens) else ""
        self.at += 1
        if not text.replace("_", "a").isalnum():
            raise UnknownStatement
        return text.lower()

    def rest_of_block(self) -> Block:
        steps = self.steps(b"END", b"EXCEPTION")
        handlers: list[tuple[Step, ...]] = []
        if self.take(b"EXCEPTION"):
            while self.take(b"WHEN"):
                self.until(b"THEN")
                handlers.append(tuple(self.steps(b"WHEN", b"END")))
        self.expect(b"END")
        self.take(b";")
        return Block(tuple(steps), tuple(handlers))

    def steps(self, *ends: bytes) -> list[Step]:
        found: list[Step] = []
        while self.word() not in ends:
            if self.at >= len(self.tokens):
                raise UnknownStatement
            found.append(self.step())
        return found

    def step(self) -> Step:
        word = self.word()
        if self.take(b"BEGIN"):
            return self.rest_of_block()
        if self.take(b"IF"):
            return self.rest_of_if()
        if word in (b"FOREACH", b"FOR"):
            return self.loop()
        if self.take(b"EXECUTE"):
            return Execute(self.until(b";"))
        if self.take(b"NULL", b";"):
            return Talk()
        if word == b"RAISE" and self.word(1) in _LEVELS:
            self.until(b";")
            return Talk()
        if word in _SQL_WORDS or word in _DATA_WORDS:
            return Sql(self.until(b";"))
        raise UnknownStatement

    def rest_of_if(self) -> If:
        condition = self.until(b"THEN")
        then = Block(tuple(self.steps(b"END", b"ELSE", b"ELSIF")))
        otherwise = None
        if self.take(b"ELSE"):
            otherwise = Block(tuple(self.steps(b"END")))
        elif self.take(b"ELSIF"):
            return If(condition, then, Block((self.rest_of_if(),)))
        self.expect(b"END", b"IF", b";")
        return If(condition, then, otherwise)

    def loop(self) -> Each:
        """FOREACH x IN ARRAY …, FOR x IN SELECT unnest(…): the values are those of an expression."""
        foreach = self.take(b"FOREACH")
        if not foreach:
            self.expect(b"FOR")
        variable = self.identifier()
        self.expect(b"IN")
        if foreach:
            self.expect(b"ARRAY")
        elif not self.take(b"SELECT"):
            raise UnknownStatement
        span = self.until(b"LOOP")
        body = Block(tuple(self.steps(b"END")))
        self.expect(b"END", b"LOOP", b";")
        return Each(variable, span, body)
