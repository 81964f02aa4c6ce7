from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.stats import exact, newcombe

KN = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 10, 0, 0.308497107819),
        (10, 10, 0.691502892181, 1),
        (1, 1, 0.025, 1),
        (0, 1, 0, 0.975),
        (4, 2730, 0.000399357833029, 0.003747211030105),
        (3, 10, 0.0667395111777, 0.6524528500600),
    ],
)
def test_the_exact_interval_is_that_of_r(k: int, n: int, low: float, high: float) -> None:
    """Reference values from R 4.2.2.

    options(digits = 12)
    binom.test(0, 10)$conf.int    # 0                 0.308497107819
    binom.test(10, 10)$conf.int   # 0.691502892181    1
    binom.test(1, 1)$conf.int     # 0.025             1
    binom.test(0, 1)$conf.int     # 0                 0.975
    binom.test(4, 2730)$conf.int  # 0.000399357833029 0.003747211030105
    binom.test(3, 10)$conf.int    # 0.0667395111777   0.6524528500600
    """
    found = exact(k, n)

    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize(
    ("k1", "n1", "k2", "n2", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524314724024, 0.3338726540369),
        (9, 10, 3, 10, 0.170522723935, 0.809017973535),
        (0, 10, 0, 20, -0.161125158053, 0.277532799863),
        (10, 10, 0, 20, 0.679086037142, 1),
        (0, 1, 1, 1, -1, 0.122108720682),
        (5, 56, 0, 29, -0.0381371479035, 0.1925600138551),
    ],
)
def test_a_difference_of_proportions_is_that_of_r(
    k1: int, n1: int, k2: int, n2: int, low: float, high: float
) -> None:
    """Reference values from R 4.2.2; all but (0, 1, 1, 1) are also in Newcombe's table II.

    options(digits = 12)
    w <- function(k, n) prop.test(k, n, correct = FALSE)$conf.int
    d <- function(k, n, l, m) { a <- w(k, n); b <- w(l, m); p <- k / n; q <- l / m
      c(p - q - sqrt((p - a[1])^2 + (b[2] - q)^2), p - q + sqrt((a[2] - p)^2 + (q - b[1])^2)) }
    d(56, 70, 48, 80)  #  0.0524314724024 0.3338726540369
    d(9, 10, 3, 10)    #  0.170522723935  0.809017973535
    d(0, 10, 0, 20)    # -0.161125158053  0.277532799863
    d(10, 10, 0, 20)   #  0.679086037142  1
    d(0, 1, 1, 1)      # -1               0.122108720682
    d(5, 56, 0, 29)    # -0.0381371479035 0.1925600138551
    """
    found = newcombe(k1, n1, k2, n2)

    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)
    assert found.value == k1 / n1 - k2 / n2


@settings(deadline=None, max_examples=50)
@given(KN, KN)
def test_a_difference_holds_its_value_and_turns_round_with_its_groups(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    found, turned = newcombe(*one, *other), newcombe(*other, *one)

    assert -1 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1
    assert (turned.value, turned.low, turned.high) == pytest.approx(
        (-found.value, -found.high, -found.low), abs=1e-12
    )


@settings(deadline=None, max_examples=50)
@given(KN)
def test_an_exact_interval_holds_its_proportion_and_mirrors(kn: tuple[int, int]) -> None:
    k, n = kn
    found, mirrored = exact(k, n), exact(n - k, n)

    assert 0 <= found.low <= k / n <= found.high <= 1
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - found.high, 1 - found.low), abs=1e-9)


@pytest.mark.parametrize(("k", "n"), [(1, 0), (3, 2), (-1, 2)])
def test_more_than_all_or_of_nobody_is_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match=r"k|n"):
        exact(k, n)
    with pytest.raises(ValueError, match=r"k|n"):
        newcombe(k, n, 1, 2)
