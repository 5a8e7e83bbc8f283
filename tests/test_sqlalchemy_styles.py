"""Models in another style make the very same database."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import python
from support.objects import differences
from support.server import Server
from support.styles import STYLES


@pytest.mark.parametrize("name", STYLES)
def test_a_style_changes_the_code_and_not_the_database(name: str, server: Server, tmp_path: Path) -> None:
    style = STYLES[name]
    case = style.of
    direct, made = server.database(case.sql, supabase=case.supabase), server.database(supabase=case.supabase)
    # In a namespace package here; other tests import the models by themselves.
    style.save(tmp_path / "app")
    python.run(python.CREATE.replace("import models", "from app import models"), tmp_path, made.sqlalchemy_url)
    assert not (found := differences(direct, made)), "\n".join(found)
    server.release(direct)
    server.release(made)
