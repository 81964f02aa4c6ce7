"""Correcting a device check: with a reason, the earlier version kept, nothing overwritten."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.queries.patients import Course
from registry.db.tables import DeviceCheck, Procedure
from registry.domain.access import Actor, Permission
from registry.services.corrections import Amendment, peek_record
from registry.services.device_checks import amend_device_check, device_of
from registry.services.devices import last_check
from registry.services.patients import peek_course
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.correction import save_correction
from registry.web.forms.device_check import (
    INFUSATE,
    device_check_values,
    read_device_check,
    take_step,
)
from registry.web.forms.form import Form
from registry.web.forms.rows import without_blank_rows
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.correction import correction_context
from registry.web.views.device_check import device_check_view
from registry.web.views.timeline import title_of

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/device-checks/{record_id}/edit")
def edit_device_check(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, record_id: UUID
) -> Response:
    """Show a device check as it stands, to be corrected."""
    row = peek_record(session, DeviceCheck, actor=actor, record_id=record_id)
    form = Form.starting(**device_check_values(row), version=row.version)
    return _show(request, session, actor, today, row, form)


@router.post("/device-checks/{record_id}/edit", dependencies=[Guarded])
def save_correction_of_check(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    record_id: UUID,
    typed: Typed,
) -> Response:
    """Correct a device check, or do a step of the form."""
    row = peek_record(session, DeviceCheck, actor=actor, record_id=record_id)
    course = peek_course(session, actor=actor, patient_id=row.patient_id)
    if (stepped := take_step(Form(typed), _last(course, row))) is not None:
        return _show(request, session, actor, today, row, stepped)
    form = without_blank_rows(Form(typed), INFUSATE)
    draft = read_device_check(form, today)

    def write(amendment: Amendment) -> object:
        return amend_device_check(
            session,
            actor=actor,
            check_id=record_id,
            draft=draft,
            amendment=amendment,
            today=today,
        )

    if save_correction(session, form, write):
        return redirect(request, f"/patients/{row.patient_id}", flash="Device check corrected.")
    row = peek_record(session, DeviceCheck, actor=actor, record_id=record_id)
    return _show(request, session, actor, today, row, form)


def _last(course: Course, row: DeviceCheck) -> DeviceCheck | None:
    return last_check(course.minus(row), _procedure(course, row), until=row.checked_on)


def _procedure(course: Course, row: DeviceCheck) -> Procedure:
    return next(p for p in course.procedures if p.id == row.procedure_id)


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    row: DeviceCheck,
    form: Form,
) -> Response:
    course = peek_course(session, actor=actor, patient_id=row.patient_id)
    procedure = _procedure(course, row)
    context = {
        **correction_context(session, actor, today, course, row, form),
        "procedure": procedure,
        "technique": title_of(procedure),
        "view": device_check_view(form, device_of(procedure), _last(course, row)),
    }
    return render(request, "pages/amend_device_check.html", context, status=form.status)
