"""Is this month more than chance? Control charts: XmR, p, and g and t for rare events.

Points come in order of time and stay in the order given. Below `fewest` points there is no centre
line, limit or rule: the series stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reports.stats.columns import Column, Numbers, counts, numbers, same_length
from reports.stats.signals import Rule, fired

FEWEST = 10

_X_LIMIT = 2.66
"""3 / d2 of two points: from the mean moving range to three sigma."""

_R_LIMIT = 3.267
"""D4 of two points: the upper limit of a moving range, in mean moving ranges."""

_ROOT = 3.6
"""The power that makes exponential waiting times nearly normal (Nelson 1994)."""


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A point, its centre line and limits, and the rules that fired; None where there is none."""

    value: float
    centre: float | None
    low: float | None
    high: float | None
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A control chart, one point for each that came in."""

    points: tuple[ChartPoint, ...]


@dataclass(frozen=True, slots=True)
class Xmr:
    """An XmR chart: the values, and how far each is from the one before.

    `range_high` is the upper limit of a moving range; both means are None below the floor.
    """

    points: tuple[ChartPoint, ...]
    ranges: tuple[float, ...]
    mean_range: float | None
    range_high: float | None


def xmr_chart(values: Column, *, fewest: int = FEWEST) -> Xmr:
    """Chart single values, one a month: mean +- 2.66 mean moving ranges.

    All four rules. Raises `ValueError` for missing values. Source: Wheeler & Chambers,
    Understanding Statistical Process Control (1992).
    """
    value = numbers("values", values)
    ranges = np.abs(np.diff(value))
    if not _enough(value, fewest):
        return Xmr(_bare(value), tuple(ranges.tolist()), None, None)
    centre, reach = float(value.mean()), _X_LIMIT * float(ranges.mean())
    flat = np.full_like(value, 1.0)
    lines = centre * flat, (centre - reach) * flat, (centre + reach) * flat
    mean_range = float(ranges.mean())
    return Xmr(
        _points(value, *lines, fired(value, *lines, Rule)),
        tuple(ranges.tolist()),
        mean_range,
        _R_LIMIT * mean_range,
    )


def p_chart(k: Column, n: Column, *, fewest: int = FEWEST) -> Chart:
    """Chart proportions `k` of `n`, one a month: pooled proportion +- 3 binomial errors, 0 to 1.

    Join months too small first, with `pooling.pool_small`. All rules but trend, which means little
    where the limits differ from point to point. Raises `ValueError` unless 0 <= k <= n and n >= 1
    in every month. Source: Provost & Murray 2011.
    """
    ks, ns = counts("k", k), counts("n", n)
    same_length({"k": ks, "n": ns})
    if (ns < 1).any() or (ks > ns).any():
        raise ValueError("k of n must be 0 <= k <= n and n >= 1 in every month")
    value = ks / ns
    if not _enough(value, fewest):
        return Chart(_bare(value))
    centre = np.full_like(value, ks.sum() / ns.sum())
    reach = 3 * np.sqrt(centre * (1 - centre) / ns)
    low, high = centre - reach, centre + reach
    rules = fired(value, centre, low, high, [rule for rule in Rule if rule is not Rule.TREND])
    return Chart(_points(value, centre, np.maximum(low, 0.0), np.minimum(high, 1.0), rules))


def g_chart(between: Column, *, fewest: int = FEWEST) -> Chart:
    """Chart how many procedures lie between rare events, one point an event.

    A point above the limit is good news: an unusually long stretch without harm. The limit is
    mean + 3 sqrt(mean (mean + 1)), that of the geometric distribution; there is no lower one.
    The centre line is 0.693 means, about the median: half of the points fall on either side by
    chance, so that a shift can be judged. The unfinished stretch since the last event is no
    point. Raises `ValueError` unless whole numbers of 0 or more. Source: Benneyan, Health Care
    Manag Sci 2001;4:305-318; the centre line as in Provost & Murray 2011.
    """
    value = counts("between", between)
    if not _enough(value, fewest):
        return Chart(_bare(value))
    mean, flat = float(value.mean()), np.ones_like(value)
    centre = 0.693 * mean * flat
    high = (mean + 3 * (mean * (mean + 1)) ** 0.5) * flat
    rules = (Rule.BEYOND_LIMITS, Rule.SHIFT, Rule.TREND)
    low = np.full_like(value, -np.inf)
    return Chart(_points(value, centre, low, high, fired(value, centre, low, high, rules)))


def t_chart(days: Column, *, fewest: int = FEWEST) -> Chart:
    """Chart the days between rare events, one point an event; above the limit is good news.

    An XmR chart of days^(1/3.6), carried back; all four rules, judged on the transformed scale.
    The unfinished stretch since the last event is no point. Raises `ValueError` for negative or
    missing days. Source: Nelson, J Qual Technol 1994;26:239; Provost & Murray 2011.
    """
    value = numbers("days", days)
    if (value < 0).any():
        raise ValueError("days must not be negative")
    points = xmr_chart(value ** (1 / _ROOT), fewest=fewest).points
    return Chart(
        tuple(
            ChartPoint(day, _back(p.centre), _back(p.low), _back(p.high), p.rules)
            for day, p in zip(value.tolist(), points, strict=True)
        )
    )


def _back(root: float | None) -> float | None:
    """Carry a line back to days; a limit at or under 0 can't be crossed, and is none."""
    return None if root is None or root <= 0 else float(root**_ROOT)


def _enough(value: Numbers, fewest: int) -> bool:
    return len(value) >= max(fewest, 2)


def _bare(value: Numbers) -> tuple[ChartPoint, ...]:
    return tuple(ChartPoint(v, None, None, None, ()) for v in value.tolist())


def _points(
    value: Numbers,
    centre: Numbers,
    low: Numbers,
    high: Numbers,
    rules: tuple[tuple[Rule, ...], ...],
) -> tuple[ChartPoint, ...]:
    def line(at: float) -> float | None:
        return at if np.isfinite(at) else None

    rows = zip(value.tolist(), centre.tolist(), low.tolist(), high.tolist(), rules, strict=True)
    return tuple(ChartPoint(v, c, line(lo), line(hi), r) for v, c, lo, hi, r in rows)
