"""What an assessment may say: scales, the order of pain scores, whose word it can be."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.drafts import AssessmentDraft
from registry.domain.instruments import PGIC_WORDS, peg_total
from registry.domain.rules import Bounds, check_assessment
from registry.domain.timeline import (
    INSTRUMENT_VALUES,
    Instrument,
    PainScore,
    PainType,
    Recall,
    Respondent,
    ScoreKind,
)

ON = date(2026, 1, 12)
TREATED = Bounds(date(1950, 5, 17), None, date(2026, 3, 2), treated_on=date(2026, 1, 5))

TYPES = [
    PainType(kind, Recall.NOW if kind is ScoreKind.NOW else recall, whose)
    for kind in ScoreKind
    for recall in (Recall.DAY, Recall.WEEK)
    for whose in Respondent
]


def score(kind: ScoreKind, value: int, whose: Respondent = Respondent.SELF) -> PainScore:
    recall = Recall.NOW if kind is ScoreKind.NOW else Recall.DAY
    return PainScore(PainType(kind, recall, whose), value)


def fields(bounds: Bounds = TREATED, **said: object) -> list[str]:
    draft = AssessmentDraft(assessed_on=ON, **said)  # type: ignore[arg-type]
    return [problem.field for problem in check_assessment(draft, bounds)]


@pytest.mark.parametrize(
    ("lower", "higher", "field"),
    [
        (ScoreKind.LEAST, ScoreKind.AVERAGE, "average_pain"),
        (ScoreKind.LEAST, ScoreKind.WORST, "worst_pain"),
        (ScoreKind.AVERAGE, ScoreKind.WORST, "worst_pain"),
        (ScoreKind.NOW, ScoreKind.WORST, "worst_pain"),
    ],
)
def test_the_higher_kind_is_never_below_the_lower(
    lower: ScoreKind, higher: ScoreKind, field: str
) -> None:
    assert fields(scores=(score(lower, 5), score(higher, 4))) == [field]
    assert fields(scores=(score(lower, 5), score(higher, 5))) == []
    assert fields(scores=(score(lower, 5, Respondent.PROXY), score(higher, 4))) == []


def test_kinds_without_an_order_are_not_held_against_each_other() -> None:
    assert fields(scores=(score(ScoreKind.AT_REST, 9), score(ScoreKind.ON_MOVEMENT, 1))) == []
    assert fields(scores=(score(ScoreKind.NOW, 1), score(ScoreKind.LEAST, 2))) == []


SCORES = st.lists(st.tuples(st.sampled_from(TYPES), st.integers(-1, 11)), max_size=8)


@given(SCORES, st.randoms(use_true_random=False))
def test_the_order_of_entry_never_changes_what_is_wrong(pairs: list, shuffling: object) -> None:  # type: ignore[type-arg]
    unique = dict(pairs)
    scores = [PainScore(kind, value) for kind, value in unique.items()]
    before = sorted(fields(scores=tuple(scores)))
    shuffling.shuffle(scores)  # type: ignore[attr-defined]
    assert sorted(fields(scores=tuple(scores))) == before


@pytest.mark.parametrize("instrument", list(Instrument))
def test_each_measure_keeps_to_its_scale(instrument: Instrument) -> None:
    allowed = INSTRUMENT_VALUES[instrument]
    for value in (min(allowed), max(allowed)):
        assert fields(**{instrument.value: value}) == []
    for value in (min(allowed) - 1, max(allowed) + 1):
        assert fields(**{instrument.value: value}) == [instrument.value]


@pytest.mark.parametrize("item", ["pgic", "peg_pain", "peg_enjoyment", "peg_activity"])
def test_change_and_peg_can_be_told_by_somebody_close_but_not_observed(item: str) -> None:
    assert fields(respondent=Respondent.PROXY, **{item: 3}) == []
    assert fields(respondent=Respondent.OBSERVED, **{item: 3}) == [item]
    assert fields(respondent=Respondent.OBSERVED, breakthrough=3) == []


def test_change_is_asked_only_after_a_procedure() -> None:
    never = Bounds(TREATED.born_on, None, TREATED.today)
    same_day = Bounds(TREATED.born_on, None, TREATED.today, treated_on=ON)
    later = Bounds(TREATED.born_on, None, TREATED.today, treated_on=date(2026, 2, 1))
    assert fields(pgic=3) == []
    assert fields(never, pgic=3) == fields(later, pgic=3) == fields(same_day, pgic=3) == ["pgic"]
    assert fields(same_day, pgic=3, after_procedure=True) == []


def test_the_peg_total_is_the_mean_of_all_three_or_nothing() -> None:
    items = {Instrument.PEG_PAIN: 5, Instrument.PEG_ENJOYMENT: 4, Instrument.PEG_ACTIVITY: 4}
    assert peg_total(items) == Fraction(13, 3)
    assert peg_total({**items, Instrument.AKPS: 50}) == Fraction(13, 3)
    for item in items:
        assert peg_total({k: v for k, v in items.items() if k is not item}) is None


def test_pgic_has_seven_words_from_better_to_worse() -> None:
    assert list(PGIC_WORDS) == [1, 2, 3, 4, 5, 6, 7]
    assert (PGIC_WORDS[1], PGIC_WORDS[4], PGIC_WORDS[7]) == (
        "very much better",
        "no change",
        "very much worse",
    )
