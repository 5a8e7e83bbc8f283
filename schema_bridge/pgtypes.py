"""PostgreSQL's data types: every spelling to one `Type`, a `Type` to the spelling of `format_type`, integer bounds.

Sources: manual, chapter 8 (Data Types) and 8.1.4 (Serial Types); `format_type` and `CREATE SEQUENCE` of the reference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

import msgspec

from schema_bridge.builtin_types import ALIASES, BUILT_IN, INTEGER_BOUNDS, PSEUDO, SERIALS, SYNTAX
from schema_bridge.emit.sql import name as sql_name
from schema_bridge.ir import Name, SequenceOptions, Type

__all__ = [
    "ALIASES", "BUILT_IN", "INTEGER_BOUNDS", "INTERVAL_FIELDS", "PSEUDO", "SERIALS", "SYNTAX", "declared", "interval_modifiers",
    "make", "parse", "plain_sequence", "quoted_type", "render", "sequence_bounds",
]  # fmt: skip

INTERVAL_FIELDS: Final = frozenset(
    {"year", "month", "day", "hour", "minute", "second", "year to month", "day to hour", "day to minute"}
    | {"day to second", "hour to minute", "hour to second", "minute to second"}
)

# The bits of the fields of an interval (src/include/utils/datetime.h).
_FIELD_BITS = {"year": 4, "month": 2, "day": 8, "hour": 1024, "minute": 2048, "second": 4096}
_FIELD_ORDER = list(_FIELD_BITS)

_TOKEN = re.compile(r'\s*("(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|[^\W\d][\w$]*|-?\d+|[()\[\],.])')
_MODIFIER_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_PHRASES = frozenset(
    {name for name in (*ALIASES, *ALIASES.values()) if " " in name}
    | {"time without time zone", "time with time zone", "national char", "double precision"}
)
_PHRASE_WORDS = frozenset(word for phrase in (*_PHRASES, *INTERVAL_FIELDS) for word in phrase.split())


def _interval_mask(fields: str) -> int:
    first, _, last = fields.partition(" to ")
    begin, end = _FIELD_ORDER.index(first), _FIELD_ORDER.index(last or first)
    return sum(_FIELD_BITS[name] for name in _FIELD_ORDER[begin : end + 1])


_INTERVAL = {_interval_mask(fields): fields for fields in INTERVAL_FIELDS}


def interval_modifiers(values: Sequence[int | str]) -> tuple[int | str, ...]:
    """The modifiers of an interval of a tree, whose first is a mask of bits, with the fields in words: `day to second`,
    3. A mask of all fields says nothing."""
    fields = _INTERVAL.get(values[0]) if values and isinstance(values[0], int) else None
    return (*([fields] if fields else []), *values[1:])


@cache
def parse(text: str) -> Type:
    """The type that a spelling such as `timestamp (3) with time zone`, `varchar(40)[]` or `extensions.citext` names.

    A name that is not built in and has no schema gets the schema "". Serial names stay (see `SERIALS`). ValueError
    where the text is no type.
    """
    return _Spelling(text).type()


class _Spelling:
    """The tokens of one spelling, read from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        self.position = 0
        start = 0
        text = text.rstrip()
        while start < len(text):
            match = _TOKEN.match(text, start)
            if match is None:
                raise ValueError(f"not a type: {self.text}")
            self.tokens.append(match[1])
            start = match.end()

    def type(self) -> Type:
        names = [self.word()]
        while self.take("."):
            names.append(self.word())
        quoted = names[-1][0] == '"'
        schema, name = (_value(names[-2]) if len(names) > 1 else None), _value(names[-1])
        modifiers: list[int | str] = []
        if schema is None and not quoted:
            name = self.phrase(name, modifiers)
        modifiers += self.modifiers()
        if schema is None and not quoted and name in ("time", "timestamp", "interval"):
            name = self.phrase(name, modifiers)
            modifiers += self.modifiers()
        dimensions = self.dimensions()
        if self.position != len(self.tokens):
            raise ValueError(f"not a type: {self.text}")
        if quoted and schema is None:
            return quoted_type(name, tuple(modifiers), dimensions)
        return make(schema, name, tuple(modifiers), dimensions)

    def take(self, token: str) -> bool:
        if self.position < len(self.tokens) and self.tokens[self.position].lower() == token:
            self.position += 1
            return True
        return False

    def word(self) -> str:
        if self.position == len(self.tokens) or not (
            self.tokens[self.position][0].isalpha() or self.tokens[self.position].startswith(('"', "_"))
        ):
            raise ValueError(f"not a type: {self.text}")
        self.position += 1
        return self.tokens[self.position - 1]

    def phrase(self, name: str, modifiers: list[int | str]) -> str:
        """The name with the words that belong to it; the fields of an interval go to its modifiers."""
        words: list[str] = []
        while self.position < len(self.tokens) and self.tokens[self.position].lower() in _PHRASE_WORDS:
            words.append(self.tokens[self.position].lower())
            self.position += 1
        if not words:
            return name
        if name == "interval":
            modifiers.append(" ".join(words))
            return name
        return " ".join([name, *words])

    def modifiers(self) -> list[int | str]:
        found: list[int | str] = []
        if not self.take("("):
            return found
        while not self.take(")"):
            if self.position == len(self.tokens):
                raise ValueError(f"not a type: {self.text}")
            token = self.tokens[self.position]
            self.position += 1
            if token == ",":
                continue
            found.append(int(token) if token.lstrip("-").isdigit() else _value(token, fold=False))
        return found

    def dimensions(self) -> int:
        count = 0
        while self.position < len(self.tokens):
            if self.take("array"):
                count = max(count, 1)
                if not (self.position < len(self.tokens) and self.tokens[self.position] == "["):
                    continue
                count -= 1
            if not self.take("["):
                break
            if not self.take("]"):
                self.position += 1
                if not self.take("]"):
                    raise ValueError(f"not a type: {self.text}")
            count += 1
        return count


