"""The classes of one table: what they hold, and their text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec
from msgspec.structs import replace

from schema_bridge import naming, predicates
from schema_bridge.emit.python import Call, call, docstring, layout, listing, string, value
from schema_bridge.errors import Finding
from schema_bridge.ir import Check
from schema_bridge.python_model import EnumClass, MappedClass
from schema_bridge.writers.pydantic.annotations import Annotation, limits
from schema_bridge.writers.pydantic.columns import Field, Fields
from schema_bridge.writers.pydantic.conditions import Conditions, Unstatable
from schema_bridge.writers.pydantic.descriptions import json_schema
from schema_bridge.writers.pydantic.enum_classes import STR_ENUM, enum_text, listed_class, of_class
from schema_bridge.writers.pydantic.formulas import NEVER, All, Atom, Formula, simplified
from schema_bridge.writers.pydantic.formulas import written as condition
from schema_bridge.writers.pydantic.json_models import JsonModels
from schema_bridge.writers.pydantic.options import Settings
from schema_bridge.writers.pydantic.shapes import Row, field_line, row_of
from schema_bridge.writers.pydantic.shared_types import MODULE

INDENT = "    "
Import = tuple[str, str]
_CONFIG: Import = ("pydantic", "ConfigDict")


class RowCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that needs a validator of the whole model: where it is broken, which columns it reads, and what the code
    of that needs."""

    check: Check
    columns: tuple[str, ...]
    violated: Formula
    imports: frozenset[Import]
    constants: frozenset[str]


class Scope(msgspec.Struct, frozen=True):
    """The names that are taken in the package, and the constants of the module, by name."""

    taken: set[str]
    constants: dict[str, Call]

    def name(self, wanted: str) -> str:
        """A name for something in the package: the one that is wanted, numbered where it is taken."""
        name, number = wanted, 1
        while name in self.taken:
            number += 1
            name = f"{wanted}{number}"
        self.taken.add(name)
        return name


