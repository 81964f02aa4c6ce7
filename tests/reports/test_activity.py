from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from reports.disclosure import HELD
from reports.disclosure.activity import ReleasedCross, release_cross, release_waiting, release_work
from reports.frames import OutcomeFrame
from reports.groups import ALL, Group, grouping
from reports.stats.activity import (
    Cross,
    CrossRow,
    across,
    across_groups,
    waiting_of,
    waiting_of_groups,
    work,
)
from reports.stats.activity_parts import (
    AGE,
    DIAGNOSIS,
    INTENT,
    MISSING,
    PERFORMANCE,
    SEX,
    SOON,
    UNTIL_DEATH,
    WHO,
    Dimension,
)
from reports.stats.activity_periods import MOST_PERIODS, long_enough, periods
from reports.stats.intervals import Floors, Quartiles
from tests.reports.cases import CATEGORIES, frame, made_up, page_of

CUT_OFF = date(2026, 11, 3)
PLENTY = made_up(4, {"celiac": 60, "cordotomy": 60})
COVERS = {threshold: page_of(PLENTY, threshold).cover for threshold in (5, 8, 11)}
ROOMY = COVERS[11]
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "category": st.sampled_from([group.slug for group in CATEGORIES]),
            "performed_on": st.dates(date(2022, 1, 1), CUT_OFF),
            "age_years": st.none() | st.integers(18, 104),
            "sex": st.sampled_from(["female", "male", "other", "unknown", None]),
            "diagnosis_group": st.sampled_from(["lung", "breast", "cns", None, "not on the list"]),
            "akps": st.none() | st.integers(1, 10).map(lambda n: 10 * n),
            "days_to_death": st.none() | st.integers(0, 400),
            "referral_days": st.none() | st.integers(0, 60),
        }
    ),
    max_size=60,
)


def split(rows: OutcomeFrame, by: Dimension) -> dict[str, int]:
    """Count each part over all procedures."""
    found = across_groups(rows, grouping(rows, "category", CATEGORIES), by)
    return {part.label: n for part, n in zip(found.parts, found.total.counts, strict=True) if n}


def test_ages_fall_into_bands_by_completed_years_and_missing_is_a_band() -> None:
    ages = [18, 49, 50, 64, 65, 74, 75, 84, 85, 101, None]

    assert split(frame({"age_years": age} for age in ages), AGE) == {
        "Under 50": 2,
        "50 to 64": 2,
        "65 to 74": 2,
        "75 to 84": 2,
        "85 and over": 2,
        "Not recorded": 1,
    }


def test_performance_falls_into_bands_of_akps() -> None:
    levels = [10, 30, 40, 50, 60, 70, 80, 100, None]
    found = split(frame({"akps": level} for level in levels), PERFORMANCE)

    assert list(found.values()) == [2, 2, 2, 2, 1]
    assert list(found)[-1] == "Not recorded"


def test_sex_and_diagnosis_say_what_is_not_recorded_and_lose_no_unknown_word() -> None:
    rows = frame(
        {"sex": sex, "diagnosis_group": diagnosis}
        for sex, diagnosis in (("female", "lung"), ("male", "made-up"), (None, None))
    )

    assert split(rows, SEX) == {"Female": 1, "Male": 1, "Not recorded": 1}
    assert split(rows, DIAGNOSIS) == {"Lung": 1, "Not on the list": 1, "Not recorded": 1}


def test_the_bounds_of_the_bands_until_death_lie_in_the_nearer_band() -> None:
    days = [0, 7, 8, 28, 29, 90, 91, 180, 181, 900, None]
    rows = frame({"days_to_death": day} for day in days)

    assert list(split(rows, UNTIL_DEATH).values()) == [2, 2, 2, 2, 2, 1]
    assert list(split(rows, SOON).values()) == [4, 2, 5]


def test_one_patient_with_several_procedures_counts_once_in_patients() -> None:
    rows = frame(
        [
            {"patient_id": "a", "agent_classes": ["alcohol", "steroid"]},
            {"patient_id": "a", "agent_classes": ["alcohol"]},
            {"patient_id": "a", "agent_classes": [], "category": "cordotomy"},
            {"patient_id": "b", "agent_classes": None, "category": "cordotomy"},
        ]
    )
    celiac, cordotomy, whole = work(rows, grouping(rows, "category", CATEGORIES))

    assert (celiac.procedures, celiac.patients, celiac.without_agent) == (2, 1, 0)
    assert {agent.slug: n for agent, n in celiac.agents.items()} == {"steroid": 1, "alcohol": 2}
    assert (cordotomy.procedures, cordotomy.patients, cordotomy.without_agent) == (2, 2, 2)
    assert (whole.group, whole.procedures, whole.patients) == (ALL, 4, 2)


