from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.stats import (
    ChartPoint,
    Rule,
    Span,
    g_chart,
    p_chart,
    pool_small,
    sum_spans,
    t_chart,
    xmr_chart,
)

MONTHS = st.lists(st.integers(0, 30), max_size=40)


def _marked(points: tuple[ChartPoint, ...], rule: Rule) -> list[int]:
    return [i for i, point in enumerate(points) if rule in point.rules]


def test_an_xmr_chart_is_that_of_r() -> None:
    """By hand in R 4.2.2.

    options(digits = 12)
    x <- c(52, 48, 55, 60, 47, 51, 58, 49, 53, 75, 50, 54); r <- abs(diff(x))
    c(mean(x), mean(x) + c(-1, 1) * 2.66 * mean(r))  # 54.3333333333 29.1842424242 79.4824242424
    c(mean(r), 3.267 * mean(r))                      # 9.45454545455 30.888
    """
    found = xmr_chart([52, 48, 55, 60, 47, 51, 58, 49, 53, 75, 50, 54])

    for point in found.points:
        assert (point.centre, point.low, point.high) == pytest.approx(
            (54.3333333333, 29.1842424242, 79.4824242424), abs=1e-9
        )
        assert point.rules == ()
    assert (found.mean_range, found.range_high) == pytest.approx((9.45454545455, 30.888))
    assert found.ranges == (4, 7, 5, 13, 4, 7, 9, 4, 22, 25, 4)


def test_a_p_chart_with_empty_months_is_that_of_r() -> None:
    """By hand in R 4.2.2, two months without an event.

    k <- c(3, 0, 5, 2, 4, 1, 0, 3, 2, 9); n <- c(20, 12, 25, 18, 30, 15, 10, 22, 19, 16)
    p <- sum(k) / sum(n); s <- 3 * sqrt(p * (1 - p) / n); p  # 0.155080213904
    pmax(p - s, 0)  # all 0
    pmin(p + s, 1)  # 0.397904540366 0.468565071384 0.372268894128 0.411039528209 0.353345446226
                    # 0.435469594401 0.498485669660 0.386604124944 0.404212716213 0.426566064183
    """
    found = p_chart([3, 0, 5, 2, 4, 1, 0, 3, 2, 9], [20, 12, 25, 18, 30, 15, 10, 22, 19, 16])

    assert [p.centre for p in found.points] == pytest.approx([0.155080213904] * 10)
    assert [p.low for p in found.points] == [0] * 10
    assert [p.high for p in found.points] == pytest.approx(
        [
            *(0.397904540366, 0.468565071384, 0.372268894128, 0.411039528209, 0.353345446226),
            *(0.435469594401, 0.498485669660, 0.386604124944, 0.404212716213, 0.426566064183),
        ],
        abs=1e-9,
    )
    assert [p.rules for p in found.points] == [()] * 9 + [(Rule.BEYOND_LIMITS,)]


def test_a_g_chart_is_that_of_r() -> None:
    """By hand in R 4.2.2, two harms in a row among the gaps.

    g <- c(12, 0, 33, 7, 4, 150, 9, 21, 2, 18)
    c(.693 * mean(g), mean(g) + 3 * sqrt(mean(g) * (mean(g) + 1)))  # 17.7408 103.885630865
    """
    found = g_chart([12, 0, 33, 7, 4, 150, 9, 21, 2, 18])

    assert {p.low for p in found.points} == {None}
    assert (found.points[0].centre, found.points[0].high) == pytest.approx((17.7408, 103.885630865))
    assert _marked(found.points, Rule.BEYOND_LIMITS) == [5]


def test_a_t_chart_is_that_of_r() -> None:
    """By hand in R 4.2.2, two harms on one day among the gaps; a limit under 0 is none.

    t <- function(d) { z <- d^(1 / 3.6); l <- mean(z) + c(-1, 0, 1) * 2.66 * mean(abs(diff(z)))
      sign(l) * abs(l)^3.6 }
    t(c(12, 0, 33, 7, 4, 150, 9, 21, 2, 18))           # -10.97576 10.9865284704 573.2644962124
    t(c(30, 31, 33, 30, 29, 35, 32, 31, 28, 30))       # 24.8832159219 30.8577219616 37.8049280731
    """
    uneven = t_chart([12, 0, 33, 7, 4, 150, 9, 21, 2, 18]).points[0]
    even = t_chart([30, 31, 33, 30, 29, 35, 32, 31, 28, 30]).points[0]

    assert (uneven.value, uneven.low) == (12, None)
    assert (uneven.centre, uneven.high) == pytest.approx((10.9865284704, 573.2644962124))
    assert (even.low, even.centre, even.high) == pytest.approx(
        (24.8832159219, 30.8577219616, 37.8049280731)
    )


def test_a_point_outside_the_limits_is_named() -> None:
    found = xmr_chart([5, 6, 5, 6, 5, 6, 5, 6, 5, 60, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6])

    assert _marked(found.points, Rule.BEYOND_LIMITS) == [9]
    assert Rule.BEYOND_LIMITS.words == "outside the control limits"


