"""`types.py` of the package: what several tables' modules share, each part as its text with what it needs.

PostgreSQL silently cuts, pads or rounds some values and refuses others that Python's types hold (manual, 8 Data Types);
these types refuse what would not come back as it went in.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

MODULE = ".types"


class Part(msgspec.Struct, frozen=True):
    """One name of `types.py`: its text, its imports as (module, names), and the other parts that it uses."""

    text: str
    imports: tuple[tuple[str, tuple[str, ...]], ...] = ()
    uses: tuple[str, ...] = ()


_ANNOTATED = ("typing", ("Annotated",))
_LIMITED = (_ANNOTATED, ("pydantic", ("Field",)))
_CHECKED = (_ANNOTATED, ("pydantic", ("AfterValidator",)))

_PARTS = {
    "SmallInt": Part("SmallInt = Annotated[int, Field(ge=-(2**15), le=2**15 - 1)]\n", _LIMITED),
    "Integer": Part("Integer = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]\n", _LIMITED),
    "BigInt": Part("BigInt = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]\n", _LIMITED),
    "Numeric": Part(
        "Numeric = Annotated[Decimal, Field(max_digits=147455, decimal_places=16383)]\n",
        (("decimal", ("Decimal",)), *_LIMITED),
    ),
    "Real": Part(
        '''

def _bits(value: float) -> bytes:
    try:
        return pack("f", value)
    except OverflowError as error:
        raise ValueError("is too large for a number of 32 bits") from error


def _single(value: float) -> float:
    """The server writes a number of 32 bits as the shortest text that tells it from others."""
    kept: float = unpack("f", _bits(value))[0]
    texts = (f"{kept:.{digits}g}" for digits in range(6, 10))
    shown = (float(text) for text in texts if _bits(float(text)) == _bits(value))
    if isfinite(value) and next(shown) != value:
        raise ValueError("has more digits than a number of 32 bits")
    return value


Real = Annotated[float, AfterValidator(_single)]
''',
        (("math", ("isfinite",)), ("struct", ("pack", "unpack")), *_CHECKED),
    ),
    "Name": Part(
        """

def _short(value: str) -> str:
    if len(value.encode()) > 63:
        raise ValueError("is longer than 63 bytes")
    return value


Name = Annotated[str, AfterValidator(_short)]
""",
        _CHECKED,
    ),
    "NaiveTime": Part(
        """

def _without_zone(value: dt.time) -> dt.time:
    if value.tzinfo is not None:
        raise ValueError("has a time zone, which is not kept")
    return value


NaiveTime = Annotated[dt.time, AfterValidator(_without_zone)]
""",
        (("datetime", ("as dt",)), *_CHECKED),
    ),
    "AwareTime": Part(
        """

def _with_zone(value: dt.time) -> dt.time:
    offset = value.utcoffset()
    if offset is None or abs(offset) >= dt.timedelta(hours=16) or offset.microseconds:
        raise ValueError("needs a time zone, at most 15:59:59 from UTC")
    return value


AwareTime = Annotated[dt.time, AfterValidator(_with_zone)]
""",
        (("datetime", ("as dt",)), *_CHECKED),
    ),
    "Fraction": Part(
        '''

class Fraction:
    """Refuses times with more digits behind their seconds than are kept."""

    def __init__(self, digits: int) -> None:
        self.digits = digits

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return no_info_after_validator_function(self.check, handler(source))

    def check(self, value: Moment) -> Moment:
        if isinstance(value, dt.timedelta):
            past = value.microseconds
        else:
            past = value.microsecond
        if past % 10 ** (6 - self.digits):
            raise ValueError(f"has more than {self.digits} digits behind its seconds")
        return value
''',
        (
            ("typing", ("Any",)),
            ("pydantic", ("GetCoreSchemaHandler",)),
            ("pydantic_core", ("CoreSchema",)),
            ("pydantic_core.core_schema", ("no_info_after_validator_function",)),
        ),
        ("Moment",),
    ),
    "Moment": Part(
        'Moment = TypeVar("Moment", dt.time, dt.datetime, dt.timedelta)\n',
        (("datetime", ("as dt",)), ("typing", ("TypeVar",))),
    ),
    "Rectangular": Part(
        """

