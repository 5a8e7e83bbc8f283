"""What a statement's handler works with: the bytes and place of the statement, names, types and texts taken from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, NoReturn

from schema_bridge import pgtypes
from schema_bridge.errors import Finding, SourceMeaning
from schema_bridge.ir import Column, Name, Option, Origin, Schema, Table, Type
from schema_bridge.readers.sql import lexer, nodes
from schema_bridge.readers.sql.excerpt import place
from schema_bridge.readers.sql.lent import Lender
from schema_bridge.readers.sql.qualify import qualified
from schema_bridge.readers.sql.state import Relation, State

Tree = nodes.Tree

DEFAULT_PATH = ("public",)


class AlreadyThere(SourceMeaning):
    """What is to be made exists."""


class Lines:
    """The lines of a text by position, counted from the place asked for last: the next one is nearly always close."""

    def __init__(self, data: bytes, first: int = 1) -> None:
        self._data = data
        self._at = 0
        self._line = first

    def line(self, at: int) -> int:
        """The number of the line that holds this position."""
        if at >= self._at:
            self._line += self._data.count(b"\n", self._at, at)
        else:
            self._line -= self._data.count(b"\n", at, self._at)
        self._at = at
        return self._line


class Context:
    """One reading: the state, the file at hand and the span of its statement at hand.

    `apply` carries out the statement at hand, for those that hold others (CREATE SCHEMA, DO).
    """

    def __init__(
        self,
        state: State,
        apply: Callable[[Context, str, Tree], None],
        skipped: Counter[str],
        findings: list[Finding],
        around: Schema | None = None,
    ) -> None:
        self.lender = Lender(around)
        self.state = state
        self.apply = apply
        self.skipped = skipped
        self.findings = findings
        self.file = ""
        self.data = b""
        self.lines = Lines(b"")
        self.start = self.end = 0
        self.position = 0
        self.unknown_types: dict[str, tuple[Origin, str]] = {}
        self.commands: Tree = {}
        """The ALTER statement whose commands are carried out."""
        self.repeated: dict[bytes, tuple[Column, bool]] = {}
        """The columns that the same words make in any table, and whether these hold constraints of the table."""
        self.mentioned: dict[str, set[str]] = {}
        """The names that may be columns in the text of a check."""
        self.begin_session()

    def begin_session(self) -> None:
        """What SET said before is forgotten."""
        self.path: tuple[str, ...] = DEFAULT_PATH
        self.role: str | None = None
        """The role that SET ROLE gave: what is made from here on is its own."""
        self.tablespace: str | None = None
        self.before: State | None = None
        """The state at BEGIN, for ROLLBACK."""

    def open(self, file: str, data: bytes) -> None:
        self.file = file
        self.data = data
        self.lines = Lines(data)

    # Places and errors

    def origin(self, at: int | None = None) -> Origin:
        """The line of a position of the file; of the statement's first word if none is given."""
        return Origin(self.file, self.lines.line(self.start if at is None else at))

    def origin_of(self, at: int) -> Origin:
        """The line and the column of a position of the file."""
        return Origin(self.file, self.lines.line(at), at - self.data.rfind(b"\n", 0, at))

    def fail(self, message: str, *, at: int | None = None) -> NoReturn:
        """SourceMeaning that shows a position of the file; the statement's first word if none is given."""
        raise self.error(message, at=at)

    def error(self, message: str, *, at: int | None = None) -> SourceMeaning:
        if at is None:
            return SourceMeaning(message, origin=self.origin())
        origin, excerpt = place(self.file, self.data, at)
        return SourceMeaning(message, origin=origin, excerpt=excerpt)

    def clash(self, message: str) -> NoReturn:
        """Two things of one name: a DO block may foresee this one."""
        raise AlreadyThere(message, origin=self.origin())

    def say(self, message: str) -> None:
        self.findings.append(Finding(message, self.origin()))

    # Names

    @property
    def home(self) -> str:
        """The schema in which an unqualified CREATE puts its object."""
        return self.path[0] if self.path else "public"

    def made(self, relation: Tree) -> Name:
        """The name of a relation that is created here."""
        if relation.get("relpersistence") == "t":
            return Name("pg_temp", relation["relname"])
        return Name(relation.get("schemaname") or self.home, relation["relname"])

    def found(self, relation: Tree) -> Name:
        """The name of a relation that is mentioned here."""
        schema = relation.get("schemaname")
        return Name(schema, relation["relname"]) if schema else self.resolve(relation["relname"])

    def resolve(self, text: str) -> Name:
        """An unqualified relation: the first of the search path that exists, else in the home schema."""
        exists = self.state.relation_exists
        for schema in self.path:
            name = Name(schema, text)
            if exists(name) or name in self.state.external_tables:
                return name
        temporary = Name("pg_temp", text)
        return temporary if temporary in self.state.tables else Name(self.home, text)

    def made_name(self, names: Sequence[Tree]) -> Name:
        """A qualified or plain name of a list of strings, created here."""
        parts = strings(names)
        return Name(parts[-2] if len(parts) > 1 else self.home, parts[-1])

    def relation_name(self, names: Sequence[Tree]) -> Name:
        parts = strings(names)
        return Name(parts[-2], parts[-1]) if len(parts) > 1 else self.resolve(parts[-1])

    def type_name(self, names: Sequence[Tree]) -> Name:
        """A type of this schema that is mentioned by name alone."""
        parts = strings(names)
        if len(parts) > 1:
            return Name(parts[-2], parts[-1])
        for schema in self.path:
            if self.state.type_exists(Name(schema, parts[-1])):
                return Name(schema, parts[-1])
        return Name(self.home, parts[-1])

    def function_name(self, names: Sequence[Tree]) -> Name:
        """A function that is mentioned: through the search path where this schema makes it, else the schema "" """
        parts = strings(names)
        if len(parts) > 1:
            return Name(parts[-2], parts[-1])
        for schema in self.path:
            if self.state.has_function(Name(schema, parts[-1])):
                return Name(schema, parts[-1])
        return Name("", parts[-1])

    def loose_name(self, names: Sequence[Tree]) -> Name:
        """A collation, operator class or other name that this schema may or may not make."""
        parts = strings(names)
        if len(parts) > 1:
            return Name(parts[-2], parts[-1])
        made = {name for statement in self.state.unmodelled for name in statement.creates}
        return next((name for schema in self.path if (name := Name(schema, parts[-1])) in made), Name("", parts[-1]))

    # Relations

    def table(self, relation: Tree, *, action: str) -> Table:
        """The table of this schema that a statement changes; SourceMeaning if there is none."""
        name = self.found(relation)
        table = self.state.tables.get(name) or self.borrowed(name)
        if table is None:
            self.fail(f"table {name} is not known here, so it cannot be {action}")
        return table

    def borrowed(self, name: Name) -> Table | None:
        """A table that another source makes, for a statement that changes it."""
        return self.lender.borrow(self.state, name, self.origin())

    def hanger(self, relation: Tree) -> Relation:
        """What a trigger, policy, rule or comment hangs on: a relation of ours, else an external table."""
        name = self.found(relation)
        return self.state.relation(name) or self.external(name)

    def external(self, name: Name) -> Table:
        """A table that this schema does not make."""
        table = self.state.external_tables.get(name)
        if table is None:
            table = self.state.external_tables[name] = Table(name=name, origin=self.origin())
        return table

    def is_missing(self, name: Name, tree: Tree) -> bool:
        """Whether an ALTER has nothing to change, which IF EXISTS allows; SourceMeaning where it does not."""
        if self.state.relation_exists(name):
            return False
        if tree.get("missing_ok"):
            self.skipped["ALTER IF EXISTS"] += 1
            return True
        return self.fail(f"{name} is not known here, so it cannot be renamed")

    # Types

    def type(self, tree: nodes.TypeName | Tree) -> Type:
        """The type a TypeName names, its schema found through the search path."""
        node = tree if isinstance(tree, nodes.TypeName) else nodes.typed(tree, nodes.TypeName)
        names = nodes.type_names(node)
        modifiers = self._modifiers(names, node.typmods) if node.typmods else ()
        dimensions = len(node.arrayBounds)
        if node.pct_type:
            return self._type_of_column(names)
        built_in = _built_in(names, modifiers, dimensions)
        if built_in is not None:
            return built_in
        schema = names[-2] if len(names) > 1 else self._schema_of_type(names[-1], node.location)
        return Type(name=names[-1], schema=schema, modifiers=modifiers, dimensions=dimensions)

    def _modifiers(self, names: tuple[str, ...], trees: tuple[Tree, ...]) -> tuple[int | str, ...]:
        values = [_modifier(tree) for tree in trees]
        if names[-1] != "interval" or not isinstance(values[0], int):
            return tuple(values)
        return pgtypes.interval_modifiers(values)

    def _schema_of_type(self, name: str, at: int) -> str:
        for schema in self.path:
            if self.state.type_exists(Name(schema, name)) or Name(schema, name) in self.lender.types:
                return schema
        if name not in self.unknown_types:
            self.unknown_types[name] = place(self.file, self.data, at)
        return ""

    def _type_of_column(self, names: tuple[str, ...]) -> Type:
        """`table.column%TYPE`: the server resolves it at once."""
        name = Name(names[-3], names[-2]) if len(names) > 2 else self.resolve(names[-2])
        table = self.state.tables.get(name)
        if table is None:
            self.fail(f"table {name} is not known here, so {names[-1]}%TYPE has no type")
        for column in table.columns:
            if column.name == names[-1]:
                return column.type
        raise self.error(f"table {name} has no column {names[-1]}")

    # Texts

    def text(self, span: lexer.Span) -> str:
        return self.data[span[0] : span[1]].decode()

    def sql(self, span: lexer.Span, tree: Any) -> str:
        """The text of an expression or query, its names qualified where the search path is not the default one."""
        if self.path == DEFAULT_PATH:
            return self.data[span[0] : span[1]].decode()
        return qualified(self, span, nodes.expression(tree))

    def expression(self, start: int, end: int, tree: Any) -> str:
        """The expression that begins at `start` and ends at a comma, a closing bracket or at `end`."""
        return self.sql(lexer.expression(self.data, start, end), tree)

    def bracketed(self, start: int, tree: Any) -> str:
        """The expression inside the first round brackets after `start`."""
        inside = lexer.bracket(self.data, start, self.end)
        return self.sql(lexer.trimmed(self.data, *inside), tree)

    def statement(self) -> str:
        return self.text(lexer.trimmed(self.data, self.start, self.end))


