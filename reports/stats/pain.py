"""How much pain before and after? Paired scores: average over 24 h, self-reported, NRS 0-10."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from registry.domain.windows import Window
from reports.frames import OutcomeFrame, assessed, score
from reports.groups import Group, Grouping
from reports.stats.intervals import Floors, Quartiles, quartile_columns, read_quartiles
from reports.stats.tally import tally


@dataclass(frozen=True, slots=True)
class PainRow:
    """Pain of those assessed in one group at one window.

    `n` procedures have an eligible baseline and a score in the window; all three summaries are of
    these same pairs, so the median change is not the difference of the medians. Below 0 is relief.
    """

    group: Group
    window: Window
    n: int
    before: Quartiles | None
    after: Quartiles | None
    change: Quartiles | None


@dataclass(frozen=True, slots=True)
class Pain:
    """Paired pain, window by window. No total over groups: they treat different pains."""

    rows: tuple[PainRow, ...]


def pain(
    frame: OutcomeFrame, grouping: Grouping, windows: Sequence[Window], floors: Floors
) -> Pain:
    """Summarise paired scores in each group at each window."""
    found = tally(frame, grouping, windows, _columns)
    return Pain(
        tuple(
            PainRow(
                group,
                window,
                row["n"],
                *(read_quartiles(row, m, row["n"], floors) for m in ("before", "after", "change")),
            )
            for group, window, row in found
        )
    )


def _columns(window: Window) -> dict[str, pl.Expr]:
    paired = assessed(window)
    before = pl.col("nrs_baseline").filter(paired)
    after = pl.col(score(window)).filter(paired)
    return {
        "n": paired.sum(),
        **quartile_columns("before", before),
        **quartile_columns("after", after),
        **quartile_columns("change", after - before),
    }
