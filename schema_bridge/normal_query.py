"""The normal form of queries: `*` as its columns, every column by the place of its relation, ordinals and aliases as what
they stand for (as PostgreSQL prints them in views, rules, policies and functions)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from schema_bridge.figured import figure
from schema_bridge.normal_context import Context, Outputs, Tree
from schema_bridge.normal_values import Form, Value, meet, type_name

_SET_ASIDE = frozenset(
    {"targetList", "fromClause", "withClause", "valuesLists", "larg", "rarg", "op", "all", "limitOption"}
)
_ORDINALS = ("groupClause", "sortClause", "distinctClause")
_NO_NAME = "?column?"


class Relation(NamedTuple):
    """What a query reads from: the name its columns may be qualified with, the columns where they are known, and
    whether it is one value a row, which goes by the relation's name too (a function in FROM)."""

    name: str
    columns: Outputs | None
    scalar: bool = False


class Scope:
    """The relations of one query, the columns that USING made one of two, and the queries of WITH."""

    def __init__(self) -> None:
        self.relations: list[Relation] = []
        self.merged: list[str] = []
        self.queries: dict[str, Outputs | None] = {}


class Walk(Protocol):
    """What a query needs of the walk that it is a part of."""

    context: Context
    scopes: list[Scope]

    def value(self, tree: Any) -> Value: ...

    def form(self, tree: Any) -> Form: ...

    def plain(self, node: Any) -> Form: ...


class Query(NamedTuple):
    """The form of a query, and the names and types of its columns; None where `*` could not be resolved."""

    form: Form
    columns: tuple[tuple[str, str | None], ...] | None

    @property
    def outputs(self) -> Outputs | None:
        return None if self.columns is None else dict(self.columns)


def query(walk: Walk, node: Tree, *, named: bool, names: Sequence[str] = ()) -> Query:
    """The form of a SELECT, VALUES or set operation; the names of its columns count where it is `named`, and `names`
    stand in the place of the first of them."""
    scope = Scope()
    walk.scopes.append(scope)
    try:
        ctes = _with(walk, scope, node.get("withClause"))
        if node.get("op", "SETOP_NONE") != "SETOP_NONE":
            made = _set_operation(walk, node, named, names)
        elif "valuesLists" in node:
            made = _values(walk, node, names)
        else:
            made = _select(walk, scope, node, named, names)
    finally:
        walk.scopes.pop()
    return made._replace(form=("with", ctes, made.form)) if ctes else made


def _with(walk: Walk, scope: Scope, clause: Tree | None) -> Form:
    """The queries of WITH, which those after them can read from, and themselves where they are recursive."""
    forms = []
    for item in (clause or {}).get("ctes", ()):
        cte = item["CommonTableExpr"]
        names = [name["String"]["sval"] for name in cte.get("aliascolnames", ())]
        ((kind, tree),) = cte["ctequery"].items()
        if kind != "SelectStmt":
            scope.queries[cte["ctename"]] = None
            forms.append((cte["ctename"], "", walk.plain(cte["ctequery"])))
            continue
        if clause and clause.get("recursive") and "larg" in tree:
            scope.queries[cte["ctename"]] = query(walk, tree["larg"], named=True, names=names).outputs
        made = query(walk, tree, named=True, names=names)
        scope.queries[cte["ctename"]] = made.outputs
        forms.append((cte["ctename"], cte.get("ctematerialized", ""), made.form))
    return tuple(forms)


def _set_operation(walk: Walk, node: Tree, named: bool, names: Sequence[str]) -> Query:
    """UNION and its like: the columns have the names of the first query's."""
    left = query(walk, node["larg"], named=named, names=names)
    right = query(walk, node["rarg"], named=False)
    places = {name: index + 1 for index, (name, _) in enumerate(left.columns or ())}
    order = tuple(
        (_output_place(walk, item["SortBy"]["node"], places), *direction(item["SortBy"]))
        for item in node.get("sortClause", ())
    )
    rest = _rest(walk, node, ("sortClause",))
    return Query((node["op"], node.get("all", False), left.form, right.form, order, rest), left.columns)


