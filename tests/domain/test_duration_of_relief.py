"""How long relief lasted: from the first responding score, to relapse or to what came between."""

from __future__ import annotations

from itertools import permutations

import pytest

from registry.domain.outcomes import derive_outcomes
from registry.domain.outcomes.relief import Relief, ReliefEnd
from tests.domain.courses import PROCEDURE, RULES, course, done, outcome, seen


def relief(*scores: tuple[int, int], died: int | None = None, further: int | None = None) -> str:
    """Write the relief after a baseline of 8 as `from+days end`; empty without any."""
    procedures = [done(1, 0), *([done(2, further, "repeat")] if further is not None else [])]
    visits = [seen(day, score) for day, score in scores]
    timeline = course(seen(0, 8), *visits, procedures=procedures, died=died)
    found = derive_outcomes(timeline, RULES)[PROCEDURE].relief
    return f"{found.from_day}+{found.days} {found.end}" if found else ""


@pytest.mark.parametrize(
    ("scores", "died", "further", "expected"),
    [
        # 8 -> 5 responds by nrs30 (50 <= 56), 8 -> 6 doesn't
        ([(2, 5), (7, 3), (28, 6)], None, None, "2+26 relapse"),
        ([(2, 6), (7, 3), (28, 4)], None, None, "7+21 still_responding"),
        ([(7, 3)], None, None, "7+0 still_responding"),
        ([(2, 6), (7, 8)], None, None, ""),  # never responded
        ([], 30, None, ""),
        ([(7, 3), (28, 8), (35, 2)], None, None, "7+21 relapse"),  # the first relief counts
        ([(7, 3), (28, 8)], 40, None, "7+21 relapse"),  # relapsed before the death
        ([(7, 3), (28, 4)], 40, None, "7+33 death"),
        ([(7, 3)], 7, None, "7+0 death"),
        ([(7, 3), (28, 8)], 28, None, "7+21 relapse"),  # scored on the day of the death
        ([(7, 3), (28, 4)], None, 30, "7+23 further_procedure"),
        ([(7, 3), (28, 8)], None, 20, "7+13 further_procedure"),  # a score of the next procedure
        ([(28, 3)], None, 20, ""),  # that response is the next procedure's
        ([(7, 3), (20, 8)], None, 20, "7+13 relapse"),  # its baseline: relief had gone before it
        ([(7, 3), (20, 4)], None, 20, "7+13 further_procedure"),
        ([(20, 3)], None, 20, "20+0 further_procedure"),
        ([(7, 3)], 40, 30, "7+23 further_procedure"),
        ([(7, 3)], 30, 30, "7+23 further_procedure"),  # a procedure is for the living
        ([(1, 3)], None, 0, ""),  # done again the same day: nothing is the first one's
    ],
)
def test_relief_runs_from_the_first_response_to_what_ended_it(
    scores: list[tuple[int, int]], died: int | None, further: int | None, expected: str
) -> None:
    assert relief(*scores, died=died, further=further) == expected


def test_of_two_scores_on_a_day_the_worse_counts_whichever_was_entered_first() -> None:
    for scores in permutations([(7, 3), (28, 2), (28, 7)]):
        assert relief(*scores) == "7+21 relapse"
    for scores in permutations([(7, 3), (7, 7), (28, 2)]):
        assert relief(*scores) == "28+0 still_responding"


def test_a_score_on_the_day_itself_counts_only_if_made_after_the_procedure() -> None:
    before, after = seen(0, 8), seen(0, 2, after_procedure=True)
    assert outcome(before, after).relief == Relief(0, 0, ReliefEnd.STILL_RESPONDING)
    assert outcome(seen(0, 8), seen(-1, 2)).relief is None


def test_on_the_day_of_the_next_procedure_only_a_score_made_before_it_counts() -> None:
    procedures = [done(1, 0), done(2, 20, "repeat")]
    visits = [seen(0, 8), seen(7, 3), seen(20, 9, after_procedure=True)]
    found = derive_outcomes(course(*visits, procedures=procedures), RULES)
    assert found[PROCEDURE].relief == Relief(7, 13, ReliefEnd.FURTHER_PROCEDURE)


@pytest.mark.parametrize("baseline", [None, 0, 3])
def test_without_enough_pain_before_there_is_no_relief_to_measure(baseline: int | None) -> None:
    assert outcome(seen(0, baseline), seen(7, 0)).relief is None


def test_a_score_between_the_windows_counts_for_relief() -> None:
    found = outcome(seen(0, 8), seen(14, 3), seen(60, 8))
    assert found.relief == Relief(14, 46, ReliefEnd.RELAPSE)
    assert found.first_window is None


def test_worst_pain_opioids_and_proxies_start_and_end_no_relief() -> None:
    assert outcome(seen(0, 8, 9), seen(7, None, 0, regimen=())).relief is None
