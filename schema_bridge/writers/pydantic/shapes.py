"""How one column stands in the classes: its annotation, its default, its other names; the same for all tables."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from schema_bridge import naming, predicates
from schema_bridge.emit.python import INDENT, WIDTH, Code, call, declaration, keyword, split_annotation, string
from schema_bridge.writers.pydantic.annotations import Annotation, decimal, limits
from schema_bridge.writers.pydantic.columns import Field
from schema_bridge.writers.pydantic.rules import constant
from schema_bridge.writers.pydantic.shared_types import MODULE

VARIANTS = ("base", "create", "update", "response")
Needed = frozenset[tuple[str, str]]
Line = tuple[str, Needed]
_DECIMAL: Needed = frozenset({("decimal", "Decimal")})
_FIELD: Needed = frozenset({("pydantic", "Field")})
_CHOICES: Needed = frozenset({("pydantic", "AliasChoices")})


class Row:
    """A column as its table's classes write it; one that many tables have alike is made once (`row_of`).

    `given` is its default in Create: the database's own where that is a constant, `None` where it may be left out,
    empty where it is required. `shared` columns are annotated alike in Create and Response.
    """

    __slots__ = (
        "alias", "aliased", "attribute", "code", "column", "configured", "field", "given", "imports", "lines", "literal", "nullable",
        "open", "options", "renamed", "response_names", "shared", "writable",
    )  # fmt: skip

    def __init__(self, field: Field, literal: str | None, camel: bool) -> None:
        self.field = field
        self.column = field.column
        self.attribute = field.attribute
        self.nullable = field.nullable
        self.literal = _literal(field.annotation)
        self.writable = field.filled != "always"
        stated = field.default if field.filled != "by default" else None
        default = constant_default(field.annotation, stated) if stated else None
        computed = field.filled == "by default" or (stated is not None and default is None)
        self.given = default or ("None" if computed or field.nullable else "")
        self.open = computed
        self.shared = self.writable and not (computed and not field.nullable)
        self.code, limits_, self.imports = shape(field.annotation, literal)
        self.renamed = field.column != field.attribute
        self.alias = _alias(field, camel)
        self.aliased = self.alias is not None or bool(field.former)
        self.configured = (
            self.aliased or field.annotation.kind == "bytes" or field.attribute.startswith(naming.PROTECTED)
        )
        described: tuple[Code, ...] = (f"description={string(field.comment)}",) if field.comment else ()
        if field.examples is not None:
            described = (*described, field.examples.behind("examples="))
        self.options: tuple[Code, ...] = (*limits_, *_names(field, self.alias, camel), *described)
        self.response_names: tuple[Code, ...] = self.options
        if self.renamed and self.alias is not None:
            # An ORM object has something else under the column's name (`metadata`): its attribute comes first.
            names = _choices(self.alias, (field.attribute, self.alias, *_former(field, camel)))
            self.response_names = (*limits_, *names, *described)
        self.lines = {variant: self._line(variant) for variant in VARIANTS}

    def _line(self, variant: str) -> Line:
        """The field's text in a class, and what it imports."""
        given = self.given if variant == "create" else "None" if variant == "update" else ""
        options = self.response_names if variant == "response" else self.options
        annotation = self._annotated(given)
        needed = self.imports | _DECIMAL if given.startswith("Decimal") else self.imports
        text, more = field_line(self.attribute, annotation, given, options)
        chosen = self.field.former or (variant == "response" and self.renamed)
        return text, needed | more | (_CHOICES if chosen else frozenset())

    def _annotated(self, given: str) -> str:
        """The annotation; with None where that is the default, or the column's NULL."""
        optional = (self.nullable or given == "None") and not self.field.annotation.null
        return f"{self.code} | None" if optional else self.code


def _literal(annotation: Annotation) -> Annotation | None:
    """The annotation, or its items', that is a Literal."""
    if annotation.choices:
        return annotation
    return annotation.item if annotation.item is not None and annotation.item.choices else None


@lru_cache(maxsize=16384)
def row_of(field: Field, camel: bool) -> Row:
    """A column that has no Literal of its own, as all tables write it that have one like it."""
    return Row(field, None, camel)


