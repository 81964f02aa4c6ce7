"""Voiding what was recorded."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.queries.patients import Event
from registry.domain.access import Actor, Permission
from registry.services.consequences import foresee_void
from registry.services.corrections import Amendment, peek_record, void_record, what_hangs_on
from registry.services.patients import peek_course
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.correction import at_version, save_correction
from registry.web.forms.form import Form
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.consequences import tell_consequences
from registry.web.views.correction import correction_context
from registry.web.views.patient import site_of
from registry.web.views.record import facts_of
from registry.web.views.timeline import TELLINGS, Kind, line_of, telling_of, title_of

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


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
    row = peek_record(session, TELLINGS[kind].table, actor=actor, record_id=record_id)
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
    row = peek_record(session, TELLINGS[kind].table, actor=actor, record_id=record_id)
    form = Form(typed)

    def write(amendment: Amendment) -> None:
        void_record(
            session, TELLINGS[kind].table, actor=actor, record_id=record_id, amendment=amendment
        )

    if save_correction(session, form, write):
        flash = f"The {TELLINGS[kind].noun} was voided."
        return redirect(request, f"/patients/{row.patient_id}", flash=flash)
    row = peek_record(session, TELLINGS[kind].table, actor=actor, record_id=record_id)
    return _show(request, session, actor, today, row, at_version(form, row))


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    row: Event,
    form: Form,
) -> Response:
    course = peek_course(session, actor=actor, patient_id=row.patient_id)
    site = site_of(session, actor, course)
    context = {
        **correction_context(session, actor, today, course, row, form),
        "title": title_of(row),
        "noun": telling_of(row).noun,
        "facts": facts_of(row),
        "hanging": [line_of(r) for r in what_hangs_on(row, course)],
        "consequences": tell_consequences(row, foresee_void(row, course, site)),
    }
    return render(request, "pages/void_record.html", context, status=form.status)
