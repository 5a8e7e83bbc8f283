"""The fixtures: each folder of `fixtures/` that holds a `schema.sql`, read and written once for all tests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schema_bridge import project, registry
from schema_bridge.ir import Schema
from schema_bridge.registry import Reading

ROOT = Path(__file__).parent.parent.parent
FIXTURES = ROOT / "fixtures"


@dataclass(frozen=True)
class Case:
    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def package(self) -> str:
        """A name for generated code that no module of Python's own has."""
        return f"case_{self.name}"

    @property
    def sql(self) -> Path:
        return self.folder / "schema.sql"

    @property
    def respelled(self) -> Path:
        return self.folder / "schema.respelled.sql"

    @property
    def supabase(self) -> bool:
        """Whether the SQL leans on what a Supabase project brings along."""
        return (self.folder / "needs-supabase").exists()

    @property
    def expected(self) -> Path:
        return self.folder / "expected"

    def read(self) -> Reading:
        return _read(self.sql)

    @property
    def schema(self) -> Schema:
        return self.read().schema

    def written(self, writer: str) -> dict[str, str]:
        """What a writer makes of the case with its default options."""
        return _written(self.sql, writer)


CASES = tuple(Case(path.parent) for path in sorted(FIXTURES.glob("*/schema.sql")))


def read_text(text: str, path: str = "schema.sql") -> Schema:
    """The schema that an SQL text states."""
    file = registry.SourceFile(path, text.encode())
    return registry.reader("sql").read(registry.Source(path, (file,))).schema


@cache
def _read(path: Path) -> Reading:
    return project.read([str(path)])


@cache
def _written(path: Path, writer: str) -> dict[str, str]:
    return project.render(_read(path).schema, writer)
