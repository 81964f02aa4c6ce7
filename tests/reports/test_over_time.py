from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.windows import WINDOWS
from reports.disclosure import HELD, Cover, Policy
from reports.disclosure.over_time import release_means, release_shares, release_volume
from reports.disclosure.over_time_points import ReleasedTimes
from reports.frames import OutcomeFrame
from reports.stats import Rule
from reports.stats.intervals import Floors
from reports.stats.over_time import (
    Monthly,
    Stretch,
    completeness_by_month,
    join_small,
    pain_by_month,
    responders_by_month,
    volume,
)
from reports.stats.over_time_months import months_between, name_months
from tests.reports.cases import AT_28, assessed, frame, made_up, page_of

CUT_OFF = date(2026, 11, 3)
UNSEEN = {"nrs_baseline": 8, "state_28d": "alive_not_assessed"}
DEAD = {"nrs_baseline": 8, "state_28d": "died_before"}


def on(day: date, row: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {**(row or {}), "performed_on": day}


def months_of(counts: Sequence[int], first: date = date(2025, 1, 1)) -> list[dict[str, Any]]:
    """Put so many procedures in each month."""
    months = months_between(first, date(2030, 12, 1))
    return [
        on(month + timedelta(days=i % 28))
        for month, n in zip(months, counts, strict=False)
        for i in range(n)
    ]


def monthly(counts: Sequence[int], totals: Sequence[int] | None = None) -> Monthly:
    months = months_between(date(2020, 1, 1), date(2035, 12, 1))
    return Monthly(
        tuple(
            Stretch(month, month, n, total)
            for month, n, total in zip(months, counts, totals or counts, strict=False)
        )
    )


def sizes(found: Monthly) -> list[int]:
    return [month.n for month in found.months]


@cache
def open_cover(threshold: int | None = None) -> Cover:
    """Give the cover of a page on which there is plenty."""
    return page_of(made_up(4, {"celiac": 60, "cordotomy": 60}), threshold).cover


def test_a_month_without_a_procedure_is_a_zero_and_the_unfinished_months_are_not_judged() -> None:
    rows = frame(months_of([3, 2, 0, 0, 4]))
    found = volume(rows, date(2025, 7, 14))

    assert sizes(found) == [3, 2, 0, 0, 4, 0, 0]
    assert [month.whole for month in found.months] == [False, *[True] * 5, False]


def test_the_months_asked_for_are_whole_and_end_where_they_were_asked_to() -> None:
    rows = frame(months_of([3, 2, 0, 4]))
    asked = volume(rows, CUT_OFF, since=date(2025, 1, 1), until=date(2025, 6, 30))
    within = volume(rows, CUT_OFF, since=date(2025, 1, 1), until=date(2025, 6, 12))

    assert sizes(asked) == [3, 2, 0, 4, 0, 0]
    assert all(month.whole for month in asked.months)
    assert [month.whole for month in within.months] == [*[True] * 5, False]


def test_a_month_that_ends_on_the_cut_off_is_not_over_yet() -> None:
    rows = frame(months_of([3, 2, 2]))

    assert [m.whole for m in volume(rows, date(2025, 3, 31)).months] == [False, True, False]
    assert [m.whole for m in volume(rows, date(2025, 4, 1)).months][2:] == [True, False]


def test_nobody_and_one_month_and_all_in_one_month_are_counted() -> None:
    assert volume(frame([]), CUT_OFF) == Monthly(())
    assert sizes(volume(frame(months_of([9])), date(2025, 1, 20))) == [9]
    assert sizes(volume(frame(months_of([0, 0, 50])), date(2025, 3, 31))) == [50]


def test_responders_are_of_those_assessed_in_months_that_are_due() -> None:
    """Worked by hand: the window of 28 days closes on day 35, so January is due on 8 March."""
    closes = AT_28.closes_on(date(2025, 1, 31))
    january = [
        on(date(2025, 1, 9), assessed(8, 2)),
        on(date(2025, 1, 20), assessed(8, 8)),
        on(date(2025, 1, 31), assessed(8, 4)),
        on(date(2025, 1, 1), UNSEEN),
        on(date(2025, 1, 2), DEAD),
    ]
    march = [on(date(2025, 3, 1), assessed(8, 2))]
    rows = frame(january + march)

    early = responders_by_month(rows, AT_28, "nrs30", closes)
    found = responders_by_month(rows, AT_28, "nrs30", closes + timedelta(days=1))
    late = responders_by_month(rows, AT_28, "nrs30", CUT_OFF)

    assert (early.months, early.later) == ((), 6)
    assert [(m.n, m.total) for m in found.months] == [(3, 2)]
    assert found.later == 1
    assert [(m.first.month, m.n, m.total) for m in late.months] == [(1, 3, 2), (2, 0, 0), (3, 1, 1)]


def test_completeness_is_of_those_alive_and_due_and_none_when_all_are_dead() -> None:
    day = date(2025, 1, 9)
    rows = frame([on(day, assessed(8, 2)), on(day, UNSEEN), on(day, UNSEEN), on(day, DEAD)])
    (found,) = completeness_by_month(rows, AT_28, CUT_OFF).months
    dead = completeness_by_month(frame([on(day, DEAD)] * 3), AT_28, CUT_OFF)

    assert (found.n, found.total) == (3, 1)
    assert sizes(dead) == [0]
    assert join_small(dead, 10) == ()


def test_a_definition_that_cannot_judge_is_no_failure() -> None:
    day = date(2025, 1, 9)
    judged = {**assessed(8, 2), "icpre2012_28d": "partial", "composite_28d": True}
    rows = frame([on(day, judged), on(day, {**judged, "icpre2012_28d": "progression"})])
    mute = frame([on(day, assessed(8, 2))])

    assert responders_by_month(rows, AT_28, "icpre2012", CUT_OFF).months[0].total == 1
    assert responders_by_month(rows, AT_28, "composite", CUT_OFF).months[0].total == 2
    assert responders_by_month(mute, AT_28, "composite", CUT_OFF).months[0].n == 0


def test_a_definition_of_doses_judges_those_without_a_pain_score_too() -> None:
    rows = frame([on(date(2025, 1, 9), {"medd30_28d": True}), on(date(2025, 1, 9), UNSEEN)])

    (month,) = responders_by_month(rows, AT_28, "medd30", CUT_OFF).months
    assert (month.n, month.total) == (1, 1)


def test_pain_sums_changes_so_that_joined_months_weigh_by_patients() -> None:
    rows = frame(
        [
            *[on(date(2025, 1, 9), assessed(8, 2))] * 6,
            *[on(date(2025, 2, 9), assessed(8, 7))] * 4,
            on(date(2025, 2, 1), UNSEEN),
        ]
    )
    (both,) = join_small(pain_by_month(rows, AT_28, CUT_OFF), 10)

    assert (both.n, both.total) == (10, 6 * -6 + 4 * -1)
    assert name_months(both.first, both.last) == "Jan-Feb 2025"


def test_stretches_are_named_by_the_months_that_have_somebody() -> None:
    """Nobody in February and March: the stretch that counts April doesn't begin in February."""
    found = join_small(monthly([12, 0, 0, 8, 5, 0, 0, 2]), 10)

    assert [(s.first.month, s.last.month, s.n) for s in found] == [(1, 1, 12), (4, 8, 15)]
    assert name_months(date(2025, 11, 1), date(2026, 1, 1)) == "Nov 2025-Jan 2026"
    assert name_months(date(2025, 1, 1), date(2025, 12, 1)) == "2025"
    assert name_months(date(2025, 2, 1), date(2025, 2, 1)) == "Feb 2025"


def test_the_limits_of_procedures_a_month_are_those_of_r() -> None:
    """By hand in R 4.2.2, months without any among them; a limit below 0 is none.

    n <- c(4, 0, 6, 3, 0, 5, 7, 2, 4, 6, 5, 3); r <- abs(diff(n))
    c(mean(n), mean(n) + c(-1, 1) * 2.66 * mean(r))  # 3.75 -4.71363636364 12.21363636364
    """
    found = release_volume(monthly([4, 0, 6, 3, 0, 5, 7, 2, 4, 6, 5, 3]), open_cover())

    assert {(p.centre, p.low) for p in found.lines} == {(3.75, None)}
    assert found.lines[0].high == pytest.approx(12.21363636364, abs=1e-9)
    assert not found.signals


def test_the_limits_of_a_share_are_those_of_r() -> None:
    """By hand in R 4.2.2.

    k <- c(5, 8, 12, 6, 11, 9, 4, 10, 13, 7, 14); m <- c(10, 12, 15, 11, 14, 13, 10, 16, 18, 12, 21)
    p <- sum(k) / sum(m); s <- 3 * sqrt(p * (1 - p) / m); p  # 0.651315789474
    pmax(p - s, 0)  # 0.199217151265 0.238608085533 0.282178797134 0.220256651293 0.269222701834 ...
    """
    k, n = [5, 8, 12, 6, 11, 9, 4, 10, 13, 7, 14], [10, 12, 15, 11, 14, 13, 10, 16, 18, 12, 21]
    found = release_shares(monthly(n, k), open_cover(), Floors())

    assert [p.value for p in found.lines] == [a / b for a, b in zip(k, n, strict=True)]
    assert found.lines[0].centre == pytest.approx(0.651315789474, abs=1e-9)
    assert [p.low for p in found.lines[:5]] == pytest.approx(
        [0.199217151265, 0.238608085533, 0.282178797134, 0.220256651293, 0.269222701834], abs=1e-9
    )


def test_months_too_few_for_limits_stand_alone() -> None:
    found = release_volume(monthly([4, 2, 6]), open_cover())

    assert not found.has_limits
    assert [p.value for p in found.lines] == [4, 2, 6]


def test_small_months_are_charted_by_the_shortest_period_that_has_none() -> None:
    months = release_volume(monthly([30] * 24), open_cover(11))
    quarters = release_volume(monthly([8, 30, 20] * 8), open_cover(11))
    years = release_volume(monthly([1, 2] * 24), open_cover(11))
    never = release_volume(monthly([1] * 9), open_cover(11))

    assert (months.period, quarters.period, years.period) == ("month", "quarter", "year")
    assert [line.value for line in quarters.lines] == [60] * 8
    assert (never.lines, never.too_few) == ((), True)


def test_a_small_unfinished_month_joins_its_neighbour_and_neither_is_judged() -> None:
    full = monthly([30] * 14).months
    ends = Monthly(
        (
            Stretch(full[0].first, full[0].first, 3, 3, whole=False),
            *full[1:-1],
            Stretch(full[-1].first, full[-1].first, 4, 4, whole=False),
        )
    )
    found = release_volume(ends, open_cover(11))

    assert [line.months for line in (found.lines[0], found.lines[-1])] == [
        "Jan-Feb 2020",
        "Jan-Feb 2021",
    ]
    assert [line.judged for line in found.lines] == [False, *[True] * 10, False]


def test_a_shift_is_told_once_with_its_side_even_across_a_point_on_the_line() -> None:
    """The eighth of a run lies on the centre line: it neither adds to the run nor breaks it."""
    values = [10, 10, 10, 10, 20, 10, 10, 10, 10, 30, 30, 30, 30, 30, 20, 30, 30, 30]
    found = release_volume(monthly(values), open_cover())
    told = [(s.rule, s.first, s.last, s.up) for s in found.signals if s.rule is Rule.SHIFT]

    assert told == [(Rule.SHIFT, 0, 8, False), (Rule.SHIFT, 9, 17, True)]


def test_a_rise_and_the_fall_after_it_are_two_trends() -> None:
    values = [10, 12, 14, 16, 18, 20, 22, 19, 17, 15, 13, 11, 9, 12]
    found = release_volume(monthly(values), open_cover())
    trends = [(s.first, s.last, s.up) for s in found.signals if s.rule is Rule.TREND]

    assert trends == [(0, 6, True), (7, 12, False)]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60), st.sampled_from([None, 5, 8, 11]))
