"""Correcting a procedure: with a reason, the earlier version kept, nothing overwritten unseen."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.tables import Procedure
from registry.domain.access import Actor, Permission
from registry.services.corrections import Amendment, peek_record
from registry.services.patients import peek_course
from registry.services.procedures import amend_procedure
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.correction import save_correction
from registry.web.forms.form import Form
from registry.web.forms.procedure import procedure_values, read_procedure
from registry.web.forms.rows import STEP, after_step, with_even_rows, without_blank_rows
from registry.web.forms.technique import (
    AGENT_CLASS,
    AGENTS,
    named_technique,
    refuse_unclear_technique,
    with_details,
)
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.correction import correction_context
from registry.web.views.link import link_view
from registry.web.views.technique import details, plain_context

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/procedures/{record_id}/edit")
def edit_procedure(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, record_id: UUID
) -> Response:
    """Show a procedure as it stands, to be corrected."""
    row = peek_record(session, Procedure, actor=actor, record_id=record_id)
    form = Form.starting(**procedure_values(row), version=row.version)
    return _show(request, session, actor, today, row, form)


@router.post("/procedures/{record_id}/edit", dependencies=[Guarded])
def save_procedure(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    record_id: UUID,
    typed: Typed,
) -> Response:
    """Correct a procedure, or do a step of the form."""
    row = peek_record(session, Procedure, actor=actor, record_id=record_id)
    if Form(typed).has(STEP):
        form = _take_step(Form(typed))
        return _show(request, session, actor, today, row, form)
    form = without_blank_rows(Form(typed), AGENTS)
    draft = read_procedure(form, today)

    def write(amendment: Amendment) -> object:
        return amend_procedure(
            session,
            actor=actor,
            procedure_id=record_id,
            draft=draft,
            amendment=amendment,
            today=today,
        )

    if save_correction(session, form, write):
        return redirect(request, f"/patients/{row.patient_id}", flash="Procedure corrected.")
    row = peek_record(session, Procedure, actor=actor, record_id=record_id)
    return _show(request, session, actor, today, row, form)


def _take_step(form: Form) -> Form:
    """Add or remove an agent, or show the axes of another technique; everything typed stays."""
    form = after_step(with_even_rows(form, AGENTS), AGENTS, AGENT_CLASS)
    technique = named_technique(form)
    if technique is None:
        refuse_unclear_technique(form)
        return form
    return with_details(form, technique, None)


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    row: Procedure,
    form: Form,
) -> Response:
    course = peek_course(session, actor=actor, patient_id=row.patient_id)
    technique = named_technique(form)
    context = {
        **correction_context(session, actor, today, course, row, form),
        "details": details(form, technique) if technique else None,
        "link": link_view(form, course, today, own_id=row.id),
        "step_at": f"/procedures/{row.id}/edit",
        **plain_context(form, technique),
    }
    return render(request, "pages/amend_procedure.html", context, status=form.status)
