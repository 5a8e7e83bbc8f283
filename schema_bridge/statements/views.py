"""Views and materialised views."""

from __future__ import annotations

from schema_bridge.emit.sql import default, ident, name, options
from schema_bridge.ir import MaterializedView, View


def create(view: View | MaterializedView, *, again: bool = False) -> str:
    """CREATE VIEW or CREATE MATERIALIZED VIEW with its query as it was written; `again`: also where it is there."""
    return _materialized(view, again) if isinstance(view, MaterializedView) else _plain(view, again)


def _head(view: View | MaterializedView) -> str:
    columns = f" ({', '.join(map(ident, view.column_names))})" if view.column_names else ""
    return name(view.name) + columns


def _plain(view: View, again: bool) -> str:
    words = ["CREATE"]
    if again:
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


def _materialized(view: MaterializedView, again: bool) -> str:
    words = ["CREATE MATERIALIZED VIEW", *(["IF NOT EXISTS"] if again else []), _head(view)]
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
