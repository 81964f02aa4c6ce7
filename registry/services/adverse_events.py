"""Recording and correcting what went wrong after a procedure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.adverse_events import find_last_graded
from registry.db.queries.patients import Course
from registry.db.tables import AdverseEvent, Procedure
from registry.domain.access import Actor, Permission, require
from registry.domain.complications import complication
from registry.domain.drafts import AdverseEventDraft
from registry.domain.errors import refuse
from registry.domain.grading import DEATH, DEFAULT_GRADING, Grading, Resolution, grading
from registry.domain.rules import check_adverse_event
from registry.services.audit import created, record_event
from registry.services.corrections import Amendment, amending, open_record
from registry.services.outcomes import refresh_outcomes
from registry.services.patients import bounds_of

_PLAIN_FIELDS = (
    "onset_on",
    "complication",
    "complication_text",
    "grade",
    "relatedness",
    "resolution",
    "resolved_on",
    "sequelae",
    "note",
)


def add_adverse_event(
    session: Session,
    *,
    actor: Actor,
    procedure_id: UUID,
    draft: AdverseEventDraft,
    today: date,
) -> AdverseEvent:
    """Record something untoward after a procedure."""
    procedure, course = open_record(session, Procedure, actor=actor, record_id=procedure_id)
    draft = _check(draft, procedure, course, today)
    row = new_adverse_event(procedure, draft)
    session.add(row)
    record_event(session, actor, "add_adverse_event", record=row, changes=created(row))
    refresh_outcomes(session, course.plus(row))
    return row


def new_adverse_event(procedure: Procedure, draft: AdverseEventDraft) -> AdverseEvent:
    """Make the row of something untoward after a procedure."""
    row = AdverseEvent(
        site_id=procedure.site_id,
        procedure_id=procedure.id,
        patient_id=procedure.patient_id,
        onset_on=draft.onset_on,
        complication=draft.complication,
    )
    _fill(row, draft, procedure)
    return row


def amend_adverse_event(
    session: Session,
    *,
    actor: Actor,
    event_id: UUID,
    draft: AdverseEventDraft,
    amendment: Amendment,
    today: date,
) -> AdverseEvent:
    """Correct an adverse event; the earlier version stays in the trail."""
    row, course = open_record(session, AdverseEvent, actor=actor, record_id=event_id)
    procedure = next(p for p in course.procedures if p.id == row.procedure_id)
    draft = _check(draft, procedure, course, today)
    with amending(session, row, actor=actor, amendment=amendment):
        _fill(row, draft, procedure)
    refresh_outcomes(session, course)
    return row


def last_grading(session: Session, *, actor: Actor, site_id: UUID) -> Grading:
    """Give the scheme and version by which a site graded last, to be offered first."""
    require(actor, Permission.READ_RECORDS, site_id)
    last = find_last_graded(session, site_id)
    used = grading(last.scheme, last.scheme_version) if last else None
    return used or DEFAULT_GRADING


def _check(
    draft: AdverseEventDraft, procedure: Procedure, course: Course, today: date
) -> AdverseEventDraft:
    """Refuse what can't be true; give the draft with what a grade of death implies."""
    if draft.grade == DEATH and draft.resolution is None:
        draft = replace(draft, resolution=Resolution.FATAL.value)
    refuse(check_adverse_event(draft, procedure.performed_on, bounds_of(course, today)))
    return draft


def _fill(row: AdverseEvent, draft: AdverseEventDraft, procedure: Procedure) -> None:
    for name in _PLAIN_FIELDS:
        setattr(row, name, getattr(draft, name))
    graded = draft.grade is not None
    row.scheme = draft.scheme if graded else None
    row.scheme_version = draft.scheme_version if graded else None
    row.expected = complication(draft.complication, after=procedure.technique).expected