def _output_place(walk: Walk, tree: Tree, places: Mapping[str, int]) -> Form:
    ordinal, name = _ordinal(tree), _bare_name(tree)
    if ordinal is None and name is not None and name in places:
        ordinal = places[name]
    return ("output", ordinal) if ordinal is not None else walk.form(tree)


def _values(walk: Walk, node: Tree, names: Sequence[str]) -> Query:
    rows = [[walk.value(item) for item in row["List"]["items"]] for row in node["valuesLists"]]
    called = [*names, *(f"column{index + 1}" for index in range(len(names), len(rows[0])))]
    columns = tuple((name, value.type) for name, value in zip(called, rows[0], strict=False))
    forms = tuple(tuple(meet(value, None).form for value in row) for row in rows)
    order = tuple(
        (walk.form(item["SortBy"]["node"]), *direction(item["SortBy"])) for item in node.get("sortClause", ())
    )
    return Query(("values", forms, order, _rest(walk, node, ("sortClause",))), columns)


class _Output(NamedTuple):
    name: str
    value: Value


def _select(walk: Walk, scope: Scope, node: Tree, named: bool, names: Sequence[str]) -> Query:
    sources = tuple(_source(walk, scope, tree) for tree in node.get("fromClause", ()))
    outputs: list[_Output] = []
    known = True
    for target in node.get("targetList", ()):
        for output in _outputs(walk, scope, target["ResTarget"]):
            known = known and output.name != "*"
            outputs.append(output)
    outputs = [o._replace(name=names[i]) if i < len(names) else o for i, o in enumerate(outputs)]
    clauses = tuple((key, _ordinals(walk, outputs, key, node[key])) for key in _ORDINALS if key in node)
    forms = tuple(meet(output.value, None).form for output in outputs)
    shown = tuple(output.name for output in outputs) if named else ()
    columns = tuple((output.name, output.value.type) for output in outputs) if known else None
    return Query(("select", shown, forms, sources, clauses, _rest(walk, node, _ORDINALS)), columns)


def _rest(walk: Walk, node: Tree, done: Sequence[str]) -> Form:
    return tuple(
        (key, walk.plain(item)) for key, item in sorted(node.items()) if key not in _SET_ASIDE and key not in done
    ) + ((("ties",),) if node.get("limitOption") == "LIMIT_OPTION_WITH_TIES" else ())


# Columns


def _outputs(walk: Walk, scope: Scope, target: Tree) -> Iterator[_Output]:
    """The columns that one item of the list stands for."""
    fields = target["val"].get("ColumnRef", {}).get("fields", ())
    if not fields or "A_Star" not in fields[-1]:
        name = target.get("name") or figure(target["val"])[0] or _NO_NAME
        yield _Output(name, walk.value(target["val"]))
        return
    depth = len(walk.scopes) - 1
    wanted = fields[-2]["String"]["sval"] if len(fields) > 1 else None
    if wanted is None:
        yield from (_Output(name, _merged(depth, scope, name)) for name in scope.merged)
    for index, relation in enumerate(scope.relations):
        if wanted not in (None, relation.name):
            continue
        if relation.columns is None:
            yield _Output("*", Value(("*", depth, index)))
            continue
        for name in relation.columns:
            if wanted is not None or name not in scope.merged:
                yield _Output(name, column_of(depth, index, name, relation))


def _merged(depth: int, scope: Scope, name: str) -> Value:
    for index, relation in enumerate(scope.relations):
        if relation.columns is not None and name in relation.columns:
            return column_of(depth, index, name, relation)
    return Value(("column", name))


def column_of(depth: int, index: int, name: str, relation: Relation) -> Value:
    """A column by the place of its relation."""
    return Value(("column", depth, index, name), (relation.columns or {}).get(name))


def resolved(walk: Walk, names: Sequence[str]) -> Value | None:
    """The column, or the whole row, that a name stands for in the queries around it; None where it is none of theirs."""
    return _bare(walk, names[0]) if len(names) == 1 else _qualified(walk, *names[-2:])


def _qualified(walk: Walk, qualifier: str, name: str) -> Value | None:
    for depth, scope in _inside_out(walk):
        for index, relation in enumerate(scope.relations):
            if relation.name == qualifier:
                return Value(("row", depth, index)) if name == "*" else column_of(depth, index, name, relation)
    return None


