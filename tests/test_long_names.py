"""Names nearly as long as PostgreSQL lets them be: the code that holds them is still as ruff leaves it."""

from __future__ import annotations

from pathlib import Path

from schema_bridge import project
from schema_bridge.writers.pydantic import Options as SchemaOptions
from schema_bridge.writers.pydantic.options import ClassNames
from schema_bridge.writers.sqlalchemy import Options
from schema_bridge.writers.sqlalchemy.sqlmodel import Options as SQLModelOptions
from support import python
from support.cases import read_text

LONG = "of_a_name_that_is_nearly_as_long_as_names_may_be"
SCHEMA = f"""
CREATE SCHEMA a_schema_{LONG};
CREATE TYPE a_schema_{LONG}.größe_{LONG} AS ENUM ('{"x" * 60}', 'it''s "quoted"');
CREATE TYPE größe AS ENUM ('größte');
CREATE DOMAIN labels_{LONG} AS a_schema_{LONG}.größe_{LONG}[];
CREATE DOMAIN short AS integer CHECK (value > 0);
CREATE TABLE a_schema_{LONG}.parents_{LONG} (
  id uuid PRIMARY KEY,
  labels_{LONG} labels_{LONG} NOT NULL,
  label_{LONG} a_schema_{LONG}.größe_{LONG},
  sizes größe[],
  grid_{LONG} a_schema_{LONG}.größe_{LONG}[][],
  listed_{LONG} text CHECK (listed_{LONG} IN ('a', 'b')),
  "camel_{LONG}Case" int8range,
  settings_{LONG} jsonb CHECK (settings_{LONG} ? 'key' AND settings_{LONG} ?| '{{a,b}}'),
  number_{LONG} integer,
  other_{LONG} integer,
  odd integer CHECK (odd IN (1, 2, 3)),
  shorts short[],
  counted text[] CHECK (array_length(counted, 1) > 2),
  counted_{LONG} text[] CHECK (array_length(counted_{LONG}, 1) > 2),
  CONSTRAINT only_one CHECK (num_nonnulls(number_{LONG}, other_{LONG}) = 1),
  CONSTRAINT only_one_of_two CHECK (num_nonnulls(odd, listed_{LONG}) = 1)
);
CREATE TABLE children (
  id bigint PRIMARY KEY,
  parent_{LONG} uuid NOT NULL REFERENCES a_schema_{LONG}.parents_{LONG},
  other_parent uuid REFERENCES a_schema_{LONG}.parents_{LONG} ON DELETE CASCADE
);
CREATE TABLE a_schema_{LONG}.pairs_{LONG} (
  parent_id uuid REFERENCES a_schema_{LONG}.parents_{LONG} ON DELETE CASCADE,
  child_id bigint REFERENCES children,
  PRIMARY KEY (parent_id, child_id)
);
CREATE TABLE "größe pairs" (
  parent_id uuid REFERENCES a_schema_{LONG}.parents_{LONG},
  child_id bigint REFERENCES children,
  PRIMARY KEY (parent_id, child_id)
);
CREATE TABLE only_listed (listed_{LONG} text CHECK (num_nonnulls(listed_{LONG}) > 0));
"""
OUTPUTS = {
    "mapped": ("sqlalchemy", Options()),
    "apart": ("sqlalchemy", Options(layout="tables", enums="literals", relationships="one-sided")),
    "classic": ("sqlalchemy", Options(style="column", layout="tables")),
    "on_sqlite_too": ("sqlalchemy", Options(style="column", sqlite=True)),
    "as_sqlmodel": ("sqlmodel", SQLModelOptions(enums="literals")),
    "sqlmodel_apart": ("sqlmodel", SQLModelOptions(layout="tables", relationships="one-sided")),
    "schemas": ("pydantic", SchemaOptions()),
    "other_schemas": (
        "pydantic",
        SchemaOptions(layout="module", choices="classes", camel_aliases=True, classes=ClassNames(base=None)),
    ),
}


def test_long_names_leave_the_code_as_ruff_does(tmp_path: Path) -> None:
    schema = read_text(SCHEMA)
    for name, (writer, options) in OUTPUTS.items():
        for path, text in project.render(schema, writer, options).items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text, "utf-8", newline="")
    python.tool("ruff", "format", "--isolated", "--no-cache", "--diff", ".", cwd=tmp_path)
    python.tool("ruff", "check", "--isolated", "--no-cache", "--extend-select", "I,UP,B,C4", ".", cwd=tmp_path)
