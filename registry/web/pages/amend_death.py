"""Correcting the day of a death."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.tables import Death
from registry.domain.access import Actor, Permission
from registry.domain.dates import show_day
from registry.services.corrections import Amendment, peek_record
from registry.services.particulars import amend_death
from registry.services.patients import peek_course
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.correction import save_correction
from registry.web.forms.form import Form
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.correction import correction_context

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/deaths/{record_id}/edit")
def edit_death(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, record_id: UUID
) -> Response:
    """Show the day of a death as it stands, to be corrected."""
    row = peek_record(session, Death, actor=actor, record_id=record_id)
    form = Form.starting(died_on=show_day(row.died_on), version=row.version)
    return _show(request, session, actor, today, row, form)


@router.post("/deaths/{record_id}/edit", dependencies=[Guarded])
def save_death(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    record_id: UUID,
    typed: Typed,
) -> Response:
    """Correct the day of a death."""
    row = peek_record(session, Death, actor=actor, record_id=record_id)
    form = Form(typed)
    died_on = form.day("died_on", today, missing="Enter the day of death.")

    def write(amendment: Amendment) -> object:
        return amend_death(
            session,
            actor=actor,
            death_id=record_id,
            died_on=died_on or row.died_on,
            amendment=amendment,
            today=today,
        )

    if save_correction(session, form, write):
        return redirect(request, f"/patients/{row.patient_id}", flash="Day of death corrected.")
    row = peek_record(session, Death, actor=actor, record_id=record_id)
    return _show(request, session, actor, today, row, form)


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    row: Death,
    form: Form,
) -> Response:
    course = peek_course(session, actor=actor, patient_id=row.patient_id)
    context = correction_context(session, actor, today, course, row, form)
    return render(request, "pages/amend_death.html", context, status=form.status)
