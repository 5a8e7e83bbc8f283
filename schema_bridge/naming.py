"""Identifiers of a schema -> the names of Python: classes, attributes, enum members, modules.

Every function is pure, total (any text gives a valid identifier) and deterministic. Identifiers come out in the NFKC
form to which Python itself reduces them, never begin with an underscore and never end in a double one.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import combining, normalize

from schema_bridge.words import ACRONYMS, singular, words_of

BUILTINS = frozenset(
    words_of(
        """
        abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex
        delattr dict dir divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash help
        hex input int isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow
        print property range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars
        zip
        """
    )
)
"""Built-in names that an attribute would hide in its class body. `id` is not here: no class body of ours needs it,
and everyone calls that column so."""

DECLARATIVE = frozenset({"metadata", "registry", "type_annotation_map"})
"""What SQLAlchemy's DeclarativeBase keeps for itself."""

PYDANTIC = frozenset(
    words_of(
        """
        construct copy dict from_orm json parse_file parse_obj parse_raw schema schema_json update_forward_refs
        validate model_computed_fields model_config model_construct model_copy model_dump model_dump_json
        model_extra model_fields model_fields_set model_json_schema model_parametrized_name model_post_init
        model_rebuild model_validate model_validate_json model_validate_strings refuse_unstorable
        sqlmodel_update
        """
    )
)
"""The members of Pydantic's BaseModel, of the generated one beside it, and of SQLModel, that a field would hide."""

PROTECTED = ("model_validate", "model_dump")
"""How no field's name may begin, unless Pydantic is told so."""

MODULE_NAMES = frozenset(
    words_of(
        """
        Annotated Any Base BaseModel ClassVar ConfigDict Decimal DeclarativeBase Either Enum Field Final IPv4Address
        IPv4Interface IPv6Address IPv6Interface Json Literal Mapped MetaData OnPostgreSQL OneOf Optional SQLType StrEnum
        Table TypeVar UTCDateTime UUID Union VirtualComputed annotations dt enum field_validator ipaddress mapped_column
        metadata model_validator orm pg pydantic re relationship sa synonym uuid4
        """
    )
)
"""What generated modules import or define under these names; a class or attribute of that name would hide it."""

SCHEMA_NAMES = frozenset(
    words_of(
        """
        AliasChoices AwareDatetime AwareTime BigInt Cidr Fraction Inet Integer Json NaiveDatetime NaiveTime Name Numeric
        Range Real Rectangular Self SmallInt Storable StrEnum TypeVar
        """
    )
)
"""What the modules of Pydantic schemas import or define besides; their classes have a variant's name behind them and
never meet these, enums do."""

EXCEPTIONS = frozenset(
    {"Ellipsis", "Exception", "KeyError", "NotImplemented", "RuntimeError", "TypeError", "ValueError", "Warning"}
)

UNUSABLE = DECLARATIVE | PYDANTIC | MODULE_NAMES | {"bool", "bytes", "dict", "float", "int", "list", "str"}
"""What no attribute may be called even where somebody asks for it: the class body needs the name."""

RESERVED = frozenset({*keyword.kwlist, *keyword.softkwlist, *BUILTINS, *DECLARATIVE, *PYDANTIC, *MODULE_NAMES})


_ASCII_WORDS = re.compile("[A-Z]+(?=[A-Z][a-z])|[A-Z]*[a-z0-9]+|[A-Z]+").findall


@lru_cache(maxsize=65536)
def split_words(identifier: str) -> tuple[str, ...]:
    """The words of an identifier: at every character that Python does not allow, at `_`, and where case rises."""
    if identifier.isascii():
        return tuple(_ASCII_WORDS(identifier))
    text = normalize("NFKC", identifier)
    words: list[str] = []
    word = ""
    for at, char in enumerate(text):
        if char == "_" or not f"a{char}".isidentifier():
            words.append(word)
            word = ""
            continue
        follows = text[at + 1 : at + 2].islower()
        if char.isupper() and word and (word[-1].islower() or word[-1].isdigit() or (word[-1].isupper() and follows)):
            words.append(word)
            word = ""
        word += char
    words.append(word)
    return tuple(w for w in words if w)


def is_identifier(text: str) -> bool:
    """Whether Python takes the text for a name."""
    return text.isidentifier() and not keyword.iskeyword(text)


def camel(identifier: str, acronyms: Iterable[str] = ACRONYMS) -> str:
    """`ai_prompts` -> `AIPrompts`; acronyms as they are spelt in the list, `Blank` for what has no letters."""
    return _identifier(_join(split_words(identifier), _table(acronyms)), "N", "Blank")


