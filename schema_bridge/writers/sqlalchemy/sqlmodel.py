"""SQLModel classes: `class X(SQLModel, table=True)`, each column stated in full by its `sa_column`.

All else is as SQLAlchemy's models have it: constraints, events, hooks for Alembic. SQLModel reads annotations where they
stand, so these modules do without `from __future__ import annotations`.
"""

from __future__ import annotations

from schema_bridge.ir import Schema
from schema_bridge.writers.sqlalchemy import DROPS, unexpressed, written
from schema_bridge.writers.sqlalchemy.context import CommonOptions as Options

__all__ = ["DROPS", "Options", "unexpressed", "write"]


def write(schema: Schema, options: Options) -> dict[str, str]:
    """The models, `schema_events.py` and `alembic_hooks.py`; OptionError where an option contradicts another or names
    nothing."""
    return written(schema, options, "sqlmodel")
