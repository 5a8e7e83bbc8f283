"""The classes of one table: what they hold, and their text."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

import msgspec

from schema_bridge import naming, predicates
from schema_bridge.errors import Finding
from schema_bridge.ir import Check, Table
from schema_bridge.predicates import Rule
from schema_bridge.python_model import MappedClass
from schema_bridge.writers.pydantic import text
from schema_bridge.writers.pydantic.annotations import Annotation, limits
from schema_bridge.writers.pydantic.columns import Field, Fields
from schema_bridge.writers.pydantic.conditions import (
    NEVER,
    All,
    Atom,
    Attribute,
    Conditions,
    Formula,
    Unstatable,
    simplified,
)
from schema_bridge.writers.pydantic.conditions import written as written_condition
from schema_bridge.writers.pydantic.rules import constant

INDENT = "    "
VARIANTS = ("Base", "Create", "Update", "Response")
Import = tuple[str, str]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the options say of one table."""

    hidden: frozenset[str] = frozenset()
    """Columns that the Response leaves out."""
    camel: bool = False


class RowCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that needs a validator of the whole model: where it is broken, and which columns it reads."""

    check: Check
    columns: tuple[str, ...]
    violated: Formula


class TableModule:
    """The text of one table's module, and what it could not say."""

    def __init__(self, table: Table, mapped: MappedClass, fields: Fields, settings: Settings) -> None:
        self.table = table
        self.name = mapped.name
        self.settings = settings
        self.needed: set[Import] = {("pydantic", "BaseModel")}
        self.by_column = fields.by_column
        self.fields = [fields.by_column[column.name] for column in table.columns]
        self.aliases = self._aliases()
        self._unstated: dict[str, Check] = {}
        self.row_checks = self._row_checks(fields.rules)

    # What is said where

    def _aliases(self) -> dict[str, str]:
        """The name of each Literal, by column."""
        chosen = [field for field in self.fields if _literal(field.annotation) is not None]
        wanted = (self.name + naming.camel(field.attribute) for field in chosen)
        taken = (self.name + variant for variant in VARIANTS)
        return dict(zip((f.column.name for f in chosen), naming.unique(wanted, taken), strict=True))

    def _row_checks(self, rules: Iterable[tuple[Check, Rule]]) -> list[RowCheck]:
        attributes = {
            f.column.name: Attribute(name=f.attribute, annotation=f.annotation) for f in self.fields if written(f)
        }
        conditions = Conditions(attributes)
        found: list[RowCheck] = []
        for check, rule in rules:
            try:
                violated = simplified(conditions.violated(rule), {})
            except Unstatable:
                self._unstated[check.name] = check
                continue
            if violated != NEVER:
                found.append(RowCheck(check=check, columns=predicates.columns(rule), violated=violated))
        self._row_imports = conditions.imports
        self._constants = conditions.constants
        return found

    def unstated(self) -> tuple[Check, ...]:
        """The checks that are not, or not wholly, said in Python."""
        return tuple(self._unstated.values())

    def exports(self) -> list[str]:
        """The names that the package gives on."""
        return [*self.aliases.values(), *(self.name + variant for variant in VARIANTS)]

    def findings(self) -> tuple[Finding, ...]:
        checks = (
            Finding(f"{self.table.name}: the check {c.name} is not stated in full: {flat(c.expression)}", c.origin)
            for c in self.unstated()
        )
        loose = (
            Finding(
                f"{self.table.name}.{f.column.name}: values of type {f.column.type.name} are taken as they are",
                f.column.origin,
            )
            for f in self.fields
            if f.annotation.text == "Any"
        )
        return (*checks, *loose)

    # The text

    def write(self) -> str:
        """The module's text."""
        classes = [self._base(), self._create(), self._update(), self._response()]
        bodies = [*self._alias_lines(), *("\n\n" + "\n".join(lines_) + "\n" for lines_ in classes)]
        return "\n".join([*text.imports(self.needed), ""]) + "".join(bodies)

    def _alias_lines(self) -> list[str]:
        found = []
        for field in self.fields:
            if field.column.name in self.aliases:
                literal = _literal(field.annotation)
                assert literal is not None
                name = self.aliases[field.column.name]
                found.append(text.bracketed(f"{name} = Literal[", literal.choices, "]", ""))
        for name, codes in sorted(self._constants.items()):
            found.append(text.bracketed(f"{name} = (", codes, ")", "") if len(codes) > 1 else f"{name} = {codes[0]}")
        return ["\n" + "\n".join(found) + "\n"] if found else []

    def _in_base(self, field: Field) -> bool:
        """Whether Create and Response annotate the column alike."""
        optional = not field.nullable and self._given(field) == "None"
        return written(field) and field.column.name not in self.settings.hidden and not optional

    def _base(self) -> list[str]:
        own = self.fields_of("base")
        rows = [self._row(field, "") for field in own]
        return self._class("Base", "BaseModel", self._documentation(), [*self._config(own), *rows])

    def fields_of(self, variant: str) -> list[Field]:
        """The columns that a class declares itself."""
        if variant == "base":
            return [f for f in self.fields if self._in_base(f)]
        if variant == "create":
            return [f for f in self.fields if written(f) and (self._given(f) or not self._in_base(f))]
        if variant == "update":
            return [f for f in self.fields if written(f) and not self._is_row_name(f)]
        shown = [f for f in self.fields if f.column.name not in self.settings.hidden]
        return [f for f in shown if not self._in_base(f) or self._renamed(f)]

    def _is_row_name(self, field: Field) -> bool:
        """A key that the database gives: it says which row it is and stays."""
        key = self.table.primary_key
        column = field.column
        given = column.identity is not None or (column.default is not None and self._default(field) is None)
        return key is not None and column.name in key.columns and given

    def _create(self) -> list[str]:
        own = self.fields_of("create")
        rows = [self._row(field, self._given(field)) for field in own]
        required = [f for f in own if not f.nullable and self._given(f) == "None"]
        body = [*rows, *self._refuse_null(required), *self._validator(self._open_in_create())]
        return self._class("Create", f"{self.name}Base", (), body)

    def _update(self) -> list[str]:
        own = self.fields_of("update")
        rows = [self._row(field, "None") for field in own]
        names = {field.column.name for field in own}
        checks = [check for check in self.row_checks if names.issuperset(check.columns)]
        body = [*self._config(own), *rows, *self._refuse_null([f for f in own if not f.nullable])]
        return self._class("Update", "BaseModel", (), [*body, *self._validator(names, checks)])

    def _response(self) -> list[str]:
        own = self.fields_of("response")
        rows = [self._row(field, "", response=True) for field in own]
        config = self._config(self.fields, "from_attributes=True")
        return self._class("Response", f"{self.name}Base", (), [*config, *rows])

    def _class(self, variant: str, parent: str, doc: Iterable[str], body: list[str]) -> list[str]:
        head = text.bracketed(f"class {self.name}{variant}(", [parent], "):", "")
        documentation = list(doc)
        if body and not body[-1]:
            body.pop()
        if not body and not documentation:
            return [head, f"{INDENT}pass"]
        gap = [""] if documentation and body else []
        return [head, *documentation, *gap, *body]

    def _documentation(self) -> list[str]:
        parts = [self.table.comment.strip()] if self.table.comment and self.table.comment.strip() else []
        if self._unstated:
            parts += ["Only the database checks:\n" + "\n".join(map(_described, self.unstated()))]
        return text.docstring("\n\n".join(parts), INDENT) if parts else []

    # Rows

    def _given(self, field: Field) -> str:
        """The default in Base and Create: the database's own where it is a constant; empty where there is none."""
        column = field.column
        if column.identity is None and column.default is None:
            return "None" if field.nullable else ""
        return self._default(field) or "None"

    def _default(self, field: Field) -> str | None:
        """The database's default as code, where it is a constant of the column's type."""
        column = field.column
        if column.default is None or column.identity is not None:
            return None
        value = predicates.constant(column.default)
        return None if value is None else default(field.annotation, value)

    def _row(self, field: Field, given: str, response: bool = False) -> str:
        annotation = field.annotation
        alias = self.aliases.get(field.column.name)
        if given.startswith("Decimal"):
            self.needed.add(("decimal", "Decimal"))
        options, extra = limits(annotation)
        shared = annotation.shared
        code = annotation.text
        self.needed.update(annotation.imports)
        if alias is not None:
            code = alias if annotation.choices else f"list[{alias}]"
        elif shared:
            code, options, extra = shared, [], ()
            self.needed.add((".types", shared))
        self.needed.update(extra)
        if (field.nullable or given == "None") and not annotation.null:
            code += " | None"
        options += self._names(field, response)
        if field.column.comment:
            options.append(f"description={text.string(field.column.comment)}")
        return self._assigned(f"{INDENT}{field.attribute}: {code}", given, options)

    def _assigned(self, declared: str, given: str, options: list[str]) -> str:
        if not options:
            return f"{declared} = {given}" if given else declared
        self.needed.add(("pydantic", "Field"))
        arguments = [f"default={given}", *options] if given else options
        return text.call(f"{declared.strip()} = Field", arguments, "", INDENT)

    def _names(self, field: Field, response: bool) -> list[str]:
        """How the field is called outside Python, where that is not its attribute's name."""
        alias = self._alias(field)
        if alias is None:
            return []
        if response and self._renamed(field):
            # An ORM object has something else under the column's name (`metadata`): its attribute comes first.
            self.needed.add(("pydantic", "AliasChoices"))
            choices = f"AliasChoices({text.string(field.attribute)}, {text.string(alias)})"
            return [f"validation_alias={choices}", f"serialization_alias={text.string(alias)}"]
        return [f"alias={text.string(alias)}"]

    def _renamed(self, field: Field) -> bool:
        return field.attribute != field.column.name

    def _alias(self, field: Field) -> str | None:
        if not self.settings.camel:
            return field.column.name if self._renamed(field) else None
        notes = field.column.notes
        wanted = (notes and notes.property) or to_camel(field.column.name)
        return wanted if wanted != to_camel(field.attribute) or self._renamed(field) else None

    def _config(self, fields: list[Field], *more: str) -> list[str]:
        options = [*more]
        aliased = any(self._alias(field) is not None for field in fields)
        if self.settings.camel:
            self.needed.add(("pydantic.alias_generators", "to_camel"))
            options.append("alias_generator=to_camel")
        if aliased or self.settings.camel:
            options.append("populate_by_name=True")
        if aliased and more and not self.settings.camel:
            options.append("serialize_by_alias=True")
        if any(field.attribute.startswith(("model_validate", "model_dump")) for field in fields):
            options.append("protected_namespaces=()")
        if any(field.annotation.kind == "bytes" for field in fields):
            options += ['ser_json_bytes="base64"', 'val_json_bytes="base64"']
        if not options:
            return []
        self.needed.add(("pydantic", "ConfigDict"))
        return [text.call("model_config = ConfigDict", options, "", INDENT), ""]

    # Validators

    def _refuse_null(self, fields: list[Field]) -> list[str]:
        if not fields:
            return []
        self.needed.add(("pydantic", "field_validator"))
        names = [text.string(field.attribute) for field in fields]
        return [
            "",
            text.call("@field_validator", names, "", INDENT),
            f"{INDENT}@classmethod",
            f"{INDENT}def {self._free('refuse_null')}(cls, value: object) -> object:",
            f"{INDENT * 2}if value is None:",
            f'{INDENT * 3}raise ValueError("may be left out, but not null")',
            f"{INDENT * 2}return value",
        ]

    def _free(self, name: str) -> str:
        """A method's name that is no attribute's."""
        taken = {field.attribute for field in self.fields}
        return naming.unique([name], taken)[0]

    def _open_in_create(self) -> set[str]:
        """Columns that a new row may leave to the database: what they will hold is not known here."""
        return {f.column.name for f in self.fields if self._given(f) == "None" and not self._known_null(f)}

    def _known_null(self, field: Field) -> bool:
        return field.column.default is None and field.column.identity is None

    def _validator(self, open_: set[str], checks: list[RowCheck] | None = None) -> list[str]:
        rows = [row for check in (self.row_checks if checks is None else checks) for row in self._test(check, open_)]
        if not rows:
            return []
        self.needed |= {("pydantic", "model_validator"), ("typing", "Self"), *self._row_imports}
        return [
            "",
            f'{INDENT}@model_validator(mode="after")',
            f"{INDENT}def {self._free('check_row')}(self) -> Self:",
            *rows,
            f"{INDENT * 2}return self",
        ]

    def _test(self, check: RowCheck, open_: set[str]) -> list[str]:
        """One check. What was left out where `open_` allows it has an unknown value, and nothing is asked of it."""
        touched = [self.by_column[name] for name in check.columns]
        formula = simplified(check.violated, {f.attribute: False for f in touched if self._never_none(f, open_)})
        waiting = [f.attribute for f in touched if f.column.name in open_]
        # A None that breaks nothing may as well be one that was left out.
        waiting = [name for name in waiting if simplified(formula, {name: True}) != NEVER]
        guards = tuple(Atom((f"{text.string(name)} in self.model_fields_set",), ()) for name in waiting)
        return [] if formula == NEVER else _if(simplified(All((*guards, formula)), {}), check.check)

    def _never_none(self, field: Field, open_: set[str]) -> bool:
        return not field.nullable and field.column.name not in open_


