"""A table's columns as annotations, with the checks that annotations can say in them and the others beside."""

from __future__ import annotations

from typing import Literal, assert_never, cast

import msgspec
from msgspec.structs import replace

from schema_bridge import predicates
from schema_bridge.emit.python import Call
from schema_bridge.ir import Check, Column, Composite, Domain, Enum, Name, Range, Schema, Table, Type
from schema_bridge.predicates import Rule, Unstated
from schema_bridge.python_model import MappedClass, PythonModel
from schema_bridge.writers.pydantic.annotations import ANYTHING, Annotation, built_in, listed, multiranged, ranged
from schema_bridge.writers.pydantic.rules import narrow


class Annotations:
    """The annotations of one schema's types; asked for often, computed once each."""

    def __init__(self, schema: Schema, model: PythonModel) -> None:
        self._model = model
        self._known: dict[Type, Annotation] = {}
        own: tuple[tuple[Enum | Domain | Composite | Range, ...], ...]
        own = (schema.enums, schema.domains, schema.composites, schema.ranges)
        self._own = {node.name: node for nodes in own for node in nodes}
        self._multiranges = {node.multirange: node for node in schema.ranges if node.multirange is not None}

    def of(self, type_: Type) -> Annotation:
        """The annotation of a type; `Any` for one that is not known."""
        found = self._known.get(type_)
        if found is None:
            found = self._known[type_] = self._array(type_) if type_.dimensions else self._scalar(type_)
        return found

    def _array(self, type_: Type) -> Annotation:
        item = self.of(replace(type_, dimensions=type_.dimensions - 1))
        # No rule speaks of the items of a list, so what a domain still asks of them stays with the database.
        rest = tuple((check, Unstated(check.expression)) for check, _ in item.rest)
        return replace(listed(item), rest=rest) if rest else listed(item)

    def _scalar(self, type_: Type) -> Annotation:
        name = Name(type_.schema, type_.name)
        if name in self._multiranges:
            return multiranged(ranged(self.of(self._multiranges[name].subtype)))
        match self._own.get(name):
            case None:
                return built_in(type_)
            case Enum():
                return self._enum(name)
            case Domain() as own:
                return self._domain(own)
            case Range() as own:
                return ranged(self.of(own.subtype))
            case Composite():
                return ANYTHING
            case own:
                assert_never(own)

    def _enum(self, name: Name) -> Annotation:
        decided = self._model.of_enum(name)
        assert decided is not None, f"no class is decided for the enum {name}"
        return Annotation(text=decided.name, kind="enum", imports=((".enums", decided.name),), enum=decided)

    def _domain(self, domain: Domain) -> Annotation:
        base = self.of(domain.type)
        if domain.collation is not None:
            base = collated(base, domain.collation)
        rest = list(base.rest)
        for check in enforced(domain.checks):
            for rule in predicates.parse(check.expression):
                narrowed = None if check.not_valid else narrow(base, rule)
                base = narrowed or base
                rest += [] if narrowed else [(check, rule)]
        default = base.default if domain.default is None else domain.default
        return replace(base, rest=tuple(rest), default=default, not_null=base.not_null or domain.not_null)


def enforced(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    return tuple(check for check in checks if not check.not_enforced)


def collated(annotation: Annotation, collation: Name) -> Annotation:
    """Under a collation of somebody's own, two texts may be equal that are not the same: no rule on them is stated."""
    own = collation.schema not in ("", "pg_catalog")
    return replace(annotation, kind="other") if own and annotation.kind in ("text", "padded") else annotation


class Field(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A column as the classes see it, and nothing that only tells one table from another: many columns are alike.

    `filled` is who gives the value: the database alone, the database unless it is told (an identity), or the row.
    """

    column: str
    attribute: str
    annotation: Annotation
    nullable: bool
    filled: Literal["always", "by default", "no"]
    default: str | None
    comment: str | None
    property: str | None
    former: tuple[str, ...] = ()
    examples: Call | None = None


class Fields(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A table's fields by column name, and the rules that no annotation says, each with its check."""

    table: Table
    by_column: dict[str, Field]
    rules: tuple[tuple[Check, Rule], ...]


def fields(table: Table, mapped: MappedClass, annotations: Annotations) -> Fields:
    """The fields of a table, each as narrow as the checks make it."""
    found: dict[str, Annotation] = {}
    rest: list[tuple[Check, Rule]] = []
    for column in table.columns:
        annotation = annotations.of(column.type)
        if column.collation is not None:
            annotation = collated(annotation, column.collation)
        found[column.name] = annotation
        rest += [(check, renamed(rule, column.name)) for check, rule in annotation.rest]
    for check in enforced(table.checks):
        for rule in predicates.parse(check.expression):
            if not _narrowed(found, rule, check):
                rest.append((check, rule))
    key = table.primary_key.columns if table.primary_key is not None else ()
    by_column = {
        column.name: _field(column, attribute, found[column.name], column.name in key)
        for column, attribute in zip(table.columns, mapped.attributes, strict=True)
    }
    for old, attribute in mapped.former:
        name = mapped.columns[mapped.attributes.index(attribute)]
        by_column[name] = replace(by_column[name], former=(*by_column[name].former, old))
    return Fields(table=table, by_column=by_column, rules=tuple(rest))


def _field(column: Column, attribute: str, annotation: Annotation, keyed: bool) -> Field:
    proven = column.not_null_constraint is None or not column.not_null_constraint.not_valid
    identity = column.identity
    always = column.generated is not None or (identity is not None and identity.always)
    return Field(
        column=column.name,
        attribute=attribute,
        annotation=annotation,
        nullable=not (keyed or annotation.not_null or (column.not_null and proven)),
        filled="always" if always else "no" if identity is None else "by default",
        default=annotation.default if column.default is None else column.default,
        comment=column.comment,
        property=None if column.notes is None else column.notes.property,
    )


def _narrowed(found: dict[str, Annotation], rule: Rule, check: Check) -> bool:
    """Put the rule into its one column's annotation. Rows that are there may break one that is not validated."""
    if isinstance(rule, Unstated) or check.not_valid:
        return False
    names = predicates.columns(rule)
    if len(names) != 1 or names[0] not in found:
        return False
    narrower = narrow(found[names[0]], rule)
    if narrower is None:
        return False
    found[names[0]] = narrower
    return True


def renamed(rule: Rule, column: str) -> Rule:
    """A domain's rule as one of the column."""
    return cast(Rule, _renamed(rule, column))


def _renamed(value: object, column: str) -> object:
    if isinstance(value, predicates.Column):
        return predicates.Column(column)
    if isinstance(value, tuple):
        return tuple(_renamed(item, column) for item in value)
    if isinstance(value, predicates.Value):
        return type(value)(*(_renamed(getattr(value, name), column) for name in value.__struct_fields__))
    return value
