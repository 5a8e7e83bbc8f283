"""What people name in a config: tables by name or glob, classes by the module that holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase

from schema_bridge import naming
from schema_bridge.errors import OptionError
from schema_bridge.ir import Name
from schema_bridge.python_model.model import PythonModel, Relationship

DEFAULT_SCHEMA = "public"


def spellings(name: Name) -> tuple[str, ...]:
    """How people write a name: `app.users`; `public.users` or `users`."""
    full = f"{name.schema}.{name.name}"
    return (full, name.name) if name.schema == DEFAULT_SCHEMA else (full,)


def named(names: Iterable[Name], patterns: Iterable[str]) -> list[Name]:
    """The names that a name or a glob stands for, in their order; OptionError for a pattern that stands for none."""
    known = {name: spellings(name) for name in names}
    found: set[Name] = set()
    for pattern in patterns:
        matching = {name for name, spelt in known.items() if any(fnmatchcase(text, pattern) for text in spelt)}
        if not matching:
            raise OptionError(f"no table is called {pattern}", key=pattern)
        found |= matching
    return [name for name in known if name in found]


def named_relations(
    model: PythonModel, patterns: Mapping[str, str], fits: Callable[[Relationship], bool] = lambda _: True
) -> dict[tuple[Name, str], str]:
    """What is said of relationships, by `table.relationship` or a glob, of which the last that fits counts.

    OptionError for one that stands for no relationship.
    """
    found: dict[tuple[Name, str], str] = {}
    known = [
        (mapped.table, relation.name) for mapped in model.classes for relation in mapped.relationships if fits(relation)
    ]
    spelled = {one: [f"{table}.{one[1]}" for table in spellings(one[0])] for one in known} if patterns else {}
    for pattern, value in patterns.items():
        matching = [one for one, texts in spelled.items() if any(fnmatchcase(text, pattern) for text in texts)]
        if not matching:
            raise OptionError(f"no such relationship is called {pattern}", key=pattern)
        found.update(dict.fromkeys(matching, value))
    return found


def modules(
    own: Mapping[Name, str], layout: str, groups: Mapping[str, Iterable[str]], reserved: Iterable[str]
) -> dict[Name, str]:
    """The module of each table: its own (`tables`), its group's or `other` (`groups`); none is called as one that is
    reserved. Empty where all is one module.

    OptionError where a group has no such table, or one of another group, or where layout and groups contradict.
    """
    if groups and layout != "groups":
        raise OptionError(f"groups are given, and the layout is {layout}", key="groups")
    if layout == "tables":
        return dict(zip(own, naming.unique(own.values(), reserved), strict=True))
    if layout != "groups":
        return {}
    if not groups:
        raise OptionError("the layout is groups, and no groups are given", key="layout")
    found: dict[Name, str] = {}
    for group, patterns in groups.items():
        if naming.module_name(group) != group or group in reserved:
            raise OptionError(f"{group} cannot be the module of a group", key=group)
        for name in named(own, patterns):
            if name in found:
                raise OptionError(f"{name} is in two groups, {found[name]} and {group}", key=group)
            found[name] = group
    return {name: found.get(name, "other") for name in own}


def import_path(stated: str, key: str) -> tuple[str, str]:
    """Module and class of `package.module:Class`; a module with dots before it is found from where the code is."""
    module, _, name = stated.partition(":")
    if not all(map(naming.is_identifier, [*module.lstrip(".").split("."), name])):
        raise OptionError(f"{stated!r} is no class of a module; it reads package.module:Class", key=key)
    return module, name
