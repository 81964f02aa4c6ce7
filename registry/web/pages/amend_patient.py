"""Correcting who a patient is: number, name, birth date, sex, phone and diagnosis."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.domain.access import Actor, Permission
from registry.domain.diagnoses import diagnosis_groups
from registry.services.corrections import Amendment
from registry.services.particulars import amend_patient
from registry.services.patients import peek_course
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.correction import save_correction
from registry.web.forms.form import Form
from registry.web.forms.patient import particulars_values, read_particulars
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.correction import correction_context
from registry.web.views.technique import choices

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])

METASTASES = (("yes", "Yes"), ("no", "No"), ("", "Not recorded"))


@router.get("/patients/{patient_id}/edit")
def edit_patient(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, patient_id: UUID
) -> Response:
    """Show a patient's particulars as they stand, to be corrected."""
    patient = peek_course(session, actor=actor, patient_id=patient_id).patient
    form = Form.starting(**particulars_values(patient), version=patient.version)
    return _show(request, session, actor, today, patient_id, form)


@router.post("/patients/{patient_id}/edit", dependencies=[Guarded])
def save_patient(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    patient_id: UUID,
    typed: Typed,
) -> Response:
    """Correct a patient's particulars."""
    form = Form(typed)
    draft = read_particulars(form, today)

    def write(amendment: Amendment) -> object:
        return amend_patient(
            session,
            actor=actor,
            patient_id=patient_id,
            draft=draft,
            amendment=amendment,
            today=today,
        )

    if save_correction(session, form, write):
        return redirect(request, f"/patients/{patient_id}", flash="Particulars corrected.")
    return _show(request, session, actor, today, patient_id, form)


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    patient_id: UUID,
    form: Form,
) -> Response:
    course = peek_course(session, actor=actor, patient_id=patient_id)
    context = {
        **correction_context(session, actor, today, course, course.patient, form),
        "sexes": choices("sex"),
        "diagnosis_groups": [(g.slug, g.label) for g in diagnosis_groups()],
        "metastases": METASTASES,
    }
    return render(request, "pages/amend_patient.html", context, status=form.status)
