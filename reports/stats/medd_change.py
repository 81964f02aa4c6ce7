"""Is less opioid taken? Change of systemic MEDD, mg/24 h oral morphine.

MEDD describes a dose. It is not for switching opioids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from registry.domain.windows import Window
from reports.frames import OutcomeFrame, medd, medd_complete
from reports.groups import Group, Grouping
from reports.stats.intervals import Floors, Quartiles, quartile_columns, read_quartiles
from reports.stats.tally import Row, tally

NEURAXIAL_REASON = (
    "neuraxial opioid has no agreed conversion factor, and systemic MEDD falls to nothing "
    "after a pump is implanted"
)


@dataclass(frozen=True, slots=True)
class MeddRow:
    """Systemic MEDD of one group at one window.

    `complete` pairs have a regimen at baseline and in the window with every systemic opioid
    converted; the summaries are of these alone. `percent_n` of them took an opioid at baseline:
    percent change is undefined from 0 mg. Left out and counted: `neuraxial` (any neuraxial opioid,
    for `NEURAXIAL_REASON`) and, of the others, `incomplete` (a regimen at both ends, not wholly
    converted at one). `methadone` of the complete pairs took methadone, whose banded factors jump:
    `change_without_methadone` is the sensitivity.
    """

    group: Group
    window: Window
    complete: int
    incomplete: int
    neuraxial: int
    methadone: int
    percent_n: int
    before: Quartiles | None
    after: Quartiles | None
    change_mg: Quartiles | None
    change_percent: Quartiles | None
    change_without_methadone: Quartiles | None


@dataclass(frozen=True, slots=True)
class MeddChange:
    """MEDD change, window by window. No total over groups: they treat different pains."""

    rows: tuple[MeddRow, ...]


def medd_change(
    frame: OutcomeFrame, grouping: Grouping, windows: Sequence[Window], floors: Floors
) -> MeddChange:
    """Summarise paired doses in each group at each window."""
    found = tally(frame, grouping, windows, _columns)
    return MeddChange(tuple(_row(group, window, row, floors) for group, window, row in found))


def complete_pairs(window: Window) -> pl.Expr:
    """Select those with a wholly converted regimen at both ends and no neuraxial opioid."""
    ends = pl.col("medd_complete_baseline"), pl.col(medd_complete(window))
    whole = ends[0].fill_null(value=False) & ends[1].fill_null(value=False)
    return ~pl.col("neuraxial") & whole


def _columns(window: Window) -> dict[str, pl.Expr]:
    ends = pl.col("medd_complete_baseline"), pl.col(medd_complete(window))
    recorded = ~pl.col("neuraxial") & ends[0].is_not_null() & ends[1].is_not_null()
    complete = complete_pairs(window)
    before, after = pl.col("medd_baseline"), pl.col(medd(window))
    change = after - before
    from_some = complete & (before > 0)
    without = complete & ~pl.col("methadone")
    return {
        "complete": complete.sum(),
        "incomplete": (recorded & ~complete).sum(),
        "neuraxial": pl.col("neuraxial").sum(),
        "methadone": (complete & pl.col("methadone")).sum(),
        "percent_n": from_some.sum(),
        **quartile_columns("before", before.filter(complete)),
        **quartile_columns("after", after.filter(complete)),
        **quartile_columns("change_mg", change.filter(complete)),
        **quartile_columns("change_percent", (100 * change / before).filter(from_some)),
        **quartile_columns("change_without_methadone", change.filter(without)),
    }


def _row(group: Group, window: Window, row: Row, floors: Floors) -> MeddRow:
    def quartiles(name: str, n: int) -> Quartiles | None:
        return read_quartiles(row, name, n, floors)

    n = row["complete"]
    return MeddRow(
        group=group,
        window=window,
        complete=n,
        incomplete=row["incomplete"],
        neuraxial=row["neuraxial"],
        methadone=row["methadone"],
        percent_n=row["percent_n"],
        before=quartiles("before", n),
        after=quartiles("after", n),
        change_mg=quartiles("change_mg", n),
        change_percent=quartiles("change_percent", row["percent_n"]),
        change_without_methadone=quartiles("change_without_methadone", n - row["methadone"]),
    )