def test_eight_on_one_side_is_a_shift_and_seven_is_none() -> None:
    eight = xmr_chart([4, 6] * 4 + [4] * 8 + [6] * 8).points
    seven = xmr_chart([*[4] * 7, *[6] * 7, *[4, 6] * 3]).points

    assert _marked(eight, Rule.SHIFT) == list(range(8, 24))
    assert _marked(seven, Rule.SHIFT) == []


def test_a_point_on_the_centre_line_neither_adds_to_a_shift_nor_breaks_it() -> None:
    found = xmr_chart([6, 6, 6, 6, 5, 6, 6, 6, 6, 4, 4, 4, 4, 4, 4, 4, 4]).points

    assert found[0].centre == 5
    assert _marked(found, Rule.SHIFT) == [0, 1, 2, 3, 5, 6, 7, 8, *range(9, 17)]


def test_six_rising_is_a_trend_ties_apart_and_five_is_none() -> None:
    six = xmr_chart([5, 4, 1, 2, 3, 3, 4, 5, 6, 2, 5, 3]).points
    five = xmr_chart([5, 4, 1, 2, 3, 3, 4, 5, 2, 5, 3, 4]).points

    assert _marked(six, Rule.TREND) == [2, 3, 4, 6, 7, 8]
    assert _marked(five, Rule.TREND) == []


def test_two_of_three_in_the_outer_third_are_named() -> None:
    """Centre 51.67, upper limit 77.57: the outer third begins at 68.94."""
    found = xmr_chart([*[46, 54] * 10, 70, 54, 70, 46]).points

    assert (found[0].centre, found[0].high) == pytest.approx((51.6666666667, 77.5727536232))
    assert _marked(found, Rule.TWO_OF_THREE) == [20, 22]
    assert _marked(found, Rule.BEYOND_LIMITS) == []
    assert _marked(xmr_chart([*[46, 54] * 10, 70, 54, 66, 46]).points, Rule.TWO_OF_THREE) == []
    assert _marked(xmr_chart([*[46, 54] * 10, 70, 30, 50, 46]).points, Rule.TWO_OF_THREE) == []


def test_a_trend_is_not_read_off_limits_that_change() -> None:
    found = p_chart(range(1, 13), [40] * 12)

    assert _marked(found.points, Rule.TREND) == []
    assert _marked(xmr_chart(range(1, 13)).points, Rule.TREND) == list(range(12))


@pytest.mark.parametrize("value", [0, 7, 0.1])
def test_months_all_alike_fire_nothing(value: float) -> None:
    found = xmr_chart([value] * 12).points

    assert [p.rules for p in found] == [()] * 12
    assert found[0].high == pytest.approx(value)


def test_below_ten_points_the_series_stands_alone() -> None:
    charts: tuple[Any, ...] = (
        xmr_chart([1.0] * 9),
        p_chart([1] * 9, [10] * 9),
        g_chart([1] * 9),
        t_chart([1] * 9),
    )
    for chart in charts:
        assert {(p.centre, p.low, p.high, p.rules) for p in chart.points} == {
            (None, None, None, ())
        }
        assert len(chart.points) == 9
    assert xmr_chart([1.0] * 9).mean_range is None
    assert (xmr_chart([]).points, p_chart([], []).points, t_chart([]).points) == ((), (), ())
    assert xmr_chart([1.0, 2.0], fewest=2).points[0].centre == 1.5


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(-50, 50), min_size=10, max_size=40), st.integers(-99, 99))
def test_a_shifted_series_has_the_same_signals_and_its_mirror_too(
    values: list[int], by: int
) -> None:
    plain = xmr_chart(values).points
    for other in (xmr_chart(np.array(values) + by), xmr_chart([-v for v in values])):
        assert [p.rules for p in other.points] == [p.rules for p in plain]
    for point in plain:
        assert point.low is not None
        assert point.high is not None
        outside = point.value < point.low - 1e-6 or point.value > point.high + 1e-6
        assert not outside or Rule.BEYOND_LIMITS in point.rules


def test_months_too_small_are_charted_together() -> None:
    spans = pool_small([12, 3, 4, 5, 0, 10, 2], 10)

    assert spans == (Span(0, 0), Span(1, 3), Span(4, 6))
    assert sum_spans([1, 1, 0, 2, 0, 3, 1], spans) == [1, 3, 4]
    assert pool_small([2, 3], 10) == (Span(0, 1),)
    assert pool_small([], 10) == ()


@settings(deadline=None, max_examples=50)
@given(MONTHS, st.integers(1, 40))
def test_pooling_loses_no_month_and_leaves_no_span_too_small(months: list[int], least: int) -> None:
    spans = pool_small(months, least)

    assert [m for s in spans for m in range(s.first, s.last + 1)] == list(range(len(months)))
    assert len(spans) <= 1 or min(sum_spans(months, spans)) >= least


@pytest.mark.parametrize(
    ("chart", "says"),
    [
        (lambda: xmr_chart([1, None, 2]), "values has missing"),
        (lambda: p_chart([3], [2]), "k of n"),
        (lambda: p_chart([0], [0]), "k of n"),
        (lambda: p_chart([1, 2], [3]), "one value a row"),
        (lambda: g_chart([1.5]), "whole"),
        (lambda: t_chart([-1]), "negative"),
        (lambda: pool_small([-1], 3), "whole"),
    ],
)
def test_bad_series_are_refused(chart: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        chart()