def test_waits_are_the_quantiles_of_r() -> None:
    """By hand in R 4.2.2, with ties; two more have no date.

    d <- c(0, 1, 1, 2, 3, 3, 4, 4, 5, 6, 6, 6, 7, 8, 8, 9, 10, 11, 12, 13, 14, 15, 17, 20, 21, 25,
           28, 33, 41, 60)
    quantile(d, c(.25, .5, .75, .9), type = 7)  # 4.25 8.50 16.50 28.50
    """
    days = [0, 1, 1, 2, 3, 3, 4, 4, 5, 6, 6, 6, 7, 8, 8, 9, 10, 11, 12, 13, 14, 15, 17, 20, 21, 25]
    rows = frame({"referral_days": d} for d in [*days, 28, 33, 41, 60, None, None])
    (found,) = waiting_of_groups(rows, grouping(rows, "category", CATEGORIES), Floors()).rows

    assert (found.recorded, found.missing) == (30, 2)
    assert found.days == Quartiles(4.25, 8.5, 16.5)
    assert found.most == pytest.approx(28.5)


def test_a_ninetieth_percentile_needs_thirty_and_quartiles_ten() -> None:
    rows = frame({"referral_days": d} for d in range(29))
    few = frame({"referral_days": d} for d in (3, 9))

    assert waiting_of(rows, SEX, Floors()).rows[0].most is None
    assert waiting_of(few, SEX, Floors()).rows[0].days == Quartiles(None, 6, None)


def test_nobody_referred_is_said_rather_than_a_wait_of_none() -> None:
    rows = frame([{}] * 3)
    (found,) = waiting_of_groups(rows, grouping(rows, "category", CATEGORIES), Floors()).rows

    assert (found.recorded, found.missing, found.days, found.most) == (0, 3, None, None)
    assert waiting_of(frame([]), DIAGNOSIS, Floors()).rows == ()


def test_only_those_with_ninety_days_behind_them_are_asked_about_death() -> None:
    days = [CUT_OFF - timedelta(days=d) for d in (89, 90, 91)]

    assert long_enough(frame({"performed_on": day} for day in days), CUT_OFF).height == 2


def labels_of(rows: OutcomeFrame, smallest: int = 1) -> list[str]:
    return [part.label for part in periods(rows, CUT_OFF, smallest).parts]


def on(*days: date) -> OutcomeFrame:
    return frame({"performed_on": day} for day in days)


def test_periods_are_half_years_and_the_last_says_that_it_is_not_over() -> None:
    rows = on(date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 2))
    found = across(rows, periods(rows, CUT_OFF), SEX)

    assert labels_of(rows) == ["Jan-Jun 2025", "Jul-Dec 2025", "2026, so far"]
    assert [row.n for row in found.rows] == [2, 1, 1]


def test_small_periods_join_and_many_become_years() -> None:
    one, many = [date(2025, 2, 1)] * 12, [date(2025, 8, 1)] * 3
    years = [date(2010 + i, 3, 1) for i in range(16) for _ in range(2)]

    assert labels_of(on(*one, *many), 10) == ["2025"]
    assert labels_of(on(*[date(2023 + i, 3 + 6 * j, 1) for i in range(4) for j in range(2)])) == [
        "2023",
        "2024",
        "2025",
        "2026, so far",
    ]
    assert len(labels_of(on(*years))) == MOST_PERIODS
    assert labels_of(on(*years))[0] == "Jan 2010-Dec 2020"
    assert labels_of(frame([])) == []


@given(PEOPLE, st.integers(0, 999))
@settings(max_examples=60, deadline=None)
def test_every_split_sums_to_all_whatever_the_order(
    people: list[dict[str, Any]], seed: int
) -> None:
    rows = frame(people)
    mixed = OutcomeFrame(rows.sample(fraction=1.0, shuffle=True, seed=seed))
    groups = grouping(rows, "category", CATEGORIES)

    for by in (*WHO, INTENT, UNTIL_DEATH, SOON, periods(rows, CUT_OFF)):
        found = across_groups(rows, groups, by)
        assert found.total.n == rows.height
        assert [row.n for row in found.rows] == [
            rows.filter(pl.col("category") == row.head.slug).height for row in found.rows
        ]
        assert found == across_groups(mixed, groups, by)
        assert across(rows, by, SEX).total.n == rows.height
    waits = waiting_of_groups(rows, groups, Floors())
    assert waits == waiting_of_groups(mixed, groups, Floors())
    assert all(row.recorded + row.missing > 0 for row in waits.rows)
    assert sum(row.procedures for row in work(rows, groups) if row.group != ALL) == rows.height


def crossed(table: Sequence[Sequence[int]]) -> Cross:
    parts = tuple(Group(str(j), str(j)) for j in range(len(table[0])))
    rows = tuple(CrossRow(Group(f"g{i}", f"g{i}"), tuple(row)) for i, row in enumerate(table))
    return Cross(parts, rows)


