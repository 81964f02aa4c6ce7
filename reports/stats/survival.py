"""How long until something happens? Kaplan-Meier for one end, Aalen-Johansen for competing ends.

Times are in whole or part days from the start. Of ties, events come before censoring, and events of
one day happen together: nothing is jittered, so row order and chance change nothing. Of nobody
there is an empty curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from reports.stats.columns import Codes, Column, Numbers, as_words, numbers, same_length
from reports.stats.product_limit import Counted, count, event_free, halfway, incidence, log_log


@dataclass(frozen=True, slots=True)
class Curve:
    """A probability at every time of its table, with standard error and 95 % interval.

    Intervals are log(-log): within 0 to 1. Where the probability is 0 or 1 this method gives none
    (None): say how many were at risk instead.
    """

    value: tuple[float, ...]
    se: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class RiskTable:
    """Every distinct time, and how many were at risk just before it, ended at it, or left view."""

    times: tuple[float, ...]
    at_risk: tuple[int, ...]
    ended: tuple[int, ...]
    censored: tuple[int, ...]

    def at_risk_at(self, moments: Sequence[float]) -> tuple[int, ...]:
        """Count those still at risk just before each moment, for the table under a figure."""
        later = np.searchsorted(np.array(self.times), np.array(moments), side="left")
        return tuple(self.at_risk[i] if i < len(self.at_risk) else 0 for i in later.tolist())


@dataclass(frozen=True, slots=True)
class Survival:
    """The Kaplan-Meier curve: the probability of no end yet, beside its risk table.

    `median` is the first time at which half have met their end, None where the curve stays above;
    where it runs at exactly one half and then falls, the middle of that stretch (as R prints it).
    `median_low`, `median_high`: its 95 % interval (Brookmeyer & Crowley 1982), None where open.
    """

    table: RiskTable
    survival: Curve
    median: float | None
    median_low: float | None
    median_high: float | None


@dataclass(frozen=True, slots=True)
class CumulativeIncidence:
    """Aalen-Johansen curves by cause, and the probability that none has happened yet.

    At every time the curves and `event_free` sum to 1. `ended` counts the ends by cause at every
    time of the table.
    """

    table: RiskTable
    event_free: Curve
    curves: dict[str, Curve]
    ended: dict[str, tuple[int, ...]]


def kaplan_meier(time: Column, ended: Column) -> Survival:
    """Estimate survival from `time` (days, 0 or more) and `ended` (true: event; false: censored).

    Greenwood's variance; log(-log) intervals (Kalbfleisch & Prentice), as R's
    `survfit(Surv(time, ended) ~ 1, conf.type = "log-log")`, but `se` is that of the survival
    itself. Rows count as independent. Raises `ValueError` for negative or missing times, unequal
    lengths, or `ended` other than true and false. Source: Kaplan & Meier, JASA 1958.
    """
    days, happened = _times(time), numbers("ended", ended)
    same_length({"time": days, "ended": happened})
    if not np.isin(happened, (0, 1)).all():
        raise ValueError("ended must be true or false")
    counted = count(days, happened.astype(np.int64), 1)
    curve = _curve(*event_free(counted))
    return Survival(
        table=_table(counted),
        survival=curve,
        median=halfway(counted.times, curve.value),
        median_low=halfway(counted.times, curve.low),
        median_high=halfway(counted.times, curve.high),
    )


def aalen_johansen(
    time: Column, cause: Column, *, causes: Sequence[str], censored: str | None = None
) -> CumulativeIncidence:
    """Estimate the cumulative incidence of competing `causes` from `time` and `cause`.

    `time` in days, 0 or more; `cause` one of `causes`, or missing or the word `censored` for an
    end not yet met. Rows count as independent.

    The variance is Greenwood-type, multinomial at ties (Marubini & Valsecchi 1995):
    equal to the infinitesimal jackknife of R's `survfit(Surv(time, factor(cause)) ~ 1)`.
    `cmprsk::cuminc` gives Aalen's, which is a little larger in small samples. Intervals are
    log(-log), as `conf.type = "log-log"`. Source: Aalen & Johansen, Scand J Stat 1978.

    Raises `ValueError` for negative or missing times, unequal lengths, or an unknown cause.
    """
    days, words = _times(time), as_words("cause", cause)
    same_length({"time": days, "cause": words})
    code = _codes(words, causes, censored)
    counted = count(days, code, len(causes))
    return CumulativeIncidence(
        table=_table(counted),
        event_free=_curve(*event_free(counted)),
        curves={name: _curve(*incidence(counted, j)) for j, name in enumerate(causes)},
        ended={
            name: tuple(counted.ended[:, j].astype(int).tolist()) for j, name in enumerate(causes)
        },
    )


def _times(time: Column) -> Numbers:
    days = numbers("time", time)
    if (days < 0).any():
        raise ValueError("time must not be negative")
    return days


def _codes(words: pl.Series, causes: Sequence[str], censored: str | None) -> Codes:
    known = {name: j for j, name in enumerate(causes, start=1)}
    if len(known) != len(causes) or not known or censored in known:
        raise ValueError("causes must be named, each once, and none of them censored")
    if censored is not None:
        known = {**known, censored: 0}
    if not words.drop_nulls().is_in(list(known)).all():
        raise ValueError("cause holds a word that is neither in causes nor censored")
    code = words.replace_strict(known, default=None, return_dtype=pl.Int64).fill_null(0)
    return code.to_numpy()


def _table(counted: Counted) -> RiskTable:
    return RiskTable(
        times=tuple(counted.times.tolist()),
        at_risk=tuple(counted.at_risk.astype(int).tolist()),
        ended=tuple(counted.all_ended.astype(int).tolist()),
        censored=tuple(counted.censored.astype(int).tolist()),
    )


def _curve(value: Numbers, se: Numbers) -> Curve:
    low, high = log_log(value, se)
    return Curve(tuple(value.tolist()), tuple(se.tolist()), tuple(low), tuple(high))
