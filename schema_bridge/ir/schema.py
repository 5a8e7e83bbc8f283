"""The whole: one list of nodes per kind."""

from __future__ import annotations

from typing import Literal

from schema_bridge.ir.base import Name, Struct
from schema_bridge.ir.objects import (
    Aggregate,
    Composite,
    DefaultPrivileges,
    Domain,
    Enum,
    EventTrigger,
    Extension,
    Function,
    MaterializedView,
    Namespace,
    Privileges,
    Publication,
    Range,
    Role,
    Sequence,
    Statistics,
    Unmodelled,
    View,
)
from schema_bridge.ir.tables import Table


class Schema(Struct, frozen=True, kw_only=True):
    """A whole database schema. Each list is sorted by the nodes' keys.

    `external_tables` are tables that this schema does not make but hangs triggers or policies on, or refers to
    (`auth.users`); they hold only what is stated here.
    """

    dialect: Literal["postgresql", "mysql", "mariadb", "sqlite"] = "postgresql"
    namespaces: tuple[Namespace, ...] = ()
    extensions: tuple[Extension, ...] = ()
    roles: tuple[Role, ...] = ()
    enums: tuple[Enum, ...] = ()
    domains: tuple[Domain, ...] = ()
    composites: tuple[Composite, ...] = ()
    ranges: tuple[Range, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    tables: tuple[Table, ...] = ()
    external_tables: tuple[Table, ...] = ()
    views: tuple[View, ...] = ()
    materialized_views: tuple[MaterializedView, ...] = ()
    functions: tuple[Function, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    event_triggers: tuple[EventTrigger, ...] = ()
    publications: tuple[Publication, ...] = ()
    statistics: tuple[Statistics, ...] = ()
    privileges: tuple[Privileges, ...] = ()
    default_privileges: tuple[DefaultPrivileges, ...] = ()
    unmodelled: tuple[Unmodelled, ...] = ()

    def table(self, name: str, schema: str = "public") -> Table:
        """The table of that name; KeyError if this schema makes none."""
        wanted = Name(schema, name)
        for table in self.tables:
            if table.name == wanted:
                return table
        raise KeyError(str(wanted))
