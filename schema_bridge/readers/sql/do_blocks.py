"""DO blocks of the well-known idioms, carried out: make it unless it exists, do it for each of a list, say something.

A block is taken apart completely before anything of it is carried out; one with any other statement is kept as it
stands, since what it does cannot be known.
"""

from __future__ import annotations

from typing import Any, assert_never

import msgspec
from pglast.parser import ParseError, parse_sql_json

from schema_bridge.readers.sql import known, lexer, nodes, unmodelled
from schema_bridge.readers.sql.context import AlreadyThere, Context, Lines, Tree, constant, only
from schema_bridge.readers.sql.plpgsql import Assign, Block, Each, Execute, If, Sql, Step, Talk, UnknownStatement, parse

_tree = msgspec.json.Decoder()
_KEPT = frozenset({"CreateRoleStmt", "AlterRoleStmt", "GrantRoleStmt", "DropRoleStmt"})


def do(context: Context, tree: Tree) -> None:
    """DO: carried out where it is understood, else kept with a finding."""
    try:
        data, span = _source(context, tree)
        block = parse(data, span)
        _understood(data, block, {})
    except (UnknownStatement, ParseError):
        context.say("what this DO block does cannot be known: it is kept as it stands, after all that comes before it")
        unmodelled.keep(context, "DoStmt", tree, opaque=True)
        return
    if _is_talk(block):
        context.skipped["DO"] += 1
    elif _makes_roles(data, block):
        unmodelled.keep(context, "DoStmt", tree)
    else:
        _Run(context, data).block(block, {})


def _source(context: Context, tree: Tree) -> tuple[bytes, lexer.Span]:
    """The block's text: in its place in the file where it is dollar-quoted, else by itself."""
    arguments = [item["DefElem"] for item in tree["args"]]
    language = next((constant(a["arg"]) for a in arguments if a["defname"] == "language"), "plpgsql")
    source = next(a for a in arguments if a["defname"] == "as")
    if language.lower() != "plpgsql":
        raise UnknownStatement
    body = constant(source["arg"]).encode()
    at = context.data.find(body, source.get("location", 0), context.end)
    if at >= 0:
        return context.data, (at, at + len(body))
    lines = b"\n" * (context.origin().line - 1)
    return lines + body, (len(lines), len(lines) + len(body))


def _statements(sql: bytes) -> list[Any]:
    found: list[Any] = _tree.decode(parse_sql_json(sql.decode())).get("stmts", [])
    return found


Variables = dict[str, Any]


def _understood(data: bytes, step: Step, variables: Variables) -> None:
    """UnknownStatement or ParseError where a part of the block is not understood, or hangs on a value not known here."""
    match step:
        case Block():
            for part in (*step.steps, *(handler for handlers in step.handlers for handler in handlers)):
                _understood(data, part, variables)
        case Each():
            for value in _values(data, step, variables):
                _understood(data, step.body, {**variables, step.variable: value})
        case If():
            known.check(data[step.condition[0] : step.condition[1]].decode())
            _understood(data, step.then, variables)
            if step.otherwise is not None:
                _understood(data, step.otherwise, variables)
        case Sql():
            if not _statements(data[step.span[0] : step.span[1]]):
                raise UnknownStatement
        case Assign():
            variables[step.variable] = _evaluate(data, step.span, variables)
        case Execute():
            _evaluate(data, step.span, variables)
        case Talk():
            pass
        case _:
            assert_never(step)


def _values(data: bytes, step: Each, variables: Variables) -> list[Any]:
    found = _evaluate(data, step.span, variables)
    return found if isinstance(found, list) else [found]


def _evaluate(data: bytes, span: lexer.Span, variables: Variables) -> Any:
    statement = _statements(b"SELECT " + data[span[0] : span[1]])[0]
    targets = statement["stmt"]["SelectStmt"]["targetList"]
    return known.value(targets[0]["ResTarget"]["val"], variables)


def _is_talk(step: Step) -> bool:
    match step:
        case Talk():
            return True
        case Block():
            return all(map(_is_talk, step.steps))
        case If():
            return _is_talk(step.then) and (step.otherwise is None or _is_talk(step.otherwise))
        case _:
            return False


def _makes_roles(data: bytes, step: Step) -> bool:
    """Roles are the cluster's: whether they exist already cannot be told from here, so their block stays a block."""
    match step:
        case Sql():
            text = data[step.span[0] : step.span[1]]
            return any(only(statement["stmt"])[0] in _KEPT for statement in _statements(text))
        case Block():
            return any(_makes_roles(data, part) for part in step.steps)
        case If():
            return _makes_roles(data, step.then)
        case Each():
            return _makes_roles(data, step.body)
        case _:
            return False


class _Run:
    """Carries out a block in a context."""

    def __init__(self, context: Context, data: bytes) -> None:
        self.context = context
        self.data = data

    def block(self, block: Block, variables: Variables) -> None:
        """What exists already ends the block when it foresees that, and is an error when it does not."""
        try:
            for step in block.steps:
                self.step(step, variables)
        except AlreadyThere:
            if not block.handlers:
                raise

    def step(self, step: Step, variables: Variables) -> None:
        match step:
            case Block():
                self.block(step, variables)
            case If():
                self.decide(step, variables)
            case Each():
                for value in _values(self.data, step, variables):
                    self.block(step.body, {**variables, step.variable: value})
            case Assign():
                variables[step.variable] = _evaluate(self.data, step.span, variables)
            case Sql():
                self.sql(self.data, step.span)
            case Execute():
                line = self.data.count(b"\n", 0, step.span[0])
                text = str(_evaluate(self.data, step.span, variables)).encode()
                self.sql(b"\n" * line + text, (line, line + len(text)))
            case Talk():
                pass
            case _:
                assert_never(step)

    def decide(self, step: If, variables: Variables) -> None:
        """A condition on the catalogs is looked up; one that cannot be told stands for "unless it exists"."""
        condition = self.data[step.condition[0] : step.condition[1]].decode()
        truth = known.holds(self.context, condition, variables)
        if truth is None:
            try:
                self.block(step.then, variables)
            except AlreadyThere:
                return
        elif truth:
            self.block(step.then, variables)
        elif step.otherwise is not None:
            self.block(step.otherwise, variables)

    def sql(self, data: bytes, span: lexer.Span) -> None:
        """One statement of the block, in its own text and place."""
        context = self.context
        outside = (context.data, context.start, context.end, context.lines)
        for statement in _statements(data[span[0] : span[1]]):
            # Trees count from the statement's own start, so the text is put where they expect it.
            line = data.count(b"\n", 0, span[0])
            own = data[span[0] : span[1]]
            context.data, context.start, context.end = own, 0, len(own)
            context.lines = Lines(own, first=line + 1)
            try:
                context.apply(context, *nodes.restated(statement["stmt"]))
            finally:
                context.data, context.start, context.end, context.lines = outside
