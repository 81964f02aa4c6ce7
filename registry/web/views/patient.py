"""Who a patient is, in the few words that identify without shouting."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session

from registry.db.queries.patients import Course
from registry.db.tables import Patient, Site
from registry.domain.access import Actor
from registry.domain.diagnoses import diagnosis_group
from registry.domain.timeline import age_on
from registry.services.outcomes import sites_of
from registry.web.filters import day


def name_of(patient: Patient) -> str:
    """Give what the patient is called on the page: the name, else the hospital number."""
    return patient.name or patient.hospital_number


def diagnosis_of(patient: Patient) -> str | None:
    """Give the diagnosis as written, else its group."""
    if patient.diagnosis or patient.diagnosis_group is None:
        return patient.diagnosis
    return diagnosis_group(patient.diagnosis_group).label


def particulars(course: Course, today: date) -> list[str]:
    """Give hospital number, birth date with age, sex and diagnosis, each in words."""
    patient, death = course.patient, course.death
    age = age_on(patient.birth_date, death.died_on if death else today)
    parts = [
        patient.hospital_number if patient.name else None,
        f"born {day(patient.birth_date)}, {'died at' if death else 'aged'} {age}",
        patient.sex if patient.sex != "unknown" else "sex not recorded",
        _diagnosis_in_words(patient),
    ]
    return [part for part in parts if part]


def _diagnosis_in_words(patient: Patient) -> str:
    if patient.diagnosis or patient.diagnosis_group is None:
        diagnosis = patient.diagnosis or "diagnosis not recorded"
    else:
        group = diagnosis_group(patient.diagnosis_group)
        label = f"{group.label[:1].lower()}{group.label[1:]}"
        diagnosis = f"cancer: {label}" if group.cancer else label
    return f"{diagnosis}, with metastases" if patient.metastases else diagnosis


def heading(course: Course, today: date) -> dict[str, Any]:
    """Give what every page about a patient says on top."""
    return {
        "course": course,
        "patient": course.patient,
        "name": name_of(course.patient),
        "particulars": particulars(course, today),
    }


def site_of(session: Session, actor: Actor, course: Course) -> Site:
    """Give the site whose patient it is."""
    return sites_of(session, actor)[course.patient.site_id]
