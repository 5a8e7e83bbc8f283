"""The invariants of the house, read from the imports: who may know whom, who may touch the world."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from schema_bridge import ir, registry

PACKAGE = Path(__file__).parent.parent / "schema_bridge"
EDGE = ("cli", "project", "config", "lock", "__main__")
"""The rooms that may touch files, the environment and the terminal."""
OWN_FILES = ("emit.templates", "readers.sqlalchemy.program")
"""Finds the files that come with the package, in the repository and in an installation; runs in a process of its own."""

THIRD_PARTY = {
    "pglast": ("readers.sql", "expressions"),
    "sqlalchemy": ("readers.sqlalchemy", "readers.database"),
    "psycopg": ("servers",),
    "jinja2": ("emit", "writers"),
    "click": ("cli",),
    "rich": ("cli",),
    "yaml": ("config",),
    "pydantic": ("readers.sqlalchemy.classes",),
}
WORLD = {"os", "io", "pathlib", "shutil", "subprocess", "sys", "tempfile", "glob", "fcntl", "logging", "socket", "time"}
WORLD_CALLS = {"open", "print", "input"}
PURE = {("pathlib", "PurePosixPath"), ("io", "StringIO"), ("sys", "intern"), ("sys", "maxsize")}


@dataclass(frozen=True)
class Import:
    room: str
    module: str
    name: str | None
    line: int

    def __str__(self) -> str:
        return f"{self.room}:{self.line} imports {self.module}" + (f".{self.name}" if self.name else "")


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Each module of the package by its dotted name without `schema_bridge.`, with its tree."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield name, ast.parse(path.read_text("utf-8"), str(path))


def imports() -> Iterator[Import]:
    for room, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from (Import(room, alias.name, None, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{room}:{node.lineno}: a relative import hides where it leads"
                yield from (Import(room, str(node.module), alias.name, node.lineno) for alias in node.names)


IMPORTS = tuple(imports())
NAMES = {name for name, _ in modules()}


def ours(found: Import) -> str | None:
    """The module of ours that an import leads to, without `schema_bridge.`; None for the rest of the world."""
    if found.module.split(".")[0] != "schema_bridge":
        return None
    inner = found.module.removeprefix("schema_bridge").removeprefix(".")
    deeper = f"{inner}.{found.name}".lstrip(".")
    return deeper if deeper in NAMES else inner


def inside(room: str, homes: tuple[str, ...]) -> bool:
    return any(room == home or room.startswith(f"{home}.") for home in homes)


def test_the_model_imports_nothing_of_ours() -> None:
    of_ours = [(found, home) for found in IMPORTS if inside(found.room, ("ir",)) and (home := ours(found)) is not None]
    assert [str(found) for found, home in of_ours if not inside(home, ("ir",))] == []


def test_the_model_is_known_by_its_face() -> None:
    deep = [f for f in IMPORTS if not inside(f.room, ("ir",)) and f.module.startswith("schema_bridge.ir.")]
    assert [str(found) for found in deep] == []


@pytest.mark.parametrize(("one", "other"), [("readers", "writers"), ("writers", "readers")])
def test_readers_and_writers_do_not_know_each_other(one: str, other: str) -> None:
    assert [str(f) for f in IMPORTS if inside(f.room, (one,)) and inside(ours(f) or "", (other,))] == []


@pytest.mark.parametrize(("family", "may"), [("writers", ()), ("readers", ("readers.sql",))])
def test_members_of_a_family_do_not_know_each_other(family: str, may: tuple[str, ...]) -> None:
    def member(name: str) -> str:
        return ".".join(name.split(".")[:2])

    strangers = [
        str(found)
        for found in IMPORTS
        if inside(found.room, (family,))
        and inside(target := ours(found) or "", (family,))
        and member(target) not in (member(found.room), family, *may)
    ]
    assert strangers == []


@pytest.mark.parametrize("library", THIRD_PARTY)
def test_a_library_stays_in_its_rooms(library: str) -> None:
    guests = [f for f in IMPORTS if f.module.split(".")[0] == library and not inside(f.room, THIRD_PARTY[library])]
    assert [str(found) for found in guests] == []


def test_only_the_edge_touches_the_world() -> None:
    inner = [found for found in IMPORTS if not inside(found.room, (*EDGE, *OWN_FILES))]
    reaching = [f for f in inner if f.module.split(".")[0] in WORLD and (f.module, f.name) not in PURE]
    assert [str(found) for found in reaching] == []
    calls = [
        f"{room}:{node.lineno} calls {node.func.id}()"
        for room, tree in modules()
        if not inside(room, EDGE)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WORLD_CALLS
    ]
    assert calls == []


def test_the_edge_is_known_to_nobody_inside() -> None:
    callers = ("", *EDGE)
    assert [
        str(f) for f in IMPORTS if f.room not in callers and inside(ours(f) or "", EDGE) and not inside(f.room, EDGE)
    ] == []


def own_room(name: str) -> str:
    """A package counts as one room; each reader and writer is one."""
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] in ("readers", "writers") else parts[0]


@pytest.mark.parametrize("unit", [own_room, str], ids=["rooms", "files"])
def test_the_arrows_go_one_way(unit: Callable[[str], str]) -> None:
    """No two import each other, by whatever way round."""
    graph: dict[str, set[str]] = {}
    for found in IMPORTS:
        target = ours(found)
        if target and found.room and unit(target) != unit(found.room):
            graph.setdefault(unit(found.room), set()).add(unit(target))
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_every_match_over_classes_says_what_happens_to_the_rest() -> None:
    open_ended = [
        f"{room}:{node.lineno}"
        for room, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Match) and _is_over_classes(node) and not _is_wildcard(node.cases[-1])
    ]
    assert open_ended == []


def _is_over_classes(match: ast.Match) -> bool:
    return any(isinstance(node, ast.MatchClass) for case in match.cases for node in ast.walk(case.pattern))


def _is_wildcard(case: ast.match_case) -> bool:
    return case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None


def known_facts() -> set[str]:
    structs = [cls for cls in vars(ir).values() if isinstance(cls, type) and issubclass(cls, ir.Struct | ir.Name)]
    return {cls.__name__ for cls in structs} | {f"{c.__name__}.{fact.name}" for c in structs for fact in ir.facts(c)}


@pytest.mark.parametrize("name", registry.READERS)
def test_what_a_reader_cannot_state_is_a_fact_with_a_reason(name: str) -> None:
    _reasons(registry.reader(name).SILENT)


@pytest.mark.parametrize("name", registry.WRITERS)
def test_what_a_writer_cannot_express_is_a_fact_with_a_reason(name: str) -> None:
    _reasons(registry.writer(name).DROPS)


def _reasons(stated: Mapping[str, str]) -> None:
    assert {key for key in stated if key not in known_facts()} == set()
    assert {key for key, why in stated.items() if len(why.split()) < 3} == set()


@pytest.mark.parametrize("arguments", [["--help"], ["generate", "--help"], ["diff", "--help"], ["show", "--help"]])
def test_help_imports_no_heavy_library(arguments: list[str]) -> None:
    script = "import sys, schema_bridge.__main__ as m\ntry: m.main()\nexcept SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert "Usage: schema-bridge" in done.stdout
    assert loaded & {"pglast", "sqlalchemy", "jinja2", "pydantic", "psycopg", "yaml"} == set()


def test_the_public_names_load_late() -> None:
    script = "import sys, schema_bridge\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {name for name in loaded if name.startswith("schema_bridge.")} == set()
    assert loaded & {"pglast", "sqlalchemy", "jinja2", "pydantic", "msgspec", "click"} == set()
