"""Voiding what was recorded, and its history."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.domain.access import Actor
from registry.domain.errors import NotFound
from registry.services.corrections import list_history, void_record
from registry.services.patients import read_course
from registry.web.corrections_form import at_version, save_correction
from registry.web.courses import course_to_write, heading, record_to_write
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms import Form
from registry.web.history_view import tell_history
from registry.web.record_words import facts_of
from registry.web.render import redirect, render
from registry.web.timeline_view import NOUNS, TABLES, Kind, Record, kind_of, title_of

router = APIRouter()


@router.get("/{kind}/{record_id}/void")
def ask_to_void(
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    today: Today,
    kind: Kind,
    record_id: UUID,
) -> Response:
    """Show what would be voided, and ask why."""
    row = record_to_write(session, TABLES[kind], actor=actor, record_id=record_id)
    return _show(request, session, actor, today, row, Form.starting(version=row.version))


@router.post("/{kind}/{record_id}/void", dependencies=[Guarded])
def void(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    kind: Kind,
    record_id: UUID,
    typed: Typed,
) -> Response:
    """Void a record: it leaves everything derived, and stays in the registry with the reason."""
    row = record_to_write(session, TABLES[kind], actor=actor, record_id=record_id)
    form = Form(typed)
    status = save_correction(
        session,
        form,
        lambda amendment: void_record(
            session, TABLES[kind], actor=actor, record_id=record_id, amendment=amendment
        ),
    )
    if status is HTTPStatus.SEE_OTHER:
        flash = f"The {NOUNS[kind]} was voided."
        return redirect(request, f"/patients/{row.patient_id}", flash=flash)
    row = record_to_write(session, TABLES[kind], actor=actor, record_id=record_id)
    return _show(request, session, actor, today, row, at_version(form, row), status)


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    row: Record,
    form: Form,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    course = course_to_write(session, actor=actor, patient_id=row.patient_id)
    context = {
        **heading(course, today),
        "form": form,
        "record": row,
        "title": title_of(row),
        "noun": NOUNS[kind_of(row)],
        "facts": facts_of(row),
        "stale": status is HTTPStatus.CONFLICT,
    }
    return render(request, "pages/void_record.html", context, status=status)


@router.get("/patients/{patient_id}/records/{record_id}/history")
def show_history(
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    today: Today,
    patient_id: UUID,
    record_id: UUID,
) -> Response:
    """Show what was done to a record of a patient, voided or not, latest first."""
    course = read_course(session, actor=actor, patient_id=patient_id)
    events = list_history(session, actor=actor, patient_id=patient_id, record_id=record_id)
    if not events or events[-1].changes.get("patient_id") != [None, str(patient_id)]:
        raise NotFound("There is no such record of this patient.")
    context = {
        **heading(course, today),
        "noun": (events[0].record_type or "record").replace("_", " "),
        "entries": tell_history(events),
    }
    return render(request, "pages/history.html", context)
