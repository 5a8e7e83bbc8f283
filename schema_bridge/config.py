"""`schema_bridge.yaml` as frozen structs; an unknown key is an error with its line and the nearest known key."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, get_args

import msgspec
import yaml

from schema_bridge import precedence, registry
from schema_bridge.errors import OptionError, SourceMissing
from schema_bridge.ir import Origin
from schema_bridge.lint.remarks import LintOptions
from schema_bridge.precedence import Winner
from schema_bridge.python_model import NamingOptions
from schema_bridge.servers import address
from schema_bridge.weights import Weight

NAME = "schema_bridge.yaml"
SHARED: Mapping[str, type[msgspec.Struct]] = {"naming": NamingOptions, "lint": LintOptions}
"""The sections that all outputs with an option of that name take."""
DEFAULT_WRITERS = ("sqlalchemy", "pydantic", "validation")
S = TypeVar("S", bound=msgspec.Struct)


class Output(msgspec.Struct, frozen=True):
    """One writer, the folder it writes into (from where one stands), its options, and where the keys that they come
    from stand in the config."""

    writer: str
    folder: str
    options: Any
    places: Mapping[str, Origin] = {}


class Comparing(msgspec.Struct, frozen=True, rename={"sources": "with"}):
    """How sources are compared, and with which others those of the config must agree.

    `ignore` and `protect` are globs of tables, or of objects of tables (`images.idx_*`): of the first nothing counts,
    the second may be absent from a source. `weights` are by kind or fact (`index`, `column.comment`). `names` says
    whether names that tools gave to constraints count.
    """

    sources: str | tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    protect: tuple[str, ...] = ()
    weights: Mapping[str, Weight] = {}
    names: Literal["meaning", "exact"] = "meaning"


class Config(msgspec.Struct, frozen=True):
    """What `generate` is to do. `sources` is read as one schema by `reader` (None: find out); `overlay` is laid over it,
    and `precedence` says which of the two counts where both state something; `beside` is a source against which losses
    are counted; `variables` are psql's, by name; `lint` is what the section of that name says."""

    sources: tuple[str, ...]
    outputs: tuple[Output, ...]
    reader: str | None = None
    overlay: tuple[str, ...] = ()
    precedence: Mapping[str, Winner] = {}
    beside: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}
    lint: LintOptions = LintOptions()
    comparing: Comparing = Comparing()

    def with_variables(self, more: Mapping[str, str]) -> Config:
        return msgspec.structs.replace(self, variables={**self.variables, **more})


class _Sources(msgspec.Struct, frozen=True, rename={"reader": "from", "variables": "set"}):
    tables: str | tuple[str, ...] = ()
    overlay: str | tuple[str, ...] = ()
    precedence: dict[str, Winner] = {}
    reader: str | None = None
    variables: dict[str, str] = {}


def default_outputs(folder: str, writers: Iterable[str] = ()) -> tuple[Output, ...]:
    """The outputs of a run without a config: the writers named, or the usual ones, each with its own defaults."""
    return tuple(Output(name, folder, registry.writer(name).Options()) for name in writers or DEFAULT_WRITERS)


