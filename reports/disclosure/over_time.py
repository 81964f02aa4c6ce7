"""Points over time, released: nothing on a chart is held back, small months are joined instead.

Centre, limits and rules are worked out from the released points, so that they tell nothing more.
What has to be joined depends on the whole series: months are joined until no stretch is small.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from math import ceil

from reports.disclosure.covered import Cover
from reports.disclosure.held import HELD, Count, Policy
from reports.disclosure.over_time_points import ReleasedTimes, TimeLine
from reports.stats.charts import ChartPoint, p_chart, xmr_chart
from reports.stats.intervals import Floors
from reports.stats.over_time import Monthly, Stretch, join_small, joined
from reports.stats.over_time_months import name_months

MOST_POINTS = 120
_MEAN_DIGITS = 1
"""Means of pain scores are rounded to a tenth of a point where small numbers are held back."""
_PERIODS = {1: "month", 3: "quarter", 6: "half-year", 12: "year"}


def release_volume(found: Monthly, cover: Cover) -> ReleasedTimes:
    """Release procedures a month; where one is small a quarter, half-year or year.

    Equal periods can be held against each other. A part of a period at either end that is small
    joins its neighbour, and neither is judged.
    """
    policy = cover.policy
    period, stretches = _equal_periods(found, policy)
    if cover.blind or any(policy.small(stretch.n) for stretch in stretches):
        return ReleasedTimes((), policy.note, too_few=True)
    values = [policy.nearest(s.n) for s in stretches]
    points = _judge(stretches, values, lambda shown: xmr_chart(shown).points)
    lines = [
        _line(stretch, policy, point, k=None, no_less=True)
        for stretch, point in zip(stretches, points, strict=True)
    ]
    return ReleasedTimes(tuple(lines), policy.note, period)


def release_shares(found: Monthly, cover: Cover, floors: Floors) -> ReleasedTimes:
    """Release a proportion over time, months joined until nothing in it is small."""
    policy = cover.policy

    def told(stretch: Stretch) -> bool:
        parts = (stretch.n, stretch.total, stretch.n - stretch.total)
        return not any(map(policy.small, parts))

    stretches = _joined_until(found, told, policy, floors)
    if cover.blind or not all(map(told, stretches)):
        return _nothing(found, cover)
    ks = [policy.nearest(stretch.total) for stretch in stretches]
    ns = [policy.nearest(stretch.n) for stretch in stretches]
    points = p_chart(ks, ns).points if stretches else ()
    lines = [
        _line(stretch, policy, point, k=k)
        for stretch, k, point in zip(stretches, ks, points, strict=True)
    ]
    return ReleasedTimes(tuple(lines), policy.note, later=policy.count(found.later))


def release_means(found: Monthly, cover: Cover, floors: Floors) -> ReleasedTimes:
    """Release a mean over time, months joined until enough stand behind each."""
    policy = cover.policy

    def told(stretch: Stretch) -> bool:
        return not policy.small(stretch.n)

    stretches = _joined_until(found, told, policy, floors)
    enough = all(told(s) and s.n >= floors.interval for s in stretches)
    if cover.blind or not enough:
        return _nothing(found, cover)
    values = [_mean(stretch, policy) for stretch in stretches]
    points = xmr_chart(values).points if stretches else ()
    lines = [_line(s, policy, point, k=None) for s, point in zip(stretches, points, strict=True)]
    return ReleasedTimes(tuple(lines), policy.note, later=policy.count(found.later))


def _nothing(found: Monthly, cover: Cover) -> ReleasedTimes:
    later: Count = HELD if cover.blind else cover.policy.count(found.later)
    return ReleasedTimes((), cover.policy.note, later=later, too_few=True)


def _mean(stretch: Stretch, policy: Policy) -> float:
    mean = stretch.total / stretch.n
    return mean if policy.threshold is None else round(mean, _MEAN_DIGITS)


def _joined_until(
    found: Monthly, told: Callable[[Stretch], bool], policy: Policy, floors: Floors
) -> tuple[Stretch, ...]:
    """Join months to ever longer stretches until all may be told; at the last there is but one.

    One size holds for the whole series, and grows by the number of procedures alone, so that what
    became of them has no say in where a stretch ends.
    """
    most = sum(month.n for month in found.months)
    smallest = max(floors.interval, policy.threshold or 0)
    stretches = join_small(found, smallest)
    while smallest < most and not (all(map(told, stretches)) and len(stretches) <= MOST_POINTS):
        smallest = ceil(smallest * 1.2)
        stretches = join_small(found, smallest)
    return stretches


def _equal_periods(found: Monthly, policy: Policy) -> tuple[str, list[Stretch]]:
    """Join months to the shortest periods of which none is small; at the last to years."""
    for size, period in _PERIODS.items():
        stretches = _join_ends(_by_period(found.months, size), policy)
        if len(stretches) <= MOST_POINTS and not any(policy.small(s.n) for s in stretches):
            return period, stretches
    return period, stretches


def _by_period(months: Sequence[Stretch], size: int) -> list[Stretch]:
    """Join months to calendar periods; one that lacks a month, or a day of one, isn't whole."""
    periods = groupby(months, key=lambda m: (m.first.year * 12 + m.first.month - 1) // size)
    found = [list(part) for _, part in periods]
    return [
        joined(part) if len(part) == size else replace(joined(part), whole=False) for part in found
    ]


def _join_ends(stretches: list[Stretch], policy: Policy) -> list[Stretch]:
    """Join an unfinished stretch at either end with its neighbour while it is small."""
    while len(stretches) > 1 and _is_scrap(stretches[0], policy):
        stretches = [joined(stretches[:2]), *stretches[2:]]
    while len(stretches) > 1 and _is_scrap(stretches[-1], policy):
        stretches = [*stretches[:-2], joined(stretches[-2:])]
    return stretches


def _is_scrap(stretch: Stretch, policy: Policy) -> bool:
    return not stretch.whole and policy.small(stretch.n)


def _judge(
    stretches: Sequence[Stretch],
    values: Sequence[float],
    chart: Callable[[list[float]], Sequence[ChartPoint]],
) -> list[ChartPoint]:
    """Chart the whole stretches; the others stand beside them without line, limit or rule."""
    told = [v for v, stretch in zip(values, stretches, strict=True) if stretch.whole]
    charted = iter(chart(told))
    return [
        next(charted) if stretch.whole else ChartPoint(value, None, None, None, ())
        for value, stretch in zip(values, stretches, strict=True)
    ]


def _line(
    stretch: Stretch, policy: Policy, point: ChartPoint, *, k: Count | None, no_less: bool = False
) -> TimeLine:
    """Make a released point; with `no_less` a limit below 0, which can't be crossed, is none."""
    low = point.low if not no_less or point.low is None or point.low > 0 else None
    return TimeLine(
        name_months(stretch.first, stretch.last),
        f"{stretch.first:%Y-%m}",
        f"{stretch.last:%Y-%m}",
        n=policy.nearest(stretch.n),
        k=k,
        value=point.value,
        centre=point.centre,
        low=low,
        high=point.high,
        rules=point.rules,
        judged=stretch.whole,
    )
