"""What each procedure achieved, in words and numbers for the patient's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.db.queries.patients import Course
from registry.db.tables import Procedure, Site
from registry.domain.opioids import Medd
from registry.domain.outcomes import ProcedureOutcome, State, WindowOutcome
from registry.domain.techniques import taxonomy
from registry.services.outcomes import read_outcomes
from registry.web.filters import number


@dataclass(frozen=True, slots=True)
class WindowLine:
    """One window: the state, the average pain with its change, the systemic MEDD in mg/24 h."""

    label: str
    state: State | None
    pain: str | None
    medd: str | None


@dataclass(frozen=True, slots=True)
class Achievement:
    """A procedure with its baseline and every window."""

    procedure_id: UUID
    title: str
    performed_on: date
    lines: tuple[WindowLine, ...]


def list_achievements(course: Course, site: Site, today: date) -> list[Achievement]:
    """Tell what each procedure achieved as of today, the latest procedure first."""
    outcomes = read_outcomes(course, site)
    return [_achievement(p, outcomes[p.id], today) for p in reversed(course.procedures)]


def _achievement(procedure: Procedure, outcome: ProcedureOutcome, today: date) -> Achievement:
    pain = None if outcome.baseline is None else str(outcome.baseline)
    before = WindowLine("Before", None, pain, _medd(outcome.medd))
    return Achievement(
        procedure_id=procedure.id,
        title=taxonomy().techniques[procedure.technique].label,
        performed_on=procedure.performed_on,
        lines=(
            before,
            *(_line(at, procedure.performed_on, today) for at in outcome.windows.values()),
        ),
    )


def _line(at: WindowOutcome, performed_on: date, today: date) -> WindowLine:
    state = at.settled(performed_on, today)
    return WindowLine(at.window.label.capitalize(), state, _pain(at), _medd(at.medd))


def _pain(at: WindowOutcome) -> str | None:
    if at.score is None:
        return None
    change = "" if at.change is None else f" ({_signed(at.change)})"
    return f"{at.score}{change}"


def _signed(change: int) -> str:
    return f"{change:+d}".replace("-", "−") if change else "no change"


def _medd(medd: Medd | None) -> str | None:
    if medd is None:
        return None
    least = "" if medd.complete else "at least "
    return f"{least}{number(float(medd.total_mg))}"
