"""The few definitions of our own beside the models: the base, types SQLAlchemy lacks, what marks events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schema_bridge.writers.sqlalchemy.context import Context

_DEFINITIONS = {
    "Inet": "Inet = IPv4Address | IPv6Address | IPv4Interface | IPv6Interface",
    "Cidr": "Cidr = IPv4Network | IPv6Network",
    "SQLType": '''\
class SQLType(sa.types.UserDefinedType[Any]):
    """A PostgreSQL type that SQLAlchemy has no word for, by its SQL spelling."""

    cache_ok = True

    def __init__(self, spelling: str) -> None:
        self.spelling = spelling

    def get_col_spec(self, **_: Any) -> str:
        return self.spelling''',
    "VirtualComputed": '''\
class VirtualComputed(sa.Computed):
    """GENERATED ALWAYS AS (…) VIRTUAL, which PostgreSQL knows from 18 on."""

    def __init__(self, expression: str | sa.ColumnElement[Any]) -> None:
        super().__init__(expression, persisted=False)


@compiles(VirtualComputed, "postgresql")
def _virtual_computed(generated: VirtualComputed, compiler: Any, **_: Any) -> str:
    text = compiler.sql_compiler.process(
        generated.sqltext, include_table=False, literal_binds=True
    )
    return f"GENERATED ALWAYS AS ({text}) VIRTUAL"''',
    "_labels": """\
def _labels(members: type[enum.StrEnum]) -> list[str]:
    return [member.value for member in members]""",
    "OneOf": '''\
class OneOf(sa.types.TypeDecorator[Any]):
    """A type of text that Python sees as the members of a class."""

    impl: Any = sa.String
    cache_ok = True

    def __init__(
        self, impl: sa.types.TypeEngine[Any], members: type[enum.StrEnum]
    ) -> None:
        super().__init__()
        self.impl = impl
        self.members = members

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return None if value is None else self.members(value)''',
    "Either": '''\
class Either(sa.TextClause):
    """SQL for PostgreSQL, and what SQLite has instead."""

    inherit_cache = False

    def __init__(self, text: str, sqlite: str) -> None:
        super().__init__(text)
        self.sqlite = sqlite


@compiles(Either, "sqlite")
def _either(clause: Either, compiler: Any, **_: Any) -> str:
    return clause.sqlite''',
    "OnPostgreSQL": '''\
class OnPostgreSQL(sa.Computed):
    """A column that PostgreSQL computes, and nobody else."""


@compiles(OnPostgreSQL, "sqlite")
def _not_computed(generated: OnPostgreSQL, compiler: Any, **_: Any) -> str:
    return ""''',
    "UTCDateTime": '''\
class UTCDateTime(sa.types.TypeDecorator[dt.datetime]):
    """A moment where no time zones are kept: in UTC."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        return value and value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        return value and value.replace(tzinfo=dt.UTC)''',
    "on_postgresql": '''\
def on_postgresql(item: _Item) -> _Item:
    """Made on PostgreSQL alone."""
    item.ddl_if(dialect="postgresql")
    return item''',
    "by_event": '''\
def by_event(item: _Item) -> _Item:
    """Known to the metadata, but made by a statement of schema_events."""
    item.ddl_if(dialect="schema_events")
    return item''',
}

_NEEDS = {
    "Inet": ("IPv4Address", "IPv4Interface", "IPv6Address", "IPv6Interface"),
    "Cidr": ("IPv4Network", "IPv6Network"),
    "SQLType": ("Any", "sa"),
    "VirtualComputed": ("Any", "compiles", "sa"),
    "_labels": ("enum",),
    "OneOf": ("Any", "enum", "sa"),
    "Either": ("Any", "compiles", "sa"),
    "OnPostgreSQL": ("Any", "compiles", "sa"),
    "UTCDateTime": ("dt", "sa"),
    "on_postgresql": ("TypeVar", "sa"),
    "by_event": ("TypeVar", "sa"),
}

_DOCUMENTED = '    """The base of all models; its metadata is the whole schema."""'
NAMES = frozenset(_DEFINITIONS)


def base(context: Context) -> str:
    """The base that the models make for themselves."""
    if context.style != "sqlmodel":
        context.need("DeclarativeBase")
        return f"class Base(DeclarativeBase):\n{_DOCUMENTED}"
    context.need("Any", "ClassVar", "sqlmodel_SQLModel", "registry")
    # SQLModel declares __tablename__ as something that no name can be assigned to.
    declared = "    __tablename__: ClassVar[Any]"
    return f"class Base({context.spelled('SQLModel')}, registry=registry()):\n{_DOCUMENTED}\n\n{declared}"


def definitions(context: Context, wanted: Iterable[str]) -> Iterator[str]:
    """The helpers among the wanted names."""
    found = sorted(NAMES.intersection(wanted), key=list(_DEFINITIONS).index)
    items = [name for name in found if name in ("on_postgresql", "by_event")]
    for name in found:
        context.need(*_NEEDS[name])
        if name in items[:1]:
            yield '_Item = TypeVar("_Item", sa.Constraint, sa.Index)'
        yield _DEFINITIONS[name]
