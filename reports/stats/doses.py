"""How much opioid is taken? Systemic MEDD, mg/24 h oral morphine: level, change, and by table.

MEDD describes a dose. It is not for switching opioids. Quantiles are of type 7 (R's default).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from registry.domain.windows import BASELINE, WINDOWS, Window
from reports.frames import OutcomeFrame, medd, medd_complete
from reports.groups import Group, Grouping
from reports.stats.intervals import Floors, Quartiles, quartile_columns, read_quartiles
from reports.stats.tally import Row, tally

MOMENTS: tuple[Window, ...] = (BASELINE, *WINDOWS)
TAIL = 2
"""The 10th and 90th percentile need so many times as many observations as quartiles do."""


@dataclass(frozen=True, slots=True)
class DoseRow:
    """The doses of one group at the baseline or at one window.

    All treated fall into `neuraxial` (any neuraxial opioid: stands apart), `whole` (every systemic
    opioid converted; the quantiles are of these), `incomplete` (a regimen, not wholly converted)
    and, without a regimen, `died` (by the window's last day), `not_due` (the window still open on
    the cut-off) and `unasked`. `dead` are all who had died by the window's last day, whatever else
    they count as. `paired` of the whole had a whole conversion before as well:
    `paired_before` and `paired_after` are of these same people. At the baseline all whole are.
    """

    group: Group
    window: Window
    neuraxial: int
    whole: int
    paired: int
    incomplete: int
    died: int
    not_due: int
    unasked: int
    dead: int
    dose: Quartiles | None
    p10: float | None
    p90: float | None
    paired_before: Quartiles | None
    paired_after: Quartiles | None


@dataclass(frozen=True, slots=True)
class Doses:
    """Doses, moment by moment. No total over groups: they treat different pains."""

    rows: tuple[DoseRow, ...]


def doses(frame: OutcomeFrame, grouping: Grouping, floors: Floors, as_of: date) -> Doses:
    """Summarise doses in each group at the baseline and at every window, as known on a day."""
    found = tally(frame, grouping, MOMENTS, lambda w: _dose_columns(w, as_of))
    return Doses(tuple(_dose_row(group, window, row, floors) for group, window, row in found))


def whole(window: Window) -> pl.Expr:
    """Select procedures with a wholly converted systemic dose at a moment."""
    return pl.col(medd_complete(window)).fill_null(value=False)


def _dose_columns(window: Window, as_of: date) -> dict[str, pl.Expr]:
    apart = pl.col("neuraxial")
    recorded = pl.col(medd_complete(window)).is_not_null()
    counted = ~apart & whole(window)
    paired = counted & whole(BASELINE)
    died = pl.col("days_to_death").le(window.closes).fill_null(value=False)
    is_open = pl.col("performed_on") >= pl.lit(as_of) - pl.duration(days=window.closes)
    empty = ~apart & ~recorded
    if window == BASELINE:
        died, is_open = pl.lit(value=False), pl.lit(value=False)
    dose, before = pl.col(medd(window)), pl.col(medd(BASELINE))
    return {
        "neuraxial": apart.sum(),
        "whole": counted.sum(),
        "paired": paired.sum(),
        "incomplete": (~apart & recorded & ~whole(window)).sum(),
        "died": (empty & died).sum(),
        "not_due": (empty & ~died & is_open).sum(),
        "unasked": (empty & ~died & ~is_open).sum(),
        "dead": died.sum() if window != BASELINE else pl.lit(0),
        **quartile_columns("dose", dose.filter(counted)),
        **{
            f"p{percent}": dose.filter(counted).quantile(percent / 100, interpolation="linear")
            for percent in (10, 90)
        },
        **quartile_columns("before", before.filter(paired)),
        **quartile_columns("after", dose.filter(paired)),
    }


_COUNTS = ("neuraxial", "whole", "paired", "incomplete", "died", "not_due", "unasked", "dead")


def _dose_row(group: Group, window: Window, row: Row, floors: Floors) -> DoseRow:
    tailed = row["whole"] >= TAIL * floors.interval and row["whole"] > 0
    return DoseRow(
        group,
        window,
        **{name: row[name] for name in _COUNTS},
        dose=read_quartiles(row, "dose", row["whole"], floors),
        p10=row["p10"] if tailed else None,
        p90=row["p90"] if tailed else None,
        paired_before=read_quartiles(row, "before", row["paired"], floors),
        paired_after=read_quartiles(row, "after", row["paired"], floors),
    )
