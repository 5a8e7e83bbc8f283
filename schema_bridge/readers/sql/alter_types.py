"""ALTER TYPE of composites: attributes."""

from __future__ import annotations

import msgspec

from schema_bridge.ir import Attribute, Table
from schema_bridge.readers.sql import dependents, inheritance, user_types
from schema_bridge.readers.sql.context import Context, Tree, role

replace = msgspec.structs.replace


def alter(context: Context, tree: Tree, commands: list[Tree]) -> None:
    """ALTER TYPE … ADD, DROP, ALTER ATTRIBUTE."""
    name = context.found(tree["relation"])
    composite = context.state.composites.get(name)
    if composite is None:
        context.fail(f"type {name} is not known here, so it cannot be altered")
    attributes = list(composite.attributes)
    names = [attribute.name for attribute in attributes]
    for command in commands:
        match command["subtype"]:
            case "AT_AddColumn":
                attributes.append(user_types.attribute(context, command["def"]["ColumnDef"]))
            case "AT_DropColumn":
                if command["name"] not in names and not command.get("missing_ok"):
                    context.fail(f"type {name} has no attribute {command['name']}")
                attributes = [a for a in attributes if a.name != command["name"]]
            case "AT_AlterColumnType":
                if command["name"] not in names:
                    context.fail(f"type {name} has no attribute {command['name']}")
                new = user_types.attribute(context, {**command["def"]["ColumnDef"], "colname": command["name"]})
                attributes = [
                    replace(new, comment=a.comment, origin=a.origin) if a.name == new.name else a for a in attributes
                ]
            case "AT_ChangeOwner":
                composite = replace(composite, owner=role(command["newowner"]))
            case other:
                context.fail(f"ALTER TYPE with {other} cannot be read")
        names = [attribute.name for attribute in attributes]
    context.state.composites[name] = replace(composite, attributes=tuple(attributes))
    for table in [table for table in context.state.tables.values() if table.of_type == name]:
        _follow(context, table, composite.attributes, tuple(attributes))


def _follow(context: Context, table: Table, before: tuple[Attribute, ...], after: tuple[Attribute, ...]) -> None:
    """A table of the type has its attributes as columns (CASCADE; without it the server refuses the change)."""
    old, new = ({a.name: (a.type, a.collation) for a in attributes} for attributes in (before, after))
    for name in old.keys() - new.keys():
        table = dependents.drop_column(context, table, name)
    columns = [
        replace(c, type=new[c.name][0], collation=new[c.name][1]) if new[c.name] != old.get(c.name) else c
        for c in table.columns
    ]
    columns += [inheritance.of_attribute(context, a) for a in after if a.name not in old]
    context.state.tables[table.name] = replace(table, columns=tuple(columns))
