"""What Python calls the things of a schema: decided once, for SQLAlchemy, SQLModel and Pydantic alike.

    model = decide(schema, NamingOptions())       # frozen values, sorted as the schema's own lists

    model.classes            tuple[MappedClass, ...]      a class for each table that is no partition
    model.enums              tuple[EnumClass, ...]        a class for each enum type
    model.of_table(name)     MappedClass | None           by the table's `Name`; None for a partition or a stranger
    model.of_enum(name)      EnumClass | None             by the enum's `Name`

    MappedClass.table        Name                         MappedClass.name          "CrawlJob"
    MappedClass.module       "crawl_job"                  MappedClass.mapped        False: no primary key, a Table object
    MappedClass.attributes   tuple[str, ...]              in the order of the table's columns
    MappedClass.attribute(column) -> str                  "metadata" -> "metadata_"
    MappedClass.former       tuple[tuple[str, str], ...]  (former column name, attribute) of renamed columns
    MappedClass.relationships  tuple[Relationship, ...]   names never clash with attributes

    EnumClass.enum           Name                         EnumClass.name            "OrderStatus"
    EnumClass.members        tuple[tuple[str, str], ...]  (member, label) in the order of the labels
    EnumClass.module         "order_status"

Class and enum names are unique together; attribute names never hide what generated modules import (see `naming`).
"""

from schema_bridge.python_model.decide import decide, decide_names
from schema_bridge.python_model.model import (
    EnumClass,
    MappedClass,
    NamingOptions,
    PythonModel,
    Relationship,
)

__all__ = ["EnumClass", "MappedClass", "NamingOptions", "PythonModel", "Relationship", "decide", "decide_names"]
