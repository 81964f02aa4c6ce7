"""What a procedure achieved, as frozen values, and the rules that it was derived by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from registry.domain.opioids import ConversionTable, Medd
from registry.domain.outcomes.relief import Relief
from registry.domain.outcomes.responders import Icpre2012
from registry.domain.outcomes.states import State, settle
from registry.domain.timeline import AVERAGE_SELF, PainType
from registry.domain.windows import WINDOWS, Window


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
    which depends on the day one asks and so is never stored. `score` and `change` are the average,
    24 h, self-reported NRS, `worst` and `worst_change` the worst; `pgic` is the patient's own (1
    very much better to 7 very much worse). `medd` is the systemic oral morphine equivalent, mg/24
    h, and `medd_change` exists only where both ends are wholly converted. The seven responder
    definitions are those of `registry.domain.outcomes.responders`, None where one can't judge.

    Each measure is that of the assessment nearest to the window's target in which it was asked.
    """

    window: Window
    state: State | None
    day: int | None = None
    score: int | None = None
    change: int | None = None
    worst: int | None = None
    worst_change: int | None = None
    pgic: int | None = None
    medd: Medd | None = None
    medd_change: float | None = None
    nrs30: bool | None = None
    nrs50: bool | None = None
    nrs2: bool | None = None
    composite: bool | None = None
    icpre2012: Icpre2012 | None = None
    medd30: bool | None = None
    medd50: bool | None = None

    def settled(self, performed_on: date, as_of: date) -> State:
        """Give the state as it stands on `as_of`: a window still open is `not_due`."""
        return settle(self.state, self.window, performed_on, as_of)


@dataclass(frozen=True, slots=True)
class ProcedureOutcome:
    """What one procedure achieved, at every window.

    `methadone` and `neuraxial` say that such an opioid was taken at baseline or at any window:
    methadone's banded factors jump, and neuraxial doses have no agreed factor. `course_id` is the
    first procedure of the chain that this one stands in, itself when it follows none.
    `first_window` is the slug of the earliest window with a score: what comes after it is "later".
    `further_days` counts to the first further procedure for the same pain, `last_seen_days` to the
    last day on which the patient is known to have been alive.
    """

    procedure_id: UUID
    course_id: UUID
    age_years: int
    baseline: int | None
    baseline_day: int | None
    worst: int | None
    akps: int | None
    ecog: int | None
    medd: Medd | None
    days_to_death: int | None
    windows: dict[str, WindowOutcome] = field(default_factory=dict)
    methadone: bool = False
    neuraxial: bool = False
    first_window: str | None = None
    further_days: int | None = None
    last_seen_days: int = 0
    relief: Relief | None = None
