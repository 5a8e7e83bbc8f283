"""Relationships out of foreign keys: which sides there are, what they are called, what must be said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from schema_bridge import naming
from schema_bridge.ir import ForeignKey, Name, Schema, Table
from schema_bridge.python_model.cycles import breaking_keys
from schema_bridge.python_model.model import MappedClass, Relationship
from schema_bridge.words import plural, singular


class _Link(msgspec.Struct, frozen=True, gc=False):
    """A foreign key between two mapped classes, or the pair of keys of a join table (`other` is its second); `one` is
    whether at most one row points to each row of the other table."""

    table: Table
    key: ForeignKey
    here: MappedClass
    there: MappedClass
    other: ForeignKey | None = None
    one: bool = False


def with_relationships(schema: Schema, classes: tuple[MappedClass, ...]) -> tuple[MappedClass, ...]:
    """The classes, each with its relationships; pure join tables are no longer mapped."""
    tables = {table.name: table for table in schema.tables}
    joins = _join_tables(tables, {mapped.table for mapped in classes if mapped.mapped})
    classes = tuple(msgspec.structs.replace(c, mapped=False) if c.table in joins else c for c in classes)
    mapped = {c.table: c for c in classes if c.mapped}
    links = [link for name in mapped for link in _links(tables[name], mapped)]
    links += [_through(tables[name], keys, mapped) for name, keys in joins.items()]
    if not links:
        return classes
    named = _Names(links, breaking_keys(tables)).run()
    return tuple(msgspec.structs.replace(c, relationships=tuple(named.get(c.table, ()))) for c in classes)


def _links(table: Table, mapped: Mapping[Name, MappedClass]) -> Iterator[_Link]:
    here = mapped[table.name]
    seen: set[tuple[Name, tuple[str, ...]]] = set()
    for key in table.foreign_keys:
        there = mapped.get(key.table)
        if there is None or key.period or len(key.columns) != len(key.referenced_columns):
            continue
        # A key stated twice under two names is one relation.
        if (key.table, key.columns) not in seen and set(key.referenced_columns) <= set(there.columns):
            seen.add((key.table, key.columns))
            yield _Link(table, key, here, there, one=_is_unique(table, key))


def _join_tables(tables: Mapping[Name, Table], mapped: set[Name]) -> dict[Name, tuple[ForeignKey, ForeignKey]]:
    """Tables that are nothing but two foreign keys, which together are the primary key, and that nobody refers to."""
    pointed = {key.table for table in tables.values() for key in table.foreign_keys}
    found = {}
    for name, table in tables.items():
        if name not in mapped or name in pointed or len(table.foreign_keys) != 2 or table.primary_key is None:
            continue
        first, second = sorted(table.foreign_keys, key=lambda key: _position(table, key))
        columns = [*first.columns, *second.columns]
        if (
            sorted(columns) == sorted(c.name for c in table.columns) == sorted(table.primary_key.columns)
            and {first.table, second.table} <= mapped
            and first.referenced_columns
            and second.referenced_columns
        ):
            found[name] = (first, second)
    # A join table that joins another join table stays a class, and so does the other.
    return {n: keys for n, keys in found.items() if not {keys[0].table, keys[1].table} & found.keys()}


def _position(table: Table, key: ForeignKey) -> int:
    return next((at for at, column in enumerate(table.columns) if column.name == key.columns[0]), 0)


def _through(table: Table, keys: tuple[ForeignKey, ForeignKey], mapped: Mapping[Name, MappedClass]) -> _Link:
    first, second = keys
    return _Link(table, first, mapped[first.table], mapped[second.table], second)


class _Names:
    """Names both sides of each link, in the order of the classes, and says what SQLAlchemy must be told."""

    def __init__(self, links: list[_Link], broken: frozenset[tuple[Name, str]]) -> None:
        # Keys first: what a join table joins takes the names that are left.
        self.links = sorted(links, key=lambda link: link.other is not None)
        self.broken = broken
        self.taken: dict[Name, set[str]] = {}
        self.between: dict[frozenset[Name], int] = {}
        for link in links:
            for side in (link.here, link.there):
                former = (naming.attribute_name(old) for old, _ in side.former)
                self.taken.setdefault(side.table, {*side.attributes, *former})
            if link.other is None:
                pair = frozenset((link.here.table, link.there.table))
                self.between[pair] = self.between.get(pair, 0) + 1

    def run(self) -> dict[Name, list[Relationship]]:
        names = [(self._first_name(link), self._back_name(link)) for link in self.links]
        found: dict[Name, list[Relationship]] = {}
        overlaps = self._overlaps(names)
        for link, (name, back) in zip(self.links, names, strict=True):
            sides = self._joined(link, name, back) if link.other else self._sides(link, name, back)
            overlap = overlaps.get(id(link))
            for owner, side in sides:
                relation = side if overlap is None else msgspec.structs.replace(side, overlaps=overlap)
                found.setdefault(owner, []).append(relation)
        return found

    def _claim(self, owner: MappedClass, *wishes: str) -> str:
        """The first wish that is free in the class; otherwise the last one, numbered."""
        taken = self.taken[owner.table]
        name = ""
        for wish in wishes:
            name = naming.attribute_name(wish)
            if name not in taken:
                break
        else:
            name = naming.unique([name], taken)[0]
        taken.add(name)
        return name

    def _first_name(self, link: _Link) -> str:
        """`user_id` -> `user`; where that is taken or says nothing, with the other class's name."""
        target = naming.snake(link.there.name)
        if link.other is not None:
            stem = _stem(link.other, link.there)
            wish = plural(stem) if link.here is link.there and stem else plural(target)
            return self._claim(link.here, wish, f"{naming.snake(link.table.name.name)}_{wish}")
        stem = _stem(link.key, link.there)
        return self._claim(link.here, stem or target, f"{stem}_{target}" if stem else target, f"{target}_relation")

    def _back_name(self, link: _Link) -> str:
        own = naming.snake(link.here.name)
        if link.other is not None:
            stem = _stem(link.key, link.here)
            wish = plural(stem) if link.here is link.there and stem else plural(own)
            return self._claim(link.there, wish, f"{naming.snake(link.table.name.name)}_{wish}")
        wish = own if link.one else _plural_of(link.table)
        stem = _stem(link.key, link.there)
        qualified = f"{stem}_{wish}" if stem else f"{wish}_back"
        if link.here is link.there:
            return self._claim(link.there, "children" if stem == "parent" else qualified, qualified)
        if self._same_way(link) > 1 and stem != naming.snake(link.there.name):
            return self._claim(link.there, qualified)
        return self._claim(link.there, wish, qualified)

    def _same_way(self, link: _Link) -> int:
        return sum(key.table == link.there.table for key in link.table.foreign_keys)

    def _sides(self, link: _Link, name: str, back: str) -> list[tuple[Name, Relationship]]:
        key, here, there = link.key, link.here, link.there
        required = {column.name for column in link.table.columns if column.not_null}
        if link.table.primary_key is not None:
            required.update(link.table.primary_key.columns)
        optional = not required.issuperset(key.columns)
        first = Relationship(
            name=name,
            target=there.table,
            kind="one-to-one" if link.one else "many-to-one",
            back_populates=back,
            owner=here.table,
            foreign_key=key.name,
            holds_key=True,
            ambiguous=self.between[frozenset((here.table, there.table))] > 1,
            self_reference=here is there,
            optional=optional,
            on_delete=key.on_delete,
            post_update=optional and (here.table, key.name) in self.broken,
        )
        second = msgspec.structs.replace(
            first,
            name=back,
            target=here.table,
            kind="one-to-one" if link.one else "one-to-many",
            back_populates=name,
            holds_key=False,
        )
        return [(here.table, first), (there.table, second)]

    def _joined(self, link: _Link, name: str, back: str) -> list[tuple[Name, Relationship]]:
        assert link.other is not None
        first = Relationship(
            name=name,
            target=link.there.table,
            kind="many-to-many",
            back_populates=back,
            owner=link.table.name,
            foreign_key=link.key.name,
            other_key=link.other.name,
            ambiguous=link.here is link.there,
            self_reference=link.here is link.there,
            on_delete=link.key.on_delete,
        )
        second = msgspec.structs.replace(
            first,
            name=back,
            target=link.here.table,
            back_populates=name,
            foreign_key=link.other.name,
            other_key=link.key.name,
            on_delete=link.other.on_delete,
        )
        return [(link.here.table, first), (link.there.table, second)]

    def _overlaps(self, names: list[tuple[str, str]]) -> dict[int, tuple[str, ...]]:
        """For keys that share a column with another key of their table: the other keys' relationships."""
        by_column: dict[tuple[Name, str], list[int]] = {}
        for at, link in enumerate(self.links):
            if link.other is None:
                for column in link.key.columns:
                    by_column.setdefault((link.table.name, column), []).append(at)
        found: dict[int, tuple[str, ...]] = {}
        for at, link in enumerate(self.links):
            others = {
                other
                for column in link.key.columns
                for other in by_column.get((link.table.name, column), ())
                if other != at
            }
            if others and link.other is None:
                found[id(link)] = tuple(sorted({name for other in others for name in names[other]}))
        return found


def _stem(key: ForeignKey, target: MappedClass) -> str:
    """What a key's column says of the row it points to: `author_id` -> `author`, `created_by` -> `created_by`."""
    if len(key.columns) != 1:
        return ""
    column = naming.snake(key.columns[0])
    referenced = naming.snake(key.referenced_columns[0]) if key.referenced_columns else "id"
    for suffix in (f"_{referenced}", "_id", "_uuid", "_fk", "_key", "_pk"):
        if column.endswith(suffix) and len(column) > len(suffix):
            return column.removesuffix(suffix)
    return "" if column in (referenced, "id", "uuid") else column


def _plural_of(table: Table) -> str:
    name = naming.snake(table.name.name)
    last = name.rpartition("_")[2]
    return name if singular(last) != last else plural(name)


def _is_unique(table: Table, key: ForeignKey) -> bool:
    """Whether at most one row points to each row of the other table."""
    keys = [unique.columns for unique in table.uniques]
    if table.primary_key is not None:
        keys.append(table.primary_key.columns)
    for index in table.indexes:
        if index.unique and index.where is None and all(part.column is not None for part in index.parts):
            keys.append(tuple([part.column or "" for part in index.parts]))
    return any(map(set(key.columns).issuperset, keys))
