"""Correcting an adverse event: with a reason, the earlier version kept, nothing overwritten."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.tables import AdverseEvent
from registry.domain.access import Actor, Permission
from registry.services.adverse_events import amend_adverse_event, last_grading
from registry.services.corrections import Amendment, peek_record
from registry.services.patients import peek_course
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.adverse_event import adverse_event_values, read_adverse_event
from registry.web.forms.correction import save_correction
from registry.web.forms.form import Form
from registry.web.forms.rows import STEP
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.adverse_event import adverse_event_view
from registry.web.views.correction import correction_context
from registry.web.views.timeline import title_of

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/adverse-events/{record_id}/edit")
def edit_adverse_event(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, record_id: UUID
) -> Response:
    """Show an adverse event as it stands, to be corrected."""
    row = peek_record(session, AdverseEvent, actor=actor, record_id=record_id)
    usual = last_grading(session, actor=actor, site_id=row.site_id)
    form = Form.starting(**adverse_event_values(row, usual), version=row.version)
    return _show(request, session, actor, today, row, form)


@router.post("/adverse-events/{record_id}/edit", dependencies=[Guarded])
def save_correction_of_event(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    record_id: UUID,
    typed: Typed,
) -> Response:
    """Correct an adverse event, or show another scheme's grades."""
    row = peek_record(session, AdverseEvent, actor=actor, record_id=record_id)
    form = Form(typed)
    if form.has(STEP):
        return _show(request, session, actor, today, row, form)
    draft = read_adverse_event(form, today)

    def write(amendment: Amendment) -> object:
        return amend_adverse_event(
            session,
            actor=actor,
            event_id=record_id,
            draft=draft,
            amendment=amendment,
            today=today,
        )

    if save_correction(session, form, write):
        return redirect(request, f"/patients/{row.patient_id}", flash="Adverse event corrected.")
    row = peek_record(session, AdverseEvent, actor=actor, record_id=record_id)
    return _show(request, session, actor, today, row, form)


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    row: AdverseEvent,
    form: Form,
) -> Response:
    course = peek_course(session, actor=actor, patient_id=row.patient_id)
    procedure = next(p for p in course.procedures if p.id == row.procedure_id)
    context = {
        **correction_context(session, actor, today, course, row, form),
        "procedure": procedure,
        "technique": title_of(procedure),
        "view": adverse_event_view(form, procedure.technique),
    }
    return render(request, "pages/amend_adverse_event.html", context, status=form.status)
