"""How much pain before and after? Paired scores over 24 h, self-reported, NRS 0-10.

Average pain is the outcome; worst pain stands beside it. The two are never mixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from registry.domain.windows import Window
from reports.frames import OutcomeFrame, assessed, score, worst
from reports.groups import Group, Grouping
from reports.stats.intervals import Floors, Quartiles, quartile_columns, read_quartiles
from reports.stats.tally import Row, tally


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


@dataclass(frozen=True, slots=True)
class WorstPain:
    """Paired worst pain of those assessed who said at both ends how bad it gets."""

    rows: tuple[PainRow, ...]


def pain(
    frame: OutcomeFrame, grouping: Grouping, windows: Sequence[Window], floors: Floors
) -> Pain:
    """Summarise paired average pain in each group at each window."""
    found = tally(
        frame, grouping, windows, lambda w: _columns(assessed(w), "nrs_baseline", score(w))
    )
    return Pain(tuple(_row(group, window, row, floors) for group, window, row in found))


def worst_pain(
    frame: OutcomeFrame, grouping: Grouping, windows: Sequence[Window], floors: Floors
) -> WorstPain:
    """Summarise paired worst pain, of those with a pair of average pain, in the same way."""

    def columns(window: Window) -> dict[str, pl.Expr]:
        ends = ("worst_baseline", worst(window))
        paired = assessed(window) & pl.all_horizontal(pl.col(*ends).is_not_null())
        return _columns(paired, *ends)

    found = tally(frame, grouping, windows, columns)
    return WorstPain(tuple(_row(group, window, row, floors) for group, window, row in found))


def _row(group: Group, window: Window, row: Row, floors: Floors) -> PainRow:
    before, after, change = (
        read_quartiles(row, measure, row["n"], floors) for measure in ("before", "after", "change")
    )
    return PainRow(group, window, row["n"], before, after, change)


def _columns(paired: pl.Expr, baseline: str, followed: str) -> dict[str, pl.Expr]:
    before, after = pl.col(baseline).filter(paired), pl.col(followed).filter(paired)
    return {
        "n": paired.sum(),
        **quartile_columns("before", before),
        **quartile_columns("after", after),
        **quartile_columns("change", after - before),
    }
