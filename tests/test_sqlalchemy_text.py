"""Python text: literals mean what they say, the formatter has nothing to change, SQL stays SQL."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from schema_bridge.emit import python
from schema_bridge.writers.sqlalchemy import sql_texts
from support.strategies import HOSTILE

hostile = st.lists(
    st.sampled_from([*HOSTILE, "'''", ":", "::", "\\:", ":a:", "a:b", "{", "é", " \n", '""']), max_size=8
).map("".join)


@given(hostile | st.text())
def test_a_literal_is_its_text(text: str) -> None:
    for literal in (python.string(text), python.block(text)):
        assert ast.literal_eval(literal) == text
        assert not any(line != line.rstrip() for line in literal.split("\n"))


@given(hostile | st.text())
def test_a_docstring_or_comment_stays_one(text: str) -> None:
    tree = ast.parse(f"class A:\n{python.docstring(text, 1)}\n\n    x = 1\n{python.comment(text)}\ny = 2\n")
    body = tree.body[0]
    assert isinstance(body, ast.ClassDef)
    assert [type(node) for node in body.body] == [ast.Expr, ast.Assign]
    assert len(tree.body) == 2


@given(st.lists(hostile, min_size=20, max_size=20))
@settings(max_examples=6, deadline=None, derandomize=True)
def test_the_formatter_changes_nothing(texts: list[str]) -> None:
    lines = ["import sqlalchemy as sa\n"]
    for at, text in enumerate(texts):
        literal = python.string(text)
        arguments = [literal, python.block(text), python.listing([literal, literal]), python.keyword("key", literal)]
        lines.append(python.layout(python.call("sa.text", *arguments), lead=f"v{at} = "))
        lines.append(python.layout(python.tuple_of([python.call("f", literal)]), lead=f"w{at} = "))
    for at, text in enumerate(texts):
        name = "name" * at
        value = python.call("relationship", *([python.string("x" * at)] * (at % 5 + 1)))
        lines.append(f"\n\nclass C{at}:\n{python.docstring(text + 'x', 1)}\n")
        lines.append(python.declaration(f"a{name}", f"list[x{name}]", value))
    formatted = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", "-"],
        input="\n".join(lines) + "\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert formatted.returncode == 0, formatted.stdout + formatted.stderr


def test_imports_are_sorted_as_ruff_sorts_them(tmp_path: Path) -> None:
    imports = python.Imports()
    for module, alias in (("sqlalchemy", "sa"), ("datetime", "dt"), ("enum", "")):
        imports.module(module, alias)
    for module, member in (
        ("__future__", "annotations"), ("typing", "Any"), ("typing", "TypeVar"), ("uuid", "UUID"),
        ("sqlalchemy.orm", "relationship"), ("sqlalchemy.orm", "Mapped"), ("sqlalchemy.orm", "mapped_column"),
        ("sqlalchemy.orm", "DeclarativeBase"), ("sqlalchemy.dialects", "postgresql as pg"), ("decimal", "Decimal"),
        ("ipaddress", "IPv4Address"), ("ipaddress", "IPv6Address"), ("ipaddress", "IPv4Network"),
        ("ipaddress", "IPv6Network"), ("ipaddress", "ip_address"), (".base", "Model as Base"), (".base", "Alpha"),
        (".base", "Zulu as zulu"), (".base", "Stamped"),
    ):  # fmt: skip
        imports.member(module, member)
    path = tmp_path / "sorted.py"
    path.write_text("\n".join(imports.lines()) + "\n")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "I", str(path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@given(hostile | st.text(alphabet="ab:\\'\" %${}[]1"))
def test_sql_passes_through_sqlalchemy_unchanged(expression: str) -> None:
    code = python.layout(sql_texts.text(expression))
    clause = eval(code, {"sa": sa})
    compiled = clause.compile(dialect=postgresql.dialect(paramstyle="pyformat"))
    assert str(compiled) % () == expression
    assert not compiled.params


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("now()", 'sa.text("now()")'),
        ("'{}'::jsonb", "sa.text(\"'{}'::jsonb\")"),
        ("'{\"a\":1}'", 'sa.text("\'{\\"a\\"\\\\:1}\'")'),
        ("':ab:'", "sa.literal_column(\"':ab:'\", sa.Text)"),
    ],
)
def test_colons(expression: str, code: str) -> None:
    assert python.layout(sql_texts.text(expression)) == code
