"""Saying why a follow-up was not had, so that a window without a score is accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.patients import Course
from registry.db.queries.people import get_site
from registry.db.tables import MissedFollowUp, Procedure
from registry.domain.access import Actor
from registry.domain.drafts import MissedDraft
from registry.domain.errors import Conflict, NotFound, refuse
from registry.domain.rules import check_missed
from registry.services.audit import created, record_event
from registry.services.corrections import open_record
from registry.services.outcomes import read_outcomes, refresh_outcomes
from registry.services.patients import open_course


def record_missed(
    session: Session, *, actor: Actor, procedure_id: UUID, draft: MissedDraft, today: date
) -> MissedFollowUp:
    """Record why a procedure has no follow-up in a window; `Conflict` when a reason stands.

    An assessment that is made in the window after all counts as ever: the reason stays in the
    record, and the derived `missed_<window>` is empty then.
    """
    procedure, course = open_record(session, Procedure, actor=actor, record_id=procedure_id)
    return _record(session, actor, course, [(procedure, draft)], today)[0]


def record_missed_windows(
    session: Session,
    *,
    actor: Actor,
    patient_id: UUID,
    drafts: Sequence[tuple[UUID, MissedDraft]],
    today: date,
) -> list[MissedFollowUp]:
    """Record reasons for several windows of one patient, each by its procedure: all or none."""
    course = open_course(session, actor=actor, patient_id=patient_id)
    by_id = {procedure.id: procedure for procedure in course.procedures}
    if not by_id.keys() >= {procedure_id for procedure_id, _ in drafts}:
        raise NotFound("Somebody voided one of these procedures a moment ago.")
    return _record(session, actor, course, [(by_id[p], draft) for p, draft in drafts], today)


def _record(
    session: Session,
    actor: Actor,
    course: Course,
    drafts: Sequence[tuple[Procedure, MissedDraft]],
    today: date,
) -> list[MissedFollowUp]:
    outcomes = read_outcomes(course, get_site(session, course.patient.site_id))
    died_on = course.death.died_on if course.death else None
    rows = []
    for procedure, draft in drafts:
        windows = outcomes[procedure.id].windows
        scored = {slug for slug, at in windows.items() if at.score is not None}
        refuse(
            check_missed(draft, procedure.performed_on, scored=scored, died_on=died_on, today=today)
        )
        _refuse_second(course, procedure, draft)
        row = _insert(session, actor, procedure, draft, today)
        course = course.plus(row)
        rows.append(row)
    refresh_outcomes(session, course)
    return rows


def _refuse_second(course: Course, procedure: Procedure, draft: MissedDraft) -> None:
    if (procedure.id, draft.window) in {(m.procedure_id, m.window_slug) for m in course.missed}:
        raise Conflict(
            "Why there is no follow-up in this window is recorded already. Void that reason first "
            "if it is wrong."
        )


def _insert(
    session: Session, actor: Actor, procedure: Procedure, draft: MissedDraft, today: date
) -> MissedFollowUp:
    row = new_missed(procedure, draft, today)
    session.add(row)
    record_event(session, actor, "record_missed", record=row, changes=created(row))
    return row


def new_missed(procedure: Procedure, draft: MissedDraft, today: date) -> MissedFollowUp:
    """Make the row of a reason, noted today."""
    return MissedFollowUp(
        site_id=procedure.site_id,
        patient_id=procedure.patient_id,
        procedure_id=procedure.id,
        window_slug=draft.window,
        reason=draft.reason,
        noted_on=today,
        note=draft.note,
    )
