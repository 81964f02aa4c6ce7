"""Saying why a patient has no follow-up: for one window or for all that wait."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.queries.patients import Course
from registry.db.tables import MissedFollowUp
from registry.domain.access import Actor, Permission
from registry.domain.axes import axis
from registry.services.missed import record_missed_windows
from registry.services.patients import peek_course
from registry.services.worklist import Narrow, WaitingFollowUp, list_waiting_followups
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.filters import day, technique_label
from registry.web.forms.form import Form
from registry.web.forms.missed import read_missed, tick_of
from registry.web.forms.saving import add_once, new_submission
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.patient import heading
from registry.web.views.worklist import late_in_words

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/patients/{patient_id}/missed-follow-ups/new")
def ask_why(
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    today: Today,
    patient_id: UUID,
) -> Response:
    """Ask why there is no follow-up, the windows that the address names ticked."""
    course = peek_course(session, actor=actor, patient_id=patient_id)
    waiting = _waiting(session, actor, today, course)
    named = request.query_params.getlist("windows")
    ticks = [tick for w in waiting if (tick := tick_of(w)) in named or not named]
    form = Form.starting(submission=new_submission(), windows=ticks)
    return _show(request, today, course, waiting, form)


@router.post("/patients/{patient_id}/missed-follow-ups/new", dependencies=[Guarded])
def save_why(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    patient_id: UUID,
    typed: Typed,
) -> Response:
    """Record one reason for each window that was ticked."""
    course = peek_course(session, actor=actor, patient_id=patient_id)
    waiting = _waiting(session, actor, today, course)
    session.expunge_all()  # as after a peek: the verb reads anew once it holds the lock
    form = Form(typed)
    drafts = read_missed(form, waiting)

    def write() -> MissedFollowUp:
        rows = record_missed_windows(
            session, actor=actor, patient_id=patient_id, drafts=drafts, today=today
        )
        return rows[0]

    if drafts and add_once(session, request, actor, form, write):
        flash = "Recorded why there is no follow-up."
        return redirect(request, f"/patients/{course.patient.id}", flash=flash)
    return _show(request, today, course, waiting, form)


def _waiting(session: Session, actor: Actor, today: date, course: Course) -> list[WaitingFollowUp]:
    """List what can be given a reason: windows that are open or closed, not those to come."""
    narrow = Narrow(patient_id=course.patient.id)
    found = list_waiting_followups(session, actor=actor, today=today, narrow=narrow)
    return [w for w in found if w.has_opened]


def _show(
    request: Request,
    today: date,
    course: Course,
    waiting: list[WaitingFollowUp],
    form: Form,
) -> Response:
    context = {
        **heading(course, today),
        "form": form,
        "windows": [(tick_of(w), _in_words(w)) for w in waiting],
        "reasons": [(value.slug, value.label) for value in axis("missed_reason").current],
    }
    return render(request, "pages/add_missed.html", context, block="adding", status=form.status)


def _in_words(waiting: WaitingFollowUp) -> str:
    after = f"{technique_label(waiting.technique)} of {day(waiting.performed_on)}"
    return f"{waiting.window.label} after {after} ({late_in_words(waiting)})"
