"""Adding an adverse event of a procedure."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.queries.patients import Course
from registry.db.tables import AdverseEvent, DeviceCheck, Procedure
from registry.domain.access import Actor, Permission
from registry.domain.dates import show_day
from registry.services.adverse_events import add_adverse_event, last_grading
from registry.services.corrections import get_record
from registry.services.patients import peek_course
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.adverse_event import SCHEME, read_adverse_event
from registry.web.forms.form import Form
from registry.web.forms.rows import STEP
from registry.web.forms.saving import add_once, new_submission
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.adverse_event import adverse_event_view
from registry.web.views.device_course import unrecorded_harms
from registry.web.views.patient import heading
from registry.web.views.timeline import title_of

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/procedures/{procedure_id}/adverse-events/new")
def ask_adverse_event(
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    today: Today,
    procedure_id: UUID,
    device_check: UUID | None = None,
) -> Response:
    """Ask what happened after a procedure; `device_check` names what was found on its device."""
    procedure = get_record(session, Procedure, actor=actor, record_id=procedure_id)
    usual = last_grading(session, actor=actor, site_id=procedure.site_id)
    course = peek_course(session, actor=actor, patient_id=procedure.patient_id)
    found = _found(session, actor, course, procedure, device_check) if device_check else {}
    form = Form.starting(submission=new_submission(), **{SCHEME: usual.key}, **found)
    return _show(request, today, course, procedure, form)


@router.post("/procedures/{procedure_id}/adverse-events/new", dependencies=[Guarded])
def save_adverse_event(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    procedure_id: UUID,
    typed: Typed,
) -> Response:
    """Add an adverse event to the course, or show another scheme's grades."""
    procedure = get_record(session, Procedure, actor=actor, record_id=procedure_id)
    course = peek_course(session, actor=actor, patient_id=procedure.patient_id)
    form = Form(typed)
    if form.has(STEP):
        return _show(request, today, course, procedure, form)
    draft = read_adverse_event(form, today)

    def write() -> AdverseEvent:
        return add_adverse_event(
            session, actor=actor, procedure_id=procedure_id, draft=draft, today=today
        )

    if add_once(session, request, actor, form, write):
        return redirect(request, f"/patients/{course.patient.id}", flash="Adverse event added.")
    return _show(request, today, course, procedure, form)


def _found(
    session: Session, actor: Actor, course: Course, procedure: Procedure, check_id: UUID
) -> dict[str, object]:
    """Start from what was found on a device: the day, and the harm that it can be."""
    check = get_record(session, DeviceCheck, actor=actor, record_id=check_id)
    harms = unrecorded_harms(check, procedure.technique, course.adverse_events)
    slug = harms[0][1].slug if harms else None
    return {"onset_on": show_day(check.checked_on), "complication": slug}


def _show(
    request: Request, today: date, course: Course, procedure: Procedure, form: Form
) -> Response:
    context = {
        **heading(course, today),
        "form": form,
        "procedure": procedure,
        "technique": title_of(procedure),
        "view": adverse_event_view(form, procedure.technique),
    }
    return render(
        request, "pages/add_adverse_event.html", context, block="adding", status=form.status
    )
