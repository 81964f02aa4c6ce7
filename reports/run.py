"""Run a report over a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reports import wording
from reports.disclosure import release
from reports.groups import ALL
from reports.page import Page
from reports.report import Block, Report, Shown
from reports.stats.completeness import from_states


@dataclass(frozen=True, slots=True)
class ReportOutput:
    """A report that was run, ready to show: everything in it is released.

    `warnings` name groups whose follow-up is too low to trust, whatever the block.
    """

    report: Report
    blocks: tuple[tuple[Block, Shown], ...]
    warnings: tuple[str, ...]


def run(report: Report, page: Page) -> ReportOutput:
    """Run every block of a report."""
    return ReportOutput(
        report=report,
        blocks=tuple((block, block.show(page)) for block in report.blocks),
        warnings=tuple(low_follow_up(page)),
    )


def low_follow_up(page: Page) -> Iterator[str]:
    """Say which groups were followed up too little at the windows that are looked at."""
    for line in release(from_states(page.base), page.cover).lines:
        share = line.of_alive_and_due
        asked = line.group != ALL and line.window in page.asked.windows
        if asked and isinstance(share, float) and share < page.floors.follow_up:
            yield (
                f"{line.group.label}, {line.window.label}: only {wording.percent(share)} of those "
                "alive and due were assessed; they may not stand for the rest."
            )
