"""From a patient's timeline to what each procedure achieved.

Nothing here is typed in by anyone. `derive_outcomes` is pure: the same timeline gives the same
outcomes, in whatever order its events were entered and however often it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TypeVar
from uuid import UUID

from registry.domain.opioids import ConversionTable, Medd, Regimen, convert, medd_change
from registry.domain.responders import nrs2, nrs30, nrs50
from registry.domain.timeline import (
    AVERAGE_SELF,
    Assessment,
    PainType,
    ProcedureEvent,
    Timeline,
    age_on,
)
from registry.domain.windows import BASELINE, WINDOWS, Window

T = TypeVar("T")


class State(StrEnum):
    """Where a treated patient stands at a window; each is in exactly one state."""

    RESPONDER = "responder"
    NON_RESPONDER = "non_responder"
    DIED_BEFORE = "died_before"
    ALIVE_NOT_ASSESSED = "alive_not_assessed"
    NOT_DUE = "not_due"
    INELIGIBLE = "ineligible"


@dataclass(frozen=True, slots=True)
class OutcomeRules:
    """What a derivation depends on besides the timeline.

    `floor` is the lowest baseline score with which a patient can be judged: below it there is too
    little pain to relieve. `pain` is the one type of score that is compared.
    """

    table: ConversionTable
    floor: int = 4
    pain: PainType = AVERAGE_SELF
    windows: tuple[Window, ...] = WINDOWS


@dataclass(frozen=True, slots=True)
class WindowOutcome:
    """One procedure at one window.

    `state` is by `nrs30`. It is None while nothing has decided it: the patient isn't known to have
    died and hasn't been assessed. `settled` turns that into `not_due` or `alive_not_assessed`,
    which depends on the day one asks and so is never stored. `score`, `change` and the responder
    flags are the average, 24 h, self-reported NRS; `medd` is the systemic oral morphine
    equivalent, mg/24 h, and `medd_change` exists only where both ends are wholly converted.
    """

    window: Window
    state: State | None
    day: int | None = None
    score: int | None = None
    change: int | None = None
    nrs30: bool | None = None
    nrs50: bool | None = None
    nrs2: bool | None = None
    medd: Medd | None = None
    medd_change: float | None = None

    def settled(self, performed_on: date, as_of: date) -> State:
        """Give the state as it stands on `as_of`: a window still open is `not_due`."""
        return settle(self.state, self.window, performed_on, as_of)


def settle(state: State | None, window: Window, performed_on: date, as_of: date) -> State:
    """Decide an undecided state: not due until the window has closed, then not assessed."""
    if state is not None:
        return state
    if as_of <= window.closes_on(performed_on):
        return State.NOT_DUE
    return State.ALIVE_NOT_ASSESSED


@dataclass(frozen=True, slots=True)
class ProcedureOutcome:
    """What one procedure achieved, at every window.

    `methadone` and `neuraxial` say that such an opioid was taken at baseline or at any window:
    methadone's banded factors jump, and neuraxial doses have no agreed factor.
    """

    procedure_id: UUID
    age_years: int
    baseline: int | None
    baseline_day: int | None
    akps: int | None
    medd: Medd | None
    days_to_death: int | None
    windows: dict[str, WindowOutcome] = field(default_factory=dict)
    methadone: bool = False
    neuraxial: bool = False


def derive_outcomes(timeline: Timeline, rules: OutcomeRules) -> dict[UUID, ProcedureOutcome]:
    """Derive the outcome of every procedure on a timeline, by procedure id."""
    medd_of = _medd_reader(rules.table)
    return {
        p.id: _derive(p, timeline, rules, medd_of)
        for p in sorted(timeline.procedures, key=lambda p: (p.on, p.id))
    }


MeddReader = Callable[[Regimen], Medd]


def _medd_reader(table: ConversionTable) -> MeddReader:
    """Convert each regimen of a timeline once, however many windows it serves."""

    @cache
    def read(regimen: Regimen) -> Medd:
        return convert(regimen, table)

    return read


def _derive(
    procedure: ProcedureEvent, timeline: Timeline, rules: OutcomeRules, medd_of: MeddReader
) -> ProcedureOutcome:
    dated = _counted_from(procedure.on, timeline.assessments)
    before = _before(dated)
    scored = _nearest(BASELINE, before, lambda a: a.score(rules.pain), float)
    dosed = _nearest(BASELINE, before, lambda a: a.regimen, lambda r: float(medd_of(r).total_mg))
    function = _nearest(BASELINE, before, lambda a: a.akps, lambda akps: -akps)
    baseline = scored[1] if scored else None
    medd = medd_of(dosed[1]) if dosed else None
    died = (timeline.died_on - procedure.on).days if timeline.died_on else None
    windows = {
        w.slug: _at_window(w, dated, rules, baseline, medd, died, medd_of) for w in rules.windows
    }
    medds = [m for m in (medd, *(w.medd for w in windows.values())) if m is not None]
    return ProcedureOutcome(
        procedure_id=procedure.id,
        age_years=age_on(timeline.birth_date, procedure.on),
        baseline=baseline,
        baseline_day=scored[0] if scored else None,
        akps=function[1] if function else None,
        medd=medd,
        days_to_death=died,
        windows=windows,
        methadone=any(m.methadone for m in medds),
        neuraxial=any(m.has_neuraxial for m in medds),
    )


def find_baseline(
    assessments: Iterable[Assessment], performed_on: date, pain: PainType = AVERAGE_SELF
) -> tuple[int, int] | None:
    """Find the baseline of a procedure on a day: its day counted from that one, and the score."""
    before = _before(_counted_from(performed_on, assessments))
    return _nearest(BASELINE, before, lambda a: a.score(pain), float)


Dated = list[tuple[int, Assessment]]


def _counted_from(performed_on: date, assessments: Iterable[Assessment]) -> Dated:
    return [((a.on - performed_on).days, a) for a in assessments]


def _before(dated: Dated) -> Dated:
    """Keep what can be a baseline: made in its window, and not after the procedure on its day."""
    return [
        (day, a) for day, a in dated if BASELINE.holds(day) and not (day == 0 and a.after_procedure)
    ]


def _at_window(
    window: Window,
    dated: Dated,
    rules: OutcomeRules,
    baseline: int | None,
    medd_before: Medd | None,
    died: int | None,
    medd_of: MeddReader,
) -> WindowOutcome:
    inside = [(day, a) for day, a in dated if window.holds(day)]
    scored = _nearest(window, inside, lambda a: a.score(rules.pain), float)
    dosed = _nearest(window, inside, lambda a: a.regimen, lambda r: float(medd_of(r).total_mg))
    day, score = scored if scored else (None, None)
    medd = medd_of(dosed[1]) if dosed else None
    paired = (baseline, score) if baseline is not None and score is not None else None
    judged = paired if paired and paired[0] >= max(rules.floor, 1) else None
    return WindowOutcome(
        window=window,
        state=_state(window, baseline, score, died, rules.floor),
        day=day,
        score=score,
        change=paired[1] - paired[0] if paired else None,
        nrs30=nrs30(*judged) if judged else None,
        nrs50=nrs50(*judged) if judged else None,
        nrs2=nrs2(*judged) if judged else None,
        medd=medd,
        medd_change=medd_change(medd_before, medd),
    )


def _state(
    window: Window, baseline: int | None, score: int | None, died: int | None, floor: int
) -> State | None:
    """Decide the state, as far as it doesn't hang on today's date.

    Who can't be judged (no baseline, or too low a one) is ineligible at every window, dead or not.
    A score in the window counts even if the patient died later in the same window; without one, a
    death on or before the window's last day means that the follow-up could not be had.
    """
    if baseline is None or baseline < max(floor, 1):
        return State.INELIGIBLE
    if score is not None:
        return State.RESPONDER if nrs30(baseline, score) else State.NON_RESPONDER
    if died is not None and died <= window.closes:
        return State.DIED_BEFORE
    return None


def _nearest(
    window: Window,
    inside: Iterable[tuple[int, Assessment]],
    read: Callable[[Assessment], T | None],
    severity: Callable[[T], float],
) -> tuple[int, T] | None:
    """Pick the assessment nearest to the window's target that has the measure asked for.

    On a tie the earlier day counts; on the same day the worse value, so that the order in which
    the two were entered can't matter.
    """
    answers = [(day, value) for day, a in inside if (value := read(a)) is not None]
    if not answers:
        return None
    _, day = min((abs(day - window.target), day) for day, _ in answers)
    same_day = [value for answered, value in answers if answered == day]
    return day, same_day[0] if len(same_day) == 1 else max(same_day, key=severity)