def _value(token: str, *, fold: bool = True) -> str:
    if token[0] == '"':
        return token[1:-1].replace('""', '"')
    if token[0] == "'":
        return token[1:-1].replace("''", "'")
    return token.lower() if fold else token


def quoted_type(name: str, modifiers: tuple[int | str, ...] = (), dimensions: int = 0) -> Type:
    """The type of a bare name in double quotes: `"char"` is another type than `char`, `"bit"` has no length,
    and `"int"` is no built-in one: that word is the parser's, the catalog's name is int4."""
    if name == "char":
        return Type(name="char", dimensions=dimensions)
    if name in SYNTAX:
        return Type(name=name, schema="", modifiers=modifiers, dimensions=dimensions)
    if name in ("bpchar", "bit") and not modifiers:
        return Type(name="character" if name == "bpchar" else "bit", dimensions=dimensions)
    return make(None, name, modifiers, dimensions)


def make(schema: str | None, name: str, modifiers: tuple[int | str, ...] = (), dimensions: int = 0) -> Type:
    """The canonical type of a name as values; `schema` None is: through the search path.

    `char` and `bit` alone have the length 1, `numeric(p)` the scale 0, `float(n)` is `real` up to 24 bits, and the
    precision of times stops at 6 (manual, 8.1 to 8.5). `_text` is the catalog's name of `text[]`.
    """
    if schema not in (None, "pg_catalog"):
        return Type(name=name, schema=schema or "", modifiers=modifiers, dimensions=dimensions)
    if name[:1] == "_" and (element := quoted_type(name[1:], modifiers, dimensions + 1)).schema == "pg_catalog":
        return element
    if name in ("char", "character", "nchar", "bit", "national character", "national char") and not modifiers:
        # pg_catalog.bpchar and pg_catalog.bit without a length have none; `char` and `bit` in SQL have 1.
        modifiers = () if schema and name == "bit" else (1,)
    if schema and name == "char":
        return Type(name="char", dimensions=dimensions)
    if name == "float" and modifiers:
        return Type(name="real" if int(modifiers[0]) <= 24 else "double precision", dimensions=dimensions)
    canonical = ALIASES.get(name, name)
    if canonical not in BUILT_IN and canonical not in SERIALS and schema is None:
        return Type(name=name, schema="", modifiers=modifiers, dimensions=dimensions)
    if canonical == "numeric" and len(modifiers) == 1:
        modifiers = (*modifiers, 0)
    if canonical.startswith(("time", "interval")) and modifiers and isinstance(modifiers[-1], int):
        modifiers = (*modifiers[:-1], min(modifiers[-1], 6))
    return Type(name=canonical, modifiers=modifiers, dimensions=dimensions)


@cache
def render(type: Type) -> str:
    """The spelling of `format_type(oid, typmod)`; the schema is left out for `public` and for "".

    An array is an array whatever its declared dimensions: `text[]`.
    """
    text = _render_built_in(type) if type.schema == "pg_catalog" else _render_named(type)
    return text + "[]" if type.dimensions else text


def declared(type: Type) -> str:
    """As `render`, with all declared dimensions of an array: `text[][]`."""
    return render(type) + "[]" * (type.dimensions - 1)


def _render_built_in(type: Type) -> str:
    if type.name == "char":
        return '"char"'
    if not type.modifiers:
        return {"character": "bpchar", "bit": '"bit"'}.get(type.name, type.name)
    if type.name == "interval":
        fields = [str(m) for m in type.modifiers if isinstance(m, str)]
        precision = [f"({m})" for m in type.modifiers if isinstance(m, int)]
        return " ".join(["interval", *fields]) + "".join(precision)
    modifiers = ",".join(map(_modifier, type.modifiers))
    for word in ("timestamp", "time"):
        if type.name.startswith(word + " "):
            return f"{word}({modifiers}){type.name[len(word) :]}"
    return f"{type.name}({modifiers})"


def _render_named(type: Type) -> str:
    text = sql_name(Name(type.schema, type.name))
    return f"{text}({','.join(map(_modifier, type.modifiers))})" if type.modifiers else text


def _modifier(value: int | str) -> str:
    if isinstance(value, int) or _MODIFIER_WORD.match(value):
        return str(value)
    return "'" + value.replace("'", "''") + "'"


def sequence_bounds(options: SequenceOptions) -> tuple[int, int, int]:
    """The minimum, maximum and start that a sequence really has (reference, CREATE SEQUENCE)."""
    lowest, highest = INTEGER_BOUNDS[options.type]
    rising = options.increment > 0
    minimum = options.minimum if options.minimum is not None else (1 if rising else lowest)
    maximum = options.maximum if options.maximum is not None else (highest if rising else -1)
    start = options.start if options.start is not None else (minimum if rising else maximum)
    return minimum, maximum, start


@lru_cache(maxsize=4096)
def plain_sequence(options: SequenceOptions) -> SequenceOptions:
    """The same options with None for every bound that is its type's and direction's default anyway."""
    bare = SequenceOptions(type=options.type, increment=options.increment)
    minimum, maximum, start = sequence_bounds(options)
    low, high, _ = sequence_bounds(bare)
    first = minimum if options.increment > 0 else maximum
    return msgspec.structs.replace(
        options,
        minimum=None if minimum == low else minimum,
        maximum=None if maximum == high else maximum,
        start=None if start == first else start,
    )
