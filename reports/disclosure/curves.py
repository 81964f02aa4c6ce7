"""Curves of time -> released curves: what may be told of them, and until which day.

Where small numbers are held back a curve is told on a grid of days only, and its values are whole
steps of 5 people of the rounded number who started: it is a rounded count at each of these days,
never a finer share. Days by which few met an end are left out: a share of 0 would say that they are
1 or 2, and other reports that they aren't none. It stops where few would be left, for there the
next one to go could be known by name. An end that few met is held back, with another, so that it
isn't the rest: only their sum can be read off; where few met any end the whole curve is held back.
Medians and intervals are worked out from the released curve and the rounded numbers at risk, so
that they tell nothing that these don't.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from reports.disclosure.alone import release_parts
from reports.disclosure.held import HELD, ROUND_TO, Count, Held, Policy
from reports.groups import Group
from reports.stats.columns import Numbers
from reports.stats.design import Matrix
from reports.stats.intervals import Floors
from reports.stats.product_limit import halfway, log_log
from reports.stats.survival import CumulativeIncidence, Curve, RiskTable, Survival

TABLE_DAYS = (0, 7, 14, 28, 60, 90, 180)
"""The days that tables tell, and at which figures count those at risk."""
HORIZON = TABLE_DAYS[-1]
GRID = tuple(sorted({*range(0, 2 * HORIZON, 7), *TABLE_DAYS}))
"""The days on which curves are told where small numbers are held back."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Median:
    """The day by which half have met their end, and its 95 % interval; None: not reached."""

    day: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ReleasedCurve:
    """What is told of the ends of `n` people or procedures, on `days` (from 0; rising).

    At each day `free` and the shares of `ended` sum to 1, those that are held back among them.
    `low` and `high` are the 95 % interval of `free`, None where there is none. `at_risk` counts
    those at risk just before a day of the grid up to the horizon, told past the curve's end too.
    `is_cut`: it stops because few are left.
    """

    n: int
    days: tuple[int, ...]
    free: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    ended: Mapping[str, tuple[float, ...] | Held]
    at_risk: Mapping[int, Count]
    median: Median
    is_cut: bool

    def place(self, day: int) -> int | None:
        """Find a day among those that are told."""
        return self.days.index(day) if day in self.days else None


@dataclass(frozen=True, slots=True)
class ByGroup(Generic[T]):
    """Released lines, one a group. `note` says what is held back, `pooled` who stands as one."""

    lines: tuple[T, ...]
    note: str | None
    pooled: tuple[Group, ...]


def curve_note(policy: Policy) -> str | None:
    """Say in words how curves are released; None when they are exact."""
    if policy.threshold is None:
        return None
    return (
        f"Curves are told on every seventh day, in steps of {ROUND_TO} of the rounded number, but "
        "for days by which few had met their end; each stops where few would be left. "
        "Medians and intervals are those of the curve as told."
    )


def release_curve(
    any_end: Survival, causes: CumulativeIncidence, policy: Policy, floors: Floors
) -> ReleasedCurve | Held | None:
    """Release the curve of `any_end` with its `causes`, over the same rows.

    Held back where few started, few met an end, or few are left at once; None of nobody.
    """
    table = any_end.table
    n = table.at_risk[0] if table.at_risk else 0
    if not n:
        return None
    if policy.threshold is None:
        return _exact(any_end, causes.curves, floors)
    days = () if policy.small(n) else tuple(_told_days(any_end, policy))
    if len(days) < 2:  # which would tell only that all started
        return HELD
    told = int(np.searchsorted(np.array(table.times), days[-1], side="right"))
    counts = [sum(met[:told]) for met in causes.ended.values()]
    if policy.small(sum(counts)):
        return HELD
    shown = dict(zip(causes.curves, release_parts(policy, counts), strict=True))
    held = {name for name, count in shown.items() if count is HELD}
    return _rounded(any_end, causes.curves, held, days, policy, floors)


def _exact(any_end: Survival, ended: Mapping[str, Curve], floors: Floors) -> ReleasedCurve:
    table, n = any_end.table, any_end.table.at_risk[0]
    # Once all have met their end nothing can change; else nothing is known past the last day.
    is_over = any_end.survival.value[-1] == 0
    days = tuple(range((HORIZON if is_over else int(min(HORIZON, table.times[-1]))) + 1))
    at = np.searchsorted(np.array(table.times), np.array(days), side="right").tolist()
    limits = n >= floors.interval
    none = (None,) * len(days)
    return ReleasedCurve(
        n,
        days,
        free=_pick((1.0, *any_end.survival.value), at),
        low=_pick((None, *any_end.survival.low), at) if limits else none,
        high=_pick((None, *any_end.survival.high), at) if limits else none,
        ended={name: _pick((0.0, *curve.value), at) for name, curve in ended.items()},
        at_risk=_at_risk(table, Policy(None)),
        median=Median(
            any_end.median,
            any_end.median_low if limits else None,
            any_end.median_high if limits else None,
        ),
        is_cut=False,
    )


