"""The groups of facts that a validation checks: which catalog query describes them, and how their facts are compared."""

from __future__ import annotations

from typing import Final

import msgspec


class Group(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the report, and one kind of object.

    `name` is what the option `groups` calls it; `one` and `many` are its words in the report. `key` are the columns
    of the query that tell its rows apart; where `child` is set, the first two are the relation that the rows belong
    to. `only` are the facts taken from the query, all others where it is empty; `ignored` are left out.
    `twin` are the facts that the server spells; `stated` those that are compared only where the schema states them.
    `silent` is the column that says which rows come by themselves: where the schema does not know them, nothing is said.
    `free`: what the schema does not know is nothing to report; but for what shares the first parts of its key with
    something known, so many as `beside` says.
    `kinds` are those of the server's objects that the rows come from, as the script calls them; the query is run only
    where there is one of them.
    """

    name: str
    one: str
    many: str
    query: str
    key: tuple[str, ...] = ("schema", "name")
    child: bool = False
    only: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    twin: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    silent: str | None = None
    free: bool = False
    beside: int = 0
    kinds: tuple[str, ...] = ()


_CHILD: Final = ("schema", "relation", "name")
_ROUTINE: Final = ("schema", "name", "signature")
_OUTER: Final = ("kind", "name", "grantee", "privilege")
_SECURITY: Final = ("row_security", "force_row_security")

GROUPS: Final = (
    Group(name="extensions", one="extension", many="extensions", query="extensions", key=("name",), silent="anothers",
          ignored=("anothers",), stated=("schema", "version", "comment")),
    Group(name="schemas", one="schema", many="schemas", query="namespaces", key=("name",), silent="anothers", ignored=("anothers",)),
    Group(name="roles", one="role", many="roles", query="roles", key=("name",), free=True, stated=("comment",)),
    Group(name="types", one="enum", many="enums", query="enums", kinds=("type e",)),
    Group(name="types", one="composite type", many="composite types", query="composites", twin=("attributes",), kinds=("relation c",)),
    Group(name="types", one="range type", many="range types", query="ranges",
          twin=("subtype", "opclass", "collation", "subtype_diff", "multirange"), stated=("multirange",), kinds=("type r",)),
    Group(name="types", one="domain", many="domains", query="domains",
          twin=("type", "default", "collation", "checks"), kinds=("type d",)),
    Group(name="tables", one="table", many="tables", query="tables", ignored=(*_SECURITY, "options_as_stated"),
          twin=("partition_by", "bound"), kinds=("relation r", "relation p", "relation f")),
    Group(name="views", one="view", many="views", query="views", ignored=("with_data", "options_as_stated"), twin=("query",), kinds=("relation v", "relation m")),
    Group(name="rls", one="row security", many="tables", query="tables", only=_SECURITY, child=True, free=True, kinds=("relation r", "relation p", "relation f")),
    Group(name="columns", one="column", many="columns", query="columns", silent="inherited", key=_CHILD, child=True,
          ignored=("inherited",), twin=("type", "default", "generated", "collation"),
          stated=("not_null_constraint",), kinds=("relation r", "relation p", "relation f")),
    Group(name="columns", one="view column", many="view columns", query="view_columns", key=_CHILD, child=True,
          free=True, ignored=("type",), twin=("default",), kinds=("relation v", "relation m")),
    Group(name="sequences", one="sequence", many="sequences", query="sequences", kinds=("relation S",)),
    Group(name="constraints", one="key", many="primary keys and unique constraints", query="keys", silent="inherited", key=_CHILD,
          child=True, ignored=("partition_of", "options_as_stated"), kinds=("constraint p", "constraint u")),
    Group(name="constraints", one="foreign key", many="foreign keys", query="foreign_keys", silent="inherited", key=_CHILD, child=True, kinds=("constraint f",)),
    Group(name="constraints", one="check", many="checks", query="checks", silent="inherited", key=_CHILD, child=True,
          twin=("expression",), kinds=("constraint c",)),
    Group(name="constraints", one="exclusion constraint", many="exclusion constraints", query="exclusions", silent="inherited",
          key=_CHILD, child=True, ignored=("options_as_stated",), twin=("parts", "where"), kinds=("constraint x",)),
    Group(name="indexes", one="index", many="indexes", query="indexes", silent="inherited", key=_CHILD, child=True,
          ignored=("partition_of", "partitioned", "options_as_stated"), twin=("parts", "where"), kinds=("relation i", "relation I")),
    Group(name="policies", one="policy", many="policies", query="policies", key=_CHILD, child=True,
          twin=("using", "check"), kinds=("policy",)),
    Group(name="functions", one="function", many="functions", query="functions", key=_ROUTINE,
          twin=("arguments", "returns", "settings", "sql_body"), kinds=("routine f", "routine p", "routine w")),
    Group(name="functions", one="aggregate", many="aggregates", query="aggregates", key=_ROUTINE,
          twin=("arguments", "definition"), stated=("arguments", "definition"), kinds=("routine a",)),
    Group(name="triggers", one="trigger", many="triggers", query="triggers", silent="inherited", key=_CHILD, child=True,
          ignored=("columns_in_order",), twin=("function", "when"), kinds=("trigger",)),
    Group(name="rules", one="rule", many="rules", query="rules", key=_CHILD, child=True, twin=("definition",), kinds=("rule",)),
    Group(name="statistics", one="statistics object", many="statistics objects", query="statistics",
          twin=("definition",), stated=("definition",), kinds=("statistics",)),
    Group(name="event triggers", one="event trigger", many="event triggers", query="event_triggers", key=("name",),
          silent="anothers", ignored=("anothers",), kinds=("event trigger",)),
    Group(name="grants", one="privilege", many="privileges", query="privileges", silent="usual",
          key=("schema", "name", "kind", "signature", "column", "grantee", "privilege"), ignored=("usual",)),
    Group(name="grants", one="privilege", many="privileges outside of schemas", query="outer_privileges",
          key=_OUTER, free=True, beside=2, silent="usual", ignored=("usual",)),
    Group(name="grants", one="privilege", many="privileges on parameters", query="parameter_privileges",
          key=_OUTER, free=True, beside=2, silent="usual", ignored=("usual",), kinds=("parameter",)),
    Group(name="grants", one="default privilege", many="default privileges", query="default_privileges",
          key=("role", "schema", "kind", "grantee", "privilege"), free=True, beside=3, silent="usual", ignored=("usual",)),
    Group(name="publications", one="publication", many="publications", query="publications", key=("name",),
          silent="anothers", ignored=("anothers",), kinds=("publication",)),
    Group(name="publications", one="published table", many="published tables", query="published_tables", key=_CHILD,
          child=True, silent="came_along", ignored=("came_along", "columns_in_order"), twin=("where",), kinds=("publication",)),
)  # fmt: skip
"""In the order of the report."""

COMMENTS: Final = ("comment", "index_comment")
"""The facts of the group `comments`, which has no query of its own: they stand with what they comment."""

NAMES: Final = tuple(dict.fromkeys([*(group.name for group in GROUPS), "comments"]))
"""What the option `groups` takes."""
