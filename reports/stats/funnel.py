"""Do sites or operators differ by more than chance? Funnel plots: never a ranking."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import binom

from reports.stats.columns import Column, Numbers, as_words, counts, same_length

_TAILS = (0.001, 0.025, 0.975, 0.999)
"""Of the 99.8 % and 95 % limits, outermost low to outermost high."""

_WINSORISED = 0.1
"""The share of units at each end whose scores are drawn in before dispersion is estimated."""


class Beyond(StrEnum):
    """How far outside the funnel a unit lies; within it, the difference is what chance gives."""

    NOTHING = "within"
    LIMITS_95 = "beyond_95"
    LIMITS_99_8 = "beyond_99_8"


@dataclass(frozen=True, slots=True)
class Limits:
    """The funnel at one denominator, as proportions 0 to 1."""

    low_99_8: float
    low_95: float
    high_95: float
    high_99_8: float


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One unit: `k` of `n`, the limits at its size, and whether it lies beyond them."""

    unit: str
    k: int
    n: int
    limits: Limits
    beyond: Beyond

    @property
    def value(self) -> float:
        """Give the proportion, 0 to 1."""
        return self.k / self.n


@dataclass(frozen=True, slots=True)
class Funnel:
    """Units in the order given, about their pooled proportion `target`.

    `dispersion` is phi, None unless asked for; `widened` tells whether the limits were stretched.
    """

    points: tuple[FunnelPoint, ...]
    target: float
    dispersion: float | None
    widened: bool


def funnel_plot(unit: Column, k: Column, n: Column, *, overdispersion: bool = False) -> Funnel:
    """Hold `k` of `n` of every unit against limits about the pooled proportion.

    `overdispersion` widens the limits by the square root of phi, the mean of the squared z-scores
    winsorised at 10 % (type 7 quantiles), but only where phi exceeds 1 + 2 sqrt(2 / units): less
    is what chance gives. The exact limits are stretched about the target, which for large n is
    target +- z sqrt(phi target (1 - target) / n), and keeps their skewness where n is small.

    A unit is beyond a limit when it lies outside the line and its exact tail (chance of a result
    as far out or further) is no more than 2.5 % (0.1 %): the interpolated upper line alone would
    flag results that are likelier than that.

    One row a unit, each once, with n of 1 or more. Raises `ValueError` for anything else.
    Source: Spiegelhalter, Stat Med 2005;24:1185-1202.
    """
    names, ks, ns = as_words("unit", unit), counts("k", k), counts("n", n)
    if not same_length({"unit": names, "k": ks, "n": ns}):
        raise ValueError("a funnel needs at least one unit")
    if names.null_count() or names.is_duplicated().any():
        raise ValueError("unit must name every unit once")
    if (ns < 1).any() or (ks > ns).any():
        raise ValueError("k of n must be 0 <= k <= n and n >= 1 for every unit")
    target = float(ks.sum() / ns.sum())
    phi = winsorised_phi(ks, ns, target) if overdispersion else None
    widened = phi is not None and phi > 1 + 2 * math.sqrt(2 / len(ns))
    edges = _edges(ns, target, phi if phi is not None and widened else 1.0)
    beyond = _beyond(ks, ns, target, edges)
    points = tuple(
        FunnelPoint(name, int(a), int(b), Limits(*edge), far)
        for name, a, b, edge, far in zip(names, ks, ns, edges.tolist(), beyond, strict=True)
    )
    return Funnel(points, target, phi, widened)


def funnel_limits(n: Column, target: float, *, dispersion: float = 1.0) -> tuple[Limits, ...]:
    """Give the limits at every denominator of `n` (1 or more), to draw the funnel's lines.

    Exact binomial quantiles, interpolated so that the lines don't jump: with r the smallest count
    for which P(X <= r) > p, the limit is (r - a) / n, a = (P(X <= r) - p) / P(X = r), kept within
    0 to 1. Raises `ValueError` for a target outside 0 to 1 or a dispersion under 1.
    """
    sizes = counts("n", n)
    if not 0 <= target <= 1 or not dispersion >= 1 or (sizes < 1).any():
        raise ValueError("needs a target of 0 to 1, a dispersion of 1 or more, and n >= 1")
    return tuple(Limits(*edge) for edge in _edges(sizes, target, dispersion).tolist())


def winsorised_phi(k: Numbers, n: Numbers, target: float) -> float:
    """Estimate phi: the mean of squared z-scores about `target`, winsorised at 10 % each end."""
    spread = np.sqrt(target * (1 - target) / n)
    z = np.divide(k / n - target, spread, out=np.zeros_like(spread), where=spread > 0)
    low, high = np.quantile(z, (_WINSORISED, 1 - _WINSORISED))
    return float(np.mean(np.clip(z, low, high) ** 2))


def _edges(n: Numbers, target: float, phi: float) -> Numbers:
    """Give the four limits at every size, shape (sizes, 4), stretched by the root of phi."""
    sizes, tails = n[:, None], np.array(_TAILS)
    r = binom.ppf(tails, sizes, target)
    r = np.where(binom.cdf(r, sizes, target) > tails, r, r + 1)
    share = (binom.cdf(r, sizes, target) - tails) / binom.pmf(r, sizes, target)
    stretched = target + math.sqrt(phi) * ((r - share) / sizes - target)
    return np.asarray(np.clip(stretched, 0.0, 1.0), dtype=np.float64)


def _beyond(k: Numbers, n: Numbers, target: float, edges: Numbers) -> list[Beyond]:
    value = k / n
    tail = np.minimum(binom.cdf(k, n, target), binom.sf(k - 1, n, target))
    wide, far = (
        ((value < edges[:, low]) | (value > edges[:, high])) & (tail <= _TAILS[low])
        for low, high in ((1, 2), (0, 3))
    )
    return [
        Beyond.LIMITS_99_8 if is_far else Beyond.LIMITS_95 if is_wide else Beyond.NOTHING
        for is_far, is_wide in zip(far.tolist(), wide.tolist(), strict=True)
    ]
