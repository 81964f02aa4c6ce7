"""What a procedure achieved, read off a timeline: hand-worked tables, edges and properties."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.opioids import DoseUnit, OpioidItem, Regimen, Route, conversion_table
from registry.domain.outcomes import OutcomeRules, ProcedureOutcome, State, derive_outcomes
from registry.domain.responders import nrs2, nrs30, nrs50
from registry.domain.timeline import (
    AVERAGE_SELF,
    WORST_SELF,
    Assessment,
    PainScore,
    PainType,
    ProcedureEvent,
    Recall,
    Respondent,
    ScoreKind,
    Timeline,
)
from registry.domain.windows import WINDOWS

DAY_0 = date(2026, 1, 5)
LONG_AFTER = date(2027, 1, 1)
PROCEDURE = UUID(int=1)
RULES = OutcomeRules(table=conversion_table("cdc-2016"))


def item(drug: str, dose: int, route: Route = Route.ORAL, unit: str = "mg") -> OpioidItem:
    return OpioidItem(drug, route, Decimal(dose), DoseUnit(unit), Decimal(1))


def seen(
    day: int,
    average: int | None = None,
    *,
    regimen: Regimen | None = None,
    akps: int | None = None,
    after_procedure: bool = False,
) -> Assessment:
    scores = () if average is None else (PainScore(AVERAGE_SELF, average),)
    return Assessment(DAY_0 + timedelta(days=day), scores, regimen, akps, after_procedure)


def outcome(*assessments: Assessment, died: int | None = None) -> ProcedureOutcome:
    timeline = Timeline(
        birth_date=date(1950, 1, 6),
        procedures=(ProcedureEvent(PROCEDURE, DAY_0, "coeliac-plexus", "therapeutic"),),
        assessments=assessments,
        died_on=None if died is None else DAY_0 + timedelta(days=died),
    )
    return derive_outcomes(timeline, RULES)[PROCEDURE]


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


@pytest.mark.parametrize(
    ("baseline", "score", "by30", "by50", "by2"),
    [
        (10, 7, True, False, True),
        (10, 8, False, False, True),
        (10, 5, True, True, True),
        (9, 6, True, False, True),
        (7, 5, False, False, True),
        (4, 3, False, False, False),
        (4, 2, True, True, True),
        (5, 5, False, False, False),
        (5, 7, False, False, False),
        (0, 0, False, False, False),
    ],
)
def test_the_responder_definitions_are_decided_in_whole_numbers(
    baseline: int, score: int, by30: bool, by50: bool, by2: bool
) -> None:
    assert (nrs30(baseline, score), nrs50(baseline, score), nrs2(baseline, score)) == (
        by30,
        by50,
        by2,
    )


def test_of_several_assessments_the_nearest_to_the_centre_counts_and_the_earlier_on_a_tie() -> None:
    found = outcome(seen(0, 8), seen(20, 1), seen(27, 3), seen(29, 5), seen(38, 7))
    assert (found.windows["28d"].score, found.windows["28d"].day) == (3, 27)


def test_the_last_word_before_the_procedure_is_the_baseline() -> None:
    assert outcome(seen(-7, 9), seen(-3, 7), seen(-1, 6)).baseline == 6


def test_one_visit_is_the_follow_up_of_one_procedure_and_the_baseline_of_the_next() -> None:
    second = UUID(int=2)
    timeline = Timeline(
        birth_date=date(1950, 1, 1),
        procedures=(
            ProcedureEvent(PROCEDURE, DAY_0, "coeliac-plexus", "therapeutic"),
            ProcedureEvent(second, DAY_0 + timedelta(days=28), "coeliac-plexus", "repeat"),
        ),
        assessments=(seen(0, 8), seen(28, 6)),
    )
    found = derive_outcomes(timeline, RULES)
    assert (found[PROCEDURE].windows["28d"].score, found[second].baseline) == (6, 6)


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
        seen(0, 8, regimen=(item("morphine", 120),)),
        seen(2, 5, regimen=(item("morphine", 60), item("alfentanil", 1, Route.SUBCUTANEOUS))),
        seen(7, 5, regimen=(item("morphine", 90),)),
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
    plain = outcome(seen(0, 8, regimen=(item("morphine", 120),)))
    assert (plain.methadone, plain.neuraxial) == (False, False)
    later = outcome(
        seen(0, 8, regimen=(item("morphine", 120),)),
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


@st.composite
def courses(draw: st.DrawFn) -> tuple[list[Assessment], int | None]:
    days = draw(st.lists(st.integers(-10, 220), max_size=14))
    died = draw(st.none() | st.integers(0, 230))
    visits = [
        seen(
            day,
            draw(st.none() | st.integers(0, 10)),
            regimen=draw(
                st.sampled_from([None, (), (item("morphine", 30),), (item("morphine", 90),)])
            ),
            akps=draw(st.sampled_from([None, 40, 60])),
            after_procedure=draw(st.booleans()),
        )
        for day in days
        if died is None or day <= died
    ]
    return visits, died


@given(courses(), st.integers(0, 400))
def test_each_procedure_is_in_exactly_one_state_at_every_window(
    course: tuple[list[Assessment], int | None], asked: int
) -> None:
    visits, died = course
    assert len(states(*visits, died=died, asked=asked)) == len(WINDOWS)


@given(courses(), st.randoms(use_true_random=False))
def test_the_order_of_entry_never_changes_an_outcome(
    course: tuple[list[Assessment], int | None], shuffler: random.Random
) -> None:
    visits, died = course
    shuffled = visits.copy()
    shuffler.shuffle(shuffled)
    assert outcome(*visits, died=died) == outcome(*shuffled, died=died)


@given(courses())
def test_ineligible_is_ineligible_at_every_window_and_time_only_decides_the_undecided(
    course: tuple[list[Assessment], int | None],
) -> None:
    visits, died = course
    late = states(*visits, died=died, asked=400)
    assert "-" not in late
    assert ("I" in late) == (late == "IIIII")
    early = states(*visits, died=died, asked=0)
    assert early.replace("-", "A") == late


@given(courses())
def test_nothing_is_imputed_after_death(course: tuple[list[Assessment], int | None]) -> None:
    visits, died = course
    found = outcome(*visits, died=died)
    for at in found.windows.values():
        if died is not None and at.day is not None:
            assert at.day <= died


def test_worst_pain_is_compared_with_worst_pain_where_it_is_asked_for() -> None:
    visit = Assessment(DAY_0, (PainScore(AVERAGE_SELF, 5), PainScore(WORST_SELF, 9)))
    week = Assessment(DAY_0 + timedelta(days=7), (PainScore(WORST_SELF, 3),))
    timeline = Timeline(
        birth_date=date(1950, 1, 1),
        procedures=(ProcedureEvent(PROCEDURE, DAY_0, "coeliac-plexus", "therapeutic"),),
        assessments=(visit, week),
    )
    rules = OutcomeRules(table=RULES.table, pain=WORST_SELF)
    at = derive_outcomes(timeline, rules)[PROCEDURE].windows["7d"]
    assert (at.score, at.change, at.state) == (3, -6, State.RESPONDER)
