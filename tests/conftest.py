"""What every test may ask for: a PostgreSQL server, the other majors of this machine, a Drizzle project with its
packages installed, and `--update` for goldens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import node
from support.server import Database, Server, debian_binaries, embedded_binaries, given, running, started


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite fixtures/*/expected from what is written now")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server of DATABASE_URL, or else PostgreSQL 18 started for this run."""
    if "DATABASE_URL" in os.environ:
        yield from given()
    else:
        yield from started(embedded_binaries())


@pytest.fixture(autouse=True)
def _databases_go_with_their_test() -> Iterator[None]:
    """A whole run's would take gigabytes; those of fixtures for several tests, made before, stay."""
    kept = {server: [*server.made] for server in running}
    yield
    for server in running:
        server.forget(kept.get(server, ()))


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


@pytest.fixture(scope="session")
def bookshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of tests/drizzle with its packages installed, and Node on the PATH; tests write in folders of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.pathsep.join([str(node.BINARIES), os.environ["PATH"]]))
        yield node.installed(tmp_path_factory.mktemp("bookshop"))
