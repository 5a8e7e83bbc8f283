"""The names that constraints, indexes and sequences get when nobody gives them one: PostgreSQL's, Drizzle's, SQLAlchemy's.

PostgreSQL's are `makeObjectName`, `ChooseRelationName` and `ChooseConstraintName` of its source (src/backend/commands
/indexcmds.c, src/backend/catalog/pg_constraint.c): the parts joined by `_`, cut to 63 bytes, numbered on collision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

LIMIT = 63
"""The longest identifier in bytes of UTF-8 (NAMEDATALEN - 1)."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
Taken = Callable[[str], bool]


def cut(name: str, limit: int = LIMIT) -> str:
    """The name as PostgreSQL keeps it: no longer than 63 bytes, never half a character."""
    return name.encode()[:limit].decode(errors="ignore")


def joined(table: str, middle: str, label: str) -> str:
    """`table_middle_label` within 63 bytes: the longer of the first two loses bytes first, the label none."""
    name = f"{table}_{middle}_{label}" if middle else f"{table}_{label}"
    if len(name) <= LIMIT and name.isascii():
        return name
    first, second = len(table.encode()), len(middle.encode())
    room = LIMIT - (len(label.encode()) + 1) - (1 if middle else 0)
    while first + second > room:
        if first > second:
            first -= 1
        else:
            second -= 1
    parts = [cut(table, first), cut(middle, second), label] if middle else [cut(table, first), label]
    return "_".join(parts)


def columns_part(columns: Iterable[str]) -> str:
    """The columns of a key joined by `_`, as far as the first that passes 63 bytes."""
    text = ""
    for column in columns:
        text += f"_{column}" if text else column
        if len(text.encode()) > LIMIT:
            break
    return text


def free(table: str, middle: str, label: str, taken: Taken) -> str:
    """The first of `table_middle_label`, `…label1`, `…label2` that is not taken."""
    name = joined(table, middle, label)
    number = 0
    while taken(name):
        number += 1
        name = joined(table, middle, f"{label}{number}")
    return name


def index_columns(names: Iterable[str | None]) -> list[str]:
    """The column names of an index: `expr` for a nameless expression, numbered where they repeat."""
    found: list[str] = []
    for name in names:
        wanted = name or "expr"
        result, number = wanted, 0
        while result in found:
            number += 1
            result = cut(wanted, LIMIT - len(str(number))) + str(number)
        found.append(result)
    return found


def primary_key(table: str) -> str:
    return joined(table, "", "pkey")


def unique(table: str, columns: Sequence[str]) -> str:
    return joined(table, columns_part(columns), "key")


def foreign_key(table: str, columns: Sequence[str]) -> str:
    return joined(table, columns_part(columns), "fkey")


def index(table: str, columns: Sequence[str]) -> str:
    """`columns` as `index_columns` gives them, those of INCLUDE at the end."""
    return joined(table, columns_part(columns), "idx")


def exclusion(table: str, columns: Sequence[str]) -> str:
    return joined(table, columns_part(columns), "excl")


def check(table: str, column: str = "") -> str:
    """`column` where the expression mentions exactly one."""
    return joined(table, column, "check")


def not_null(table: str, column: str) -> str:
    return joined(table, column, "not_null")


def sequence(table: str, column: str) -> str:
    return joined(table, column, "seq")


def drizzle_unique(table: str, columns: Sequence[str], *, version: int = 0) -> str:
    """drizzle-orm 0.x says `_unique`, 1.x what PostgreSQL says; both are cut at 63 bytes by the server."""
    return cut("_".join([table, *columns, "key" if version else "unique"]))


def drizzle_primary_key(table: str, columns: Sequence[str], *, version: int = 0) -> str:
    """The name of a composite primary key; that of a single column is PostgreSQL's own."""
    return cut(f"{table}_pkey" if version else "_".join([table, *columns, "pk"]))


def drizzle_foreign_key(table: str, columns: Sequence[str], referenced: tuple[str, Sequence[str]], version: int) -> str:
    """`referenced` is the other table and its columns. drizzle-kit 1.x shortens what the server would cut."""
    other, other_columns = referenced
    name = "_".join([table, *columns, other, *other_columns, "fkey" if version else "fk"])
    if not version or len(name) <= LIMIT:
        return cut(name)
    short = f"{_digest(name)}_fkey"
    return cut(f"{table}_{short}" if len(table) + len(short) < LIMIT - 1 else short)


def _digest(text: str) -> str:
    """Twelve digits to the base 62: drizzle-kit's polynomial in 53 over a text."""
    value = 0
    for letter in reversed(text):
        value = value * 53 + ord(letter)
    digits = ""
    for _ in range(12):
        value, digit = divmod(value, 62)
        digits = _DIGITS[digit] + digits
    return digits


def drizzle_index(table: str, columns: Sequence[str]) -> str:
    return cut("_".join([table, *columns, "index"]))


def sqlalchemy_index(table: str, columns: Sequence[str]) -> str:
    """That of `mapped_column(index=True)` (SQLAlchemy 2.0, MetaData.naming_convention)."""
    return cut("_".join(["ix", table, *columns]))
