from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from reports.stats.intervals import (
    Floors,
    Quartiles,
    proportion,
    quartile_columns,
    read_quartiles,
    wilson,
)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 10, 0, 0.2775327999),
        (10, 10, 0.7224672001, 1),
        (1, 1, 0.2065493144, 1),
        (0, 1, 0, 0.7934506856),
        (3, 10, 0.1077912674, 0.6032218525),
        (7, 9, 0.4525889691, 0.9367748929),
        (115, 159, 0.6490881233, 0.7869187789),
    ],
)
def test_wilson_is_that_of_r(k: int, n: int, low: float, high: float) -> None:
    """Reference values from R 4.

    options(digits = 10)
    prop.test(0, 10, correct = FALSE)$conf.int     # 0            0.2775327999
    prop.test(10, 10, correct = FALSE)$conf.int    # 0.7224672001 1
    prop.test(1, 1, correct = FALSE)$conf.int      # 0.2065493144 1
    prop.test(0, 1, correct = FALSE)$conf.int      # 0            0.7934506856
    prop.test(3, 10, correct = FALSE)$conf.int     # 0.1077912674 0.6032218525
    prop.test(7, 9, correct = FALSE)$conf.int      # 0.4525889691 0.9367748929
    prop.test(115, 159, correct = FALSE)$conf.int  # 0.6490881233 0.7869187789
    """
    found = wilson(k, n)

    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize(("k", "n"), [(1, 0), (3, 2), (-1, 2)])
def test_wilson_of_nobody_or_of_more_than_all_is_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match=r"k|n"):
        wilson(k, n)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_proportion_and_stays_within_0_and_1(kn: tuple[int, int]) -> None:
    k, n = kn
    found = wilson(k, n)

    assert 0 <= found.low <= k / n + 1e-12
    assert k / n - 1e-12 <= found.high <= 1


def test_below_the_floor_there_is_a_proportion_but_no_interval() -> None:
    assert proportion(6, 9, Floors()).interval is None
    assert proportion(6, 9, Floors()).value == pytest.approx(2 / 3)
    assert proportion(6, 10, Floors()).interval == wilson(6, 10)
    assert proportion(6, 9, Floors(interval=9)).interval == wilson(6, 9)


def test_of_nobody_there_is_neither() -> None:
    assert proportion(0, 0, Floors(interval=0)).value is None
    assert proportion(0, 0, Floors(interval=0)).interval is None


def _quartiles(values: list[float], floors: Floors = Floors(interval=1)) -> Quartiles | None:  # noqa: B008
    row = pl.DataFrame({"v": values}, schema={"v": pl.Float64}).select(
        **quartile_columns("v", pl.col("v"))
    )
    return read_quartiles(row.row(0, named=True), "v", len(values), floors)


def test_quartiles_are_those_of_r() -> None:
    """Type 7, R's default.

    quantile(c(2, 4, 4, 5, 7, 9), c(.25, .5, .75))  # 4.0 4.5 6.5
    quantile(c(1, 2, 3, 10), c(.25, .5, .75))       # 1.75 2.50 4.75
    """
    assert _quartiles([9, 4, 2, 7, 4, 5]) == Quartiles(4.0, 4.5, 6.5)
    assert _quartiles([10, 3, 1, 2]) == Quartiles(1.75, 2.5, 4.75)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=40))
def test_quartiles_are_those_of_numpy(values: list[int]) -> None:
    found = _quartiles([float(v) for v in values])

    assert found is not None
    expected = np.quantile(values, [0.25, 0.5, 0.75], method="linear")
    assert (found.low, found.median, found.high) == pytest.approx(tuple(expected))


def test_below_the_floor_the_median_stands_alone() -> None:
    assert _quartiles([1, 2, 3], Floors(interval=4)) == Quartiles(None, 2.0, None)
    assert _quartiles([], Floors()) is None


def test_the_interval_is_that_of_scipy_wherever_it_is_asked() -> None:
    for n in (1, 2, 7, 40, 1_000):
        for k in {0, 1, n // 3, n // 2, n - 1, n}:
            found = wilson(k, n)
            other = binomtest(k, n).proportion_ci(confidence_level=0.95, method="wilson")
            assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=1e-12)
