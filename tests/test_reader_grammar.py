"""The whole grammar: what every statement does to a schema is what the server does, one small script a subject."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schema_bridge import project
from support.cases import read_text
from support.objects import differences
from support.server import Server

TEXT = (Path(__file__).parent / "sql" / "grammar.sql").read_text("utf-8")
_, *PARTS = re.split(r"^-- CASE (.*)\n", TEXT, flags=re.MULTILINE)
CASES = dict(zip(PARTS[::2], PARTS[1::2], strict=True))


@pytest.mark.parametrize("name", CASES)
def test_the_server_agrees(name: str, server: Server) -> None:
    (ddl,) = project.render(read_text(CASES[name]), "ddl").values()
    assert differences(server.database(CASES[name]), server.database(ddl)) == []
