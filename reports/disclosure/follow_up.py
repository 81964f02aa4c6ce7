"""Follow-up by site and by month, and why it is missing: released beside the page's base counts.

All three count the same people as the page's table by group, so its totals are taken as known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from registry.domain.axes import axis
from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports.disclosure.alone import release_parts
from reports.disclosure.covered import ALIVE_AND_DUE, Cover
from reports.disclosure.held import HELD, Count, Held
from reports.disclosure.released import CompletenessLine, Released, ratio
from reports.groups import ALL, Group, Grouping
from reports.stats.missing import NO_REASON, Missing, MissingRow
from reports.stats.months import Months

_COLUMNS = ("treated", "ineligible", "due", "alive_and_due", "assessed")


def release_sites(
    sites: Released[CompletenessLine], beside: Released[CompletenessLine]
) -> Released[CompletenessLine]:
    """Let follow-up by site stand beside that by group.

    Both tables have the same totals, which the one by group shows: where either table needs a total
    hidden to cover something, that column is held back for every site. One site alone is the total.
    """
    lines: list[CompletenessLine] = []
    for window in dict.fromkeys(line.window for line in sites.lines):
        known, own = replace(_total(beside.at(window)), group=ALL), sites.at(window)
        if len(own) == 1:
            lines.append(replace(known, group=own[0].group))
            continue
        hidden = _held(known) | _held(_total(own))
        lines += [*(_without(line, hidden) for line in own if line.group != ALL), known]
    return Released(tuple(lines), sites.note, sites.pooled)


def _total(lines: tuple[CompletenessLine, ...]) -> CompletenessLine:
    """Find the line of everybody: it comes last, or is the only one."""
    return lines[-1]


def _held(line: CompletenessLine) -> set[str]:
    return {name for name in _COLUMNS if getattr(line, name) is HELD}


def _without(line: CompletenessLine, hidden: set[str]) -> CompletenessLine:
    """Hold back whole columns; a way round that covers a cell leaves the totals by two of them."""

    def told(name: str) -> Count:
        count: Count = getattr(line, name)
        return HELD if name in hidden else count

    treated, assessed, alive = told("treated"), told("assessed"), told("alive_and_due")
    return replace(
        line,
        treated=treated,
        ineligible=told("ineligible"),
        due=told("due"),
        alive_and_due=alive,
        assessed=assessed,
        of_alive_and_due=ratio(assessed, alive),
        of_treated=ratio(assessed, treated),
    )


@dataclass(frozen=True, slots=True)
class MonthsLine:
    """Follow-up of the procedures of some months, as `MonthsRow` defines it; a proportion last."""

    first: date
    last: date
    alive_and_due: Count
    assessed: Count
    of_alive_and_due: float | Held | None


@dataclass(frozen=True, slots=True)
class ReleasedMonths:
    """Follow-up over time at one window."""

    window: Window
    lines: tuple[MonthsLine, ...]
    note: str | None


def release_months(months: Months, whole: Grouping, cover: Cover) -> ReleasedMonths:
    """Release follow-up by month: assessed and not assessed of all spans are parts of one whole."""
    parts = [n for row in months.rows for n in (row.assessed, row.unassessed)]
    told = release_parts(cover.policy, parts)
    if parts and cover.part(_everybody(whole), months.window, ALIVE_AND_DUE) is HELD:
        told = [HELD] * len(parts)
    lines = []
    for i, row in enumerate(months.rows):
        seen, missed = told[2 * i : 2 * i + 2]
        due: Count = HELD if seen is HELD or missed is HELD else seen + missed
        lines.append(MonthsLine(row.first, row.last, due, seen, ratio(seen, due)))
    return ReleasedMonths(months.window, tuple(lines), cover.policy.note)


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """How many of those alive, due and not assessed at a window have a reason; `share` of them."""

    window: Window
    reason: str
    label: str
    count: Count
    unassessed: Count
    share: float | Held | None


@dataclass(frozen=True, slots=True)
class ReleasedReasons:
    """Reasons, window by window."""

    lines: tuple[ReasonLine, ...]
    note: str | None

    def at(self, window: Window) -> tuple[ReasonLine, ...]:
        """Give the reasons at one window."""
        return tuple(line for line in self.lines if line.window == window)


def release_reasons(missing: Missing, whole: Grouping, cover: Cover) -> ReleasedReasons:
    """Release reasons as parts of those not assessed, who are known from the page's base counts."""
    lines = tuple(line for row in missing.rows for line in _reasons(row, whole, cover))
    return ReleasedReasons(lines if whole.groups else (), cover.policy.note)


def _reasons(row: MissingRow, whole: Grouping, cover: Cover) -> Iterator[ReasonLine]:
    if not whole.groups:
        return
    unassessed = cover.part(_everybody(whole), row.window, State.ALIVE_NOT_ASSESSED)
    told = release_parts(cover.policy, tuple(row.counts.values()))
    if unassessed is HELD:
        told = [HELD] * len(told)
    for slug, count in zip(row.counts, told, strict=True):
        share = ratio(count, unassessed)
        share = min(share, 1.0) if isinstance(share, float) else share  # both are rounded
        yield ReasonLine(row.window, slug, _label(slug), count, unassessed, share)


def _label(slug: str) -> str:
    known = axis("missed_reason").get(slug)
    if slug == NO_REASON:
        return "No reason given"
    return known.label if known else slug


def _everybody(whole: Grouping) -> Group:
    return ALL if len(whole.groups) > 1 else whole.groups[0]
