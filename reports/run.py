"""Run reports over one frame: statistic -> release -> figure and table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from registry.domain.windows import WINDOWS, Window
from reports import wording
from reports.disclosure import Cover, Policy, cover, release, too_few
from reports.frames import OutcomeFrame
from reports.groups import ALL, By, Group, Grouping, grouping, pool
from reports.records import records
from reports.report import Report, ReportOutput
from reports.scope import Scope
from reports.stats.completeness import from_states
from reports.stats.intervals import Floors
from reports.stats.states import States, states


@dataclass(frozen=True, slots=True)
class Page:
    """One comparison, ready for its reports: small groups pooled, what to hold back decided."""

    frame: OutcomeFrame
    grouping: Grouping
    base: States
    cover: Cover


def prepare(frame: OutcomeFrame, by: By, order: Iterable[Group], policy: Policy) -> Page:
    """Prepare a page; `order` names all groups that may occur, in the order of the tree.

    What is held back is decided over all windows, so it is the same whichever is looked at.
    """
    whole = grouping(frame, by, order)
    small = too_few(states(frame, whole, WINDOWS[:1]), WINDOWS[0], policy)
    pooled, groups = pool(frame, whole, small.groups)
    base = states(pooled, groups, WINDOWS)
    return Page(pooled, groups, base, cover(base, policy, small))


def run(
    report: Report[Any, Any],
    page: Page,
    *,
    scope: Scope,
    windows: Sequence[Window] = WINDOWS,
    floors: Floors = Floors(),  # noqa: B008 - frozen
) -> ReportOutput:
    """Run one report of a page at the given windows, and release what may be shown of it."""
    result = report.statistic(page.frame, page.grouping, windows, floors)
    released = report.release(result, page.cover)
    return ReportOutput(
        report=report,
        windows=tuple(windows),
        figures=report.figures(released, scope, windows, floors),
        table=report.table(released, scope),
        records=tuple(records(released)),
        warnings=tuple(_low_follow_up(page, windows, floors)),
    )


def _low_follow_up(page: Page, windows: Sequence[Window], floors: Floors) -> Iterator[str]:
    for line in release(from_states(page.base), page.cover).lines:
        share = line.of_alive_and_due
        asked = line.group != ALL and line.window in windows
        if asked and isinstance(share, float) and share < floors.follow_up:
            yield (
                f"{line.group.label}, {line.window.label}: only {wording.percent(share)} of those "
                "alive and due were assessed; they may not stand for the rest."
            )
