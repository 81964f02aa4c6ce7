"""Correcting an assessment: with a reason, the earlier version kept, nothing overwritten unseen."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.tables import Assessment
from registry.domain.access import Actor, Permission
from registry.domain.dates import show_day
from registry.services.assessments import amend_assessment
from registry.services.corrections import Amendment, peek_record
from registry.services.patients import peek_course
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.assessment import assessment_values
from registry.web.forms.correction import save_correction
from registry.web.forms.follow_up import read_follow_up, take_step
from registry.web.forms.form import Form
from registry.web.forms.opioids import OPIOIDS
from registry.web.forms.rows import without_blank_rows
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.correction import correction_context
from registry.web.views.follow_up import follow_up_view
from registry.web.views.patient import site_of

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/assessments/{record_id}/edit")
def edit_assessment(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, record_id: UUID
) -> Response:
    """Show an assessment as it stands, to be corrected."""
    row = peek_record(session, Assessment, actor=actor, record_id=record_id)
    values = {**assessment_values(row), "assessed_on": show_day(row.assessed_on)}
    form = Form.starting(**values, version=row.version)
    return _show(request, session, actor, today, row, form)


@router.post("/assessments/{record_id}/edit", dependencies=[Guarded])
def save_assessment(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    record_id: UUID,
    typed: Typed,
) -> Response:
    """Correct an assessment, or do a step of the form."""
    row = peek_record(session, Assessment, actor=actor, record_id=record_id)
    course = peek_course(session, actor=actor, patient_id=row.patient_id)
    if (stepped := take_step(Form(typed), course)) is not None:
        return _show(request, session, actor, today, row, stepped)
    form = without_blank_rows(Form(typed), OPIOIDS)
    draft = read_follow_up(form, course, today, earlier=row)

    def write(amendment: Amendment) -> object:
        return amend_assessment(
            session,
            actor=actor,
            assessment_id=record_id,
            draft=draft,
            amendment=amendment,
            today=today,
        )

    if save_correction(session, form, write):
        return redirect(request, f"/patients/{row.patient_id}", flash="Assessment corrected.")
    row = peek_record(session, Assessment, actor=actor, record_id=record_id)
    return _show(request, session, actor, today, row, form)


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    row: Assessment,
    form: Form,
) -> Response:
    course = peek_course(session, actor=actor, patient_id=row.patient_id)
    context = {
        **correction_context(session, actor, today, course, row, form),
        "view": follow_up_view(form, course, site_of(session, actor, course), today, earlier=row),
    }
    return render(request, "pages/amend_assessment.html", context, status=form.status)
