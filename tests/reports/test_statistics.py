"""Small tables, worked by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from registry.domain.outcomes import State
from registry.domain.windows import WINDOWS
from reports.frames import STATES, OutcomeFrame, check, empty_frame
from reports.groups import ALL, Group, Grouping, grouping
from reports.stats.completeness import completeness
from reports.stats.intervals import Floors, Quartiles
from reports.stats.medd_change import medd_change
from reports.stats.pain import pain
from reports.stats.responders import responders
from reports.stats.states import states
from tests.reports.cases import AT_28, CATEGORIES, assessed, dosed, frame

LOW = Floors(interval=1)


def _state(state: str, **more: Any) -> dict[str, Any]:
    return {"nrs_baseline": 8, "state_28d": state} | more


SERIES = [
    assessed(8, 2),
    assessed(8, 5),
    assessed(9, 7),
    assessed(6, 6),
    assessed(10, 7),
    _state("died_before"),
    _state("died_before"),
    _state("alive_not_assessed"),
    _state("not_due"),
    _state("ineligible", nrs_baseline=None),
    _state("ineligible", nrs_baseline=2, nrs_28d=1),
    assessed(7, 1) | {"category": "cement"},
    _state("alive_not_assessed", category="cement"),
    _state("alive_not_assessed", category="cement"),
]


@pytest.fixture
def series() -> OutcomeFrame:
    return frame(SERIES)


def by_category(rows: OutcomeFrame) -> Grouping:
    return grouping(rows, "category", CATEGORIES)


def test_states_are_counted_in_each_group_and_over_all(series: OutcomeFrame) -> None:
    celiac, cement, total = states(series, by_category(series), [AT_28]).rows

    assert [celiac.counts[s] for s in STATES] == [3, 2, 2, 1, 1, 2]
    assert (celiac.treated, celiac.eligible, celiac.assessed) == (11, 9, 5)
    assert [cement.counts[s] for s in STATES] == [1, 0, 0, 2, 0, 0]
    assert total.group == ALL
    assert [total.counts[s] for s in STATES] == [4, 2, 2, 3, 1, 2]


def test_one_group_alone_has_no_total(series: OutcomeFrame) -> None:
    rows = frame(SERIES[:3])

    assert [r.group.slug for r in states(rows, by_category(rows), [AT_28]).rows] == ["celiac"]


def test_completeness_counts_alive_and_due_beside_all_treated(series: OutcomeFrame) -> None:
    celiac, cement, total = completeness(series, by_category(series), [AT_28]).rows

    assert (celiac.treated, celiac.ineligible, celiac.due) == (11, 2, 8)
    assert (celiac.alive_and_due, celiac.assessed) == (6, 5)
    assert celiac.of_alive_and_due == pytest.approx(5 / 6)
    assert celiac.of_treated == pytest.approx(5 / 11)
    assert cement.of_alive_and_due == pytest.approx(1 / 3)
    assert (total.alive_and_due, total.assessed) == (9, 6)


def test_nobody_due_is_no_proportion_at_all() -> None:
    rows = frame([_state("not_due"), _state("died_before")])
    (row,) = completeness(rows, by_category(rows), [AT_28]).rows

    assert (row.due, row.alive_and_due) == (1, 0)
    assert row.of_alive_and_due is None


def test_pain_is_summarised_over_pairs_of_the_eligible(series: OutcomeFrame) -> None:
    celiac, cement = pain(series, by_category(series), [AT_28], LOW).rows

    assert celiac.n == 5
    assert celiac.before == Quartiles(8, 8, 9)
    assert celiac.after == Quartiles(5, 6, 7)
    assert celiac.change == Quartiles(-3, -3, -2)
    assert (cement.n, cement.change) == (1, Quartiles(-6, -6, -6))


def test_pain_of_nobody_is_nothing() -> None:
    rows = frame([_state("died_before")] * 3)
    (row,) = pain(rows, by_category(rows), [AT_28], LOW).rows

    assert (row.n, row.before, row.after, row.change) == (0, None, None, None)


def test_responders_by_three_definitions_side_by_side(series: OutcomeFrame) -> None:
    rows = responders(series, by_category(series), [AT_28], LOW).rows
    celiac = {r.definition.slug: r for r in rows if r.group.slug == "celiac"}

    assert {slug: (r.response.k, r.response.n) for slug, r in celiac.items()} == {
        "nrs30": (3, 5),
        "nrs50": (1, 5),
        "nrs2": (4, 5),
    }
    assert celiac["nrs30"].unassessed == 1
    assert celiac["nrs30"].worst == pytest.approx(3 / 6)
    assert celiac["nrs30"].best == pytest.approx(4 / 6)


def test_responders_of_nobody_have_no_proportion_and_no_bounds() -> None:
    rows = frame([_state("died_before")])
    for row in responders(rows, by_category(rows), [AT_28], LOW).rows:
        assert (row.response.value, row.worst, row.best) == (None, None, None)


def test_the_report_has_no_rule_of_its_own_but_counts_the_stored_answers() -> None:
    rows = frame([assessed(8, 2), assessed(8, 2), assessed(8, 8), _state("died_before")])
    fall = pl.col("nrs_28d") == 2
    turned = check(rows.with_columns(nrs50_28d=~fall, nrs2_28d=~fall))

    found = responders(turned, by_category(turned), [AT_28], LOW).rows

    counts = {r.definition.slug: (r.response.k, r.response.n) for r in found}
    assert counts == {"nrs30": (2, 3), "nrs50": (1, 3), "nrs2": (1, 3)}


def test_responders_by_30_percent_are_those_in_the_state(series: OutcomeFrame) -> None:
    groups = by_category(series)
    by_state = {r.group: r.counts[State.RESPONDER] for r in states(series, groups, [AT_28]).rows}

    for row in responders(series, groups, [AT_28], LOW).rows:
        if row.definition.slug == "nrs30":
            assert row.response.k == by_state[row.group]


def test_medd_change_is_of_wholly_converted_pairs() -> None:
    rows = frame(
        [
            dosed(100, 50),
            dosed(60, 60),
            dosed(200, 150) | {"methadone": True},
            dosed(0, 10),
            dosed(90, 0) | {"neuraxial": True},
            dosed(80, 10) | {"medd_complete_28d": False},
            dosed(80, 10) | {"medd_complete_baseline": False},
            {"medd_baseline": 40.0, "medd_complete_baseline": True},
        ]
    )
    (row,) = medd_change(rows, by_category(rows), [AT_28], LOW).rows

    assert (row.complete, row.incomplete, row.neuraxial, row.methadone) == (4, 2, 1, 1)
    assert row.before == Quartiles(45, 80, 125)
    assert row.after == Quartiles(40, 55, 82.5)
    assert row.change_mg == Quartiles(-50, -25, 2.5)
    assert row.percent_n == 3
    assert row.change_percent == Quartiles(-37.5, -25, -12.5)
    assert row.change_without_methadone == Quartiles(-25, 0, 5)


def test_medd_of_nobody_is_nothing() -> None:
    rows = frame([{}])
    (row,) = medd_change(rows, by_category(rows), [AT_28], LOW).rows

    assert (row.complete, row.before, row.change_percent) == (0, None, None)


def test_an_empty_frame_has_no_rows_in_any_statistic() -> None:
    rows, groups = empty_frame(), Grouping("category", ())

    assert states(rows, groups, WINDOWS).rows == ()
    assert completeness(rows, groups, WINDOWS).rows == ()
    assert pain(rows, groups, WINDOWS, LOW).rows == ()
    assert responders(rows, groups, WINDOWS, LOW).rows == ()
    assert medd_change(rows, groups, WINDOWS, LOW).rows == ()


def test_techniques_are_compared_like_categories() -> None:
    rows = frame([assessed(8, 2) | {"technique": "b"}, assessed(8, 8) | {"technique": "a"}])
    order = [Group("a", "A"), Group("b", "B")]
    found = states(rows, grouping(rows, "technique", order), [AT_28]).rows

    assert [(r.group.slug, r.counts[State.RESPONDER]) for r in found[:2]] == [("a", 0), ("b", 1)]
