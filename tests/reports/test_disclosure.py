from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from registry.domain.outcomes import State
from registry.domain.windows import WINDOWS
from reports.disclosure import HELD, Policy, Released, StateLine, release
from reports.disclosure.circle import Sheet, cover_cells
from reports.disclosure.pooling import sum_is_safe
from reports.groups import ALL, FEW
from reports.page import Page
from reports.stats.completeness import completeness
from reports.stats.intervals import Floors, Quartiles, proportion
from reports.stats.medd_change import medd_change
from reports.stats.pain import pain
from reports.stats.responders import responders
from reports.stats.states import states
from tests.reports.cases import AT_28, CATEGORIES, assessed, dosed, frame, made_up
from tests.reports.cases import page_of as prepared

POLICY = Policy(11)


def page_of(rows: list[dict[str, Any]], policy: Policy = POLICY) -> Page:
    return prepared(frame(rows), policy.threshold)


def states_of(page: Page) -> Released[StateLine]:
    return release(states(page.frame, page.grouping, [AT_28]), page.cover)


def seen(before: int, after: int, category: str = "celiac") -> dict[str, Any]:
    """Make a procedure that was assessed with the same score at every window."""
    row: dict[str, Any] = {"category": category}
    for window in WINDOWS:
        row |= assessed(before, after, window.slug)
    return row


def always(state: str, category: str = "celiac", baseline: int | None = 8) -> dict[str, Any]:
    """Make a procedure that is in one state at every window."""
    return {
        "category": category,
        "nrs_baseline": baseline,
        **{f"state_{w.slug}": state for w in WINDOWS},
    }


def dying(slug: str) -> dict[str, Any]:
    """Make a procedure that was assessed until the patient died before a window."""
    first = [w.slug for w in WINDOWS].index(slug)
    return seen(8, 8) | {f"state_{w.slug}": "died_before" for w in WINDOWS[first:]}


MIXED = (
    [seen(8, 2)] * 30
    + [seen(8, 8)] * 20
    + [dying("28d")] * 25
    + [dying("90d")] * 15
    + [seen(8, 2) | {"state_28d": "alive_not_assessed"}] * 3
)


def test_who_may_read_the_records_sees_every_number() -> None:
    page = page_of(MIXED[:1] + MIXED[-1:], Policy(None))
    (line,) = states_of(page).lines

    assert line.counts[State.RESPONDER] == 1
    assert line.counts[State.ALIVE_NOT_ASSESSED] == 1
    assert states_of(page).note is None


def test_a_small_count_is_held_back_with_another_and_with_zeros_of_its_row() -> None:
    """Were zeros of the row shown, a reader would know of a held count that it isn't zero."""
    (line,) = states_of(page_of(MIXED)).lines

    assert line.counts[State.ALIVE_NOT_ASSESSED] is HELD
    assert line.counts[State.DIED_BEFORE] is HELD
    assert line.counts[State.NOT_DUE] is HELD
    assert line.counts[State.INELIGIBLE] == 0
    assert (line.treated, line.assessed) == (95, 65)
    assert (line.counts[State.RESPONDER], line.counts[State.NON_RESPONDER]) == (30, 35)


def test_zero_is_shown_where_nothing_of_its_row_is_held() -> None:
    (line,) = states_of(page_of(MIXED[:-3])).lines

    assert line.counts[State.ALIVE_NOT_ASSESSED] == 0
    assert line.counts[State.NOT_DUE] == 0


def test_deaths_that_the_windows_around_tell_are_no_cover() -> None:
    """With as many dead before and after, a held count of deaths is known, and hides nothing."""
    rows = [seen(8, 2)] * 50 + [always("died_before")] * 25 + [always("alive_not_assessed")] * 3
    (line,) = states_of(page_of(rows)).lines

    assert line.counts[State.DIED_BEFORE] == 25
    assert (line.counts[State.ALIVE_NOT_ASSESSED], line.assessed) == (HELD, HELD)


def test_what_rounding_would_show_as_ten_is_held_back_and_thirteen_is_shown() -> None:
    held = states_of(page_of([seen(8, 2)] * 30 + [always("ineligible", baseline=1)] * 12))
    shown = states_of(page_of([seen(8, 2)] * 30 + [always("ineligible", baseline=1)] * 13))

    assert held.lines[0].counts[State.INELIGIBLE] is HELD
    assert held.lines[0].treated is HELD
    assert held.lines[0].eligible == 30
    assert shown.lines[0].counts[State.INELIGIBLE] == 15
    assert shown.lines[0].treated == 45