def test_a_small_part_takes_another_of_its_row_and_of_its_column_along() -> None:
    found = release_cross(crossed([[3, 60, 40], [50, 70, 30], [80, 20, 90]]), ROOMY)
    held = {(i, j) for i, k in enumerate(found.lines) for j, n in enumerate(k.counts) if n is HELD}

    assert (0, 0) in held
    assert len([j for i, j in held if i == 0]) >= 2
    assert len([i for i, j in held if j == 0]) >= 2


def test_shares_make_one_where_every_part_is_shown() -> None:
    (line,) = release_cross(crossed([[33, 38]]), ROOMY).lines

    assert (line.n, line.counts) == (70, (35, 40))
    assert sum(s for s in line.shares if isinstance(s, float)) == pytest.approx(1)


def test_of_too_few_procedures_not_even_what_they_have_is_told() -> None:
    rows = frame([{"diagnosis_group": "cns", "agent_classes": ["phenol"]}] * 4)
    page = page_of(rows, 11)
    found = release_cross(across_groups(page.frame, page.grouping, DIAGNOSIS), page.cover)
    waits = release_waiting(waiting_of(rows, DIAGNOSIS, Floors()), page.cover)
    done = release_work(work(page.frame, page.grouping), page.cover)

    assert (found.parts, found.lines, found.total.n) == ((), (), HELD)
    assert (waits.lines, waits.too_few) == ((), True)
    assert done.agents == ()
    assert {line.procedures for line in done.lines} == {HELD}


def test_a_wait_is_held_back_with_the_number_behind_it() -> None:
    rows = frame([{"referral_days": 5, "sex": "female"}] * 4 + [{"sex": "female"}] * 60)
    (found,) = release_waiting(waiting_of(rows, SEX, Floors()), ROOMY).lines

    assert (found.recorded, found.missing, found.days, found.most) == (HELD,) * 4


TABLES = st.integers(2, 5).flatmap(
    lambda wide: st.lists(
        st.lists(st.integers(0, 45), min_size=wide, max_size=wide), min_size=1, max_size=5
    )
)


@given(TABLES, st.sampled_from([5, 8, 11]))
@settings(max_examples=50, deadline=None)
def test_no_cell_that_is_held_back_can_be_worked_out(
    table: list[list[int]], threshold: int
) -> None:
    """A solver looks for the least and the greatest value of each held cell: never the same.

    It knows the threshold, how counts are rounded, and that what is held back isn't none.
    """
    released = release_cross(crossed(table), COVERS[threshold])
    for i, line in enumerate(released.lines):
        for j, n in enumerate(line.counts):
            if n is HELD and table[i][j]:
                assert reach(released, threshold, i, j) > 0


def reach(released: ReleasedCross, threshold: int, i: int, j: int) -> float:
    """Give how far apart the values are that a cell can have, by all that is shown."""
    wide, lines = len(released.parts), released.lines
    places = np.arange(wide * len(lines)).reshape(len(lines), wide)
    known = [(places[row], line.n) for row, line in enumerate(lines)]
    known += [(places[:, at], n) for at, n in enumerate(released.total.counts)]
    known += [(places.ravel(), released.total.n)]
    limits = []
    for own, n in known:
        if n is not HELD:
            sums = np.zeros(places.size)
            sums[own] = 1
            limits.append(LinearConstraint(sums, *ends(n, threshold)))
    low, high = np.zeros(places.size), np.full(places.size, 10_000)
    for row, line in enumerate(lines):
        for at, n in enumerate(line.counts):
            if n is not HELD:
                low[places[row, at]], high[places[row, at]] = ends(n, threshold)
            elif line.n is not HELD:
                low[places[row, at]] = 1
    aim = np.zeros(places.size)
    aim[places[i, j]] = 1
    least, most = (
        milp(sign * aim, constraints=limits, bounds=Bounds(low, high), integrality=aim * 0 + 1)
        for sign in (1, -1)
    )
    return float(-most.fun - least.fun)


def ends(shown: int, threshold: int) -> tuple[int, int]:
    """Give the least and the greatest count that is shown as this one."""
    return (max(shown - 2, threshold), shown + 2) if shown else (0, 0)


def test_what_is_not_recorded_comes_last_in_every_split() -> None:
    assert all(by.parts[-1] == MISSING for by in WHO)


def test_the_same_split_of_a_random_series_is_that_of_plain_counting() -> None:
    chance = random.Random(2)
    people = [
        {"sex": chance.choice(["female", "male"]), "age_years": chance.randint(30, 95)}
        for _ in range(300)
    ]
    rows = frame(people)
    found = across(rows, SEX, AGE)
    women = next(row for row in found.rows if row.head.slug == "female")

    assert women.counts[found.parts.index(AGE.parts[3])] == sum(
        p["sex"] == "female" and 75 <= int(str(p["age_years"])) <= 84 for p in people
    )
