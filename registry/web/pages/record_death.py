"""Recording a patient's death: the end of the course."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.db.queries.patients import Course
from registry.db.tables import Death
from registry.domain.access import Permission
from registry.services.patients import peek_course, record_death
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.form import Form
from registry.web.forms.saving import add_once, new_submission
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.patient import heading

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/patients/{patient_id}/death/new")
def ask_death(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, patient_id: UUID
) -> Response:
    """Ask when the patient died."""
    course = peek_course(session, actor=actor, patient_id=patient_id)
    if course.death is not None:
        return redirect(request, f"/patients/{patient_id}", flash="The death is recorded already.")
    form = Form.starting(submission=new_submission())
    return _show(request, today, course, form)


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
    course = peek_course(session, actor=actor, patient_id=patient_id)
    form = Form(typed)
    died_on = form.day("died_on", today, missing="Enter the day of death.")

    def write() -> Death:
        return record_death(
            session, actor=actor, patient_id=patient_id, died_on=died_on or today, today=today
        )

    if add_once(session, request, actor, form, write):
        return redirect(request, f"/patients/{patient_id}", flash="Death recorded.")
    return _show(request, today, course, form)


def _show(request: Request, today: date, course: Course, form: Form) -> Response:
    context = {"form": form, **heading(course, today)}
    return render(request, "pages/record_death.html", context, block="adding", status=form.status)
