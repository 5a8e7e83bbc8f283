"""The rules, in the order in which their remarks are told."""

from __future__ import annotations

from schema_bridge.ir import Schema
from schema_bridge.lint import doors, indexes
from schema_bridge.lint.remarks import RULES, LintOptions, Remark, is_silent

_CHECKS = (
    doors.row_security,
    doors.policies,
    doors.privileged_columns,
    doors.functions,
    indexes.foreign_keys,
    indexes.policy_columns,
    indexes.duplicates,
)


def lint(schema: Schema, options: LintOptions) -> tuple[Remark, ...]:
    """All remarks on the schema that the options do not silence: by rule, then by object."""
    found = (remark for check in _CHECKS for remark in check(schema, options))
    spoken = (remark for remark in found if not is_silent(remark, options.silence))
    return tuple(sorted(spoken, key=lambda remark: (RULES.index(remark.rule), str(remark.owner), remark.object)))
