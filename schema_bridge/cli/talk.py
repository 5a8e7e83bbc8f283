"""What the commands say of schemas and files, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

import click
import msgspec

from schema_bridge.ir import facts

if TYPE_CHECKING:
    from schema_bridge.comparison import Report
    from schema_bridge.losses import Loss
    from schema_bridge.project import Rendering
    from schema_bridge.project.disk import Changes
    from schema_bridge.project.drizzle import Outline
    from schema_bridge.project.truth import Truth
    from schema_bridge.registry import Reading

SHOWN = 8
"""So many findings of one kind are printed; the rest is counted."""

NAMED = 3
"""So many objects that a writer leaves out are named; the rest is counted."""


def say(*lines: Iterable[str]) -> None:
    """Print the talk, on stderr: stdout is the product's."""
    for group in lines:
        for line in group:
            click.echo(line, err=True)


def summary(reading: Reading) -> Iterator[str]:
    """How many objects of each kind were read, what was stepped over, and every statement that is not modelled."""
    for fact in facts(type(reading.schema)):
        found = getattr(reading.schema, fact.name) if fact.items else ()
        if found and fact.name != "unmodelled":
            yield f"{len(found):6} {fact.name.replace('_', ' ')}"
            yield from _inside(found)
    yield from (f"{count:6} {kind} stepped over" for kind, count in sorted(reading.skipped.items()))
    for node in sorted(reading.schema.unmodelled, key=attrgetter("position")):
        yield f"{node.origin}: not modelled: {node.kind}: {_clip(node.sql)}"
    yield from (str(finding) for finding in reading.findings)


def _inside(found: Sequence[msgspec.Struct]) -> Iterator[str]:
    """What the tables or views hold, counted by kind."""
    for fact in facts(type(found[0])):
        if fact.items and hasattr(fact.items, "KEY"):
            count = sum(len(getattr(node, fact.name)) for node in found)
            if count:
                yield f"{count:13} {fact.name.replace('_', ' ')}"


def generated(reading: Reading, rendering: Rendering, found: Changes) -> Iterator[str]:
    """What was read oddly, what was written, removed and left alone, and what could not be expressed."""
    yield from _some([str(finding) for finding in reading.findings], "findings")
    yield from (f"{node.origin}: not modelled: {node.kind}, kept as it is" for node in reading.schema.unmodelled)
    yield from (f"wrote {path}" for path in found.stale)
    yield from (f"removed {path}" for path in found.left_over)
    if found.fresh:
        yield f"unchanged: {_files(found)}"
    for writer in rendering.dropped:
        lines = [f"  {line}" for line in _left_out(rendering.dropped[writer])]
        lines += [f"  {line}" for line in _some([str(f) for f in rendering.findings[writer]], "more")]
        if lines:
            yield f"{writer} leaves out:"
            yield from lines


def watched(found: Changes) -> Iterator[str]:
    """What a run of many did, in one line."""
    done = {"wrote": found.stale, "removed": found.left_over}
    said = [f"{verb} {', '.join(paths)}" for verb, paths in done.items() if paths]
    yield "; ".join(said) or f"unchanged: {_files(found)}"


def _left_out(losses: Sequence[Loss]) -> Iterator[str]:
    """A line a reason: what is left out for it, counted by kind; few objects of one kind are named."""
    by_reason: dict[str, list[Loss]] = {}
    for loss in losses:
        by_reason.setdefault(loss.why, []).append(loss)
    for why, found in by_reason.items():
        if len(found) == 1:
            yield f"{found[0]} ({_names(found[0], NAMED)}): {why}"
        else:
            yield f"{', '.join(map(str, found))}: {why}"


def dumped(dump: Outline) -> Iterator[str]:
    """What a Drizzle schema holds, what of it was left out, and what could not be known."""
    relations = sum(len(table.relations) for table in dump.tables.values())
    counts = {"table": len(dump.tables), "view": len(dump.views), "enum": len(dump.enums), "relation": relations}
    found = ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items() if count)
    yield f"read {found} with drizzle-orm {dump.drizzle_orm}" + (f", casing {dump.casing}" if dump.casing else "")
    if dump.left_out:
        yield f"{dump.left_out} more left out by the filters of drizzle.config"
    yield from (f"package {package} is not installed here; what it states is unknown" for package in dump.stubbed)


def lost(stated: Truth, merged: bool) -> Iterator[str]:
    """What the first source alone does not hold of what another one states."""
    others = ", ".join(stated.others)
    if stated.lost and merged:
        yield f"from {others} come, and would be lost without it:"
    elif stated.lost:
        yield f"generating from this source alone loses what {others} states:"
    yield from (f"  {loss}: {_names(loss, NAMED if merged else len(loss.names))}: {loss.why}" for loss in stated.lost)


def contradicted(stated: Truth) -> Iterator[str]:
    """Every fact that two sources state differently, with what hangs on it, and how it is settled."""
    from schema_bridge.reports.text import paragraph  # nothing else of generate compares

    for conflict in stated.conflicts:
        yield from paragraph(conflict.row)
        if conflict.hanging:
            yield f"  dropping it takes along: {', '.join(conflict.hanging)}"
    keys = ", ".join(sorted({conflict.settled_by for conflict in stated.conflicts}))
    number = len(stated.conflicts)
    yield f"{number} contradiction{'' if number == 1 else 's'}: nothing was written"
    yield f"mend one of the sources, or say in the config's precedence whether tables or overlay counts for: {keys}"


def checked(found: Changes, mend: str) -> Iterator[str]:
    """Which files are not fresh, and the command that mends it."""
    yield from (f"stale: {path}" for path in found.stale)
    yield from (f"left over: {path}" for path in found.left_over)
    yield f"run: {mend}" if found else f"fresh: {_files(found)}"


def disagreeing(report: Report, config: str) -> Iterator[str]:
    """Whether the declared sources agree, and what is to be done where they do not."""
    names = [source.name for source in report.sources]
    if not report:
        yield f"agree: {', '.join(names)}"
        return
    yield f"differ: {', '.join(names)}"
    yield f"mend the one that is wrong, or name in `compare` of {config} what may differ (ignore, protect)"


def _files(found: Changes) -> str:
    return f"{len(found.fresh)} file{'' if len(found.fresh) == 1 else 's'}"


def _names(loss: Loss, shown: int) -> str:
    rest = len(loss.names) - shown
    return ", ".join(loss.names[:shown]) + (f" and {rest} more" if rest > 0 else "")


def _some(lines: Sequence[str], what: str) -> Iterator[str]:
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"and {len(lines) - SHOWN} {what}"


def _clip(sql: str) -> str:
    line = " ".join(sql.split())
    return line if len(line) <= 80 else line[:77] + "..."
