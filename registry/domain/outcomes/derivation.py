"""From a patient's timeline to what each procedure achieved.

Nothing here is typed in by anyone. `derive_outcomes` is pure: the same timeline gives the same
outcomes, in whatever order its events were entered and however often it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from registry.domain.opioids import Medd, medd_change
from registry.domain.outcomes.measures import Measures, pain_series
from registry.domain.outcomes.relief import Relief, measure_relief
from registry.domain.outcomes.responders import Doses, is_eligible, judge
from registry.domain.outcomes.same_pain import course_ids, find_further
from registry.domain.outcomes.states import decide
from registry.domain.outcomes.values import OutcomeRules, ProcedureOutcome, WindowOutcome
from registry.domain.timeline import (
    AVERAGE_SELF,
    Assessment,
    PainType,
    ProcedureEvent,
    Timeline,
    age_on,
)
from registry.domain.windows import BASELINE, Window

T = TypeVar("T")


def derive_outcomes(timeline: Timeline, rules: OutcomeRules) -> dict[UUID, ProcedureOutcome]:
    """Derive the outcome of every procedure on a timeline, by procedure id."""
    measures = Measures(timeline.assessments, rules.table, rules.pain, timeline.died_on)
    courses = course_ids(timeline.procedures)
    until = timeline.died_on or date.max
    last_seen = max((day.toordinal() for day in timeline.dates() if day <= until), default=0)
    outcomes = {}
    for procedure in sorted(timeline.procedures, key=lambda p: (p.on, p.id)):
        further = find_further(procedure, timeline.procedures, courses)
        case = _case(procedure, further, timeline, measures, rules, last_seen)
        outcomes[procedure.id] = _outcome(case, courses[procedure.id])
    return outcomes


def find_baseline(
    assessments: Iterable[Assessment], performed_on: date, pain: PainType = AVERAGE_SELF
) -> tuple[int, int] | None:
    """Find the baseline of a procedure on a day: its day counted from that one, and the score."""
    return pain_series(assessments, pain).baseline(performed_on.toordinal())


@dataclass(frozen=True, slots=True)
class _Case:
    """A procedure, the patient before it, and what befell the patient, in days counted from it."""

    procedure: ProcedureEvent
    age_years: int
    performed: int
    measures: Measures
    rules: OutcomeRules
    baseline: tuple[int, int] | None
    worst: int | None
    medd: Medd | None
    died: int | None
    further: int | None
    last_seen: int
    infusions: tuple[tuple[int, int], ...]

    @property
    def pain(self) -> int | None:
        """The baseline score."""
        return _value(self.baseline)

    def is_infused_by(self, day: int) -> bool:
        """Say whether an opioid ran spinally at any time from the baseline window to a day."""
        return any(since <= day and until >= BASELINE.opens for since, until in self.infusions)


def _case(
    procedure: ProcedureEvent,
    further: ProcedureEvent | None,
    timeline: Timeline,
    measures: Measures,
    rules: OutcomeRules,
    last_seen: int,
) -> _Case:
    performed = procedure.on.toordinal()
    regimen = _value(measures.regimens.baseline(performed))
    return _Case(
        procedure=procedure,
        age_years=age_on(timeline.birth_date, procedure.on),
        performed=performed,
        measures=measures,
        rules=rules,
        baseline=measures.pain.baseline(performed),
        worst=_value(measures.worst.baseline(performed)),
        medd=None if regimen is None else measures.medd(regimen),
        died=timeline.died_on.toordinal() - performed if timeline.died_on else None,
        further=further.on.toordinal() - performed if further else None,
        last_seen=last_seen - performed,
        infusions=tuple(
            (since.toordinal() - performed, (until or date.max).toordinal() - performed)
            for since, until in timeline.infusions
        ),
    )


def _outcome(case: _Case, course_id: UUID) -> ProcedureOutcome:
    windows = {w.slug: _at_window(case, w) for w in case.rules.windows}
    medds = [m for m in (case.medd, *(at.medd for at in windows.values())) if m is not None]
    last = max((w.closes for w in case.rules.windows), default=0)
    return ProcedureOutcome(
        procedure_id=case.procedure.id,
        course_id=course_id,
        age_years=case.age_years,
        baseline=case.pain,
        baseline_day=case.baseline[0] if case.baseline else None,
        worst=case.worst,
        akps=_value(case.measures.akps.baseline(case.performed)),
        ecog=_value(case.measures.ecog.baseline(case.performed)),
        medd=case.medd,
        days_to_death=case.died,
        windows=windows,
        methadone=any(m.methadone for m in medds),
        neuraxial=case.is_infused_by(last) or any(m.has_neuraxial for m in medds),
        first_window=_first_window(windows.values()),
        further_days=case.further,
        last_seen_days=case.last_seen,
        relief=_relief(case),
    )


def _at_window(case: _Case, window: Window) -> WindowOutcome:
    measures, performed = case.measures, case.performed
    day, score = measures.pain.nearest(window, performed) or (None, None)
    worst = _value(measures.worst.nearest(window, performed))
    asked, regimen = measures.regimens.nearest(window, performed) or (window.closes, None)
    medd = None if regimen is None else measures.medd(regimen)
    pain_pair, worst_pair = _pair(case.pain, score), _pair(case.worst, worst)
    doses = None if case.is_infused_by(asked) else _comparable(case.medd, medd)
    response = judge(pain_pair, worst_pair, doses, case.rules.floor)
    return WindowOutcome(
        window=window,
        state=decide(window, case.pain, score, case.died, case.rules.floor),
        day=day,
        score=score,
        change=_change(pain_pair),
        worst=worst,
        worst_change=_change(worst_pair),
        pgic=_value(measures.pgic.nearest(window, performed)),
        medd=medd,
        medd_change=medd_change(case.medd, medd),
        nrs30=response.nrs30,
        nrs50=response.nrs50,
        nrs2=response.nrs2,
        composite=response.composite,
        icpre2012=response.icpre2012,
        medd30=response.medd30,
        medd50=response.medd50,
    )


def _comparable(before: Medd | None, after: Medd | None) -> Doses | None:
    """Pair the MEDDs that tell whether less opioid was taken; None where they don't.

    Both must be wholly converted, and no opioid given spinally at either end: it has no agreed
    factor, and what moved from the mouth to a pump was not saved.
    """
    if before is None or after is None or not (before.complete and after.complete):
        return None
    if before.has_neuraxial or after.has_neuraxial:
        return None
    return before.total_mg, after.total_mg


def _first_window(windows: Iterable[WindowOutcome]) -> str | None:
    scored = (at.window for at in windows if at.score is not None)
    first = min(scored, key=lambda window: window.opens, default=None)
    return first.slug if first else None


def _relief(case: _Case) -> Relief | None:
    if case.pain is None or not is_eligible(case.pain, case.rules.floor):
        return None
    return measure_relief(
        case.pain, case.measures.pain, case.performed, died=case.died, further=case.further
    )


def _value(answer: tuple[int, T] | None) -> T | None:
    return answer[1] if answer else None


def _pair(before: int | None, after: int | None) -> tuple[int, int] | None:
    return None if before is None or after is None else (before, after)


def _change(pair: tuple[int, int] | None) -> int | None:
    return pair[1] - pair[0] if pair else None
