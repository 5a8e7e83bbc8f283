"""Enums, domains, composites and ranges."""

from __future__ import annotations

from typing import Any

import msgspec

from schema_bridge import default_names
from schema_bridge.ir import Attribute, Check, Composite, Domain, Enum, Name, NotNull, Range
from schema_bridge.readers.sql import columns, lexer
from schema_bridge.readers.sql import labels as relabelled
from schema_bridge.readers.sql.context import Context, Tree, constant, strings

replace = msgspec.structs.replace


def _free(context: Context, name: Name) -> Name:
    if context.state.type_exists(name):
        context.clash(f"type {name} exists already")
    context.state.other_types.discard(name)
    return name


def create_enum(context: Context, tree: Tree) -> None:
    """CREATE TYPE … AS ENUM."""
    name = _free(context, context.made_name(tree["typeName"]))
    labels = tuple(strings(tree.get("vals", ())))
    context.state.enums[name] = Enum(name=name, labels=labels, owner=context.role, origin=context.origin())


def alter_enum(context: Context, tree: Tree) -> None:
    """ALTER TYPE … ADD VALUE, RENAME VALUE."""
    name = context.type_name(tree["typeName"])
    enum = context.state.enums.get(name)
    if enum is None:
        context.fail(f"enum {name} is not known here, so it cannot be altered")
    new, old = tree.get("newVal", ""), tree.get("oldVal")
    labels = list(enum.labels)
    if old is not None:
        if old not in labels:
            context.fail(f"enum {name} has no label {old}")
        labels[labels.index(old)] = new
        relabelled.rename(context.state, enum, old, new)
    elif new in labels:
        if not tree.get("skipIfNewValExists"):
            context.clash(f"enum {name} has the label {new} already")
    else:
        neighbour = tree.get("newValNeighbor")
        if neighbour is not None and neighbour not in labels:
            context.fail(f"enum {name} has no label {neighbour}")
        at = len(labels) if neighbour is None else labels.index(neighbour) + bool(tree.get("newValIsAfter"))
        labels.insert(at, new)
    context.state.enums[name] = replace(enum, labels=tuple(labels))


def create_domain(context: Context, tree: Tree) -> None:
    """CREATE DOMAIN; one on a domain gets the default that this has now."""
    name = _free(context, context.made_name(tree["domainname"]))
    domain = Domain(
        name=name,
        type=context.type(tree["typeName"]),
        collation=context.loose_name(tree["collClause"]["collname"]) if "collClause" in tree else None,
        owner=context.role,
        origin=context.origin(),
    )
    beneath = context.state.domains.get(Name(domain.type.schema, domain.type.name))
    if beneath is not None and not domain.type.dimensions:
        domain = replace(domain, default=beneath.default)
    for item in tree.get("constraints", ()):
        domain = _constrained(context, domain, item["Constraint"], tree)
    context.state.domains[name] = domain


def _constrained(context: Context, domain: Domain, constraint: Tree, tree: Tree) -> Domain:
    match constraint["contype"]:
        case "CONSTR_DEFAULT":
            start = lexer.after_word(context.data, constraint.get("location", 0), context.end, b"DEFAULT")
            places = [item["Constraint"].get("location", 0) for item in tree["constraints"]]
            end = min((p for p in places if p > constraint.get("location", 0)), default=context.end)
            text = columns.default(context, (start, end), constraint["raw_expr"], domain.type)
            return replace(domain, default=text)
        case "CONSTR_NOTNULL":
            return _not_null(domain, constraint.get("conname"))
        case "CONSTR_CHECK":
            return replace(domain, checks=(*domain.checks, _check(context, domain, constraint)))
        case _:
            return domain


def _not_null(domain: Domain, name: str | None) -> Domain:
    stated = NotNull(name=name) if name not in (None, _not_null_name(domain.name)) else None
    return replace(domain, not_null=True, not_null_constraint=stated)


def _not_null_name(domain: Name) -> str:
    return default_names.joined(domain.name, "", "not_null")


def keeping_not_null_name(domain: Domain, new: Name) -> Domain:
    """A not-null constraint keeps the name it has when the domain is called otherwise (PostgreSQL 17)."""
    if not domain.not_null:
        return domain
    stated = domain.not_null_constraint or NotNull()
    name = stated.name or _not_null_name(domain.name)
    kept = replace(stated, name=None if name == _not_null_name(new) else name)
    return replace(domain, not_null_constraint=None if kept == NotNull() else kept)


def with_constraint_named(context: Context, domain: Domain, old: str, new: str) -> Domain:
    """ALTER DOMAIN … RENAME CONSTRAINT."""
    if any(check.name == old for check in domain.checks):
        return replace(domain, checks=tuple(replace(c, name=new) if c.name == old else c for c in domain.checks))
    stated = domain.not_null_constraint or NotNull()
    if not domain.not_null or (stated.name or _not_null_name(domain.name)) != old:
        context.fail(f"domain {domain.name} has no constraint {old}")
    return _not_null(domain, new)


