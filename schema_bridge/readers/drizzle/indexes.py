"""Indexes of a snapshot; an element written as SQL may hold an operator class and an order of its own."""

from __future__ import annotations

import re
from typing import Any

from schema_bridge import expressions
from schema_bridge.default_names import cut
from schema_bridge.errors import SourceSyntax
from schema_bridge.ir import Index, IndexPart, Name, Option
from schema_bridge.readers.drizzle import texts
from schema_bridge.readers.drizzle.document import Document
from schema_bridge.readers.drizzle.snapshot import IndexEntry, PartEntry

_WORD = r'(?:"(?:[^"]|"")*"|[^\W\d][\w$]*)'
_NAME = rf"{_WORD}(?:\s*\.\s*{_WORD})*"
_NULLS = re.compile(r"\s+nulls\s+(?:first|last)\s*\Z", re.IGNORECASE)
_ORDER = re.compile(r"\s+(?:asc|desc)\s*\Z", re.IGNORECASE)
_OPCLASS = re.compile(rf"\s+{_NAME}\s*\Z")
_COLLATE = re.compile(rf"\s+collate\s+{_NAME}\s*\Z", re.IGNORECASE)


def index(document: Document, entry: IndexEntry, table: Name, *keys: str) -> Index:
    """An index of the table; `concurrently` is about the migration that made it, not about the index."""
    where = entry.where
    return Index(
        name=cut(entry.name),
        parts=tuple(_part(document, part, table, *keys) for part in entry.columns),
        unique=entry.is_unique,
        method=entry.method,
        where=None if where is None else texts.expression(document, where, table, *keys, "where"),
        options=options(entry.options),
        origin=document.origin(*keys),
    )


def options(entries: dict[str, Any]) -> tuple[Option, ...]:
    """Storage options, in the order of their names."""
    return tuple(sorted((Option(name=name, value=_value(value)) for name, value in entries.items()), key=_name))


def _name(option: Option) -> str:
    return option.name


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _part(document: Document, entry: PartEntry, table: Name, *keys: str) -> IndexPart:
    if entry.is_expression:
        return _written(document, entry, table, *keys)
    if entry.opclass and not entry.asc:
        document.warn(f"drizzle-kit leaves DESC out of its SQL beside the operator class {entry.opclass}", *keys)
    return IndexPart(
        column=cut(entry.expression),
        opclass=Name("", entry.opclass) if entry.opclass else None,
        descending=not entry.asc,
        nulls_first=_nulls_first(entry),
    )


def _nulls_first(entry: PartEntry) -> bool:
    return (not entry.asc) if entry.nulls is None else entry.nulls == "first"


def _written(document: Document, entry: PartEntry, table: Name, *keys: str) -> IndexPart:
    """An element that stands as SQL: `lower("email")`, `"name" gin_trgm_ops`, `"created_at" DESC NULLS LAST`."""
    statement = f"CREATE INDEX ON t ({entry.expression})"
    try:
        elements = expressions.parse_query(statement)["IndexStmt"]["indexParams"]
    except SourceSyntax as error:
        document.fail(
            f"this is not an element of an index: {entry.expression}", *keys, hint=error.message.split(":")[0]
        )
    element = elements[0]["IndexElem"]
    if len(elements) > 1 or element.get("opclassopts"):
        document.fail(f"this cannot be read as one element of an index: {entry.expression}", *keys)
    texts.refuse_parameters(document, entry.expression, element, *keys)
    column = element.get("name")
    descending = element["ordering"] == "SORTBY_DESC" if _states(element, "ordering") else not entry.asc
    return IndexPart(
        column=column,
        expression=None if column else texts.expression(document, _bare(entry.expression, element), table, *keys),
        collation=_named(element.get("collation")),
        opclass=_named(element.get("opclass")),
        descending=descending,
        nulls_first=_first(element, entry, descending),
    )


def _states(element: Any, option: str) -> bool:
    return not element.get(option, "DEFAULT").endswith("DEFAULT")


def _first(element: Any, entry: PartEntry, descending: bool) -> bool:
    if _states(element, "nulls_ordering"):
        return bool(element["nulls_ordering"] == "SORTBY_NULLS_FIRST")
    if _states(element, "ordering"):
        return descending
    return _nulls_first(entry)


def _bare(text: str, element: Any) -> str:
    """The expression without what follows it in the element, which the parser has already understood."""
    if _states(element, "nulls_ordering"):
        text = _NULLS.sub("", text)
    if _states(element, "ordering"):
        text = _ORDER.sub("", text)
    if element.get("opclass"):
        text = _OPCLASS.sub("", text)
    if element.get("collation"):
        text = _COLLATE.sub("", text)
    return text


def _named(parts: Any) -> Name | None:
    if not parts:
        return None
    words = [part["String"]["sval"] for part in parts]
    return Name(words[-2] if len(words) > 1 else "", words[-1])
