"""Three sources that have drifted apart: every drift is told with its places, and nothing else, also of the database."""

from __future__ import annotations

import pytest

from schema_bridge.comparison import Report
from schema_bridge.reports import rows
from support import drift
from support.server import Server

HOTFIX = """
CREATE OR REPLACE FUNCTION touch_updated_at() RETURNS TRIGGER AS $$
BEGIN
  NEW.updated_at = clock_timestamp();
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;
"""


@pytest.fixture(scope="module")
def report() -> Report:
    return drift.compared()


def test_every_drift_is_told_and_nothing_else(report: Report) -> None:
    drifts = drift.planted()
    found = {rows.title(row): row for row in report.differences}
    assert sorted(found) == sorted(drifts)
    assert [title for title, row in found.items() if not drift.row_is(row, drifts[title], drift.SOURCES)] == []
    score = drift.score(report)
    print(score)
    assert (score.recall, score.precision, score.reported) == (1, 1, len(drifts))


def test_each_origin_is_a_line_of_its_file(report: Report) -> None:
    texts = {name: (drift.HOME / name).read_text("utf-8").splitlines() for name in ("schema.ts", *drift.SOURCES)}
    for row in report.differences:
        for file, line in rows.places(row):
            assert line <= len(texts[file]) and texts[file][line - 1].strip(), f"{rows.title(row)}: {file}:{line}"
        stated = [name for name, value in row.values.items() if value is not None]
        assert all(row.origins[name] for name in stated), rows.title(row)


def test_the_same_is_told_through_the_live_database(report: Report, server: Server) -> None:
    database = server.database(drift.HOME / drift.SQL, supabase=True)
    live = drift.compared(("schema.json", database.url, "models.py"))
    assert sorted(map(rows.title, live.differences)) == sorted(drift.planted())
    score = drift.score(live, [source.name for source in live.sources])
    print(score)
    assert (score.recall, score.precision) == (1, 1)

    database.apply(HOTFIX)
    every = drift.compared((*drift.SOURCES, database.url))
    assert sorted(map(rows.title, every.differences)) == sorted(drift.planted())
    (function,) = [row for row in every.differences if row.kind == "function" and row.fact == "body"]
    assert len({value for value in function.values.values() if value}) == 3, "three bodies of one function"
