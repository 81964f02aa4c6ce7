"""Today's work: whose follow-up is due or was missed, and what was logged last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from registry.db.queries import worklist as queries
from registry.db.queries.worklist import Waiting
from registry.db.tables import Patient, Procedure, ProcedureOutcomeRow
from registry.domain.access import Actor, Permission
from registry.domain.windows import WINDOWS, Window
from registry.services.readings import note_patients

AHEAD = 7
"""Days before its planned day from which a follow-up is listed."""

BEHIND = 120
"""Days after a window closed for which a follow-up without a reason is still listed as missed."""


class Urgency(StrEnum):
    """How pressing a follow-up is; a missed one can't be had any more and needs a reason."""

    OVERDUE = "overdue"
    TODAY = "today"
    THIS_WEEK = "this_week"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Narrow:
    """Which of the waiting follow-ups are asked for; None: of all."""

    window: Window | None = None
    clinician: str | None = None
    patient_id: UUID | None = None


EVERYTHING = Narrow()


@dataclass(frozen=True, slots=True)
class WaitingFollowUp:
    """A follow-up that waits: whom to ring, after which procedure, for which window.

    `clinician` is the operator of the procedure. `days_late` counts from the window's target day;
    negative while that lies ahead.
    """

    patient_id: UUID
    hospital_number: str
    name: str | None
    phone: str | None
    birth_date: date
    procedure_id: UUID
    technique: str
    clinician: str
    performed_on: date
    window: Window
    today: date

    @property
    def planned_on(self) -> date:
        """Give the day for which it is planned."""
        return self.window.target_on(self.performed_on)

    @property
    def closes_on(self) -> date:
        """Give the last day on which it counts."""
        return self.window.closes_on(self.performed_on)

    @property
    def days_late(self) -> int:
        """Count the days since the planned one."""
        return (self.today - self.planned_on).days

    @property
    def days_ago(self) -> int:
        """Count the days since the procedure."""
        return (self.today - self.performed_on).days

    @property
    def is_open(self) -> bool:
        """Say whether an assessment of today would count at the window."""
        return self.window.holds(self.days_ago)

    @property
    def has_opened(self) -> bool:
        """Say whether its window has opened, so that a reason for having none can be given."""
        return self.today >= self.window.opens_on(self.performed_on)

    @property
    def is_due(self) -> bool:
        """Say whether it is to be had now: planned for today or earlier, and still counting."""
        return self.urgency in (Urgency.OVERDUE, Urgency.TODAY)

    @property
    def urgency(self) -> Urgency:
        """Group the follow-up for the page."""
        if self.today > self.closes_on:
            return Urgency.MISSED
        if self.days_late > 0:
            return Urgency.OVERDUE
        return Urgency.TODAY if self.days_late == 0 else Urgency.THIS_WEEK


def list_due_followups(
    session: Session, *, actor: Actor, today: date, narrow: Narrow = EVERYTHING
) -> list[WaitingFollowUp]:
    """List the follow-ups that can still be had and fall due within a week, latest first."""
    return _list(session, actor, today, narrow, behind=0)


def list_waiting_followups(
    session: Session, *, actor: Actor, today: date, narrow: Narrow = EVERYTHING
) -> list[WaitingFollowUp]:
    """List what is due and what was missed: a window of the last `BEHIND` days that closed
    unassessed while the patient lived, and nobody said why.

    Who has died is on no list: nobody is to ring there by mistake.
    """
    return _list(session, actor, today, narrow, behind=BEHIND)


def list_waiting_clinicians(session: Session, *, actor: Actor, today: date) -> list[str]:
    """List the operators whose procedures wait for a follow-up."""
    sites = actor.sites(Permission.READ_RECORDS)
    return queries.list_waiting_operators(session, sites, Waiting(WINDOWS, today, AHEAD, BEHIND))


def _list(
    session: Session, actor: Actor, today: date, narrow: Narrow, *, behind: int
) -> list[WaitingFollowUp]:
    waiting = Waiting(
        windows=(narrow.window,) if narrow.window else WINDOWS,
        today=today,
        ahead=AHEAD,
        behind=behind,
        operator=narrow.clinician,
        patient_id=narrow.patient_id,
    )
    rows = queries.list_unassessed(session, actor.sites(Permission.READ_RECORDS), waiting)
    note_patients(session, actor, ((patient.site_id, patient.id) for _, _, patient in rows))
    found = [f for row, clinician, patient in rows for f in _of(row, clinician, patient, waiting)]
    return sorted(found, key=lambda f: (-f.days_late, f.closes_on, f.procedure_id))


def _of(
    row: ProcedureOutcomeRow, clinician: str, patient: Patient, waiting: Waiting
) -> Iterator[WaitingFollowUp]:
    """Give the windows of a procedure that wait; a row is read for any one of them."""
    for window in waiting.windows:
        assessed = getattr(row, f"nrs_{window.slug}") is not None
        if assessed or getattr(row, f"missed_{window.slug}") is not None:
            continue
        late = (waiting.today - window.target_on(row.performed_on)).days
        closed_for = (waiting.today - window.closes_on(row.performed_on)).days
        if late >= -waiting.ahead and closed_for <= waiting.behind:
            yield WaitingFollowUp(
                patient_id=patient.id,
                hospital_number=patient.hospital_number,
                name=patient.name,
                phone=patient.phone,
                birth_date=patient.birth_date,
                procedure_id=row.procedure_id,
                technique=row.technique,
                clinician=clinician,
                performed_on=row.performed_on,
                window=window,
                today=waiting.today,
            )


def list_last_procedures(
    session: Session, *, actor: Actor, limit: int = 10
) -> Sequence[tuple[Procedure, Patient]]:
    """List the procedures logged last at the actor's sites."""
    sites = actor.sites(Permission.READ_RECORDS)
    found = queries.list_last_procedures(session, sites, limit=limit)
    note_patients(session, actor, ((patient.site_id, patient.id) for _, patient in found))
    return found