class TableClasses:
    """The text of one table's classes, what it needs, and what it could not say.

    `needed` is imported, or defined in the same module; `literals` are types that the classes name, with their values;
    `constants` are names of the module's constants.
    """

    def __init__(self, mapped: MappedClass, fields: Fields, settings: Settings, scope: Scope) -> None:
        self.table = table = fields.table
        self.name = mapped.name
        self.settings = settings
        self.needed: set[Import] = set()
        self.constants: set[str] = set()
        self.scope = scope
        self.models: dict[str, str] = {}
        found = [fields.by_column[column.name] for column in table.columns]
        if settings.types or settings.examples:
            found = [self._asked(field) for field in found]
        self.rows = [row_of(field, settings.camel) for field in found]
        self._literals = self._named_literals()
        self.extra = [(name, extra, self._described(extra.type, name, name)) for name, extra in settings.extra.items()]
        self.attributes = mapped.attributes
        self.by_column = {row.column: row for row in self.rows}
        self.conditions = Conditions(
            {row.column: (row.attribute, row.field.annotation) for row in self.rows if row.writable and fields.rules},
            scope.constants,
        )
        self._unstated: dict[str, Check] = {}
        self._plain = not (settings.camel or settings.by_alias or any(row.configured for row in self.rows))
        self.row_checks = [*self._row_checks(fields.rules)] if fields.rules else []
        self._written: set[str] = set()
        self.classes = ["\n".join(lines) for lines in self._classes()]
        self.literals = {name: found for column, (name, found) in self._literals.items() if column in self._written}

    def _asked(self, field: Field) -> Field:
        """A column with what the options say of it."""
        settings = self.settings
        if field.column in settings.types:
            key, given = settings.types[field.column]
            field = replace(field, annotation=self._described(given, key, field.attribute))
        if field.column in settings.examples:
            field = replace(field, examples=listing(map(value, settings.examples[field.column])))
        return field

    def _described(self, given: Any, key: str, attribute: str) -> Annotation:
        """The annotation of a value that the options describe; its models are the module's."""
        schema = json_schema(given, key)
        models = JsonModels(schema, key, self.scope.name)
        annotation = models.annotation(schema, self.name + _camel(attribute))
        self.models.update(models.classes)
        self.needed |= models.needed
        return annotation

    def _named_literals(self) -> dict[str, tuple[str, Annotation]]:
        """The names for Literals by column; the columns' rows say these names from now on."""
        literals: dict[str, tuple[str, Annotation]] = {}
        for at, row in enumerate(self.rows):
            found = row.literal
            if found is None:
                continue
            name = self.scope.name(self.name + _camel(row.attribute))
            if self.settings.enum_classes and found.kind in ("text", "padded"):
                self.rows[at] = self._listed(row.field, listed_class(name, found.choices))
                continue
            literals[row.column] = (name, found)
            self.rows[at] = Row(row.field, name, self.settings.camel)
        return literals

    def _listed(self, field: Field, enum: EnumClass) -> Row:
        """The row of a column whose texts have a class."""
        self.models[enum.name] = enum_text(enum, None)
        self.needed.add(STR_ENUM)
        return row_of(replace(field, annotation=of_class(field.annotation, enum)), self.settings.camel)

    def _row_checks(self, rules: Iterable[tuple[Check, predicates.Rule]]) -> Iterator[RowCheck]:
        for check, rule in rules:
            self.conditions.begin()
            try:
                violated = simplified(self.conditions.violated(rule), {})
            except Unstatable:
                self._unstated[check.name] = check
                continue
            if violated != NEVER:
                yield RowCheck(
                    check=check,
                    columns=predicates.columns(rule),
                    violated=violated,
                    imports=frozenset(self.conditions.imports),
                    constants=frozenset(self.conditions.used),
                )

    # What others ask

    def exports(self) -> list[str]:
        """The names that the package gives on."""
        return [*self.models, *self.literals, *self.settings.names.values()]

    def findings(self) -> Iterator[Finding]:
        """The checks that are not, or not wholly, said in Python, and the columns whose type says nothing."""
        for check in self._unstated.values():
            said = f"{self.table.name}: the check {check.name} is not stated in full: {flat(check.expression)}"
            yield Finding(said, check.origin)
        for column, row in zip(self.table.columns, self.rows, strict=True):
            if row.field.annotation.unchecked:
                said = f"{self.table.name}.{column.name}: values of type {column.type.name} are taken as they are"
                yield Finding(said, column.origin)

    # The classes

    def _classes(self) -> Iterator[list[str]]:
        """The classes; what the first of them says of the table is true of all."""
        settings, names = self.settings, self.settings.names
        unasked, unshown = settings.leaves_out("create"), settings.leaves_out("response")
        new = [row for row in self.rows if row.writable and row.column not in unasked]
        shown = [row for row in self.rows if row.column not in unshown]
        both = {row.column for row in new} & {row.column for row in shown} if "base" in names else set()
        shared = [row for row in self.rows if row.shared and row.column in both]
        documentation = self._documentation()
        root = self._root()
        above = names.get("base", root)
        for variant in names:
            match variant:
                case "base":
                    yield self._class(variant, (root,), documentation + self._base(shared))
                case "create":
                    yield self._class(variant, self._storable(above), documentation + self._create(shared, new))
                case "update":
                    yield self._class(variant, self._storable(root), documentation + self._update())
                case "response":
                    yield self._class(variant, (above,), documentation + self._response(shared, shown))
                case _:
                    yield self._class(variant, (root,), self._list())
            documentation = []

    def _root(self) -> str:
        self.needed.add(self.settings.base)
        return self.settings.base[1]

    def _storable(self, parent: str) -> tuple[str, ...]:
        self.needed.add((MODULE, "Storable"))
        return ("Storable",) if parent == "BaseModel" else ("Storable", parent)

    def _class(self, variant: str, parents: tuple[str, ...], body: list[str]) -> list[str]:
        while body and not body[-1]:
            body.pop()
        while body and not body[0]:
            del body[0]
        head = layout(Call(f"class {self.settings.names[variant]}", parents), tail=":")
        return [head, *(body or [f"{INDENT}pass"])]

    def _documentation(self) -> list[str]:
        parts = [self.table.comment.strip()] if self.table.comment and self.table.comment.strip() else []
        if self._unstated:
            unstated = (f"- {check.name}: {flat(check.expression)}" for check in self._unstated.values())
            parts.append("Only the database checks:\n" + "\n".join(unstated))
        return [docstring("\n\n".join(parts), 1), ""] if parts else []

    def _base(self, shared: list[Row]) -> list[str]:
        return [*self._config(shared), *self._fields(shared, "base")]

    def _create(self, shared: list[Row], new: list[Row]) -> list[str]:
        known = {row.column for row in shared}
        created = [row for row in new if row.given or row.column not in known]
        required = [row for row in created if row.given == "None" and not row.nullable]
        # What a new row may leave to the database has a value that is not known here.
        open_ = {row.column for row in created if row.open}
        own = [row for row in created if row.column not in known]
        names = {row.column for row in new}
        alone = "base" not in self.settings.names
        return [
            *(self._config(new) if alone or (own and self._config(own) != self._config(shared)) else []),
            *self._fields(created, "create"),
            *self._more("create"),
            *self._refuse_null([row.attribute for row in required]),
            *self._validator(open_, [check for check in self.row_checks if names.issuperset(check.columns)]),
        ]

    def _update(self) -> list[str]:
        hidden = self.settings.leaves_out("update")
        key = self.table.primary_key.columns if self.table.primary_key is not None else ()
        # A key that the database gives says which row it is, and stays.
        fixed = {*hidden, *(row.column for row in self.rows if row.open and row.column in key)}
        updated = [row for row in self.rows if row.writable and row.column not in fixed]
        names = {row.column for row in updated}
        solid = [name for name, extra, of in self.extra if "update" in extra.variants and not of.null]
        return [
            *self._config(updated),
            *self._fields(updated, "update"),
            *self._more("update", "None"),
            *self._refuse_null([row.attribute for row in updated if not row.nullable] + solid),
            *self._validator(names, [check for check in self.row_checks if names.issuperset(check.columns)]),
        ]

    def _response(self, shared: list[Row], shown: list[Row]) -> list[str]:
        known = {row.column for row in shared}
        own = [row for row in shown if row.column not in known or row.renamed]
        return [
            *self._config(shown, "from_attributes=True"),
            *self._fields(own, "response"),
            *self._more("response"),
        ]

    def _list(self) -> list[str]:
        self.needed.add(("pydantic", "Field"))
        items = f"{INDENT}items: list[{self.settings.names['response']}]"
        return [items, f"{INDENT}total: int = Field(ge=0)"]

    def _fields(self, rows: list[Row], variant: str) -> list[str]:
        if self._literals:
            self._written.update([row.column for row in rows])
        lines = [row.lines[variant] for row in rows]
        self.needed.update(*[needed for _, needed in lines])
        return [text for text, _ in lines]

    def _more(self, variant: str, given: str = "") -> list[str]:
        """The fields that are no columns."""
        lines = []
        for name, extra, annotation in self.extra:
            if variant not in extra.variants:
                continue
            options, needed = limits(annotation)
            described = [f"description={string(extra.description)}"] if extra.description else []
            text = f"{annotation.text} | None" if given and not annotation.null else annotation.text
            default = given or ("None" if annotation.null else "")
            line, more = field_line(name, text, default, (*options, *described))
            self.needed |= {*annotation.imports, *needed, *more}
            lines.append(line)
        return lines

    def _config(self, rows: list[Row], *more: str) -> list[str]:
        if self._plain and not more:
            return []
        if self._plain:
            self.needed.add(_CONFIG)
            return [f"{INDENT}model_config = ConfigDict({', '.join(more)})", ""]
        options = [*more]
        aliased = any(row.alias is not None for row in rows)
        known = aliased or any(row.aliased for row in rows)
        if self.settings.camel:
            self.needed.add(("pydantic.alias_generators", "to_camel"))
            options.append("alias_generator=to_camel")
        if known or self.settings.camel:
            options.append("populate_by_name=True")
        if self.settings.by_alias or (aliased and more and not self.settings.camel):
            options.append("serialize_by_alias=True")
        if any(row.attribute.startswith(naming.PROTECTED) for row in rows):
            options.append("protected_namespaces=()")
        if any(row.field.annotation.kind == "bytes" for row in rows):
            options += ['ser_json_bytes="base64"', 'val_json_bytes="base64"']
        if not options:
            return []
        self.needed.add(_CONFIG)
        return [layout(call("ConfigDict", *options), indent=1, lead="model_config = "), ""]

    # Validators

    def _refuse_null(self, attributes: list[str]) -> list[str]:
        if not attributes:
            return []
        self.needed.add(("pydantic", "field_validator"))
        return ["", _null_refused(self._free("refuse_null"), tuple(attributes))]

    def _free(self, name: str) -> str:
        """A method's name that is no attribute's."""
        return naming.unique([name], self.attributes)[0] if name in self.attributes else name

    def _validator(self, open_: set[str], checks: list[RowCheck]) -> list[str]:
        tests = [line for check in checks for line in self._test(check, open_)]
        if not tests:
            return []
        self.needed |= {("pydantic", "model_validator"), ("typing", "Self")}
        return [
            "",
            f'{INDENT}@model_validator(mode="after")',
            f"{INDENT}def {self._free('check_row')}(self) -> Self:",
            *tests,
            f"{INDENT * 2}return self",
        ]

    def _test(self, check: RowCheck, open_: set[str]) -> list[str]:
        """One check. What was left out where `open_` allows it has an unknown value, and nothing is asked of it."""
        touched = [self.by_column[name] for name in check.columns]
        solid = {row.attribute: False for row in touched if not row.nullable and row.column not in open_}
        formula = simplified(check.violated, solid)
        waiting = [row.attribute for row in touched if row.column in open_]
        # A None that breaks nothing may as well be one that was left out.
        waiting = [name for name in waiting if simplified(formula, {name: True}) != NEVER]
        guards = tuple(Atom((string(name), "in self.model_fields_set"), ()) for name in waiting)
        formula = simplified(All((*guards, formula)), {})
        if formula == NEVER:
            return []
        self.needed.update(check.imports)
        self.constants.update(check.constants)
        message = string(f"{check.check.name}: {flat(check.check.expression)}")
        return [*condition(formula, INDENT * 2), layout(call("raise ValueError", message), indent=3)]


@lru_cache(maxsize=4096)
def _null_refused(method: str, attributes: tuple[str, ...]) -> str:
    """The validator that refuses None where it only stands for what was left out."""
    return "\n".join(
        [
            layout(call("@field_validator", *map(string, attributes)), indent=1),
            f"{INDENT}@classmethod",
            f"{INDENT}def {method}(cls, value: object) -> object:",
            f"{INDENT * 2}if value is None:",
            f'{INDENT * 3}raise ValueError("may be left out, but not null")',
            f"{INDENT * 2}return value",
        ]
    )


@lru_cache(maxsize=16384)
def _camel(attribute: str) -> str:
    return naming.camel(attribute)


def flat(sql: str) -> str:
    return " ".join(sql.split())
