"""The answers on opioid doses in words: the finding with its uncertainty, true without a figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from registry.domain.windows import BASELINE, Window
from reports import wording
from reports.disclosure import HELD, Count, Released
from reports.disclosure.doses import ChangeLine, DoseLine, TableLine
from reports.disclosure.released import LineT
from reports.doses import table_title
from reports.groups import Group
from reports.stats.doses_change import COMPARED

_MOST_TOLD = 3


def say_doses(released: Released[DoseLine], window: Window) -> str:
    """Say the dose before and at a window, and how many had died, in the largest groups."""
    at = {line.group: line for line in released.at(window)}
    told = [
        f"{line.group.label} {wording.quartiles(line.dose)} before (n {wording.count(line.whole)}) "
        f"and {wording.quartiles(at[line.group].dose)} at {window.label} "
        f"(n {wording.count(at[line.group].whole)}; died by then: "
        f"{wording.count(at[line.group].dead)})"
        for line in _largest(released.at(BASELINE), lambda line: line.whole)
    ]
    if not told:
        return _nothing([line.whole for line in released.lines], "dose before the procedure")
    return (
        f"Median systemic MEDD, mg/24 h oral morphine (quartiles): {'; '.join(told)}. These are "
        "not the same people: the change of the same people stands below."
    )


def say_change(released: Released[ChangeLine], window: Window) -> str:
    """Say the paired change, and who takes much less, in the largest groups."""
    lines = [line for line in released.at(window) if line.people == COMPARED]
    told = [
        f"{line.group.label} {wording.quartiles(line.change_mg, change=True)} mg "
        f"(n {wording.count(line.pairs)}; at least 30 % less: {wording.response(line.medd30)})"
        for line in _largest(lines, lambda line: line.pairs)
    ]
    if not told:
        return _nothing([line.pairs for line in lines], f"complete pair of doses at {window.label}")
    return (
        f"Median change of systemic MEDD at {window.label}, mg/24 h oral morphine (quartiles): "
        f"{'; '.join(told)}."
    )


def say_tables(released: Released[TableLine], window: Window) -> str:
    """Say how far the median change differs between tables, in the largest groups."""
    lines = released.at(window)
    by_group = {
        group: [line for line in lines if line.group == group]
        for group in dict.fromkeys(line.group for line in lines)
    }
    chosen = _largest([rows[0] for rows in by_group.values()], lambda line: line.recorded)
    told = [
        said
        for line in chosen
        if (said := _say_group(line.group, by_group[line.group])) is not None
    ]
    if not told:
        return _nothing(
            [line.recorded for line in lines], f"wholly converted pair of doses at {window.label}"
        )
    return (
        f"Median change of systemic MEDD at {window.label} by conversion table, mg/24 h oral "
        f"morphine: {'; '.join(told)}."
    )


def _say_group(group: Group, lines: Sequence[TableLine]) -> str | None:
    known = [
        f"{table_title(line.table_id)} {wording.signed(line.change.median)} "
        f"(n {wording.count(line.whole)})"
        for line in lines
        if line.change is not HELD and line.change is not None
    ]
    if not known:
        return None
    same = [
        line.common_change.median
        for line in lines
        if line.common_change is not HELD and line.common_change is not None
    ]
    alike = ""
    if same and len(lines) > 1:
        ends = (
            wording.signed(same[0])
            if min(same) == max(same)
            else f"{wording.signed(min(same))} to {wording.signed(max(same))}"
        )
        alike = f", of the {wording.count(lines[0].common)} whom every table converts {ends}"
    return f"{group.label} {', '.join(known)}{alike}"


def _nothing(counts: Sequence[Count], what: str) -> str:
    """Say why there is nothing to say: nobody, or too few to tell."""
    if any(count is HELD for count in counts):
        return f"Too few to tell: the only ones with a {what} are held back."
    return f"Nobody has a {what} to tell of."


def _largest(lines: Sequence[LineT], count: Callable[[LineT], Count]) -> list[LineT]:
    """Choose whom a sentence names: the largest groups, in the page's order."""
    sizes = [(n, i) for i, line in enumerate(lines) if (n := count(line)) is not HELD and n]
    chosen = {i for _, i in sorted(sizes, key=lambda pair: (-pair[0], pair[1]))[:_MOST_TOLD]}
    return [line for i, line in enumerate(lines) if i in chosen]
