"""Undoing a void: the record stands again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.queries.patients import Event
from registry.domain.access import Actor, Permission
from registry.services.corrections import Amendment
from registry.services.patients import peek_course
from registry.services.voided import peek_voided, undo_void
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.correction import save_correction
from registry.web.forms.form import Form
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.correction import correction_context
from registry.web.views.record import facts_of
from registry.web.views.timeline import TELLINGS, Kind, telling_of, title_of

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/{kind}/{record_id}/undo-void")
def ask_to_undo(
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    today: Today,
    kind: Kind,
    record_id: UUID,
) -> Response:
    """Show what would stand again, and ask why."""
    row = peek_voided(session, TELLINGS[kind].table, actor=actor, record_id=record_id)
    return _show(request, session, actor, today, row, Form.starting(version=row.version))


@router.post("/{kind}/{record_id}/undo-void", dependencies=[Guarded])
def undo(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    kind: Kind,
    record_id: UUID,
    typed: Typed,
) -> Response:
    """Let a voided record stand again."""
    row = peek_voided(session, TELLINGS[kind].table, actor=actor, record_id=record_id)
    form = Form(typed)

    def write(amendment: Amendment) -> None:
        undo_void(
            session,
            TELLINGS[kind].table,
            actor=actor,
            record_id=record_id,
            amendment=amendment,
            today=today,
        )

    if save_correction(session, form, write):
        flash = f"The {TELLINGS[kind].noun} stands again."
        return redirect(request, f"/patients/{row.patient_id}", flash=flash)
    return _show(request, session, actor, today, row, form)


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    row: Event,
    form: Form,
) -> Response:
    course = peek_course(session, actor=actor, patient_id=row.patient_id)
    context = {
        **correction_context(session, actor, today, course, row, form),
        "title": title_of(row),
        "noun": telling_of(row).noun,
        "facts": facts_of(row),
    }
    return render(request, "pages/undo_void.html", context, status=form.status)
