"""The history of a record: what was done to it, by whom and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.db.queries.patients import Course
from registry.db.tables import AuditEvent
from registry.domain.access import Permission
from registry.domain.errors import NotFound
from registry.services.corrections import list_history
from registry.services.patients import read_course
from registry.web.deps import CurrentActor, ReadSession, Today
from registry.web.needs import page_needs
from registry.web.render import render
from registry.web.views.history import tell_history
from registry.web.views.patient import heading

router = APIRouter(dependencies=[page_needs(Permission.READ_RECORDS)])


@router.get("/patients/{patient_id}/history")
def show_patients_history(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, patient_id: UUID
) -> Response:
    """Show what was done to a patient's particulars, latest first."""
    course = read_course(session, actor=actor, patient_id=patient_id)
    kept = course.patient.id
    events = list_history(session, actor=actor, patient_id=kept, record_id=kept)
    return _show(request, course, events, "of the particulars", today)


@router.get("/patients/{patient_id}/records/{record_id}/history")
def show_history(
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    today: Today,
    patient_id: UUID,
    record_id: UUID,
) -> Response:
    """Show what was done to a record of a patient, voided or not, latest first."""
    course = read_course(session, actor=actor, patient_id=patient_id)
    events = list_history(session, actor=actor, patient_id=patient_id, record_id=record_id)
    own = [[None, str(p.id)] for p in (course.patient, *course.merged)]
    if not events or events[-1].changes.get("patient_id") not in own:
        raise NotFound("There is no such record of this patient.")
    noun = (events[0].record_type or "record").replace("_", " ")
    return _show(request, course, events, f"of one {noun}", today)


def _show(
    request: Request, course: Course, events: Sequence[AuditEvent], of_what: str, today: date
) -> Response:
    context = {
        **heading(course, today),
        "of_what": of_what,
        "entries": tell_history(events),
    }
    return render(request, "pages/history.html", context)