def _bare(walk: Walk, name: str) -> Value | None:
    """Of the innermost query whose relations have the column, or of the only one that may have it."""
    for depth, scope in _inside_out(walk):
        for index, relation in enumerate(scope.relations):
            if relation.columns is not None and name in relation.columns:
                return column_of(depth, index, name, relation)
    if name in walk.context.types:
        return None
    for depth, scope in _inside_out(walk):
        for index, relation in enumerate(scope.relations):
            if relation.name == name and not relation.scalar:
                return Value(("row", depth, index))
        unknown = [index for index, relation in enumerate(scope.relations) if relation.columns is None]
        if unknown:
            index = next((i for i in unknown if scope.relations[i].name == name), unknown[0])
            only = len(unknown) == 1 or scope.relations[index].name == name
            return column_of(depth, index, name, scope.relations[index]) if only else Value(("column", name))
    return None


def _inside_out(walk: Walk) -> Iterator[tuple[int, Scope]]:
    return ((depth, walk.scopes[depth]) for depth in range(len(walk.scopes) - 1, -1, -1))


# FROM


def _source(walk: Walk, scope: Scope, tree: Tree) -> Form:
    """The form of an item of FROM, whose relations are added to the scope."""
    ((kind, node),) = tree.items()
    if kind == "JoinExpr":
        return _join(walk, scope, node)
    alias = node.get("alias", {})
    renamed = [name["String"]["sval"] for name in alias.get("colnames", ())]
    if kind == "RangeVar":
        form, columns = _named_relation(walk, node)
        scope.relations.append(Relation(alias.get("aliasname") or node["relname"], _renamed(columns, renamed)))
        return form
    if kind == "RangeSubselect":
        made = query(walk, node["subquery"]["SelectStmt"], named=False)
        scope.relations.append(Relation(alias.get("aliasname", ""), _renamed(made.outputs, renamed)))
        return ("subquery", made.form)
    if kind == "RangeFunction":
        functions = walk.plain(node["functions"])
        columns = dict.fromkeys(renamed) or None
        scope.relations.append(Relation(alias.get("aliasname") or figure_of_function(node), columns, scalar=True))
        return ("function", functions, node.get("ordinality", False), walk.plain(node.get("coldeflist", ())))
    scope.relations.append(Relation(alias.get("aliasname", ""), None))
    return (kind, walk.plain({key: item for key, item in node.items() if key != "alias"}))


def figure_of_function(node: Tree) -> str:
    """The name that a function in FROM goes by without an alias."""
    first = node["functions"][0]["List"]["items"][0]
    return figure(first)[0] or ""


def _renamed(columns: Outputs | None, names: Sequence[str]) -> Outputs | None:
    """The columns under the names of an alias, as far as these go."""
    if columns is None or not names:
        return columns
    items = list(columns.items())
    return {(names[i] if i < len(names) else name): type for i, (name, type) in enumerate(items)}


def _named_relation(walk: Walk, node: Tree) -> tuple[Form, Outputs | None]:
    schema, name = node.get("schemaname", ""), node["relname"]
    if not schema:
        for _, scope in _inside_out(walk):
            if name in scope.queries:
                return ("query", name), scope.queries[name]
    schema = "" if schema == "public" else schema
    return ("from", schema, name), known_columns(walk, f"{schema}.{name}" if schema else name)


def known_columns(walk: Walk, name: str) -> Outputs | None:
    """The columns of a table or view of the schema; a view's are those of its query."""
    context = walk.context
    if name in context.derived:
        return context.derived[name]
    found: Outputs | None = None
    context.derived[name] = None  # a view that reads itself
    if name in context.relations:
        found = {column: type_name(type) for column, type in context.relations[name].items()}
    elif name in context.views:
        tree, names = context.views[name]()
        scopes, walk.scopes = walk.scopes, []
        found = query(walk, tree, named=True, names=names).outputs if tree else None
        walk.scopes = scopes
    context.derived[name] = found
    return found


