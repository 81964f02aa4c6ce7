"""Today's work: whose follow-up is due, and what was logged last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from registry.db.queries import worklist as queries
from registry.db.tables import Patient, Procedure, ProcedureOutcomeRow
from registry.domain.access import Actor, Permission
from registry.domain.windows import WINDOWS, Window

AHEAD = 7


class Urgency(StrEnum):
    """How pressing a follow-up is."""

    OVERDUE = "overdue"
    TODAY = "today"
    THIS_WEEK = "this_week"


@dataclass(frozen=True, slots=True)
class DueFollowUp:
    """One call to make: the patient, after which procedure, for which window.

    `days_late` counts from the window's target day; negative while that lies ahead.
    """

    patient_id: UUID
    hospital_number: str
    name: str | None
    procedure_id: UUID
    technique: str
    performed_on: date
    window: Window
    planned_on: date
    closes_on: date
    days_late: int

    @property
    def urgency(self) -> Urgency:
        """Group the call for the page."""
        if self.days_late > 0:
            return Urgency.OVERDUE
        return Urgency.TODAY if self.days_late == 0 else Urgency.THIS_WEEK


def list_due_followups(session: Session, *, actor: Actor, today: date) -> list[DueFollowUp]:
    """List the follow-ups that can still be had and fall due within a week, latest first."""
    sites = actor.sites(Permission.READ_RECORDS)
    rows = queries.list_unassessed(session, sites, WINDOWS, today=today, ahead=AHEAD)
    due = [d for row, patient in rows for d in _due(row, patient, today)]
    due.sort(key=lambda d: (-d.days_late, d.closes_on, d.procedure_id))
    return due


def _due(row: ProcedureOutcomeRow, patient: Patient, today: date) -> Iterator[DueFollowUp]:
    for window in WINDOWS:
        late = (today - window.target_on(row.performed_on)).days
        closed = today > window.closes_on(row.performed_on)
        if closed or late < -AHEAD or getattr(row, f"nrs_{window.slug}") is not None:
            continue
        yield DueFollowUp(
            patient_id=patient.id,
            hospital_number=patient.hospital_number,
            name=patient.name,
            procedure_id=row.procedure_id,
            technique=row.technique,
            performed_on=row.performed_on,
            window=window,
            planned_on=window.target_on(row.performed_on),
            closes_on=window.closes_on(row.performed_on),
            days_late=late,
        )


def list_last_procedures(
    session: Session, *, actor: Actor, limit: int = 10
) -> Sequence[tuple[Procedure, Patient]]:
    """List the procedures logged last at the actor's sites."""
    return queries.list_last_procedures(session, actor.sites(Permission.READ_RECORDS), limit=limit)
