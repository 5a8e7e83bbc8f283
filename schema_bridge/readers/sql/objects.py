"""Schemas, extensions, roles, publications and statistics."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge.ir import Extension, Namespace, Option, Publication, PublishedTable, Role, Statistics
from schema_bridge.readers.sql import indexes, lexer, likes, nodes, unmodelled
from schema_bridge.readers.sql.context import Context, Tree, constant, merged, only, options, role, strings

replace = msgspec.structs.replace

# The order in which a schema's elements are carried out, whatever the order in which they stand.
_ELEMENT_ORDER = {
    "CreateSeqStmt": 0,
    "CreateStmt": 1,
    "ViewStmt": 2,
    "IndexStmt": 3,
    "CreateTrigStmt": 4,
    "GrantStmt": 5,
}


def create_schema(context: Context, tree: Tree) -> None:
    """CREATE SCHEMA with its elements, which are made inside it."""
    owner = role(tree["authrole"]) if "authrole" in tree else None
    name = tree.get("schemaname") or owner or ""
    state = context.state
    if name in state.namespaces:
        if not tree.get("if_not_exists"):
            context.clash(f"schema {name} exists already")
        return
    state.namespaces[name] = Namespace(name=name, owner=owner or context.role, origin=context.origin())
    if "schemaElts" in tree:
        _create_elements(context, name, tree["schemaElts"])


def _create_elements(context: Context, schema: str, elements: list[Tree]) -> None:
    """Each element is a statement of its own between its CREATE or GRANT and the next one's."""
    data, (start, end) = context.data, (context.start, context.end)
    starts = [t[0] for t in lexer.outer(data, start, end) if lexer.word(data, t) in (b"CREATE", b"GRANT")][1:]
    spans = zip(starts, [*starts[1:], end], strict=True)
    parts = sorted(zip(elements, spans, strict=True), key=lambda part: _ELEMENT_ORDER.get(only(part[0])[0], 6))
    path, context.path = context.path, (schema, *context.path)
    role, context.role = context.role, context.state.namespaces[schema].owner
    try:
        for element, (context.start, context.end) in parts:
            context.apply(context, *nodes.restated(element))
    finally:
        context.path, context.start, context.end = path, start, end
        context.role = role


def create_extension(context: Context, tree: Tree) -> None:
    """CREATE EXTENSION."""
    name = tree["extname"]
    if name in context.state.extensions:
        if not tree.get("if_not_exists"):
            context.clash(f"extension {name} exists already")
        return
    stated = {option.name: option.value for option in options(tree.get("options"))}
    context.state.extensions[name] = Extension(
        name=name, schema=stated.get("schema"), version=stated.get("new_version"), origin=context.origin()
    )


_ROLE_FLAGS = {
    "canlogin": "login",
    "inherit": "inherit",
    "superuser": "superuser",
    "createdb": "createdb",
    "createrole": "createrole",
    "isreplication": "replication",
    "bypassrls": "bypassrls",
}


def create_role(context: Context, tree: Tree) -> None:
    """CREATE ROLE, USER, GROUP. A password is never kept."""
    name = tree["role"]
    if name in context.state.roles:
        context.clash(f"role {name} exists already")
    words, member_of = _role_facts(tree.get("options", ()))
    if tree.get("stmt_type") == "ROLESTMT_USER":
        words.setdefault("login", "login")
    context.state.roles[name] = Role(
        name=name, options=tuple(sorted(words.values())), member_of=member_of, origin=context.origin()
    )


def _role_facts(elements: Any) -> tuple[dict[str, str], tuple[str, ...]]:
    words: dict[str, str] = {}
    member_of: set[str] = set()
    for item in elements:
        definition = item["DefElem"]
        flag = _ROLE_FLAGS.get(definition["defname"])
        if flag:
            words[flag] = flag if constant(definition["arg"]) == "true" else f"no{flag}"
        elif definition["defname"] == "connectionlimit":
            words["connection limit"] = f"connection limit {constant(definition['arg'])}"
        elif definition["defname"] == "validUntil":
            words["valid until"] = f"valid until '{constant(definition['arg'])}'"
        elif definition["defname"] == "addroleto":
            member_of.update(role(item) for item in definition["arg"]["List"]["items"])
    return words, tuple(sorted(member_of))


def alter_role(context: Context, tree: Tree) -> None:
    """ALTER ROLE of a role that is made here; any other is kept as it stands."""
    name = role(tree["role"])
    old = context.state.roles.get(name)
    elements = tree.get("options", ())
    if old is None or any(item["DefElem"]["defname"] in ("rolemembers",) for item in elements):
        unmodelled.keep(context, "AlterRoleStmt", tree)
        return
    words, _ = _role_facts(elements)
    kept = [word for word in old.options if not any(word.removeprefix("no") == key for key in words)]
    kept = [word for word in kept if not any(word.startswith(key) for key in words if " " in key)]
    context.state.roles[name] = replace(old, options=tuple(sorted([*kept, *words.values()])))


def grant_role(context: Context, tree: Tree) -> None:
    """GRANT role TO role, for roles that are made here; with options, or of others, it is kept as it stands."""
    grantees = [role(item) for item in tree.get("grantee_roles", ())]
    roles = context.state.roles
    if "opt" in tree or not all(name in roles for name in grantees):
        unmodelled.keep(context, "GrantRoleStmt", tree)
        return
    granted = {item["AccessPriv"]["priv_name"] for item in tree.get("granted_roles", ())}
    for name in grantees:
        members = set(roles[name].member_of)
        members = members | granted if tree.get("is_grant") else members - granted
        roles[name] = replace(roles[name], member_of=tuple(sorted(members)))


