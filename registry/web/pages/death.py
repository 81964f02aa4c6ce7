"""Recording a patient's death: the end of the course."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.db.tables import Death
from registry.services.patients import record_death
from registry.web.courses import course_to_write, heading, show_form
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms import Form
from registry.web.render import redirect
from registry.web.saving import new_submission, save_once

router = APIRouter()

TEMPLATE = "pages/record_death.html"


@router.get("/patients/{patient_id}/death/new")
def ask_death(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, patient_id: UUID
) -> Response:
    """Ask when the patient died."""
    course = course_to_write(session, actor=actor, patient_id=patient_id)
    if course.death is not None:
        return redirect(request, f"/patients/{patient_id}", flash="The death is recorded already.")
    form = Form.starting(submission=new_submission())
    return show_form(request, TEMPLATE, form, **heading(course, today))


@router.post("/patients/{patient_id}/death/new", dependencies=[Guarded])
def save_death(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    patient_id: UUID,
    typed: Typed,
) -> Response:
    """End the course on the day that was given."""
    course = course_to_write(session, actor=actor, patient_id=patient_id)
    form = Form(typed)
    died_on = form.day("died_on", today, missing="Enter the day of death.")

    def write() -> Death:
        return record_death(
            session, actor=actor, patient_id=patient_id, died_on=died_on or today, today=today
        )

    if save_once(session, request, actor, form, write):
        return redirect(request, f"/patients/{patient_id}", flash="Death recorded.")
    return show_form(request, TEMPLATE, form, **heading(course, today))
