"""Correcting who a patient is, and the day of death."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from registry.db.base import KeptRow
from registry.db.queries.patients import find_by_hospital_number, list_deaths
from registry.db.tables import Death, Patient
from registry.domain.access import Actor
from registry.domain.drafts import PatientDraft
from registry.domain.errors import Problem, RuleViolation, refuse
from registry.domain.grading import Resolution
from registry.domain.rules import check_birth, check_death, check_patient
from registry.services.corrections import Amendment, amending, open_record
from registry.services.outcomes import refresh_outcomes
from registry.services.patients import days_alive, normal_number, open_course

TAKEN = (
    "Another record of this site has this hospital number. If it is the same person, merge the two "
    "records; else check the number."
)
_FIELDS = (
    "hospital_number",
    "name",
    "birth_date",
    "sex",
    "phone",
    "diagnosis_group",
    "diagnosis",
    "metastases",
)


def amend_patient(
    session: Session,
    *,
    actor: Actor,
    patient_id: UUID,
    draft: PatientDraft,
    amendment: Amendment,
    today: date,
) -> Patient:
    """Correct a person's particulars; the earlier version stays in the trail."""
    course = open_course(session, actor=actor, patient_id=patient_id)
    patient = course.patient
    draft = replace(draft, hospital_number=normal_number(draft.hospital_number))
    days = [*days_alive(course), *([course.death.died_on] if course.death else ())]
    refuse(
        [
            *check_patient(draft, today),
            *check_birth(draft.birth_date, days),
            *_check_number(session, patient, draft.hospital_number),
        ]
    )
    with amending(session, patient, actor=actor, amendment=amendment):
        try:
            with session.begin_nested():
                for name in _FIELDS:
                    setattr(patient, name, getattr(draft, name))
        except IntegrityError:  # somebody took the number since it was looked up
            raise RuleViolation.at("hospital_number", TAKEN) from None
    refresh_outcomes(session, course)
    return patient


def _check_number(session: Session, patient: Patient, number: str) -> list[Problem]:
    found = find_by_hospital_number(session, patient.site_id, number)
    taken = found is not None and found.id != patient.id
    return [Problem("hospital_number", TAKEN)] if taken else []


def amend_death(
    session: Session,
    *,
    actor: Actor,
    death_id: UUID,
    died_on: date,
    amendment: Amendment,
    today: date,
) -> Death:
    """Correct the day of a death, and with it what else tells of that day.

    That is the same death in a merged record, and the end of an adverse event that was fatal.
    """
    death, course = open_record(session, Death, actor=actor, record_id=death_id)
    refuse(check_death(died_on, course.patient.birth_date, days_alive(course), today))
    with amending(session, death, actor=actor, amendment=amendment):
        death.died_on = died_on
    for other in list_deaths(session, course):
        if other.died_on != died_on:
            with amending(session, other, actor=actor, amendment=_along(other, amendment)):
                other.died_on = died_on
    for event in course.adverse_events:
        if event.resolution == Resolution.FATAL and event.resolved_on not in (None, died_on):
            with amending(session, event, actor=actor, amendment=_along(event, amendment)):
                event.resolved_on = died_on
    refresh_outcomes(session, course)
    return death


def _along(row: KeptRow, amendment: Amendment) -> Amendment:
    """Give the amendment of a record that moves along with another one."""
    return Amendment(row.version, amendment.reason)
