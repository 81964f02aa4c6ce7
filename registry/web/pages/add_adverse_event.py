"""Adding an adverse event of a procedure."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.db.queries.patients import Course
from registry.db.tables import AdverseEvent, Procedure
from registry.domain.complications import Complication, complications_for
from registry.domain.drafts import AdverseEventDraft
from registry.services.corrections import get_record
from registry.services.patients import peek_course
from registry.services.procedures import add_adverse_event
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.form import LINE, Form
from registry.web.forms.saving import add_once, new_submission
from registry.web.render import redirect, render
from registry.web.views.patient import heading
from registry.web.views.timeline import title_of

router = APIRouter()

# CTCAE 5.0's grades in a word each.
GRADES = (
    {"value": "", "label": "Not graded"},
    {"value": "1", "label": "1", "hint": "mild"},
    {"value": "2", "label": "2", "hint": "moderate"},
    {"value": "3", "label": "3", "hint": "severe"},
    {"value": "4", "label": "4", "hint": "life-threatening"},
    {"value": "5", "label": "5", "hint": "death"},
)


@router.get("/procedures/{procedure_id}/adverse-events/new")
def ask_adverse_event(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, procedure_id: UUID
) -> Response:
    """Ask what happened after a procedure."""
    procedure = get_record(session, Procedure, actor=actor, record_id=procedure_id)
    course = peek_course(session, actor=actor, patient_id=procedure.patient_id)
    return _show(request, today, course, procedure, Form.starting(submission=new_submission()))


@router.post("/procedures/{procedure_id}/adverse-events/new", dependencies=[Guarded])
def save_adverse_event(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    procedure_id: UUID,
    typed: Typed,
) -> Response:
    """Add an adverse event to the course."""
    procedure = get_record(session, Procedure, actor=actor, record_id=procedure_id)
    course = peek_course(session, actor=actor, patient_id=procedure.patient_id)
    form = Form(typed)
    draft = _read(form, today)

    def write() -> AdverseEvent:
        return add_adverse_event(
            session, actor=actor, procedure_id=procedure_id, draft=draft, today=today
        )

    if add_once(session, request, actor, form, write):
        return redirect(request, f"/patients/{course.patient.id}", flash="Adverse event added.")
    return _show(request, today, course, procedure, form)


def _read(form: Form, today: date) -> AdverseEventDraft:
    """Read the form; a draft of a form with problems is never to be saved."""
    return AdverseEventDraft(
        onset_on=form.day("onset_on", today, missing="Enter the day on which it began.") or today,
        complication=form.value("complication"),
        complication_text=form.text("complication_text", LINE),
        grade=form.whole("grade", "Choose the grade from 1 to 5."),
    )


def _show(
    request: Request, today: date, course: Course, procedure: Procedure, form: Form
) -> Response:
    options = [(c.slug, _in_list(c)) for c in complications_for(procedure.technique)]
    context = {
        **heading(course, today),
        "form": form,
        "procedure": procedure,
        "technique": title_of(procedure),
        "complications": options,
        "grades": GRADES,
    }
    return render(
        request, "pages/add_adverse_event.html", context, block="adding", status=form.status
    )


def _in_list(offered: Complication) -> str:
    return f"{offered.label} (expected effect)" if offered.expected else offered.label
