"""Which procedures, and when: calendar periods, and those done long enough ago."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from reports.frames import OutcomeFrame
from reports.groups import Group
from reports.stats.activity_parts import DEATH_FOLLOW_UP, Dimension
from reports.stats.over_time_months import last_day, name_months
from reports.stats.pooling import pool_small

MOST_PERIODS = 6
_DAY = pl.col("performed_on")
_Span = tuple[date, date]
"""First and last month."""


def long_enough(frame: OutcomeFrame, cut_off: date) -> OutcomeFrame:
    """Keep the procedures done so long before the cut-off that day 90 was over by then."""
    latest = cut_off - timedelta(days=DEATH_FOLLOW_UP)
    return OutcomeFrame(frame.filter(latest >= _DAY))


def periods(frame: OutcomeFrame, cut_off: date, smallest: int = 1) -> Dimension:
    """Split by calendar half-year, or by year where there are more than six half-years.

    Periods with fewer than `smallest` procedures are joined with their neighbours, and the earliest
    with each other until six are left. The period of the cut-off says that it isn't over.
    """
    spans = _spans(frame, 6, smallest)
    if len(spans) > MOST_PERIODS:
        spans = _spans(frame, 12, smallest)
    early = len(spans) - MOST_PERIODS
    if early > 0:
        spans = [(spans[0][0], spans[early][1]), *spans[early + 1 :]]
    parts = [_part(first, last, cut_off) for first, last in spans]
    column: pl.Expr = pl.lit(parts[-1].slug if parts else "")
    for part, (_, last) in reversed(list(zip(parts, spans, strict=True))[:-1]):
        column = pl.when(last_day(last) >= _DAY).then(pl.lit(part.slug)).otherwise(column)
    return Dimension("period", "Period", tuple(parts), column)


def _part(first: date, last: date, cut_off: date) -> Group:
    open_yet = ", so far" if last_day(last) >= cut_off else ""
    return Group(f"{first:%Y-%m}", name_months(first, last) + open_yet)


def _spans(frame: OutcomeFrame, months: int, smallest: int) -> list[_Span]:
    number = (_DAY.dt.year() * 12 + _DAY.dt.month().cast(pl.Int32) - 1) // months
    found = dict(frame.group_by(number.alias("at")).len().iter_rows())
    if not found:
        return []
    first = min(found)
    sizes = [found.get(at, 0) for at in range(first, max(found) + 1)]
    return [
        (_month((first + span.first) * months), _month((first + span.last + 1) * months - 1))
        for span in pool_small(sizes, max(smallest, 1))
    ]


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
