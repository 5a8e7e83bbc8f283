"""A rule about a row as a Python condition that holds exactly where the rule is false, three-valued as in SQL.

A rule becomes two formulas, where it is true and where it is false: what needs a value asks for it to be there, so
NULL makes neither hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

import msgspec

from schema_bridge import predicates as p
from schema_bridge import regexes
from schema_bridge.emit.python import Call, call, string
from schema_bridge.writers.pydantic.annotations import Annotation
from schema_bridge.writers.pydantic.formulas import COUNTED, All, Atom, Formula, Null, Some, negated
from schema_bridge.writers.pydantic.rules import TEXT_CASTS, constant, plain, raw, uncast


class Unstatable(Exception):
    """The rule has no condition in Python that means the same."""


class Operand(msgspec.Struct, frozen=True, kw_only=True):
    """A term as code. `needs` are the attributes without which it is NULL, `annotation` the type of its value; of
    `filled`, code for lists, none may be empty, or it is NULL too."""

    code: str
    annotation: Annotation
    needs: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()


_NUMBER = Annotation(text="int", kind="integer")
_TEXT = Annotation(text="str", kind="text")
_TRUTH = Annotation(text="bool", kind="boolean")
_LONG = 40
_PYTHON = {"=": "==", "<>": "!="}
_EQUAL = (
    "text", "padded", "integer", "decimal", "float", "real", "boolean", "date", "time", "naive", "aware", "uuid", "enum",
)  # fmt: skip
_ORDERED = ("integer", "decimal", "float", "real", "date", "time", "naive", "aware")


class Conditions:
    """The conditions of one table's rules.

    `constants` are those of the module, by name: what is too long to stand in a condition. What the conditions since
    `begin` need is in `imports` and `used`, the names of such constants.
    """

    def __init__(self, attributes: Mapping[str, tuple[str, Annotation]], constants: dict[str, Call]) -> None:
        self._attributes = attributes
        self.constants = constants
        self.begin()

    def begin(self) -> None:
        self.imports: set[tuple[str, str]] = set()
        self.used: set[str] = set()

    def violated(self, rule: p.Rule) -> Formula:
        """Where the rule is false. Unstatable where that cannot be said exactly."""
        return self._formula(rule, False)

    def _formula(self, rule: p.Rule, wanted: bool) -> Formula:
        match rule:
            case p.And(rules=rules):
                parts = tuple(self._formula(part, wanted) for part in rules)
                return All(parts) if wanted else Some(parts)
            case p.Or(rules=rules):
                parts = tuple(self._formula(part, wanted) for part in rules)
                return Some(parts) if wanted else All(parts)
            case p.Not(rule=inner):
                return self._formula(inner, not wanted)
            case p.IsTrue(rule=inner):
                known = self._formula(inner, True)
                return known if wanted else negated(known)
            case p.IsNull(term=term):
                return self._null(term, wanted)
            case p.Comparison() | p.In() | p.Distinct():
                return self._compared(rule, wanted)
            case p.Matches() | p.Like() | p.JsonKeys() | p.ContainedBy():
                return self._sought(rule, wanted)
            case p.Unstated():
                raise Unstatable
            case _:
                assert_never(rule)

    def _null(self, term: p.Term, wanted: bool) -> Formula:
        term = uncast(term)
        if not isinstance(term, p.Column):
            raise Unstatable
        return Null(self._column(term)[0], wanted)

    def _column(self, column: p.Column) -> tuple[str, Annotation]:
        found = self._attributes.get(column.name)
        if found is None:
            raise Unstatable
        return found

    # Comparisons

    def _compared(self, rule: p.Comparison | p.In | p.Distinct, wanted: bool) -> Formula:
        match rule:
            case p.Comparison(
                left=p.Column() as column, operator="=" | "<>" as operator, right=p.Constant(value=bool() as flag)
            ):
                return self._flag(column, (operator == "=") == flag, wanted)
            case p.Comparison(left=p.Position() as place, operator=operator, right=p.Constant(value=int() as number)):
                # Python counts from 0, and says -1 where SQL says 0.
                one = self._of_text(place)
                asked = operator if wanted else p.OPPOSITE[operator]
                found = one.code.removesuffix(" + 1")
                return self._atom((one,), (found, f"{_PYTHON.get(asked, asked)} {number - 1}"))
            case p.Comparison(left=left, operator=operator, right=right):
                one = self._operand(left)
                other = self._other(one, right)
                self._comparable(one, other, operator)
                asked = operator if wanted else p.OPPOSITE[operator]
                return self._atom((one, other), (one.code, f"{_PYTHON.get(asked, asked)} {other.code}"))
            case p.In(term=term, values=values):
                one = self._operand(term)
                sought = self._values(one, [self._other(one, value).code for value in values])
                return self._atom((one,), (one.code, f"{'in' if wanted else 'not in'} {sought}"))
            case p.Distinct(left=left, right=right):
                return self._distinct(left, right, wanted)
            case _:
                assert_never(rule)

    def _values(self, operand: Operand, codes: list[str]) -> str:
        text = ", ".join(codes)
        if len(text) <= _LONG:
            return f"({text})" if len(codes) > 1 else f"({text},)"
        return self._constant(f"{operand.needs[0]}_values", Call("", tuple(codes)))

    def _constant(self, wanted: str, code: Call) -> str:
        name, number = wanted.upper(), 1
        while name in self.constants and not _same(self.constants[name], code):
            number += 1
            name = f"{wanted}_{number}".upper()
        self.constants[name] = code
        self.used.add(name)
        return name

    def _flag(self, column: p.Column, expected: bool, wanted: bool) -> Formula:
        """A boolean column, as Python asks for one."""
        name, annotation = self._column(column)
        if annotation.kind != "boolean":
            raise Unstatable
        code = f"self.{name}"
        parts = ((code,), (f"not {code}",))
        chosen = parts if expected == wanted else parts[::-1]
        return All((Null(name, False), Atom(*chosen)))

    def _distinct(self, left: p.Term, right: p.Term, wanted: bool) -> Formula:
        """Python's own inequality, with None as a value like others."""
        one = self._operand(left)
        other = self._other(one, right)
        self._comparable(one, other, "=")
        if one.annotation.kind == "padded" or len(one.needs) > 1 or len(other.needs) > 1 or one.filled:
            raise Unstatable
        texts = ((one.code, f"!= {other.code}"), (one.code, f"== {other.code}"))
        return Atom(*(texts if wanted else texts[::-1]))

    def _atom(self, operands: tuple[Operand, ...], parts: tuple[str, ...]) -> Formula:
        needs = dict.fromkeys(name for operand in operands for name in operand.needs)
        filled = (Atom((code,), (f"not {code}",)) for operand in operands for code in operand.filled)
        return All((*(Null(name, False) for name in needs), *filled, Atom(parts, (f"not ({' '.join(parts)})",))))

    def _other(self, one: Operand, right: p.Term) -> Operand:
        if not isinstance(right, p.Constant):
            return self._operand(right)
        code = constant(one.annotation, right)
        if code is None or (one.annotation.choices and code not in one.annotation.choices):
            raise Unstatable
        if one.annotation.kind == "decimal" and code.startswith("Decimal"):
            self.imports.add(("decimal", "Decimal"))
        if one.annotation.kind == "date":
            self.imports.add(("datetime", "as dt"))
        self.imports.update(one.annotation.imports if one.annotation.kind == "enum" else ())
        return Operand(code=code, annotation=one.annotation)

    def _comparable(self, one: Operand, other: Operand, operator: str) -> None:
        kinds = {one.annotation.kind, other.annotation.kind}
        allowed = _EQUAL if operator in ("=", "<>") else _ORDERED
        exact = len(kinds) == 1 or kinds == {"integer", "decimal"}
        same = all(getattr(one.annotation, of) == getattr(other.annotation, of) for of in ("enum", "choices", "width"))
        if not exact or not same or not kinds <= {*allowed}:
            raise Unstatable

    # Texts, arrays and JSON

    def _sought(self, rule: p.Matches | p.Like | p.JsonKeys | p.ContainedBy, wanted: bool) -> Formula:
        operand = self._operand(rule.term)
        code = operand.code
        match rule:
            case p.Matches() | p.Like():
                self._is("text", operand)
                self.imports.add(("re", ""))
                pattern = self._constant(f"{operand.needs[0]}_pattern", call("re.compile", raw(_searched(rule))))
                found = f"{pattern}.search({code})"
                parts = (found,) if wanted else (f"not {found}",)
            case p.JsonKeys(keys=keys, all=every):
                self._is("json", operand)
                tests = tuple(_has_key(operand, string(key)) for key in keys)
                found_all = All(tests) if every else Some(tests)
                nulls = (Null(name, False) for name in operand.needs)
                return All((*nulls, found_all if wanted else negated(found_all)))
            case p.ContainedBy():
                raise Unstatable
            case _:
                assert_never(rule)
        return self._atom((operand,), parts)

    def _is(self, kind: str, operand: Operand) -> None:
        if operand.annotation.kind != kind or (kind == "text" and operand.annotation.choices):
            raise Unstatable

    # Terms

    def _operand(self, term: p.Term) -> Operand:
        match term:
            case p.Column():
                return self._value(term)
            case p.Cast(of=inner):
                return self._cast(term, self._operand(inner))
            case p.Length() | p.Trimmed() | p.Position():
                return self._of_text(term)
            case p.ArrayLength(of=inner, empty_is_null=empty_is_null):
                of = self._operand(inner)
                if of.annotation.kind != "list":
                    raise Unstatable
                filled = (of.code,) if empty_is_null else ()
                return Operand(code=f"len({of.code})", annotation=_NUMBER, needs=of.needs, filled=filled)
            case p.NonNulls(columns=columns):
                names = ", ".join(f"self.{self._column(column)[0]}" for column in columns)
                comma = "," if len(columns) == 1 else ""
                return Operand(code=f"sum({COUNTED} ({names}{comma}))", annotation=_NUMBER)
            case p.IsNull(term=p.Column() as column):
                return Operand(code=f"(self.{self._column(column)[0]} is None)", annotation=_TRUTH)
            case p.Constant() | p.JsonType() | p.IsNull():
                raise Unstatable
            case _:
                assert_never(term)

    def _value(self, column: p.Column) -> Operand:
        name, annotation = self._column(column)
        return Operand(code=f"self.{name}", annotation=annotation, needs=(name,))

    def _cast(self, cast: p.Cast, operand: Operand) -> Operand:
        if operand.annotation.kind == "padded" and cast.type in TEXT_CASTS[:2]:
            return Operand(code=f'{operand.code}.rstrip(" ")', annotation=_TEXT, needs=operand.needs)
        if not plain(operand.annotation, p.Cast(p.Column(""), cast.type)):
            raise Unstatable
        return operand

    def _of_text(self, term: p.Length | p.Trimmed | p.Position) -> Operand:
        of = self._operand(term.of)
        kind, code = of.annotation.kind, of.code
        if kind == "bytes" and isinstance(term, p.Length):
            return Operand(code=f"len({code})", annotation=_NUMBER, needs=of.needs)
        if kind == "padded" and not (isinstance(term, p.Length) and term.unit == "bytes"):
            code = f'{code}.rstrip(" ")'
        elif kind not in ("text", "padded"):
            raise Unstatable
        match term:
            case p.Length(unit=unit):
                counted = code if unit == "characters" else f"{code}.encode()"
                return Operand(code=f"len({counted})", annotation=_NUMBER, needs=of.needs)
            case p.Trimmed(side=side, characters=characters):
                method = {"both": "strip", "left": "lstrip", "right": "rstrip"}[side]
                return Operand(code=f"{code}.{method}({string(characters)})", annotation=_TEXT, needs=of.needs)
            case p.Position(sought=sought):
                return Operand(code=f"{code}.find({string(sought)}) + 1", annotation=_NUMBER, needs=of.needs)
            case _:
                assert_never(term)


def _same(one: Call, other: Call) -> bool:
    return (one.head, one.items) == (other.head, other.items)


def _searched(rule: p.Matches | p.Like) -> str:
    """The pattern for Python's `re`, where `$` would also match before a final line end."""
    if isinstance(rule, p.Like):
        pattern = regexes.like(rule.pattern, end="\\Z") if rule.case else None
    else:
        pattern = regexes.translate(rule.regex, rule.case, end="\\Z")
    if pattern is None:
        raise Unstatable
    return pattern


def _has_key(operand: Operand, key: str) -> Formula:
    """jsonb's `?`: a key of an object, an element of an array, or the text itself."""
    code = operand.code
    inside = Atom((key, f"in {code}"), (key, f"not in {code}"))
    if operand.annotation.text != "Json":
        return inside
    holder = f"isinstance({code}, (dict, list))"
    return Some((Atom((code, f"== {key}"), (code, f"!= {key}")), All((Atom((holder,), (f"not {holder}",)), inside))))
