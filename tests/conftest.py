"""What every test may ask for: a PostgreSQL server, the other majors of this machine, and `--update` for goldens."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from support.server import Database, Server, debian_binaries, embedded_binaries, given, started


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite fixtures/*/expected from what is written now")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server of DATABASE_URL, or else PostgreSQL 18 started for this run."""
    if "DATABASE_URL" in os.environ:
        running = given()
        yield running
        running.close()
    else:
        yield from started(embedded_binaries())


@pytest.fixture(scope="session")
def database(server: Server) -> Database:
    """One database that stays as it is: for tests that only read or that roll back."""
    return server.database()


@pytest.fixture(scope="session", params=["main", *debian_binaries()])
def each_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The run's server, then one of every other major that this machine has."""
    if request.param == "main":
        yield request.getfixturevalue("server")
    else:
        yield from started(debian_binaries()[request.param])
