"""Adding a follow-up: an assessment at a patient's bedside or on the phone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.queries.patients import Course
from registry.db.tables import Assessment
from registry.domain.access import Actor, Permission
from registry.domain.dates import show_day
from registry.services.assessments import add_assessment
from registry.services.patients import peek_course
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.follow_up import read_follow_up, take_step
from registry.web.forms.form import Form
from registry.web.forms.opioids import BLANK_ROW, OPIOIDS
from registry.web.forms.rows import with_even_rows, without_blank_rows
from registry.web.forms.saving import add_once, new_submission
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.follow_up import follow_up_view
from registry.web.views.patient import heading, site_of

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/patients/{patient_id}/assessments/new")
def ask_follow_up(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, patient_id: UUID
) -> Response:
    """Ask for a follow-up, of today unless the patient has died."""
    course = peek_course(session, actor=actor, patient_id=patient_id)
    day = None if course.death else show_day(today)
    form = Form.starting(
        submission=new_submission(), assessed_on=day, respondent="self", **BLANK_ROW
    )
    return _show(request, session, actor, today, course, form)


@router.post("/patients/{patient_id}/assessments/new", dependencies=[Guarded])
def save_follow_up(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    patient_id: UUID,
    typed: Typed,
) -> Response:
    """Add a follow-up to the course, or do a step of the form."""
    course = peek_course(session, actor=actor, patient_id=patient_id)
    if (stepped := take_step(Form(typed), course)) is not None:
        return _show(request, session, actor, today, course, stepped)
    form = without_blank_rows(Form(typed), OPIOIDS)
    draft = read_follow_up(form, course, today)

    def write() -> Assessment:
        return add_assessment(session, actor=actor, patient_id=patient_id, draft=draft, today=today)

    if add_once(session, request, actor, form, write):
        return redirect(request, f"/patients/{patient_id}", flash="Follow-up added.")
    return _show(request, session, actor, today, course, form)


@router.post("/patients/{patient_id}/assessments/day", dependencies=[Guarded])
def tell_day(
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    today: Today,
    patient_id: UUID,
    typed: Typed,
) -> Response:
    """Say what the day that was just typed makes of an assessment; nothing is written."""
    course = peek_course(session, actor=actor, patient_id=patient_id)
    form = with_even_rows(Form(typed), OPIOIDS)
    view = follow_up_view(form, course, site_of(session, actor, course), today)
    return render(request, "pages/follow_up_day.html", {"form": form, "view": view})


def _show(
    request: Request, session: Session, actor: Actor, today: date, course: Course, form: Form
) -> Response:
    view = follow_up_view(form, course, site_of(session, actor, course), today)
    context = {"form": form, "view": view, **heading(course, today)}
    return render(request, "pages/add_follow_up.html", context, block="adding", status=form.status)