def _if(formula: Formula, check: Check) -> list[str]:
    message = text.string(f"{check.name}: {flat(check.expression)}")
    raised = text.call("raise ValueError", [message], "", INDENT * 3)
    return [*written_condition(formula, INDENT * 2), raised]


def written(field: Field) -> bool:
    """Whether a client may give the column's value."""
    column = field.column
    return column.generated is None and not (column.identity is not None and column.identity.always)


def _literal(annotation: Annotation) -> Annotation | None:
    """The annotation, or its items', that is a Literal."""
    if annotation.choices:
        return annotation
    return _literal(annotation.item) if annotation.item is not None and annotation.item.choices else None


def default(annotation: Annotation, value: predicates.Constant) -> str | None:
    """A column's default as code, if it is a constant that this annotation takes."""
    if annotation.kind == "decimal" and annotation.scale is not None:
        return _decimal(value, annotation.scale)
    code = constant(annotation, value)
    if annotation.choices and code not in annotation.choices:
        return None
    if code is None or annotation.kind == "date":
        return None
    longest = annotation.limit("max_length")
    fits = not isinstance(longest, int) or not isinstance(value.value, str) or len(value.value) <= longest
    return code if fits else None


def _decimal(value: predicates.Constant, scale: int) -> str | None:
    number = value.value
    if isinstance(number, str | bool):
        return None
    exact = Decimal(number)
    rounded = exact.quantize(Decimal(1).scaleb(-scale)) if abs(exact) < 10**20 else None
    return f'Decimal("{rounded:f}")' if rounded == exact else None


def flat(sql: str) -> str:
    return " ".join(sql.split())


def _described(check: Check) -> str:
    return f"- {check.name}: {flat(check.expression)}"


@lru_cache(maxsize=65536)
def to_camel(name: str) -> str:
    """What `pydantic.alias_generators.to_camel` makes of a name in snake case."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
