"""Pydantic schemas (v2): for each table its Base, Create, Update and Response."""

from __future__ import annotations

from collections.abc import Iterable

from schema_bridge import naming
from schema_bridge.errors import Finding, OptionError
from schema_bridge.ir import Schema
from schema_bridge.python_model import decide_names
from schema_bridge.python_model.selection import modules
from schema_bridge.writers.pydantic.classes import TableClasses
from schema_bridge.writers.pydantic.columns import Annotations, fields
from schema_bridge.writers.pydantic.options import Options, Pair, Settings, chosen
from schema_bridge.writers.pydantic.package import ENUMS, RESERVED, Enums, Module, package, single

_ACCESS = "says who may see or change a row, not what a row is"
_STORAGE = "says how rows are stored or found, not what a row is"
_TABLE_WIDE = "concerns more than one row, which a schema of one row cannot check"
_CODE = "runs in the database, and what it does to a row is not known here"
_ELSEWHERE = "is no table whose rows are taken or given"

DROPS = {
    "Policy": _ACCESS,
    "Privileges": _ACCESS,
    "DefaultPrivileges": _ACCESS,
    "Role": _ACCESS,
    "Table.row_security": _ACCESS,
    "Table.force_row_security": _ACCESS,
    "Table.owner": _ACCESS,
    "Index": _STORAGE,
    "Statistics": _STORAGE,
    "Sequence": _STORAGE,
    "Extension": _STORAGE,
    "Namespace": _STORAGE,
    "Publication": _STORAGE,
    "Table.partition_by": _STORAGE,
    "Table.partition": "the partitioned table itself has the classes",
    "Table.inherits": _STORAGE,
    "Table.persistence": _STORAGE,
    "Table.access_method": _STORAGE,
    "Table.tablespace": _STORAGE,
    "Table.options": _STORAGE,
    "Column.storage": _STORAGE,
    "Column.compression": _STORAGE,
    "Column.statistics": _STORAGE,
    "PrimaryKey": _TABLE_WIDE,
    "Unique": _TABLE_WIDE,
    "ForeignKey": _TABLE_WIDE,
    "Exclusion": _TABLE_WIDE,
    "Trigger": _CODE,
    "EventTrigger": _CODE,
    "Rule": _CODE,
    "Function": _CODE,
    "Aggregate": _CODE,
    "View": _ELSEWHERE,
    "MaterializedView": _ELSEWHERE,
    "Schema.external_tables": _ELSEWHERE,
    "Composite": "its values are taken as they are",
    "Unmodelled": "is not understood, and comes back in the DDL alone",
}


def write(schema: Schema, options: Options) -> dict[str, str]:
    """The package, or the one module.

    OptionError where an option names no table or column, or contradicts another.
    """
    return _Schemas(schema, options).files()


def unexpressed(schema: Schema, options: Options) -> tuple[Finding, ...]:
    """The checks that are not stated in full, and the columns whose type says nothing; sorted."""
    return _Schemas(schema, options).findings()


def write_and_tell(schema: Schema, options: Options) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """What `write` and `unexpressed` give, for the work of one of them."""
    schemas = _Schemas(schema, options)
    return schemas.files(), schemas.findings()


class _Schemas:
    """The modules of the chosen tables, by name; one without a name where all is one module."""

    def __init__(self, schema: Schema, options: Options) -> None:
        self.schema = schema
        self.options = options
        self.model = decide_names(schema, options.naming)
        pairs = [(table, mapped) for table in schema.tables if (mapped := self.model.of_table(table.name)) is not None]
        tables = chosen(pairs, options)
        own = {table.name: mapped.module for (table, mapped), _ in tables}
        homes = modules(own, options.layout, options.groups, RESERVED)
        known = Annotations(schema, self.model)
        taken = self._taken(tables)
        self.modules: dict[str, Module] = {}
        for (table, mapped), settings in tables:
            home = homes.get(table.name, "")
            if home not in self.modules:
                self.modules[home] = Module(taken)
            module = self.modules[home]
            module.tables.append(TableClasses(mapped, fields(table, mapped, known), settings, module.scope))

    def files(self) -> dict[str, str]:
        options, comments = self.options, {enum.name: enum.comment for enum in self.schema.enums}
        wanted = {name for module in self.modules.values() for source, name in module.needed if source == ENUMS}
        every = not (options.tables or options.exclude)
        enums = Enums([enum for enum in self.model.enums if every or enum.name in wanted], comments)
        if options.layout == "module":
            return {f"{options.name}.py": single(self.modules.get("", Module(set())), enums)}
        files = package(self.modules, enums)
        return {f"{options.name}/{path}": files[path] for path in sorted(files)}

    def findings(self) -> tuple[Finding, ...]:
        tables = (table for module in self.modules.values() for table in module.tables)
        found = (finding for table in tables for finding in table.findings())
        return tuple(sorted(found, key=lambda finding: finding.message))

    def _taken(self, tables: Iterable[tuple[Pair, Settings]]) -> set[str]:
        """The names of all classes; OptionError where one is given twice."""
        taken = {*naming.SCHEMA_NAMES, *naming.MODULE_NAMES, *(enum.name for enum in self.model.enums)}
        for (table, _), settings in tables:
            for name in settings.names.values():
                if name in taken:
                    raise OptionError(f"{name}, a class of {table.name}, is the name of something else", key="classes")
                taken.add(name)
        return taken