def field_line(attribute: str, annotation: str, given: Code, options: tuple[Code, ...]) -> Line:
    """A field with its default, if any, and what it imports; `Field` only where there is more to say."""
    if not options and isinstance(given, str):
        plain = bare(attribute, annotation, given)
        if plain is not None:
            return plain, frozenset()
    arguments = (keyword("default", given), *options) if given else options
    return declaration(attribute, annotation, call("Field", *arguments), holder=""), _FIELD


def bare(name: str, annotation: str, value: str) -> str | None:
    """A field without `Field`, as `ruff format` leaves it; None where only `Field` makes a line of it."""
    plain = f"{INDENT}{name}: {annotation} = {value}" if value else f"{INDENT}{name}: {annotation}"
    if len(plain) <= WIDTH:
        return plain
    if not value:
        return split_annotation(name, annotation)
    opening = f"{INDENT}{name}: {annotation} = ("
    return f"{opening}\n{INDENT * 2}{value}\n{INDENT})" if len(opening) <= WIDTH else None


@lru_cache(maxsize=16384)
def shape(annotation: Annotation, literal: str | None) -> tuple[str, tuple[str, ...], Needed]:
    """The annotation's code, the keywords of `Field` that go with it, and what both import."""
    if annotation.shared:
        return annotation.shared, (), frozenset({*annotation.imports, (MODULE, annotation.shared)})
    options, extra = limits(annotation)
    code = annotation.text
    if literal is not None:
        code = literal if annotation.choices else f"list[{literal}]"
    return code, tuple(options), frozenset({*annotation.imports, *extra})


@lru_cache(maxsize=16384)
def constant_default(annotation: Annotation, sql: str) -> str | None:
    """A column's default as code, if it is a constant that this annotation takes."""
    value = predicates.constant(sql)
    if value is None:
        return None
    if annotation.kind == "decimal" and annotation.scale is not None:
        return _decimal(value, annotation.scale)
    code = constant(annotation, value)
    if code is None or annotation.kind == "date" or (annotation.choices and code not in annotation.choices):
        return None
    longest = annotation.limit("max_length")
    fits = not isinstance(longest, int) or not isinstance(value.value, str) or len(value.value) <= longest
    return code if fits else None


def _decimal(value: predicates.Constant, scale: int) -> str | None:
    """A number with the places that the column gives it; None where it would be rounded."""
    number = value.value
    if isinstance(number, str | bool):
        return None
    exact = Decimal(number)
    rounded = exact.quantize(Decimal(1).scaleb(-scale)) if abs(exact) < 10**20 else None
    return decimal(rounded) if rounded == exact else None


def _alias(field: Field, camel: bool) -> str | None:
    """The name outside Python, where it is not the attribute's (nor what `to_camel` makes of that)."""
    column, attribute = field.column, field.attribute
    if not camel:
        return column if column != attribute else None
    wanted = field.property or to_camel(column)
    return wanted if wanted != to_camel(attribute) or column != attribute else None


def _names(field: Field, alias: str | None, camel: bool) -> tuple[Code, ...]:
    """The keywords for the field's other names."""
    if field.former:
        outside = alias or (to_camel(field.attribute) if camel else field.attribute)
        return _choices(alias, (outside, *_former(field, camel)))
    return () if alias is None else (f"alias={string(alias)}",)


def _choices(alias: str | None, accepted: tuple[str, ...]) -> tuple[Code, ...]:
    """Names of which any is accepted, and the one that is given."""
    choices = call("AliasChoices", *map(string, dict.fromkeys(accepted))).behind("validation_alias=")
    return (choices,) if alias is None else (choices, f"serialization_alias={string(alias)}")


def _former(field: Field, camel: bool) -> tuple[str, ...]:
    """The names that the column had before, also as TypeScript spelled them."""
    return tuple(dict.fromkeys(name for old in field.former for name in ((to_camel(old), old) if camel else (old,))))


@lru_cache(maxsize=65536)
def to_camel(name: str) -> str:
    """What `pydantic.alias_generators.to_camel` makes of a name in snake case."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