def load(path: str, folder: str | None = None, comparing: bool = False) -> Config:
    """The config in a file; what it names is relative to the file's folder, outputs to `folder` where that is given.

    OptionError with file and line where a key or a value is wrong. The environment's values in the section `compare`
    are taken when `comparing`: who generates need not know of a database.
    """
    try:
        text = Path(path).read_text("utf-8")
    except OSError as error:
        raise SourceMissing(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise OptionError("this is not UTF-8", origin=Origin(path, 1)) from error
    root = _compose(text, path)
    parts = _Reader(path).mapping(root, ("sources", *SHARED, "outputs", "compare"))
    home = os.path.dirname(path)
    sources = _Sources()
    if "sources" in parts:
        _fill_in(_Reader(path), parts["sources"])
        sources = _Reader(path).struct(parts["sources"], _Sources)
        _check_precedence(_Reader(path), parts["sources"], sources)
    if not sources.tables:
        raise OptionError('"sources" names no "tables"', origin=Origin(path, 1))
    sections = {name: parts[name] for name in SHARED if name in parts}
    outputs = _Outputs(path, home if folder is None else folder, sections).read(parts.get("outputs"))
    return Config(
        sources=_paths(home, sources.tables),
        overlay=_paths(home, sources.overlay),
        precedence=sources.precedence,
        reader=sources.reader,
        variables=sources.variables,
        outputs=outputs,
        lint=_Reader(path).struct(parts["lint"], LintOptions) if "lint" in parts else LintOptions(),
        comparing=_comparing(path, home, parts["compare"], comparing) if "compare" in parts else Comparing(),
    )


def _comparing(path: str, home: str, node: yaml.Node, filled: bool) -> Comparing:
    if filled:
        _fill_in(_Reader(path), node)
    read = _Reader(path).struct(node, Comparing)
    return msgspec.structs.replace(read, sources=_paths(home, read.sources))


def _check_precedence(reader: _Reader, node: yaml.Node, sources: _Sources) -> None:
    """OptionError at a key that is no kind of object, or no fact of one, and where there is nothing to choose from."""
    if not sources.precedence:
        return
    (key, value) = next(pair for pair in reader.pairs(node) if reader.text(pair[0]) == "precedence")
    if not sources.overlay:
        raise OptionError('"precedence" chooses between "tables" and "overlay"', origin=reader.origin(key))
    reader.mapping(value, precedence.keys())


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
    paths = (named,) if isinstance(named, str) else named
    return tuple(path if address.is_url(path) else os.path.join(home, path) for path in paths)


_variables = re.compile(r"\$\{(\w+)\}")


def filled_in(text: str, origin: Origin) -> str:
    """The text with the environment's values in the place of `${NAME}`; OptionError for a name that is not set."""
    for name in _variables.findall(text):
        if name not in os.environ:
            raise OptionError(f"{name} is not set in the environment", origin=origin)
    return _variables.sub(lambda found: os.environ[found[1]], text)


def _fill_in(reader: _Reader, node: yaml.Node) -> None:
    for scalar in _scalars(node, set()):
        scalar.value = filled_in(scalar.value, reader.origin(scalar))


def _scalars(node: yaml.Node, seen: set[int]) -> Iterator[yaml.ScalarNode]:
    """The values in a node, each once: an anchor may hold itself."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield node
    for item in node.value if isinstance(node, yaml.SequenceNode) else ():
        yield from _scalars(item, seen)
    for _, item in node.value if isinstance(node, yaml.MappingNode) else ():
        yield from _scalars(item, seen)


class _Outputs:
    """Reads the outputs. Those with names to give take the section `naming`, unless they bring their own; so with `lint`."""

    def __init__(self, path: str, base: str, sections: Mapping[str, yaml.Node]) -> None:
        self.reader = _Reader(path)
        self.base = base
        self.sections = sections
        for name, section in sections.items():
            self.reader.struct(section, SHARED[name])

    def read(self, node: yaml.Node | None) -> tuple[Output, ...]:
        """An output for each key of a mapping, or for each item of a list: a name, or a mapping of one key."""
        if node is None or (isinstance(node, yaml.MappingNode) and not node.value):
            return tuple(self._output_of(name, None) for name in DEFAULT_WRITERS)
        if not isinstance(node, yaml.SequenceNode):
            return tuple(self._output(key, value) for key, value in self.reader.pairs(node))
        items = [
            pair
            for item in node.value
            for pair in (self.reader.pairs(item) if isinstance(item, yaml.MappingNode) else [(item, None)])
        ]
        return tuple(self._output(key, value) for key, value in items)

    def _output(self, key: yaml.Node, value: yaml.Node | None) -> Output:
        name = self.reader.text(key)
        try:
            registry.writer(name)
        except OptionError as error:
            raise OptionError(error.message, origin=self.reader.origin(key)) from error
        blank = value is None or (isinstance(value, yaml.ScalarNode) and value.value in ("", "~", "null", "true"))
        return self._output_of(name, None if blank else value)

    def _output_of(self, name: str, value: yaml.Node | None) -> Output:
        options = registry.writer(name).Options
        pairs = self.reader.pairs(value) if value is not None else []
        folder = next((self.reader.text(v) for k, v in pairs if self.reader.text(k) == "to"), "")
        rest = [(k, v) for k, v in pairs if self.reader.text(k) != "to"]
        named = {self.reader.text(k) for k, _ in rest}
        for section in {field.name for field in msgspec.structs.fields(options)} & self.sections.keys() - named:
            rest.append((yaml.ScalarNode("tag:yaml.org,2002:str", section), self.sections[section]))
        mapping = yaml.MappingNode("tag:yaml.org,2002:map", rest)
        read = self.reader.struct(mapping, options, also=("to",))
        return Output(name, os.path.join(self.base, folder) or ".", read, dict(self.reader.places(mapping)))


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

    def places(self, node: yaml.Node) -> Iterator[tuple[str, Origin]]:
        """Every key below a mapping and every item of its lists, with where it stands."""
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                yield from self.places(item)
        elif isinstance(node, yaml.ScalarNode):
            yield str(node.value), self.origin(node)
        else:
            for key, value in node.value:
                if key.start_mark is not None:
                    yield self.text(key), self.origin(key)
                if not isinstance(value, yaml.ScalarNode):
                    yield from self.places(value)

    def struct(self, node: yaml.Node, cls: type[S], also: tuple[str, ...] = ()) -> S:
        """A mapping as a struct; every value is checked against the field's type."""
        fields = {field.encode_name: field for field in msgspec.structs.fields(cls)}
        values = {}
        for name, value in self.mapping(node, (*fields, *also)).items():
            wanted = _inner(fields[name].type)
            if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
                values[fields[name].name] = self.struct(value, wanted)
                continue
            try:
                data = self.constructor.construct_document(value)
                values[fields[name].name] = msgspec.convert(data, fields[name].type)
            except yaml.MarkedYAMLError as error:
                raise OptionError(f"{name}: {error.problem}", origin=self.origin(value)) from error
            except msgspec.ValidationError as error:
                raise OptionError(f"{name}: {_lower(str(error))}", origin=self.origin(value)) from error
        return cls(**values)


def _inner(wanted: Any) -> Any:
    """The type of an option that may also be None."""
    kinds = [kind for kind in get_args(wanted) if kind is not NoneType]
    return kinds[0] if len(kinds) == 1 and isinstance(wanted, UnionType) else wanted


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:].replace(" - at `$", " at `")
