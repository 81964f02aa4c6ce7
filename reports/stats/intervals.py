"""Proportions with Wilson intervals, quartiles, and the floors below which neither is claimed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class Floors:
    """How much data a claim needs.

    Below `interval` observations no interval and no quartiles are given: the counts and the median
    stand alone. Where fewer than `follow_up` of those alive and due were assessed, the report
    carries a warning.
    """

    interval: int = 10
    follow_up: float = 0.60


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % confidence interval, as proportions 0 to 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, its standard error and 95 % confidence interval, all in the value's own unit."""

    value: float
    se: float
    low: float
    high: float


_Z = NormalDist().inv_cdf(0.975)


def wilson(k: int, n: int) -> Interval:
    """Give the 95 % Wilson score interval of `k` out of `n`, without continuity correction.

    Raises `ValueError` unless 0 <= k <= n and n >= 1. Source: Wilson, J Am Stat Assoc
    1927;22:209-212. Written out, as scipy's costs a millisecond each and a page has hundreds.
    """
    if not 0 <= k <= n or n < 1:
        raise ValueError("k must be 0 to n, and n at least 1")
    wide = n + _Z**2
    middle = (k + _Z**2 / 2) / wide
    half = _Z / wide * sqrt(k * (n - k) / n + _Z**2 / 4)
    return Interval(0.0 if k == 0 else middle - half, 1.0 if k == n else middle + half)


@dataclass(frozen=True, slots=True)
class Proportion:
    """`k` of `n`; `interval` is None where `n` is below the floor."""

    k: int
    n: int
    interval: Interval | None

    @property
    def value(self) -> float | None:
        """Give the proportion, 0 to 1; None when there is nobody to count."""
        return self.k / self.n if self.n else None


def proportion(k: int, n: int, floors: Floors) -> Proportion:
    """Make a proportion whose interval respects the floors."""
    return Proportion(k, n, wilson(k, n) if n >= max(floors.interval, 1) else None)


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Median and quartiles (linear interpolation: type 7, R's default).

    `low` and `high` are None where there are fewer observations than the floor.
    """

    low: float | None
    median: float
    high: float | None


def quartile_columns(name: str, values: pl.Expr) -> dict[str, pl.Expr]:
    """Aggregate the three quartiles of `values`, nulls left out, as columns `{name}_25` etc."""
    return {
        f"{name}_{percent}": values.quantile(percent / 100, interpolation="linear")
        for percent in (25, 50, 75)
    }


def read_quartiles(row: Mapping[str, Any], name: str, n: int, floors: Floors) -> Quartiles | None:
    """Read what `quartile_columns` made of `n` observations; None when there are none."""
    if n == 0:
        return None
    if n < floors.interval:
        return Quartiles(None, row[f"{name}_50"], None)
    return Quartiles(row[f"{name}_25"], row[f"{name}_50"], row[f"{name}_75"])
