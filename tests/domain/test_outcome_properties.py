"""What holds of every course, however it was entered."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.opioids import (
    ConversionTable,
    DoseUnit,
    OpioidItem,
    Route,
    conversion_table,
    conversion_tables,
    convert,
)
from registry.domain.outcomes import (
    OutcomeRules,
    ProcedureOutcome,
    State,
    derive_doses,
    derive_outcomes,
)
from registry.domain.outcomes.relief import ReliefEnd
from registry.domain.timeline import AVERAGE_SELF, Timeline
from registry.domain.windows import WINDOWS
from tests.domain.courses import (
    RULES,
    VOIDED,
    on,
    timelines,
    without_answers_after_death,
)


def derive(timeline: Timeline) -> dict[UUID, ProcedureOutcome]:
    return derive_outcomes(timeline, RULES)


@given(timelines(), st.integers(0, 400))
def test_the_states_of_a_window_sum_to_all_treated(timeline: Timeline, asked: int) -> None:
    found = derive(timeline)
    for window in WINDOWS:
        counts = Counter(
            found[p.id].windows[window.slug].settled(p.on, on(asked)) for p in timeline.procedures
        )
        assert set(counts) <= set(State)
        assert counts.total() == len(timeline.procedures) == len(found)


@given(timelines(), st.randoms(use_true_random=False))
def test_the_order_of_entry_never_changes_an_outcome(
    timeline: Timeline, shuffler: random.Random
) -> None:
    shuffled = replace(
        timeline,
        procedures=tuple(shuffler.sample(timeline.procedures, len(timeline.procedures))),
        assessments=tuple(
            replace(a, scores=a.scores[::-1])
            for a in shuffler.sample(timeline.assessments, len(timeline.assessments))
        ),
        infusions=timeline.infusions[::-1],
    )
    assert derive(shuffled) == derive(timeline)


@given(timelines())
def test_deriving_twice_gives_the_same(timeline: Timeline) -> None:
    assert derive(timeline) == derive(timeline)


@given(timelines(), st.data())
def test_a_voided_procedure_leaves_no_trace_in_those_that_followed_it(
    timeline: Timeline, data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(timeline.procedures))
    voided = replace(timeline, procedures=tuple(p for p in timeline.procedures if p != gone))
    never = replace(
        voided,
        procedures=tuple(
            replace(p, follows=None) if p.follows in {gone.id, VOIDED} else p
            for p in voided.procedures
        ),
    )
    assert derive(voided) == derive(never)


@given(timelines())
def test_no_answer_is_used_after_death_or_made_up(timeline: Timeline) -> None:
    found = derive(timeline)
    assert found == derive(without_answers_after_death(timeline))
    for procedure in timeline.procedures:
        answers = {
            ((a.on - procedure.on).days, a.score(AVERAGE_SELF))
            for a in timeline.assessments
            if a.on <= (timeline.died_on or date.max)
        }
        for at in found[procedure.id].windows.values():
            assert (at.day, at.score) in {*answers, (None, None)}


@given(timelines())
def test_time_only_decides_the_undecided_and_ineligible_is_for_all_windows(
    timeline: Timeline,
) -> None:
    for procedure in timeline.procedures:
        windows = derive(timeline)[procedure.id].windows.values()
        early = [at.settled(procedure.on, procedure.on) for at in windows]
        late = [at.settled(procedure.on, on(400)) for at in windows]
        assert State.NOT_DUE not in late
        assert late.count(State.INELIGIBLE) in {0, len(WINDOWS)}
        for then, now in zip(early, late, strict=True):
            assert then == now or (then, now) == (State.NOT_DUE, State.ALIVE_NOT_ASSESSED)


@given(timelines())
def test_the_definitions_agree_where_one_implies_the_other(timeline: Timeline) -> None:
    for outcome in derive(timeline).values():
        for at in outcome.windows.values():
            assert (at.state is State.RESPONDER) == (at.nrs30 is True)
            assert (at.state is State.NON_RESPONDER) == (at.nrs30 is False)
            assert not at.nrs50 or at.nrs30
            assert not at.medd50 or at.medd30
            assert (at.composite is None) == (at.icpre2012 is None)
            assert at.medd30 is None or at.medd_change is not None


@given(timelines(), st.sampled_from(sorted(conversion_tables())))
def test_a_dose_is_the_same_whether_asked_for_alone_or_with_all_outcomes(
    timeline: Timeline, table_id: str
) -> None:
    table = conversion_table(table_id)
    outcomes = derive_outcomes(timeline, OutcomeRules(table))
    for procedure_id, doses in derive_doses(timeline, table).items():
        outcome = outcomes[procedure_id]
        assert doses == {
            "baseline": outcome.medd,
            **{slug: at.medd for slug, at in outcome.windows.items()},
        }


@given(timelines())
def test_relief_ends_with_what_came_first(timeline: Timeline) -> None:
    for outcome in derive(timeline).values():
        relief = outcome.relief
        if relief is None:
            continue
        ended = relief.from_day + relief.days
        assert relief.from_day >= 0
        assert relief.days >= 0
        assert ended <= min(
            day for day in (outcome.further_days, outcome.days_to_death, 10_000) if day is not None
        )
        if relief.end is ReliefEnd.STILL_RESPONDING:
            assert (outcome.further_days, outcome.days_to_death) == (None, None)
        if relief.end is ReliefEnd.DEATH:
            assert (ended, outcome.further_days) == (outcome.days_to_death, None)
        if relief.end is ReliefEnd.FURTHER_PROCEDURE:
            assert ended == outcome.further_days


PLAIN = [
    (table, drug, route, entry.per)
    for table in conversion_tables().values()
    for (drug, route), entry in table.factors.items()
    if len(entry.bands) == 1
]
DOSES = st.decimals("0.01", "500", places=2)


@settings(max_examples=300)
@given(st.sampled_from(PLAIN), DOSES, DOSES, st.integers(1, 50))
def test_converting_is_linear_in_dose_where_a_table_has_one_band(
    entry: tuple[ConversionTable, str, Route, DoseUnit], dose: Decimal, more: Decimal, times: int
) -> None:
    table, drug, route, unit = entry

    def mg(*amounts: Decimal) -> Decimal:
        return convert([OpioidItem(drug, route, a, unit) for a in amounts], table).total_mg

    assert mg(times * dose) == times * mg(dose)
    assert mg(dose, more) == mg(dose + more) == mg(dose) + mg(more)
