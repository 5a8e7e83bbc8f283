"""SQL files -> Schema: every statement in order, as the server would carry it out; the final state is what is read."""

from __future__ import annotations

from typing import Any

import msgspec
from pglast.parser import ParseError, parse_sql_json

from schema_bridge.errors import Finding, SourceError, SourceMeaning, SourceSyntax
from schema_bridge.garbage import uncollected
from schema_bridge.ir import Origin
from schema_bridge.readers.sql import finish, lexer, migrations, nodes, psql
from schema_bridge.readers.sql.context import Context
from schema_bridge.readers.sql.excerpt import error_offset, place
from schema_bridge.readers.sql.state import State
from schema_bridge.readers.sql.statements import apply
from schema_bridge.registry import Reading, Source

SILENT = {
    "Column.notes": "SQL does not know the properties and modes of a TypeScript schema.",
    "ViewColumn.type": "Only the server knows the types of a view's columns.",
    "ViewColumn.notes": "SQL does not know the properties and modes of a TypeScript schema.",
    "Table.notes": "SQL does not know TypeScript's export names and relations.",
    "View.notes": "SQL does not know TypeScript's export names and relations.",
    "MaterializedView.notes": "SQL does not know TypeScript's export names and relations.",
    "Enum.notes": "SQL does not know TypeScript's export names and relations.",
}


class _Statement(msgspec.Struct):
    """A statement's place in bytes and its tree, decoded when its turn comes."""

    stmt: msgspec.Raw
    stmt_location: int = 0
    stmt_len: int = 0


class _Parsed(msgspec.Struct):
    stmts: list[_Statement] = []


PIECE = 4 << 20
MOST_PIECES = 8
"""A file of more bytes is parsed piece by piece: the parser needs thirty times the room of its text."""

_parsed = msgspec.json.Decoder(_Parsed)


def recognises(source: Source) -> bool:
    """Files whose names end in .sql; in a folder of migrations others may stand beside them."""
    return any(map(migrations.is_sql, source.files)) and all(migrations.is_sql(f) or f.folder for f in source.files)


@uncollected()
def read(source: Source) -> Reading:
    """The schema that the files make, one after the other, in an empty database; each step of a folder of migrations
    in a session of its own.

    SourceSyntax where a file does not parse, SourceMeaning where a statement contradicts what came before; both with
    file, line and column.
    """
    files, skipped, findings = migrations.steps(source)
    context = Context(State(), apply, skipped, findings, source.around)
    session = psql.Session(context, source)
    for file in files:
        if file.folder:
            context.begin_session()
        for path, data in session.pieces(file):
            carry_out(context, path, data)
    finish.finish(context)
    context.lender.give_back(context.state)
    return Reading(
        schema=context.state.freeze(),
        findings=tuple(sorted(context.findings, key=_finding_order)),
        skipped={kind: context.skipped[kind] for kind in sorted(context.skipped)},
    )


def _finding_order(finding: Finding) -> Any:
    origin = finding.origin
    return (origin is not None, origin and (origin.file, origin.line), finding.message)


def carry_out(context: Context, path: str, data: bytes) -> None:
    """Carry out the statements of a text on the state at hand."""
    context.open(path, data)
    statements = _parse(path, data)
    statements.reverse()
    while statements:
        _carry_out(context, statements.pop())


def _parse(path: str, data: bytes) -> list[_Statement]:
    if len(data) > PIECE:
        in_pieces = _parse_in_pieces(data)
        if in_pieces is not None:
            return in_pieces
    text = data.decode()
    try:
        found: list[_Statement] = _parsed.decode(parse_sql_json(text)).stmts
    except ParseError as error:
        at = error_offset(text, error)
        origin, excerpt = place(path, data, at)
        hint = psql.unknown_variable(data, at) or _hint(error)
        raise SourceSyntax(str(error.args[0]), origin=origin, excerpt=excerpt, hint=hint) from None
    except RecursionError:
        raise SourceSyntax("brackets are nested too deeply", origin=Origin(path, 1)) from None
    return found


def _parse_in_pieces(data: bytes) -> list[_Statement] | None:
    """The statements of a long file; None where a piece does not parse by itself."""
    found: list[_Statement] = []
    start = 0
    for end in lexer.cuts(data, max(PIECE, len(data) // MOST_PIECES)):
        # Blanks in the place of what came before keep every position what it is in the file.
        text = " " * start + data[start:end].decode()
        try:
            piece: list[_Statement] = _parsed.decode(parse_sql_json(text)).stmts
        except (ParseError, RecursionError):
            return None
        if piece and piece[0].stmt_location < start:
            piece[0].stmt_len -= start - piece[0].stmt_location if piece[0].stmt_len else 0
            piece[0].stmt_location = start
        if piece and not piece[-1].stmt_len:
            piece[-1].stmt_len = end - piece[-1].stmt_location
        found += piece
        start = end
    return found


def _hint(error: ParseError) -> str | None:
    return "It nests too deeply for PostgreSQL too." if "memory exhausted" in str(error.args[0]) else None


def _carry_out(context: Context, statement: _Statement) -> None:
    start, length = statement.stmt_location, statement.stmt_len
    end = start + length if length else len(context.data)
    context.start = lexer.begin(context.data, start, end)
    context.end = end
    context.position += 1
    try:
        context.apply(context, *nodes.statement(statement.stmt))
    except RecursionError:
        raise SourceSyntax("brackets are nested too deeply", origin=context.origin()) from None
    except SourceMeaning as error:
        _with_excerpt(context, error)
        raise


def _with_excerpt(context: Context, error: SourceError) -> None:
    if error.excerpt is None and error.origin is not None:
        error.origin, error.excerpt = place(context.file, context.data, context.start)
