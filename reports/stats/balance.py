"""Were the groups alike before? Standardised mean differences for a baseline table.

They measure how far apart groups are in units of their own spread, whatever the sample size;
0.1 is a common mark for a difference worth adjusting for (Austin, Commun Stat 2009).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from reports.stats.columns import Column, Numbers, counts, numbers

WORTH_ADJUSTING = 0.1
"""The size from which a difference is commonly called worth adjusting for."""
_ROUNDING = 1e-10


def smd_numbers(one: Column, other: Column) -> float | None:
    """Give the standardised difference of two groups' means of a number, first minus second.

    (m1 - m2) / sqrt((s1^2 + s2^2) / 2), s^2 with n - 1. None where a group has fewer than two
    values, or where neither varies and the means differ. Source: Yang & Dalton, SAS Global Forum
    2012, paper 335.
    """
    a, b = numbers("one", one), numbers("other", other)
    if len(a) < 2 or len(b) < 2:
        return None
    spread = math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    apart = float(a.mean() - b.mean())
    return _over(apart, spread, scale=float(max(np.abs(a).max(), np.abs(b).max())))


def smd_share(k1: int, n1: int, k2: int, n2: int) -> float | None:
    """Give the standardised difference of `k1` of `n1` and `k2` of `n2`, first minus second.

    (p1 - p2) / sqrt((p1 (1 - p1) + p2 (1 - p2)) / 2). None where a group is empty, or where one
    has all and the other none. Raises `ValueError` unless 0 <= k <= n. Source: as `smd_numbers`.
    """
    if not (0 <= k1 <= n1 and 0 <= k2 <= n2):
        raise ValueError("k of n must be 0 <= k <= n")
    if not (n1 and n2):
        return None
    p1, p2 = k1 / n1, k2 / n2
    return _over(p1 - p2, math.sqrt((p1 * (1 - p1) + p2 * (1 - p2)) / 2), scale=1.0)


def smd_categories(one: Sequence[int], other: Sequence[int]) -> float | None:
    """Give the standardised distance of two groups over categories, 0 or more.

    `one` and `other` count the rows of each category, in the same order; categories empty in both
    groups don't matter. The Mahalanobis distance of the shares, the first category left out,
    with the mean of the two multinomial covariances. None where a group is empty, or where the
    groups share no spread along their difference (no category in common). Two categories give
    the size of `smd_share`. Raises `ValueError` for unequal lengths or counts below 0.
    Source: as `smd_numbers`.
    """
    a, b = counts("one", one), counts("other", other)
    if len(a) != len(b):
        raise ValueError("one and other must count the same categories")
    if not (a.sum() and b.sum()):
        return None
    kept = (a + b) > 0
    p, q = (a[kept] / a.sum())[1:], (b[kept] / b.sum())[1:]
    cov = (np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2
    return _distance(p - q, cov)


def _over(apart: float, spread: float, scale: float) -> float | None:
    if spread > _ROUNDING * scale:
        return apart / spread
    return 0.0 if abs(apart) <= _ROUNDING * scale else None


def _distance(apart: Numbers, cov: Numbers) -> float | None:
    """Give sqrt(d' C^- d); None where the difference lies outside what the covariance spans."""
    inverse = np.linalg.pinv(cov, rcond=_ROUNDING, hermitian=True)
    if not np.allclose(cov @ inverse @ apart, apart, rtol=0, atol=_ROUNDING):
        return None
    return math.sqrt(max(float(apart @ inverse @ apart), 0.0))
