"""Pydantic schemas (v2): for each table a module with its Base, Create, Update and Response."""

from __future__ import annotations

from collections.abc import Mapping

from schema_bridge import naming
from schema_bridge.errors import Finding, OptionError
from schema_bridge.ir import Schema
from schema_bridge.python_model import PythonModel, decide_names
from schema_bridge.writers.pydantic.classes import TableModule
from schema_bridge.writers.pydantic.columns import Annotations, fields
from schema_bridge.writers.pydantic.options import Options, chosen
from schema_bridge.writers.pydantic.package import enums, init
from schema_bridge.writers.pydantic.shared_types import MODULE, types

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
    """The package: a module per table, the enums, the types they share, and `__init__`.

    OptionError where an option names no table or column.
    """
    model = decide_names(schema, options.naming)
    return _files(schema, model, _modules(schema, model, options), options)


def unexpressed(schema: Schema, options: Options) -> tuple[Finding, ...]:
    """The checks that are not stated in full, and the columns whose type says nothing; sorted."""
    return _findings(_modules(schema, decide_names(schema, options.naming), options))


def write_and_tell(schema: Schema, options: Options) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """What `write` and `unexpressed` give, for the work of one of them."""
    model = decide_names(schema, options.naming)
    modules = _modules(schema, model, options)
    return _files(schema, model, modules, options), _findings(modules)


def _files(schema: Schema, model: PythonModel, modules: Mapping[str, TableModule], options: Options) -> dict[str, str]:
    files = {f"{name}.py": module.write() for name, module in modules.items()}
    needed = {wanted for module in modules.values() for wanted in module.needed}
    used = {name for source, name in needed if source == MODULE}
    wanted = {name for source, name in needed if source == ".enums"}
    chosen = [enum for enum in model.enums if enum.name in wanted or not (options.tables or options.exclude)]
    comments = {enum.name: enum.comment for enum in schema.enums}
    files |= enums(chosen, comments) | types(used)
    files["__init__.py"] = init(
        {name: module.exports() for name, module in modules.items()} | {"enums": [enum.name for enum in chosen]}
    )
    return {f"{options.name}/{path}": files[path] for path in sorted(files)}


def _findings(modules: Mapping[str, TableModule]) -> tuple[Finding, ...]:
    found = (finding for module in modules.values() for finding in module.findings())
    return tuple(sorted(found, key=lambda finding: finding.message))


def _modules(schema: Schema, model: PythonModel, options: Options) -> dict[str, TableModule]:
    """The module of each chosen table by its name in the package."""
    known = Annotations(schema, model)
    pairs = [(table, mapped) for table in schema.tables if (mapped := model.of_table(table.name)) is not None]
    tables = chosen(pairs, options)
    taken = {*naming.SCHEMA_NAMES, *naming.MODULE_NAMES, *(enum.name for enum in model.enums)}
    for (table, _), settings in tables:
        for name in settings.names.values():
            if name in taken:
                raise OptionError(f"{name}, a class of {table.name}, is the name of something else", key="classes")
            taken.add(name)
    modules: dict[str, TableModule] = {}
    for (table, mapped), settings in tables:
        name = f"{mapped.module}_" if mapped.module in ("enums", "types") else mapped.module
        modules[name] = TableModule(mapped, fields(table, mapped, known), settings, taken)
        taken.update(modules[name].literals)
    return modules
