"""What of the curves is told where small numbers are held back."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.catalogue.relief import RELIEF_BLOCK, SURVIVAL_BLOCK
from reports.disclosure import HELD, Policy
from reports.disclosure.curves import GRID, release_curve
from reports.stats import aalen_johansen, kaplan_meier
from reports.stats.intervals import Floors
from reports.stats.product_limit import halfway, log_log
from tests.reports.test_relief import STATES, WORDS, at_day, reliefs, shown, silent

CAUSES = WORDS[1:]
HABITS = st.tuples(
    st.integers(0, 10**6),
    st.integers(1, 260),
    st.sampled_from([(1, 1, 1, 1), (1, 8, 1, 0), (0, 1, 1, 9), (8, 3, 1, 1), (1, 0, 20, 1)]),
    st.sampled_from([5, 20, 60, 200]),
    st.sampled_from([5, 8, 11]),
)


def made(seed: int, n: int, weights: Sequence[int], mean: int) -> tuple[list[int], list[str]]:
    """Make reliefs at random: many end together, at the visits, as in life."""
    chance = Random(seed)
    days = [min(int(chance.expovariate(1 / mean)), 250) for _ in range(n)]
    met = [day // 7 * 7 if chance.random() < 0.5 else day for day in days]
    return met, chance.choices(WORDS, weights=weights, k=n)


def released(days: Sequence[int], ends: Sequence[str], threshold: int | None) -> Any:
    return release_curve(
        kaplan_meier(days, [end != WORDS[0] for end in ends]),
        aalen_johansen(days, ends, causes=CAUSES, censored=WORDS[0]),
        Policy(threshold),
        Floors(),
    )


@settings(deadline=None, max_examples=300)
@given(HABITS)
def test_a_released_curve_tells_no_step_smaller_than_five_people(
    habit: tuple[int, int, tuple[int, ...], int, int],
) -> None:
    *how, threshold = habit
    days, ends = made(*how)
    curve = released(days, ends, threshold)
    if curve is HELD:
        return

    told = {name: v for name, v in curve.ended.items() if v is not HELD}
    for values in (curve.free, *told.values()):
        people = np.array(values) * curve.n
        assert people / 5 == pytest.approx(np.round(people / 5), abs=1e-6)
        assert min(values) >= 0
        assert max(values) <= 1
    assert curve.n % 5 == 0
    assert set(curve.days) <= set(GRID)
    assert all((np.diff(values) >= 0).all() for values in told.values())
    assert (np.diff(curve.free) <= 1e-12).all()
    rest = 1 - np.sum([curve.free, *told.values()], axis=0)
    assert (rest > -1e-9).all()
    if len(told) == len(CAUSES):
        assert rest == pytest.approx(np.zeros(len(rest)), abs=1e-9)


@settings(deadline=None, max_examples=300)
@given(HABITS)
def test_few_starters_few_left_and_few_ends_are_never_told(
    habit: tuple[int, int, tuple[int, ...], int, int],
) -> None:
    *how, threshold = habit
    days, ends = made(*how)
    curve, few = released(days, ends, threshold), Policy(threshold).small
    if few(len(days)):
        assert curve is HELD
    if curve is HELD:
        return

    for day in curve.days:
        assert not few(sum(d >= day for d in days))
        assert not few(sum(d > day for d in days))
    met = {
        c: sum(d <= curve.days[-1] and e == c for d, e in zip(days, ends, strict=True))
        for c in CAUSES
    }
    assert not few(sum(met.values()))
    held = {name for name, v in curve.ended.items() if v is HELD}
    assert held >= {name for name, n in met.items() if few(n)}
    assert len(held) != 1
    assert all(n is HELD or n == 0 or n >= threshold - 2 for n in curve.at_risk.values())


@settings(deadline=None, max_examples=200)
@given(HABITS)
def test_rounding_moves_a_curve_by_no_more_than_a_step_or_two(
    habit: tuple[int, int, tuple[int, ...], int, int],
) -> None:
    *how, threshold = habit
    curve, exact = released(*made(*how), threshold), released(*made(*how), None)
    if curve is HELD:
        return

    step = 5 / curve.n
    for i, day in enumerate(curve.days):
        at = exact.place(day)
        if at is None or day == 0:  # where everybody starts
            continue
        assert abs(curve.free[i] - exact.free[at]) <= 0.5 * step + 1e-9
        for name, values in curve.ended.items():
            if values is not HELD:
                assert abs(values[i] - exact.ended[name][at]) <= 2 * step


@settings(deadline=None, max_examples=200)
@given(HABITS)
def test_medians_and_intervals_can_be_worked_out_from_what_is_told(
    habit: tuple[int, int, tuple[int, ...], int, int],
) -> None:
    *how, threshold = habit
    days, ends = made(*how)
    curve = released(days, ends, threshold)
    if curve is HELD:
        return

    left = [Policy(threshold).nearest(sum(d > day for d in days)) for day in curve.days]
    for s, low, high, n in zip(curve.free, curve.low, curve.high, left, strict=True):
        if low is None or high is None:
            assert s in (0, 1) or not n or curve.n < 10
            continue
        lows, highs = log_log(np.array([s]), np.array([s * np.sqrt((1 - s) / n)]))
        assert (low, high) == pytest.approx((lows[0], highs[0]))
        assert 0 <= low <= s <= high <= 1
    half = halfway(np.array(curve.days), curve.free)
    assert curve.median.day == (None if half is None else round(half))


def test_without_censoring_the_rounded_interval_is_greenwoods() -> None:
    """Of 100, ten end on each of ten visits: nothing needs rounding.

    options(digits = 12); library(survival); d <- rep(seq(7, 70, 7), each = 10)
    k <- survfit(Surv(d, rep(1, 100)) ~ 1, conf.type = "log-log")
    summary(k, times = c(7, 35))[c("lower", "upper")]
    # 0.822116119860 0.398654064197, 0.944902557884 0.593081234998
    """
    days = [7 * (1 + i // 10) for i in range(100)]
    curve = released(days, ["relapse"] * 100, 8)

    at = [curve.place(7), curve.place(35)]
    assert [curve.free[i] for i in at] == pytest.approx([0.9, 0.5])
    assert [curve.low[i] for i in at] == pytest.approx([0.82211611986, 0.398654064197], abs=1e-9)
    assert [curve.high[i] for i in at] == pytest.approx([0.944902557884, 0.593081234998], abs=1e-9)


def test_two_more_or_fewer_people_leave_the_same_page() -> None:
    """Whoever compares two filters that differ by two people sees one and the same curve."""
    days = [7 * (1 + i // 15) for i in range(105)]
    one, other = (reliefs(days[:n], [1] * n) for n in (105, 103))

    first, second = (shown(RELIEF_BLOCK, rows, 11) for rows in (one, other))
    assert first.records == second.records
    assert first.tables == second.tables


def test_ends_that_few_met_are_named_together_and_drawn_as_held_back() -> None:
    found = shown(
        RELIEF_BLOCK,
        reliefs(
            [7] * 30 + [14] * 6 + [21] * 8 + [90] * 40, [1] * 30 + [2] * 6 + [3] * 8 + [0] * 40
        ),
        11,
    )
    record = at_day(found, 28)
    names = [trace.name for trace in found.figures[0].plot.data]

    assert record["relapse"] == pytest.approx(30 / 85)
    assert record["death"] is record["further_procedure"] is None
    assert {"death", "further_procedure"} <= set(record["held_back"])
    assert "Death or further procedure" in names
    assert any("held back" in row for row in found.tables[1].rows)


def test_past_its_end_a_cut_curve_is_held_back_and_not_merely_unknown() -> None:
    found = shown(RELIEF_BLOCK, reliefs([7] * 30 + [90] * 30 + [120] * 3, [1] * 63), 11)
    last = at_day(found, 90)

    assert last["in_relief"] is None
    assert "in_relief" in last["held_back"]
    assert at_day(found, 60)["in_relief"] == pytest.approx(35 / 65)


def test_who_was_assessed_is_held_back_where_few_were_assessed_in_vain() -> None:
    (row,) = shown(RELIEF_BLOCK, reliefs() + [silent(first_window="7d")] * 4, 11).tables[0].rows
    (clear,) = shown(RELIEF_BLOCK, reliefs() + [silent(first_window="7d")] * 20, 11).tables[0].rows

    assert row[1:5] == ("25", "held back", "20", "held back")
    assert clear[1:4] == ("40", "40", "20")


@pytest.mark.parametrize("block", [RELIEF_BLOCK, SURVIVAL_BLOCK], ids=lambda b: b.slug)
def test_a_page_that_is_too_small_as_a_whole_tells_nothing(block: Any) -> None:
    found = shown(block, STATES["few"], 11)

    told = [
        v
        for record in found.records
        for k, v in record.items()
        if k not in {"group", "label", "day", "held_back"}
    ]
    assert set(told) == {None}
    assert "Too few" in found.answer


def test_all_dead_together_is_told_once_nobody_is_left() -> None:
    found = shown(SURVIVAL_BLOCK, STATES["all dead on day 0"], 11)

    assert at_day(found, 7)["alive"] == 0
    assert at_day(found, 180)["alive"] == 0


def test_a_median_whose_interval_has_no_end_says_so() -> None:
    rows = reliefs([7] * 15 + [14] * 16 + [35] * 29, [1] * 31 + [0] * 29)

    for threshold in (None, 11):
        assert "14 days (14 to open)" in shown(RELIEF_BLOCK, rows, threshold).answer


@settings(deadline=None, max_examples=100)
@given(HABITS)
def test_a_curve_tells_no_day_by_which_few_have_met_their_end(
    habit: tuple[int, int, tuple[int, ...], int, int],
) -> None:
    *how, threshold = habit
    curve, exact = released(*made(*how), threshold), released(*made(*how), None)
    if curve is HELD:
        return
    assert curve.days[0] == 0
    assert curve.free[0] == 1 or exact.free[0] < 1
    told = [i for i, day in enumerate(curve.days) if day]
    assert all(curve.free[i] == 1 or (1 - curve.free[i]) * curve.n > threshold - 5 for i in told)
    falls = [exact.free[at] for i in told if (at := exact.place(curve.days[i])) is not None]
    few = [free for free in falls if 0 < (1 - free) * exact.n < 1.5]
    assert few == []