def strings(names: Iterable[Tree]) -> list[str]:
    """The texts of a list of String nodes (an empty text is left out of the JSON)."""
    return [item["String"].get("sval", "") for item in names]


_name_of = attrgetter("name")


def has_column(table: Table, name: str) -> bool:
    return name in map(_name_of, table.columns)


def only(tree: Tree) -> tuple[str, Tree]:
    """The kind and the fields of a node."""
    [item] = tree.items()
    return item


def role(tree: Tree) -> str:
    """The role that a RoleSpec names; the key words in lower case, PUBLIC as `public`."""
    spec = tree.get("RoleSpec", tree)
    kind = spec.get("roletype", "ROLESPEC_CSTRING")
    return str(spec["rolename"]) if kind == "ROLESPEC_CSTRING" else kind.removeprefix("ROLESPEC_").lower()


def constant(tree: Tree) -> str:
    """The text of an option's value: a constant, a key word, a type's name or a list of such."""
    kind, fields = only(tree)
    match kind:
        case "String":
            return str(fields.get("sval", ""))
        case "Integer":
            return str(fields.get("ival", 0))
        case "Float":
            return str(fields.get("fval", "0"))
        case "Boolean":
            return "true" if fields.get("boolval") else "false"
        case "TypeName":
            return ".".join(strings(fields["names"]))
        case "List":
            return ", ".join(constant(item) for item in fields["items"])
        case "A_Const":
            return _constant_value(fields)
        case "TypeCast":
            return constant(fields["arg"])
        case "A_Star":
            return "*"
        case _:
            return ""


