"""Correcting a procedure: with a reason, the earlier version kept, nothing overwritten unseen."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.tables import Procedure
from registry.domain.access import Actor
from registry.domain.axes import axis
from registry.services.corrections import Amendment
from registry.services.procedures import amend_procedure
from registry.web.corrections_form import at_version, save_correction, standing
from registry.web.courses import course_to_write, heading, record_to_write
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms import Form
from registry.web.procedure_form import read_procedure
from registry.web.procedure_values import procedure_values
from registry.web.render import redirect, render
from registry.web.repeated_rows import STEP, after_step, with_even_rows, without_blank_rows
from registry.web.technique_details import (
    AGENTS,
    FIRST_FIELD,
    details,
    named_technique,
    refuse_unclear_technique,
    with_details,
)

router = APIRouter()


@router.get("/procedures/{record_id}/edit")
def edit_procedure(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, record_id: UUID
) -> Response:
    """Show a procedure as it stands, to be corrected."""
    row = record_to_write(session, Procedure, actor=actor, record_id=record_id)
    form = Form.starting(**procedure_values(row), version=row.version)
    return _show_procedure(request, session, actor, today, row, form)


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
    row = record_to_write(session, Procedure, actor=actor, record_id=record_id)
    if Form(typed).has(STEP):
        form = _take_procedure_step(Form(typed))
        return _show_procedure(request, session, actor, today, row, form)
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

    status = save_correction(session, form, write)
    if status is HTTPStatus.SEE_OTHER:
        return redirect(request, f"/patients/{row.patient_id}", flash="Procedure corrected.")
    row = record_to_write(session, Procedure, actor=actor, record_id=record_id)
    return _show_procedure(request, session, actor, today, row, form, status)


def _take_procedure_step(form: Form) -> Form:
    """Add or remove an agent, or show the axes of another technique; everything typed stays."""
    form = after_step(with_even_rows(form, AGENTS), AGENTS, FIRST_FIELD)
    technique = named_technique(form)
    if technique is None:
        refuse_unclear_technique(form)
        return form
    return with_details(form, technique, None)


def _show_procedure(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    row: Procedure,
    form: Form,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    course = course_to_write(session, actor=actor, patient_id=row.patient_id)
    if status is HTTPStatus.CONFLICT:
        form = at_version(form, row)
    technique = named_technique(form)
    context = {
        **heading(course, today),
        **standing(session, actor, row, stale=status is HTTPStatus.CONFLICT),
        "form": form,
        "details": details(form, technique) if technique else None,
        "mechanisms": [(value.slug, value.label) for value in axis("mechanism").current],
        "successes": [(value.slug, value.label) for value in axis("technical_success").current],
    }
    return render(request, "pages/amend_procedure.html", context, status=status)
