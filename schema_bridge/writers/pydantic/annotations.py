"""The Python type of a column's type: its text, what it imports, and the limits that the type itself sets."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import msgspec
from msgspec.structs import replace

from schema_bridge.ir import Check, Type
from schema_bridge.pgtypes import INTEGER_BOUNDS
from schema_bridge.predicates import Rule
from schema_bridge.python_model import EnumClass
from schema_bridge.words import words_of
from schema_bridge.writers.pydantic.shared_types import MODULE

Kind = Literal[
    "text", "padded", "integer", "decimal", "float", "real", "boolean", "date", "time", "naive", "aware", "interval",
    "uuid", "json", "bytes", "enum", "list", "other",
]  # fmt: skip
Limit = int | str | Decimal
Imports = tuple[tuple[str, str], ...]

DT: Imports = (("datetime", "as dt"),)
JSON: Imports = ((MODULE, "Json"),)


class Annotation(msgspec.Struct, frozen=True, kw_only=True, gc=False, cache_hash=True):
    """How a value is annotated. `limits` are keywords of `Field`; numbers among them are values, strings are code.

    `choices` are the values of a Literal, as code; `shared` is the name in `types.py` that says the same in short.
    `name` is the alias under which the module defines the Literal. `null`: the type itself takes None.
    """

    text: str
    kind: Kind
    imports: Imports = ()
    limits: tuple[tuple[str, Limit], ...] = ()
    item: Annotation | None = None
    enum: EnumClass | None = None
    choices: tuple[str, ...] = ()
    shared: str = ""
    width: int = 0
    scale: int | None = None
    null: bool = False
    unchecked: bool = False
    """The server refuses, or changes, values that Python cannot tell from others."""
    not_null: bool = False
    """A domain's NOT NULL: NULL is refused whatever the column says."""
    default: str | None = None
    """A domain's default, which a column without its own has."""
    rest: tuple[tuple[Check, Rule], ...] = ()
    """What a domain checks of its value and this annotation does not say; its column is `value`."""

    def limit(self, name: str) -> Limit | None:
        return next((value for key, value in self.limits if key == name), None)


INTEGERS = {"smallint": "SmallInt", "integer": "Integer", "bigint": "BigInt"}

_SIMPLE: Mapping[str, Annotation] = {
    "text": Annotation(text="str", kind="text"),
    "citext": Annotation(text="str", kind="other"),
    "name": Annotation(text="Name", kind="other", imports=((MODULE, "Name"),)),
    "char": Annotation(text="str", kind="other", limits=(("pattern", 'r"^[\\x01-\\x7f]?$"'),)),
    "boolean": Annotation(text="bool", kind="boolean"),
    "real": Annotation(text="Real", kind="real", imports=((MODULE, "Real"),)),
    "double precision": Annotation(text="float", kind="float"),
    "date": Annotation(text="dt.date", kind="date", imports=DT),
    "uuid": Annotation(text="UUID", kind="uuid", imports=(("uuid", "UUID"),)),
    "json": Annotation(text="Json", kind="json", imports=JSON, null=True),
    "jsonb": Annotation(text="Json", kind="json", imports=JSON, null=True),
    "bytea": Annotation(text="bytes", kind="bytes"),
    "inet": Annotation(text="Inet", kind="other", shared="Inet"),
    "cidr": Annotation(text="Cidr", kind="other", shared="Cidr"),
    "macaddr": Annotation(text="str", kind="other", limits=(("pattern", '"^[0-9a-f]{2}(:[0-9a-f]{2}){5}$"'),)),
    "macaddr8": Annotation(text="str", kind="other", limits=(("pattern", '"^[0-9a-f]{2}(:[0-9a-f]{2}){7}$"'),)),
    "oid": Annotation(text="int", kind="integer", limits=(("ge", 0), ("le", 2**32 - 1))),
    "hstore": Annotation(text="dict[str, str | None]", kind="other"),
    "vector": Annotation(text="list[float]", kind="other"),
    "halfvec": Annotation(text="list[float]", kind="other"),
}
_TEMPORAL: Mapping[str, Annotation] = {
    "time without time zone": Annotation(text="NaiveTime", kind="time", imports=((MODULE, "NaiveTime"),)),
    "time with time zone": Annotation(text="AwareTime", kind="other", imports=((MODULE, "AwareTime"),)),
    "timestamp without time zone": Annotation(
        text="NaiveDatetime", kind="naive", imports=(("pydantic", "NaiveDatetime"),)
    ),
    "timestamp with time zone": Annotation(
        text="AwareDatetime", kind="aware", imports=(("pydantic", "AwareDatetime"),)
    ),
    "interval": Annotation(text="dt.timedelta", kind="interval", imports=DT),
}

_AS_TEXT = frozenset(
    words_of(
        """
        box circle geography geometry jsonpath line lquery lseg ltree ltxtquery money path pg_lsn pg_snapshot point polygon refcursor regclass regcollation regconfig regdictionary regnamespace regoper
        regoperator regproc regprocedure regrole regtype sparsevec tid tsquery tsvector txid_snapshot xid xid8 xml
        """
    )
)
"""Types whose values travel as PostgreSQL's own text."""

_RANGES: Mapping[str, Type] = {
    "int4": Type(name="integer"),
    "int8": Type(name="bigint"),
    "num": Type(name="numeric"),
    "ts": Type(name="timestamp without time zone"),
    "tstz": Type(name="timestamp with time zone"),
    "date": Type(name="date"),
}
ANYTHING = Annotation(text="Any", kind="other", imports=(("typing", "Any"),), null=True, unchecked=True)


