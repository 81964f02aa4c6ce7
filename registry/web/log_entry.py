"""What a filled-in log form means to record, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from registry.db.tables import Procedure
from registry.domain.access import Actor
from registry.domain.drafts import AssessmentDraft, PatientDraft, ProcedureDraft
from registry.domain.errors import Problem, RuleViolation
from registry.domain.rules import (
    Bounds,
    check_assessment,
    check_baseline,
    check_patient,
    check_procedure,
)
from registry.services.patients import register_patient
from registry.services.procedures import log_procedure
from registry.web.forms import Form
from registry.web.procedure_form import read_baseline, read_procedure
from registry.web.procedure_patient import Who, check_who, read_new_patient


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
        new_patient=read_new_patient(form, today) if who.is_new else None,
        procedure=procedure,
        baseline=None if baseline.is_empty else baseline,
    )


def write_entry(session: Session, actor: Actor, entry: Entry, today: date) -> Procedure:
    """Log the procedure, registering the patient first if need be; all problems at once."""
    patient_id = entry.patient_id
    if patient_id is None:
        problems = _problems_without_record(entry, today)
        if problems or entry.new_patient is None:
            raise RuleViolation(problems)
        patient_id = register_patient(
            session, actor=actor, site_id=entry.site_id, draft=entry.new_patient, today=today
        ).id
    return log_procedure(
        session,
        actor=actor,
        patient_id=patient_id,
        draft=entry.procedure,
        baseline=entry.baseline,
        today=today,
    )


def _problems_without_record(entry: Entry, today: date) -> list[Problem]:
    """Find what is wrong with the patient to be and the procedure, both together."""
    patient = entry.new_patient
    born_on = patient.birth_date if patient and patient.birth_date <= today else date.min
    bounds = Bounds(born_on=born_on, died_on=None, today=today)
    return [
        *(check_patient(patient, today) if patient else ()),
        *check_procedure(entry.procedure, bounds),
        *(check_assessment(entry.baseline, bounds) if entry.baseline else ()),
        *check_baseline(entry.procedure, entry.baseline, False),
    ]