def _pick(values: Sequence[T], at: Sequence[int]) -> tuple[T, ...]:
    return tuple(values[i] for i in at)


def _told_days(any_end: Survival, policy: Policy) -> Iterator[int]:
    """Give the days of the grid until few would be at risk, or be left after the day.

    Days by which few have met an end are left out: told as none of them, they would be 1 or 2.
    """
    is_over = any_end.survival.value[-1] == 0
    before = any_end.table.at_risk_at(GRID)
    after = any_end.table.at_risk_at([day + 0.5 for day in GRID])
    met = _met_by(any_end.table, GRID)
    for day, still, left, gone in zip(GRID, before, after, met, strict=True):
        if policy.small(still) or policy.small(left) or not (still or is_over):
            return
        if day == 0 or not policy.small(gone):
            yield day


def _met_by(table: RiskTable, days: Sequence[int]) -> list[int]:
    """Count those who have met an end by each day."""
    at = np.searchsorted(np.array(table.times), np.array(days), side="right")
    return [int(n) for n in np.r_[0, np.cumsum(table.ended)][at]]


def _rounded(
    any_end: Survival,
    ended: Mapping[str, Curve],
    held: Collection[str],
    days: tuple[int, ...],
    policy: Policy,
    floors: Floors,
) -> ReleasedCurve:
    table, n = any_end.table, policy.nearest(any_end.table.at_risk[0])
    at = np.searchsorted(np.array(table.times), np.array(days), side="right")
    shares = np.array([np.r_[0.0, curve.value][at] for curve in ended.values()])
    if policy.small(_met_by(table, days[:1])[0]):
        shares[:, 0] = 0.0  # the curve starts with everybody
    steps = n // ROUND_TO
    taken = _whole_steps(shares * steps)
    by_name = zip(ended, map(tuple, (taken / steps).tolist()), strict=True)
    free = 1 - taken.sum(axis=0) / steps
    left = np.array([policy.nearest(k) for k in table.at_risk_at([d + 0.5 for d in days])])
    low, high = _peto(free, left) if n >= floors.interval else ([None] * len(days),) * 2
    return ReleasedCurve(
        n,
        days,
        free=tuple(free.tolist()),
        low=tuple(low),
        high=tuple(high),
        ended={name: HELD if name in held else values for name, values in by_name},
        at_risk=_at_risk(table, policy),
        median=Median(*(_whole_day(days, v) for v in (free.tolist(), low, high))),
        is_cut=days[-1] < HORIZON and table.at_risk_at([days[-1] + 0.5]) != (0,),
    )


def _whole_steps(targets: Matrix) -> Matrix:
    """Take whole steps towards rising targets (causes, days), none of them ever back.

    Together they follow the rounded sum of the targets; each step goes to the cause that lags most.
    """
    taken, lines = np.zeros(len(targets)), []
    for day, wanted in zip(targets.T, np.round(targets.sum(axis=0)), strict=True):
        # Far behind, a cause takes many at once; nobody is ever ahead by a whole step.
        taken += np.maximum(np.floor(day - taken) - len(taken), 0)
        for _ in range(int(wanted - taken.sum())):
            taken[np.argmax(day - taken)] += 1
        lines.append(taken.copy())
    return np.array(lines, dtype=np.float64).T


def _peto(free: Numbers, left: Numbers) -> tuple[list[float | None], list[float | None]]:
    """Give 95 % log(-log) limits with Peto's error: the binomial's among those who are left.

    A little wider than Greenwood's where some leave view. Source: Peto et al., Br J Cancer 1977.
    """
    error = free * np.sqrt(np.maximum(1 - free, 0) / np.maximum(left, 1))
    low, high = log_log(free, error)
    known = (left > 0).tolist()
    return (
        [v if k else None for v, k in zip(low, known, strict=True)],
        [v if k else None for v, k in zip(high, known, strict=True)],
    )


def _whole_day(days: Sequence[int], values: Sequence[float | None]) -> float | None:
    half = halfway(np.array(days), values)
    return None if half is None else float(round(half))


def _at_risk(table: RiskTable, policy: Policy) -> dict[int, Count]:
    days = [day for day in GRID if day <= HORIZON]
    return {d: policy.count(k) for d, k in zip(days, table.at_risk_at(days), strict=True)}
