"""The IR as JSON and back: versioned, checked against the structs, and the same bytes for the same schema."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, TypeVar

import msgspec

from schema_bridge.errors import SourceMeaning, SourceSyntax
from schema_bridge.ir import VERSION, Node, Origin, Schema, defaults, facts, leading_to

FORMAT: Literal["schema_bridge.ir"] = "schema_bridge.ir"
S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")
_NODES = frozenset({Node})


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
    document = Document(schema=_with_shared_defaults(schema if origins else without_origins(schema)))
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


def _with_shared_defaults(struct: S) -> S:
    """The same value with the very objects of the defaults: the encoder leaves out what is the default, not what only
    equals it, such as a text that was decoded."""
    told_apart, inside = _shape(type(struct))
    changes: dict[str, Any] = {}
    for name, default in told_apart:
        value = getattr(struct, name)
        if value is not default and value == default:
            changes[name] = default
    for name in inside:
        value = getattr(struct, name)
        if isinstance(value, tuple):
            if value and isinstance(value[0], msgspec.Struct):
                changes[name] = tuple([_with_shared_defaults(item) for item in value])
        elif value is not None and name not in changes:
            changed = _with_shared_defaults(value)
            if changed is not value:
                changes[name] = changed
    return msgspec.structs.replace(struct, **changes) if changes else struct


@cache
def _shape(cls: type[msgspec.Struct]) -> tuple[tuple[tuple[str, Any], ...], tuple[str, ...]]:
    """The fields whose default is no singleton of Python, with that default; and the fields that lead to such."""
    told_apart = tuple((name, default) for name, default in defaults(cls) if _is_told_apart(default))
    inside = (fact for fact in facts(cls) if (held := fact.items or fact.struct) and any(_shape(held)))
    return told_apart, tuple(fact.name for fact in inside)


def _is_told_apart(default: Any) -> bool:
    return isinstance(default, (str, float, msgspec.Struct)) or (isinstance(default, tuple) and bool(default))


def without_origins(struct: S) -> S:
    """The same value with no node knowing where it was stated."""
    changes: dict[str, Any] = {}
    for name in leading_to(type(struct), _NODES):
        value = getattr(struct, name)
        if isinstance(value, msgspec.Struct):
            changes[name] = without_origins(value)
        elif value:
            changes[name] = tuple([without_origins(item) for item in value])
    if isinstance(struct, Node):
        changes["origin"] = None
    return msgspec.structs.replace(struct, **changes) if changes else struct
