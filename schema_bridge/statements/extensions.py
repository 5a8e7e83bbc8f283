"""Extensions."""

from __future__ import annotations

from schema_bridge.emit.sql import ident, literal
from schema_bridge.ir import Extension


def create(extension: Extension) -> str:
    """CREATE EXTENSION IF NOT EXISTS: a database often has it from its template."""
    words = [f"CREATE EXTENSION IF NOT EXISTS {ident(extension.name)}"]
    if extension.schema is not None:
        words.append(f"SCHEMA {ident(extension.schema)}")
    if extension.version is not None:
        words.append(f"VERSION {literal(extension.version)}")
    return " ".join(words)
