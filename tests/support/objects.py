"""Two databases compared as the server describes them: pg_dump's output as a bag of entries, whatever their order."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from support.server import Database

_ENTRY = re.compile(r"^--\n-- (?=Name: )", re.MULTILINE)
_OWNER = re.compile(r"; Owner: .*")
_OPTIONS = re.compile(r"\bWITH \(([^()]*)\)")
_DEFAULTS = re.compile(r"^SET default_(?:tablespace|table_access_method) = .*;\n*", re.MULTILINE)


def entries(dump: str) -> Counter[str]:
    """The objects of a dump, each with its headline; what pg_dump says between them about defaults is left out.

    The order in which privileges were granted, and that of storage options, show in a dump and mean nothing.
    """
    found: Counter[str] = Counter()
    for part in _ENTRY.split(dump)[1:]:
        headline, _, body = part.partition("\n")
        body = _DEFAULTS.sub("", body.removeprefix("--\n")).replace("-- PostgreSQL database dump complete", "")
        body = body.rstrip("-\n ").strip()
        if "; Type: ACL;" in headline or "; Type: DEFAULT ACL;" in headline:
            body = "\n".join(sorted(body.splitlines()))
        found[_OWNER.sub("", headline) + "\n" + _OPTIONS.sub(_sorted_options, body)] += 1
    return found


def _sorted_options(found: re.Match[str]) -> str:
    return f"WITH ({', '.join(sorted(found[1].split(', ')))})"


def restored(database: Database, dump: str | None = None) -> str:
    """The dump of a restored dump, of the one that is given where the database may be gone. The server prints some expressions (a varchar IN (…), NULL::integer) in another
    way after one restore, and in the same way ever after."""
    copy = database.server.database()
    try:
        return copy.apply((dump or database.dump()).replace("CREATE SCHEMA public;", "")).dump()
    finally:
        database.server.release(copy)


@dataclass(frozen=True)
class Described:
    """A database that stays as it is, with what pg_dump says of it, asked once."""

    database: Database

    @cached_property
    def dump(self) -> str:
        return self.database.dump()

    @cached_property
    def entries(self) -> Counter[str]:
        return entries(self.dump)

    @cached_property
    def entries_restored(self) -> Counter[str]:
        return entries(restored(self.database, self.dump))


def differences(expected: Described | Database, actual: Described | Database) -> list[str]:
    """What two databases do not have in common: `- ` only in the first, `+ ` only in the second; empty when equal."""
    one, other = (d if isinstance(d, Described) else Described(d) for d in (expected, actual))
    wanted, found = one.entries, other.entries
    if wanted != found:
        wanted, found = one.entries_restored, other.entries_restored
    missing = [f"- {entry}" for entry in sorted((wanted - found).elements())]
    return missing + [f"+ {entry}" for entry in sorted((found - wanted).elements())]
