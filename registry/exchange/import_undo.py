"""Undoing an import: what it wrote is voided, patient by patient, where nobody went on with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from registry.db.engine import transaction
from registry.db.queries import imports as queries
from registry.db.queries.patients import Course, Event
from registry.db.queries.trail import list_trail
from registry.db.tables import (
    AdverseEvent,
    Assessment,
    AuditEvent,
    Death,
    Patient,
    Procedure,
)
from registry.domain.access import Actor
from registry.domain.errors import NotFound
from registry.services.corrections import Amendment, amending, void_record
from registry.services.patients import open_course
from registry.services.readings import VIEW_PATIENT

_ORDER: Sequence[type[Event]] = (AdverseEvent, Death, Assessment, Procedure)
"""In which order records go: nothing is left hanging on nothing."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A patient whose records of an import stay, and why."""

    patient_id: UUID
    why: str


def undo_import(
    engine: Engine,
    *,
    actor: Actor,
    site_id: UUID,
    batch_id: UUID,
    reason: str,
    progress: Callable[[int, int], None],
) -> list[Kept]:
    """Void all that an import wrote; gives the patients with whom somebody went on since.

    A patient whom it registered goes with the records, so that their number is free again. The
    lines of the file may come in anew.
    """

    def sites() -> list[UUID]:
        return [site_id]

    with transaction(engine, write=False, sites=sites) as session:
        patients = queries.list_patients_of_batch(session, site_id, batch_id)
    kept: list[Kept] = []
    for done, patient_id in enumerate(patients):
        progress(done, len(patients))
        with transaction(engine, sites=sites) as session:
            why = _undo_patient(session, actor, patient_id, reason)
            if why:
                kept.append(Kept(patient_id, why))
            else:
                queries.forget_rows(session, site_id, batch_id, patient_id)
    if not kept:
        with transaction(engine, sites=sites) as session:
            queries.get_batch(session, site_id, batch_id).undone_at = datetime.now(UTC)
    return kept


def _undo_patient(session: Session, actor: Actor, patient_id: UUID, reason: str) -> str | None:
    """Void one patient's records of an import; gives why they stay, if they do."""
    try:
        course = open_course(session, actor=actor, patient_id=patient_id)
    except NotFound:
        return None
    mark = actor.request_id
    records = [*course.records(), course.patient]
    trail = [
        line
        for line in list_trail(session, course.patient.site_id, [r.id for r in records])
        if line.action != VIEW_PATIENT
    ]
    mine = {line.record_id for line in trail if line.request_id == mark}
    registered = course.patient.id in mine
    if why := _why_not(course, trail, mine, mark, registered=registered):
        return why
    for record in sorted((r for r in course.records() if r.id in mine), key=_last_first):
        why_void = Amendment(record.version, reason)
        void_record(
            session, _table_of(record), actor=actor, record_id=record.id, amendment=why_void
        )
    if registered:
        _void_patient(session, actor, course.patient, reason)
    return None


def _why_not(
    course: Course,
    trail: Sequence[AuditEvent],
    mine: set[UUID | None],
    mark: str | None,
    *,
    registered: bool,
) -> str | None:
    """Say what somebody did since with what an import wrote."""
    if course.merged:
        return "The patient's records were merged since. Undo the merge first."
    if any(line.record_id in mine and line.request_id != mark for line in trail):
        return "Somebody corrected what was brought in."
    others = [r for r in course.records() if r.id not in mine]
    if registered and others:
        return "Somebody recorded more of this patient since."
    gone = {r.id for r in course.records() if r.id in mine and isinstance(r, Procedure)}
    if any(_hangs_on(r) & gone for r in others):
        return "Somebody recorded more of this procedure since."
    return None


def _hangs_on(record: Event) -> set[UUID | None]:
    return {getattr(record, "procedure_id", None), getattr(record, "follows_id", None)}


def _last_first(record: Event) -> tuple[int, int]:
    """Order records so that each goes after what hangs on it: of procedures the latest first."""
    day = record.performed_on.toordinal() if isinstance(record, Procedure) else 0
    return _ORDER.index(type(record)), -day


def _table_of(record: Event) -> type[Procedure]:
    return type(record)  # type: ignore[return-value]


def _void_patient(session: Session, actor: Actor, patient: Patient, reason: str) -> None:
    amendment = Amendment(patient.version, reason)
    with amending(session, patient, actor=actor, amendment=amendment):
        patient.voided_at, patient.void_reason = datetime.now(UTC), reason
