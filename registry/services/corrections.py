"""Correcting what was recorded: amend under a version and with a reason, void with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session

from registry.db.base import KeptRow, utc_now
from registry.db.queries import records as queries
from registry.db.queries.patients import Course, Event, load_course
from registry.db.queries.trail import list_trail
from registry.db.tables import (
    AdverseEvent,
    Assessment,
    AuditEvent,
    Death,
    DeviceCheck,
    MissedFollowUp,
    Procedure,
)
from registry.domain.access import Actor, Permission, require
from registry.domain.errors import Conflict, NotFound, RuleViolation
from registry.domain.grading import Resolution
from registry.services.audit import differences, record_event, snapshot, unsealed
from registry.services.outcomes import refresh_outcomes
from registry.services.patients import get_patient, open_course
from registry.services.readings import note_patient

TimelineRecord = TypeVar(
    "TimelineRecord", Assessment, Procedure, AdverseEvent, DeviceCheck, MissedFollowUp, Death
)
Kept = TypeVar("Kept", bound=KeptRow)

A_MOMENT = timedelta(hours=1)
"""How long what was just recorded can be taken back without opening it."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """Why a record is corrected, and which version of it the correction was made from."""

    expected_version: int
    reason: str


def get_record(
    session: Session,
    table: type[Kept],
    *,
    actor: Actor,
    record_id: UUID,
    permission: Permission = Permission.READ_RECORDS,
) -> Kept:
    """Read a standing record of the actor's sites with its parts."""
    found = queries.find_record(session, table, actor.roles.keys(), record_id)
    if found is None:
        raise NotFound("There is no such record, or it was voided.")
    require(actor, permission, found.site_id)
    note_patient(session, actor, found)
    return found


def peek_record(session: Session, table: type[Kept], *, actor: Actor, record_id: UUID) -> Kept:
    """Read a record to show beside a correction of the same request, as `peek_course` does."""
    row = get_record(
        session, table, actor=actor, record_id=record_id, permission=Permission.WRITE_RECORDS
    )
    session.expunge_all()
    return row


def open_record(
    session: Session, table: type[TimelineRecord], *, actor: Actor, record_id: UUID
) -> tuple[TimelineRecord, Course]:
    """Read a record and its patient's course in order to change it.

    What was read before the patient's lock was held may be stale by then, so it is dropped and the
    record is taken from the course.
    """
    seen = get_record(
        session, table, actor=actor, record_id=record_id, permission=Permission.WRITE_RECORDS
    )
    session.expunge(seen)
    course = open_course(session, actor=actor, patient_id=seen.patient_id)
    row = next((r for r in course.records() if r.id == record_id), None)
    if not isinstance(row, table):
        raise NotFound("Somebody voided this record a moment ago.")
    return row, course


@contextmanager
def amending(
    session: Session, row: KeptRow, *, actor: Actor, amendment: Amendment
) -> Iterator[None]:
    """Guard an amendment: a reason is given, nobody else was faster, the trail tells all."""
    if row.version != amendment.expected_version:
        raise Conflict(
            "Somebody changed this record since you opened it. Look at what they wrote, then "
            "decide whether your correction still holds."
        )
    require_reason(amendment.reason)
    before = snapshot(row)
    yield
    changes = differences(before, snapshot(row))
    if not changes:
        raise RuleViolation.at("", "Nothing was changed, so there is nothing to correct.")
    row.version += 1
    session.add(row)
    session.flush()
    record_event(
        session, actor, "amend", record=row, changes=changes, reason=amendment.reason.strip()
    )


def require_reason(reason: str) -> None:
    """Ask for the reason of a correction."""
    if not reason.strip():
        raise RuleViolation.at("reason", "Say why the record is corrected.")


def void_record(
    session: Session,
    table: type[TimelineRecord],
    *,
    actor: Actor,
    record_id: UUID,
    amendment: Amendment,
) -> None:
    """Take a record out of everything derived, keeping it and the reason in the registry.

    It goes only after what hangs on it, so that nothing is left hanging on nothing.
    """
    row, course = open_record(session, table, actor=actor, record_id=record_id)
    if what_hangs_on(row, course):
        raise RuleViolation.at(
            "reason",
            "Other records hang on this one. Void or correct them first, then this one.",
        )
    with amending(session, row, actor=actor, amendment=amendment):
        row.voided_at = utc_now()
        row.void_reason = amendment.reason.strip()
    # Read anew: of two merged records that told of one death the other's stands now.
    refresh_outcomes(session, load_course(session, course.patient))


def take_back(
    session: Session, table: type[TimelineRecord], *, actor: Actor, record_id: UUID, reason: str
) -> None:
    """Void what the actor recorded a moment ago and nobody has touched since; else `Conflict`."""
    row = get_record(session, table, actor=actor, record_id=record_id)
    first = list_trail(session, row.site_id, [record_id])[-1]
    is_own = first.user_id is not None and first.user_id == actor.user_id
    if not is_own or row.version > 1 or utc_now() - row.created_at > A_MOMENT:
        raise Conflict("This can't be taken back here any more. Void it on the patient's page.")
    session.expunge_all()
    why = Amendment(row.version, reason)
    void_record(session, table, actor=actor, record_id=record_id, amendment=why)


def what_hangs_on(row: Event, course: Course) -> list[Event]:
    """List what would hang on nothing without a record.

    On a procedure: its events, its device's checks, its missed follow-ups, and the procedures that
    continue it. On a death: events that are told to have been fatal.
    """
    if isinstance(row, Death):
        return [e for e in course.adverse_events if e.resolution == Resolution.FATAL]
    if not isinstance(row, Procedure):
        return []
    return [
        *(p for p in course.procedures if p.follows_id == row.id),
        *(e for e in course.adverse_events if e.procedure_id == row.id),
        *(c for c in course.device_checks if c.procedure_id == row.id),
        *(m for m in course.missed if m.procedure_id == row.id),
    ]


def list_history(
    session: Session, *, actor: Actor, patient_id: UUID, record_id: UUID
) -> list[AuditEvent]:
    """List what was done to a record of a patient, or to the patient's own, latest first."""
    patient = get_patient(session, actor=actor, patient_id=patient_id)
    events = list_trail(session, patient.site_id, [record_id])
    for event in events:
        session.expunge(event)  # what is unsealed for a reader is never written back
        event.changes = unsealed(event.changes)
    return events