@pytest.mark.parametrize(("threshold", "lowest"), [(None, 0), (5, 5), (8, 8), (11, 13)])
def test_nothing_is_shown_as_less_than_the_threshold(threshold: int | None, lowest: int) -> None:
    policy = Policy(threshold)

    assert policy.lowest == lowest
    told = [policy.count(n) for n in range(1, 40)]
    assert all(n is HELD or n >= (threshold or 0) for n in told)
    assert told.count(HELD) == max(lowest - 1, 0)


def test_completeness_does_not_give_away_what_the_states_hold_back() -> None:
    page = page_of(MIXED)
    line = release(completeness(page.frame, page.grouping, [AT_28]), page.cover).lines[0]

    assert line.assessed == 65
    assert line.alive_and_due is HELD
    assert line.of_alive_and_due is HELD
    assert line.due == 95
    assert line.of_treated == pytest.approx(65 / 95)


def test_few_non_responders_hold_back_responders_interval_and_bounds() -> None:
    page = page_of([seen(8, 2)] * 30 + [seen(8, 7)] * 4)
    lines = release(responders(page.frame, page.grouping, [AT_28], Floors()), page.cover).lines

    assert [line.n for line in lines] == [35] * 3
    assert all(line.response is HELD and line.best is HELD for line in lines)
    (line,) = states_of(page).lines
    assert line.counts[State.RESPONDER] is HELD
    assert line.counts[State.NON_RESPONDER] is HELD


def responders_of(rows: list[dict[str, Any]], policy: Policy = POLICY) -> dict[str, Any]:
    page = page_of(rows, policy)
    result = responders(page.frame, page.grouping, [AT_28], Floors())
    return {line.definition.slug: line for line in release(result, page.cover).lines}


HALVED, BY_A_THIRD, BY_TWO_POINTS, THE_SAME = seen(8, 2), seen(8, 5), seen(8, 6), seen(8, 8)


def test_few_who_fell_by_two_points_but_not_by_a_third_are_not_the_difference_of_two_counts() -> (
    None
):
    rows = [HALVED] * 30 + [BY_A_THIRD] * 20 + [BY_TWO_POINTS] * 4 + [THE_SAME] * 20
    by_rule = responders_of(rows)

    assert (by_rule["nrs30"].response.k, by_rule["nrs50"].response.k) == (50, 30)
    two = by_rule["nrs2"]
    assert (two.response, two.worst, two.best) == (HELD, HELD, HELD)
    assert responders_of(rows, Policy(None))["nrs2"].response.k == 54


def test_few_who_fell_by_a_third_but_not_by_half_are_not_the_difference_of_two_counts() -> None:
    rows = [HALVED] * 30 + [BY_A_THIRD] * 10 + [BY_TWO_POINTS] * 14 + [THE_SAME] * 20
    by_rule = responders_of(rows)

    assert (by_rule["nrs30"].response.k, by_rule["nrs2"].response.k) == (40, 55)
    assert by_rule["nrs50"].response is HELD


def test_without_the_first_definition_the_other_two_are_kept_apart() -> None:
    """Here 34 of 44 respond by 30 %, 10 don't; 30 by half; and by 2 points everyone, or 39."""
    rows = [HALVED] * 30 + [BY_A_THIRD] * 4
    all_by_two = responders_of([*rows, *[BY_TWO_POINTS] * 10])
    few_left = responders_of([*rows, *[BY_TWO_POINTS] * 5, *[THE_SAME] * 5])

    assert all_by_two["nrs30"].response is HELD
    assert (all_by_two["nrs50"].response.k, all_by_two["nrs2"].response.k) == (30, 45)
    assert few_left["nrs50"].response.k == 30
    assert few_left["nrs2"].response is HELD


def test_equal_counts_by_two_definitions_are_shown() -> None:
    by_rule = responders_of([HALVED] * 30 + [THE_SAME] * 20)

    assert [line.response.k for line in by_rule.values()] == [30, 30, 30]


def test_few_deaths_between_two_windows_are_not_the_difference_of_two_counts() -> None:
    rows = [HALVED] * 40 + [dying("7d")] * 15 + [dying("28d")] * 4 + [dying("180d")] * 20
    page = page_of(rows)
    lines = release(states(page.frame, page.grouping, WINDOWS), page.cover).lines

    assert [line.counts[State.DIED_BEFORE] for line in lines] == [0, 15, HELD, HELD, 40]
    assert [line.assessed for line in lines] == [80, 65, HELD, HELD, 40]


def test_few_who_are_not_due_yet_at_the_next_window_are_no_difference_either() -> None:
    late = seen(8, 2) | {f"state_{slug}": "not_due" for slug in ("28d", "90d", "180d")}
    later = seen(8, 2) | {f"state_{slug}": "not_due" for slug in ("90d", "180d")}
    page = page_of([HALVED] * 40 + [late] * 15 + [later] * 4)
    lines = release(completeness(page.frame, page.grouping, WINDOWS), page.cover).lines

    assert [line.due for line in lines] == [60, 60, 45, HELD, HELD]
    assert [line.alive_and_due for line in lines] == [60, 60, 45, HELD, HELD]


