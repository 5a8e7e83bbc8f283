"""What is known of the statements before they are put in order: the items, and who makes which object."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from schema_bridge.dependencies import ANY_KIND, FUNCTION, OTHER, RUN, TYPE, Item, Providers, all_needs, called, sort
from schema_bridge.ir import Extension, Function, Name, Role, Type
from schema_bridge.plan.makers import Once
from schema_bridge.statements import comments, owners
from schema_bridge.statements.objects import Standing


class Plan:
    """Collects items; `sorted` puts them in order once all of them are there, as often as there are makers. Where it
    `folds`, a column with a sequence of its own is written as `serial`."""

    def __init__(self, folds: bool) -> None:
        self.folds = folds
        self.items: list[Item] = []
        self.providers = Providers()
        self._functions: dict[str, list[tuple[int, Function]]] = {}

    def add(self, item: Item, *provides: tuple[int, Name]) -> int:
        """The number of the item; `provides` are the kinds and names of what it makes."""
        self.items.append(item)
        number = len(self.items) - 1
        for kinds, name in provides:
            self.providers.add(kinds, name, number)
        return number

    def add_function(self, item: Item, function: Function) -> None:
        number = self.add(item, (FUNCTION, function.name))
        self._functions.setdefault(function.name.name, []).append((number, function))

    def sorted(self, maker: Once) -> list[Item]:
        """The items with the statements of this maker."""
        needs = self._needs  # This first: it completes the items.
        return sort([item.made_by(maker) for item in self.items], needs, self.providers)

    @cached_property
    def _needs(self) -> list[set[int]]:
        self._add_runs()
        return all_needs(self.items, self.providers)

    def _add_runs(self) -> None:
        """For each function that is executed while the schema is made: a fact that says that its body can run."""
        open_texts = [text for item in self.items for text in item.runs]
        known: set[str] = set()
        while open_texts:
            for word in called(open_texts.pop()) - known:
                known.add(word)
                for number, function in self._functions.get(word, ()):
                    body = function.body or function.sql_body or ""
                    open_texts.append(body)
                    self.add(_run(number, function, body), (RUN, function.name))


def _run(number: int, function: Function, body: str) -> Item:
    return Item(
        order=(0, 0, (), 0, (str(function.name),)),
        after=(number,),
        texts=[(ANY_KIND, body)],
        runs=[body],
        home=function.name.schema,
    )


def of_types(types: Iterable[Type | None]) -> list[tuple[int, Name]]:
    """The wish for types that are not built in."""
    return [(TYPE, Name(t.schema, t.name)) for t in types if t is not None and t.schema != "pg_catalog"]


def of_others(names: Iterable[Name | None]) -> list[tuple[int, Name]]:
    """The wish for collations, operators, operator classes: what the IR holds only as unmodelled statements."""
    return [(OTHER, name) for name in names if name is not None and name.schema != "pg_catalog"]


def said_of(node: Standing) -> list[str]:
    """The owner and the comment of an object that stands by itself."""
    owner = [] if isinstance(node, Extension | Role) else owners.statements(node)
    return [*owner, *comments.standing(node)]
