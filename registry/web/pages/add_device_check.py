"""Adding a look at a device or catheter."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.db.queries.patients import Course
from registry.db.tables import DeviceCheck, Procedure
from registry.domain.access import Permission
from registry.domain.dates import show_day
from registry.services.corrections import get_record
from registry.services.device_checks import add_device_check, device_of
from registry.services.devices import last_check
from registry.services.patients import peek_course
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.device_check import BLANK_ROW, INFUSATE, read_device_check, take_step
from registry.web.forms.form import Form
from registry.web.forms.rows import without_blank_rows
from registry.web.forms.saving import add_once, new_submission
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.device_check import device_check_view
from registry.web.views.patient import heading
from registry.web.views.timeline import title_of

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/procedures/{procedure_id}/device-checks/new")
def ask_device_check(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, procedure_id: UUID
) -> Response:
    """Ask how a device is doing, today unless the patient has died."""
    procedure = get_record(session, Procedure, actor=actor, record_id=procedure_id)
    course = peek_course(session, actor=actor, patient_id=procedure.patient_id)
    day = None if course.death else show_day(today)
    form = Form.starting(submission=new_submission(), checked_on=day, **BLANK_ROW)
    return _show(request, today, course, procedure, form)


@router.post("/procedures/{procedure_id}/device-checks/new", dependencies=[Guarded])
def save_device_check(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    procedure_id: UUID,
    typed: Typed,
) -> Response:
    """Add a device check to the course, or do a step of the form."""
    procedure = get_record(session, Procedure, actor=actor, record_id=procedure_id)
    course = peek_course(session, actor=actor, patient_id=procedure.patient_id)
    if (stepped := take_step(Form(typed), last_check(course, procedure))) is not None:
        return _show(request, today, course, procedure, stepped)
    form = without_blank_rows(Form(typed), INFUSATE)
    draft = read_device_check(form, today)

    def write() -> DeviceCheck:
        return add_device_check(
            session, actor=actor, procedure_id=procedure_id, draft=draft, today=today
        )

    if add_once(session, request, actor, form, write):
        return redirect(request, f"/patients/{course.patient.id}", flash="Device check added.")
    return _show(request, today, course, procedure, form)


def _show(
    request: Request, today: date, course: Course, procedure: Procedure, form: Form
) -> Response:
    last = last_check(course, procedure)
    context = {
        **heading(course, today),
        "form": form,
        "procedure": procedure,
        "technique": title_of(procedure),
        "view": device_check_view(form, device_of(procedure), last),
    }
    return render(
        request, "pages/add_device_check.html", context, block="adding", status=form.status
    )
