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
    "by_event": '''\
def by_event(item: Item) -> Item:
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
    for name in sorted(NAMES.intersection(wanted), key=list(_DEFINITIONS).index):
        context.need(*_NEEDS[name])
        if name == "by_event":
            yield 'Item = TypeVar("Item", sa.Constraint, sa.Index)'
        yield _DEFINITIONS[name]
