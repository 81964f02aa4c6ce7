"""What a procedure achieved, read off a timeline: hand-worked tables and edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from registry.domain.opioids import Regimen, Route, conversion_table
from registry.domain.outcomes import OutcomeRules, State, derive_outcomes
from registry.domain.timeline import (
    WORST_SELF,
    Assessment,
    PainScore,
    PainType,
    Recall,
    Respondent,
    ScoreKind,
)
from registry.domain.windows import WINDOWS
from tests.domain.courses import (
    DAY_0,
    PROCEDURE,
    RULES,
    course,
    done,
    item,
    morphine,
    outcome,
    seen,
)

LONG_AFTER = date(2027, 1, 1)


def states(*assessments: Assessment, died: int | None = None, asked: int = 400) -> str:
    """Write the five windows' states by their initials, as of a day."""
    found = outcome(*assessments, died=died)
    as_of = DAY_0 + timedelta(days=asked)
    initials = {
        State.RESPONDER: "R",
        State.NON_RESPONDER: "N",
        State.DIED_BEFORE: "D",
        State.ALIVE_NOT_ASSESSED: "A",
        State.NOT_DUE: "-",
        State.INELIGIBLE: "I",
    }
    return "".join(initials[found.windows[w.slug].settled(DAY_0, as_of)] for w in WINDOWS)


@pytest.mark.parametrize(
    ("assessments", "died", "asked", "expected"),
    [
        # windows: 48h (1-3), 7d (4-10), 28d (18-38), 90d (69-111), 180d (150-210)
        ((seen(0, 8), seen(2, 4), seen(7, 6), seen(28, 5)), None, 400, "RNRAA"),
        ((seen(0, 8), seen(2, 4), seen(28, 8)), 60, 400, "RANDD"),
        ((seen(0, 8),), 2, 400, "DDDDD"),
        ((seen(0, 8),), 3, 400, "DDDDD"),  # on the window's last day
        ((seen(0, 8), seen(4, 4), seen(18, 4), seen(210, 4)), None, 400, "ARRAR"),
        ((seen(0, 8), seen(38, 4), seen(69, 4), seen(211, 4)), None, 400, "AARRA"),
        ((seen(0, 8), seen(2, 4)), 3, 400, "RDDDD"),  # assessed, then died in the same window
        ((seen(0, 8),), 4, 400, "ADDDD"),  # alive for the whole 48 h window, died on day 4
        ((seen(0, 8),), None, 3, "-----"),  # on the window's last day it can still be had
        ((seen(0, 8),), None, 4, "A----"),
        ((seen(0, 8), seen(2, 3)), None, 2, "R----"),  # assessed in a window that is still open
        ((seen(0, 3), seen(7, 0)), 30, 400, "IIIII"),  # too little pain to relieve
        ((seen(0, 0), seen(7, 0)), None, 400, "IIIII"),  # no percentage of nothing
        ((seen(7, 0),), None, 400, "IIIII"),  # no baseline
        ((seen(-8, 8), seen(7, 0)), None, 400, "IIIII"),  # a baseline too old to be one
        ((seen(-7, 8), seen(7, 0)), None, 400, "ARAAA"),
        ((seen(0, 8, after_procedure=True), seen(7, 0)), None, 400, "IIIII"),
        ((seen(0, 4), seen(7, 3)), None, 400, "ANAAA"),  # 25 % is no 30 %
    ],
)
def test_every_window_is_in_the_state_a_person_would_give_it(
    assessments: tuple[Assessment, ...], died: int | None, asked: int, expected: str
) -> None:
    assert states(*assessments, died=died, asked=asked) == expected


def test_of_several_assessments_the_nearest_to_the_centre_counts_and_the_earlier_on_a_tie() -> None:
    found = outcome(seen(0, 8), seen(20, 1), seen(27, 3), seen(29, 5), seen(38, 7))
    assert (found.windows["28d"].score, found.windows["28d"].day) == (3, 27)


def test_the_last_word_before_the_procedure_is_the_baseline() -> None:
    assert outcome(seen(-7, 9), seen(-3, 7), seen(-1, 6)).baseline == 6


def test_one_visit_is_the_follow_up_of_one_procedure_and_the_baseline_of_the_next() -> None:
    timeline = course(seen(0, 8), seen(28, 6), procedures=[done(1, 0), done(2, 28, "repeat")])
    found = derive_outcomes(timeline, RULES)
    assert (found[PROCEDURE].windows["28d"].score, found[UUID(int=2)].baseline) == (6, 6)


@pytest.mark.parametrize(
    "other",
    [
        PainType(ScoreKind.WORST, Recall.DAY, Respondent.SELF),
        PainType(ScoreKind.AVERAGE, Recall.WEEK, Respondent.SELF),
        PainType(ScoreKind.AVERAGE, Recall.DAY, Respondent.PROXY),
        PainType(ScoreKind.AVERAGE, Recall.DAY, Respondent.OBSERVED),
    ],
)
def test_a_score_of_another_kind_never_stands_in(other: PainType) -> None:
    week = Assessment(DAY_0 + timedelta(days=7), (PainScore(other, 1),))
    found = outcome(seen(0, 8), week)
    assert found.windows["7d"].score is None
    assert found.windows["7d"].settled(DAY_0, LONG_AFTER) is State.ALIVE_NOT_ASSESSED


