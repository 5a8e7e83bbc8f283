"""SQLAlchemy 2.0 models: typed declarative classes whose `create_all` rebuilds the whole database.

The models (a module or a package: every fact SQLAlchemy has a word for), `schema_events.py` (all other facts, as DDL
on the metadata's events) and `alembic_hooks.py` (what autogenerate must be told to leave alone).

A table without a primary key cannot be mapped by an ORM, and a pure join table need not be: both are `sa.Table`
objects in the same metadata. Tables that the schema only refers to are in a MetaData of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from schema_bridge.errors import Finding
from schema_bridge.ir import Schema
from schema_bridge.python_model import decide
from schema_bridge.writers.sqlalchemy import alembic_module, event_module, layouts
from schema_bridge.writers.sqlalchemy.context import CommonOptions, Context, Options, Style
from schema_bridge.writers.sqlalchemy.sqlite import findings
from schema_bridge.writers.sqlalchemy.stages import staged

__all__ = ["DROPS", "Options", "unexpressed", "write", "written"]

DROPS: Mapping[str, str] = {}


def write(schema: Schema, options: Options) -> dict[str, str]:
    """The models, beside or in them `schema_events.py`, and `alembic_hooks.py`.

    OptionError where an option contradicts another or names nothing.
    """
    return written(schema, options, options.style)


def written(schema: Schema, options: CommonOptions, style: Style) -> dict[str, str]:
    """The files of the models in a style."""
    context = _context(schema, options, style)
    if options.mixins or options.bases:
        # It imports the SQL parser.
        from schema_bridge.writers.sqlalchemy.inherited import inherited

        context.inherited = inherited(context)
    # Classic columns have no annotation that could say what their type does not.
    if options.choices == "classes" or (options.choices == "literals" and style != "column"):
        # It imports the SQL parser.
        from schema_bridge.writers.sqlalchemy.choices import choices

        mapped = [(context.tables[of.table], of) for of in context.model.classes if of.mapped]
        context.taken.update(context.enum_names)
        context.choices = choices(mapped, context.domains, context.taken)
    stages = staged(context)
    inside = f"{options.name}/" if context.is_package else ""
    return {
        **layouts.files(context),
        f"{inside}schema_events.py": event_module.module(stages, context),
        "alembic_hooks.py": alembic_module.module(context),
    }


def unexpressed(schema: Schema, options: CommonOptions) -> tuple[Finding, ...]:
    """What SQLite does without, where it is asked for."""
    if not options.sqlite:
        return ()
    return tuple(findings(_context(schema, options, "mapped")))


def _context(schema: Schema, options: CommonOptions, style: Style) -> Context:
    """The context of the tables that are asked for, with the names that they have among all."""
    model = decide(schema, options.naming)
    if not options.tables and not options.exclude:
        return Context(schema, model, options, style)
    # It reads SQL texts.
    from schema_bridge.python_model.part import part, part_of

    cut = part(schema, options.tables, options.exclude)
    context = Context(cut.schema, part_of(model, cut.schema), options, style)
    context.left_out = cut.left_out
    return context
