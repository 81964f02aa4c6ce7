"""How complete was follow-up over time? Months of the procedures, small ones put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports.frames import OutcomeFrame, assessed, state
from reports.stats.pooling import Span, pool_parts, sum_spans


@dataclass(frozen=True, slots=True)
class MonthsRow:
    """Follow-up of the procedures of the months `first` to `last`, each given by its first day.

    `unassessed` are alive, due and without a score; with the assessed they are the alive and due.
    """

    first: date
    last: date
    assessed: int
    unassessed: int


@dataclass(frozen=True, slots=True)
class Months:
    """Follow-up at one window over spans of months, from the first to the last with anybody due."""

    window: Window
    rows: tuple[MonthsRow, ...]


def completeness_by_month(
    frame: OutcomeFrame, window: Window, least: int, is_small: Callable[[int], bool]
) -> Months:
    """Count who was assessed and who wasn't, of those alive and due, by month of the procedure.

    Months are put together until `least` were alive and due and neither count is small.
    """
    by_month = _counts(frame, window)
    parts = [by_month["assessed"], by_month["unassessed"]]
    spans = pool_parts(parts, least, is_small)
    sums = zip(spans, *(sum_spans(part, spans) for part in parts), strict=True)
    return Months(window, tuple(_row(by_month["month"], *found) for found in sums))


def _row(months: pl.Series, span: Span, seen: int, missed: int) -> MonthsRow:
    return MonthsRow(months[span.first], months[span.last], seen, missed)


def _counts(frame: OutcomeFrame, window: Window) -> pl.DataFrame:
    """Count each calendar month; one between others in which nobody was due counts 0."""
    seen = assessed(window)
    missed = pl.col(state(window)) == State.ALIVE_NOT_ASSESSED.value
    counted = (
        frame.lazy()
        .filter(seen | missed)
        .group_by(pl.col("performed_on").dt.truncate("1mo").alias("month"))
        .agg(assessed=seen.sum(), unassessed=missed.sum())
        .sort("month")
        .collect()
    )
    return counted.upsample("month", every="1mo").fill_null(0) if len(counted) else counted
