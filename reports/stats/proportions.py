"""Intervals of proportions and of their difference: Wilson, Clopper-Pearson, Newcombe."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from scipy.stats import binomtest

from reports.stats.intervals import Interval, wilson

__all__ = ["Difference", "Interval", "exact", "newcombe", "wilson"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two proportions with its 95 % confidence interval, -1 to 1."""

    value: float
    low: float
    high: float


def exact(k: int, n: int) -> Interval:
    """Give the 95 % exact binomial interval of `k` out of `n`, for rare harms.

    Never covers less than 95 %, so it is wide. Raises `ValueError` unless 0 <= k <= n and n >= 1.
    Source: Clopper & Pearson, Biometrika 1934.
    """
    found = binomtest(k, n).proportion_ci(confidence_level=0.95, method="exact")
    return Interval(float(found.low), float(found.high))


def newcombe(k1: int, n1: int, k2: int, n2: int) -> Difference:
    """Give `k1` of `n1` minus `k2` of `n2`, independent samples, with its 95 % interval.

    Combines the two Wilson intervals (no continuity correction), so it holds at 0 and at n.
    Raises `ValueError` unless 0 <= k <= n and n >= 1 in both. Source: Newcombe, Stat Med
    1998;17:873-890, method 10.
    """
    one, two = wilson(k1, n1), wilson(k2, n2)
    p1, p2 = k1 / n1, k2 / n2
    value = p1 - p2
    below = hypot(p1 - one.low, two.high - p2)
    above = hypot(one.high - p1, p2 - two.low)
    return Difference(value, max(value - below, -1.0), min(value + above, 1.0))