def _join(walk: Walk, scope: Scope, node: Tree) -> Form:
    first = len(scope.relations)
    left = _source(walk, scope, node["larg"])
    middle = len(scope.relations)
    right = _source(walk, scope, node["rarg"])
    using = [name["String"]["sval"] for name in node.get("usingClause", ())]
    if node.get("isNatural"):
        using = _common(scope.relations[first:middle], scope.relations[middle:])
    scope.merged += [name for name in using if name not in scope.merged]
    on = walk.form(node["quals"]) if "quals" in node else ()
    return ("join", node.get("jointype", "JOIN_INNER"), left, right, tuple(using), on)


def _common(left: Sequence[Relation], right: Sequence[Relation]) -> list[str]:
    theirs = {name for relation in right for name in relation.columns or ()}
    return [name for relation in left for name in relation.columns or () if name in theirs]


# GROUP BY, ORDER BY, DISTINCT ON


def _ordinals(walk: Walk, outputs: Sequence[_Output], clause: str, items: Sequence[Tree]) -> Form:
    """The items of a clause, ordinals and the names of result columns as the columns themselves."""
    return tuple(_sorted(walk, outputs, clause, item) for item in items)


def _sorted(walk: Walk, outputs: Sequence[_Output], clause: str, item: Tree) -> Form:
    if "SortBy" in item:
        sort = item["SortBy"]
        return (_sorted(walk, outputs, clause, sort["node"]), *direction(sort))
    ordinal, name = _ordinal(item), _bare_name(item)
    if ordinal is not None and 0 < ordinal <= len(outputs):
        return meet(outputs[ordinal - 1].value, None).form
    named = [output for output in outputs if output.name == name]
    if named and (clause != "groupClause" or not _is_input(walk, name)):
        return meet(named[0].value, None).form
    return meet(walk.value(item), None).form if item else ()


def _is_input(walk: Walk, name: str | None) -> bool:
    """GROUP BY takes a column before a result of that name (manual, SELECT)."""
    return any(name in relation.columns for relation in walk.scopes[-1].relations if relation.columns is not None)


def _ordinal(tree: Tree) -> int | None:
    constant = tree.get("A_Const", {})
    return constant["ival"].get("ival", 0) if "ival" in constant else None


def _bare_name(tree: Tree) -> str | None:
    fields = tree.get("ColumnRef", {}).get("fields", ())
    return fields[0]["String"]["sval"] if len(fields) == 1 and "String" in fields[0] else None


def direction(sort: Tree) -> tuple[bool, bool, Any]:
    """Whether it goes down, whether NULLs come first, and the operator of USING."""
    down = sort.get("sortby_dir") == "SORTBY_DESC"
    nulls = sort.get("sortby_nulls", "SORTBY_NULLS_DEFAULT")
    return down, nulls == "SORTBY_NULLS_FIRST" or (down and nulls == "SORTBY_NULLS_DEFAULT"), str(sort.get("useOp", ""))


# Statements that write


def writing(walk: Walk, kind: str, node: Tree) -> Form:
    """The form of an INSERT, UPDATE or DELETE; an INSERT without a list of columns names them all."""
    target, columns = _named_relation(walk, node["relation"])
    name = node["relation"].get("alias", {}).get("aliasname") or node["relation"]["relname"]
    scope = Scope()
    scope.relations.append(Relation(name, columns))
    walk.scopes.append(scope)
    try:
        ctes = _with(walk, scope, node.get("withClause"))
        sources = tuple(_source(walk, scope, tree) for tree in node.get("fromClause", node.get("usingClause", ())))
        set_aside = {"relation", "withClause", "fromClause", "usingClause", "cols", "selectStmt", "returningList"}
        rest = tuple((key, walk.plain(item)) for key, item in sorted(node.items()) if key not in set_aside)
        returned = [
            output for item in node.get("returningList", ()) for output in _outputs(walk, scope, item["ResTarget"])
        ]
        given: Form = ()
        if "selectStmt" in node:
            given = query(walk, node["selectStmt"]["SelectStmt"], named=False).form
    finally:
        walk.scopes.pop()
    stated = tuple(item["ResTarget"]["name"] for item in node.get("cols", ())) or tuple(columns or ())
    returning = tuple((output.name, meet(output.value, None).form) for output in returned)
    return (kind, target, stated if kind == "InsertStmt" else (), ctes, sources, given, rest, returning)
