"""Views and materialised views."""

from __future__ import annotations

from schema_bridge.emit.sql import default, ident, name, options
from schema_bridge.ir import MaterializedView, View


def create(view: View | MaterializedView, *, or_replace: bool = False) -> str:
    """CREATE VIEW or CREATE MATERIALIZED VIEW with its query as it was written."""
    return _materialized(view) if isinstance(view, MaterializedView) else _plain(view, or_replace)


def _head(view: View | MaterializedView) -> str:
    columns = f" ({', '.join(map(ident, view.column_names))})" if view.column_names else ""
    return name(view.name) + columns


def _plain(view: View, or_replace: bool) -> str:
    words = ["CREATE"]
    if or_replace:
        words.append("OR REPLACE")
    if view.persistence == "temporary":
        words.append("TEMPORARY")
    if view.recursive:
        words.append("RECURSIVE")
    words += ["VIEW", _head(view)]
    if view.options:
        words.append(f"WITH ({options(view.options)})")
    check = "" if view.check_option is None else f"\nWITH {view.check_option.upper()} CHECK OPTION"
    return f"{' '.join(words)} AS\n{view.query}{check}"


def _materialized(view: MaterializedView) -> str:
    words = ["CREATE MATERIALIZED VIEW", _head(view)]
    if view.access_method is not None:
        words.append(f"USING {ident(view.access_method)}")
    if view.options:
        words.append(f"WITH ({options(view.options)})")
    if view.tablespace is not None:
        words.append(f"TABLESPACE {ident(view.tablespace)}")
    return f"{' '.join(words)} AS\n{view.query}" + ("" if view.with_data else "\nWITH NO DATA")


def settings(view: View | MaterializedView) -> list[str]:
    """The defaults of a view's columns, and the index a materialised view is clustered on."""
    if isinstance(view, MaterializedView):
        if view.cluster_on is None:
            return []
        return [f"ALTER MATERIALIZED VIEW {name(view.name)} CLUSTER ON {ident(view.cluster_on)}"]
    return [
        f"ALTER VIEW {name(view.name)} ALTER COLUMN {ident(column.name)} SET DEFAULT {default(column.default)}"
        for column in view.columns
        if column.default is not None
    ]
