"""The log form as it stands: how it starts, what its steps change, all that its page draws."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from registry.db.base import new_id
from registry.db.tables import Patient
from registry.domain.access import Actor, Permission
from registry.domain.axes import axis
from registry.domain.dates import read_day, show_day
from registry.domain.diagnoses import diagnosis_groups
from registry.services.patients import get_patient
from registry.services.usual_values import last_of_technique, usual_operator
from registry.web import opioid_rows, technique_details
from registry.web.assessment_form import assessment_view
from registry.web.forms import Form
from registry.web.patient_view import name_of, particulars
from registry.web.procedure_form import NO_BASELINE_REASONS
from registry.web.procedure_patient import Who
from registry.web.procedure_sentence import write_sentence
from registry.web.repeated_rows import STEP, after_step
from registry.web.technique_details import (
    AGENTS,
    details,
    named_technique,
    refuse_unclear_technique,
    with_details,
    without_usual,
)

SUBMISSION = "submission"


def starting_form(session: Session, actor: Actor, today: date, patient_id: UUID | None) -> Form:
    """Give the form as it opens, for a patient if one was chosen already."""
    patient = _patient(session, actor, patient_id) if patient_id else None
    return Form.starting(
        **opioid_rows.BLANK_ROW,
        hospital_number=patient.hospital_number if patient else None,
        patient=patient.id if patient else None,
        performed_on=show_day(today),
        operator=usual_operator(session, actor=actor),
        respondent="self",
        submission=new_id().hex,
    )


def _patient(session: Session, actor: Actor, patient_id: UUID) -> Patient:
    return get_patient(
        session, actor=actor, patient_id=patient_id, permission=Permission.WRITE_RECORDS
    )


def after_log_step(session: Session, actor: Actor, form: Form, who: Who) -> Form:
    """Carry out the step that was asked for; everything typed stays."""
    step = form.value(STEP)
    form = after_step(form, opioid_rows.OPIOIDS, opioid_rows.FIRST_FIELD)
    form = after_step(form, AGENTS, technique_details.FIRST_FIELD)
    technique = named_technique(form)
    if technique is None:
        if step == "technique":
            refuse_unclear_technique(form)
        return form
    if step == "clear":
        return without_usual(form, technique)
    last = last_of_technique(session, actor=actor, site_id=who.site.id, technique=technique.slug)
    return with_details(form, technique, last)


def log_context(form: Form, who: Who, today: date) -> dict[str, Any]:
    """Gather what the page draws."""
    technique = named_technique(form)
    performed_on = read_day(form.value("performed_on"), today) or today
    assessment = assessment_view(form, who.site.opioid_table)
    return {
        "form": form,
        "who": who,
        "patient_name": name_of(who.patient) if who.patient else None,
        "particulars": particulars(who.course, today) if who.course else [],
        "technique": technique,
        "details": details(form, technique) if technique else None,
        "assessment_view": assessment,
        "known_baseline": who.baseline(performed_on),
        "sentence": write_sentence(form, who, assessment.opioids, today),
        "sexes": _values("sex"),
        "diagnosis_groups": [(g.slug, g.label) for g in diagnosis_groups()],
        "mechanisms": _values("mechanism"),
        "successes": _values("technical_success"),
        "no_baseline_reasons": _reasons(form),
    }


def _values(axis_name: str) -> list[tuple[str, str]]:
    return [(value.slug, value.label) for value in axis(axis_name).current]


def _reasons(form: Form) -> list[str]:
    return list(dict.fromkeys([*NO_BASELINE_REASONS, *form.values("baseline_missing_reason")]))
