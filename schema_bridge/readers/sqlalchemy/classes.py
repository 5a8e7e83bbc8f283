"""Run beside `program`, in the Python of the models: describes Pydantic classes, for modules that hold no tables."""

from __future__ import annotations

import enum
import inspect
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

Described = dict[str, Any]
"""A type: its `names` (`str`, `datetime`, `model`, `any`), `items` of an array, `nullable`, `labels`, `max_length`."""

_ARRAYS = (list, set, frozenset, tuple)


def described(module: types.ModuleType, place: Callable[[Any, str], str | None]) -> list[Described]:
    """The Pydantic classes that a module holds, with their fields; `place` tells where a class or its field stands."""
    try:
        from pydantic import BaseModel
    except ImportError:
        return []
    found = {
        id(value): value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, BaseModel) and value is not BaseModel and value.model_fields
    }
    classes = sorted(found.values(), key=lambda cls: (cls.__module__, cls.__qualname__))
    return [{"name": cls.__name__, "at": place(cls, ""), "fields": list(_fields(cls, place))} for cls in classes]


def _fields(cls: Any, place: Callable[[Any, str], str | None]) -> Iterator[Described]:
    for name, field in cls.model_fields.items():
        aliases = [alias for alias in (field.alias, field.validation_alias) if isinstance(alias, str)]
        for choice in getattr(field.validation_alias, "choices", ()):
            aliases += [choice] if isinstance(choice, str) else []
        home = next((base for base in cls.__mro__ if name in vars(base).get("__annotations__", {})), cls)
        type = _type(field.annotation)
        for item in field.metadata:
            _limit(type, item)
        yield {"name": name, "aliases": aliases, "at": place(home, name) or place(cls, ""), "type": type}


def _limit(type: Described, metadata: Any) -> None:
    limit = getattr(metadata, "max_length", None)
    if isinstance(limit, int):
        type["max_length"] = limit
    for item in getattr(metadata, "metadata", ()) or ():
        _limit(type, item)


def _type(annotation: Any) -> Described:
    found: Described = {"names": [], "nullable": False, "labels": None, "max_length": None, "items": None}
    _add(found, annotation)
    found["names"] = sorted({*found["names"]})
    return found


def _add(found: Described, annotation: Any) -> None:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is None or annotation is types.NoneType:
        found["nullable"] = True
    elif hasattr(annotation, "__value__"):
        _add(found, annotation.__value__)
    elif origin is typing.Annotated:
        _add(found, arguments[0])
        for item in arguments[1:]:
            _limit(found, item)
    elif origin in (typing.Union, types.UnionType):
        for argument in arguments:
            _add(found, argument)
    elif origin is typing.Literal:
        found["labels"] = [*(found["labels"] or ()), *(str(value) for value in arguments if value is not None)]
        found["nullable"] |= None in arguments
        found["names"] += [type(value).__name__ for value in arguments if value is not None]
    elif (origin or annotation) in _ARRAYS:
        found["names"].append("array")
        found["items"] = _type(arguments[0]) if arguments else None
    else:
        _add_class(found, origin or annotation)


def _add_class(found: Described, cls: Any) -> None:
    if not inspect.isclass(cls):
        found["names"].append("any")
    elif issubclass(cls, enum.Enum):
        found["labels"] = [*(found["labels"] or ()), *(str(member.value) for member in cls)]
        found["names"] += [type(member.value).__name__ for member in cls]
    elif hasattr(cls, "model_fields"):
        found["names"].append("model")
    else:
        # A date and time is no date, though its class is one of date's; an EmailStr is made of str and is none.
        names = [base.__name__ for base in cls.__mro__ if base is not object]
        found["names"].append(names[0] if names else "any")