def test_medd_is_read_before_and_after_and_changes_only_where_both_ends_are_whole() -> None:
    found = outcome(
        seen(0, 8, regimen=morphine(120)),
        seen(2, 5, regimen=(item("morphine", 60), item("alfentanil", 1, Route.SUBCUTANEOUS))),
        seen(7, 5, regimen=morphine(90)),
        seen(28, 5, regimen=()),
        seen(90, 5),
    )
    assert found.medd is not None
    assert found.medd.total_mg == 120
    changes = {slug: at.medd_change for slug, at in found.windows.items()}
    assert changes == {"48h": None, "7d": -30.0, "28d": -120.0, "90d": None, "180d": None}
    partial = found.windows["48h"].medd
    assert partial is not None
    assert (partial.total_mg, partial.complete) == (60, False)


def test_methadone_and_neuraxial_opioid_are_flagged_wherever_they_are_taken() -> None:
    plain = outcome(seen(0, 8, regimen=morphine(120)))
    assert (plain.methadone, plain.neuraxial) == (False, False)
    later = outcome(
        seen(0, 8, regimen=morphine(120)),
        seen(
            7,
            3,
            regimen=(
                item("methadone", 20),
                item("morphine", 1, Route.INTRATHECAL, "mg/24h"),
            ),
        ),
    )
    assert (later.methadone, later.neuraxial) == (True, True)
    after = later.windows["7d"].medd
    assert after is not None
    assert after.total_mg == 80  # the pump's milligram is in no total


def test_age_counts_completed_years() -> None:
    assert outcome().age_years == 75  # the birthday is the day after


def test_worst_pain_is_compared_with_worst_pain_where_it_is_asked_for() -> None:
    rules = replace(RULES, pain=WORST_SELF)
    found = derive_outcomes(course(seen(0, 5, 9), seen(7, None, 3)), rules)
    at = found[PROCEDURE].windows["7d"]
    assert (at.score, at.change, at.state) == (3, -6, State.RESPONDER)


def test_function_before_and_the_impression_after_are_read_the_worse_of_a_day() -> None:
    visits = [
        seen(-2, akps=70, ecog=1),
        seen(-1, akps=60, ecog=2),
        seen(-1, akps=50, ecog=3),
        seen(7, pgic=2),
        seen(7, pgic=3),
        seen(0, akps=20, ecog=4, after_procedure=True),
    ]
    for order in permutations(visits):
        found = outcome(*order)
        assert (found.akps, found.ecog) == (50, 3)
        assert found.windows["7d"].pgic == 3
        assert found.windows["28d"].pgic is None


def test_the_first_window_with_a_score_is_told_from_the_later_ones() -> None:
    assert outcome(seen(0, 8)).first_window is None
    assert outcome(seen(0, 8), seen(30, 8), seen(90, 2), seen(7, None, 5)).first_window == "28d"


@pytest.mark.parametrize(
    ("infused", "flagged"), [(-8, False), (-7, True), (100, True), (210, True), (211, False)]
)
def test_a_pump_on_record_between_baseline_and_the_last_window_is_flagged(
    infused: int, flagged: bool
) -> None:
    assert outcome(seen(0, 8), infusions=[infused]).neuraxial is flagged


def test_of_two_regimens_on_a_day_the_heavier_counts_whichever_was_entered_first() -> None:
    unconverted = item("alfentanil", 1, Route.SUBCUTANEOUS)
    regimens: list[Regimen] = [morphine(60), morphine(90), (item("morphine", 90), unconverted)]
    for order in permutations(regimens):
        medd = outcome(*(seen(7, regimen=regimen) for regimen in order)).windows["7d"].medd
        assert medd is not None
        assert (medd.total_mg, medd.complete) == (90, False)


def test_another_table_changes_both_ends_of_every_change() -> None:
    timeline = course(
        seen(0, 8, regimen=(item("tramadol", 200),)), seen(7, 4, regimen=(item("tramadol", 100),))
    )
    changes = {}
    for table in ("cdc-2016", "cdc-2022"):
        found = derive_outcomes(timeline, replace(RULES, table=conversion_table(table)))
        changes[table] = found[PROCEDURE].windows["7d"].medd_change
    assert changes == {"cdc-2016": -10.0, "cdc-2022": -20.0}


def test_a_dose_that_is_not_whole_never_loses_to_a_smaller_one_of_its_day() -> None:
    """Methadone has no factor there: a total of 0 is a lower bound, not the smaller dose."""
    methadone: Regimen = (item("methadone", 30),)
    rules = OutcomeRules(conversion_table("anzca-2021"))
    timeline = course(seen(-1, 8, regimen=methadone), seen(-1, 8, regimen=morphine(60)))
    (found,) = derive_outcomes(timeline, rules).values()
    assert found.medd is not None
    assert (found.medd.complete, found.methadone) == (False, True)
