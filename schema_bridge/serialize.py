"""The IR as JSON and back: versioned, checked against the structs, and the same bytes for the same schema."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from itertools import compress, count, islice, repeat
from operator import attrgetter, is_, is_not
from typing import Any, Literal, TypeAlias, TypeVar

import msgspec

from schema_bridge.errors import SourceMeaning, SourceSyntax
from schema_bridge.ir import VERSION, Node, Origin, Schema, facts

FORMAT: Literal["schema_bridge.ir"] = "schema_bridge.ir"
S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")
replace = msgspec.structs.replace


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A schema as it stands in a file. `version` is that of the IR; facts that hold their default are left out."""

    format: Literal["schema_bridge.ir"] = FORMAT
    version: int = VERSION
    schema: Schema


class _Header(msgspec.Struct, frozen=True):
    format: str = ""
    version: int = 0


def dump(schema: Schema, *, origins: bool = True) -> str:
    """The schema as JSON, indented, in the order of the structs' fields; without origins where they are not wanted."""
    document = Document(schema=_written([schema], origins)[0])
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def load(data: bytes, path: str) -> Schema:
    """The schema of a JSON document that `dump` made; `path` is what errors name.

    SourceSyntax where it is no JSON, SourceMeaning where it is not such a document, or a newer one.
    """
    header = decode(data, _Header, path)
    if header.format != FORMAT:
        raise SourceMeaning(f'this is no schema_bridge JSON: its "format" is not "{FORMAT}"', origin=Origin(path, 1))
    if header.version != VERSION:
        raise SourceMeaning(
            f"this is version {header.version} of the schema's JSON, and version {VERSION} is read here",
            origin=Origin(path, 1),
        )
    return decode(data, Document, path).schema


def check_json(data: bytes, path: str) -> None:
    """SourceSyntax with line and column where the bytes are no JSON at all."""
    decode(data, msgspec.Raw, path)


def decode(data: bytes, cls: type[T], path: str) -> T:
    """JSON bytes as a struct, with one clear error: a syntax error says line and column, any other the path inside."""
    try:
        return msgspec.json.decode(data, type=cls)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at ")
        raise SourceMeaning(
            f"{message[:1].lower()}{message[1:]}" + (f" at {place}" if place else ""), origin=Origin(path, 1)
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceSyntax(f"this is not JSON: {_reason(error)}", origin=_place(data, error, path)) from error


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    reason = str(error).removeprefix("JSON is malformed: ").rpartition(" (byte ")[0] or str(error)
    return "it ends too early" if "truncated" in reason else reason


def _place(data: bytes, error: Exception, path: str) -> Origin:
    digits = str(error).rpartition("(byte ")[2].rstrip(")")
    at = int(digits) if digits.isdigit() else len(data) if "truncated" in str(error) else 0
    before = data[:at].decode(errors="replace")
    return Origin(path, before.count("\n") + 1, at - before.rfind("\n") if "\n" in before else len(before) + 1)


def json_schema(cls: type[msgspec.Struct] = Document) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the document."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(cls)}


def without_origins(struct: S) -> S:
    """The same value with no node knowing where it was stated."""
    return _written([struct], origins=False)[0]


def _written(structs: list[S], origins: bool) -> list[S]:
    """The same values with the very objects of the defaults, and without origins where they are not wanted.

    The encoder leaves out what is the default, not what only equals it, such as a text that was decoded. All structs are
    of one class: a field of all of them is gone through at once, in half the time.
    """
    if not structs:
        return structs
    cls = type(structs[0])
    if not origins and issubclass(cls, Node):
        structs = [replace(struct, origin=None) for struct in structs]
    changed: dict[int, dict[str, Any]] = {}
    for name, change in _changes(cls, origins):
        old = list(map(attrgetter(name), structs))
        new = change(old)
        for at in compress(count(), map(is_not, old, new)) if new is not old else ():
            changed.setdefault(at, {})[name] = new[at]
    if not changed:
        return structs
    return [replace(struct, **changed[at]) if at in changed else struct for at, struct in enumerate(structs)]


Change: TypeAlias = Callable[[list[Any]], list[Any]]
"""What stands for the values of a field of many structs when these are written."""


@cache
def _changes(cls: type[msgspec.Struct], origins: bool) -> tuple[tuple[str, Change], ...]:
    """The fields of a class in which something may have to change, with how."""
    found: list[tuple[str, Change]] = []
    for fact in facts(cls):
        inner = fact.items or fact.struct
        if inner is not None and (_may_change(inner, origins) or _is_told_apart(fact.default)):
            found.append((fact.name, partial(_in_lists if fact.items else _in_structs, origins, fact.default)))
        elif _is_told_apart(fact.default):
            found.append((fact.name, partial(_shared, fact.default)))
    return tuple(found)


def _may_change(cls: type[msgspec.Struct], origins: bool) -> bool:
    return bool(_changes(cls, origins)) or (not origins and issubclass(cls, Node))


def _is_told_apart(default: Any) -> bool:
    """Whether a default is no singleton of Python, so that another object may equal it."""
    return isinstance(default, (str, float, msgspec.Struct)) or (isinstance(default, tuple) and bool(default))


def _shared(default: Any, values: list[Any]) -> list[Any]:
    if values.count(default) == sum(map(is_, values, repeat(default))):
        return values
    return [default if value == default else value for value in values]


def _in_structs(origins: bool, default: Any, values: list[Any]) -> list[Any]:
    """Values that many structs share are looked at once."""
    shared = _shared(default, values) if _is_told_apart(default) else values
    distinct = dict(zip(map(id, shared), shared, strict=True))
    distinct.pop(id(None), None)
    old = list(distinct.values())
    written = _written(old, origins)
    if written is old:
        return shared
    return list(map(dict(zip(distinct, written, strict=True)).get, map(id, shared)))


def _in_lists(origins: bool, default: Any, values: list[Any]) -> list[Any]:
    every = [item for value in values if value for item in value]
    written = _written(every, origins)
    items = iter(written)
    return values if written is every else [value and tuple(islice(items, len(value))) for value in values]
