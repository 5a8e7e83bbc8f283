"""What people write of a value in the config, as JSON Schema: `int 0..100`, `[str]`, `{energy: int, mood: happy | sad}`."""

from __future__ import annotations

import re
from typing import Any

from schema_bridge.errors import OptionError

Schema = dict[str, Any]
IMPORT = "$import"
"""The keyword for a type that stands in a module of the project, which no JSON Schema has."""

_TYPES: dict[str, Schema] = {
    "any": {},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "dict": {"type": "object"},
    "float": {"type": "number"},
    "int": {"type": "integer"},
    "list": {"type": "array"},
    "str": {"type": "string"},
    "time": {"type": "string", "format": "time"},
    "uuid": {"type": "string", "format": "uuid"},
}
_LIMITS = {
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
}
_SCALAR = re.compile(r"(\w+)(?:\s+(-?[\d.]*?\d)?\.\.(-?\d[\d.]*)?)?\Z")
_JSON_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_KEYWORDS = frozenset({"$schema", "$ref", "$defs", "anyOf", "oneOf", "enum", "const"})


def json_schema(given: Any, key: str) -> Schema:
    """The JSON Schema of a description; one that is a JSON Schema already stays as it is.

    OptionError, with the option's key, for what is neither.
    """
    match given:
        case str():
            return _text(given.strip(), key)
        case [item]:
            return {"type": "array", "items": json_schema(item, key)}
        case dict() if _is_schema(given):
            return given
        case dict() if given and all(isinstance(name, str) for name in given):
            return _object(given, key)
        case _:
            raise OptionError(f"{given!r} describes no value", key=key)


def _is_schema(given: dict[Any, Any]) -> bool:
    kind = given.get("type")
    return bool(_KEYWORDS & given.keys()) or (isinstance(kind, str) and kind in _JSON_TYPES)


def _text(text: str, key: str) -> Schema:
    if text.endswith("?"):
        return {"anyOf": [_text(text[:-1].rstrip(), key), {"type": "null"}]}
    if ":" in text:
        return {IMPORT: text}
    if "|" in text:
        return {"enum": [part.strip() for part in text.split("|")]}
    found = _SCALAR.match(text)
    if found is None or found[1] not in _TYPES:
        raise OptionError(f"{text!r} is no type; known: {', '.join(_TYPES)}, package.module:Class", key=key)
    schema = dict(_TYPES[found[1]])
    for keyword, number in zip(_LIMITS.get(schema.get("type", ""), ("", "")), (found[2], found[3]), strict=True):
        if number is not None and (not keyword or "format" in schema):
            raise OptionError(f"{text!r}: {found[1]} has no limits", key=key)
        if number is not None:
            schema[keyword] = float(number) if "." in number else int(number)
    return schema


def _object(given: dict[str, Any], key: str) -> Schema:
    """Fields by name; the only one may be the class, called as classes are, with its fields below it."""
    [(title, fields), *more] = given.items()
    if not more and title[:1].isupper() and isinstance(fields, dict) and not _is_schema(fields):
        return {**_object(fields, key), "title": title}
    properties = {name: json_schema(value, key) for name, value in given.items()}
    required = [name for name, value in given.items() if not (isinstance(value, str) and value.rstrip().endswith("?"))]
    return {"type": "object", "properties": properties, "required": required}
