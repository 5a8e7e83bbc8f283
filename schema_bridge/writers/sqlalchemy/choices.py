"""What checks list for a column, `status IN ('a', 'b')`, as a type in Python; in the database it stays what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeGuard

import msgspec

from schema_bridge import naming, predicates
from schema_bridge.ir import Check, Column, Domain, Name, Table, Type
from schema_bridge.predicates import Cast, Constant, ContainedBy, In, Term
from schema_bridge.python_model import MappedClass

_WHOLE = {"smallint": 1 << 15, "integer": 1 << 31, "bigint": 1 << 63}
_TEXTS = ("text", "character varying")
_CASTS = {"": "", "text": _TEXTS, "varchar": _TEXTS, "int4": _WHOLE, "int8": _WHOLE, "numeric": _WHOLE}
"""Casts that change no value of these types."""


class Choices(msgspec.Struct, frozen=True):
    """The values that a column, or each element of an array, may have; `name` is that of their type."""

    name: str
    values: tuple[str | int, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The values where they are texts, of which a class can be made."""
        return tuple(value for value in self.values if isinstance(value, str))

    @property
    def members(self) -> tuple[tuple[str, str], ...]:
        return tuple(zip(naming.unique(map(naming.enum_member, self.labels)), self.labels, strict=True))


Domains = Mapping[Name, Domain]
Found = dict[tuple[Name, str], Choices]


def choices(tables: Iterable[tuple[Table, MappedClass]], domains: Domains, taken: set[str]) -> Found:
    """The choices by table and column. No name is one of those that are taken, which they join."""
    found: Found = {}
    for table, mapped in tables:
        for column, attribute in zip(table.columns, mapped.attributes, strict=True):
            if values := _values(table, column, domains):
                name = _unique(f"{mapped.name}{naming.camel(attribute)}", taken)
                taken.add(name)
                found[table.name, column.name] = Choices(name, values)
    return found


def _unique(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}{number}"
    return name


def _values(table: Table, column: Column, domains: Domains) -> tuple[str | int, ...]:
    if column.collation is not None and column.collation.schema not in ("", "pg_catalog"):
        return ()
    type = column.type
    checks = [(check, column.name) for check in table.checks]
    while (domain := domains.get(Name(type.schema, type.name))) is not None and not type.dimensions:
        if domain.collation is not None:
            return ()
        type = domain.type
        checks += [(check, "value") for check in domain.checks]
    if type.dimensions != column.type.dimensions:
        return ()
    return next((values for check, name in checks if (values := _listed(check, name, type))), ())


def _listed(check: Check, name: str, type: Type) -> tuple[str | int, ...]:
    """What the check lists, as far as the type holds it. Rows that are there may break one that is not validated."""
    if check.not_valid or check.not_enforced or type.schema != "pg_catalog" or type.dimensions > 1:
        return ()
    for rule in predicates.parse(check.expression):
        if not isinstance(rule, ContainedBy if type.dimensions else In) or not _is_column(rule.term, name, type):
            continue
        if all(_is_one(value, type) for value in rule.values):
            return tuple(dict.fromkeys(value for of in rule.values if _fits(value := of.value, type)))
    return ()


def _is_column(term: Term, name: str, type: Type) -> bool:
    while isinstance(term, Cast) and type.name in _CASTS.get(term.type.removesuffix("[]"), ()):
        term = term.of
    return term == predicates.Column(name)


def _is_one(of: Constant, type: Type) -> bool:
    """Whether a constant means one value of the type."""
    if type.name in _TEXTS:
        return isinstance(of.value, str) and of.type in ("", "text", "varchar", "bpchar")
    return type.name in _WHOLE and isinstance(of.value, int) and not isinstance(of.value, bool)


def _fits(value: object, type: Type) -> TypeGuard[str | int]:
    """Whether the type can hold the value at all."""
    if isinstance(value, str):
        return not type.modifiers or len(value) <= int(type.modifiers[0])
    return isinstance(value, int) and -_WHOLE[type.name] <= value < _WHOLE[type.name]
