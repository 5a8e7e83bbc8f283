"""Any schema: its DDL makes a database, and it is read back equal from that text and from that database."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from msgspec.structs import replace

from schema_bridge import project
from schema_bridge.comparison import compare
from schema_bridge.config import Comparing
from schema_bridge.ir import Schema
from schema_bridge.project import comparing
from support.cases import read_text
from support.everything import everything
from support.server import Server
from support.strategies import LAWS, examples

EXACT = replace(Comparing(), names="exact")


@settings(LAWS, max_examples=examples(20))
@given(everything())
def test_a_schema_is_read_back_from_its_text_and_from_the_server(server: Server, schema: Schema) -> None:
    (text,) = project.render(schema, "ddl").values()
    assert compare(schema, read_text(text), exact_names=True).differences == ()
    database = server.database()
    try:
        database.apply(text)
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "schema.sql"
            script.write_text(text, "utf-8", newline="")
            report, _ = comparing.compare_sources((str(script), database.url), how=EXACT)
        assert report.differences == ()
    finally:
        server.release(database)
