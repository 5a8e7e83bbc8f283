"""Models as teams ask for them: option sets, each on a fixture, held to the same laws as the models by default."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schema_bridge import project
from schema_bridge.python_model import NamingOptions
from schema_bridge.writers.sqlalchemy import Options
from schema_bridge.writers.sqlalchemy.sqlmodel import Options as SQLModelOptions
from support.cases import CASES, Case


@dataclass(frozen=True)
class Style:
    """Options of a writer for a case; `beside` are the project's own modules that the models import."""

    case: str
    options: Any
    writer: str = "sqlalchemy"
    beside: dict[str, str] = field(default_factory=dict)

    @property
    def of(self) -> Case:
        return next(case for case in CASES if case.name == self.case)

    def save(self, folder: Path) -> Path:
        """Write the models, and what they import, into a folder."""
        files = {**self.beside, **project.render(self.of.schema, self.writer, self.options)}
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8", newline="")
        return folder


_CRAWLER = {"users": ("profiles", "api_*", "notification*"), "crawling": ("crawl_*", "datasets", "images")}

_PROJECT = """\
from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Model(DeclarativeBase):
    pass


class TimestampMixin:
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    updated_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )


class Named:
    @property
    def shown_as(self) -> str:
        return type(self).__name__


class Owned:
    pass
"""
"""What a team keeps beside its models."""

_MIXED = Options(
    base_import=".project:Model",
    mixins={
        ".project:TimestampMixin": {
            "created_at": "timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP",
            "updated_at": "timestamptz DEFAULT now() not null",
        }
    },
    bases={"*": (".project:Named",), "projects": (".project:Named", ".project:Owned")},
)

STYLES = {
    "a_module_for_each_table": Style("crawler", Options(layout="tables")),
    "named_groups": Style("crawler", Options(layout="groups", groups=_CRAWLER)),
    "tables_in_several_schemas": Style("namespaces", Options(layout="tables")),
    "tables_that_inherit": Style("inheritance", Options(layout="tables")),
    "relations_across_groups": Style("relations", Options(layout="groups", groups={"core": ("account", "post*")})),
    "a_team_with_classes_of_its_own": Style("crawler", _MIXED, beside={"project.py": _PROJECT}),
    "classic_columns": Style(
        "crawler",
        Options(
            style="column",
            enums="strings",
            choices="classes",
            uuid4=True,
            relationships="one-sided",
            layout="tables",
        ),
    ),
    "classic_columns_of_every_type": Style("types", Options(style="column", enums="literals")),
    "classic_columns_of_classes": Style("enums", Options(style="column", layout="tables")),
    "literals": Style(
        "crawler",
        Options(
            enums="literals",
            choices="literals",
            lazy={"*": "raise", "projects.*": "selectin"},
            cascade={"*": "all, delete-orphan"},
        ),
    ),
    "strings": Style("enums", Options(enums="strings", uuid4=True, layout="tables")),
    "one_sided": Style("relations", Options(relationships="one-sided", style="column")),
    "two_sided_and_classic": Style("relations", Options(style="column", layout="tables")),
    "as_sqlmodel": Style(
        "crawler",
        SQLModelOptions(choices="literals", naming=NamingOptions(renamed={"images.url": "original_url"})),
        "sqlmodel",
    ),
    "sqlmodel_apart": Style("relations", SQLModelOptions(layout="tables", lazy={"*": "selectin"}), "sqlmodel"),
    "sqlmodel_of_every_type": Style("types", SQLModelOptions(uuid4=True), "sqlmodel"),
    "sqlmodel_with_odd_names": Style("torture", SQLModelOptions(layout="tables"), "sqlmodel"),
    "on_sqlite_too": Style("crawler", Options(sqlite=True, choices="classes")),
    "sqlmodel_on_sqlite_too": Style(
        "domains", SQLModelOptions(sqlite=True, layout="tables", choices="classes"), "sqlmodel"
    ),
    "every_type_on_sqlite_too": Style("types", Options(sqlite=True, style="column")),
    "odd_names_apart": Style("torture", Options(layout="tables")),
}