def _constant_value(fields: Tree) -> str:
    for kind, key, empty in (("sval", "sval", ""), ("ival", "ival", 0), ("fval", "fval", "0"), ("bsval", "bsval", "")):
        if kind in fields:
            return str(fields[kind].get(key, empty))
    if "boolval" in fields:
        return "true" if fields["boolval"].get("boolval") else "false"
    return "NULL"


def options(trees: Iterable[Tree] | None) -> tuple[Option, ...]:
    """WITH (name = value, …) in the order stated, which the server keeps; a name alone is `true`."""
    if not trees:
        return ()
    found: dict[str, str] = {}
    for tree in trees:
        element = tree["DefElem"]
        prefix = f"{element['defnamespace']}." if "defnamespace" in element else ""
        found[prefix + element["defname"]] = constant(element["arg"]) if "arg" in element else "true"
    return tuple(Option(name=name, value=value) for name, value in found.items())


def merged(old: Iterable[Option], new: Iterable[Option], gone: Iterable[str] = ()) -> tuple[Option, ...]:
    """Options with some set and some reset; what is set comes last, as on the server."""
    stated = {option.name: option for option in new}
    left = {*stated, *gone}
    return (*(option for option in old if option.name not in left), *stated.values())


@lru_cache(maxsize=4096)
def _built_in(names: tuple[str, ...], modifiers: tuple[int | str, ...], dimensions: int) -> Type | None:
    """The type, if every database has it. The parser gives the names of the catalog: `char` here is "char"."""
    if len(names) > 1:
        return pgtypes.make(names[0], names[-1], modifiers, dimensions) if names[0] == "pg_catalog" else None
    type = pgtypes.quoted_type(names[0], modifiers, dimensions)
    return type if type.schema == "pg_catalog" else None


def bare(type: Type) -> Type:
    """A type as a routine's signature knows it: without length, precision or number of dimensions."""
    if not type.modifiers and type.dimensions < 2:
        return type
    return Type(name=type.name, schema=type.schema, dimensions=min(type.dimensions, 1))


def _modifier(tree: Tree) -> int | str:
    if "A_Const" in tree:
        value = tree["A_Const"]
        return int(value["ival"].get("ival", 0)) if "ival" in value else _constant_value(value)
    if "ColumnRef" in tree:
        return strings(tree["ColumnRef"]["fields"])[-1]
    return constant(tree)