def _shape(value: object) -> tuple[int, ...]:
    if not isinstance(value, list):
        return ()
    items = cast("list[object]", value)
    shapes = {_shape(item) for item in items}
    if len(shapes) > 1 or (0,) in shapes:
        raise ValueError("has rows of different lengths, or empty ones")
    return (len(items), *(shapes.pop() if shapes else ()))


def _rectangular(value: Rows) -> Rows:
    _shape(value)
    return value


Rectangular = AfterValidator(_rectangular)
""",
        (("typing", ("cast",)), ("pydantic", ("AfterValidator",))),
        ("Rows",),
    ),
    "Rows": Part('Rows = TypeVar("Rows")\n', (("typing", ("TypeVar",)),)),
    "Json": Part(
        """

def _finite(value: JsonValue) -> JsonValue:
    match value:
        case float() if not isfinite(value):
            raise ValueError("JSON has no such number")
        case list():
            for item in value:
                _finite(item)
        case dict():
            for item in value.values():
                _finite(item)
        case _:
            pass
    return value


Json = Annotated[JsonValue, AfterValidator(_finite)]
""",
        (("math", ("isfinite",)), ("pydantic", ("JsonValue",)), *_CHECKED),
    ),
    "Inet": Part(
        """

def _global(value: Address) -> Address:
    if isinstance(value, IPv6Address) and value.scope_id is not None:
        raise ValueError("has a scope, which is not kept")
    return value


Inet = Annotated[Address, AfterValidator(_global)]
""",
        (("ipaddress", ("IPv6Address",)), *_CHECKED),
        ("Address",),
    ),
    "Address": Part(
        "Address = IPv4Address | IPv6Address | IPv4Interface | IPv6Interface\n",
        (("ipaddress", ("IPv4Address", "IPv4Interface", "IPv6Address", "IPv6Interface")),),
    ),
    "Cidr": Part("Cidr = IPv4Network | IPv6Network\n", (("ipaddress", ("IPv4Network", "IPv6Network")),)),
    "Range": Part(
        '''

class Range(BaseModel, Generic[Bound]):
    """A range as PostgreSQL has it; a bound that is None is infinite."""

    model_config = ConfigDict(from_attributes=True)

    lower: Bound | None = None
    upper: Bound | None = None
    bounds: Literal["[)", "(]", "[]", "()"] = "[)"
    empty: bool = False

    @model_validator(mode="after")
    def check_order(self) -> Self:
        lower: Any = self.lower
        if lower is not None and self.upper is not None and lower > self.upper:
            raise ValueError("begins behind its end")
        return self
''',
        (
            ("typing", ("Any", "Generic", "Literal", "Self")),
            ("pydantic", ("BaseModel", "ConfigDict", "model_validator")),
        ),
        ("Bound",),
    ),
    "Bound": Part('Bound = TypeVar("Bound")\n', (("typing", ("TypeVar",)),)),
    "Storable": Part(
        '''

def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in cast("dict[str, object]", value).items():
            yield key
            yield from _texts(item)
    elif isinstance(value, BaseModel):
        yield from _texts(dict(value))


class Storable(BaseModel):
    """What is meant for the database: its texts hold no NUL and no half of a surrogate pair."""

    @field_validator("*")
    @classmethod
    def refuse_unstorable(cls, value: object) -> object:
        for text in _texts(value):
            if "\\0" in text:
                raise ValueError("holds a NUL, which PostgreSQL does not store")
            text.encode()
        return value
''',
        (
            ("collections.abc", ("Iterator",)),
            ("typing", ("cast",)),
            ("pydantic", ("BaseModel", "field_validator")),
        ),
    ),
}


def definitions(used: Iterable[str]) -> tuple[set[tuple[str, str]], list[str], list[str]]:
    """What is used, and what that uses: the imports of all, the statements, and the blocks of classes or functions."""
    wanted = {name for part in used for name in (part, *_PARTS[part].uses)}
    parts = [part for name, part in _PARTS.items() if name in wanted]
    needed = {(module, name) for part in parts for module, names in part.imports for name in names}
    statements = [part.text.strip() for part in parts if not part.text.startswith("\n")]
    blocks = [part.text.strip() for part in parts if part.text.startswith("\n")]
    return needed, statements, blocks
