"""JSON Schemas as annotations, and as models of their own for objects whose properties are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from schema_bridge import naming
from schema_bridge.emit.python import INDENT, Code, call, docstring, layout, string, value
from schema_bridge.errors import OptionError
from schema_bridge.python_model.selection import import_path
from schema_bridge.writers.pydantic.annotations import DT, JSON, Annotation, Limit, limits, listed, written
from schema_bridge.writers.pydantic.descriptions import Schema
from schema_bridge.writers.pydantic.rules import raw
from schema_bridge.writers.pydantic.shapes import field_line

_JSON = Annotation(text="Json", kind="other", imports=JSON, null=True)
_NONE = Annotation(text="None", kind="other", null=True)
_FORMATS: dict[str, Annotation] = {
    "date": Annotation(text="dt.date", kind="other", imports=DT),
    "date-time": Annotation(text="AwareDatetime", kind="other", imports=(("pydantic", "AwareDatetime"),)),
    "time": Annotation(text="dt.time", kind="other", imports=DT),
    "uuid": Annotation(text="UUID", kind="other", imports=(("uuid", "UUID"),)),
}
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_FIELD_KEYWORDS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "exclusiveMinimum": "gt",
    "minimum": "ge",
    "exclusiveMaximum": "lt",
    "maximum": "le",
    "multipleOf": "multiple_of",
}
_SAID = frozenset({"$schema", "$id", "$comment", "title", "description", "default", "examples", "$defs", "definitions"})
_BY_TYPE: dict[str, frozenset[str]] = {
    "string": frozenset({"minLength", "maxLength", "pattern", "format"}),
    "integer": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
    "number": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
    "array": frozenset({"items", "minItems", "maxItems"}),
    "object": frozenset({"properties", "required", "additionalProperties"}),
    "boolean": frozenset(),
    "null": frozenset(),
}


class JsonModels:
    """The models that the JSON Schema of one option needs; `classes` is their text by name, `needed` their imports."""

    def __init__(self, root: Schema, key: str, name_for: Callable[[str], str]) -> None:
        self.root = root
        self.key = key
        self.name_for = name_for
        self.classes: dict[str, str] = {}
        self.needed: set[tuple[str, str]] = set()
        self._references: dict[str, Annotation | None] = {}

    def annotation(self, schema: Any, name: str) -> Annotation:
        """The annotation of a value; a model for it is called `name`, unless it has a title.

        OptionError for what cannot be stated.
        """
        match schema:
            case True | {} if not schema or schema is True:
                return _JSON
            case {"$import": str(stated)}:
                module, word = import_path(stated, self.key)
                return Annotation(text=word, kind="other", imports=((module, word),))
            case {"$ref": str(reference)}:
                return self._reference(reference)
            case {"const": constant}:
                return self._choices([constant])
            case {"enum": list(values)}:
                return self._choices(values)
            case {"anyOf": list(several)} | {"oneOf": list(several)}:
                return self._union([self.annotation(one, name) for one in several])
            case {"type": list(kinds)}:
                return self._union([self.annotation({**_of_type(schema, kind), "type": kind}, name) for kind in kinds])
            case {"type": str(kind)} if kind in _BY_TYPE:
                return self._typed(schema, kind, name)
            case _:
                raise OptionError(f"{schema!r} is no JSON Schema that can be stated", key=self.key)

    def _typed(self, schema: Schema, kind: str, name: str) -> Annotation:
        unknown = schema.keys() - _SAID - {"type"} - _BY_TYPE[kind]
        if unknown:
            raise OptionError(f"{min(unknown)} of JSON Schema cannot be stated", key=self.key)
        found = self._kind(schema, kind, name)
        bounds: list[tuple[str, Limit]] = [
            (word, schema[keyword] if isinstance(schema[keyword], int) else repr(schema[keyword]))
            for keyword, word in _FIELD_KEYWORDS.items()
            if keyword in schema
        ]
        if "pattern" in schema:
            bounds.append(("pattern", raw(schema["pattern"])))
        return replace(found, limits=tuple(bounds))

    def _kind(self, schema: Schema, kind: str, name: str) -> Annotation:
        if kind == "null":
            return _NONE
        if kind == "array":
            return listed(self.annotation(schema.get("items", {}), f"{name}Item"))
        if kind == "object" and "properties" in schema:
            return self._model(schema, name)
        if kind == "object":
            inner, needed = written(self.annotation(schema.get("additionalProperties", {}), f"{name}Value"))
            return Annotation(text=f"dict[str, {inner}]", kind="other", imports=needed)
        if kind == "string" and schema.get("format") in _FORMATS:
            return _FORMATS[schema["format"]]
        return Annotation(text=_PLAIN[kind], kind="other")

    def _choices(self, values: list[Any]) -> Annotation:
        if not all(isinstance(one, str | int | bool | None) for one in values) or not values:
            raise OptionError(f"{values!r} cannot be a list of values", key=self.key)
        codes = [str(value(one)) for one in values if one is not None]
        if not codes:
            return _NONE
        text = _or_none(f"Literal[{', '.join(codes)}]", None in values)
        return Annotation(text=text, kind="other", imports=(("typing", "Literal"),), null=None in values)

    def _union(self, several: list[Annotation]) -> Annotation:
        texts = [written(one) for one in several if one.text != "None"]
        null = any(one.null for one in several)
        text = _or_none(" | ".join(text for text, _ in texts), null)
        return Annotation(
            text=text, kind="other", imports=tuple(item for _, needed in texts for item in needed), null=null
        )

    def _reference(self, reference: str) -> Annotation:
        place: Any = self.root
        for part in reference.removeprefix("#/").split("/") if reference.startswith("#/") else [""]:
            place = place.get(part) if isinstance(place, dict) else None
        if place is None:
            raise OptionError(f"{reference} leads nowhere in the JSON Schema", key=self.key)
        if reference not in self._references:
            self._references[reference] = None
            self._references[reference] = self.annotation(place, naming.camel(reference.rpartition("/")[2]))
        found = self._references[reference]
        if found is None:
            raise OptionError(f"{reference} leads to itself, which cannot be stated", key=self.key)
        return found

    def _model(self, schema: Schema, name: str) -> Annotation:
        """A model for an object; its text comes after those that it needs."""
        chosen = self.name_for(naming.camel(schema["title"]) if "title" in schema else name)
        names = list(schema["properties"])
        attributes = naming.unique(map(naming.attribute_name, names))
        lines = [self._field(schema, one, attribute, chosen) for one, attribute in zip(names, attributes, strict=True)]
        said = [docstring(schema["description"], 1), ""] if schema.get("description") else []
        body = [*said, *self._config(schema, names != attributes), *lines] or [f"{INDENT}pass"]
        self.needed.add(("pydantic", "BaseModel"))
        self.classes[chosen] = "\n".join([f"class {chosen}(BaseModel):", *body])
        return Annotation(text=chosen, kind="other")

    def _config(self, schema: Schema, aliased: bool) -> list[str]:
        extra = schema.get("additionalProperties")
        options = ["populate_by_name=True", "serialize_by_alias=True"] if aliased else []
        options += [f'extra="{"allow" if extra else "forbid"}"'] if isinstance(extra, bool) else []
        if not options:
            return []
        self.needed.add(("pydantic", "ConfigDict"))
        return [layout(call("ConfigDict", *options), indent=1, lead="model_config = "), ""]

    def _field(self, owner: Schema, name: str, attribute: str, model: str) -> str:
        schema = owner["properties"][name]
        found = self.annotation(schema, model + naming.camel(name))
        options, needed = limits(found)
        self.needed.update(found.imports, needed)
        stated = schema if isinstance(schema, dict) else {}
        given: Code = "" if name in owner.get("required", ()) else "None"
        if "default" in stated:
            given = value(stated["default"])
        text = _or_none(found.text, given == "None" and not found.null)
        arguments: list[Code] = [*options]
        arguments += [f"alias={string(name)}"] if name != attribute else []
        arguments += [f"description={string(stated['description'])}"] if stated.get("description") else []
        line, more = field_line(attribute, text, given, tuple(arguments))
        self.needed |= more
        return line


def _or_none(text: str, null: bool) -> str:
    return f"{text} | None" if null else text


def _of_type(schema: Schema, kind: str) -> Schema:
    """What a schema of several types says of one of them."""
    return {key: of for key, of in schema.items() if key in _SAID or key in _BY_TYPE.get(kind, ())}
