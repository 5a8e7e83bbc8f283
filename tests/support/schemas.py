"""Pydantic schemas as tests make them: a table from a few words, the package written, imported and removed again."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from schema_bridge.ir import Check, Column, Name, PrimaryKey, Schema, Table
from schema_bridge.pgtypes import parse
from schema_bridge.writers import pydantic as writer

_numbers = count()


class Orm:
    """What an ORM object looks like: the column `metadata` is another attribute, that name is something else."""

    metadata = object()

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def table(columns: Mapping[str, str], *checks: str, name: str = "items", **facts: Any) -> Table:
    """A table whose columns are given as `type [not null] [default …]`, in lower case."""
    return Table(
        name=Name("public", name),
        columns=tuple(_column(column, words) for column, words in columns.items()),
        checks=tuple(Check(name=f"{name}_check{at}", expression=check) for at, check in enumerate(checks)),
        **facts,
    )


def _column(name: str, words: str) -> Column:
    rest, _, default = words.partition(" default ")
    kind = rest.removesuffix(" not null")
    return Column(name=name, type=parse(kind), not_null=rest != kind, default=default or None)


def key(*columns: str) -> PrimaryKey:
    return PrimaryKey(name="items_pkey", columns=columns)


def write(folder: Path, schema: Schema, **options: Any) -> Path:
    """The package's files, in a folder of its own under `folder`."""
    target = folder / f"generated_{next(_numbers)}"
    for path, text in writer.write(schema, writer.Options(**options)).items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")
    return target


@contextmanager
def imported(folder: Path, made: Schema | Path, **options: Any) -> Iterator[ModuleType]:
    """The package `schemas` that is made of a schema, or stands in a folder."""
    target = made if isinstance(made, Path) else write(folder, made, **options)
    for made_ in target.glob("schemas*"):
        made_.rename(target / made_.name.replace("schemas", target.name))
    sys.path.insert(0, str(target))
    try:
        yield importlib.import_module(target.name)
    finally:
        sys.path.remove(str(target))
        for name in [name for name in sys.modules if name.split(".")[0] == target.name]:
            del sys.modules[name]


def takes(model: Any, **values: Any) -> bool:
    """Whether a model accepts the values."""
    try:
        model(**values)
    except ValidationError:
        return False
    return True
