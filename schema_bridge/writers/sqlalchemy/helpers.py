"""The few definitions of our own in `models.py`: the base, types SQLAlchemy lacks, and the link to the events."""

from __future__ import annotations

from collections.abc import Iterator

from schema_bridge.errors import OptionError
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

_IMPORTS = {
    "Inet": [("ipaddress", name) for name in ("IPv4Address", "IPv4Interface", "IPv6Address", "IPv6Interface")],
    "Cidr": [("ipaddress", name) for name in ("IPv4Network", "IPv6Network")],
    "SQLType": [("typing", "Any")],
    "VirtualComputed": [("typing", "Any"), ("sqlalchemy.ext.compiler", "compiles")],
    "_labels": [],
    "by_event": [("typing", "TypeVar")],
}


def base(context: Context) -> Iterator[str]:
    """The declarative base: the project's own, or one made here."""
    stated = context.options.base_import
    if stated is None:
        context.imports.member("sqlalchemy.orm", "DeclarativeBase")
        yield 'class Base(DeclarativeBase):\n    """The base of all models; its metadata is the whole schema."""'
        return
    module, _, name = stated.partition(":")
    if not all(part.isidentifier() for part in module.split(".")) or not name.isidentifier():
        raise OptionError(f"base_import is {stated!r}; it reads package.module:Base")
    context.imports.member(module, name if name == "Base" else f"{name} as Base")


def definitions(context: Context) -> Iterator[str]:
    """The helpers that the module uses."""
    for name, text in _DEFINITIONS.items():
        if name in context.helpers:
            for module, member in _IMPORTS[name]:
                context.imports.member(module, member)
            if name == "by_event":
                yield 'Item = TypeVar("Item", sa.Constraint, sa.Index)'
            yield text


def footer(context: Context) -> list[str]:
    """Hangs the events on the metadata. The module beside this one is found in a package and without one."""
    context.imports.member("importlib", "import_module")
    return [
        'import_module(\n    f"{__package__}.schema_events" if __package__ else "schema_events"\n)'
        + f".attach({context.metadata})"
    ]
