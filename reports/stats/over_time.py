"""Is it changing over time? Procedures, responders, follow-up and pain, month by month.

A month is that of the procedure. What became of it is asked only of months whose window has closed
for everybody: before that the month holds only those who answered early.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from registry.domain.outcomes import State
from registry.domain.outcomes.responders import Icpre2012
from registry.domain.windows import Window
from reports.frames import OutcomeFrame, assessed, response, score, state
from reports.stats.over_time_months import last_day, months_between
from reports.stats.pooling import pool_small

_MONTH = pl.col("performed_on").dt.truncate("1mo")
_RESPONDS = [c.value for c in Icpre2012 if c.responds]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Months in a row, each given by its first day: `n` counted, and the `total` they sum to.

    `total` is the number who respond or were assessed, or the sum of a change, in points; for
    procedures it is `n` again. `whole` says that the stretch is over and was recorded from its
    first day: only then may it be held against others.
    """

    first: date
    last: date
    n: int
    total: int
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Monthly:
    """One stretch a month, in order of time, months without anybody included.

    `later` counts the procedures of months that are not due yet, and so are in none of them.
    """

    months: tuple[Stretch, ...]
    later: int = 0


def volume(
    frame: OutcomeFrame, cut_off: date, since: date | None = None, until: date | None = None
) -> Monthly:
    """Count procedures a month, from the month of the first to that of the cut-off or `until`.

    A month without any counts 0. The first month is whole only if `since` is its first day, as
    recording may have begun within it; the last only if it was over at the cut-off.
    """
    found = _by_month(frame, pl.len())
    if not found:
        return Monthly(())
    end = min(until or cut_off, cut_off)
    months = months_between(min(found), max(end.replace(day=1), *found))

    def whole(month: date) -> bool:
        begun = month != months[0] or since == month
        return begun and last_day(month) <= end and last_day(month) < cut_off

    counts = [found.get(month, (0, 0))[0] for month in months]
    return Monthly(
        tuple(Stretch(m, m, n, n, whole(m)) for m, n in zip(months, counts, strict=True))
    )


def responders_by_month(
    frame: OutcomeFrame, window: Window, definition: str, cut_off: date
) -> Monthly:
    """Count who responds by a definition (its slug) of those whom it can judge.

    Definitions of doses and of worst pain judge some who have no average pain to be assessed by.
    """
    answer = pl.col(response(definition, window))
    responds = answer.is_in(_RESPONDS) if definition == "icpre2012" else answer
    return _due(frame, window, cut_off, answer.is_not_null(), responds)


def completeness_by_month(frame: OutcomeFrame, window: Window, cut_off: date) -> Monthly:
    """Count who was assessed of those alive and due."""
    alive = assessed(window) | (pl.col(state(window)) == State.ALIVE_NOT_ASSESSED.value)
    return _due(frame, window, cut_off, alive, assessed(window))


def pain_by_month(frame: OutcomeFrame, window: Window, cut_off: date) -> Monthly:
    """Sum each month's change of pain (NRS, after minus before) over those assessed."""
    change = pl.col(score(window)) - pl.col("nrs_baseline")
    return _due(frame, window, cut_off, assessed(window), change)


def join_small(monthly: Monthly, smallest: int) -> tuple[Stretch, ...]:
    """Join months until each stretch counts at least `smallest`, as `pool_small` does.

    A stretch reaches from the first of its months with anybody to the last. Without anybody there
    is none.
    """
    sizes = [month.n for month in monthly.months]
    spans = pool_small(sizes, smallest) if sum(sizes) else ()
    return tuple(
        joined([month for month in monthly.months[span.first : span.last + 1] if month.n])
        for span in spans
    )


def joined(months: Sequence[Stretch]) -> Stretch:
    """Make one stretch of several in a row; it is whole if all of them are."""
    return Stretch(
        months[0].first,
        months[-1].last,
        sum(month.n for month in months),
        sum(month.total for month in months),
        all(month.whole for month in months),
    )


def _due(
    frame: OutcomeFrame, window: Window, cut_off: date, of: pl.Expr, total: pl.Expr
) -> Monthly:
    """Count `of` and sum `total` over them, in months whose last window has closed."""
    counted = total.filter(of).cast(pl.Int64).sum()
    found = _by_month(frame, of.sum(), counted, pl.len())
    due = {m: row for m, row in found.items() if window.closes_on(last_day(m)) < cut_off}
    later = sum(row[2] for m, row in found.items() if m not in due)
    months = months_between(min(due), max(due)) if due else []
    rows = [due.get(month, (0, 0, 0)) for month in months]
    return Monthly(
        tuple(Stretch(m, m, n, total) for m, (n, total, _) in zip(months, rows, strict=True)), later
    )


def _by_month(frame: OutcomeFrame, *values: pl.Expr) -> dict[date, tuple[int, ...]]:
    named = [value.alias(str(i)) for i, value in enumerate(values)]
    found = frame.group_by(_MONTH.alias("month")).agg(named)
    return {row[0]: row[1:] for row in found.iter_rows()}
