"""Annotations as GitHub's runner reads them (GitHub Actions, Workflow commands)."""

from __future__ import annotations


def command(level: str, message: str, **properties: str | int) -> str:
    """One line: `::error file=a.sql,line=3::message`; what would end a value is written as a number."""
    stated = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{level} {stated}::{_message(message)}\n"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