def built_in(type_: Type) -> Annotation:
    """A type that every database or an extension has; `Any` for one that is not known."""
    name = type_.name
    if name in INTEGERS:
        low, high = INTEGER_BOUNDS[name]
        return Annotation(text="int", kind="integer", limits=(("ge", low), ("le", high)), shared=INTEGERS[name])
    if name in ("character varying", "character"):
        return _characters(name, type_.modifiers)
    if name == "numeric":
        return _numeric(type_.modifiers)
    if name in ("bit", "bit varying"):
        return _bits(name, type_.modifiers)
    if name in _SIMPLE:
        return _SIMPLE[name]
    if name in _TEMPORAL:
        return _temporal(name, type_.modifiers)
    if name in _AS_TEXT:
        return Annotation(text="str", kind="other", unchecked=True)
    return _range_like(type_)


def _range_like(type_: Type) -> Annotation:
    prefix = type_.name.removesuffix("range").removesuffix("multi")
    subtype = _RANGES.get(prefix)
    if subtype is None or not type_.name.endswith("range"):
        return ANYTHING
    found = ranged(built_in(subtype))
    return multiranged(found) if type_.name.endswith("multirange") else found


def listed(item: Annotation) -> Annotation:
    """A list of items; one of lists is as long in all its rows."""
    inner, needed = written(item)
    text = f"list[{inner}]"
    if item.kind == "list":
        text = f"Annotated[{text}, Rectangular]"
        needed = (*needed, ("typing", "Annotated"), (MODULE, "Rectangular"))
    return Annotation(text=text, kind="list", imports=needed, item=item, unchecked=item.unchecked)


def written(annotation: Annotation) -> tuple[str, Imports]:
    """The annotation with its own limits inside it, and what it imports."""
    if annotation.shared:
        return annotation.shared, (*annotation.imports, (MODULE, annotation.shared))
    if not annotation.limits:
        return annotation.text, annotation.imports
    more: Imports = (("typing", "Annotated"), ("pydantic", "Field"))
    code, extra = limits(annotation)
    return f"Annotated[{annotation.text}, Field({', '.join(code)})]", (*annotation.imports, *more, *extra)


def limits(annotation: Annotation) -> tuple[list[str], Imports]:
    """The keywords of `Field` as code, and what they import."""
    needed: Imports = ()
    code: list[str] = []
    for key, value in annotation.limits:
        if isinstance(value, Decimal) and annotation.kind == "decimal":
            needed = (("decimal", "Decimal"),)
            value = decimal(value)
        code.append(f"{key}={value}")
    return code, needed


def decimal(value: Decimal) -> str:
    """The code of a number, with its places."""
    text = f"{value:f}"
    return f'Decimal("{text}")' if "." in text else f"Decimal({text})"


def ranged(subtype: Annotation) -> Annotation:
    inner, needed = written(subtype)
    return Annotation(text=f"Range[{inner}]", kind="other", imports=(*needed, (MODULE, "Range")))


def multiranged(of: Annotation) -> Annotation:
    """The server joins ranges that touch."""
    return replace(listed(of), kind="other", unchecked=True)


def _temporal(name: str, modifiers: tuple[int | str, ...]) -> Annotation:
    """A time, with no more digits behind its seconds than are kept; an interval may end in coarser fields."""
    plain = _TEMPORAL[name]
    fields = next((word for word in modifiers if isinstance(word, str)), "second")
    digits = next((number for number in modifiers if isinstance(number, int)), 6)
    if not fields.endswith("second"):
        return replace(plain, kind="other", unchecked=True)
    if digits >= 6:
        return plain
    needed: Imports = (*plain.imports, ("typing", "Annotated"), (MODULE, "Fraction"))
    return replace(plain, text=f"Annotated[{plain.text}, Fraction({digits})]", imports=needed)


def _characters(name: str, modifiers: tuple[int | str, ...]) -> Annotation:
    length = modifiers[0] if modifiers else None
    if not isinstance(length, int):
        # A `bpchar` without a length takes any text, but compares it without the blanks at its end.
        return Annotation(text="str", kind="text" if name == "character varying" else "other")
    if name == "character":
        # A shorter value would be padded with blanks by the server.
        return Annotation(
            text="str", kind="padded", limits=(("min_length", length), ("max_length", length)), width=length
        )
    return Annotation(text="str", kind="text", limits=(("max_length", length),))


def _numeric(modifiers: tuple[int | str, ...]) -> Annotation:
    if not modifiers:
        return Annotation(text="Numeric", kind="decimal", imports=((MODULE, "Numeric"),))
    needed: Imports = (("decimal", "Decimal"),)
    precision, scale = int(modifiers[0]), int(modifiers[1]) if len(modifiers) > 1 else 0
    if 0 <= scale <= precision:
        found: tuple[tuple[str, Limit], ...] = (("max_digits", precision), ("decimal_places", scale))
    else:
        # Fewer digits than places, or places before the point: PostgreSQL bounds the absolute value.
        edge = Decimal(1).scaleb(precision - scale)
        found = (("gt", -edge), ("lt", edge))
        found += (("decimal_places", scale),) if scale > 0 else (("multiple_of", 10**-scale),)
    return Annotation(text="Decimal", kind="decimal", imports=needed, limits=found, scale=max(scale, 0))


def _bits(name: str, modifiers: tuple[int | str, ...]) -> Annotation:
    length = modifiers[0] if modifiers else 1 if name == "bit" else None
    count = "*" if length is None else "{" + (f"{length}" if name == "bit" else f"0,{length}") + "}"
    return Annotation(text="str", kind="other", limits=(("pattern", f'"^[01]{count}$"'),))
