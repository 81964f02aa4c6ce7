"""The log form: how it starts, what its steps change, and how what it means is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from registry.db.tables import Patient, Procedure
from registry.domain.access import Actor, Permission
from registry.domain.dates import show_day
from registry.domain.drafts import AssessmentDraft, PatientDraft, ProcedureDraft
from registry.services.patients import get_patient
from registry.services.procedures import log_first_procedure, log_procedure
from registry.services.timelines import to_regimen
from registry.services.usual_values import last_of_technique, usual_operator
from registry.web.forms.follow_up import last_regimen
from registry.web.forms.form import Form
from registry.web.forms.link import with_link
from registry.web.forms.opioid_steps import after_opioid_step
from registry.web.forms.opioids import BLANK_ROW
from registry.web.forms.patient import Who, check_who, read_particulars
from registry.web.forms.procedure import read_baseline, read_procedure
from registry.web.forms.rows import STEP, after_step
from registry.web.forms.saving import new_submission
from registry.web.forms.technique import (
    AGENT_CLASS,
    AGENTS,
    named_technique,
    refuse_unclear_technique,
    with_details,
    without_usual,
)


def starting_form(session: Session, actor: Actor, today: date, patient_id: UUID | None) -> Form:
    """Give the form as it opens, for a patient if one was chosen already."""
    patient = _patient(session, actor, patient_id) if patient_id else None
    return Form.starting(
        **BLANK_ROW,
        hospital_number=patient.hospital_number if patient else None,
        patient=patient.id if patient else None,
        performed_on=show_day(today),
        operator=usual_operator(session, actor=actor),
        respondent="self",
        submission=new_submission(),
    )


def _patient(session: Session, actor: Actor, patient_id: UUID) -> Patient:
    return get_patient(
        session, actor=actor, patient_id=patient_id, permission=Permission.WRITE_RECORDS
    )


def after_log_step(session: Session, actor: Actor, form: Form, who: Who, today: date) -> Form:
    """Carry out the step that was asked for; everything typed stays."""
    step = form.value(STEP)
    last_row = last_regimen(who.course) if who.course else None
    form = after_opioid_step(form, to_regimen(last_row) if last_row else None)
    form = after_step(form, AGENTS, AGENT_CLASS)
    technique = named_technique(form)
    if technique is None:
        if step == "technique":
            refuse_unclear_technique(form)
        return form
    if step == "clear":
        return with_link(without_usual(form, technique), who.course, today)
    last = last_of_technique(session, actor=actor, site_id=who.site.id, technique=technique.slug)
    return with_link(with_details(form, technique, last), who.course, today)


@dataclass(frozen=True, slots=True)
class Entry:
    """A procedure for a patient on record (`patient_id`), or for one to be registered first.

    Neither while no hospital number was given; such an entry is never written.
    """

    site_id: UUID
    patient_id: UUID | None
    new_patient: PatientDraft | None
    procedure: ProcedureDraft
    baseline: AssessmentDraft | None


def read_entry(form: Form, who: Who, today: date) -> Entry:
    """Read the whole form; what can't be read is refused at its field."""
    check_who(form, who)
    procedure = read_procedure(form, today)
    baseline = read_baseline(form, procedure.performed_on, today)
    return Entry(
        site_id=who.site.id,
        patient_id=who.patient.id if who.patient else None,
        new_patient=read_particulars(form, today) if who.is_new else None,
        procedure=procedure,
        baseline=None if baseline.is_empty else baseline,
    )


def write_entry(session: Session, actor: Actor, entry: Entry, today: date) -> Procedure:
    """Log the procedure, registering the patient first if need be; all problems at once."""
    if entry.patient_id is not None:
        return log_procedure(
            session,
            actor=actor,
            patient_id=entry.patient_id,
            draft=entry.procedure,
            baseline=entry.baseline,
            today=today,
        )
    return log_first_procedure(
        session,
        actor=actor,
        site_id=entry.site_id,
        patient=entry.new_patient,
        draft=entry.procedure,
        baseline=entry.baseline,
        today=today,
    )


_PAGE_ORDER = (
    *("site", "hospital_number", "birth_date", "sex", "diagnosis_group", "name"),
    *("performed_on", "technique", "technique_text", "intent", "operator", "laterality", "levels"),
    *("approach", "sedation", "agents", "guidance", "follows_id", "setting", "supervisor"),
    *("trainee", "referred_on"),
    *("scores", "average_pain", "worst_pain", "assessed_on", "baseline_missing_reason"),
    *("respondent", "akps", "ecog", "opioids", "no_opioids"),
    *("mechanism", "pain_site", "pain_region", "pain_cause", "prognosis", "anticoagulation"),
    *("radiotherapy_28d", "systemic_therapy_28d"),
    *("technical_success", "technical_failure", "block_result", "block_relief_percent", "note"),
)


def in_page_order(form: Form) -> None:
    """Tell problems in the order of the page."""
    form.problems.sort(key=lambda problem: _place(problem.field))


def _place(field: str) -> int:
    part = field.split(".")[0]
    return _PAGE_ORDER.index(part) if part in _PAGE_ORDER else -1
