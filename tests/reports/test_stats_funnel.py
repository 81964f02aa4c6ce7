from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from reports.stats import Beyond, funnel_limits, funnel_plot

SITES = list("abcdefghijk")
K = [12, 30, 26, 50, 42, 71, 4, 29, 48, 36, 0]
N = [82, 98, 100, 125, 162, 151, 12, 100, 82, 99, 1]

UNITS = st.lists(
    st.integers(1, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
    max_size=15,
)


def test_limits_are_those_of_r() -> None:
    """Exact binomial limits, interpolated, in base R 4.2.2; below 0 is 0.

    options(digits = 12); P <- c(.001, .025, .975, .999)
    lim <- function(n, t, p) { r <- qbinom(p, n, t); r <- ifelse(pbinom(r, n, t) > p, r, r + 1)
      pmin(pmax((r - (pbinom(r, n, t) - p) / dbinom(r, n, t)) / n, 0), 1) }
    lim(1, 343 / 922, P)    # 0              0               0.932798833819 0.997311953353
    lim(12, 343 / 922, P)   # 0              0.0661869235196 0.619181278432 0.779693138296
    lim(100, 343 / 922, P)  # 0.221903856273 0.273276307111  0.463135011265 0.519199475457
    lim(162, 343 / 922, P)  # 0.254146869063 0.295236565399  0.444053822607 0.488086514696
    """
    found = funnel_limits([1, 12, 100, 162], 343 / 922)

    expected = [
        (0, 0, 0.932798833819, 0.997311953353),
        (0, 0.0661869235196, 0.619181278432, 0.779693138296),
        (0.221903856273, 0.273276307111, 0.463135011265, 0.519199475457),
        (0.254146869063, 0.295236565399, 0.444053822607, 0.488086514696),
    ]
    for one, other in zip(found, expected, strict=True):
        assert astuple(one) == pytest.approx(other, abs=1e-9)


def test_overdispersion_is_that_of_r_and_widens_the_funnel() -> None:
    """As above; one site of one, and one far out.

    k <- c(12, 30, 26, 50, 42, 71, 4, 29, 48, 36, 0)
    n <- c(82, 98, 100, 125, 162, 151, 12, 100, 82, 99, 1); t <- sum(k) / sum(n)
    z <- (k / n - t) / sqrt(t * (1 - t) / n); q <- quantile(z, c(.1, .9))
    phi <- mean(pmin(pmax(z, q[1]), q[2])^2); phi                          # 3.55555685459
    pmin(pmax(t + sqrt(phi) * (lim(82, t, P) - t), 0), 1)
    # 0.0399698034945 0.141269263902 0.530021851983 0.647249125617
    """
    found = funnel_plot(SITES, K, N, overdispersion=True)
    plain = funnel_plot(SITES, K, N)

    assert found.target == pytest.approx(348 / 1012)
    assert found.dispersion == pytest.approx(3.55555685459, abs=1e-9)
    assert found.widened
    assert astuple(found.points[0].limits) == pytest.approx(
        (0.0399698034945, 0.141269263902, 0.530021851983, 0.647249125617), abs=1e-9
    )
    assert [p.unit for p in found.points if p.beyond != Beyond.NOTHING] == ["i"]
    beyond = {p.unit: p.beyond for p in plain.points if p.beyond != Beyond.NOTHING}
    assert beyond == {
        "a": Beyond.LIMITS_99_8,
        "e": Beyond.LIMITS_95,
        "f": Beyond.LIMITS_99_8,
        "i": Beyond.LIMITS_99_8,
    }
    assert plain.dispersion is None
    assert not plain.widened


def test_dispersion_that_chance_gives_leaves_the_funnel_as_it_is() -> None:
    found = funnel_plot(list("abcd"), [10, 12, 9, 11], [40, 40, 40, 40], overdispersion=True)

    assert found.dispersion is not None
    assert not found.widened
    assert found.points == funnel_plot(list("abcd"), [10, 12, 9, 11], [40] * 4).points


def test_units_stay_in_the_order_given() -> None:
    assert [p.unit for p in funnel_plot(SITES[::-1], K[::-1], N[::-1]).points] == SITES[::-1]


@pytest.mark.parametrize("share", [0, 1])
def test_where_no_unit_or_every_unit_is_harmed_nobody_stands_out(share: int) -> None:
    found = funnel_plot(["a", "b"], [share * 20, share], [20, 1], overdispersion=True)

    assert [p.beyond for p in found.points] == [Beyond.NOTHING] * 2
    assert found.dispersion == 0


@settings(deadline=None, max_examples=50)
@given(UNITS)
def test_beyond_a_limit_is_outside_the_line_and_unlikely_by_its_exact_tail(
    units: list[tuple[int, int]],
) -> None:
    k, n = zip(*units, strict=True)
    found = funnel_plot([str(i) for i in range(len(k))], k, n)

    for point in found.points:
        low, high = point.limits.low_95, point.limits.high_95
        tail = min(
            binom.cdf(point.k, point.n, found.target), binom.sf(point.k - 1, point.n, found.target)
        )
        assert 0 <= point.limits.low_99_8 <= low <= high <= point.limits.high_99_8 <= 1
        if point.beyond == Beyond.NOTHING:
            assert low <= point.value <= high or tail > 0.025
        else:
            assert not low <= point.value <= high
            assert tail <= 0.025


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 400), st.floats(0.01, 0.99), st.floats(1, 9))
def test_limits_hold_the_target_and_widen_with_dispersion(
    n: int, target: float, phi: float
) -> None:
    plain, wide = (
        astuple(*funnel_limits([n], target)),
        astuple(*funnel_limits([n], target, dispersion=phi)),
    )

    assert np.sign(np.subtract(plain, target)).tolist() == pytest.approx(
        np.sign(np.subtract(wide, target)).tolist()
    )
    assert (np.abs(np.subtract(wide, target)) >= np.abs(np.subtract(plain, target)) - 1e-12).all()


def test_bad_units_are_refused() -> None:
    with pytest.raises(ValueError, match="once"):
        funnel_plot(["a", "a"], [1, 1], [2, 2])
    with pytest.raises(ValueError, match="at least one"):
        funnel_plot([], [], [])
    with pytest.raises(ValueError, match="once"):
        funnel_plot(["a", None], [1, 1], [2, 2])
    for k, n in (([3], [2]), ([0], [0]), ([-1], [2]), ([1.5], [2])):
        with pytest.raises(ValueError, match="k"):
            funnel_plot(["a"], k, n)
    for target, phi in ((1.2, 1.0), (0.5, 0.5), (float("nan"), 1.0)):
        with pytest.raises(ValueError, match="target"):
            funnel_limits([5], target, dispersion=phi)