@settings(max_examples=200, deadline=None)
def test_no_point_over_time_is_of_a_small_number(counts: list[int], threshold: int | None) -> None:
    policy, cover = Policy(threshold), open_cover(threshold)
    ks = [n // 2 for n in counts]
    charts = [
        release_volume(monthly(counts), cover),
        release_shares(monthly(counts, ks), cover, Floors()),
        release_means(monthly(counts, [-3 * n for n in counts]), cover, Floors()),
    ]

    for chart in charts:
        for line in chart.lines:
            assert line.n is not HELD
            assert line.n == 0 or line.n >= (threshold or 0) - 2
            assert policy.nearest(line.n) == line.n
        assert len(chart.lines) <= len(counts)
        assert chart.too_few or chart.lines or not sum(counts)
    for line in charts[1].lines:
        assert isinstance(line.k, int)
        assert isinstance(line.n, int)
        assert min(line.k, line.n - line.k) == 0 or threshold is None or line.k >= threshold - 2


@given(
    st.lists(
        st.tuples(
            st.dates(date(2024, 1, 1), CUT_OFF),
            st.sampled_from([assessed(8, 2), assessed(6, 6), UNSEEN, DEAD]),
        ),
        max_size=60,
    ),
    st.randoms(),
)
@settings(max_examples=40, deadline=None)
def test_months_sum_to_all_whatever_the_order(
    rows: list[tuple[date, dict[str, Any]]], chance: random.Random
) -> None:
    found = frame(on(day, row) for day, row in rows)
    mixed = OutcomeFrame(found.sample(fraction=1.0, shuffle=True, seed=chance.randint(0, 999)))

    assert sum(sizes(volume(found, CUT_OFF))) == len(rows)
    for count in (
        lambda f: responders_by_month(f, AT_28, "nrs30", CUT_OFF),
        lambda f: completeness_by_month(f, AT_28, CUT_OFF),
        lambda f: pain_by_month(f, AT_28, CUT_OFF),
    ):
        assert count(found) == count(mixed)
        months = count(found)
        assert sum(s.n for s in join_small(months, 10)) == sum(sizes(months))
    due = found.filter(pl.col("performed_on").dt.month_end() < CUT_OFF - timedelta(days=35))
    assert responders_by_month(found, AT_28, "nrs30", CUT_OFF).later == found.height - due.height


def test_a_chart_over_sixteen_years_stays_readable() -> None:
    found = release_volume(monthly([20] * 192), open_cover())

    assert found.period == "quarter"
    assert len(found.lines) == 64


def test_every_window_can_be_asked_for() -> None:
    rows = made_up(5, {"celiac": 40})

    for window in WINDOWS:
        assert isinstance(completeness_by_month(rows, window, CUT_OFF), Monthly)


def test_an_empty_chart_has_neither_limits_nor_signals() -> None:
    empty = ReleasedTimes((), None)

    assert not empty.has_limits
    assert empty.signals == ()