def test_the_total_may_tell_a_step_that_is_too_small_in_every_group() -> None:
    """In each of two groups 7 die between two windows: 14 together, which may be told."""
    rows = [
        row | {"category": slug}
        for slug in ("celiac", "cement")
        for row in [HALVED] * 40 + [dying("7d")] * 15 + [dying("28d")] * 7 + [dying("90d")] * 20
    ]
    lines = states_of(page_of(rows)).lines

    assert [line.counts[State.DIED_BEFORE] for line in lines] == [HELD, HELD, 40]


def test_a_median_is_held_back_with_its_number_of_pairs() -> None:
    page = page_of([seen(8, 2)] * 5 + [always("died_before")] * 40)
    (line,) = release(pain(page.frame, page.grouping, [AT_28], Floors()), page.cover).lines

    assert (line.n, line.before, line.after, line.change) == (HELD, HELD, HELD, HELD)


def test_quartiles_are_rounded_for_two_side_by_side_would_tell_a_count() -> None:
    """Of 15 changes the upper quartile is the mean of the 11th and the 12th.

    Shown as -1.5 it would say that exactly 11 fell by 2 points or more, and 4 didn't.
    """
    falls = [-5] * 3 + [-4] * 3 + [-3] * 3 + [-2] * 2 + [-1] + [0] * 3
    rows = [seen(8, 8 + fall) for fall in falls]
    open_page, page = page_of(rows, Policy(None)), page_of(rows)
    raw = pain(page.frame, page.grouping, [AT_28], Floors())

    (told,) = release(raw, open_page.cover).lines
    (line,) = release(raw, page.cover).lines

    assert told.change == Quartiles(-4, -3, -1.5)
    assert line.change == Quartiles(-4, -3, -2)


def test_quartiles_do_not_tell_on_which_side_of_the_floor_a_rounded_number_is() -> None:
    """8 pairs have a median alone, 12 have quartiles: both are shown as 10, so neither has them."""
    for pairs in (8, 12):
        page = page_of([seen(8, 2)] * pairs, Policy(8))
        (line,) = release(pain(page.frame, page.grouping, [AT_28], Floors()), page.cover).lines

        assert (line.n, line.change) == (10, Quartiles(None, -6, None))


@pytest.mark.parametrize("threshold", [5, 8, 11])
def test_a_rounded_part_is_never_more_than_its_whole(threshold: int) -> None:
    page = prepared(made_up(3, {"celiac": 90, "cement": 41}), threshold)
    for line in release(states(page.frame, page.grouping, WINDOWS), page.cover).lines:
        told = [n for n in (line.assessed, line.eligible, line.treated) if n is not HELD]
        assert told == sorted(told)
    found = responders(page.frame, page.grouping, WINDOWS, Floors())
    for bound in release(found, page.cover).lines:
        if bound.response is not HELD:
            assert bound.response.k <= bound.response.n == bound.n
            assert bound.response.k % 5 == bound.response.n % 5 == 0


def test_proportion_interval_and_bounds_are_those_of_the_rounded_counts() -> None:
    """18 of 32 assessed respond, 13 more aren't assessed: told as 15 of 30, and 15 more.

    So the parts add up: 18 and 14 are 15 and 15 of 30, 30 and 15 are the 45 alive and due.
    """
    rows = [HALVED] * 18 + [THE_SAME] * 14 + [always("alive_not_assessed")] * 13
    third = responders_of(rows)["nrs30"]

    assert third.response == proportion(15, 30, Floors())
    assert (third.n, third.unassessed) == (30, 15)
    assert (third.worst, third.best) == (15 / 45, 30 / 45)


def test_methadone_takers_are_held_back_on_both_sides() -> None:
    rows = [dosed(100, 50)] * 20 + [dosed(100, 50) | {"methadone": True}] * 3
    page = page_of([seen(8, 2) | row for row in rows])
    (line,) = release(medd_change(page.frame, page.grouping, [AT_28], Floors()), page.cover).lines

    assert line.complete == 25
    assert (line.methadone, line.without_methadone) == (HELD, HELD)
    assert line.change_without_methadone is HELD
    assert line.change_mg == Quartiles(-50, -50, -50)


def test_few_without_doses_are_not_what_the_treated_leave() -> None:
    """Of 57 treated 40 have complete pairs and 12 incomplete ones; 5 have none."""
    half = dosed(100, 50) | {"medd_complete_28d": False}
    rows = [dosed(100, 50)] * 40 + [half] * 12 + [{}] * 5
    page = page_of([seen(8, 2) | row for row in rows])
    (line,) = release(medd_change(page.frame, page.grouping, [AT_28], Floors()), page.cover).lines

    assert states_of(page).lines[0].treated == 55
    assert (line.neuraxial, line.complete, line.incomplete) == (0, 40, HELD)


