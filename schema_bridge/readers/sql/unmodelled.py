"""Statements that no other node holds: kept as text, with the names they create and mention found in their tree."""

from __future__ import annotations

from typing import Any

import msgspec
from pglast.parser import parse_sql_json

from schema_bridge.ir import Name, Unmodelled
from schema_bridge.pgtypes import ALIASES, BUILT_IN
from schema_bridge.readers.sql import lexer
from schema_bridge.readers.sql.context import DEFAULT_PATH, Context, Tree, only, strings
from schema_bridge.readers.sql.respell import placed, respelled
from schema_bridge.trees import nodes

_CREATES_RELATION = {
    "CreateStmt": ("relation",),
    "CreateTableAsStmt": ("into", "rel"),
    "SelectStmt": ("intoClause", "rel"),
}
_CREATES_NAMES = {
    "DefineStmt": "defnames",
    "CreateOpClassStmt": "opclassname",
    "CreateOpFamilyStmt": "opfamilyname",
    "CreateConversionStmt": "conversion_name",
}
_CREATES_TEXT = {
    "CreateForeignServerStmt": "servername",
    "CreateFdwStmt": "fdwname",
    "CreatePLangStmt": "plname",
    "CreateAmStmt": "amname",
    "CreateSubscriptionStmt": "subname",
    "CreateTableSpaceStmt": "tablespacename",
}


_TEXTS = frozenset({*_CREATES_TEXT.values(), "rolename"})


def keep(context: Context, kind: str, tree: Any, *, opaque: bool = False) -> None:
    """The statement at hand as an `Unmodelled`."""
    if not isinstance(tree, dict):
        # A kind that is decoded in part: its tree, with all that it mentions, is that of its text by itself.
        text = b" " * context.start + context.data[context.start : context.end]
        tree = only(msgspec.json.decode(parse_sql_json(text.decode()))["stmts"][0]["stmt"])[1]
    created = creates(context, kind, tree)
    if kind == "DefineStmt" and tree.get("kind") == "OBJECT_TYPE":
        context.state.other_types.update(created)
    span = lexer.trimmed(context.data, context.start, context.end)
    context.state.unmodelled.append(
        Unmodelled(
            sql=placed(context.sql(span, tree), created),
            kind=kind,
            creates=created,
            mentions=tuple(sorted(mentions(context, tree) - {*created, *(Name("", name.name) for name in created)})),
            opaque=opaque,
            search_path=() if context.path == DEFAULT_PATH else context.path,
            position=context.position,
            origin=context.origin(),
        )
    )


def creates(context: Context, kind: str, tree: Tree) -> tuple[Name, ...]:
    """The names that the statement makes; those of objects outside namespaces have no schema."""
    if kind in _CREATES_RELATION:
        *clauses, key = _CREATES_RELATION[kind]
        where = tree.get(clauses[0], {}) if clauses else tree
        return (context.made(where[key]),) if key in where else ()
    if kind in _CREATES_NAMES:
        return (context.made_name(tree[_CREATES_NAMES[kind]]),)
    if kind in _CREATES_TEXT:
        return (Name("", tree[_CREATES_TEXT[kind]]),)
    return ()


def named(context: Context, item: Tree, kind: str) -> Name | None:
    """The name by which a statement refers to such an object, as `creates` has it; casts and transforms have none."""
    if "String" in item:
        return Name("", strings([item])[0])
    names = item["ObjectWithArgs"]["objname"] if "ObjectWithArgs" in item else item["List"]["items"]
    if not all("String" in part for part in names):
        return None
    return context.made_name(names[1:] if kind in ("OBJECT_OPCLASS", "OBJECT_OPFAMILY") else names)


def move(context: Context, old: Name, new: Name) -> bool:
    """Another name in the statement that makes an object, and in those about it; False where not one makes it."""
    statements = context.state.unmodelled
    if sum(old in statement.creates for statement in statements) != 1:
        return False
    for at, statement in enumerate(statements):
        statements[at] = respelled(statement, lambda name: new if name == old else name)
    return True


def is_about_one(context: Context, kind: str, tree: Any) -> bool:
    """Whether the statement changes a table that only an `Unmodelled` statement makes."""
    if kind in ("CreateStmt", "ViewStmt", "CreateTableAsStmt", "SelectStmt"):
        return False
    if not isinstance(tree, dict):
        tree = {"relation": getattr(tree, "relation", None) or tree.table}
    known = context.state.other_tables
    if "relation" in tree:
        return context.found(tree["relation"]) in known
    if kind == "CommentStmt" and "List" in tree["object"]:
        names = [item for item in tree["object"]["List"]["items"] if "String" in item]
        ends = (len(names), len(names) - 1)
        return any(context.relation_name(names[:end]) in known for end in ends if end > 0)
    return False


def mentions(context: Context, tree: Tree) -> set[Name]:
    """The names of relations, types, functions and whatever else a list of strings in the tree may name."""
    found: set[Name] = set()
    for _, node in nodes({"tree": tree}):
        if "relname" in node:
            found.add(context.found(node))
        for key, value in node.items():
            if isinstance(value, list) and value and all(_is_string(item) for item in value):
                found.update(_named(context, key, value))
            elif key in _TEXTS and isinstance(value, str):
                found.add(Name("", value))
            elif key == "object" and _is_string(value):
                found.add(Name("", strings([value])[0]))
    return found


def _is_string(item: Any) -> bool:
    return isinstance(item, dict) and len(item) == 1 and only(item)[0] == "String"


def _named(context: Context, key: str, value: list[Tree]) -> list[Name]:
    parts = strings(value)
    if key in ("fields", "vals") or not all(parts):
        return []
    if len(parts) > 1:
        return [] if parts[-2] == "pg_catalog" else [Name(parts[-2], parts[-1])]
    if ALIASES.get(parts[0], parts[0]) in BUILT_IN:
        return []
    if key == "funcname":
        return [context.function_name(value)]
    return [context.type_name(value), Name("", parts[0])]
