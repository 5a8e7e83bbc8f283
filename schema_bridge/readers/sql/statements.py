"""Which function takes which statement; one that has none is kept as it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schema_bridge.readers.sql import (
    alter,
    calls,
    comments,
    create_index,
    do_blocks,
    drops,
    grants,
    objects,
    owned,
    owners,
    policies,
    renames,
    routines,
    sequences,
    settings,
    tables,
    triggers,
    unmodelled,
    user_types,
    views,
)
from schema_bridge.readers.sql.context import Context, Tree

Handler = Callable[[Context, Any], None]


def apply(context: Context, kind: str, tree: Any) -> None:
    """Carry out the statement at hand."""
    handler = HANDLERS.get(kind)
    if context.state.other_tables and unmodelled.is_about_one(context, kind, tree):
        unmodelled.keep(context, kind, tree)
    elif handler is not None and context.state.default_privileges and kind in _MAKES:
        before = grants.made(context)
        handler(context, tree)
        grants.give_defaults(context, before)
    elif handler is not None:
        handler(context, tree)
    elif kind in settings.SKIPPED:
        context.skipped[settings.SKIPPED[kind]] += 1
    else:
        unmodelled.keep(context, kind, tree)


def _define(context: Context, tree: Tree) -> None:
    if tree.get("kind") == "OBJECT_AGGREGATE":
        routines.create_aggregate(context, tree)
    else:
        unmodelled.keep(context, "DefineStmt", tree)


def _select(context: Context, tree: Tree) -> None:
    if "intoClause" in tree:
        views.select_into(context, tree)
    else:
        calls.select(context, tree)


HANDLERS: dict[str, Handler] = {
    "AlterDefaultPrivilegesStmt": grants.default_privileges,
    "AlterDomainStmt": user_types.alter_domain,
    "AlterEnumStmt": user_types.alter_enum,
    "AlterEventTrigStmt": triggers.alter_event_trigger,
    "AlterFunctionStmt": routines.alter,
    "AlterObjectSchemaStmt": renames.set_schema,
    "AlterOwnerStmt": owners.alter,
    "AlterPolicyStmt": policies.alter,
    "AlterPublicationStmt": objects.alter_publication,
    "AlterRoleStmt": objects.alter_role,
    "AlterSeqStmt": sequences.alter,
    "AlterStatsStmt": objects.alter_statistics,
    "AlterTableStmt": alter.alter,
    "CallStmt": calls.call,
    "ClusterStmt": create_index.cluster,
    "CommentStmt": comments.comment,
    "CompositeTypeStmt": user_types.create_composite,
    "CreateDomainStmt": user_types.create_domain,
    "CreateEnumStmt": user_types.create_enum,
    "CreateEventTrigStmt": triggers.create_event_trigger,
    "CreateExtensionStmt": objects.create_extension,
    "CreateForeignTableStmt": tables.create_foreign,
    "CreateFunctionStmt": routines.create,
    "CreatePolicyStmt": policies.create,
    "CreatePublicationStmt": objects.create_publication,
    "CreateRangeStmt": user_types.create_range,
    "CreateRoleStmt": objects.create_role,
    "CreateSchemaStmt": objects.create_schema,
    "CreateSeqStmt": sequences.create,
    "CreateStatsStmt": objects.create_statistics,
    "CreateStmt": tables.create,
    "CreateTableAsStmt": views.create_as,
    "CreateTrigStmt": triggers.create,
    "DefineStmt": _define,
    "DoStmt": do_blocks.do,
    "DropOwnedStmt": owned.drop,
    "DropRoleStmt": drops.drop_roles,
    "DropStmt": drops.drop,
    "GrantRoleStmt": objects.grant_role,
    "GrantStmt": grants.grant,
    "IndexStmt": create_index.create,
    "ReassignOwnedStmt": owned.reassign,
    "RefreshMatViewStmt": views.refresh,
    "RenameStmt": renames.rename,
    "RuleStmt": triggers.create_rule,
    "SelectStmt": _select,
    "TransactionStmt": settings.transaction,
    "VariableSetStmt": settings.set_variable,
    "ViewStmt": views.create,
}

_MAKES = frozenset(
    {
        "CompositeTypeStmt",
        "CreateDomainStmt",
        "CreateEnumStmt",
        "CreateForeignTableStmt",
        "CreateFunctionStmt",
        "CreateRangeStmt",
        "CreateSchemaStmt",
        "CreateSeqStmt",
        "CreateStmt",
        "CreateTableAsStmt",
        "DefineStmt",
        "AlterTableStmt",
        "SelectStmt",
        "ViewStmt",
    }
)
"""Statements that make what default privileges are for; ALTER TABLE makes sequences."""
