"""The sections of the file, and where in them each kind of object would like to stand."""

from __future__ import annotations

from enum import IntEnum

from schema_bridge.dependencies import Place
from schema_bridge.ir import Name


class Section(IntEnum):
    ROLES = 0
    NAMESPACES = 1
    EXTENSIONS = 2
    TYPES = 3
    SEQUENCES = 4
    FUNCTIONS = 5
    DEFINITIONS = 6
    TABLES = 7
    VIEWS = 8
    LATE = 9
    EXTERNAL = 10
    FOREIGN_KEYS = 11
    PUBLICATIONS = 12
    OTHERS = 13
    PRIVILEGES = 14
    DEFAULT_PRIVILEGES = 15
    EVENT_TRIGGERS = 16
    OPAQUE = 17


TITLES: dict[int, str] = {
    Section.ROLES: "Roles",
    Section.NAMESPACES: "Schemas",
    Section.EXTENSIONS: "Extensions",
    Section.TYPES: "Types",
    Section.SEQUENCES: "Sequences",
    Section.FUNCTIONS: "Functions",
    Section.DEFINITIONS: "Definitions",
    Section.TABLES: "Tables",
    Section.VIEWS: "Views",
    Section.EXTERNAL: "On tables that are made elsewhere",
    Section.FOREIGN_KEYS: "Foreign keys",
    Section.PUBLICATIONS: "Publications",
    Section.OTHERS: "Other statements",
    Section.PRIVILEGES: "Privileges",
    Section.DEFAULT_PRIVILEGES: "Default privileges",
    Section.EVENT_TRIGGERS: "Event triggers",
    Section.OPAQUE: "Statements that follow all others",
}

# Ranks among what stands in Section.LATE.
TYPE, FUNCTION, TABLE, VIEW, INDEX, POLICY, TRIGGER, REST = range(8)
LATE_TITLES = {
    TYPE: "Types of tables",
    FUNCTION: "Functions of tables",
    TABLE: "Constraints and defaults that call these functions",
    VIEW: "Views on these functions",
    INDEX: "Indexes that call these functions",
    POLICY: "Policies that read several tables",
    TRIGGER: "Triggers",
    REST: "Other parts of tables",
}


def title(place: Place) -> str:
    """What the part of the file is called that a place is in."""
    section, _, _, rank, _ = place
    return LATE_TITLES[rank] if section == Section.LATE else TITLES[section]


def alone(section: Section, *tie: str) -> Place:
    """The place of an object that stands by itself."""
    return section, 0, (), 0, tie


def key(name: Name) -> tuple[str, str]:
    """Names in `public` come first."""
    return ("" if name.schema == "public" else name.schema, name.name)
