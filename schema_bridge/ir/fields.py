"""The fields as data: what comparing, serialising, merging, walking and the catalog queries are driven by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib import import_module
from inspect import get_annotations
from types import SimpleNamespace
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta


class Fact(msgspec.Struct, frozen=True):
    """One field of a struct: how it is compared (`value`, `expression`, `query`, `body`, `statement`, `never`), the
    struct class of its items where it holds a list, the struct class it holds where it holds one, and its default."""

    name: str
    compare: str
    items: type[msgspec.Struct] | None
    struct: type[msgspec.Struct] | None
    default: Any


@cache
def facts(cls: type[msgspec.Struct]) -> tuple[Fact, ...]:
    """The fields of an IR struct, in order, as data."""
    hints: dict[str, tuple[str, str]] = {}
    for base in reversed(cls.__mro__):
        hints |= {name: (base.__module__, hint) for name, hint in get_annotations(base).items()}
    return tuple([_fact(*hints[name])(name=name, default=default) for name, default in defaults(cls)])


@cache
def _fact(module: str, hint: str) -> Callable[..., Fact]:
    """A fact of that type: most fields have one of a few types, and to evaluate a hint takes long."""
    field = SimpleNamespace(__annotations__={"hint": hint})
    found = get_type_hints(field, vars(import_module(module)), include_extras=True)["hint"]
    return partial(Fact, compare=_compare(found), items=_item_struct(found), struct=_own_struct(found))


@cache
def defaults(cls: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    """The fields of a struct with their defaults, NODEFAULT where there is none; not by `facts`, which has to find out
    their types."""
    names, known = cls.__struct_fields__, cls.__struct_defaults__
    return tuple(zip(names, (msgspec.NODEFAULT,) * (len(names) - len(known)) + known, strict=True))


def _compare(hint: Any) -> str:
    for meta in getattr(hint, "__metadata__", ()):
        if isinstance(meta, Meta) and meta.extra and "compare" in meta.extra:
            return str(meta.extra["compare"])
    return next((found for arg in get_args(hint) if (found := _compare(arg)) != "value"), "value")


def _bare(hint: Any) -> tuple[Any, ...]:
    """The alternatives of a hint, without Annotated and None."""
    if get_origin(hint) is Annotated:
        return _bare(get_args(hint)[0])
    args = get_args(hint)
    if type(None) in args:
        return tuple(bare for arg in args if arg is not type(None) for bare in _bare(arg))
    return (hint,)


def _own_struct(hint: Any) -> type[msgspec.Struct] | None:
    return next((b for b in _bare(hint) if isinstance(b, type) and issubclass(b, msgspec.Struct)), None)


def _item_struct(hint: Any) -> type[msgspec.Struct] | None:
    return next((_own_struct(get_args(b)[0]) for b in _bare(hint) if get_origin(b) is tuple and get_args(b)), None)


def walk(node: msgspec.Struct) -> Iterator[msgspec.Struct]:
    """The node and every struct inside it, depth first, in field order."""
    yield node
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if isinstance(value, msgspec.Struct):
            yield from walk(value)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, msgspec.Struct):
                    yield from walk(item)


@cache
def leading_to(cls: type[msgspec.Struct], wanted: frozenset[type[msgspec.Struct]]) -> tuple[str, ...]:
    """The fields of a struct that hold, at any depth, a struct of one of the classes: a walk that looks for these alone
    needs no others."""
    held = ((fact.name, fact.items or fact.struct) for fact in facts(cls))
    return tuple(
        name
        for name, inner in held
        if inner is not None and (not wanted.isdisjoint(inner.__mro__) or leading_to(inner, wanted))
    )
