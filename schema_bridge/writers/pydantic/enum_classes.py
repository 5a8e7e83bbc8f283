"""Classes for labels: those of an enum type, and those that a check lists."""

from __future__ import annotations

from ast import literal_eval

from msgspec.structs import replace

from schema_bridge import naming
from schema_bridge.emit.python import Single, docstring, layout, member
from schema_bridge.ir import Name
from schema_bridge.python_model import EnumClass
from schema_bridge.writers.pydantic.annotations import Annotation, listed

STR_ENUM = ("enum", "StrEnum")


def enum_text(enum: EnumClass, comment: str | None) -> str:
    rows = [docstring(comment, 1), ""] if comment and comment.strip() else []
    rows += [member(name, label) for name, label in enum.members] or ["    pass"]
    return "\n".join([layout(Single(f"class {enum.name}", ("StrEnum",)), tail=":"), *rows])


def listed_class(name: str, choices: tuple[str, ...]) -> EnumClass:
    """The class of texts that a check lists, each given as code."""
    labels = [literal_eval(code) for code in choices]
    members = naming.unique(map(naming.enum_member, labels))
    return EnumClass(enum=Name("", name), name=name, module="", members=tuple(zip(members, labels, strict=True)))


def of_class(annotation: Annotation, enum: EnumClass) -> Annotation:
    """The annotation, or a list's items, with a class in the place of a Literal."""
    if annotation.choices:
        return replace(annotation, text=enum.name, kind="enum", enum=enum, choices=(), limits=(), imports=(), shared="")
    assert annotation.item is not None, "what has a Literal is one, or a list of them"
    item = of_class(annotation.item, enum)
    plain = listed(item)
    return replace(annotation, text=plain.text, imports=plain.imports, item=item)