def _check(context: Context, domain: Domain, constraint: Tree) -> Check:
    taken = context.state.constraint_name_taken(domain.name.schema)
    name = constraint.get("conname") or default_names.free(domain.name.name, "", "check", taken)
    if any(check.name == name for check in domain.checks):
        context.clash(f"domain {domain.name} has a constraint {name} already")
    context.state.constraint_names[Name(domain.name.schema, name)] += 1
    at = constraint.get("location", 0)
    return Check(
        name=name,
        expression=context.bracketed(at, constraint["raw_expr"]),
        not_valid=bool(constraint.get("skip_validation")),
        origin=context.origin(at),
    )


def alter_domain(context: Context, tree: Tree) -> None:
    """ALTER DOMAIN: default, NOT NULL, constraints."""
    name = context.type_name(tree["typeName"])
    domain = context.state.domains.get(name)
    if domain is None:
        context.fail(f"domain {name} is not known here, so it cannot be altered")
    context.state.domains[name] = _ALTER[tree["subtype"]](context, domain, tree)


def _set_default(context: Context, domain: Domain, tree: Tree) -> Domain:
    if "def" not in tree:
        return replace(domain, default=None)
    start = lexer.after_word(context.data, context.start, context.end, b"DEFAULT")
    return replace(domain, default=columns.default(context, (start, context.end), tree["def"], domain.type))


def _drop_not_null(context: Context, domain: Domain, tree: Tree) -> Domain:
    return replace(domain, not_null=False, not_null_constraint=None)


def _set_not_null(context: Context, domain: Domain, tree: Tree) -> Domain:
    return replace(domain, not_null=True)


def _add(context: Context, domain: Domain, tree: Tree) -> Domain:
    return _constrained(context, domain, tree["def"]["Constraint"], tree)


def _drop(context: Context, domain: Domain, tree: Tree) -> Domain:
    kept = tuple(check for check in domain.checks if check.name != tree["name"])
    stated = domain.not_null_constraint
    if len(kept) == len(domain.checks):
        if domain.not_null and tree["name"] in (stated.name if stated else None, f"{domain.name.name}_not_null"):
            return replace(domain, not_null=False, not_null_constraint=None)
        if not tree.get("missing_ok"):
            context.fail(f"domain {domain.name} has no constraint {tree['name']}")
    context.state.constraint_names[Name(domain.name.schema, tree["name"])] -= 1
    return replace(domain, checks=kept)


def _validate(context: Context, domain: Domain, tree: Tree) -> Domain:
    checks = tuple(replace(c, not_valid=False) if c.name == tree["name"] else c for c in domain.checks)
    return replace(domain, checks=checks)


_ALTER = {
    "T": _set_default,
    "N": _drop_not_null,
    "O": _set_not_null,
    "C": _add,
    "X": _drop,
    "V": _validate,
}


def create_composite(context: Context, tree: Tree) -> None:
    """CREATE TYPE … AS (…)."""
    name = _free(context, context.made(tree["typevar"]))
    attributes = tuple(attribute(context, item["ColumnDef"]) for item in tree.get("coldeflist", ()))
    context.state.composites[name] = Composite(
        name=name, attributes=attributes, owner=context.role, origin=context.origin()
    )


def attribute(context: Context, tree: Tree) -> Attribute:
    return Attribute(
        name=tree["colname"],
        type=context.type(tree["typeName"]),
        collation=context.loose_name(tree["collClause"]["collname"]) if "collClause" in tree else None,
        origin=context.origin(tree.get("location", 0)),
    )


def create_range(context: Context, tree: Tree) -> None:
    """CREATE TYPE … AS RANGE; a multirange name that is the default one is left out."""
    name = _free(context, context.made_name(tree["typeName"]))
    values: dict[str, Tree] = {item["DefElem"]["defname"]: item["DefElem"]["arg"] for item in tree["params"]}

    def named(key: str) -> Name | None:
        tree = values.get(key)
        if tree is None:
            return None
        parts = strings(tree["TypeName"]["names"]) if "TypeName" in tree else [constant(tree)]
        return Name(parts[-2] if len(parts) > 1 else "", parts[-1])

    multirange = named("multirange_type_name")
    if multirange is not None and not multirange.schema:
        multirange = Name(name.schema, multirange.name)
    default = multirange_name(name)
    made: Any = multirange or default
    context.state.other_types.add(made)
    context.state.ranges[name] = Range(
        name=name,
        subtype=context.type(values["subtype"]["TypeName"]),
        opclass=named("subtype_opclass"),
        collation=named("collation"),
        canonical=named("canonical"),
        subtype_diff=named("subtype_diff"),
        multirange=multirange if multirange != default else None,
        owner=context.role,
        origin=context.origin(),
    )


def multirange_name(name: Name) -> Name:
    """The default: the first `range` becomes `multirange`, else `_multirange` at the end (CREATE TYPE, Notes)."""
    if "range" in name.name:
        return Name(name.schema, default_names.cut(name.name.replace("range", "multirange", 1)))
    return Name(name.schema, default_names.cut(name.name, default_names.LIMIT - 11) + "_multirange")