def create_publication(context: Context, tree: Tree) -> None:
    """CREATE PUBLICATION."""
    name = tree["pubname"]
    if name in context.state.publications:
        context.clash(f"publication {name} exists already")
    publication = Publication(
        name=name,
        all_tables=bool(tree.get("for_all_tables")),
        options=_publication_options(tree),
        owner=context.role,
        origin=context.origin(),
    )
    context.state.publications[name] = _published(context, publication, tree)


_EVERYTHING = {"insert", "update", "delete", "truncate"}
_DEFAULT_OPTIONS = {
    "publish_via_partition_root": ("false", "off", "no", "0"),
    "publish_generated_columns": ("none",),
}


def _publication_options(tree: Tree) -> tuple[Option, ...]:
    """The options that are not the defaults anyway (reference, CREATE PUBLICATION)."""

    def is_default(option: Option) -> bool:
        if option.name == "publish":
            return {word.strip().lower() for word in option.value.split(",")} == _EVERYTHING
        return option.value.lower() in _DEFAULT_OPTIONS.get(option.name, ())

    return tuple(option for option in options(tree.get("options")) if not is_default(option))


def _published(context: Context, publication: Publication, tree: Tree) -> Publication:
    tables = {table.table: table for table in publication.tables}
    schemas = set(publication.schemas)
    for item in tree.get("pubobjects", ()):
        spec = item["PublicationObjSpec"]
        if "pubtable" in spec:
            table = _published_table(context, spec["pubtable"])
            tables[table.table] = table
        elif spec.get("pubobjtype") == "PUBLICATIONOBJ_TABLES_IN_CUR_SCHEMA":
            schemas.add(context.home)
        else:
            schemas.add(spec["name"])
    return replace(publication, tables=tuple(tables[name] for name in sorted(tables)), schemas=tuple(sorted(schemas)))


def _published_table(context: Context, tree: Tree) -> PublishedTable:
    where = None
    if "whereClause" in tree:
        at = lexer.after_word(context.data, tree["relation"].get("location", 0), context.end, b"WHERE")
        where = context.bracketed(at, tree["whereClause"])
    return PublishedTable(
        table=context.found(tree["relation"]),
        columns=tuple(strings(tree.get("columns", ()))),
        where=where,
        only=not tree["relation"].get("inh"),
    )


def alter_publication(context: Context, tree: Tree) -> None:
    """ALTER PUBLICATION … ADD, DROP, SET."""
    old = context.state.publications.get(tree["pubname"])
    if old is None:
        context.fail(f"publication {tree['pubname']} is not known here, so it cannot be altered")
    stated = _published(context, Publication(name=old.name), tree)
    action = tree.get("action", "AP_AddObjects")
    if "options" in tree:
        new = replace(old, options=merged(old.options, options(tree["options"])))
    elif action == "AP_AddObjects":
        new = _published(context, old, tree)
    elif action == "AP_DropObjects":
        gone = {table.table for table in stated.tables}
        new = replace(
            old,
            tables=tuple(table for table in old.tables if table.table not in gone),
            schemas=tuple(schema for schema in old.schemas if schema not in stated.schemas),
        )
    else:
        new = replace(old, tables=stated.tables, schemas=stated.schemas)
    context.state.publications[old.name] = new


def create_statistics(context: Context, tree: Tree) -> None:
    """CREATE STATISTICS."""
    relation = tree["relations"][0]["RangeVar"]
    table = context.found(relation)
    parts = _statistics_parts(context, tree)
    name = context.made_name(tree["defnames"]) if "defnames" in tree else likes.free_statistics(context, table, parts)
    if name in context.state.statistics:
        if not tree.get("if_not_exists"):
            context.clash(f"statistics {name} exists already")
        return
    stated, every = strings(tree.get("stat_types", ())), ("ndistinct", "dependencies", "mcv")
    kinds: Any = tuple(kind for kind in every if kind in stated)
    if kinds == every:  # which are those without a list
        kinds = ()
    context.state.statistics[name] = Statistics(
        name=name, table=table, kinds=kinds, parts=parts, owner=context.role, origin=context.origin()
    )


def _statistics_parts(context: Context, tree: Tree) -> tuple[Any, ...]:
    """What stands between ON and FROM."""
    elements = [item["StatsElem"] for item in tree["exprs"]]
    start = lexer.after_word(context.data, context.start, context.end, b"ON")
    stop = lexer.after_word(context.data, start, context.end, b"FROM") - len(b"FROM")
    spans = lexer.parts(context.data, start, stop)
    return tuple(
        indexes.part(context, nodes.typed(element, nodes.IndexElem), span)
        for element, span in zip(elements, spans, strict=True)
    )


def alter_statistics(context: Context, tree: Tree) -> None:
    """ALTER STATISTICS … SET STATISTICS."""
    name = context.made_name(tree["defnames"])
    old = context.state.statistics.get(name)
    if old is None:
        if not tree.get("missing_ok"):
            context.fail(f"statistics {name} is not known here, so it cannot be altered")
        return
    target = int(constant(tree["stxstattarget"]))
    context.state.statistics[name] = replace(old, target=target if target >= 0 else None)