@lru_cache(maxsize=65536)
def snake(identifier: str) -> str:
    """`createdAt` -> `created_at`, `HTTPStatus` -> `http_status`."""
    return _identifier("_".join(split_words(identifier)).lower(), "n", "blank")


def class_name(table: str, acronyms: Iterable[str] = ACRONYMS, singularise: bool = True) -> str:
    """The class of a table: camel case, the last word in the singular (`people` -> `Person`, `api_keys` -> `APIKey`).

    A name that generated modules need for themselves gets `Row` behind it (`bases` -> `BaseRow`).
    """
    spelt = _table(acronyms)
    words = split_words(table)
    if words and singularise and words[-1].lower() not in spelt:
        words = (*words[:-1], singular(words[-1]))
    return safe_class(_identifier(_join(words, spelt), "N", "Blank"))


def enum_class_name(enum: str, acronyms: Iterable[str] = ACRONYMS) -> str:
    """The class of an enumeration: camel case, as it stands (`order_status` -> `OrderStatus`)."""
    name = camel(enum, acronyms)
    taken = name in MODULE_NAMES or name in SCHEMA_NAMES or name in EXCEPTIONS or keyword.iskeyword(name)
    return f"{name}Enum" if taken else name


def safe_class(name: str) -> str:
    taken = name in MODULE_NAMES or name in EXCEPTIONS or keyword.iskeyword(name) or name in BUILTINS
    return f"{name}Row" if taken else name


@lru_cache(maxsize=65536)
def attribute_name(column: str) -> str:
    """The attribute of a column: snake case, `_` behind what Python, SQLAlchemy or Pydantic keep (`metadata_`)."""
    if column.isascii() and column.isidentifier() and column.islower() and column[0] != "_" and column[-1] != "_":
        name = column
    else:
        name = snake(column)
    return f"{name}_" if name in RESERVED else name


def module_name(name: str) -> str:
    """The module of a class: its snake case, importable by name, and in ASCII, since file systems spell other letters
    in different ways (`Größe` -> `grosse`, `日` -> `u65e5`)."""
    module = snake(name)
    if not module.isascii():
        letters = (char for char in normalize("NFKD", module.casefold()) if not combining(char))
        module = "".join(char if char.isascii() else f"u{ord(char):04x}" for char in letters)
    return f"{module}_" if keyword.iskeyword(module) else module


@lru_cache(maxsize=65536)
def enum_member(label: str) -> str:
    """The member of an enumeration's label: upper case (`in-progress` -> `IN_PROGRESS`, `1st` -> `N_1ST`)."""
    words = split_words(label)
    name = "_".join(words).upper()
    if not words:
        # Labels without a letter are told apart by what they are made of.
        name = "_".join(f"U{ord(char):04X}" for char in label) or "EMPTY"
    return _identifier(normalize("NFKC", name), "N_", "EMPTY")


def unique(wanted: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The wanted names in their order, told apart: the first of a name keeps it, the next gets `_2`, then `_3`.

    A name that somebody wants as it is is never given to another that only ended there by numbering.
    """
    names = list(wanted)
    held = {*taken}
    asked = {*names}
    result: list[str] = []
    for name in names:
        chosen, number = name, 1
        while chosen in held or (number > 1 and chosen in asked):
            number += 1
            chosen = f"{name}{number}" if name[-1:] == "_" else f"{name}_{number}"
        held.add(chosen)
        result.append(chosen)
    return result


def _identifier(text: str, digit_prefix: str, blank: str) -> str:
    if not text:
        return blank
    return text if text.isidentifier() else f"{digit_prefix}{text}"


@lru_cache(maxsize=64)
def _spelling(acronyms: tuple[str, ...]) -> dict[str, str]:
    return {spelt.lower(): spelt for spelt in acronyms}


def _table(acronyms: Iterable[str]) -> dict[str, str]:
    return _spelling(acronyms if isinstance(acronyms, tuple) else tuple(acronyms))


def _join(words: Iterable[str], spelt: dict[str, str]) -> str:
    return "".join(_cased(word, spelt) for word in words)


def _cased(word: str, spelt: dict[str, str]) -> str:
    low = word.lower()
    if low in spelt:
        return spelt[low]
    if low.endswith("s") and low[:-1] in spelt:
        return f"{spelt[low[:-1]]}s"
    bare = low.rstrip("0123456789")
    if bare != low and bare in spelt:
        return spelt[bare] + low[len(bare) :]
    return word[0].upper() + low[1:]