def test_pairs_of_doses_do_not_tell_how_many_were_assessed() -> None:
    rows = [seen(8, 2) | dosed(100, 50)] * 50
    rows += [always("died_before")] * 25 + [always("alive_not_assessed")] * 3
    page = page_of(rows)
    (line,) = release(medd_change(page.frame, page.grouping, [AT_28], Floors()), page.cover).lines

    assert states_of(page).lines[0].assessed is HELD
    assert (line.complete, line.incomplete, line.change_percent) == (HELD, HELD, HELD)


def test_small_groups_stand_together_and_are_named() -> None:
    rows = [seen(8, 2)] * 60 + [seen(8, 2, "impar")] * 5 + [seen(8, 2, "cement")] * 8
    released = states_of(page_of(rows))

    assert [line.group for line in released.lines] == [CATEGORIES[0], FEW, ALL]
    assert {group.slug for group in released.pooled} == {"impar", "cement"}
    assert released.lines[1].treated == 15


def test_a_lone_small_group_takes_the_next_smallest_along() -> None:
    rows = [seen(8, 2)] * 60 + [seen(8, 2, "impar")] * 4 + [seen(8, 2, "cement")] * 30
    released = states_of(page_of(rows))

    assert {group.slug for group in released.pooled} == {"impar", "cement"}


@pytest.mark.parametrize("sizes", [(10, 10), (4,), (3, 3)])
def test_groups_whose_sum_would_give_them_away_are_wholly_held_back(
    sizes: tuple[int, ...],
) -> None:
    rows = [
        seen(8, 2, group.slug)
        for group, size in zip(CATEGORIES, sizes, strict=False)
        for _ in range(size)
    ]
    (line,) = states_of(page_of(rows)).lines

    assert {line.treated, line.eligible, line.assessed, *line.counts.values()} == {HELD}


def test_what_is_held_back_does_not_depend_on_the_window_looked_at() -> None:
    page = prepared(made_up(5, {"celiac": 200, "cement": 60}), 11)
    together = release(states(page.frame, page.grouping, WINDOWS), page.cover).lines
    one_by_one = [
        line
        for window in WINDOWS
        for line in release(states(page.frame, page.grouping, [window]), page.cover).lines
    ]

    assert list(together) == one_by_one


@pytest.mark.parametrize(
    ("parts", "safe"),
    [
        ((), True),
        ((4,), False),
        ((1, 1), False),
        ((4, 5), True),
        ((10, 10), False),
        ((3, 40), True),
    ],
)
def test_when_the_sum_of_hidden_parts_may_be_known(parts: tuple[int, ...], safe: bool) -> None:
    assert sum_is_safe(parts, POLICY) == safe


def test_a_held_cell_that_no_circle_passes_through_holds_back_the_whole_table() -> None:
    values = {("a", "x"): 1, ("a", "y"): 0, ("b", "x"): 20, ("b", "y"): 30}
    sheet = Sheet(values, {"x": "", "y": ""}, cost=lambda c: 1, room=lambda c: (0, 0))

    assert cover_cells(sheet, {("a", "x")}, 5) == {("a", "x"), ("b", "x"), ("b", "y")}


def test_a_circle_of_four_covers_a_held_cell() -> None:
    values = {(r, c): n for r in "abc" for c, n in (("x", 20), ("y", 30), ("z", 40))}
    values["a", "x"] = 3
    sheet = Sheet(values, dict.fromkeys("xyz", ""), values.__getitem__, lambda c: (10, 10))

    held = cover_cells(sheet, {("a", "x")}, 5)

    assert len(held) == 4
    assert {row for row, _ in held} == {"a", "b"}
    assert {column for _, column in held} == {"x", "y"}


def test_a_threshold_too_low_to_be_covered_is_refused() -> None:
    with pytest.raises(ValueError, match="5 or more"):
        Policy(4)


def test_the_note_says_what_is_held_back() -> None:
    assert Policy(8).note is not None
    assert "1 to 7, and" in str(Policy(8).note)
    assert "1 to 10 (11 and 12 too" in str(Policy(11).note)
    assert "rounded to the nearest 5" in str(Policy(8).note)
    assert Policy(None).note is None
    assert repr(HELD) == "HELD"


def test_the_dead_can_only_grow_and_the_made_up_data_know_it() -> None:
    rows = made_up(9, {"celiac": 80})
    page = prepared(rows)
    dead = [
        line.counts[State.DIED_BEFORE]
        for line in release(states(rows, page.grouping, WINDOWS), page.cover).lines
    ]

    assert all(isinstance(a, int) and isinstance(b, int) and a <= b for a, b in pairwise(dead))
