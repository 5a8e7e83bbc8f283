"""The name that PostgreSQL gives an unnamed expression (`FigureColname` of its parser; manual, 7.3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Tree = Mapping[str, Any]

_FIGURED = {"A_ArrayExpr": "array", "RowExpr": "row", "CoalesceExpr": "coalesce", "GroupingFunc": "grouping"}


def figure(tree: Tree) -> tuple[str | None, int]:
    """The name, and how sure it is; None where there is none to be had."""
    if not tree:
        return None, 0
    [(kind, node)] = tree.items()
    if kind in _FIGURED:
        return _FIGURED[kind], 2
    match kind:
        case "ColumnRef":
            names = [f["String"]["sval"] for f in node["fields"] if "String" in f]
            return (names[-1], 2) if names else (None, 0)
        case "FuncCall":
            return _last(node["funcname"]), 2
        case "A_Indirection":
            names = [f["String"]["sval"] for f in node.get("indirection", ()) if "String" in f]
            return (names[-1], 2) if names else figure(node["arg"])
        case "A_Expr":
            return ("nullif", 2) if node.get("kind") == "AEXPR_NULLIF" else (None, 0)
        case "TypeCast":
            name, strength = figure(node["arg"])
            return (name, strength) if strength > 1 else (_last(node["typeName"]["names"]), 1)
        case "CollateClause":
            return figure(node["arg"])
        case "CaseExpr":
            name, strength = figure(node.get("defresult", {}))
            return (name, strength) if strength > 1 else ("case", 1)
        case "MinMaxExpr":
            return ("greatest" if node.get("op", "IS_GREATEST") == "IS_GREATEST" else "least"), 2
        case "SQLValueFunction":
            return _value_function(node), 2
        case "SubLink":
            return _of_query(node)
        case _:
            return None, 0


def _last(names: Any) -> str:
    return str(names[-1]["String"].get("sval", ""))


def _value_function(node: Tree) -> str:
    return str(node["op"]).removeprefix("SVFOP_").removesuffix("_N").lower()


def _of_query(node: Tree) -> tuple[str | None, int]:
    """A query that stands for a value is called what its first column is called."""
    kind = node.get("subLinkType")
    if kind in ("EXISTS_SUBLINK", "ARRAY_SUBLINK"):
        return kind.removesuffix("_SUBLINK").lower(), 2
    query = node["subselect"]["SelectStmt"]
    while "larg" in query:
        query = query["larg"]
    if kind != "EXPR_SUBLINK" or "targetList" not in query:
        return None, 0
    target = query["targetList"][0]["ResTarget"]
    return (target["name"], 2) if "name" in target else figure(target["val"])
