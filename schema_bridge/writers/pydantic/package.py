"""The modules of the package that are no table's: the enums, the shared types and `__init__`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from schema_bridge.emit.python import Imports, docstring, exported, layout, listing, string
from schema_bridge.ir import Name
from schema_bridge.python_model import EnumClass

_HEADS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "SmallInt": (("typing", "Annotated"), ("pydantic", "Field")),
    "Integer": (("typing", "Annotated"), ("pydantic", "Field")),
    "BigInt": (("typing", "Annotated"), ("pydantic", "Field")),
    "Inet": tuple(("ipaddress", f"IPv{v}{kind}") for v in (4, 6) for kind in ("Address", "Interface")),
    "Cidr": (("ipaddress", "IPv4Network"), ("ipaddress", "IPv6Network")),
    "Range": (("typing", "Generic"), ("typing", "Literal"), ("typing", "TypeVar"), ("pydantic", "BaseModel"))
    + (("pydantic", "ConfigDict"),),
}
_BODIES: Mapping[str, str] = {
    "SmallInt": "SmallInt = Annotated[int, Field(ge=-(2**15), le=2**15 - 1)]\n",
    "Integer": "Integer = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]\n",
    "BigInt": "BigInt = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]\n",
    "Inet": "Inet = IPv4Address | IPv6Address | IPv4Interface | IPv6Interface\n",
    "Cidr": "Cidr = IPv4Network | IPv6Network\n",
    "Range": '''T = TypeVar("T")


class Range(BaseModel, Generic[T]):
    """A range as PostgreSQL has it; a bound that is None is infinite."""

    model_config = ConfigDict(from_attributes=True)

    lower: T | None = None
    upper: T | None = None
    bounds: Literal["[)", "(]", "[]", "()"] = "[)"
    empty: bool = False
''',
}


def types(used: Iterable[str]) -> dict[str, str]:
    """`types.py` with the types that are used; no file where there are none."""
    names = [name for name in _BODIES if name in set(used)]
    if not names:
        return {}
    imports = Imports()
    for module, name in (wanted for of in names for wanted in _HEADS[of]):
        imports.member(module, name)
    return {"types.py": "\n".join(imports.lines()) + "\n\n" + "".join(_BODIES[name] for name in names)}


def enums(chosen: list[EnumClass], comments: Mapping[Name, str | None]) -> dict[str, str]:
    """`enums.py` with a class for each enum type; no file where there are none."""
    if not chosen:
        return {}
    blocks = [_enum(enum, comments.get(enum.enum)) for enum in sorted(chosen, key=lambda enum: enum.name)]
    return {"enums.py": "from enum import StrEnum\n" + "".join(blocks)}


def _enum(enum: EnumClass, comment: str | None) -> str:
    rows = [docstring(comment, 1), ""] if comment and comment.strip() else []
    rows += [f"    {member} = {string(label)}" for member, label in enum.members] or ["    pass"]
    return f"\n\nclass {enum.name}(StrEnum):\n" + "\n".join(rows) + "\n"


def init(modules: Mapping[str, list[str]]) -> str:
    """`__init__.py`: everything by its name, `__all__` sorted."""
    imports = Imports()
    for module, names in modules.items():
        if names:
            imports.member(f".{module}", *names)
    quoted = [f'"{name}"' for name in exported(name for found in modules.values() for name in found)]
    return "\n".join(imports.lines()) + "\n\n" + layout(listing(quoted), lead="__all__ = ") + "\n"
