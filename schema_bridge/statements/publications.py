"""Publications."""

from __future__ import annotations

from schema_bridge.emit.sql import ident, name, options
from schema_bridge.ir import Publication, PublishedTable


def create(publication: Publication) -> str:
    """CREATE PUBLICATION with all that it publishes."""
    words = [f"CREATE PUBLICATION {ident(publication.name)}"]
    targets = [_table(table) for table in publication.tables]
    if publication.schemas:
        targets.append(f"TABLES IN SCHEMA {', '.join(map(ident, publication.schemas))}")
    if publication.all_tables:
        words.append("FOR ALL TABLES")
    elif targets:
        words.append(f"FOR {', '.join(targets)}")
    if publication.options:
        words.append(f"WITH ({options(publication.options)})")
    return " ".join(words)


def add(publication: str, published: PublishedTable) -> str:
    """ALTER PUBLICATION … ADD TABLE."""
    return f"ALTER PUBLICATION {ident(publication)} ADD {_table(published)}"


def _table(published: PublishedTable) -> str:
    words = ["TABLE ONLY" if published.only else "TABLE", name(published.table)]
    if published.columns:
        words.append(f"({', '.join(map(ident, published.columns))})")
    if published.where is not None:
        words.append(f"WHERE ({published.where})")
    return " ".join(words)
