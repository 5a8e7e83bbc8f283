"""`schema_bridge.yaml` as frozen structs; an unknown key is an error with its line and the nearest known key."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from schema_bridge import registry
from schema_bridge.errors import OptionError, SourceMissing
from schema_bridge.ir import Origin

NAME = "schema_bridge.yaml"
DEFAULT_WRITERS = ("sqlalchemy", "pydantic", "validation")
S = TypeVar("S")


class Output(msgspec.Struct, frozen=True):
    """One writer, the folder it writes into (from where one stands), and its options."""

    writer: str
    folder: str
    options: Any


class Config(msgspec.Struct, frozen=True):
    """What `generate` is to do. `sources` is read as one schema by `reader` (None: find out); `beside` is the source
    that states what the first cannot, against which losses are counted; `variables` are psql's, by name."""

    sources: tuple[str, ...]
    outputs: tuple[Output, ...]
    reader: str | None = None
    beside: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}

    def with_variables(self, more: Mapping[str, str]) -> Config:
        return msgspec.structs.replace(self, variables={**self.variables, **more})


class _Sources(msgspec.Struct, frozen=True, rename={"reader": "from", "variables": "set"}):
    tables: str | tuple[str, ...] = ()
    overlay: str | tuple[str, ...] = ()
    reader: str | None = None
    variables: dict[str, str] = {}


def default_outputs(folder: str, writers: Iterable[str] = ()) -> tuple[Output, ...]:
    """The outputs of a run without a config: the writers named, or the usual ones, each with its own defaults."""
    return tuple(Output(name, folder, registry.writer(name).Options()) for name in writers or DEFAULT_WRITERS)


def load(path: str, folder: str | None = None) -> Config:
    """The config in a file; what it names is relative to the file's folder, outputs to `folder` where that is given.

    OptionError with file and line where a key or a value is wrong.
    """
    try:
        text = Path(path).read_text("utf-8")
    except OSError as error:
        raise SourceMissing(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise OptionError("this is not UTF-8", origin=Origin(path, 1)) from error
    root = _compose(text, path)
    parts = _Reader(path).mapping(root, ("sources", "outputs"))
    home = os.path.dirname(path)
    sources = _Reader(path).struct(parts["sources"], _Sources) if "sources" in parts else _Sources()
    if not sources.tables:
        raise OptionError('"sources" names no "tables"', origin=Origin(path, 1))
    base = home if folder is None else folder
    outputs = _outputs(path, parts["outputs"], base) if "outputs" in parts else default_outputs(base or ".")
    return Config(
        sources=_paths(home, sources.tables),
        beside=_paths(home, sources.overlay),
        reader=sources.reader,
        variables=sources.variables,
        outputs=outputs,
    )


def _compose(text: str, path: str) -> yaml.Node:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        origin = Origin(path, mark.line + 1, mark.column + 1) if mark else Origin(path, 1)
        raise OptionError(f"this is not YAML: {error.problem}", origin=origin) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise OptionError(f"this is not YAML: {error}", origin=Origin(path, 1)) from error
    if root is None:
        raise OptionError("the config is empty", origin=Origin(path, 1))
    return root


def _paths(home: str, named: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(os.path.join(home, path) for path in ((named,) if isinstance(named, str) else named))


def _outputs(path: str, node: yaml.Node, base: str) -> tuple[Output, ...]:
    reader = _Reader(path)
    if isinstance(node, yaml.SequenceNode):
        return tuple(_output(reader, item, None, base) for item in node.value)
    known = tuple(registry.WRITERS)
    pairs = reader.pairs(node)
    return tuple(_output(reader, key, value, base) for key, value in pairs) or default_outputs(base or ".", known[:0])


def _output(reader: _Reader, key: yaml.Node, value: yaml.Node | None, base: str) -> Output:
    name = reader.text(key)
    try:
        options = registry.writer(name).Options
    except OptionError as error:
        raise OptionError(error.message, origin=reader.origin(key)) from error
    if value is None or (isinstance(value, yaml.ScalarNode) and value.value in ("", "~", "null", "true")):
        return Output(name, base or ".", options())
    pairs = reader.pairs(value)
    folder = next((reader.text(v) for k, v in pairs if reader.text(k) == "to"), "")
    rest = [(k, v) for k, v in pairs if reader.text(k) != "to"]
    mapping = yaml.MappingNode(value.tag, rest, value.start_mark, value.end_mark)
    return Output(name, os.path.join(base, folder) or ".", reader.struct(mapping, options, also=("to",)))


class _Reader:
    """Turns YAML nodes into values and knows the line of each."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.constructor = yaml.SafeLoader("")

    def origin(self, node: yaml.Node) -> Origin:
        return Origin(self.path, node.start_mark.line + 1, node.start_mark.column + 1)

    def text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise OptionError("a name is expected here", origin=self.origin(node))
        return str(node.value)

    def pairs(self, node: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            raise OptionError("keys with values are expected here", origin=self.origin(node))
        seen: set[str] = set()
        for key, _ in node.value:
            if self.text(key) in seen:
                raise OptionError(f'"{self.text(key)}" stands here twice', origin=self.origin(key))
            seen.add(self.text(key))
        return list(node.value)

    def mapping(self, node: yaml.Node, known: tuple[str, ...]) -> dict[str, yaml.Node]:
        """The values by key; OptionError naming the nearest known key where one is not known."""
        found = {}
        for key, value in self.pairs(node):
            name = self.text(key)
            if name not in known:
                near = get_close_matches(name, known, n=1)
                meant = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(sorted(known)) or 'none'}"
                raise OptionError(f"no option is called {name}{meant}", origin=self.origin(key))
            found[name] = value
        return found

    def struct(self, node: yaml.Node, cls: type[S], also: tuple[str, ...] = ()) -> S:
        """A mapping as a struct; every value is checked against the field's type."""
        fields = {field.encode_name: field for field in msgspec.structs.fields(cls)}  # type: ignore[arg-type]
        values = {}
        for name, value in self.mapping(node, (*fields, *also)).items():
            try:
                data = self.constructor.construct_document(value)
                values[fields[name].name] = msgspec.convert(data, fields[name].type)
            except yaml.MarkedYAMLError as error:
                raise OptionError(f"{name}: {error.problem}", origin=self.origin(value)) from error
            except msgspec.ValidationError as error:
                raise OptionError(f"{name}: {_lower(str(error))}", origin=self.origin(value)) from error
        return cls(**values)


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:].replace(" - at `$", " at `")
