"""Correcting an assessment: with a reason, the earlier version kept, nothing overwritten unseen."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.tables import Assessment
from registry.domain.access import Actor
from registry.domain.dates import show_day
from registry.services.assessments import amend_assessment
from registry.services.corrections import Amendment
from registry.web.assessment_form import assessment_values
from registry.web.corrections_form import at_version, save_correction, standing
from registry.web.courses import course_to_write, heading, record_to_write, site_of
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.followup_form import follow_up_view, read_follow_up, take_step
from registry.web.forms import Form
from registry.web.opioid_rows import OPIOIDS
from registry.web.render import redirect, render
from registry.web.repeated_rows import without_blank_rows

router = APIRouter()


@router.get("/assessments/{record_id}/edit")
def edit_assessment(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, record_id: UUID
) -> Response:
    """Show an assessment as it stands, to be corrected."""
    row = record_to_write(session, Assessment, actor=actor, record_id=record_id)
    values = {**assessment_values(row), "assessed_on": show_day(row.assessed_on)}
    form = Form.starting(**values, version=row.version)
    return _show_assessment(request, session, actor, today, row, form)


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
    row = record_to_write(session, Assessment, actor=actor, record_id=record_id)
    course = course_to_write(session, actor=actor, patient_id=row.patient_id)
    if (stepped := take_step(Form(typed), course)) is not None:
        return _show_assessment(request, session, actor, today, row, stepped)
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

    status = save_correction(session, form, write)
    if status is HTTPStatus.SEE_OTHER:
        return redirect(request, f"/patients/{row.patient_id}", flash="Assessment corrected.")
    row = record_to_write(session, Assessment, actor=actor, record_id=record_id)
    return _show_assessment(request, session, actor, today, row, form, status)


def _show_assessment(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    row: Assessment,
    form: Form,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    course = course_to_write(session, actor=actor, patient_id=row.patient_id)
    if status is HTTPStatus.CONFLICT:
        form = at_version(form, row)
    context = {
        **heading(course, today),
        **standing(session, actor, row, stale=status is HTTPStatus.CONFLICT),
        "form": form,
        "view": follow_up_view(form, course, site_of(session, actor, course), today),
    }
    return render(request, "pages/amend_assessment.html", context, status=status)
